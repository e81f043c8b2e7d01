// The compiled expression over a payload's bytes equals V8's value of the same text over the payload's object, bit for bit;
// decimals, timestamps and dates equal BigInt. Payloads come from the flatbuffers package, objects from the TypeScript reader.
// Set VERDICT_SEED to run another series.

import { expect, test } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { compileExpressions } from '#src/compiler/compile.js';
import { readPayload } from '#src/schema/reader.js';
import { ExpressionGenerator, type Generated } from '../lib/expression-generator.js';
import { generatorModel, NOWS, Random, randomPayload } from '../lib/expression-model.js';
import { EngineBox, type Value } from '../lib/image-engine.js';
import { payloadOf } from '../lib/image-payload.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20260131);
const IMAGES = 800;
const EXPRESSIONS = 6;
const PAYLOADS = 25;

/** The engine's value in the form that the generated JavaScript has. */
function toScale(value: Value, type: string, scale: number): Value {
  if (typeof value !== 'bigint') return value;
  const own = Number(/^decimal\((\d+)\)$/.exec(type)![1]);
  return own <= scale ? value * 10n ** BigInt(scale - own) : value / 10n ** BigInt(own - scale);
}

test(`at least 100,000 pairs of expression and payload, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const generator = new ExpressionGenerator(random);
  const box = new EngineBox();
  const kinds = new Map<string, number>();
  let pairs = 0;
  const mismatches: string[] = [];
  for (let round = 0; round < IMAGES; round++) {
    const expressions: (Generated & { kind: string })[] = Array.from({ length: EXPRESSIONS }, () => generator.any());
    const sources = expressions.map(({ source }) => source);
    const { image, diagnostics, types } = compileExpressions(generatorModel, sources);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (image === undefined) throw new Error(`seed ${SEED}, round ${round}: ${JSON.stringify(errors[0])}\n${sources.join('\n')}`);
    box.mustLoad(image);
    const evaluate = new Function('p', 'now', `return [${expressions.map(({ js }) => js).join(',\n')}]`);
    for (let index = 0; index < PAYLOADS; index++) {
      const payload = payloadOf(generatorModel, randomPayload(random));
      const now = random.pick(NOWS);
      const read = readPayload(generatorModel, payload);
      if (!read.ok) throw new Error(`seed ${SEED}: ${read.path} ${read.message}`);
      const expected = evaluate(read.value, now) as Value[];
      const { status, values } = box.evaluate(payload, { now });
      expect(status).toBe(Status.OK);
      for (const [place, expression] of expressions.entries()) {
        const value = toScale(values[place]!, types[place]!, expression.scale);
        kinds.set(expression.kind, (kinds.get(expression.kind) ?? 0) + 1);
        pairs++;
        if (Object.is(value, expected[place])) continue;
        const shown = JSON.stringify(read.value, (_key, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own));
        mismatches.push(
          `${expression.source}\n  over ${shown}, now ${now}\n  gives ${String(value)} for ${String(expected[place])}`,
        );
      }
    }
  }
  console.log(`${pairs} pairs, seed ${SEED}: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  expect(mismatches.slice(0, 5)).toEqual([]);
  expect(pairs).toBeGreaterThanOrEqual(100_000);
  // Each form has to have been there, or nothing is known about it.
  const operators = ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '===', '!=='];
  const wanted = [
    ...operators.map((operator) => `${operator} number`),
    ...['+', '-', '*', '<', '<=', '>', '>=', '===', '!=='].map((operator) => `${operator} decimal`),
    ...['<', '<=', '>', '>=', '===', '!=='].flatMap((operator) => [
      `${operator} text`,
      `${operator} timestamp`,
      `${operator} date`,
    ]),
    ...['===', '!=='].flatMap((operator) =>
      ['enum', 'null', 'boolean', 'boolean or null', 'number or null', 'text or null', 'decimal or null'].map(
        (kind) => `${operator} ${kind}`,
      ),
    ),
    ...['&&', '||', '!', '+ text', 'unary - number', 'unary - decimal', 'guard OBJECT', 'guard DECIMAL', 'guard TEXT'],
  ];
  expect(wanted.filter((form) => !generator.forms.has(form))).toEqual([]);
});
