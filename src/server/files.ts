// What the server reads of the file system: keys, certificates, and what the kernel tells of connections. And a folder for what is
// kept only as long as the server runs.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Text of a file in UTF-8. Throws the system's error. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** A new folder that only this user can read. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'verdict-'));
}

/** Removes a folder with all that is in it. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
