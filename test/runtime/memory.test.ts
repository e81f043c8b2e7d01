import { describe, expect, it } from 'vitest';
import * as at from '#assembly/shared/layout.js';
import { TenantMemory } from '#src/runtime/memory.js';
import { claimScratch, releaseScratch, releaseScratchesOfDead } from '#src/runtime/scratch.js';

const OPTIONS = { scratchCount: 3, ringBytes: 65536, pagesMax: 64 };

const control = (memory: TenantMemory, field: number): number => memory.words[(at.CONTROL_BASE + field) / 4]! >>> 0;

/** Pages of 4 KiB whose dirty bit is set. */
function dirtyPages(memory: TenantMemory): number[] {
  const pages: number[] = [];
  const bytes = control(memory, at.CONTROL_DIRTY_BYTES);
  for (let page = 0; page < bytes * 8; page++) {
    if ((memory.bytes[at.DIRTY_BASE + (page >>> 3)]! >>> (page & 7)) & 1) pages.push(page);
  }
  return pages;
}

describe('TenantMemory', () => {
  it('is laid out without gaps that overlap, by the map', () => {
    const memory = new TenantMemory(OPTIONS);
    const scratch = control(memory, at.CONTROL_SCRATCH_BASE);
    const ring = control(memory, at.CONTROL_RING_BASE);
    const state = control(memory, at.CONTROL_STATE_BASE);
    const heap = control(memory, at.CONTROL_HEAP_BASE);
    expect(control(memory, at.CONTROL_MAGIC)).toBe(at.CONTROL_MAGIC_VALUE);
    expect(control(memory, at.CONTROL_DIRTY_BYTES) * 8 * 4096).toBeGreaterThanOrEqual(OPTIONS.pagesMax * 65536);
    expect(scratch).toBeGreaterThanOrEqual(at.DIRTY_BASE + control(memory, at.CONTROL_DIRTY_BYTES));
    expect(control(memory, at.CONTROL_SCRATCH_COUNT)).toBe(3);
    expect(ring).toBe(scratch + 3 * at.SCRATCH_BYTES);
    expect(ring % at.SLOT_ALIGN).toBe(0);
    expect(state).toBe(ring + OPTIONS.ringBytes);
    expect(heap).toBeGreaterThanOrEqual(state + control(memory, at.CONTROL_STATE_BYTES));
    expect(memory.memoryBytes).toBeGreaterThanOrEqual(heap);
    expect(memory.memoryBytes - heap).toBeLessThan(65536); // no more than it needs
  });

  it('places, grows, marks dirty exactly what it wrote, and frees', () => {
    const memory = new TenantMemory(OPTIONS);
    const before = memory.memoryBytes;
    expect(dirtyPages(memory)).toEqual([]);
    const content = new Uint8Array(300_000).map((_, i) => i * 7);
    const address = memory.place(content);
    expect(memory.memoryBytes).toBeGreaterThan(before);
    expect(Buffer.compare(memory.viewHeap(address, content.length), content)).toBe(0);
    const first = Math.floor(address / 4096);
    const last = Math.floor((address + content.length - 1) / 4096);
    expect(dirtyPages(memory)).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
    memory.free(address);
    expect(memory.heapBytesUsed).toBe(0);
    expect(memory.place(content)).toBe(address);
  });

  it('keeps views made before it grew', () => {
    const memory = new TenantMemory(OPTIONS);
    memory.bytes[control(memory, at.CONTROL_RING_BASE) + 5] = 77;
    memory.place(new Uint8Array(1_000_000));
    expect(memory.bytes[control(memory, at.CONTROL_RING_BASE) + 5]).toBe(77);
    memory.bytes[control(memory, at.CONTROL_RING_BASE) + 6] = 78;
    expect(memory.viewHeap(control(memory, at.CONTROL_RING_BASE), 8)[6]).toBe(78);
  });

  it('ends at its quota with OUT_OF_MEMORY, and goes on with less', () => {
    const memory = new TenantMemory(OPTIONS);
    expect(() => memory.place(new Uint8Array(64 * 65536))).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
    expect(memory.place(new Uint8Array(1000))).toBeGreaterThan(0);
    expect(() => new TenantMemory({ ...OPTIONS, pagesMax: 2 })).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  });
});

