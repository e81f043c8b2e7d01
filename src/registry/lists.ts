// The lists of tenants: from entries to regions, on the thread of the compiler, and from version to version. A new version is built
// -> placed in the tenant's memory and verified -> bound for every image that reads it, aside -> made durable -> swapped in, all
// images in one turn of the event loop. A request that has begun keeps the tables it began with.

import type { RegisterType } from '../../assembly/shared/value-type.js';
import type { ListFormat } from '../bundle/list-content.js';
import { listTypeText, memberTypeOf, parseListType } from '../bundle/list-type.js';
import type { Clock } from '../clock.js';
import { LIST_NAME_PATTERN } from '../config.js';
import { type PayloadError, Problem } from '../errors.js';
import { type ListHeader, readListHeader } from '../image/list.js';
import type { TaskRunner } from '../runtime/task-pool.js';
import { formatTimestamp } from '../schema/time.js';
import type { Bindings } from './bindings.js';
import { ListRegion } from './list-region.js';
import type { ListStore, ListVersion, StoredList } from './list-store.js';
import type { BuildTask, BuiltList, ListSource, PlaceTask } from './list-worker.js';
import { checkFit, type LiveImage } from './live-image.js';
import type { Tenant } from './tenant.js';

/** A content as it was sent: text with an entry a line, CSV, or a region. A chunk is good until the next is asked for. */
export interface ListBytes {
  format: ListFormat | 'region';
  /** Whether the first record of a CSV names its columns; yes by default. */
  header?: boolean;
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * What is in a list: entries as texts (a decimal `19.90`, a date `2026-01-31`, a timestamp in RFC 3339) or as numbers; a region as
 * `verdict list build` writes it; or a content as a file has it.
 */
export type ListContent = Iterable<string | number | bigint> | Uint8Array | ListBytes;

/** The current version of a list of a tenant. */
export interface ListInfo extends ListVersion {
  name: string;
}

export interface PutResult extends ListInfo {
  /** False where this version was current before. */
  created: boolean;
}

/** A region that is built and has no place yet. */
export interface PendingList {
  header: ListHeader;
  /** As `listTypeText` writes it. */
  type: string;
  source: { path: string } | { region: Uint8Array };
}

export interface ListsOptions {
  store: ListStore | undefined;
  /** Runs registry/compile-worker.ts. */
  compiler: TaskRunner;
  clock: Clock;
}

const PIECE_BYTES = 1 << 20;

export class Lists {
  constructor(private readonly options: ListsOptions) {}

  /**
   * The type of a new version: what live images declare, else what the caller says, else what the list has had, else what the
   * content allows. Throws Problem LIST_MISMATCH, INVALID_LIST.
   */
  typeFor(tenant: Tenant | undefined, name: string, content: ListContent, said: string | undefined): string {
    const parsed = said === undefined ? undefined : parseListType(said);
    if (said !== undefined && parsed === undefined) {
      const types = 'string, number, date, timestamp or decimal(SCALE)';
      throw new Problem('INVALID_LIST', `${JSON.stringify(said)} is no type of a list; it is ${types}`);
    }
    for (const { bundle, type } of declarations(tenant, name)) {
      if (parsed === undefined || listTypeText(parsed) === type) return type;
      throw new Problem('LIST_MISMATCH', `the bundle ${bundle} declares ${name} as ${type}, not ${listTypeText(parsed)}`);
    }
    if (parsed !== undefined) return listTypeText(parsed);
    const before = tenant?.lists.get(name)?.region.list.type;
    if (before !== undefined) return before;
    if (content instanceof Uint8Array) return typeOfRegion(content);
    return 'string';
  }

  /**
   * Builds a region. With a store and `durable` it is in a file aside, synced. `discard` it unless it is committed.
   * Throws Problem INVALID_LIST with what is wrong, line by line.
   */
  async build(content: ListContent, type: string, durable: boolean): Promise<PendingList> {
    const store = durable ? this.options.store : undefined;
    const source = await this.gather(content, store);
    const into = store?.newPath();
    try {
      const task: BuildTask = { type, source, into };
      const built = await this.run<BuildTask, BuiltList>('buildList', task);
      if (built.header === undefined) throw invalid(built);
      return { header: built.header, type, source: into === undefined ? { region: built.region as Uint8Array } : { path: into } };
    } catch (error) {
      if (into !== undefined) await store?.discard(into);
      throw error;
    } finally {
      if ('path' in source) await store?.discard(source.path);
    }
  }

  /** Removes what `build` made. */
  async discard(pending: PendingList): Promise<void> {
    if ('path' in pending.source) await this.options.store?.discard(pending.source.path);
  }

  /** The version that a region is, as of now. */
  versionOf({ header, type }: PendingList): ListVersion {
    const at = formatTimestamp(this.options.clock.nowMicros());
    return { version: header.version, type, count: header.count, bytes: header.bytes, at };
  }

  /**
   * Copies a region into a tenant's memory and has it verified there. The caller releases it.
   * Throws Problem OUT_OF_MEMORY at the tenant's quota, INVALID_LIST where the engine refuses it.
   */
  async place(tenant: Tenant, list: ListVersion, source: PendingList['source']): Promise<ListRegion> {
    const { memory } = tenant;
    const address = memory.reserve(list.bytes);
    let fault: string;
    try {
      const scratch = memory.lendScratch();
      try {
        const block = { memory: memory.memory, address, bytes: list.bytes, scratch };
        fault = await this.run<PlaceTask, string>('placeList', { block, version: list.version, source });
      } finally {
        memory.takeBack(scratch);
      }
    } catch (error) {
      memory.free(address);
      throw error;
    }
    if (fault === '') return new ListRegion(memory, address, list);
    memory.free(address);
    throw new Problem('INVALID_LIST', fault);
  }

