// The heap of a tenant's memory: where images lie. First fit over a list of free ranges sorted by address, neighbours joined
// when freed. The books are the host's own, outside the memory, so nothing a tenant's image does can damage them.

import { assert } from '../assert.js';

/** Blocks start at a multiple of this and are as long as a multiple of it: a cache line. */
export const HEAP_ALIGN = 64;

interface Range {
  address: number;
  bytes: number;
}

export class Heap {
  private readonly free: Range[] = [];
  private readonly blocks = new Map<number, number>();
  private used = 0;

  /**
   * @param base first address, a multiple of HEAP_ALIGN
   * @param end one past the last byte that exists now
   * @param extend asks for memory up to at least the given end; returns the new end, or 0 where the quota forbids it
   */
  constructor(
    readonly base: number,
    private end: number,
    private readonly extend: (end: number) => number,
  ) {
    assert(base % HEAP_ALIGN === 0 && end >= base, 'the heap has a bad base or end');
    if (end > base) this.free.push({ address: base, bytes: alignDown(end - base) });
  }

  /** Bytes handed out. */
  get bytesUsed(): number {
    return this.used;
  }

  /** Address of a block of at least `bytes` bytes, or 0 where there is no room within the quota. Its content is arbitrary. */
  allocate(bytes: number): number {
    const need = alignUp(Math.max(bytes, 1));
    let index = this.free.findIndex((range) => range.bytes >= need);
    if (index < 0) {
      index = this.grow(need);
      if (index < 0) return 0;
    }
    const range = this.free[index] as Range;
    const address = range.address;
    if (range.bytes === need) {
      this.free.splice(index, 1);
    } else {
      range.address += need;
      range.bytes -= need;
    }
    this.blocks.set(address, need);
    this.used += need;
    return address;
  }

  /** Gives back a block that `allocate` returned. */
  release(address: number): void {
    const bytes = this.blocks.get(address);
    assert(bytes !== undefined, 'freed an address that is not allocated');
    this.blocks.delete(address);
    this.used -= bytes;
    this.addFree(address, bytes);
  }

  /** End that the memory has to have for a block of so many bytes where no free range holds one. */
  endWith(bytes: number): number {
    const last = this.free.at(-1);
    const start = last !== undefined && last.address + last.bytes === alignDown(this.end) ? last.address : alignDown(this.end);
    return start + alignUp(Math.max(bytes, 1));
  }

  /** Index of a free range of at least `need` bytes at the end of the memory, made by growing it, or -1. */
  private grow(need: number): number {
    const wanted = this.endWith(need);
    const end = this.extend(wanted);
    if (end === 0) return -1;
    assert(end >= wanted, 'the memory grew by less than asked');
    const from = alignDown(this.end);
    this.end = end;
    this.addFree(from, alignDown(end) - from);
    return this.free.length - 1;
  }

  private addFree(address: number, bytes: number): void {
    let index = this.free.findIndex((range) => range.address > address);
    if (index < 0) index = this.free.length;
    const before = this.free[index - 1];
    const after = this.free[index];
    const joinsBefore = before !== undefined && before.address + before.bytes === address;
    const joinsAfter = after !== undefined && address + bytes === after.address;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      this.free.splice(index, 1);
    } else if (joinsBefore) {
      before.bytes += bytes;
    } else if (joinsAfter) {
      after.address = address;
      after.bytes += bytes;
    } else {
      this.free.splice(index, 0, { address, bytes });
    }
  }
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / HEAP_ALIGN) * HEAP_ALIGN;
}

function alignDown(bytes: number): number {
  return Math.floor(bytes / HEAP_ALIGN) * HEAP_ALIGN;
}
