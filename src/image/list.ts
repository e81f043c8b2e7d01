// List regions: the members of one version of a list, as the engine asks for them (assembly/shared/list.ts draws a region). Equal
// sets give equal bytes, whatever their order. Made for millions of members: all work is on typed arrays.

import { createHash } from 'node:crypto';
import * as at from '../../assembly/shared/list.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { hashBytes, hashWords } from './list-hash.js';
import { align8 } from './template.js';

/** TEXT: strings; F64: numbers; I64: bigints (decimals scaled, timestamps in microseconds, dates in days). */
export type ListType = RegisterType.TEXT | RegisterType.F64 | RegisterType.I64;

export interface ListHeader {
  type: ListType;
  count: number;
  /** 16 hex digits: the first 8 bytes of the sha256 of the region with its version 0. */
  version: string;
  /** The whole region. */
  bytes: number;
}

/** Seeds that are tried with one number of buckets: one of them nearly always keeps all members near their homes. */
const SEEDS = 4;

/**
 * Writes a list region; a member that comes twice is there once.
 *
 * @param values TEXT: strings, without lone halves of surrogate pairs; F64: numbers but NaN, -0 is 0; I64: bigints of 64 bits
 * @returns a multiple of 8 bytes
 * @throws RangeError for a value that its type does not have, and where the members do not fit a region
 */
export function writeList(type: ListType, values: Iterable<string | number | bigint>): Uint8Array {
  const members = type === RegisterType.TEXT ? new Texts(values) : new Numbers(type, values);
  const { length } = members.sorted(0);
  let buckets = 1;
  while (buckets < 2 * length) buckets *= 2;
  for (; buckets <= at.MEMBERS_BUCKETS_MAX; buckets *= 2) {
    for (let seed = 0; seed < SEEDS; seed++) {
      const region = members.write(members.sorted(seed), buckets, seed);
      if (region !== undefined) return seal(region);
    }
  }
  throw new RangeError(`${length} members do not fit a list`);
}

/**
 * Reads the header of a region without judging the rest; the engine's `verifyList` does that.
 *
 * @throws Error where the bytes are no list region
 */
export function readListHeader(region: Uint8Array): ListHeader {
  const view = new DataView(region.buffer, region.byteOffset, region.byteLength);
  if (region.length < at.MEMBERS_HEADER_BYTES || view.getUint32(at.MEMBERS_MAGIC, true) !== at.MEMBERS_MAGIC_VALUE) {
    throw new Error('not a list region');
  }
  return {
    type: view.getUint32(at.MEMBERS_TYPE, true) as ListType,
    count: view.getUint32(at.MEMBERS_COUNT, true),
    version: Buffer.from(region.subarray(at.MEMBERS_VERSION, at.MEMBERS_VERSION + at.MEMBERS_VERSION_BYTES)).toString('latin1'),
    bytes: view.getUint32(at.MEMBERS_REGION_BYTES, true),
  };
}

/** The version that a region's bytes stand for: what its header has to say. */
export function listVersion(region: Uint8Array): string {
  const zeros = new Uint8Array(at.MEMBERS_VERSION_BYTES);
  const hash = createHash('sha256');
  hash.update(region.subarray(0, at.MEMBERS_VERSION)).update(zeros);
  hash.update(region.subarray(at.MEMBERS_VERSION + at.MEMBERS_VERSION_BYTES));
  return hash.digest('hex').slice(0, at.MEMBERS_VERSION_BYTES);
}

function seal(region: Uint8Array): Uint8Array {
  region.set(Buffer.from(listVersion(region), 'latin1'), at.MEMBERS_VERSION);
  return region;
}

