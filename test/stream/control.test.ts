import { describe, expect, it } from 'vitest';
import { type ControlMessage, isControl, readControl, writeControl } from '#src/stream/control.js';

const HELLO = { protocolMin: 1, protocolMax: 3, credit: 77, bundles: ['cards', 'ü€😀'], client: 'me' };
const BUNDLE = {
  bundle: 'cards',
  version: '1.0.0',
  image: 'f'.repeat(16),
  model: '8000000000000001',
  earlier: ['0'.repeat(15) + 1],
};
const WELCOME = {
  ...{ protocol: 1, server: 'verdict', credit: 4_000_000_000, frameBytesMax: 1 << 24, requestsMax: 4096, idleSecondsMax: 960 },
  bundles: [BUNDLE, { ...BUNDLE, bundle: 'other', earlier: [] }],
};

const MESSAGES: readonly (readonly [name: string, message: ControlMessage])[] = [
  ['nothing', {}],
  ['a hello', { hello: HELLO }],
  ['a hello of nothing', { hello: { protocolMin: 1, protocolMax: 1, credit: 0, bundles: [], client: '' } }],
  ['a welcome', { welcome: WELCOME }],
  ['a cancel', { cancel: [0n, 1n, 2n ** 64n - 1n] }],
  ['a cancel of nothing', { cancel: [] }],
  ['credit', { credit: 1 }],
  ['stopping', { stopping: true }],
  ['all of it', { hello: HELLO, welcome: WELCOME, cancel: [5n], credit: 9, stopping: true }],
];

describe('a control message', () => {
  it.each(MESSAGES)('of %s is read as it was written', (_, message) => {
    const bytes = writeControl(message);
    expect(isControl(bytes)).toBe(true);
    expect(readControl(bytes)).toEqual(message);
  });

  it('lies anywhere in a buffer', () => {
    const bytes = writeControl({ hello: HELLO });
    const buffer = new Uint8Array(bytes.length + 9).fill(0xff);
    buffer.set(bytes, 5);
    expect(readControl(buffer.subarray(5, 5 + bytes.length))).toEqual({ hello: HELLO });
  });

  it('is told by its identifier', () => {
    for (const length of [0, 4, 8, 11]) expect(isControl(writeControl({}).slice(0, length))).toBe(false);
    expect(isControl(new Uint8Array(64))).toBe(false);
  });

  it('with too many bundles, or names that are too long, is refused', () => {
    const hello = (bundles: string[]) => readControl(writeControl({ hello: { ...HELLO, bundles } }));
    expect(hello(Array(256).fill('a'))).toBeDefined();
    expect(hello(Array(257).fill('a'))).toBeUndefined();
    expect(hello(['a'.repeat(257)])).toBeUndefined();
    expect(readControl(writeControl({ cancel: Array(65_537).fill(0n) }))).toBeUndefined();
  });

  // What surrounds the message is poisoned: were a byte of it read, a changed result would show it.
  it('is read within its bounds, whatever is in it', () => {
    const read = (poison: number, content: Uint8Array): unknown => {
      const buffer = new Uint8Array(content.length + 4096).fill(poison);
      buffer.set(content, 2048);
      return readControl(buffer.subarray(2048, 2048 + content.length));
    };
    for (const [, message] of MESSAGES) {
      const bytes = writeControl(message);
      for (let length = 8; length < bytes.length; length++) {
        const cut = bytes.slice(0, length);
        expect(read(0, cut)).toEqual(read(255, cut));
      }
      for (let at = 0; at < bytes.length; at++) {
        for (const value of [0, 1, 127, 128, 255, bytes[at]! ^ 1, bytes[at]! ^ 4]) {
          const changed = bytes.map((byte, i) => (i === at ? value : byte));
          expect(read(0, changed)).toEqual(read(255, changed));
        }
      }
    }
  });
});
