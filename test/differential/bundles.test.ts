// Whole bundles, with features, tables of all hit policies, scorecards and rules, decided by the engine and by a plain
// decision-maker that reads the documents: status, outcome, score, reasons and outputs are equal.

import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine, type Engine } from '#src/index.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { BundleAuthor } from '../lib/bundle-author.js';
import { BundleJudge } from '../lib/bundle-judge.js';
import { instanceOf } from '../lib/expression-judges.js';
import { Random } from '../lib/expression-model.js';
import { ArithmeticFault } from '../lib/expression-values.js';
import { worldNow, worldPayload } from '../lib/expression-world.js';
import { testSeed } from '../lib/model.js';

const BUNDLES = Number(process.env.VERDICT_BUNDLES ?? 80);
const PAYLOADS = 40;

/** Refusals that say something of the random bundle, and nothing of meaning: limits, and what the proofs find. */
const REFUSED = new Set(
  'V3307 V3325 V3324 V3505 V5004 V5005 V5009 V5012 V5013 V5016 V5040 V5041 V5042 V4104 V4106 V4201 V4112'.split(' '),
);

let engine: Engine | undefined;
afterAll(() => engine?.close());

describe('bundles', () => {
  it('decide as their documents say', async () => {
    const seed = testSeed('bundles');
    engine = await createEngine({ poolThreads: 0 });
    const random = new Random(seed);
    const author = new BundleAuthor(random);
    const counts: Record<string, number> = {};
    const count = (what: string): void => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    for (let bundle = 0; bundle < BUNDLES; ) {
      const files = author.make();
      const say = (what: string): Error =>
        new Error(
          `VERDICT_SEED=${seed}, bundle ${bundle}: ${what}\n${JSON.stringify({ ...files, 'model.yaml': '' }, undefined, 1)}`,
        );
      const encoder = new TextEncoder();
      const { image, diagnostics } = compile(new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)])), {
        profileMax: 'standard',
      });
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const other = errors.find(({ code }) => !REFUSED.has(code));
      if (other !== undefined) throw say(`${other.code} ${other.message} (${other.span.file}:${other.span.start})`);
      if (image === undefined) {
        for (const { code } of errors) count(`refused ${code}`);
        continue;
      }
      bundle++;
      const ruleSet = await engine.load(image);
      // Every other one with code generated for it.
      if (bundle % 2 === 0) await ruleSet.warmUp();
      let judge: BundleJudge;
      try {
        judge = new BundleJudge(files);
      } catch (error) {
        throw say((error as Error).stack!);
      }
      const payloads = new PayloadEncoder(ruleSet.model);
      for (let each = 0; each < PAYLOADS; each++) {
        const payload = worldPayload(random);
        const now = worldNow(random);
        const { status, outcome, score, reasons, outputs } = ruleSet.decide(payloads.encode(payload).slice(), { now });
        let want: object;
        try {
          want = judge.decide(instanceOf(payload, now));
        } catch (error) {
          if (!(error instanceof ArithmeticFault)) throw say(`${(error as Error).stack}`);
          want = { status: 'ARITHMETIC', ...judge.failed() };
        }
        count(status);
        count(`outcome ${outcome}`);
        if (outputs !== undefined) count('outputs');
        const got = { status, outcome, score, reasons, outputs };
        try {
          expect(got).toEqual(want);
        } catch {
          throw say(`for ${JSON.stringify(payload)} at ${now}\nis ${JSON.stringify(got)}\nand should be ${JSON.stringify(want)}`);
        }
      }
      ruleSet.release();
    }
    console.log(`bundles: ${JSON.stringify(counts)}`);
    expect(counts.OK).toBeGreaterThan((BUNDLES * PAYLOADS) / 2);
    expect(counts.outputs).toBeGreaterThan((BUNDLES * PAYLOADS) / 8);
  });
});
