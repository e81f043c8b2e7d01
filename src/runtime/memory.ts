// The linear memory of one tenant, laid out by the map in assembly/shared/layout.ts. Everything the tenant's decisions read or
// write lies in it, and nothing of another tenant.
//
// A shared memory's buffer never detaches: a view made before a grow stays valid for the range it had. So the views over the
// control block, scratches and ring are made once, and only heap access makes its view anew. Instances on other threads see a
// grown memory at once; workers never touch the heap from JavaScript, so their views need no remaking either.

import { threadId } from 'node:worker_threads';
import {
  CONTROL_BASE,
  CONTROL_DIRTY_BASE,
  CONTROL_DIRTY_BYTES,
  CONTROL_HEAP_BASE,
  CONTROL_MAGIC,
  CONTROL_MAGIC_VALUE,
  CONTROL_RING_BASE,
  CONTROL_RING_BYTES,
  CONTROL_SCRATCH_BASE,
  CONTROL_SCRATCH_COUNT,
  CONTROL_STATE_BASE,
  CONTROL_STATE_BYTES,
  DIRTY_BASE,
  DIRTY_PAGE_BITS,
  SCRATCH_BYTES,
  SCRATCH_COUNT_MAX,
} from '../../assembly/shared/layout.js';
import { assert } from '../assert.js';
import { PAGE_BYTES } from '../config.js';
import { Problem } from '../errors.js';
import { Heap } from './heap.js';
import { Ring } from './ring.js';
import { claimScratch, releaseScratch } from './scratch.js';
import { type WasmMemory, wasm } from './webassembly.js';

export interface MemoryOptions {
  /** Instances that may exist at a time: threads, and spare ones. */
  scratchCount: number;
  /** A multiple of 64. */
  ringBytes: number;
  /** Quota in pages of 64 KiB. */
  pagesMax: number;
}

/** Bytes for counters; none yet, the place is kept. */
const STATE_BYTES = 0;

let memoriesMade = 0;

export class TenantMemory {
  /** Unique in this process: how workers know a memory again. */
  readonly id = ++memoriesMade;
  readonly memory: WasmMemory;
  /** Views from address 0 to the end of the ring. */
  readonly bytes: Uint8Array;
  /** The same, for writing texts. */
  readonly text: Buffer;
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
  readonly doubles: Float64Array;
  /** What those are views of: to ask them, or the memory, is a call each time. */
  readonly buffer: ArrayBufferLike;
  readonly ring: Ring;
  readonly pagesMax: number;
  private readonly heap: Heap;

  /** Throws Problem OUT_OF_MEMORY where the quota is below the fixed regions. */
  constructor(options: MemoryOptions) {
    assert(options.scratchCount >= 1 && options.scratchCount <= SCRATCH_COUNT_MAX, 'the number of scratches is out of range');
    this.pagesMax = options.pagesMax;
    const dirtyBytes = dirtyBytesOf(options.pagesMax);
    const scratchBase = dirtyEnd(options.pagesMax);
    const ringBase = scratchBase + options.scratchCount * SCRATCH_BYTES;
    const stateBase = ringBase + options.ringBytes;
    const heapBase = alignPage(stateBase + STATE_BYTES);
    const pages = Math.ceil(heapBase / PAGE_BYTES);
    if (pages > options.pagesMax) {
      throw new Problem('OUT_OF_MEMORY', `the quota of ${options.pagesMax} pages is below the ${pages} that every tenant needs`);
    }
    this.memory = new wasm.Memory({ initial: pages, maximum: options.pagesMax, shared: true });
    const buffer = this.memory.buffer;
    this.bytes = new Uint8Array(buffer, 0, stateBase);
    this.text = Buffer.from(buffer, 0, stateBase);
    this.words = new Int32Array(buffer, 0, stateBase >>> 2);
    this.longs = new BigInt64Array(buffer, 0, stateBase >>> 3);
    this.doubles = new Float64Array(buffer, 0, stateBase >>> 3);
    this.buffer = buffer;
    this.writeControl(CONTROL_SCRATCH_BASE, scratchBase);
    this.writeControl(CONTROL_SCRATCH_COUNT, options.scratchCount);
    this.writeControl(CONTROL_RING_BASE, ringBase);
    this.writeControl(CONTROL_RING_BYTES, options.ringBytes);
    this.writeControl(CONTROL_STATE_BASE, stateBase);
    this.writeControl(CONTROL_STATE_BYTES, STATE_BYTES);
    this.writeControl(CONTROL_HEAP_BASE, heapBase);
    this.writeControl(CONTROL_DIRTY_BASE, DIRTY_BASE);
    this.writeControl(CONTROL_DIRTY_BYTES, dirtyBytes);
    this.writeControl(CONTROL_MAGIC, CONTROL_MAGIC_VALUE); // last: a control block with its magic is complete
    this.ring = new Ring(this.words, ringBase, options.ringBytes);
    this.heap = new Heap(heapBase, pages * PAGE_BYTES, (end) => this.growTo(end));
  }

