import { describe, expect, it } from 'vitest';
import { countRequests, FrameView, wordsOf } from '#src/frame.js';
import { type FrameOptions, frameOf } from './lib/frame.js';

const frameWith = (count: number, options: Partial<FrameOptions> = {}): Uint8Array => {
  const payloads = Array.from({ length: count }, (_, i) => new Uint8Array(i % 5));
  return frameOf(payloads, { bundle: 'cards', model: 'fedcba9876543210', id: 9n, ...options });
};

const NONE = { deadlineMillis: 0, traceparent: undefined };

/** What a view says of a frame, undefined where it refuses it. */
function peekFrame(frame: Uint8Array) {
  const view = new FrameView();
  if (!view.read(frame)) return undefined;
  const { id, modelHash: model, count, deadlineMillis } = view;
  const name = Buffer.from(frame.subarray(view.bundleAt, view.bundleAt + view.bundleBytes)).toString();
  expect(name).toBe(view.bundleName(frame));
  return { id, model, bundle: view.bundleName(frame), count, deadlineMillis, traceparent: view.traceParent(frame) };
}

describe('FrameView', () => {
  it('reads the head', () => {
    expect(peekFrame(frameWith(3))).toEqual({ id: 9n, model: 'fedcba9876543210', bundle: 'cards', count: 3, ...NONE });
    expect(peekFrame(frameWith(0, { id: 0n, model: '0', bundle: '' }))).toEqual({
      id: 0n,
      model: '0'.repeat(16),
      bundle: '',
      count: 0,
      ...NONE,
    });
    expect(peekFrame(frameWith(2, { id: 2n ** 64n - 1n, bundle: 'ü€😀' }))).toMatchObject({ id: 2n ** 64n - 1n, bundle: 'ü€😀' });
  });

  it('reads a frame in the middle of a buffer', () => {
    const frame = frameWith(2);
    const buffer = new Uint8Array(frame.length + 20).fill(0xff);
    buffer.set(frame, 7);
    expect(peekFrame(buffer.subarray(7, 7 + frame.length))).toMatchObject({ bundle: 'cards', count: 2 });
  });

  it('reads deadline and trace, whatever frame was read before', () => {
    const view = new FrameView();
    expect(view.read(frameWith(1, { deadlineMillis: 250, traceparent: '00-ab' }))).toBe(true);
    const frame = frameWith(1);
    expect([view.deadlineMillis, view.read(frame), view.deadlineMillis, view.traceParent(frame)]).toEqual([
      250,
      true,
      0,
      undefined,
    ]);
    const both = frameWith(2, { deadlineMillis: 2 ** 32 - 1, traceparent: 'ü' });
    expect(peekFrame(both)).toMatchObject({ deadlineMillis: 2 ** 32 - 1, traceparent: 'ü', count: 2 });
  });

  it('has a frame name another model, and nothing else', () => {
    const frame = frameWith(2);
    const view = new FrameView();
    view.read(frame);
    view.renameModel(frame, ...wordsOf('8000000180000002'));
    expect(peekFrame(frame)).toEqual({ ...peekFrame(frameWith(2)), model: '8000000180000002' });
  });

  it('keeps the id of what is refused behind it', () => {
    const view = new FrameView();
    expect([view.read(frameWith(3).slice(0, 60)), view.id]).toEqual([false, 9n]);
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