  /** Places what is stored and makes it current. Throws Problem, Error. */
  async restore(tenant: Tenant, { name, path, ...list }: StoredList): Promise<void> {
    const region = await this.place(tenant, list, { path });
    tenant.lists.set(name, { name, region });
  }

  /** Makes a region the current version of a list. One at a time a tenant, and none while it publishes. */
  async put(tenant: Tenant, name: string, pending: PendingList): Promise<PutResult> {
    const before = tenant.lists.get(name)?.region.list;
    if (before?.version === pending.header.version && before.type === pending.type) return { created: false, name, ...before };
    const list = this.versionOf(pending);
    for (const reader of tenant.readers) {
      const declared = reader.tenantList(name);
      if (declared !== undefined) checkFit(reader.name, declared, list);
    }
    const region = await this.place(tenant, list, pending.source);
    const tables = new Map<LiveImage, Bindings | undefined>();
    try {
      // Before it is durable: what comes after that must not fail.
      for (const reader of tenant.readers)
        if (reader.tenantList(name)) tables.set(reader, reader.prepare({ list: { name, region } }));
      if (this.options.store !== undefined && 'path' in pending.source) {
        await this.options.store.commit(tenant.name, name, list, pending.source.path);
      }
    } catch (error) {
      for (const table of tables.values()) table?.release();
      region.release();
      throw error;
    }
    const old = tenant.lists.get(name);
    tenant.lists.set(name, { name, region });
    for (const [reader, table] of tables) reader.rebind(table);
    old?.region.release();
    return { created: true, name, ...list };
  }

  /** Forgets a list. Throws Problem LIST_NOT_FOUND, LIST_IN_USE while a live bundle declares it. */
  async remove(tenant: Tenant | undefined, name: string): Promise<void> {
    const list = tenant?.lists.get(name);
    if (tenant === undefined || list === undefined) throw new Problem('LIST_NOT_FOUND', `there is no list ${name}`);
    const readers = [...tenant.live.values()].filter((live) => live.tenantList(name) !== undefined);
    if (readers.length > 0) {
      throw new Problem('LIST_IN_USE', `${name} is read by ${readers.map((live) => live.name).join(', ')}`);
    }
    await this.options.store?.remove(tenant.name, name);
    tenant.lists.delete(name);
    list.region.release();
  }

  /** A content where the thread of the compiler can have it. */
  private async gather(content: ListContent, store: ListStore | undefined): Promise<ListSource> {
    if (content instanceof Uint8Array) return { chunks: [shared([content], content.length)], format: 'region' };
    if (!('chunks' in content)) return { entries: [...content] };
    const { format, chunks } = content;
    const header = content.header === undefined ? {} : { header: content.header };
    if (store !== undefined && Symbol.asyncIterator in chunks) return { path: await store.spool(chunks), format, ...header };
    const pieces: Uint8Array[] = [];
    let parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      parts.push(chunk.slice());
      bytes += chunk.length;
      if (bytes < PIECE_BYTES) continue;
      pieces.push(shared(parts, bytes));
      parts = [];
      bytes = 0;
    }
    pieces.push(shared(parts, bytes));
    return { chunks: pieces, format, ...header };
  }

  private async run<Task, Result>(name: string, task: Task): Promise<Result> {
    try {
      return await this.options.compiler.run<Task, Result>(name, task);
    } catch (error) {
      throw new Problem('INTERNAL', `work on a list failed: ${(error as Error).message}`);
    }
  }
}

/** What images say of a list of the tenant: those that read it, and those that wait for one. */
function* declarations(tenant: Tenant | undefined, name: string): Generator<{ bundle: string; type: string }> {
  for (const reader of tenant?.readers ?? []) {
    const declared = reader.tenantList(name);
    if (declared !== undefined) yield { bundle: reader.name, type: declared.type };
  }
  for (const { bundle, image } of tenant?.waiting.values() ?? []) {
    const declared = image.head.lists.find((list) => list.name === name && list.content === undefined);
    if (declared !== undefined) yield { bundle, type: declared.type };
  }
}

/** Throws Problem INVALID_NAME. */
export function checkListName(name: string): void {
  if (!LIST_NAME_PATTERN.test(name)) throw new Problem('INVALID_NAME', `${JSON.stringify(name)} is no name of a list`);
}

/** Parts in shared memory, which goes to another thread without a copy. */
function shared(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(new SharedArrayBuffer(bytes));
  let used = 0;
  for (const part of parts) {
    whole.set(part, used);
    used += part.length;
  }
  return whole;
}

/** What a region is taken for where nobody says: 64-bit integers may be decimals, dates or timestamps. */
function typeOfRegion(region: Uint8Array): string {
  let type: RegisterType;
  try {
    type = readListHeader(region).type;
  } catch (error) {
    throw new Problem('INVALID_LIST', (error as Error).message);
  }
  const found = (['string', 'number'] as const).find((each) => memberTypeOf(each) === type);
  if (found !== undefined) return found;
  throw new Problem('INVALID_LIST', 'a region of integers does not say what they are: give the type');
}

function invalid({ faults, faultCount }: BuiltList): Problem {
  const errors = faults.map(({ line, message, advice }): PayloadError => {
    const place = line === 0 ? '' : `line ${line}: `;
    return { pointer: line === 0 ? '' : `/${line}`, code: 'FORMAT', message: `${place}${message}; ${advice}` };
  });
  const first = errors[0]?.message ?? 'it cannot be read';
  return new Problem('INVALID_LIST', faultCount > 1 ? `${first} (and ${faultCount - 1} more)` : first, errors);
}
