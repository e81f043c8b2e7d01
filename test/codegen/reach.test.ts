// Formulas for where a program comes by, beside the program itself: any tests, any jumps forward, all outcomes of the tests.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunctionBody } from '#src/codegen/body.js';
import { ModuleWriter } from '#src/codegen/module-writer.js';
import { not, type Reach, Reaches, type Term } from '#src/codegen/reach.js';
import { Op, ValueType } from '#src/wasm/format.js';
import { WebAssembly } from '../lib/image-engine.js';
import { testSeed } from '../lib/model.js';

const TESTS = 6;
/** This one excludes the two last. */
const EXCLUDING = 0;
const EXCLUDED = [TESTS - 2, TESTS - 1];

interface Jump {
  test: number;
  where: boolean;
  /** Instructions further. */
  by: number;
}

const program = fc.array(fc.record({ test: fc.nat(TESTS - 1), where: fc.boolean(), by: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 1,
  maxLength: 14,
});

/** A function of the outcomes: bit i of what it returns is whether the program comes by instruction i. */
function compile(jumps: readonly Jump[]): (...outcomes: number[]) => number {
  const body = new FunctionBody(new Array(TESTS).fill(ValueType.I32));
  const reaches = new Reaches(body);
  const tests: Term[] = [];
  for (let test = 0; test < TESTS; test++) {
    tests.push(reaches.test(test, EXCLUDED.includes(test) ? [not(tests[EXCLUDING]!)] : []));
  }
  const pending = new Map<number, Reach>();
  let reach: Reach = [];
  const seen = body.local(ValueType.I32);
  for (let index = 0; index <= jumps.length; index++) {
    reach = reaches.or(reach, pending.get(index) ?? false);
    if (reach === false) continue;
    if (reach.length === 0) body.i32(1);
    else body.get(reaches.local(reach));
    body.i32(index);
    body.op(Op.I32_SHL);
    body.get(seen);
    body.op(Op.I32_OR);
    body.set(seen);
    const jump = jumps[index];
    if (jump === undefined) break;
    const term = tests[jump.test]!;
    const taken = jump.where ? term : not(term);
    const target = index + jump.by;
    pending.set(target, reaches.or(pending.get(target) ?? false, reaches.and(reach, taken)));
    reach = reaches.and(reach, not(taken));
  }
  body.get(seen);
  const module = new ModuleWriter('engine', []);
  module.add(body, [ValueType.I32], 'run');
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const imports = { env: { memory, scratchBase: 0 }, engine: {} };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), imports);
  return (exports as { run(...outcomes: number[]): number }).run;
}

/** The same by running it. */
function follow(jumps: readonly Jump[], outcomes: readonly number[]): number {
  let seen = 0;
  for (let index = 0; index <= jumps.length; ) {
    seen |= 1 << index;
    const jump = jumps[index];
    if (jump === undefined) break;
    index += (outcomes[jump.test] === 1) === jump.where ? jump.by : 1;
  }
  return seen;
}

const outcomesOf = (number: number): number[] => Array.from({ length: TESTS }, (_, test) => (number >> test) & 1);
const possible = Array.from({ length: 1 << TESTS }, (_, number) => outcomesOf(number)).filter(
  (outcomes) => outcomes[EXCLUDING] === 0 || EXCLUDED.every((test) => outcomes[test] === 0),
);

describe('Reaches', () => {
  it('says of every instruction whether a program comes by', () => {
    fc.assert(
      fc.property(program, (jumps) => {
        const run = compile(jumps);
        for (const outcomes of possible) expect([outcomes, run(...outcomes)]).toEqual([outcomes, follow(jumps, outcomes)]);
      }),
      { numRuns: 300, seed: testSeed('test/codegen/reach') },
    );
  });

  /** How many locals the formula takes beside those of its tests. */
  const check = (title: string, build: (reaches: Reaches, tests: readonly Term[]) => Reach, expected: number): void => {
    it(title, () => {
      const body = new FunctionBody(new Array(TESTS).fill(ValueType.I32));
      const reaches = new Reaches(body);
      const tests: Term[] = [];
      for (let test = 0; test < TESTS; test++) tests.push(reaches.test(test, test === 5 ? [not(tests[0]!)] : []));
      const before = body.local(ValueType.I32);
      const reach = build(reaches, tests);
      if (reach === false) throw new Error('never');
      if (reach.length > 0) reaches.local(reach);
      expect(body.local(ValueType.I32) - before - 1).toBe(expected);
    });
  };

  // x, or y where x does not hold, or z where neither does: `x || y || z`.
  check(
    'is a disjunction where one was written',
    (reaches, [x, y, z]) => {
      const [first, second] = [reaches.and([], x!), reaches.and(reaches.and([], not(x!)), y!)];
      const third = reaches.and(reaches.and(reaches.and([], not(x!)), not(y!)), z!);
      return reaches.or(reaches.or(first, second), third);
    },
    1,
  );
  check('is everywhere where both ways join', (reaches, [x]) => reaches.or(reaches.and([], x!), reaches.and([], not(x!))), 0);
  check('asks nothing that follows', (reaches, [absent, , , , , above]) => reaches.and(reaches.and([], not(absent!)), above!), 0);
  check(
    'keeps what is common to both ways',
    (reaches, [x, y]) => {
      const common = reaches.and([], x!);
      return reaches.or(reaches.and(common, y!), reaches.and(common, not(y!)));
    },
    0,
  );
});
