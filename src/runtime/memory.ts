// The linear memory of one tenant, laid out by the map in assembly/shared/layout.ts. Everything the tenant's decisions read or
// write lies in it, and nothing of another tenant.
//
// Several listeners may decide in one memory (src/attached). Each has a part of it: a ring, and scratches for itself and the
// workers of its pool. Rings stand in the layout and not in the heap, so that views over them are made once, and no ring takes room
// that images were promised; pages that nobody touches cost nothing. Only part 0, the owner, has the heap.
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
  CONTROL_PARTS,
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
import { MEMORY_PAGES_MAX, PAGE_BYTES } from '../config.js';
import { Problem } from '../errors.js';
import { Heap } from './heap.js';
import { LentViews } from './lent-views.js';
import { Ring } from './ring.js';
import { claimScratch, releaseScratch, releaseScratchesOfDead, type ScratchShare } from './scratch.js';
import { type WasmMemory, wasm } from './webassembly.js';

export interface MemoryOptions {
  /** Instances that may exist at a time: threads, and spare ones. Of each part. */
  scratchCount: number;
  /** A multiple of 64. Of each part. */
  ringBytes: number;
  /** Quota in pages of 64 KiB: what the memory may have where it has one part; others come on top. */
  pagesMax: number;
  /** Threads that have a ring in it. Default 1. */
  parts?: number;
}

/** A memory that another thread has laid out, with the same options. */
export interface AttachedPart {
  memory: WasmMemory;
  /** From 1. */
  part: number;
}

/** Bytes for counters; none yet, the place is kept. */
const STATE_BYTES = 0;

