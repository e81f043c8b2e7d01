// JSON text through the library: by the engine, by generated code, and by the encoder where the engine leaves a text to it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/engine.js';
import { Problem } from '#src/errors.js';
import type { RuleSet } from '#src/ruleset.js';

const files = new Map(
  Object.entries({
    'bundle.json': {
      name: 'texts',
      version: '1.0.0',
      model: 'm.json',
      profile: 'strict',
      onError: 'review',
      decide: { combine: 'score', outcomes: [{ atLeast: 10, outcome: 'decline' }, { outcome: 'approve' }] },
    },
    'm.json': {
      title: 'T',
      type: 'object',
      required: ['amount'],
      properties: {
        amount: { type: 'number', multipleOf: 0.01 },
        id: { type: 'integer', format: 'int64' },
        name: { type: 'string' },
      },
    },
    'rules/r.json': [{ id: 'large', when: 'amount > 100', then: { score: 10, reason: 'LARGE' } }],
  }).map(([name, value]) => [name, new TextEncoder().encode(JSON.stringify(value))]),
);
const SPARE = `"x":${'['.repeat(2000)}${']'.repeat(2000)}`;

let engine: Engine;
let rules: RuleSet;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
  rules = await engine.load(compile(files).image!);
});
afterAll(() => engine.close());

/** The outcome of a text, or the pointers and codes of its errors. */
function outcome(text: string): unknown {
  const ways = [() => rules.decide(text), () => rules.decide(new TextEncoder().encode(text), { isJson: true })].map((way) => {
    try {
      return way().outcome;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'INVALID_JSON') return error.code;
      return error.errors?.map(({ pointer, code }) => `${pointer} ${code}`);
    }
  });
  expect(ways[1]).toEqual(ways[0]);
  return ways[0];
}

const cases: [string, unknown][] = [
  ['{"amount":100}', 'approve'],
  ['{"amount":100.01}', 'decline'],
  ['{"amount":"100.01","name":"\\u00e9😀"}', 'decline'],
  ['{"amount":92233720368547758.07,"id":9223372036854775807}', 'decline'],
  ['{"amount":100.01000000000000000000001}', ['/amount SCALE']],
  ['{"amount":"x","id":9223372036854775808}', ['/amount FORMAT', '/id MAXIMUM']],
  ['{"amount":1,"name":"\\ud800"}', ['/name UTF16']],
  ['{"amount":1,"amount":1}', ['/amount DUPLICATE_FIELD']],
  ['{"amount":1', 'INVALID_JSON'],
  [`{"amount":1,${SPARE}}`, 'approve'],
  [`{"amount":1e3,${SPARE}}`, 'decline'],
  [`{"amount":1e-3,${SPARE}}`, ['/amount SCALE']],
];

describe.each(['engine', 'generated code'])('by the %s', (way) => {
  beforeAll(async () => {
    if (way !== 'engine') await rules.warmUp();
  });

  it.each(cases)('%.60s', (text, expected) => expect(outcome(text)).toEqual(expected));

  it('a batch: each has its own answer', () => {
    const decisions = rules.decideBatch(cases.map(([text]) => text));
    const outcomes = cases.map(([, expected]) =>
      typeof expected === 'string' && expected !== 'INVALID_JSON' ? expected : undefined,
    );
    expect(decisions.map(({ status, outcome: own }) => (status === 'OK' ? own : undefined))).toEqual(outcomes);
  });
});

it('half of a surrogate pair in a string is not what U+FFFD is', () => {
  expect(() => rules.decide('{"amount":1,"name":"\ud800"}')).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD' }));
  expect(rules.decide('{"amount":1,"other":"\ud800"}').outcome).toBe('approve');
});

it('the engine and the encoder have agreed', () => expect(engine.stats().jsonDisagreed).toBe(0));
