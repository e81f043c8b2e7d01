// Lists in files, and the lists that a rule set is opened with.

import { closeSync, openSync, readSync } from 'node:fs';
import { Option } from 'commander';
import { MEMBERS_MAGIC_VALUE } from '../../assembly/shared/list.js';
import type { BundleFiles } from '../bundle/files.js';
import { type ListFormat, listFormatOf } from '../bundle/list-content.js';
import type { ListBytes, ListContent } from '../engine.js';
import type { ManifestHead } from '../image/manifest.js';
import { UsageError } from './errors.js';

/** A list of `--list`. */
export interface GivenList {
  name: string;
  file: string;
}

const CHUNK_BYTES = 1 << 20;

/** `--list name=file`, as often as needed. */
export function listFileOption(): Option {
  return new Option('--list <name=file>', 'entries of a list that the bundle declares: text, CSV or a region; may be given again')
    .argParser((text: string, before: readonly GivenList[] | undefined) => {
      const at = text.indexOf('=');
      if (at < 1 || at === text.length - 1) throw new UsageError(`--list: ${text} is not name=file`);
      return [...(before ?? []), { name: text.slice(0, at), file: text.slice(at + 1) }];
    })
    .default([] as GivenList[], 'those of the bundle');
}

/** A file by chunks. @throws UsageError that names it */
export function* readFileChunks(file: string): Generator<Uint8Array> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) yield chunk.subarray(0, read);
  } finally {
    closeSync(handle);
  }
}

/** What a file of a list is, by its first bytes, then by its name. */
export function listFileFormat(file: string): ListFormat | 'region' {
  for (const chunk of readFileChunks(file)) {
    if (chunk.length >= 4 && new DataView(chunk.buffer, chunk.byteOffset).getUint32(0, true) === MEMBERS_MAGIC_VALUE)
      return 'region';
    break;
  }
  return listFormatOf(file);
}

/**
 * The lists of a rule set: those of `--list`, then those that the bundle brings.
 * @param files none where an image was opened
 */
export function listContents(
  head: ManifestHead,
  files: BundleFiles | undefined,
  given: readonly GivenList[],
): Record<string, ListContent> {
  const contents: Record<string, ListContent> = {};
  for (const { name } of head.lists) {
    const path = ['txt', 'csv'].map((extension) => `lists/${name}.${extension}`).find((candidate) => files?.has(candidate));
    if (path !== undefined) contents[name] = { format: listFormatOf(path), chunks: [files!.get(path)!] };
  }
  for (const { name, file } of given) {
    if (!head.lists.some((list) => list.name === name)) {
      const names = head.lists.map((list) => list.name).join(', ');
      throw new UsageError(
        `--list: the bundle declares no list ${name}`,
        names === '' ? 'it declares none' : `it declares ${names}`,
      );
    }
    contents[name] = { format: listFileFormat(file), chunks: readFileChunks(file) } satisfies ListBytes;
  }
  return contents;
}