/** Answers of frames are of such lengths; of longer ones no views are kept. */
const ANSWER_STEP_BYTES = 8;
const ANSWER_VIEW_BYTES_MAX = 8192;

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
  readonly views: LentViews;
  readonly ring: Ring;
  readonly pagesMax: number;
  /** Scratches that this thread and its workers may claim. */
  readonly scratches: ScratchShare;
  /** Absent where another thread owns it. */
  private readonly heap: Heap | undefined;
  /** Of pagesMax, those for what other listeners need. */
  private readonly otherPages: number;

  /** Lays out a new memory, or takes part in one. Throws Problem OUT_OF_MEMORY where the quota is below the fixed regions. */
  constructor(options: MemoryOptions, attached?: AttachedPart) {
    const { scratchCount, ringBytes, parts = 1 } = options;
    const part = attached?.part ?? 0;
    assert(scratchCount >= 1 && scratchCount * parts <= SCRATCH_COUNT_MAX, 'the number of scratches is out of range');
    assert(part < parts && (part > 0 || attached === undefined), 'there is no such part');
    this.otherPages = otherPagesOf(options);
    this.pagesMax = options.pagesMax + this.otherPages;
    this.scratches = { first: part * scratchCount, count: scratchCount };
    const dirtyBytes = dirtyBytesOf(this.pagesMax);
    const scratchBase = dirtyEnd(this.pagesMax);
    const ringBase = scratchBase + parts * scratchCount * SCRATCH_BYTES;
    const stateBase = ringBase + parts * ringBytes;
    const heapBase = alignPage(stateBase + STATE_BYTES);
    const pages = Math.ceil(heapBase / PAGE_BYTES);
    if (pages > this.pagesMax) {
      const needed = pages - this.otherPages;
      throw new Problem('OUT_OF_MEMORY', `the quota of ${options.pagesMax} pages is below the ${needed} that every tenant needs`);
    }
    this.memory = attached?.memory ?? new wasm.Memory({ initial: pages, maximum: this.pagesMax, shared: true });
    const buffer = this.memory.buffer;
    this.bytes = new Uint8Array(buffer, 0, stateBase);
    this.text = Buffer.from(buffer, 0, stateBase);
    this.words = new Int32Array(buffer, 0, stateBase >>> 2);
    this.longs = new BigInt64Array(buffer, 0, stateBase >>> 3);
    this.doubles = new Float64Array(buffer, 0, stateBase >>> 3);
    this.buffer = buffer;
    this.views = new LentViews(buffer, ANSWER_STEP_BYTES, ANSWER_VIEW_BYTES_MAX);
    this.ring = new Ring(this.words, ringBase + part * ringBytes, ringBytes);
    if (attached !== undefined) {
      const isSame = this.readControl(CONTROL_MAGIC) === CONTROL_MAGIC_VALUE && this.readControl(CONTROL_HEAP_BASE) === heapBase;
      assert(isSame, 'the memory has another layout');
      return;
    }
    this.writeControl(CONTROL_SCRATCH_BASE, scratchBase);
    this.writeControl(CONTROL_SCRATCH_COUNT, parts * scratchCount);
    this.writeControl(CONTROL_RING_BASE, ringBase);
    this.writeControl(CONTROL_RING_BYTES, ringBytes);
    this.writeControl(CONTROL_PARTS, parts);
    this.writeControl(CONTROL_STATE_BASE, stateBase);
    this.writeControl(CONTROL_STATE_BYTES, STATE_BYTES);
    this.writeControl(CONTROL_HEAP_BASE, heapBase);
    this.writeControl(CONTROL_DIRTY_BASE, DIRTY_BASE);
    this.writeControl(CONTROL_DIRTY_BYTES, dirtyBytes);
    this.writeControl(CONTROL_MAGIC, CONTROL_MAGIC_VALUE); // last: a control block with its magic is complete
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
    return this.heap?.bytesUsed ?? 0;
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
    const { heap } = this;
    assert(heap !== undefined, 'only the owner of a memory has its heap');
    const address = heap.allocate(bytes);
    if (address === 0) {
      const quota = `a quota of ${this.pagesMax - this.otherPages} pages of ${PAGE_BYTES} bytes`;
      const room = `${heap.bytesUsed} bytes are taken of ${quota}`;
      throw new Problem('OUT_OF_MEMORY', `no room for ${bytes} bytes: ${room}, ${this.remedy(heap, bytes)}`);
    }
    this.markDirty(address, bytes);
    return address;
  }

  /**
   * A scratch for an instance on a thread that is not one of the pool's: it belongs to this thread until `takeBack`, so it is not
   * lost with the other one. Throws Problem OUT_OF_MEMORY where none is free.
   */
  lendScratch(): number {
    const scratch = claimScratch(this.words, threadId, this.scratches);
    if (scratch === 0) throw new Problem('OUT_OF_MEMORY', 'the tenant has no scratch for another instance');
    return scratch;
  }

  /** Ends a loan. */
  takeBack(scratch: number): void {
    releaseScratch(this.words, scratch);
  }

  /** Gives back the scratches of a part whose threads have all ended. */
  releasePart(part: number): void {
    const { count } = this.scratches;
    releaseScratchesOfDead(this.words, new Set(), { first: part * count, count });
  }

  /** Frees a block that `place` or `reserve` returned. */
  free(address: number): void {
    assert(this.heap !== undefined, 'only the owner of a memory has its heap');
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

  private readControl(field: number): number {
    return (this.words[(CONTROL_BASE + field) >>> 2] as number) >>> 0;
  }

  /** What would make room for a block that there is none for. */
  private remedy(heap: Heap, bytes: number): string {
    const end = heap.endWith(bytes);
    const wanted = Math.ceil(end / PAGE_BYTES);
    if (wanted <= this.pagesMax) return 'and the machine has no more';
    // The map of dirty pages grows with the quota, and all else lies behind it.
    const pages = Math.ceil((end + dirtyEnd(wanted) - dirtyEnd(this.pagesMax)) / PAGE_BYTES);
    const quota = pages - this.otherPages;
    return pages <= MEMORY_PAGES_MAX ? `and it takes at least ${quota}` : `and no memory has the ${quota} that it takes`;
  }

  /** The new end of the memory, at or above `end`, or 0 where the quota forbids it. */
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

/** Pages that rings and scratches of the parts but the first take. */
export function otherPagesOf({ scratchCount, ringBytes, parts = 1 }: MemoryOptions): number {
  return Math.ceil(((parts - 1) * (scratchCount * SCRATCH_BYTES + ringBytes)) / PAGE_BYTES);
}

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
