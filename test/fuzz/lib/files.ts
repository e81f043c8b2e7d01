// Corpus and regressions: one file an input, named by its hash.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashOf } from './fuzzer.js';

export type Kind = 'corpus' | 'regressions';

const folderOf = (kind: Kind, target: string): string => fileURLToPath(new URL(`../${kind}/${target}/`, import.meta.url));

export function readInputs(kind: Kind, target: string): Uint8Array[] {
  const folder = folderOf(kind, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => new Uint8Array(readFileSync(folder + name)));
}

/** Replaces all inputs of a target. */
export function writeInputs(kind: Kind, target: string, inputs: Iterable<Uint8Array>): void {
  const folder = folderOf(kind, target);
  rmSync(folder, { recursive: true, force: true });
  for (const data of inputs) addInput(kind, target, data);
}

/** @returns the file's path */
export function addInput(kind: Kind, target: string, data: Uint8Array): string {
  const folder = folderOf(kind, target);
  mkdirSync(folder, { recursive: true });
  const path = folder + hashOf(data);
  writeFileSync(path, data);
  return path;
}
