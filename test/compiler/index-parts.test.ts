// Places with more conditions than one index takes get several, one after the other. Here an index takes few, and jumps reach no
// further than a few hundred instructions, so that small bundles have many: every decision is that of the program without indexes.

import { afterAll, describe, expect, it, vi } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import type { IndexPolicy } from '#src/compiler/index/plan.js';
import { createEngine, type Engine, type RuleSet } from '#src/index.js';
import { Random } from '../lib/expression-model.js';
import { indexBundle, indexPayload } from '../lib/index-author.js';
import { testSeed } from '../lib/model.js';

const PARTS_MAX = 24;

vi.mock('#assembly/shared/match-index.js', async (original) => ({ ...(await original<object>()), INDEX_PARTS_MAX: 24 }));
vi.mock('#src/compiler/limits.js', async (original) => ({ ...(await original<object>()), BRANCH_DISTANCE_MAX: 700 }));

/** Bundles at least, and at most: until each kind of place has had several indexes. */
const BUNDLES_MIN = 10;
const BUNDLES_MAX = 300;
const KINDS = ['table, first', 'table, any', 'table, collect', 'rules, first', 'rules, score'];
const PAYLOADS = 30;
const ROWS = 120;

let engine: Engine | undefined;
afterAll(() => engine?.close());

const encoder = new TextEncoder();

describe('several indexes of one place', () => {
  it('decide as none', async () => {
    const random = new Random(testSeed('several indexes'));
    engine = await createEngine({ poolThreads: 0, costMax: Number.MAX_SAFE_INTEGER, profileMax: 'standard' });
    const several = new Set<string>();
    const isDone = (): boolean => KINDS.every((kind) => several.has(kind));
    for (let bundle = 0; bundle < BUNDLES_MIN || (bundle < BUNDLES_MAX && !isDone()); bundle++) {
      const texts = indexBundle(random, ROWS);
      const files = new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
      const policy = (JSON.parse(texts['tables/grid.yaml']!) as { hitPolicy: string }).hitPolicy;
      const combine = (JSON.parse(texts['bundle.yaml']!) as { decide: { combine: string } }).decide.combine;
      const load = async (index: IndexPolicy): Promise<RuleSet | undefined> => {
        const { image, indexes, diagnostics } = compile(files, { index, profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER });
        expect(diagnostics.filter(({ code }) => code === 'V5008')).toEqual([]);
        if (image === undefined) return undefined;
        for (const [name, key] of [
          ['table grid', `table, ${policy}`],
          ['rules', `rules, ${combine}`],
        ]) {
          const own = indexes!.filter((one) => one.name === name && one.indexed);
          expect(Math.max(0, ...own.map(({ parts }) => parts))).toBeLessThanOrEqual(PARTS_MAX);
          if (own.length > 1) several.add(key!);
        }
        return engine!.load(image, { tenant: 'parts' });
      };
      const [indexed, plain] = [await load('on'), await load('off')];
      if (indexed === undefined || plain === undefined) continue;
      for (let count = 0; count < PAYLOADS; count++) {
        const payload = indexPayload(random);
        const { image: _, ...expected } = plain.decide(payload, { now: 1_000n });
        expect(indexed.decide(payload, { now: 1_000n }), `bundle ${bundle}, payload ${count}`).toMatchObject(expected);
      }
      indexed.release();
      plain.release();
    }
    expect([...several]).toEqual(expect.arrayContaining(KINDS));
  }, 120_000);
});
