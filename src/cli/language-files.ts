// The files that the language server and the formatter work on: bundles found on disk.

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BundleFiles } from '../bundle/files.js';
import type { FileAccess } from '../lsp/workspace.js';
import { readDirectory } from './bundle-dir.js';

const BUNDLE_FILES = ['bundle.yaml', 'bundle.yml', 'bundle.json'];
/** Levels of folders below that of a workspace in which bundles are looked for, and bundles that are opened at once. */
const DEPTH_MAX = 6;
const BUNDLES_MAX = 50;

const isBundle = (dir: string): boolean => BUNDLE_FILES.some((name) => existsSync(join(dir, name)));

function bundleAround(file: string): string | undefined {
  for (let dir = dirname(file); ; dir = dirname(dir)) {
    if (isBundle(dir)) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}

function bundlesBelow(folder: string): string[] {
  const found: string[] = [];
  const visit = (dir: string, depth: number): void => {
    if (found.length >= BUNDLES_MAX) return;
    if (isBundle(dir)) {
      // What lies in a bundle is a part of it.
      found.push(dir);
      return;
    }
    if (depth === DEPTH_MAX) return;
    let entries: { name: string; isDirectory(): boolean }[];
    try {
      entries = readdirSync(dir, { withFileTypes: true });
    } catch {
      return; // not ours to read
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        visit(join(dir, entry.name), depth + 1);
  };
  visit(folder, 0);
  return found;
}

/** Bundles of this machine. What cannot be read is as if it were not there: an editor goes on. */
export const DISK: FileAccess = {
  bundleAround,
  bundlesBelow,
  readBundle(dir): BundleFiles {
    try {
      return readDirectory(dir);
    } catch {
      return new Map();
    }
  },
};

/** The page of a diagnostic code in the documentation that came with this package. */
export function pageUri(code: string): string | undefined {
  const file = fileURLToPath(new URL(`../../../docs/diagnostics/${code}.md`, import.meta.url));
  return existsSync(file) ? pathToFileURL(file).href : undefined;
}
