// What the server reads of the file system: keys, certificates, and what the kernel tells of connections. And a folder for what is
// kept only as long as the server runs.

import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/**
 * Entries of a folder of the kernel's, which says so itself where it is Linux 6.2 or later; else they are counted, 2 us each.
 * Undefined where there is no such folder.
 */
export function folderSize(path: string): number | undefined {
  try {
    return statSync(path).size || readdirSync(path).length;
  } catch {
    return undefined;
  }
}
