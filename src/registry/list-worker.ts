// Thread entry: work on lists that takes as long as they have entries. Building a region from what was sent, and copying one into a
// tenant's memory and verifying it there.

import { ListError } from '../../assembly/shared/status.js';
import { LIST_FAULTS_MAX, type ListFault, type ListFormat, ListReader } from '../bundle/list-content.js';
import { entryAdvice, type Member, memberOf, memberReader, memberTypeOf, parseListType } from '../bundle/list-type.js';
import type { ListType } from '../bundle/lists.js';
import { type ListHeader, listVersion, readListHeader, writeList } from '../image/list.js';
import { type ListBlock, verifyBlock, viewBlock } from '../runtime/list-check.js';
import { readChunks, readInto, writeAside } from './files.js';

/** What a region is made from: a text as it was sent, in a file or in memory; or values. */
export type ListSource =
  | { path: string; format: ListFormat | 'region'; header?: boolean }
  | { chunks: readonly Uint8Array[]; format: ListFormat | 'region'; header?: boolean }
  | { entries: readonly unknown[] };

export interface BuildTask {
  /** As `listTypeText` writes it. */
  type: string;
  source: ListSource;
  /** A file to write the region to, and its fsync; without it the region is returned. */
  into: string | undefined;
}

export interface BuiltList {
  /** What is wrong; then there is nothing else. `line` is the number of the entry where entries were given. */
  faults: ListFault[];
  faultCount: number;
  header?: ListHeader;
  /** In shared memory: it goes from thread to thread without a copy. */
  region?: Uint8Array;
}

/** Builds a region. Never throws for a bad content. */
export function buildList({ type: typeText, source, into }: BuildTask): BuiltList {
  const type = parseListType(typeText) as ListType;
  let region: Uint8Array;
  try {
    if ('entries' in source) {
      const faults = entryFaults(type, source.entries);
      if (faults.faultCount > 0) return faults;
      region = writeList(memberTypeOf(type), membersOf(type, source.entries));
    } else {
      const chunks = 'path' in source ? readChunks(source.path) : source.chunks;
      if (source.format === 'region') {
        region = joined(chunks);
        const fault = regionFault(region, type);
        if (fault !== undefined) return oneFault(fault);
      } else {
        const reader = new ListReader(type, source.format, source.header === undefined ? {} : { header: source.header });
        region = writeList(memberTypeOf(type), reader.read(chunks));
        if (reader.faultCount > 0) return { faults: reader.faults, faultCount: reader.faultCount };
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return oneFault(error.message);
    throw error;
  }
  const header = readListHeader(region);
  if (into === undefined) return { faults: [], faultCount: 0, header, region: shared(region) };
  writeAside(into, region);
  return { faults: [], faultCount: 0, header };
}

export interface PlaceTask {
  block: ListBlock;
  version: string;
  source: { path: string } | { region: Uint8Array };
}

/** Copies a region into its place in a tenant's memory and verifies it there. Returns why it is not good, or ''. */
export function placeList({ block, version, source }: PlaceTask): string {
  const view = viewBlock(block);
  if ('path' in source) readInto(source.path, view);
  else view.set(source.region);
  const error = verifyBlock(block);
  if (error !== ListError.NONE) return `the engine refuses it: ${ListError[error]}`;
  const header = readListHeader(view);
  if (header.version !== version || listVersion(view) !== version) return 'its content is not that of its version';
  return '';
}

function oneFault(message: string): BuiltList {
  return { faults: [{ line: 0, message, advice: 'build it with `verdict list build`' }], faultCount: 1 };
}

function regionFault(region: Uint8Array, type: ListType): string | undefined {
  let header: ListHeader;
  try {
    header = readListHeader(region);
  } catch (error) {
    return (error as Error).message;
  }
  if (header.type !== memberTypeOf(type)) return 'the region holds entries of another type';
  if (header.bytes !== region.length) return `the region says that it has ${header.bytes} bytes, it has ${region.length}`;
  return listVersion(region) === header.version ? undefined : 'the content of the region is not that of its version';
}

function entryFaults(type: ListType, entries: readonly unknown[]): BuiltList {
  const read = memberReader(type);
  const built: BuiltList = { faults: [], faultCount: 0 };
  for (const [index, entry] of entries.entries()) {
    if (memberOf(type, entry, read) !== undefined || ++built.faultCount > LIST_FAULTS_MAX) continue;
    built.faults.push({ line: index + 1, message: `${String(entry).slice(0, 40)} is no entry`, advice: entryAdvice(type) });
  }
  return built;
}

function* membersOf(type: ListType, entries: readonly unknown[]): Generator<Member> {
  const read = memberReader(type);
  for (const entry of entries) yield memberOf(type, entry, read) as Member;
}

/** All of a content; a chunk is good only until the next. */
function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const chunk of chunks) parts.push(chunk.slice());
  return Buffer.concat(parts);
}

function shared(region: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(region.length));
  copy.set(region);
  return copy;
}
