// Rules of json-rules-engine: what the engine itself says of payloads, and what the imported bundle decides.

import { type RuleProperties, Engine as RulesEngine } from 'json-rules-engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { importRules } from '#src/import/json-rules-engine/import-rules.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

type Payload = Record<string, unknown>;

const PAYLOADS: readonly Payload[] = [
  {
    age: 30,
    name: 'Ann',
    vip: true,
    tags: ['a', 'b'],
    counts: [1, 5],
    since: '2024-05-01',
    card: { limit: 5, note: null },
    score: null,
  },
  { age: 17.5, name: '', vip: false, tags: [], counts: [], since: 'soon', card: { limit: 0, brand: 'X', note: 'n' }, score: 3 },
  {
    age: 18,
    name: 'a',
    vip: true,
    tags: ['c'],
    counts: [7],
    since: ' 12',
    card: { limit: 18, brand: 'Ann', note: null },
    score: -1,
  },
];

const rule = (conditions: unknown): RuleProperties =>
  ({
    name: 'tested',
    conditions: conditions as RuleProperties['conditions'],
    event: { type: 'found', params: { message: 'yes', weight: 2 } },
  }) as RuleProperties;

/** Which payloads the engine emits the event for, and which the bundle. */
async function decided(
  source: object,
  payloads = PAYLOADS,
): Promise<{ original: unknown[]; imported: unknown[]; faults: string[] }> {
  const { rules, conditions = {} } = source as { rules: RuleProperties[]; conditions?: Record<string, never> };
  const original: unknown[] = [];
  for (const payload of payloads) {
    const rulesEngine = new RulesEngine(rules);
    for (const [name, condition] of Object.entries(conditions)) rulesEngine.setCondition(name, condition);
    const { events } = await rulesEngine.run(payload);
    original.push(events[0]?.params ?? null);
  }
  const { files, diagnostics } = importRules({ name: 'rules.json', text: JSON.stringify(source) }, { payloads });
  const faults = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (files.size === 0) return { original, imported: [], faults };
  const compiled = compile(files, { profileMax: 'standard' });
  if (compiled.image === undefined) throw new Error(compiled.diagnostics.map(({ message }) => message).join('; '));
  const loaded = await engine.load(compiled.image);
  const imported = payloads.map((payload) => {
    const { outputs } = loaded.decide(payload) as unknown as {
      outputs: { rules: Record<string, boolean>; events: { tested: unknown } };
    };
    return outputs.rules.tested === true ? outputs.events.tested : null;
  });
  loaded.release();
  return { original, imported, faults };
}

const is = (fact: string, operator: string, value: unknown, path?: string): object => ({
  fact,
  operator,
  value,
  ...(path === undefined ? {} : { path }),
});

describe('imported rules say what json-rules-engine says', () => {
  it.each<[string, object]>([
    ['greaterThan', is('age', 'greaterThan', 18)],
    ['greaterThanInclusive', is('age', 'greaterThanInclusive', 18)],
    ['lessThan a text', is('age', 'lessThan', '18')],
    ['lessThan a truth', is('age', 'lessThan', true)],
    ['lessThan what is no number', is('age', 'lessThan', 'x')],
    ['lessThanInclusive of null', is('score', 'lessThanInclusive', 5)],
    ['greaterThan null', is('age', 'greaterThan', null)],
    ['order of texts', is('since', 'lessThan', '2025-01-01')],
    ['order of a truth', is('vip', 'greaterThan', 0)],
    ['equal', is('name', 'equal', 'Ann')],
    ['equal of another type', is('age', 'equal', '30')],
    ['equal null', is('score', 'equal', null)],
    ['notEqual null', is('score', 'notEqual', null)],
    ['equal null of what is never null', is('age', 'equal', null)],
    ['notEqual', is('name', 'notEqual', 'Ann')],
    ['notEqual of null', is('score', 'notEqual', 3)],
    ['in', is('name', 'in', ['Ann', 'Bob', 5])],
    ['in with null', is('score', 'in', [null, 3])],
    ['notIn', is('age', 'notIn', [18, 30])],
    ['in a text', is('name', 'in', 'Annie')],
    ['contains', is('tags', 'contains', 'a')],
    ['contains of another type', is('tags', 'contains', 1)],
    ['contains of what is no list', is('name', 'contains', 'A')],
    ['doesNotContain', is('tags', 'doesNotContain', 'a')],
    ['doesNotContain of what is no list', is('name', 'doesNotContain', 'A')],
    ['a path', is('card', 'greaterThan', 1, '$.limit')],
    ['a path to nothing', is('card', 'equal', 'X', '$.brand')],
    ['notEqual of a path to nothing', is('card', 'notEqual', 'X', '$.brand')],
    ['null at a path', is('card', 'equal', null, "$['note']")],
    ['a fact as value', is('age', 'equal', { fact: 'card', path: '$.limit' })],
    ['a text fact as value', is('name', 'equal', { fact: 'card', path: '$.brand' })],
    ['not:in', is('name', 'not:in', ['Ann'])],
    ['someFact', is('counts', 'someFact:greaterThan', 4)],
    ['everyFact', is('counts', 'everyFact:greaterThan', 4)],
    ['someValue', is('age', 'someValue:greaterThan', [17, 40])],
    ['any', { any: [is('age', 'greaterThan', 29), is('vip', 'equal', false)] }],
    ['all and not', { all: [is('vip', 'equal', true), { not: is('age', 'equal', 30) }] }],
    ['no conditions', { any: [] }],
  ])('%s', async (_, condition) => {
    const { original, imported, faults } = await decided({ rules: [rule({ all: [condition] })] });
    expect(faults).toEqual([]);
    expect(imported).toEqual(original);
  });

  it('with named conditions', async () => {
    const source = {
      rules: [rule({ condition: 'grown up' })],
      conditions: { 'grown up': { all: [is('age', 'greaterThanInclusive', 18)] } },
    };
    const { original, imported } = await decided(source as never);
    expect(imported).toEqual(original);
    expect(imported).toEqual([{ message: 'yes', weight: 2 }, null, { message: 'yes', weight: 2 }]);
  });

  it('without payloads, by what conditions compare with', () => {
    const { files, diagnostics } = importRules(
      { name: 'r.json', text: JSON.stringify(rule({ all: [is('age', 'greaterThan', 5), is('city', 'in', ['A'])] })) },
      {},
    );
    expect(diagnostics).toEqual([]);
    expect(parse(new TextDecoder().decode(files.get('model.yaml')))).toMatchObject({
      required: ['age', 'city'],
      properties: { age: { type: 'number' }, city: { type: 'string' } },
    });
    expect(parse(new TextDecoder().decode(files.get('features/conditions.yaml')))).toEqual([
      { name: 'tested', value: 'age > 5 && ["A"].includes(city)' },
    ]);
  });
});

