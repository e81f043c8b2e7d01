import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOT_ALIGN, SLOT_BYTES, SLOT_HEADER_BYTES, SLOT_STATE } from '#assembly/shared/layout.js';
import { SlotState } from '#assembly/shared/status.js';
import { Ring } from '#src/runtime/ring.js';
import { testSeed } from '../lib/model.js';

const BASE = 1024;

function makeRing(bytes: number): { ring: Ring; words: Int32Array } {
  const words = new Int32Array((BASE + bytes + 64) / 4).fill(-1);
  return { ring: new Ring(words, BASE, bytes), words };
}

describe('Ring', () => {
  it('gives aligned slots one after the other, and starts again at its base when it is empty', () => {
    const { ring, words } = makeRing(1024);
    const a = ring.claim(130);
    const b = ring.claim(128);
    expect([a, b]).toEqual([BASE, BASE + 192]);
    expect([words[(a + SLOT_STATE) / 4], words[(a + SLOT_BYTES) / 4]]).toEqual([SlotState.CLAIMED, 192]);
    expect([ring.slots, ring.bytesUsed]).toEqual([2, 320]);
    ring.release(b);
    ring.release(a);
    expect([ring.slots, ring.bytesUsed]).toEqual([0, 0]);
    expect(ring.claim(128)).toBe(BASE);
  });

  it('fills up to the last byte, then has no room, then has again', () => {
    const { ring } = makeRing(512);
    const slots = [0, 1, 2, 3].map(() => ring.claim(128));
    expect(slots).toEqual([BASE, BASE + 128, BASE + 256, BASE + 384]);
    expect(ring.claim(128)).toBe(0);
    ring.release(BASE + 128); // not the oldest: its room is not won yet
    expect(ring.claim(128)).toBe(0);
    ring.release(BASE);
    expect(ring.claim(256)).toBe(BASE);
    expect(ring.claim(128)).toBe(0);
  });

  it('leaves a filler where a slot does not fit before the end', () => {
    const { ring, words } = makeRing(1024);
    const first = ring.claim(512);
    const second = ring.claim(320);
    ring.release(first);
    const third = ring.claim(256); // 192 are left at the end
    expect(third).toBe(BASE);
    expect(words[(BASE + 832 + SLOT_STATE) / 4]).toBe(SlotState.WRAP);
    ring.release(second);
    expect(ring.claim(768)).toBe(BASE + 256);
    expect(ring.claim(128)).toBe(0);
  });

  it('has no room for more than it is long', () => {
    expect(makeRing(512).ring.claim(513)).toBe(0);
    expect(makeRing(512).ring.claim(512)).toBe(BASE);
  });

  it('refuses to release what is not claimed', () => {
    const { ring } = makeRing(512);
    const slot = ring.claim(128);
    ring.claim(128);
    expect(() => ring.release(slot + 64)).toThrow(/no claimed slot/);
    ring.release(slot);
    expect(() => ring.release(slot)).toThrow(/no claimed slot/);
  });

  // The model: slots in the order of their claims, each an interval that is live or not; those at the front that are not are
  // forgotten. There is room behind the last or, once around, before the first.
  it('keeps slots apart in any order of claims and releases', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ claim: fc.integer({ min: SLOT_HEADER_BYTES, max: 900 }) }) },
      { weight: 2, arbitrary: fc.record({ release: fc.nat(1000) }) },
      { weight: 1, arbitrary: fc.constant({ release: 0 }) },
    );
    const ringBytes = fc.integer({ min: 8, max: 64 }).map((n) => n * SLOT_ALIGN);
    fc.assert(
      fc.property(ringBytes, fc.array(step, { maxLength: 200 }), (bytes, steps) => {
        const { ring, words } = makeRing(bytes);
        let slots: Slot[] = [];
        for (const each of steps) {
          const live = slots.filter((slot) => slot.live);
          if ('claim' in each) {
            const need = Math.ceil(each.claim / SLOT_ALIGN) * SLOT_ALIGN;
            const before = ring.given;
            const lent = ring.lend(each.claim);
            expect(ring.given).toBe(before + 1);
            const address = ring.claim(each.claim);
            expect(lent).toBe(address);
            expect(address).toBe(placeFor(slots, need, bytes));
            if (address === 0) continue;
            for (const slot of live) expect(address + need <= slot.address || slot.address + slot.bytes <= address).toBe(true);
            slots.push({ address, bytes: need, live: true });
            words.fill(0x5a5a5a5a, (address + SLOT_HEADER_BYTES) / 4, (address + need) / 4); // a slot's content is its owner's
          } else if (live.length > 0) {
            const slot = live[each.release % live.length]!;
            ring.release(slot.address);
            slot.live = false;
          }
          const first = slots.findIndex((slot) => slot.live);
          slots = first < 0 ? [] : slots.slice(first);
          const now = slots.filter((slot) => slot.live);
          expect(ring.slots).toBe(now.length);
          expect(ring.bytesUsed).toBe(now.reduce((sum, slot) => sum + slot.bytes, 0));
          for (const slot of now) expect(words[(slot.address + SLOT_STATE) / 4]).toBe(SlotState.CLAIMED);
        }
        const live = slots.filter((slot) => slot.live);
        for (const slot of live) ring.release(slot.address);
        expect(ring.claim(bytes)).toBe(BASE); // nothing is lost
        expect(words[words.length - 1]).toBe(-1); // nothing is written behind the end
      }),
      { numRuns: 2000, seed: testSeed('ring') },
    );
  });
});

interface Slot {
  address: number;
  bytes: number;
  live: boolean;
}

/** Where the next slot lies, or 0. */
function placeFor(slots: readonly Slot[], need: number, bytes: number): number {
  const first = slots[0];
  const last = slots.at(-1);
  if (first === undefined || last === undefined) return need <= bytes ? BASE : 0;
  const tail = last.address + last.bytes;
  if (tail <= first.address) return need <= first.address - tail ? tail : 0;
  if (need <= BASE + bytes - tail) return tail;
  return need <= first.address - BASE ? BASE : 0;
}
