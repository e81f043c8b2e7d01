// Fields that are called as words of the language, in all that reads their names: every form that decides, flatc, explanations,
// `verdict test`, the page, the formatter, the exports.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle } from '#src/bundle/read-bundle.js';
import { compile } from '#src/compiler/compile.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { createEngine, type Engine } from '#src/engine.js';
import { exportDmn } from '#src/export/dmn/export-dmn.js';
import { formatExpression } from '#src/format/expression.js';
import { readDecision } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { emitFbs } from '#src/schema/fbs.js';
import { TYPESCRIPT_WORDS } from '#src/schema/field-name.js';
import { runTests } from '#src/testing/run-tests.js';
import { filesOf } from './bundle/files.js';
import { FormEngines } from './lib/form-engines.js';
import { modelOf, objectSchema } from './lib/model.js';
import { flatcToBinary, flatcToJson } from './lib/model-flatc.js';
import { pageOf, sourceOf } from './page/render.js';

const WORDS = [...TYPESCRIPT_WORDS, 'now', 'Math'];
const NOW = 1_750_000_000_000_000n;

const head = (decide: string): string =>
  `name: words\nversion: 1.0.0\nmodel: model.json\nprofile: standard\nonError: review\n${decide}`;
const DECIDE = 'decide: { combine: score, reasonsMax: 64, outcomes: [{ atLeast: 1, outcome: decline }, { outcome: approve }] }\n';

/** Each word as a text of the root, and as a number of an object that may be absent. */
const SCHEMA = objectSchema({
  ...Object.fromEntries(WORDS.map((word) => [word, { type: 'string', maxLength: 8 }])),
  nested: objectSchema(Object.fromEntries(WORDS.map((word) => [word, { type: 'integer' }]))),
});

const RULES = WORDS.map((word, index) => ({
  id: `rule-${index}`,
  when:
    index % 2 === 0
      ? `payload.${word} === "yes"`
      : `(payload.${word}?.startsWith("y") ?? false) || (nested !== null && (payload.nested.${word} ?? 0) > 1)`,
  then: { score: 1, reason: `R${index}` },
}));

const FILES = {
  'bundle.yaml': head(DECIDE),
  'model.json': JSON.stringify(SCHEMA),
  'rules/words.json': JSON.stringify(RULES),
};

const PAYLOADS: readonly Record<string, unknown>[] = [
  {},
  ...WORDS.map((word, index) =>
    index % 3 === 0 ? { [word]: 'yes' } : index % 3 === 1 ? { nested: { [word]: 2 } } : { [word]: null },
  ),
  Object.fromEntries(WORDS.map((word) => [word, 'yes'])),
];

/** The scores that V8 gives: the rules as functions of the payload. */
function expected(payload: Record<string, unknown>): number {
  const nested = payload.nested as Record<string, number> | undefined;
  return WORDS.filter((word, index) => payload[word] === 'yes' || (index % 2 === 1 && (nested?.[word] ?? 0) > 1)).length;
}

describe('a model with a field of every word', () => {
  const model = modelOf(SCHEMA);
  const encoder = new PayloadEncoder(model);

  it('decides the same in every form', async () => {
    const engines = await FormEngines.open();
    try {
      const bundle = await engines.openBundle({ files: FILES, lists: {}, parameters: {} }, false);
      if (typeof bundle === 'string') throw new Error(bundle);
      const payloads = PAYLOADS.map((payload) => ({
        bytes: bundle.encoder.encode(payload).slice(),
        text: new TextEncoder().encode(JSON.stringify(payload)),
        alike: true,
      }));
      const decided = bundle.decide(payloads, NOW);
      if ('difference' in decided) throw new Error(JSON.stringify(decided.difference));
      expect(decided.bytes.map((bytes) => readDecision(bytes).score)).toEqual(PAYLOADS.map(expected));
      expect(bundle.forms.size).toBeGreaterThan(4);
      bundle.release();
    } finally {
      await engines.close();
    }
  });

  it('is what flatc reads and writes', async () => {
    const fbs = emitFbs(model);
    const full = PAYLOADS.at(-1)!;
    expect(JSON.parse(await flatcToJson(fbs, encoder.encode(full)))).toEqual(full);
    const bytes = await flatcToBinary(fbs, JSON.stringify({ class: 'yes', nested: { return: 2 } }));
    expect(JSON.parse(await flatcToJson(fbs, bytes))).toEqual({ class: 'yes', nested: { return: 2 } });
  });
});

