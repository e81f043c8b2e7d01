// Anything in cells, headers and values: nothing throws, every span lies in its file, and what compiles is accepted by the engine.
// Set VERDICT_SEED to run another series.

import { afterAll, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { Random } from '../lib/expression-model.js';
import { closeWorld, decideAll, worldFiles } from './bundle-world.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20260417);
const RUNS = 800;

afterAll(closeWorld);

// biome-ignore format: one table
const TOKENS = [
  '-', '', '5', '1.5', '-3', '0x1f', '1_000', '"a"', "'b'", '`c`', '"', "'", 'US', 'GB', 'gold', 'null', 'true', 'false', 'value', 'n',
  'i', 'amount', 'country', 'card', 'card?.brand', 'items', 'items.length', 's', 't', 't.v', 'f', 'now', 'lists', 'Math', 'not(', 'not',
  '(', ')', '[', ']', '{', '}', '..', ',', '<', '<=', '>', '>=', '===', '!==', '==', '=', '&&', '||', '!', '?', ':', '??', '?.', '.', '+',
  '*', '%', '/', '=>', 'x', 'includes(', '2026-01-31', '2026-01-31T00:00:00Z', '\\', '\n', ' ', '#', '->', 'é😀', '\u0000', '1e999',
];
const INPUTS = ['n', 'i', 'amount', 'country', 's', 'flag', 'at', 'born', 'maybe', 'maybeCountry', 'n * 2', 'f'];
const POLICIES = ['unique', 'any', 'priority', 'first', 'ruleOrder', 'outputOrder', 'collect'];

function soup(random: Random): string {
  return Array.from({ length: 1 + random.below(6) }, () => random.pick(TOKENS)).join(random.chance(50) ? ' ' : '');
}

/** Most cells are short, so that some tables compile. */
function cellText(random: Random, wild: number): string {
  return !random.chance(wild)
    ? random.pick(['-', '', '5', '< 5', '[1..5)', 'null', 'US', '> i', 'value === 5', '1, 2'])
    : soup(random);
}

it(`random tables, seed ${SEED}`, async () => {
  const random = new Random(SEED);
  const quote = (text: string): string => (random.chance(97) ? `"${text.replaceAll('"', '""')}"` : text);
  let good = 0;
  for (let run = 0; run < RUNS; run++) {
    const wild = run % 2 === 0 ? 5 : 50;
    const columns = 1 + random.below(3);
    const header = Array.from({ length: columns }, () => (random.chance(98) ? random.pick(INPUTS) : soup(random)));
    const outputs = [random.chance(95) ? '-> v' : soup(random), ...(random.chance(20) ? ['-> score'] : [])];
    const rows = Array.from({ length: 1 + random.below(3) }, () => [
      ...header.map(() => cellText(random, wild)),
      ...outputs.map(() => (random.chance(wild) ? soup(random) : '1')),
    ]);
    const texts = {
      'tables/t.csv': `${[...header, ...outputs].map(quote).join(',')}\n${rows.map((row) => row.map(quote).join(',')).join('\n')}\n`,
      'tables/t.yaml': `hitPolicy: ${random.pick(POLICIES)}\n${random.chance(20) ? 'complete: true\n' : ''}`,
      'features/a.yaml': `- { name: f, value: ${JSON.stringify(random.chance(wild) ? soup(random) : 'n + 1')} }\n`,
      'scorecards/c.yaml': `characteristics: [{ name: c, input: i, attributes: [{ when: ${JSON.stringify(cellText(random, wild))}, points: 1 }, { points: 2 }] }]\n`,
    };
    const files = worldFiles(texts);
    const { image, diagnostics } = compile(files, { profileMax: 'standard' });
    for (const { span, message } of diagnostics) {
      const file = files.get(span.file);
      expect(file, message).toBeDefined();
      const { length } = new TextDecoder().decode(file);
      expect(span.start >= 0 && span.start <= span.end && span.end <= length, `${message}: ${JSON.stringify(span)}`).toBe(true);
    }
    expect(image === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    if (image === undefined) continue;
    good++;
    const statuses = (await decideAll(texts, [{}, { n: 5, i: 5, maybe: 5, maybeCountry: 'GB' }])).map(({ status }) => status);
    for (const status of statuses) expect(['OK', 'CONFLICT']).toContain(status);
  }
  expect(good).toBeGreaterThan(20);
});
