import { describe, expect, it } from 'vitest';
import { countRequests, peekFrame } from '#src/frame.js';
import { type FrameOptions, frameOf } from './lib/frame.js';

const frameWith = (count: number, options: Partial<FrameOptions> = {}): Uint8Array => {
  const payloads = Array.from({ length: count }, (_, i) => new Uint8Array(i % 5));
  return frameOf(payloads, { bundle: 'cards', model: 'fedcba9876543210', id: 9n, ...options });
};

describe('peekFrame', () => {
  it('reads the head', () => {
    expect(peekFrame(frameWith(3))).toEqual({ id: 9n, model: 'fedcba9876543210', bundle: 'cards', count: 3 });
    expect(peekFrame(frameWith(0, { id: 0n, model: '0', bundle: '' }))).toEqual({
      id: 0n,
      model: '0'.repeat(16),
      bundle: '',
      count: 0,
    });
    expect(peekFrame(frameWith(2, { id: 2n ** 64n - 1n, bundle: 'ü€😀' }))).toMatchObject({ id: 2n ** 64n - 1n, bundle: 'ü€😀' });
  });

  it('reads a frame in the middle of a buffer', () => {
    const frame = frameWith(2);
    const buffer = new Uint8Array(frame.length + 20).fill(0xff);
    buffer.set(frame, 7);
    expect(peekFrame(buffer.subarray(7, 7 + frame.length))).toMatchObject({ bundle: 'cards', count: 2 });
  });

  it('refuses what is no frame', () => {
    for (const bytes of [
      [],
      [0],
      [0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [255, 255, 255, 255, 0, 0, 0, 0],
      [4, 0, 0, 0, 4, 0, 0, 0],
    ]) {
      expect(peekFrame(Uint8Array.from(bytes))).toBeUndefined();
      expect(countRequests(Uint8Array.from(bytes))).toBe(-1);
    }
  });

  // What surrounds the frame is poisoned: were a byte of it read, a changed result would show it.
  it('reads nothing outside, whatever is in it', () => {
    const frame = frameWith(4);
    const surrounded = (poison: number, content: Uint8Array): Uint8Array => {
      const buffer = new Uint8Array(content.length + 4096).fill(poison);
      buffer.set(content, 2048);
      return buffer.subarray(2048, 2048 + content.length);
    };
    const same = (content: Uint8Array): void => {
      const [a, b] = [0, 255].map((poison) => surrounded(poison, content)).map((each) => [peekFrame(each), countRequests(each)]);
      expect(a).toEqual(b);
      const count = a![1] as number;
      expect(count === -1 || count * 4 <= content.length).toBe(true);
    };
    for (let length = 0; length < frame.length; length++) same(frame.slice(0, length));
    for (let at = 0; at < frame.length; at++) {
      for (const value of [0, 1, 127, 128, 255, frame[at]! ^ 1, frame[at]! ^ 4])
        same(frame.map((byte, i) => (i === at ? value : byte)));
    }
  });
});