describe('a bundle that writes the payload', () => {
  const files = filesOf({
    'bundle.yaml': head(DECIDE),
    'model.json': JSON.stringify(
      objectSchema(
        {
          class: { enum: ['gold', 'basic'] },
          now: { type: 'integer' },
          order: objectSchema({ return: { type: 'boolean' }, total: { type: 'number' } }),
          value: { type: 'number' },
          lines: { type: 'array', maxItems: 3, items: objectSchema({ new: { type: 'boolean' } }, { required: ['new'] }) },
        },
        { required: ['class', 'value', 'lines'] },
      ),
    ),
    'features/some.yaml': '- name: worth\n  value: payload.value * 2\n',
    'tables/grade.csv': 'payload.class,value,-> grade: number\ngold,> payload.value - 1,1\nbasic,-,2\n',
    'rules/all.yaml': [
      '- id: words',
      '  when: payload.class === "gold" && order !== null && payload.order.return === true',
      '  then: { score: 3, reason: WORDS }',
      '- id: mixed',
      '  when: payload.order !== null && (order.total ?? 0) > 5 && payload.now !== null && payload.now > 7 && now > "2020-01-01T00:00:00Z"',
      '  then: { score: 5, reason: MIXED }',
      '- id: elements',
      '  when: payload.lines.some(line => line.new) && grade.grade === 1 && worth > 10',
      '  then: { score: 7, reason: ELEMENTS }',
      '',
    ].join('\n'),
    'tests/words.yaml':
      '- name: gold\n  payload: { class: gold, value: 9, lines: [], order: { return: true } }\n  expect: { score: 3, reasons: [WORDS] }\n',
  });
  const payload = { class: 'gold', now: 8, value: 9, order: { return: true, total: 6 }, lines: [{ new: true }] };
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  });
  afterAll(() => engine.close());

  const imageOf = (): Uint8Array => {
    const { image, diagnostics } = compile(files, { profileMax: 'standard' });
    if (image === undefined) throw new Error(JSON.stringify(diagnostics));
    return image;
  };

  it('is explained as it is written, with each value once', async () => {
    const rules = await engine.load(imageOf());
    const { rules: explained, decision } = rules.explain(payload, { now: NOW });
    expect(decision.score).toBe(15);
    const conditions = explained.find(({ id }) => id === 'mixed')!.conditions;
    expect(conditions.map(({ text, truth, values }) => [text, truth, values])).toEqual([
      ['payload.order !== null', true, { order: '{...}' }],
      ['(order.total ?? 0) > 5', true, { 'order.total': 6 }],
      ['payload.now !== null', true, { 'payload.now': 8 }],
      ['payload.now > 7', true, { 'payload.now': 8 }],
      ['now > "2020-01-01T00:00:00Z"', true, { now: '2025-06-15T15:06:40.000000Z' }],
    ]);
    // What the rules before a leaf say of null holds for it, however the field is written there.
    const other = rules.explain({ ...payload, order: null, now: null }, { now: NOW });
    expect(other.rules.find(({ id }) => id === 'mixed')!.conditions.map(({ truth }) => truth)).toEqual([
      false,
      null,
      null,
      null,
      null,
    ]);
    rules.release();
  });

  it('is tested', async () => {
    const rules = await engine.load(imageOf());
    const bundle = readBundle(files, new DiagnosticBag())!;
    const { tests } = runTests(bundle.tests, rules, {});
    expect(tests.map(({ result }) => [result.name, result.passed, result.problem])).toEqual([['gold', true, undefined]]);
    rules.release();
  });

  it('links on its page what it reads', async () => {
    const page = await pageOf(files);
    const index = sourceOf(files).manifest.model.fields.findIndex(({ path }) => path === 'class');
    expect(page).toContain(`<a href="#field-${index}">payload.class</a>`);
  });

  it('is exported as DMN, where FEEL has the names', () => {
    const { text, diagnostics } = exportDmn(files);
    expect(text).toContain('<text>class</text>');
    expect(text).toContain('<text>value * 2</text>');
    expect(diagnostics.filter(({ code }) => code !== 'V7501')).toEqual([]);
  });
});

it.each([
  ['payload . class===1&&payload?.return>-1', 'payload.class === 1 && payload?.return > -1'],
  ['payload.typeof-1>payload.new', 'payload.typeof - 1 > payload.new'],
  ['payload.return/2>a?.in/3', 'payload.return / 2 > a?.in / 3'],
  ['payload?.function/2>a?.class/3', 'payload?.function / 2 > a?.class / 3'],
  ['`${a?.class}-${payload.new}`===b', '`${a?.class}-${payload.new}` === b'],
  ['payload.true&&!payload.null', 'payload.true && !payload.null'],
])('formats %s', (text, formatted) => {
  expect(formatExpression(text, Number.POSITIVE_INFINITY)).toBe(formatted);
});