describe('what is refused', () => {
  it.each<[string, unknown, string]>([
    [
      'an operator of its own',
      { all: [{ fact: 'age', operator: 'near', value: 3 }] },
      "V7002: the operator `near` is none of the engine's own",
    ],
    [
      'a path with an index',
      { all: [{ fact: 'card', operator: 'equal', value: 3, path: '$.a[0]' }] },
      'V7002: a path of more than names of fields has no counterpart',
    ],
    ['no value', { all: [{ fact: 'age', operator: 'equal' }] }, 'V7401: the condition has no `value`'],
    ['no list', { all: [{ fact: 'age', operator: 'in', value: 5 }] }, 'V7401: `in` asks for a list: the engine throws here'],
    ['an unknown condition', { condition: 'nobody' }, 'V7401: there is no condition `nobody`'],
    ['all without a list', { all: 5 }, 'V7401: `all` is a list of conditions'],
    ['no conditions', 5, 'V7401: a condition is an object'],
  ])('%s', (_, conditions, fault) => {
    const { diagnostics } = importRules(
      { name: 'r.json', text: JSON.stringify({ conditions, event: { type: 'x' } }) },
      { payloads: PAYLOADS },
    );
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([fault]);
  });

  it.each<[string, object, string]>([
    ['of a rule', [{ conditions: is('age', 'equal', 3), event: { type: 'x' } }], '{"fact":"age","operator":"equal","value":3}'],
    ['of a rule, empty', { conditions: {}, event: { type: 'x' } }, '{}'],
    ['by a name', { rules: [rule({ condition: 'a' })], conditions: { a: is('age', 'equal', 4) } }, '"value":4}'],
    ['by a name that is not used', { rules: [rule({ all: [] })], conditions: { a: is('age', 'in', [5]) } }, '"value":[5]}'],
  ])('a single test in the place of conditions, %s, as by the engine', (_, source, place) => {
    const run = (): void => {
      const { rules = Array.isArray(source) ? source : [source], conditions = {} } = source as { rules?: []; conditions?: object };
      const rulesEngine = new RulesEngine(rules as RuleProperties[]);
      for (const [name, condition] of Object.entries(conditions)) rulesEngine.setCondition(name, condition as never);
    };
    expect(run).toThrow('root must contain a single instance of "all", "any", "not", or "condition"');
    const text = JSON.stringify(source);
    const { diagnostics } = importRules({ name: 'r.json', text }, { payloads: PAYLOADS });
    expect(diagnostics.map(({ code, message, advice }) => [code, message, advice])).toEqual([
      ['V7401', 'conditions begin with `all`, `any`, `not` or `condition`', 'write `{ "all": [ ... ] }` around it'],
    ]);
    expect(text.slice(diagnostics[0]!.span.start, diagnostics[0]!.span.end).endsWith(place)).toBe(true);
  });

  it.each([
    ['no rules', []],
    ['rules that read nothing', [rule({ all: [] })]],
  ])('%s', (_, rules) => {
    const { files, diagnostics } = importRules({ name: 'r.json', text: JSON.stringify(rules) }, {});
    expect(files.size).toBe(0);
    expect(diagnostics.map(({ code }) => code)).toEqual(['V7002']);
  });

  it('a condition that needs itself', () => {
    const source = { rules: [rule({ condition: 'a' })], conditions: { a: { all: [{ condition: 'a' }] } } };
    const { diagnostics } = importRules({ name: 'r.json', text: JSON.stringify(source) }, {});
    expect(diagnostics.map(({ message }) => message)).toEqual(['the condition `a` needs itself']);
  });
});
