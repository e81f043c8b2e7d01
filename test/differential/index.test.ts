// The same bundle with a match index wherever one can be made, where it pays, and without: every decision is the same.
//
//   npm run differential -- --index 1000000

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import type { IndexPolicy } from '#src/compiler/index/plan.js';
import { createEngine, type Engine, type RuleSet } from '#src/index.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { BundleAuthor } from '../lib/bundle-author.js';
import { Random } from '../lib/expression-model.js';
import { worldNow, worldPayload } from '../lib/expression-world.js';
import { indexBundle, indexPayload } from '../lib/index-author.js';
import { testSeed } from '../lib/model.js';

const PAIRS = Number(process.env.VERDICT_INDEX_PAIRS ?? 900);
const PAYLOADS = 60;
/** Rules and rows of a bundle: of one narrow block, of each width, of several blocks. */
const SIZES = [12, 60, 120, 240, 500, 1_300];

let engine: Engine | undefined;
afterAll(() => engine?.close());

const encoder = new TextEncoder();

function filesOf(texts: Record<string, string>): Map<string, Uint8Array> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
}

/** Sizes by turns, small ones more often. */
function sizeOf(bundle: number): number {
  return SIZES[bundle % 13 === 0 ? 5 : bundle % 5] ?? 12;
}

interface Source {
  name: string;
  make(random: Random, bundle: number): Record<string, string>;
  payload(random: Random): object;
}

const sources: Source[] = [
  { name: 'rules and rows of many tests', make: (random, bundle) => indexBundle(random, sizeOf(bundle)), payload: indexPayload },
  {
    name: 'bundles of all kinds',
    make: (random) => new BundleAuthor(random).make(),
    payload: worldPayload as (random: Random) => object,
  },
];

describe.each(sources)('$name', ({ name, make, payload }) => {
  it('decide alike with and without an index', { timeout: 3_600_000 }, async () => {
    const seed = testSeed(`index ${name}`);
    engine ??= await createEngine({ poolThreads: 0, costMax: Number.MAX_SAFE_INTEGER });
    const random = new Random(seed);
    const counts: Record<string, number> = {};
    const count = (what: string, by = 1): void => {
      counts[what] = (counts[what] ?? 0) + by;
    };
    let refused = 0;
    for (let bundle = 0, pairs = 0; pairs < PAIRS; ) {
      const files = filesOf(make(random, bundle));
      const say = (what: string): string => `VERDICT_SEED=${seed}, bundle ${bundle}: ${what}`;
      const compiled = (['off', 'on', 'auto'] as const).map((index: IndexPolicy) =>
        compile(files, { profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER, index }),
      );
      if (compiled.some(({ image }) => image === undefined)) {
        const { code } = compiled[0]!.diagnostics.find(({ severity }) => severity === 'error')!;
        for (const { image } of compiled) expect(image, say(code)).toBe(undefined);
        count(`refused ${code}`);
        // Most bundles are good: else this test would find nothing, for ever.
        expect(++refused, say(JSON.stringify(counts))).toBeLessThan(10 * (bundle + 10));
        continue;
      }
      bundle++;
      for (const { held, indexed } of compiled[1]!.indexes!) if (indexed) count('tests in an index', held);
      const sets: RuleSet[] = [];
      for (const { image } of compiled) sets.push(await engine.load(image!));
      const payloads = new PayloadEncoder(sets[0]!.model);
      for (let each = 0; each < PAYLOADS; each++, pairs++) {
        const object = payload(random);
        const bytes = payloads.encode(object).slice();
        const now = worldNow(random);
        const decisions = sets.map((set) => {
          const { image: _, ...rest } = set.decide(bytes, { now });
          return rest;
        });
        count(decisions[0]!.status);
        for (const decision of decisions.slice(1)) {
          if (JSON.stringify(decision) === JSON.stringify(decisions[0])) continue;
          const shown = JSON.stringify(object, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
          expect(decision, say(`for ${shown}\n${new TextDecoder().decode(files.get('rules/a.yaml'))}`)).toEqual(decisions[0]);
        }
      }
      for (const set of sets) set.release();
    }
    console.log(`index, ${name}: ${JSON.stringify(counts)}`);
    expect(counts['tests in an index']).toBeGreaterThan(PAIRS / 20);
    expect(counts.OK).toBeGreaterThan(PAIRS / 4);
  });
});

it('what fails in front of a test that never holds fails with an index too', async () => {
  engine ??= await createEngine({ poolThreads: 0, costMax: Number.MAX_SAFE_INTEGER });
  const whens = ['divide(cents, cents - 0.5, 2, "half-even") > 1.00 && n > 4 && cents === 0.005', 'n > 1', 'n > 2', 'n > 3'];
  const schema = { type: 'number', multipleOf: 0.01, minimum: -10, maximum: 10 };
  const files = filesOf({
    'model.yaml': JSON.stringify({
      type: 'object',
      required: ['n', 'cents'],
      properties: { n: { type: 'number' }, cents: schema },
    }),
    'rules/a.yaml': JSON.stringify(whens.map((when, index) => ({ id: `r${index}`, when, then: { score: 1 } }))),
    'bundle.yaml': JSON.stringify({
      name: 'b',
      version: '1.0.0',
      model: 'model.yaml',
      profile: 'standard',
      onError: 'review',
      decide: { combine: 'score', outcomes: [{ outcome: 'approve' }] },
    }),
  });
  for (const index of ['off', 'on'] as const) {
    const { image, indexes } = compile(files, { profileMax: 'standard', index });
    expect(indexes!.some(({ indexed }) => indexed)).toBe(index === 'on');
    const set = await engine.load(image!);
    expect(set.decide({ n: 5, cents: 0.5 }).status, index).toBe('ARITHMETIC');
    expect(set.decide({ n: 5, cents: 0.25 })).toMatchObject({ status: 'OK', score: 3 });
    set.release();
  }
});
