// What the gauge measures is never less than what emitting the whole comes to; else a check would miss a limit.

import { describe, expect, it } from 'vitest';
import { INSTRUCTION_BYTES } from '#assembly/shared/opcode.js';
import { ProgramGauge } from '#src/compiler/gauge.js';
import type { Ir } from '#src/compiler/ir.js';
import { emitProgram } from '#src/compiler/program.js';
import { type FeatureRef, modelScope, type Scope } from '#src/compiler/scope.js';
import { hitsOf } from '#src/compiler/step-parts.js';
import type { Step } from '#src/compiler/steps.js';
import { BOOLEAN, NUMBER, type Type } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { payloadUnits } from '#src/image/cost.js';
import { modelOf } from '../lib/model.js';
import { checked } from './standard-world.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261_123);

const model = modelOf({
  type: 'object',
  required: ['n', 'email', 'flag', 'items', 'fee'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    flag: { type: 'boolean' },
    email: { type: 'string', maxLength: 60 },
    short: { type: 'string', maxLength: 4 },
    fee: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000 },
    items: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        required: ['price'],
        properties: { price: { type: 'number' }, note: { type: 'string', maxLength: 9 } },
      },
    },
  },
});
const place = { span: { file: 'steps', start: 0, end: 0 } };
const TEXT: Type = { kind: 'text', bytesMax: 500 };
const feature = (name: string, type: Type, nullable = false): FeatureRef => ({ name, type, nullable });
const features = [feature('joined', TEXT), feature('total', NUMBER), feature('some', BOOLEAN), feature('unset', NUMBER, true)];
const [joined, total, some] = features;
const scope: Scope = {
  ...modelScope(model),
  names: new Map(features.map((ref) => [ref.name, { kind: 'feature', feature: ref } as const])),
  lists: new Map([['blocked', { name: 'blocked', type: TEXT }]]),
};

const CONDITIONS = [
  'n > 5 && flag',
  'flag',
  'true',
  'false',
  'short === "ab" && n < 3',
  'short !== "cd"',
  'email === "abc" || email === "x" || n === 2',
  'email.toLowerCase() === "x"',
  'email + email === "y" && short === "ab"',
  'items.some(i => i.price > 10 && (i.note ?? "") + "x" === "yx")',
  'items.filter(i => i.price > n).length > 3',
  'matches(email, "(a|b)+c")',
  'lists.blocked.includes(email)',
  'fee * fee > 4 && fee + 1 < 7',
  'unset !== null && unset > 4',
  'total > 4 || some',
  'joined === "q" && joined !== "r" && joined + email !== short',
  '(m ?? 3) > 2 ? flag : n % 7 === 1',
];

const steps = (hit: number): Step[] => [
  { kind: 'let', name: 'joined', ...place, feature: joined!, value: checked('email + "-" + email', scope) },
  {
    kind: 'choose',
    name: 'total',
    ...place,
    rows: [0, 1].map((row) => ({
      when: checked(`n > ${10 - row} && joined === "z"`, scope),
      sets: [{ feature: total!, value: checked(`n + ${row}`, scope) }],
      hits: [hit + row],
      group: row,
    })),
    otherwise: { sets: [{ feature: total!, value: checked('m ?? 1', scope) }], hits: [] },
    exclusive: true,
  },
  {
    kind: 'each',
    name: 'some',
    ...place,
    rows: [
      {
        when: checked('flag || n > 2', scope),
        sets: [{ feature: some!, value: checked('true', scope) }],
        folds: [],
        hits: [hit + 2],
      },
    ],
  },
];

describe('the gauge', () => {
  it.each([false, true])(`measures at least what the whole comes to; first: %s; seed ${SEED}`, (first) => {
    let state = SEED >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 60; round++) {
      const own = random(2) === 0 ? [] : steps(0);
      const known = CONDITIONS.filter((text) => own.length > 0 || !/joined|total|some\b(?!\()/.test(text));
      const pool = Array.from({ length: 12 }, () => checked(known[random(known.length)]!, scope));
      const lists = [...scope.lists.values()];
      const hits = own.flatMap(hitsOf).length;
      // One gauge measures one bundle after the other.
      const gauge = new ProgramGauge({ model, steps: own, lists, first });
      for (let edit = 0; edit < 3; edit++) {
        const conditions: Ir[] = pool.filter(() => random(3) > 0);
        const bag = new DiagnosticBag();
        // What steps hit stands behind the rules, or before them.
        const behind = random(2) === 0;
        const written = behind
          ? [...conditions, ...new Array(hits).fill(undefined)]
          : [...new Array(hits).fill(undefined), ...conditions];
        const program = emitProgram(
          {
            model,
            steps: behind && hits > 0 ? steps(conditions.length) : own,
            rules: written.map((condition, index) => ({
              id: `r${index}`,
              ...place,
              ...(condition === undefined ? {} : { condition }),
            })),
            ranks: written.map((_, index) => index),
            first,
            reasonsMax: 0,
            ...place,
            costMax: Number.POSITIVE_INFINITY,
          },
          bag,
        );
        expect(bag.items).toEqual([]);
        const size = gauge.sizeOf(conditions);
        const costs = program.costs.filter(({ kind }) => kind !== 'payload');
        expect(size.units).toBeGreaterThanOrEqual(costs.reduce((sum, { units }) => sum + units, 0));
        // Ends, RESET_TEXT and keys stand in no part.
        expect(payloadUnits(model) + size.units).toBeGreaterThanOrEqual(program.costMax - 40 - written.length / 16 - 4);
        const most = (kind: string): number => Math.max(0, ...costs.filter((cost) => cost.kind === kind).map(({ units }) => units));
        expect(size.ruleUnits).toBeGreaterThanOrEqual(most('rule'));
        expect(size.stepUnits).toBeGreaterThanOrEqual(most('step'));
        expect(size.instructions).toBeGreaterThanOrEqual(program.code.length / INSTRUCTION_BYTES);
        expect(size.registers).toBeGreaterThanOrEqual(program.registers.descriptors.length);
        expect(size.blobs).toBeGreaterThanOrEqual(program.blobs.length);
        expect(size.lists).toBeGreaterThanOrEqual(program.lists.length);
      }
    }
  });

  it('does not fit where a limit is near', () => {
    const gauge = new ProgramGauge({ model, steps: [], lists: [], first: false });
    const fits = (text: string, costMax: number): boolean =>
      gauge.fits([checked(text, scope)], { rules: 1, reasonsMax: 1, costMax });
    expect(fits('n > 5', 1_000_000)).toBe(true);
    expect(fits('n > 5', payloadUnits(model))).toBe(false);
    const joins = Array.from({ length: 300 }, () => 'email').join(' + ');
    expect(fits(`${joins} === "x"`, Number.POSITIVE_INFINITY)).toBe(false);
    expect(
      fits('items.every(a => items.every(b => items.every(c => items.every(d => a.price + b.price > c.price + d.price))))', 1e9),
    ).toBe(false);
  });
});