const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Indices 0 to count - 1 in the order of their hashes; equal hashes in the order of `compare`. */
function sortByHash(hashes: Uint32Array, count: number, compare: (left: number, right: number) => number): Uint32Array {
  const keys = new BigUint64Array(count);
  const words = new Uint32Array(keys.buffer);
  const [low, high] = isLittleEndian ? [0, 1] : [1, 0];
  for (let index = 0; index < count; index++) {
    words[2 * index + low] = index;
    words[2 * index + high] = hashes[index]!;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let index = 0; index < count; index++) order[index] = words[2 * index + low]!;
  for (let first = 0; first < count; ) {
    let end = first + 1;
    while (end < count && hashes[order[end]!] === hashes[order[first]!]) end++;
    if (end - first > 1) order.subarray(first, end).sort(compare);
    first = end;
  }
  return order;
}

/** A region of zeros with its header, version and members still to come. */
function newRegion(type: ListType, count: number, buckets: number, seed: number, entryBytes: number): Uint8Array {
  const bytes = entriesAt(buckets) + align(entryBytes, 8);
  if (bytes >= 2 ** 32) throw new RangeError(`a list of ${bytes} bytes, more than a region holds`);
  const region = new Uint8Array(bytes);
  const view = new DataView(region.buffer);
  view.setUint32(at.MEMBERS_MAGIC, at.MEMBERS_MAGIC_VALUE, true);
  view.setUint32(at.MEMBERS_TYPE, type, true);
  view.setUint32(at.MEMBERS_COUNT, count, true);
  view.setUint32(at.MEMBERS_BUCKETS, buckets, true);
  view.setUint32(at.MEMBERS_REGION_BYTES, bytes, true);
  view.setUint32(at.MEMBERS_SEED, seed, true);
  return region;
}

/** Where entries begin. */
function entriesAt(buckets: number): number {
  return at.MEMBERS_HEADER_BYTES + align8(4 * buckets);
}

function align(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}

/** Puts an entry's offset into the first free bucket from its home on. @returns false where that is too far away */
function place(view: DataView, buckets: number, hash: number, offset: number): boolean {
  let bucket = buckets === 1 ? 0 : hash >>> (Math.clz32(buckets) + 1);
  for (let probe = 0; probe < at.MEMBERS_PROBE_MAX; probe++) {
    const place = at.MEMBERS_HEADER_BYTES + 4 * bucket;
    if (view.getUint32(place, true) === 0) {
      view.setUint32(place, offset, true);
      return true;
    }
    bucket = (bucket + 1) & (buckets - 1);
  }
  return false;
}

const LONE_HALF = /[\ud800-\udfff]/u;

/** Texts in UTF-8, one behind the other. */
class Texts {
  count = 0;
  #bytes = new Uint8Array(65536);
  /** Where each text ends; the first begins at 0. */
  #ends = new Float64Array(1024);

