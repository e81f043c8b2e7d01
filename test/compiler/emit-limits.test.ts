import { describe, expect, it } from 'vitest';
import type { Ir } from '#src/compiler/ir.js';
import { emitProgram, type Program } from '#src/compiler/program.js';
import { type FeatureRef, modelScope, type Scope } from '#src/compiler/scope.js';
import type { Step } from '#src/compiler/steps.js';
import { BOOLEAN, NUMBER, type Type } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { imageUnits } from '#src/image/cost.js';
import type { ImageParts } from '#src/image/parts.js';
import { modelOf } from '../lib/model.js';
import { checked } from './standard-world.js';

const items = {
  type: 'array',
  maxItems: 1000,
  items: {
    type: 'object',
    required: ['price'],
    properties: { price: { type: 'number' }, note: { type: 'string', maxLength: 1000 } },
  },
};
const model = modelOf({
  type: 'object',
  required: ['n', 'long', 'items'],
  properties: { n: { type: 'number' }, long: { type: 'string', maxLength: 4000 }, short: { type: 'string', maxLength: 10 }, items },
});
const place = { span: { file: 'steps', start: 0, end: 0 } };
const TEXT: Type = { kind: 'text', bytesMax: 40_000 };
const feature = (name: string, type: Type): FeatureRef => ({ name, type, nullable: false });
const [joined, total, some] = [feature('joined', TEXT), feature('total', NUMBER), feature('some', BOOLEAN)];
const scope: Scope = {
  ...modelScope(model),
  names: new Map([joined, total, some].map((ref) => [ref.name, { kind: 'feature', feature: ref } as const])),
};
const letOf = (ref: FeatureRef, source: string): Step => ({
  kind: 'let',
  name: ref.name,
  ...place,
  feature: ref,
  value: checked(source, scope),
});

function program(
  steps: readonly Step[],
  conditions: readonly Ir[],
  costMax = Infinity,
): { program: Program; codes: string[]; messages: string[] } {
  const bag = new DiagnosticBag();
  const rules = conditions.map((condition, index) => ({
    id: `r${index}`,
    span: { file: `r${index}`, start: 0, end: 0 },
    condition,
  }));
  const source = { model, steps, rules, ranks: rules.map((_, index) => index), first: false, reasonsMax: 8, ...place, costMax };
  return {
    program: emitProgram(source, bag),
    codes: bag.items.map(({ code, span }) => `${code}@${span.file}`),
    messages: bag.items.map(({ message, advice }) => `${message}: ${advice}`),
  };
}

const rule = (source: string): Ir => checked(source, scope);

describe('limits', () => {
  it.each<[string, Step[], string[], string[]]>([
    ['texts of one rule', [], ['long + long + long + long + long === "x"', 'long + long === "y"'], ['V5009@r0']],
    [
      'texts that a loop joins',
      [],
      ['items.some(i => (short ?? "") + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" === "x")'],
      ['V5009@r0'],
    ],
    [
      'texts that features keep',
      [letOf(joined, 'long + long + "x"')],
      ['joined === "x" && long + long + long === "y"', 'joined === long'],
      ['V5009@r0'],
    ],
    ['cost of a rule', [], ['items.some(i => matches(i.note ?? "", "a+b"))'], ['V5004@r0']],
    [
      'cost of a feature',
      [letOf(some, 'items.some(i => items.some(j => (i.note ?? "") === (j.note ?? "")))')],
      ['some'],
      ['V5012@steps'],
    ],
    [
      'too many time zones and patterns',
      [],
      Array.from({ length: 1025 }, (_, index) => `matches(short ?? "", "${index}")`),
      ['V5013@steps'],
    ],
  ])('%s', (_name, steps, sources, expected) => {
    expect(program(steps, sources.map(rule)).codes).toEqual(expected);
  });

  it('of lists', () => {
    const text: Ir = {
      op: 'field',
      type: { kind: 'text', bytesMax: 16_000 },
      field: model.fields[1]!,
      nullable: false,
      start: 0,
      end: 0,
    };
    const asks = Array.from({ length: 257 }, (_, index): Ir => {
      const list = { name: `list${index}`, type: TEXT };
      return { op: 'member-of', type: BOOLEAN, list, value: text, start: 0, end: 0 };
    });
    expect(program([], asks).codes).toEqual(['V5014@steps']);
    const { lists } = program([], [asks[200]!, asks[3]!, asks[20]!]).program;
    expect(lists.map(({ name }) => name)).toEqual(['list20', 'list200', 'list3']);
  });

  it('name what makes it so', () => {
    const { messages } = program([], [rule('items.some(i => matches(i.note ?? "", "a+b"))')]);
    expect(messages[0]).toMatch(/^`r0` costs up to [\d,]+ units, more than 1,000,000; most of it, [\d,]+, is `some` over/);
    expect(messages[0]).toMatch(/over up to 1,000 elements of `items`: give `items` a smaller `maxItems`/);
    expect(program([], [rule('n > 1')], 100).messages[0]).toMatch(
      /is verifying `items`, 1,000 elements: give `items` a smaller `maxItems`/,
    );
  });
});

describe('costs', () => {
  const { program: emitted } = program(
    [letOf(total, 'items.reduce((sum, i) => sum + i.price, 0)')],
    [rule('total > 5 && n > 1'), rule('matches(long, "^a")'), rule('n % 3 === 1')],
  );

  it('add up to what the image states, to the bit', () => {
    const { code, registers, blobs, lists, parameters } = emitted;
    const rules = emitted.ruleCosts.map((_, index) => ({ id: `r${index}`, score: 0, outcome: 0, reason: null }));
    const held = { registers: registers.descriptors, blobs, lists, parameters };
    const parts = { model, code, ...held, rules, reasonsMax: 8 } as unknown as ImageParts;
    expect(emitted.costMax).toBe(imageUnits(parts));
  });

  it('are those of the payload, of steps and of rules, with what is dear in each', () => {
    expect(emitted.costs.map(({ kind, name, parts }) => [kind, name, parts[0]?.what])).toEqual([
      ['payload', 'payload', 'verifying `items`, 1,000 elements'],
      ['step', 'total', '`reduce` over up to 1,000 elements of `items`'],
      ['rule', 'r0', undefined],
      ['rule', 'r1', '`matches` on up to 16,000 bytes of `long`'],
      ['rule', 'r2', 'an exact remainder `%`'],
    ]);
    for (const { units, parts } of emitted.costs) {
      expect(units).toBeGreaterThan(0);
      for (const part of parts) expect(part.units).toBeLessThanOrEqual(units);
    }
  });

  it('multiply by the rounds of loops', () => {
    const units = (source: string): number => program([], [rule(source)]).program.ruleCosts[0]!;
    const one = units('items.some(i => i.price > 1)');
    const two = units('items.some(i => items.some(j => i.price > j.price))');
    expect(two / one).toBeGreaterThan(500);
    expect(two / one).toBeLessThan(2000);
  });
});
