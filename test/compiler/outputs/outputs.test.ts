// Outputs of decisions: one line a case, over one model; then what is refused.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecision as readOfClient } from '#src/client/read-decision.js';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { type Decision, readDecision, renderDecision } from '#src/schema/decision.js';
import type { Outputs } from '#src/schema/outputs.js';

const MODEL = `type: object
required: [amount, risk, country, vip, at, email, items]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 100000 }
  exact: { type: integer, format: int64 }
  risk: { type: number }
  previousRisk: { type: number }
  country: { type: string, enum: [US, GB, DE] }
  home: { type: string, enum: [US, GB, DE] }
  vip: { type: boolean }
  at: { type: string, format: date-time }
  birthday: { type: string, format: date }
  email: { type: string, maxLength: 40 }
  note: { type: string, maxLength: 40 }
  card:
    type: object
    properties: { limit: { type: number }, tags: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } } }
  tags: { type: array, maxItems: 4, items: { type: string, maxLength: 9 } }
  days: { type: array, maxItems: 4, items: { type: string, format: date } }
  flags: { type: array, maxItems: 20, items: { type: boolean } }
  places: { type: array, maxItems: 4, items: { type: string, enum: [US, GB, DE] } }
  items:
    type: array
    maxItems: 5
    items:
      type: object
      required: [price, kind]
      properties:
        price: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000 }
        kind: { type: string, enum: [food, cash] }
        sku: { type: string, maxLength: 9 }
        sold: { type: string, format: date }
`;
const HEAD = 'name: example\nversion: 1.0.0\nmodel: model.yaml\nonError: decline\n';
const TABLE = `hitPolicy: collect
inputs: [amount, country]
outputs: [{ name: message, type: string }, { name: points, type: number }, { name: share, type: { decimal: 2 } }]
rows:
  - { when: ['> 100', '-'], then: ['"much"', 5, 0.25] }
  - { when: ['-', 'DE'], then: ['email + "!"', null, amount] }
  - { when: ['> 50', 'US'], then: [null, risk, 1] }
`;
const PAYLOAD = {
  amount: 250.5,
  risk: 0.5,
  country: 'DE',
  vip: true,
  at: '2026-01-02T03:04:05.5Z',
  email: 'ann@x.test',
  items: [
    { price: 12.5, kind: 'food', sku: 'A1' },
    { price: 0.5, kind: 'cash' },
    { price: 99.99, kind: 'food', sku: 'B2', sold: '2026-02-28' },
  ],
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

/** Documents of a bundle by path. */
type Files = Record<string, string>;

function compiled(outputs: unknown, files: Files, profile: string): ReturnType<typeof compile> {
  const head = `${HEAD}profile: ${profile}\n`;
  const texts = {
    'bundle.yaml': head,
    'model.yaml': MODEL,
    'outputs.json': JSON.stringify(outputs),
    'tables/rows.yaml': TABLE,
    ...files,
  };
  const bytes = Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)] as const);
  return compile(new Map(bytes), { profileMax: 'standard' });
}

/** Decides, by way of each reader. */
async function decided(outputs: unknown, payload: object = PAYLOAD, files: Files = {}, profile = 'standard'): Promise<Decision> {
  const { image, diagnostics } = compiled(outputs, files, profile);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (image === undefined) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const ruleSet = await engine.load(image);
  const bytes = ruleSet.decideView(payload).toBytes();
  const decision = readDecision(bytes);
  const text = renderDecision(bytes);
  expect(JSON.parse(text)).toEqual(decision);
  expect(readOfClient(bytes)).toEqual(decision);
  expect(ruleSet.decide(JSON.stringify(payload))).toEqual(decision);
  const view = ruleSet.decideView(payload);
  expect(new TextDecoder().decode(view.toJson())).toBe(text);
  expect(view.toDecision()).toEqual(decision);
  await ruleSet.warmUp();
  expect(ruleSet.decideView(payload).toBytes()).toEqual(bytes);
  ruleSet.release();
  return decision;
}

async function value(expression: string, payload: object = {}, profile = 'standard'): Promise<unknown> {
  const { outputs } = await decided([{ name: 'x', value: expression }], { ...PAYLOAD, ...payload }, {}, profile);
  return outputs?.x;
}

