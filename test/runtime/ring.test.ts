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
    ring.release(BASE + 128);
    ring.release(BASE);
    expect(ring.claim(384)).toBe(0);
    expect(ring.claim(256)).toBe(BASE);
    expect(ring.claim(128)).toBe(0);
  });

  it('gives room out again while an older slot stays', () => {
    const { ring } = makeRing(1024);
    const old = ring.claim(128);
    for (let round = 0; round < 100; round++) {
      const slots = [ring.claim(320), ring.claim(256)];
      expect(slots).not.toContain(0);
      expect(slots).not.toContain(old);
      for (const slot of slots) ring.release(slot);
    }
    expect(ring.slots).toBe(1);
  });

  it('uses the same bytes again for requests that are over at once', () => {
    const { ring } = makeRing(4096);
    ring.claim(128);
    const first = ring.claim(640);
    ring.release(first);
    for (let round = 0; round < 10; round++) {
      const slot = ring.claim(640);
      expect(slot).toBe(first);
      ring.release(slot);
    }
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

  // The model: the bytes of each live slot. A claim has room where, and only where, there is a run of free bytes long enough.
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
            expect(address !== 0).toBe(longestRun(live, bytes) >= need);
            if (address === 0) continue;
            for (const slot of live) expect(address + need <= slot.address || slot.address + slot.bytes <= address).toBe(true);
            slots.push({ address, bytes: need, live: true });
            words.fill(0x5a5a5a5a, (address + SLOT_HEADER_BYTES) / 4, (address + need) / 4); // a slot's content is its owner's
          } else if (live.length > 0) {
            const slot = live[each.release % live.length]!;
            ring.release(slot.address);
            slot.live = false;
          }
          slots = slots.filter((slot) => slot.live);
          const now = slots;
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

/** Bytes of the longest run that no live slot touches. */
function longestRun(live: readonly Slot[], bytes: number): number {
  let longest = 0;
  let at = BASE;
  for (const slot of [...live.toSorted((a, b) => a.address - b.address), { address: BASE + bytes, bytes: 0 }]) {
    longest = Math.max(longest, slot.address - at);
    at = slot.address + slot.bytes;
  }
  return longest;
}
