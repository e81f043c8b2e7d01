// What the server reads of the file system: keys, certificates, and what the kernel tells of connections.

import { readFileSync } from 'node:fs';

/** Text of a file in UTF-8. Throws the system's error. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
