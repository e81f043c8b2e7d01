// Operators of JavaScript by test262: each pair of an expression and its value. A pair of one type whose operators the language has
// for that type is accepted and has V8's value in the engine; every other one is refused, for a reason that is counted.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpressions } from '#src/compiler/expressions.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/model.js';

const path = new URL('../../../shared/data/test262/core-pairs.jsonl', import.meta.url);

interface Pair {
  file: string;
  expr: string;
  expected: { value: unknown } | { number: string } | { undefined: true };
  ops: string[];
  types: string[];
  vars?: Record<string, string>;
}

// A model must have a field; the payload leaves it out.
const model = modelOf({ type: 'object', properties: { unused: { type: 'boolean' } } });
const payload = new PayloadEncoder(model).encode({});

/** Operators that the language has, by the type of their operands. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  number: ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '===', '!=='],
  string: ['+', '<', '<=', '>', '>=', '===', '!=='],
  boolean: ['&&', '||', '!', '?:', '===', '!=='],
};

/** Types of which one pair is said to be "of one type": null and undefined are no types that operators take. */
const ONE_TYPE = Object.keys(OPERATORS);

/** Why a pair whose operators the language has for its type may still be refused. */
const REASONS: Readonly<Record<string, string>> = {
  V3119: 'comma',
  V3155: 'unary +',
  V3316: 'half of a surrogate pair',
};

function expectedOf({ expected }: Pair): unknown {
  if ('number' in expected) return Number(expected.number);
  return 'undefined' in expected ? undefined : expected.value;
}

/** The text with its variables as literals. */
function textOf({ expr, vars = {} }: Pair): string {
  return Object.entries(vars).reduce(
    (text, [name, value]) => text.replace(new RegExp(`\\b${name}\\b(?!["'])`, 'g'), `(${value})`),
    expr,
  );
}

const box = new EngineBox();

type Outcome = { value: unknown } | { codes: string[] };

function run(text: string): Outcome {
  const { image, diagnostics } = compileExpressions(model, [text], { profile: 'standard' });
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  if (errors.length > 0) return { codes: errors };
  const { status, values } = box.mustLoad(image!).evaluate(payload);
  expect(status).toBe(0);
  return { value: values[0] };
}

describe.skipIf(!existsSync(path))(`test262 (${existsSync(path) ? 'core-pairs' : `skipped: ${path.pathname} is absent`})`, () => {
  const pairs = existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Pair)
    : [];
  const oneType = pairs.filter(
    ({ types, ops }) => types.length === 1 && ONE_TYPE.includes(types[0]!) && !ops.some((op) => op === '==' || op === '!='),
  );
  const rest = pairs.filter((pair) => !oneType.includes(pair));

  it('pairs of one type have the values of V8', () => {
    expect(oneType.length).toBe(351);
    const refused = new Map<string, number>();
    let equal = 0;
    for (const pair of oneType) {
      const text = textOf(pair);
      const outcome = run(text);
      if ('codes' in outcome) {
        const missing = pair.ops.filter((op) => !OPERATORS[pair.types[0]!]!.includes(op));
        const reason = outcome.codes.map((code) => REASONS[code]).find((known) => known !== undefined);
        const why = missing.length > 0 ? missing.join(' ') : reason;
        expect(why, `${text} is refused: ${outcome.codes.join(' ')}`).toBeDefined();
        const key = `${pair.types[0]} ${why}`;
        refused.set(key, (refused.get(key) ?? 0) + 1);
        continue;
      }
      const want = expectedOf(pair);
      if (!Object.is(outcome.value, want))
        throw new Error(`${pair.file}: ${text} is ${String(outcome.value)}, not ${String(want)}`);
      equal++;
    }
    const counts = Object.fromEntries([...refused].sort(([a], [b]) => (a < b ? -1 : 1)));
    console.log(`test262: ${oneType.length} pairs of one type, ${equal} equal to V8, refused by type and operator:`, counts);
    expect({ equal, ...counts }).toEqual({
      equal: 271,
      'boolean %': 1,
      'boolean *': 1,
      'boolean +': 3,
      'boolean -': 2,
      'boolean /': 1,
      'boolean <': 1,
      'boolean <=': 1,
      'boolean >': 1,
      'boolean >=': 1,
      'number !': 10,
      'number &&': 3,
      'number ?:': 2,
      'number comma': 1,
      'number unary +': 22,
      'number ||': 4,
      'string !': 6,
      'string %': 1,
      'string &&': 3,
      'string *': 1,
      'string -': 3,
      'string /': 1,
      'string ?:': 2,
      'string half of a surrogate pair': 4,
      'string unary +': 2,
      'string ||': 3,
    });
  });

  it('all others are refused when they are compiled, or equal to V8', () => {
    const counts: Record<string, number> = {};
    for (const pair of rest) {
      const text = textOf(pair);
      const outcome = run(text);
      const key = 'codes' in outcome ? outcome.codes[0]! : 'equal';
      counts[key] = (counts[key] ?? 0) + 1;
      if ('codes' in outcome) continue;
      const want = expectedOf(pair);
      if (!Object.is(outcome.value, want))
        throw new Error(`${pair.file}: ${text} is ${String(outcome.value)}, not ${String(want)}`);
    }
    console.log(`test262: ${rest.length} other pairs, by the code of their refusal:`, counts);
    expect(counts).toEqual({
      equal: 9,
      V3143: 43,
      V3144: 43,
      V3155: 3,
      V3201: 53,
      V3301: 34,
      V3302: 43,
      V3303: 6,
      V3314: 11,
      V3317: 49,
    });
  });
});
