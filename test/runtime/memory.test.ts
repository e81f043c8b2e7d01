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

describe('scratches', () => {
  it('belong to one owner each; those of the dead come back', () => {
    const { words } = new TenantMemory(OPTIONS);
    const [a, b, c] = [claimScratch(words, 0), claimScratch(words, 7), claimScratch(words, 7)];
    expect([b! - a!, c! - b!]).toEqual([at.SCRATCH_BYTES, at.SCRATCH_BYTES]);
    expect(claimScratch(words, 9)).toBe(0);
    releaseScratch(words, b!);
    expect(claimScratch(words, 9)).toBe(b);
    releaseScratchesOfDead(words, new Set([0, 9]));
    expect(claimScratch(words, 10)).toBe(c);
    expect(claimScratch(words, 10)).toBe(0);
  });
});
