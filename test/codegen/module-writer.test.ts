// The encoder, by what V8 makes of its bytes.

import { describe, expect, it } from 'vitest';
import { FunctionBody } from '#src/codegen/body.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { Op, ValueType } from '#src/wasm/format.js';
import { WebAssembly } from '../lib/image-engine.js';

const { I32, I64, F64 } = ValueType;

/** Runs a function of one body. */
function run(body: FunctionBody, result: ValueType, ...args: (number | bigint)[]): unknown {
  const module = new ModuleWriter('engine', []);
  module.add(body, [result], 'run');
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const imports = { env: { memory, scratchBase: 4242 }, engine: {} };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), imports);
  return (exports as { run(...args: unknown[]): unknown }).run(...args);
}

describe('constants', () => {
  it.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)])('i32 %d', (value) => {
    const body = new FunctionBody([]);
    body.i32(value);
    expect(run(body, I32)).toBe(value);
  });

  it.each([0n, 63n, 64n, -64n, -65n, 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n])('i64 %d', (value) => {
    const body = new FunctionBody([]);
    body.i64(value);
    expect(run(body, I64)).toBe(BigInt.asIntN(64, value));
  });

  it.each([0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 5e-324])('f64 %d', (value) => {
    const body = new FunctionBody([]);
    body.f64(new BigUint64Array(Float64Array.of(value).buffer)[0]!);
    expect(run(body, F64)).toBe(value);
  });
});

describe('functions', () => {
  it('have locals of mixed types behind their parameters, more than a byte counts', () => {
    const body = new FunctionBody([I32, I64]);
    const locals = Array.from({ length: 300 }, (_, index) => body.local(index % 3 === 0 ? I64 : I32));
    expect([locals[0], locals.at(-1)]).toEqual([2, 301]);
    body.get(1);
    body.set(300 - 1 + 2 - 2); // a local of index 297 + 2: an i64
    body.get(299);
    expect(run(body, I64, 0, 7n)).toBe(7n);
  });

  it('branch to labels by name, whatever is open in between', () => {
    const body = new FunctionBody([I32]);
    const count = body.local(I32);
    const out = body.block();
    const again = body.loop();
    body.get(count);
    body.get(0);
    body.op(Op.I32_GE_U);
    body.if();
    body.br(out);
    body.end();
    body.block();
    body.get(count);
    body.i32(1);
    body.op(Op.I32_ADD);
    body.set(count);
    body.br(again);
    body.end();
    body.end();
    body.end();
    body.get(count);
    expect(run(body, I32, 1000)).toBe(1000);
  });

  it('read the scratch address, and copy and fill memory', () => {
    const body = new FunctionBody([]);
    body.i32(64);
    body.i32(0x5a);
    body.i32(16);
    body.fillMemory();
    body.i32(128);
    body.i32(64);
    body.i32(8);
    body.copyMemory();
    body.i32(192);
    body.i32(120);
    body.loadVector(8);
    body.storeVector(8);
    body.global(0);
    body.i32(192);
    body.memory(Op.I32_LOAD8_U, 15);
    body.op(Op.I32_ADD);
    expect(run(body, I32)).toBe(4242 + 0x5a);
  });
});
