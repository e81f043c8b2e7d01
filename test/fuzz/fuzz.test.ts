// The short run of the fuzzer: what is kept (corpus, regressions), a little more from a fixed seed, and planted bugs, in a process
// of its own, since modules are changed as they are loaded. Numbers of executions are fixed, and no clock has a say. Then the
// instruments: they must see what they are there for.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../lib/image-assembler.js';
import { modelOf } from '../lib/image-model.js';
import { payloadOf } from '../lib/image-payload.js';
import { DEFECTS, plantDefects } from './lib/defects.mjs';
import { FuzzBox, type Region } from './lib/engine.js';
import { instrument } from './lib/instrument-js.mjs';
import { minimise } from './lib/minimise.js';
import { payloadRegions } from './lib/regions.js';

const main = fileURLToPath(new URL('main.mjs', import.meta.url));

/** What the fuzzer prints. @throws Error where it ends with anything but 0 */
async function printed(...options: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, [main, ...options], { maxBuffer: 1 << 24 });
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

// The limits only end what would never end.
it('finds nothing in what is kept', async () => {
  expect((await printed('--suite')).match(/ 0 crashes/g)).toHaveLength(16);
}, 900_000);

describe('planted defects', () => {
  it.each(DEFECTS.map(({ name, target, file }) => [target, name, file]))('%s: %s has its place in %s', (_target, _name, file) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(plantDefects(file, text)).not.toBe(text);
  });

  it('are nowhere once the code has moved', () => {
    const { file, name } = DEFECTS[0]!;
    expect(() => plantDefects(file, '// other code')).toThrow(`"${name}"`);
  });

  it('are found', async () => {
    const found = await printed('--suite', '--planted');
    expect(found.match(/: found after \d+/g)).toHaveLength(7);
  }, 900_000);
});

describe('the instrumented engine', () => {
  const model = modelOf([{ name: 's', kind: FieldKind.TEXT, maximum: 64, required: true }]);
  const assembler = new Assembler(model);
  assembler.op(Opcode.OUT, { a: assembler.field('s'), b: RegisterType.TEXT });
  const image = writeImage(assembler.expressions(1));
  const payload = payloadOf(model, { s: 'a text' });
  const box = new FuzzBox();
  box.allow([{ start: box.image, end: box.image + image.length }]);
  box.watch(() => box.mustLoad(image));
  const evaluate = (regions: readonly Region[]): unknown => {
    box.allow(regions);
    return box.watch(() => box.evaluate(payload)).values;
  };
  const regions = payloadRegions(box, image, [payload]);
  const shorter = (start: number): Region[] =>
    regions.map((each) => (each.start === start ? { ...each, end: each.end - 8 } : each));

  it('counts edges and steps', () => {
    box.edges.fill(0);
    expect(evaluate(regions)).toEqual(['a text']);
    expect(box.edges.filter((count) => count > 0).length).toBeGreaterThan(20);
    expect(box.steps).toBeGreaterThan(20);
  });

  it('sees what is read outside, and what is written', () => {
    expect(() => evaluate(shorter(box.input))).toThrow(/^the engine read \d+ bytes at input \+ /);
    expect(() => evaluate(shorter(box.image))).not.toThrow();
    expect(() => evaluate(shorter(box.output))).toThrow(/^the engine wrote \d+ bytes at output \+ /);
    expect(() => evaluate(regions.map((each) => ({ ...each, writable: false })))).toThrow(/^the engine wrote/);
    expect(() => evaluate([])).toThrow(/^the engine read \d+ bytes at slot \+ /);
    expect(evaluate(regions)).toEqual(['a text']);
  });
});

describe('counters in JavaScript', () => {
  const source = `
let calls = 0;
export const arrow = (x) => x > 0 ? x : x === 0 ? 'zero' : ({ x }).x;
export function f(a, b) {
  if (a) if (b) calls++; else calls += 2;
  for (const x of [1, 2]) if (x === 2) continue; else calls++;
  while (calls > 100) calls--;
  do calls++; while (calls < 0);
  switch (a) { case 1: return a ?? b; case 2: default: calls++; }
  try { if (b === 7) throw new Error('b'); } catch { return 'caught'; }
  const g = a && ((c = 3) => c + 1);
  return g ? g() : calls;
}
export class C { #v = 1; get v() { return this.#v; } static s = [1].map((x) => x + 1); }
`;

  it('leave the meaning as it is, and tell inputs apart', async () => {
    const counters = new Uint8Array(64);
    (globalThis as unknown as { __fuzzEdges: Uint8Array }).__fuzzEdges = counters;
    const { code, edges } = instrument(source, 0);
    expect(edges).toBeGreaterThan(25);
    expect(edges).toBeLessThan(64);
    const load = (text: string): Promise<Module> => import(`data:text/javascript,${encodeURIComponent(text)}`) as Promise<Module>;
    const [plain, counted] = [await load(source), await load(code)];
    const seen = new Set<string>();
    for (const [a, b] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [3, 7],
      [0, 7],
      [2, 1],
    ] as const) {
      counters.fill(0);
      expect(counted.f(a, b)).toEqual(plain.f(a, b));
      seen.add(counters.join());
      for (const x of [-1, 0, 1]) expect(counted.arrow(x)).toEqual(plain.arrow(x));
    }
    expect(new counted.C().v).toBe(1);
    expect(seen.size).toBe(7);
  });
});

interface Module {
  f(a: number, b: number): unknown;
  arrow(x: number): unknown;
  C: new () => { v: number };
}

it('minimises', async () => {
  const data = Uint8Array.from({ length: 256 }, (_, index) => index);
  const small = await minimise(data, async (each) => each.includes(7) && each.includes(250));
  expect([...small]).toEqual([7, 250]);
});
