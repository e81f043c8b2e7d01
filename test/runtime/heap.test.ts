import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEAP_ALIGN, Heap } from '#src/runtime/heap.js';
import { testSeed } from '../lib/model.js';

const BASE = 4096;
const PAGE = 65536;

/** A heap over a memory of one page that may grow to `pagesMax`. */
function makeHeap(pagesMax: number): { heap: Heap; end: () => number } {
  let end = BASE + PAGE;
  const heap = new Heap(BASE, end, (wanted) => {
    const pages = Math.ceil((wanted - BASE) / PAGE);
    if (pages > pagesMax) return 0;
    end = BASE + pages * PAGE;
    return end;
  });
  return { heap, end: () => end };
}

describe('Heap', () => {
  it('takes the first range that fits, and joins neighbours', () => {
    const { heap } = makeHeap(1);
    const [a, b, c] = [heap.allocate(100), heap.allocate(64), heap.allocate(1)];
    expect([a, b, c]).toEqual([BASE, BASE + 128, BASE + 192]);
    heap.release(a!);
    heap.release(b!);
    expect(heap.allocate(192)).toBe(BASE);
    expect(heap.bytesUsed).toBe(256);
  });

  it('grows only when it must, by what it must, and not beyond the quota', () => {
    const { heap, end } = makeHeap(3);
    heap.allocate(PAGE - 64);
    expect(end()).toBe(BASE + PAGE);
    expect(heap.allocate(PAGE)).toBe(BASE + PAGE - 64); // the 64 bytes left are used
    expect(end()).toBe(BASE + 2 * PAGE);
    expect(heap.allocate(2 * PAGE)).toBe(0);
    expect(heap.allocate(PAGE + 64)).toBe(BASE + 2 * PAGE - 64);
    expect(heap.allocate(1)).toBe(0);
  });

  it('refuses to free what is not allocated', () => {
    const { heap } = makeHeap(1);
    const a = heap.allocate(10);
    heap.release(a);
    expect(() => heap.release(a)).toThrow(/not allocated/);
    expect(() => heap.release(BASE + 64)).toThrow(/not allocated/);
  });

  it('keeps blocks apart and loses nothing', () => {
    const step = fc.oneof(fc.record({ allocate: fc.integer({ min: 0, max: 40_000 }) }), fc.record({ release: fc.nat(1000) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const { heap, end } = makeHeap(4);
        const blocks: { address: number; bytes: number }[] = [];
        for (const each of steps) {
          if ('allocate' in each) {
            const bytes = Math.max(HEAP_ALIGN, Math.ceil(each.allocate / HEAP_ALIGN) * HEAP_ALIGN);
            const address = heap.allocate(each.allocate);
            if (address === 0) continue;
            expect(address % HEAP_ALIGN).toBe(0);
            expect(address).toBeGreaterThanOrEqual(BASE);
            expect(address + bytes).toBeLessThanOrEqual(end());
            for (const block of blocks)
              expect(address + bytes <= block.address || block.address + block.bytes <= address).toBe(true);
            blocks.push({ address, bytes });
          } else if (blocks.length > 0) {
            heap.release(blocks.splice(each.release % blocks.length, 1)[0]!.address);
          }
          expect(heap.bytesUsed).toBe(blocks.reduce((sum, block) => sum + block.bytes, 0));
        }
        for (const block of blocks) heap.release(block.address);
        expect(heap.allocate(4 * PAGE)).toBe(BASE);
      }),
      { numRuns: 1000, seed: testSeed('heap') },
    );
  });
});
