// What the engine module is made of: design rules that a compiler switch or an innocent `new` could break unseen.

import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import { expect, test } from 'vitest';
import { SCRATCH_BYTES, SLOT_OUTPUT_BYTES } from '#assembly/shared/layout.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { FieldKind } from '#assembly/shared/value-type.js';
import { ENGINE_FUNCTION_NAMES } from '#src/codegen/engine-calls.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../lib/image-assembler.js';
import { EngineBox, WebAssembly, wasm } from '../lib/image-engine.js';
import { modelOf } from '../lib/image-model.js';
import { payloadOf } from '../lib/image-payload.js';

const bytes = readFileSync(new URL('../../dist/engine.wasm', import.meta.url));

/** Reads an unsigned LEB128 number. */
function leb(at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}

/** Section id -> its content's start, by the module's own lengths. */
function sections(): Map<number, number> {
  const found = new Map<number, number>();
  for (let at = 8; at < bytes.length; ) {
    const { value, next } = leb(at + 1);
    found.set(bytes[at]!, next);
    at = next + value;
  }
  return found;
}

test('the module imports a memory and a scratch address, and nothing that could be called', () => {
  const imports = WebAssembly.Module.imports(wasm).map(({ module, name, kind }) => `${module}.${name} ${kind}`);
  expect(imports.sort()).toEqual(['env.memory memory', 'env.scratchBase global']);
});

test('it exports what assembly/index.ts lists, and its memory', () => {
  const source = readFileSync(new URL('../../assembly/index.ts', import.meta.url), 'utf8');
  const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) => match[1]!.match(/\w+/g)!);
  // What the host calls, and what generated code calls.
  const called = [
    'decide',
    'decideFrame',
    'decideJson',
    'decidePayload',
    'decideText',
    'evaluate',
    'renderDecision',
    'splitJson',
    'transcodeText',
    'verifyImage',
    'verifyList',
    'verifyParameters',
    ...ENGINE_FUNCTION_NAMES,
  ];
  expect([...listed].sort()).toEqual(called.sort());
  const exports = WebAssembly.Module.exports(wasm).map(({ name, kind }) => `${name} ${kind}`);
  expect(exports.sort()).toEqual([...listed.map((name) => `${name} function`), 'memory memory'].sort());
});

test('it has no data segment, no global of its own, no table, no start function', () => {
  const found = sections();
  const TABLE = 4;
  const GLOBAL = 6;
  const START = 8;
  const DATA = 11;
  for (const id of [TABLE, START]) expect(found.has(id)).toBe(false);
  for (const id of [GLOBAL, DATA]) if (found.has(id)) expect(leb(found.get(id)!).value).toBe(0);
});

const model = modelOf([
  { name: 'x', kind: FieldKind.DOUBLE },
  { name: 's', kind: FieldKind.TEXT, maximum: 64 },
]);

test('@assemblyscript/loader makes an instance of it on a shared memory', () => {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 64, shared: true });
  const env: Record<string, unknown> = { memory, scratchBase: 65536 };
  const { exports } = instantiateSync<{ verifyImage(address: number, bytes: number): number }>(bytes, { env } as object as Record<
    string,
    Record<string, unknown>
  >);
  const image = writeImage(new Assembler(model).decision([]));
  new Uint8Array(memory.buffer).set(image, 65536 + SCRATCH_BYTES);
  expect(exports.verifyImage(65536 + SCRATCH_BYTES, image.length)).toBe(ImageError.NONE);
  expect(exports.verifyImage(65536 + SCRATCH_BYTES, image.length - 8)).toBe(ImageError.BAD_SIZE);
});

test('an instance made in the middle of a batch changes nothing but its own scratch, nor do its calls', () => {
  const box = new EngineBox({ inputBytes: 65536 + SCRATCH_BYTES });
  box.mustLoad(writeImage(new Assembler(model).decision([])));
  const payloads = Array.from({ length: 8 }, (_, index) => payloadOf(model, { x: index, s: `text ${index}` }));
  const expected = box.decide(payloads);
  // The output has room for half of the batch.
  const half = box.decide(payloads, { outputBytes: expected.outputUsed / 2 });
  expect([half.status, half.cursor]).toEqual([Status.OUTPUT_FULL, 4]);

  const scratch = box.input + 65536;
  const before = box.bytes.slice();
  const instance = box.instantiate(scratch);
  expect(Buffer.compare(box.bytes, before)).toBe(0);
  expect(instance.verifyImage(box.image, box.imageBytes)).toBe(ImageError.NONE);
  const after = box.bytes.slice();
  for (const copy of [after, before]) copy.fill(0, scratch, scratch + SCRATCH_BYTES);
  expect(Buffer.compare(after, before)).toBe(0);

  // The batch goes on, on the other instance, as if nothing had been; the first one's scratch is left alone.
  const own = box.bytes.slice(box.scratch, box.scratch + SCRATCH_BYTES);
  box.view.setUint32(box.slot + SLOT_OUTPUT_BYTES, expected.outputUsed, true);
  expect(box.decided(instance.decide(box.slot), 8)).toEqual(expected);
  expect(Buffer.compare(box.bytes.subarray(box.scratch, box.scratch + SCRATCH_BYTES), own)).toBe(0);
});