describe('a value', () => {
  const CASES: readonly [expression: string, expected: unknown, payload?: object][] = [
    ['vip', true],
    ['!vip', false],
    ['amount > 100 && vip', true],
    ['risk', 0.5],
    ['0 - risk * 0', 0],
    ['risk / 0', null],
    ['(risk - risk) / 0', null],
    ['previousRisk', null],
    ['previousRisk', 1e300, { previousRisk: 1e300 }],
    ['amount', 250.5],
    ['(amount * 0.01 + 5) * 1.19', 8.93095],
    ['amount', 0, { amount: 0 }],
    ['exact', null],
    ['exact', -9223372036854776000, { exact: '-9223372036854775808' }],
    ['exact === null ? null : exact * 1.5', -10.5, { exact: '-7' }],
    ['country', 'DE'],
    ['home', null],
    ['at', '2026-01-02T03:04:05.500000Z'],
    ['birthday', null],
    ['birthday', '1969-12-31', { birthday: '1969-12-31' }],
    ['email', 'ann@x.test'],
    ['email', '', { email: '' }],
    ['note', 'a"b\\\n\u00e4\u{1f600}', { note: 'a"b\\\n\u00e4\u{1f600}' }],
    ['email + "/" + (note ?? "-")', 'ann@x.test/-'],
    ['"gold"', 'gold'],
    ['card?.limit', null],
    ['card?.limit', 7, { card: { limit: 7 } }],
    ['items.reduce((sum, item) => sum + item.price, 0)', 112.99],
    // Half of a pair of surrogates.
    ['email.slice(0, 1)', '\ufffd', { email: '\u{1f600}' }],
  ];
  it.each(CASES)('%s is %j', async (expression, expected, payload) => expect(await value(expression, payload)).toEqual(expected));

  it('is exact as JSON, without zeros at its end', async () => {
    const { image } = compiled([{ name: 'x', value: 'exact === null ? null : exact * 1.250' }], {}, 'standard');
    const ruleSet = await engine.load(image!);
    const text = renderDecision(ruleSet.decideView({ ...PAYLOAD, exact: '9223372036854775807' }).toBytes());
    expect(text).toContain('"outputs":{"x":11529215046068469758.75}');
    ruleSet.release();
  });
});

describe('a list', () => {
  const CASES: readonly [expression: string, expected: unknown, payload?: object][] = [
    ['tags', null],
    ['tags', [], { tags: [] }],
    ['tags', ['a', '', 'ccc', 'dddddddd'], { tags: ['a', '', 'ccc', 'dddddddd'] }],
    ['tags?.filter(tag => tag.length > 0)', ['a', 'ccc'], { tags: ['a', '', 'ccc'] }],
    ['tags?.filter(tag => tag.length > 0)', null],
    ['card?.tags', null],
    ['card?.tags', null, { card: {} }],
    ['card?.tags', ['x'], { card: { tags: ['x'] } }],
    ['days', ['2026-01-31', '1900-02-28'], { days: ['2026-01-31', '1900-02-28'] }],
    ['flags', [true, false, true], { flags: [true, false, true] }],
    [
      'flags?.map(flag => !flag)',
      [false, true, false, true, true, true, true, true, true],
      { flags: [true, false, true, false, false, false, false, false, false] },
    ],
    ['places', ['DE', 'US'], { places: ['DE', 'US'] }],
    ['items.map(item => item.price)', [12.5, 0.5, 99.99]],
    ['items.filter(item => item.price > 10).map(item => item.price * 2)', [25, 199.98]],
    ['items.map(item => item.kind)', ['food', 'cash', 'food']],
    ['items.map(item => item.price > 10)', [true, false, true]],
    ['items.filter(item => item.sku !== null).map(item => item.sku)', ['A1', 'B2']],
    ['email.split("@")', ['ann', 'x.test']],
    ['[risk, 2, risk * 4]', [0.5, 2, 2]],
    ['[email, "b"].map(text => text + "!")', ['ann@x.test!', 'b!']],
    ['rows.message', ['much', 'ann@x.test!']],
    ['rows.points', [5]],
    ['rows.points', [5, 0.5], { country: 'US' }],
    ['rows.share.map(share => share * 2)', [0.5, 501]],
  ];
  it.each(CASES)('%s is %j', async (expression, expected, payload) => expect(await value(expression, payload)).toEqual(expected));

  it('may be given in the profile strict', async () => {
    expect(await value('tags', { tags: ['a'] }, 'strict')).toEqual(['a']);
    expect(await value('amount * 2', {}, 'strict')).toBe(501);
  });
});