describe('parts of a memory', () => {
  const options = { ...OPTIONS, parts: 3 };
  const owner = new TenantMemory(options);
  const parts = [owner, ...[1, 2].map((part) => new TenantMemory(options, { memory: owner.memory, part }))];

  it('have rings and scratches of their own, side by side, and one heap', () => {
    const bases = parts.map(({ ring }) => ring.base);
    expect(bases).toEqual([0, 1, 2].map((part) => control(owner, at.CONTROL_RING_BASE) + part * OPTIONS.ringBytes));
    expect(parts.map(({ scratches }) => scratches.first)).toEqual([0, 3, 6]);
    expect(control(owner, at.CONTROL_PARTS)).toBe(3);
    expect(control(owner, at.CONTROL_SCRATCH_COUNT)).toBe(9);
    expect(control(owner, at.CONTROL_STATE_BASE)).toBe(bases[2]! + OPTIONS.ringBytes);
    const slots = parts.map(({ ring }) => ring.claim(at.SLOT_HEADER_BYTES));
    for (const [part, slot] of slots.entries()) parts[part]!.bytes[slot + at.SLOT_HEADER_BYTES - 1] = part + 1;
    expect(slots.map((slot) => owner.bytes[slot + at.SLOT_HEADER_BYTES - 1])).toEqual([1, 2, 3]);
    for (const [part, slot] of slots.entries()) parts[part]!.ring.release(slot);
    const block = owner.place(new Uint8Array(1_000_000).fill(7));
    expect(parts[2]!.viewHeap(block, 1_000_000).every((byte) => byte === 7)).toBe(true);
    for (const part of parts.slice(1)) {
      expect(() => part.place(new Uint8Array(1))).toThrow(/only the owner/);
      expect(() => part.free(block)).toThrow(/only the owner/);
    }
    owner.free(block);
  });

  it('leave the quota of images as it is', () => {
    const alone = new TenantMemory(OPTIONS);
    const roomOf = (memory: TenantMemory): number => {
      let bytes = 4096;
      const fits = (): boolean => {
        try {
          memory.free(memory.reserve(bytes));
          return true;
        } catch {
          return false;
        }
      };
      while (fits()) bytes += 4096;
      return bytes;
    };
    expect(roomOf(new TenantMemory(options))).toBeGreaterThanOrEqual(roomOf(alone));
    expect(() => owner.reserve(1 << 23)).toThrow(/of a quota of 64 pages of 65536 bytes, and it takes at least \d+$/);
  });

  it('take no scratch of one another, alive or dead', () => {
    const claimed = parts.map(({ words, scratches }, part) => claimScratch(words, 10 + part, scratches));
    expect(new Set(claimed).size).toBe(3);
    releaseScratchesOfDead(owner.words, new Set([10]), owner.scratches);
    for (const { words, scratches } of parts) {
      expect([1, 2, 3].map(() => claimScratch(words, 99, scratches)).filter((address) => address !== 0)).toHaveLength(2);
    }
    owner.releasePart(2);
    const { words, scratches } = parts[2]!;
    expect([1, 2, 3, 4].map(() => claimScratch(words, 99, scratches) !== 0)).toEqual([true, true, true, false]);
  });

  it('are refused where the layout is another', () => {
    const other = { ...options, ringBytes: 2 * OPTIONS.ringBytes };
    expect(() => new TenantMemory(other, { memory: owner.memory, part: 1 })).toThrow(/another layout/);
  });
});

describe('scratches', () => {
  it('belong to one owner each; those of the dead come back', () => {
    const { words, scratches } = new TenantMemory(OPTIONS);
    const [a, b, c] = [claimScratch(words, 0, scratches), claimScratch(words, 7, scratches), claimScratch(words, 7, scratches)];
    expect([b! - a!, c! - b!]).toEqual([at.SCRATCH_BYTES, at.SCRATCH_BYTES]);
    expect(claimScratch(words, 9, scratches)).toBe(0);
    releaseScratch(words, b!);
    expect(claimScratch(words, 9, scratches)).toBe(b);
    releaseScratchesOfDead(words, new Set([0, 9]), scratches);
    expect(claimScratch(words, 10, scratches)).toBe(c);
    expect(claimScratch(words, 10, scratches)).toBe(0);
  });
});
