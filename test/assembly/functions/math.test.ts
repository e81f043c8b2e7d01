// Math against V8's: over the values that matter, all powers of 2 and 10, and millions of random ones.
// Set VERDICT_SEED to run another series.

import { beforeAll, expect, test } from 'vitest';
import { assemblyModule } from '../../lib/assembly-module.js';
import { Random } from '../../lib/expression-model.js';
import { testSeed } from '../../lib/model.js';

type Call = (x: number, y?: number) => number;
let call: Record<string, Call>;
let wasm: Uint8Array;
const random = new Random(testSeed('math'));

beforeAll(async () => {
  const module = await assemblyModule("export * from './assembly/functions/math';");
  call = module.call as unknown as Record<string, Call>;
  wasm = module.wasm;
});

const view = new DataView(new ArrayBuffer(8));
const ofBits = (bits: bigint): number => {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
};
/** Where a number stands among all f64. */
const rank = (x: number): bigint => {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
};
/** Steps between two numbers; 0 and -0 are two, so are a number and NaN. */
function ulps(left: number, right: number): number {
  if (Object.is(left, right)) return 0;
  if (Number.isNaN(left) || Number.isNaN(right) || left === right) return Number.POSITIVE_INFINITY;
  return Math.abs(Number(rank(left) - rank(right)));
}

const unit = (): number => (random.word() + random.word() / 2 ** 32) / 2 ** 32;
const anyNumber = (): number => ofBits((BigInt(random.word()) << 32n) | BigInt(random.word()));
const signed = (): number => unit() * 2 - 1;

const NAMED = [
  ...[0, 1, 0.5, 1.5, 2, 2.5, 3, 8, 10, 27, 100, 1e15, 2 ** 52, 2 ** 52 + 0.5, 2 ** 53, Number.MAX_VALUE, Number.POSITIVE_INFINITY],
  ...[0.49999999999999994, 1 - 2 ** -53, 1 + 2 ** -52, 2.2250738585072014e-308, 2.225073858507201e-308, 5e-17, 6e-17, 1e-300],
  ...[
    709.782712893384,
    709.7827128933841,
    710,
    745.13,
    745.1332191019411,
    745.1332191019412,
    746,
    708,
    37.43,
    36.7,
    Math.E,
    Math.LN2,
  ],
].flatMap((x) => [x, -x]);
const SPECIAL = [...NAMED, Number.NaN];
for (let exponent = -1074; exponent < 1024; exponent++) SPECIAL.push(2 ** exponent, -(2 ** exponent));
for (let exponent = -323; exponent < 309; exponent++) SPECIAL.push(Number(`1e${exponent}`), -Number(`1e${exponent}`));

const ONE_OPERAND: [name: string, v8: (x: number) => number, ulpsMax: number][] = [
  ['f64Round', Math.round, 0],
  ['f64Sign', Math.sign, 0],
  ['f64Log10', Math.log10, 0],
  ['f64Cbrt', Math.cbrt, 1],
  ['f64Exp', Math.exp, 1],
  ['f64Expm1', Math.expm1, 1],
  ['f64Log', Math.log, 1],
  ['f64Log1p', Math.log1p, 1],
  ['f64Log2', Math.log2, 1],
];

test.each(ONE_OPERAND)('%s is within its ulps of V8', (name, v8, ulpsMax) => {
  let worst = -1;
  let at = 0;
  const compare = (x: number): void => {
    const apart = ulps(call[name]!(x), v8(x));
    if (apart > worst) [worst, at] = [apart, x];
  };
  SPECIAL.forEach(compare);
  for (let round = 0; round < 100_000; round++) {
    compare(anyNumber());
    compare(signed());
    compare(signed() * 750);
    compare(1 + signed() * 0.01);
    compare(Math.round(signed() * 1e4) / 2);
    compare(Math.exp(signed() * 40));
  }
  expect(worst, `at ${at}`).toBeLessThanOrEqual(ulpsMax);
});

test.each<[string, (x: number, y: number) => number, number]>([
  ['f64Min', Math.min, 0],
  ['f64Max', Math.max, 0],
  ['f64Pow', (x, y) => x ** y, 1],
])('%s is within its ulps of V8', (name, v8, ulpsMax) => {
  let worst = -1;
  let at = [0, 0];
  const compare = (x: number, y: number): void => {
    const apart = ulps(call[name]!(x, y), v8(x, y));
    if (apart > worst) [worst, at] = [apart, [x, y]];
  };
  const values = SPECIAL.slice(0, NAMED.length + 1);
  for (const x of values) for (const y of values) compare(x, y);
  for (const x of SPECIAL) for (const y of [0.5, -0.5, 1 / 3, 2, 3, -1]) compare(x, y);
  for (let round = 0; round < 80_000; round++) {
    compare(anyNumber(), anyNumber());
    compare(unit() * 10, signed() * 150);
    compare(1 + signed() * 1e-3, signed() * 1e5);
    compare(random.below(2000) - 1000, random.below(100) - 50);
    compare(10, random.below(640) - 330);
    compare(Math.exp(signed() * 350), unit() * 2);
    compare(1 + unit() * 0.3, random.below(500));
  }
  expect(worst, `at ${at}`).toBeLessThanOrEqual(ulpsMax);
});

test('powers and logarithms that are whole are exact', () => {
  for (let n = -1022; n < 1024; n++) {
    expect(call.f64Log2!(2 ** n)).toBe(n);
    expect(call.f64Pow!(2, n)).toBe(2 ** n);
  }
  for (let n = 0; n < 309; n++) {
    expect(call.f64Pow!(10, n)).toBe(Number(`1e${n}`));
    expect(call.f64Log10!(Number(`1e${n}`))).toBe(n);
  }
  for (let n = -1000; n <= 1000; n++) expect(call.f64Cbrt!(n ** 3)).toBe(n);
});

// Digits by an independent program (mpmath, 200 bits): points where V8 itself is a step beside the nearest f64.
test.each<[string, number, number | undefined, number]>([
  ['f64Exp', 1, undefined, Math.E],
  ['f64Expm1', 1, undefined, 1.7182818284590453],
  ['f64Cbrt', 2.5, undefined, 1.3572088082974534],
  ['f64Log', 3, undefined, 1.0986122886681098],
  ['f64Log1p', 2, undefined, 1.0986122886681098],
  ['f64Pow', 0.5, -0.5, Math.SQRT2],
  ['f64Pow', 1.1, 10, 2.5937424601000023],
])('%s(%s, %s) is the nearest f64', (name, x, y, nearest) => {
  expect(call[name]!(x, y)).toBe(nearest);
});

test('no table: the module has no data and no global', () => {
  // Sections: id, length as LEB128, content.
  const ids: number[] = [];
  for (let at = 8; at < wasm.length; ) {
    ids.push(wasm[at++]!);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += length;
  }
  expect(ids).not.toContain(11);
  expect(ids).not.toContain(6);
});