describe('a list of objects', () => {
  const CASES: readonly [each: string, values: Record<string, unknown>, expected: unknown, payload?: object][] = [
    ['items', { price: 'row.price' }, [{ price: 12.5 }, { price: 0.5 }, { price: 99.99 }]],
    ['items', { price: 'row.price' }, [], { items: [] }],
    [
      'items.filter(item => item.sku !== null)',
      { sku: 'row.sku + "!"', sold: 'row.sold' },
      [
        { sku: 'A1!', sold: null },
        { sku: 'B2!', sold: '2026-02-28' },
      ],
    ],
    [
      'items',
      { sku: 'row.sku', kind: 'row.kind' },
      [
        { sku: 'A1', kind: 'food' },
        { sku: null, kind: 'cash' },
        { sku: 'B2', kind: 'food' },
      ],
    ],
    ['tags', { tag: 'row', long: 'row.length > 2' }, null],
    [
      'tags',
      { tag: 'row', long: 'row.length > 2' },
      [
        { tag: 'a', long: false },
        { tag: 'bcd', long: true },
      ],
      { tags: ['a', 'bcd'] },
    ],
    [
      '[1, 2]',
      { n: 'row * risk', 'all items': 'items.length' },
      [
        { n: 0.5, 'all items': 3 },
        { n: 1, 'all items': 3 },
      ],
    ],
    [
      'rows',
      { message: 'row.message', weight: 'row.points === null ? null : row.points * 2' },
      [
        { message: 'much', weight: 10 },
        { message: 'ann@x.test!', weight: null },
      ],
    ],
    [
      'rows',
      { share: 'row.share * 2', note: 'row.message ?? "none"' },
      [
        { share: 0.5, note: 'much' },
        { share: 2, note: 'none' },
      ],
      { country: 'US' },
    ],
    ['rows', { x: 'row.points ?? 0' }, [], { amount: 1, country: 'GB' }],
    [
      'items',
      { 'price.net': 'row.price', sku: 'row.sku', 'price.in.all': 'row.price * 2', 'its.kind': 'row.kind' },
      [
        { price: { net: 12.5, in: { all: 25 } }, sku: 'A1', its: { kind: 'food' } },
        { price: { net: 0.5, in: { all: 1 } }, sku: null, its: { kind: 'cash' } },
        { price: { net: 99.99, in: { all: 199.98 } }, sku: 'B2', its: { kind: 'food' } },
      ],
    ],
    [
      'rows',
      { 'what.is said': 'row.message', 'what.points': 'row.points' },
      [{ what: { 'is said': 'much', points: 5 } }, { what: { 'is said': 'ann@x.test!', points: null } }],
    ],
    [
      'items',
      { '__proto__.x': 'row.price' },
      [Object.fromEntries([['__proto__', { x: 1 }]])],
      { items: [{ price: 1, kind: 'food' }] },
    ],
  ];
  it.each(CASES)('%s: %j is %j', async (each, values, expected, payload) => {
    const { outputs } = await decided([{ name: 'list', each, as: 'row', values }], { ...PAYLOAD, ...payload });
    expect(outputs?.list).toEqual(expected);
  });
});

