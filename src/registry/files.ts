// Files that survive a power cut and prove themselves: what the stores of bundles and lists share.

import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonValue } from '../schema/json-text.js';

/** A file of the data directory that could not be used. */
export interface StoreProblem {
  /** Path below the data directory. */
  path: string;
  message: string;
}

const TEMPORARY = /\.tmp$/;
const CHUNK_BYTES = 1 << 20;

/** Removes what interrupted writes left in a folder. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
}

/** Makes a folder and those above it up to `top`, each known to its parent before anything is written into it. */
export async function makeFolder(folder: string, top: string): Promise<void> {
  if (folder === top) return;
  await makeFolder(dirname(folder), top);
  const made = await mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (made) await syncDirectory(dirname(folder));
}

/** Temporary file, fsync, rename, fsync of the directory: afterwards the file is there, whole; if it throws, the old one is. */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes what was renamed in a folder durable. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there; a rename is durable with its journal
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** JSON of a value with a hash that proves it whole. */
export function proven(content: unknown): string {
  const text = JSON.stringify(content);
  return `{"format":1,"sha256":"${sha256(text)}","content":${text}}\n`;
}

/** The value in a file that `proven` wrote, or undefined where there is no such file. Throws Error where it is damaged. */
export async function readProven<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  let parsed: { format?: unknown; sha256?: unknown; content?: unknown } | null;
  try {
    parsed = jsonValue(text) as typeof parsed;
  } catch {
    throw new Error(`${path} is damaged: not JSON`);
  }
  if (parsed?.format !== 1) throw new Error(`${path} is of an unknown format`);
  if (parsed.sha256 !== sha256(JSON.stringify(parsed.content))) throw new Error(`${path} is damaged: its hash does not match`);
  return parsed.content as T;
}

/** The first bytes of a file, as many as there are. */
export async function readHead(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** For readdir: a folder that is not there is empty. */
export function notThere(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

/** A file by chunks, on a thread that may wait. A chunk is good until the next. */
export function* readChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) yield chunk.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/** A file by chunks, on a thread that may not wait. */
export async function* streamChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Fills a view with a file, on a thread that may wait. Throws Error where the file is longer or shorter. */
export function readInto(path: string, view: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size !== view.length) throw new Error(`${path} has ${size} bytes, not ${view.length}`);
    for (let used = 0; used < view.length; ) {
      const read = readSync(file, view, used, Math.min(CHUNK_BYTES, view.length - used), used);
      if (read === 0) throw new Error(`${path} ends too early`);
      used += read;
    }
  } finally {
    closeSync(file);
  }
}

/** Writes a new file and its fsync, on a thread that may wait. It has its place only once it is renamed. */
export function writeAside(path: string, content: Uint8Array): void {
  const file = openSync(path, 'wx');
  try {
    for (let used = 0; used < content.length; ) {
      used += writeSync(file, content, used, Math.min(CHUNK_BYTES, content.length - used));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