  constructor(values: Iterable<string | number | bigint>) {
    const encoder = new TextEncoder();
    let end = 0;
    for (const value of values) {
      if (typeof value !== 'string') throw new RangeError(`${value} is no text`);
      if (LONE_HALF.test(value)) throw new RangeError(`${JSON.stringify(value)} has half of a surrogate pair`);
      if (end + 3 * value.length > this.#bytes.length) this.#bytes = grown(this.#bytes, end + 3 * value.length);
      end += encoder.encodeInto(value, this.#bytes.subarray(end)).written;
      if (this.count === this.#ends.length) {
        const ends = new Float64Array(2 * this.count);
        ends.set(this.#ends);
        this.#ends = ends;
      }
      this.#ends[this.count++] = end;
    }
  }

  /** Members in the order of their hashes, each once. */
  sorted(seed: number): Uint32Array {
    const { count } = this;
    const hashes = new Uint32Array(count);
    for (let index = 0; index < count; index++) hashes[index] = this.#hash(index, seed);
    const compare = (left: number, right: number): number =>
      Buffer.compare(
        this.#bytes.subarray(this.#start(left), this.#ends[left]!),
        this.#bytes.subarray(this.#start(right), this.#ends[right]!),
      );
    const order = sortByHash(hashes, count, compare);
    return distinct(order, (left, right) => hashes[left] === hashes[right] && compare(left, right) === 0);
  }

  /** The region, or undefined where a member would be too far from its home. */
  write(order: Uint32Array, buckets: number, seed: number): Uint8Array | undefined {
    let entryBytes = 0;
    for (const member of order) entryBytes += align(at.MEMBER_TEXT + this.#ends[member]! - this.#start(member), 4);
    const region = newRegion(RegisterType.TEXT, order.length, buckets, seed, entryBytes);
    const view = new DataView(region.buffer);
    let offset = entriesAt(buckets);
    for (const member of order) {
      const start = this.#start(member);
      const end = this.#ends[member]!;
      const hash = this.#hash(member, seed);
      if (!place(view, buckets, hash, offset)) return undefined;
      view.setUint32(offset + at.MEMBER_HASH, hash, true);
      view.setUint32(offset + at.MEMBER_BYTES, end - start, true);
      region.set(this.#bytes.subarray(start, end), offset + at.MEMBER_TEXT);
      offset += align(at.MEMBER_TEXT + end - start, 4);
    }
    return region;
  }

  #start(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }

  #hash(index: number, seed: number): number {
    return hashBytes(this.#bytes, this.#start(index), this.#ends[index]!, seed);
  }
}

/** Numbers as their 8 bytes. */
class Numbers {
  count = 0;
  #words = new Uint32Array(2048);
  readonly #type: ListType;

  constructor(type: ListType, values: Iterable<string | number | bigint>) {
    this.#type = type;
    const view = new DataView(new ArrayBuffer(8));
    for (const value of values) {
      if (type === RegisterType.F64) {
        if (typeof value !== 'number' || Number.isNaN(value)) throw new RangeError(`${value} is no number of a list`);
        view.setFloat64(0, value === 0 ? 0 : value, true);
      } else {
        if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} has no 64 bits`);
        view.setBigInt64(0, value, true);
      }
      if (2 * this.count === this.#words.length) {
        const words = new Uint32Array(4 * this.count);
        words.set(this.#words);
        this.#words = words;
      }
      this.#words[2 * this.count] = view.getUint32(0, true);
      this.#words[2 * this.count + 1] = view.getUint32(4, true);
      this.count++;
    }
  }

  sorted(seed: number): Uint32Array {
    const words = this.#words;
    const hashes = new Uint32Array(this.count);
    for (let index = 0; index < this.count; index++) hashes[index] = hashWords(words[2 * index]!, words[2 * index + 1]!, seed);
    const compare = (left: number, right: number): number =>
      words[2 * left + 1]! - words[2 * right + 1]! || words[2 * left]! - words[2 * right]!;
    return distinct(sortByHash(hashes, this.count, compare), (left, right) => compare(left, right) === 0);
  }

  write(order: Uint32Array, buckets: number, seed: number): Uint8Array | undefined {
    const region = newRegion(this.#type, order.length, buckets, seed, 8 * order.length);
    const view = new DataView(region.buffer);
    let offset = entriesAt(buckets);
    for (const member of order) {
      const low = this.#words[2 * member]!;
      const high = this.#words[2 * member + 1]!;
      if (!place(view, buckets, hashWords(low, high, seed), offset)) return undefined;
      view.setUint32(offset, low, true);
      view.setUint32(offset + 4, high, true);
      offset += 8;
    }
    return region;
  }
}

/** A buffer of at least twice the size and of `bytes` bytes, with the same beginning. */
function grown(buffer: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(2 * buffer.length, bytes));
  larger.set(buffer);
  return larger;
}

/** The order without members that equal the one before. */
function distinct(order: Uint32Array, equal: (left: number, right: number) => boolean): Uint32Array {
  let count = 0;
  for (const member of order) {
    if (count > 0 && equal(order[count - 1]!, member)) continue;
    order[count++] = member;
  }
  return order.subarray(0, count);
}