describe('outputs', () => {
  it('nest by their names, in the order written', async () => {
    const names = ['fee.total', 'Approval Status', 'fee.parts.first', '__proto__', 'fee.parts.second'];
    const { outputs } = await decided(names.map((name, index) => ({ name, value: `risk * ${index}` })));
    expect(JSON.stringify(outputs)).toBe(
      '{"fee":{"total":0,"parts":{"first":1,"second":2}},"Approval Status":0.5,"__proto__":1.5}',
    );
  });

  it('have cases as features do', async () => {
    const tier = {
      name: 'tier',
      cases: [
        { when: 'amount > 1000', value: '"gold"' },
        { when: 'vip', value: 'email' },
      ],
    };
    expect((await decided([tier])).outputs).toEqual({ tier: 'ann@x.test' });
    expect((await decided([tier], { ...PAYLOAD, vip: false })).outputs).toEqual({ tier: null });
  });

  it('keep texts apart that share the room for texts', async () => {
    const texts = ['a', 'b', 'c'].map((letter) => ({ name: letter, value: `email + "${letter}"` }));
    const each = {
      name: 'each',
      each: 'items',
      as: 'row',
      values: { one: 'email + (row.sku ?? "-")', two: '(row.sku ?? "-") + email' },
    };
    const { outputs } = await decided([texts[0], each, texts[1], texts[2]]);
    const list = ['A1', '-', 'B2'].map((sku) => ({ one: `ann@x.test${sku}`, two: `${sku}ann@x.test` }));
    expect(outputs).toEqual({ a: 'ann@x.testa', each: list, b: 'ann@x.testb', c: 'ann@x.testc' });
  });

  const DECIDE = 'decide: { combine: COMBINE, outcomes: [{ outcome: approve }] }\n';
  const RULES = '- { id: vip, when: vip, then: { outcome: review, score: 5, reason: VIP } }\n';
  const POINTS =
    'hitPolicy: collect\ninputs: [amount]\noutputs: [outcome, reason]\nrows:\n  - { when: ["> 0"], then: [decline, ROW] }\n';
  it.each(['score', 'first', 'collect'])('stand beside an outcome: combine %s', async (combine) => {
    const head = `${HEAD}profile: standard\n${DECIDE.replace('COMBINE', combine)}`;
    const files = { 'bundle.yaml': head, 'rules/vip.yaml': RULES, 'tables/points.yaml': POINTS };
    const outputs = [
      { name: 'text', value: 'email + "?"' },
      { name: 'prices', value: 'items.map(item => item.price)' },
    ];
    const { outputs: found, outcome, reasons } = await decided(outputs, PAYLOAD, files);
    expect(found).toEqual({ text: 'ann@x.test?', prices: [12.5, 0.5, 99.99] });
    expect([outcome, reasons.map(({ code }) => code)]).toEqual(
      combine === 'first' ? ['review', ['VIP']] : ['decline', ['VIP', 'ROW']],
    );
    expect((await decided(outputs, { ...PAYLOAD, vip: false }, files)).outcome).toBe('decline');
  });

  it('are left out where the payload cannot be decided', async () => {
    const outputs = [
      { name: 'text', value: 'email + "?"' },
      { name: 'quotient', value: 'divide(amount, amount - amount, 2, "half-even")' },
    ];
    const decision = await decided(outputs);
    expect(decision).toMatchObject({ status: 'ARITHMETIC', outcome: 'decline', score: 0, reasons: [] });
    expect('outputs' in decision).toBe(false);
  });

  it('leave decisions of other bundles as they are', async () => {
    const head = `${HEAD}profile: standard\n${DECIDE.replace('COMBINE', 'score')}`;
    const { image } = compiled([], { 'bundle.yaml': head, 'rules/vip.yaml': RULES }, 'standard');
    const ruleSet = await engine.load(image!);
    expect('outputs' in ruleSet.decide(PAYLOAD)).toBe(false);
    expect(ruleSet.decideView(PAYLOAD).toBytes().length % 8).toBe(0);
    ruleSet.release();
  });

  it('are many: batches, and lists of lists of texts', async () => {
    const outputs = [
      { name: 'a', value: 'email.split("")' },
      { name: 'b', value: 'items.filter(item => item.price > 1).map(item => item.sku ?? "-")' },
    ];
    const { image } = compiled(outputs, {}, 'standard');
    const ruleSet = await engine.load(image!);
    const payloads = Array.from({ length: 40 }, (_, index) => ({
      ...PAYLOAD,
      email: 'x'.repeat(index),
      items: PAYLOAD.items.slice(index % 4),
    }));
    const expected = payloads.map(({ email, items }): Outputs => {
      const priced = items.filter((item) => item.price > 1).map((item) => ('sku' in item ? (item.sku ?? '-') : '-'));
      return { a: email.split(''), b: priced };
    });
    expect(ruleSet.decideBatch(payloads).map((decision) => decision.outputs)).toEqual(expected);
    ruleSet.release();
  });
});