  /** Bytes of linear memory that exist now. */
  get memoryBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** The quota in bytes. */
  get memoryBytesMax(): number {
    return this.pagesMax * PAGE_BYTES;
  }

  /** Bytes of images and lists. */
  get heapBytesUsed(): number {
    return this.heap.bytesUsed;
  }

  /**
   * Copies bytes into a new block of the heap and marks its pages dirty. Returns the block's address, a multiple of 64; the
   * memory grows where it must. Throws Problem OUT_OF_MEMORY at the quota.
   */
  place(content: Uint8Array): number {
    const address = this.reserve(content.length);
    this.viewHeap(address, content.length).set(content);
    return address;
  }

  /** As `place`, for a block whose content another thread writes. */
  reserve(bytes: number): number {
    const address = this.heap.allocate(bytes);
    if (address === 0) {
      const room = `${this.heap.bytesUsed} bytes are taken of a quota of ${this.pagesMax} pages of ${PAGE_BYTES} bytes`;
      throw new Problem('OUT_OF_MEMORY', `no room for ${bytes} bytes: ${room}, ${this.remedy(bytes)}`);
    }
    this.markDirty(address, bytes);
    return address;
  }

  /**
   * A scratch for an instance on a thread that is not one of the pool's: it belongs to this thread until `takeBack`, so it is not
   * lost with the other one. Throws Problem OUT_OF_MEMORY where none is free.
   */
  lendScratch(): number {
    const scratch = claimScratch(this.words, threadId);
    if (scratch === 0) throw new Problem('OUT_OF_MEMORY', 'the tenant has no scratch for another instance');
    return scratch;
  }

  /** Ends a loan. */
  takeBack(scratch: number): void {
    releaseScratch(this.words, scratch);
  }

  /** Frees a block that `place` or `reserve` returned. */
  free(address: number): void {
    this.heap.release(address);
  }

  /** A view of any part of the memory, heap included, as it is now. */
  viewHeap(address: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, bytes);
  }

  /** Sets the bits of all pages that [address, address + bytes) touches: a snapshot must hold them. */
  markDirty(address: number, bytes: number): void {
    if (bytes === 0) return;
    const first = address >>> DIRTY_PAGE_BITS;
    const last = (address + bytes - 1) >>> DIRTY_PAGE_BITS;
    for (let page = first; page <= last; page++) {
      Atomics.or(this.words, (DIRTY_BASE >>> 2) + (page >>> 5), 1 << (page & 31));
    }
  }

  private writeControl(field: number, value: number): void {
    this.words[(CONTROL_BASE + field) >>> 2] = value;
  }

  /** The new end of the memory, at or above `end`, or 0 where the quota forbids it. */
  /** What would make room for a block that there is none for. */
  private remedy(bytes: number): string {
    const end = this.heap.endWith(bytes);
    const wanted = Math.ceil(end / PAGE_BYTES);
    if (wanted <= this.pagesMax) return 'and the machine has no more';
    // The map of dirty pages grows with the quota, and all else lies behind it.
    const pages = Math.ceil((end + dirtyEnd(wanted) - dirtyEnd(this.pagesMax)) / PAGE_BYTES);
    return pages <= PAGES_MAX ? `and it takes at least ${pages}` : `and no memory has the ${pages} that it takes`;
  }

  private growTo(end: number): number {
    const pages = Math.ceil(end / PAGE_BYTES);
    if (pages > this.pagesMax) return 0;
    try {
      this.memory.grow(pages - this.memoryBytes / PAGE_BYTES);
    } catch {
      return 0; // the machine has less than the quota promises
    }
    return this.memoryBytes;
  }
}

/** Pages of a WebAssembly memory at most: 4 GiB. */
const PAGES_MAX = 65_536;

/** Bytes of the map of dirty pages, by the quota in pages. */
function dirtyBytesOf(pagesMax: number): number {
  return Math.ceil((pagesMax * PAGE_BYTES) / 2 ** (DIRTY_PAGE_BITS + 3) / 8) * 8;
}

/** Where what lies behind that map begins. */
function dirtyEnd(pagesMax: number): number {
  return alignPage(DIRTY_BASE + dirtyBytesOf(pagesMax));
}

function alignPage(address: number): number {
  return Math.ceil(address / 4096) * 4096;
}