describe('what is refused', () => {
  const one = (fields: object): object[] => [{ name: 'x', ...fields }];
  const CASES: readonly [title: string, outputs: readonly object[], code: string, files?: Files][] = [
    [
      'a name twice',
      [
        { name: 'x', value: 'risk' },
        { name: 'x', value: 'risk' },
      ],
      'V3700',
    ],
    [
      'a name in a value',
      [
        { name: 'x', value: 'risk' },
        { name: 'x.y', value: 'risk' },
      ],
      'V3700',
    ],
    [
      'a value that others lie in',
      [
        { name: 'x.y.z', value: 'risk' },
        { name: 'x.y', value: 'risk' },
      ],
      'V3700',
    ],
    ['a name with a quote', [{ name: 'a"b', value: 'risk' }], 'V1003'],
    ['a name with an empty segment', [{ name: 'a..b', value: 'risk' }], 'V1003'],
    ['no value', one({}), 'V1003'],
    ['two values', one({ value: 'risk', cases: [{ value: 'risk' }] }), 'V1003'],
    ['as without each', one({ value: 'risk', as: 'row' }), 'V1003'],
    ['each without values', one({ each: 'items', as: 'row' }), 'V1003'],
    ['each without as', one({ each: 'items', values: { a: 'risk' } }), 'V1003'],
    ['an object', one({ value: 'card' }), 'V3701'],
    ['a list of objects', one({ value: 'items' }), 'V3701'],
    ['a list of objects behind a filter', one({ value: 'items.filter(item => item.price > 1)' }), 'V3701'],
    ['null', one({ value: 'null' }), 'V3701'],
    ['cases that are null', one({ cases: [{ when: 'vip', value: null }] }), 'V3701'],
    ['a member that is an object', one({ each: 'items', as: 'row', values: { a: 'row' } }), 'V3701'],
    ['a member that is a list', one({ each: 'items', as: 'row', values: { a: 'tags' } }), 'V3701'],
    ['each of a number', one({ each: 'risk', as: 'row', values: { a: 'row' } }), 'V3702'],
    [
      'each of a table that gives one row',
      one({ each: 'single', as: 'row', values: { a: 'row.a' } }),
      'V3702',
      { 'tables/single.yaml': 'inputs: [amount]\noutputs: [a]\nrows:\n  - { when: ["-"], then: [1] }\n' },
    ],
    ['each of an unknown table', one({ each: 'nothing', as: 'row', values: { a: 'row.a' } }), 'V3201'],
    ['an unknown output of a table', one({ each: 'rows', as: 'row', values: { a: 'row.b' } }), 'V3214'],
    ['an element with the name of a field', one({ each: 'items', as: 'risk', values: { a: 'risk.price' } }), 'V3212'],
    ['an element with the name of a table', one({ each: 'rows', as: 'rows', values: { a: 'rows.points' } }), 'V3212'],
    ['a null that is not tested', one({ each: 'rows', as: 'row', values: { a: 'row.points * 2' } }), 'V3304'],
    ['an unknown name', one({ value: 'amnt' }), 'V3201'],
    ['no decide and no outputs', [], 'V1003'],
    [
      'rules and no decide',
      one({ value: 'risk' }),
      'V4011',
      { 'rules/r.yaml': '- { id: r, when: vip, then: { score: 1, reason: R } }\n' },
    ],
    ['a member in a value', one({ each: 'items', as: 'row', values: { a: 'row.price', 'a.b': 'row.price' } }), 'V3700'],
    [
      'a member that others lie in',
      one({ each: 'items', as: 'row', values: { 'a.b.c': 'row.price', 'a.b': 'row.price' } }),
      'V3700',
    ],
    ['a member with an empty segment', one({ each: 'items', as: 'row', values: { 'a..b': 'row.price' } }), 'V1003'],
    ['too many', Array.from({ length: 1025 }, (_, index) => ({ name: `x${index}`, value: 'risk' })), 'V5016'],
  ];
  it.each(CASES)('%s', (_, outputs, code, files = {}) => {
    const errors = compiled(outputs, files, 'standard').diagnostics.filter(({ severity }) => severity === 'error');
    expect([...new Set(errors.map((error) => error.code))]).toEqual([code]);
    for (const { span } of errors) expect(span.file).not.toBe('');
  });
});
