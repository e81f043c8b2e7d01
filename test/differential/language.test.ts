// The profile `standard` before three judges, over all types: the engine through the compiler, a plain evaluator over the syntax
// tree, and V8 where JavaScript means the same. `npm run differential -- --pairs N --seed N` asks for more pairs.

import { describe, expect, it } from 'vitest';
import { Status } from '#assembly/shared/status.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { Author } from '../lib/expression-author.js';
import { asEngine, instanceOf, plainExpression, scriptOf, withNulls } from '../lib/expression-judges.js';
import { Random } from '../lib/expression-model.js';
import { rootNames } from '../lib/expression-names.js';
import { ArithmeticFault, type Value } from '../lib/expression-values.js';
import { worldModel, worldNow, worldPayload } from '../lib/expression-world.js';
import { EngineBox } from '../lib/image-engine.js';
import { testSeed } from '../lib/model.js';

const PAIRS = Number(process.env.VERDICT_PAIRS ?? 100_000);
const EXPRESSIONS_PER_IMAGE = 12;
const PAYLOADS_PER_IMAGE = 50;

/** Limits of size, which say nothing of meaning. */
const LIMITS = new Set(
  'V3307 V3505 V3325 V3324 V3308 V3316 V5001 V5002 V5003 V5004 V5005 V5006 V5008 V5009 V5013 V5040 V5041 V5042'.split(' '),
);

interface Made {
  source: string;
  isScript: boolean;
}

class Court {
  readonly author: Author;
  readonly random: Random;
  readonly box = new EngineBox({ imageBytesMax: 1 << 22 });
  readonly encoder = new PayloadEncoder(worldModel);
  pairs = 0;
  scripts = 0;
  faults = 0;
  limited = 0;

  constructor(readonly seed: number) {
    this.random = new Random(seed);
    this.author = new Author(this.random);
  }

  #error(what: string): Error {
    return new Error(`VERDICT_SEED=${this.seed} VERDICT_PAIRS=${PAIRS}: ${what}`);
  }

  /** An expression that compiles. */
  #make(mayFail: boolean): Made {
    for (;;) {
      const source = this.author.any(1 + this.random.below(5), rootNames(), mayFail);
      if (this.author.mayFail !== mayFail) continue;
      const { isScript } = this.author;
      const found = compileExpressions(worldModel, [source], { profile: 'standard' }).diagnostics;
      const errors = found.filter(({ severity }) => severity === 'error');
      // What is beyond a limit may have faults that follow from it.
      const other = errors.some(({ code }) => LIMITS.has(code)) ? undefined : errors[0];
      if (other !== undefined)
        throw this.#error(`${other.code} ${other.message} at ${source.slice(other.span.start, other.span.end)} in\n${source}`);
      if (errors.length === 0) return { source, isScript };
      this.limited++;
    }
  }

  /** One image, which is held to the judges over some payloads. */
  run(mayFail: boolean): void {
    // What fails takes all of its image with it, so that it has one for itself.
    const made = Array.from({ length: mayFail ? 1 : EXPRESSIONS_PER_IMAGE }, () => this.#make(mayFail));
    const { image, types } = compileExpressions(
      worldModel,
      made.map(({ source }) => source),
      { profile: 'standard' },
    );
    if (image === undefined) return;
    this.box.mustLoad(image);
    const plain = made.map(({ source }) => plainExpression(source));
    const scripts = made.map(({ source, isScript }) => (isScript ? scriptOf(source) : undefined));
    for (let count = 0; count < PAYLOADS_PER_IMAGE; count++) {
      const payload = worldPayload(this.random);
      const now = worldNow(this.random);
      const { status, values } = this.box.evaluate(this.encoder.encode(payload), { now, shift: this.random.below(8) });
      const names = instanceOf(payload, now);
      const seen = withNulls(payload);
      const differs = (index: number, judge: string, want: unknown, got: unknown): Error =>
        this.#error(
          `${made[index]!.source}\nfor ${show(payload)} at ${now}\nis ${show(got)} (${types[index]}), and ${judge} says ${show(want)}`,
        );
      for (const [index, expression] of plain.entries()) {
        this.pairs++;
        let want: Value | 'ARITHMETIC';
        try {
          want = expression.run(names);
        } catch (error) {
          if (!(error instanceof ArithmeticFault)) throw differs(index, 'the evaluator', (error as Error).stack, values[index]);
          if (status !== Status.ARITHMETIC) throw differs(index, 'the evaluator', 'ARITHMETIC', values[index]);
          this.faults++;
          continue;
        }
        if (status !== Status.OK) throw differs(index, 'the evaluator', want, Status[status]);
        const inUnits = asEngine(want, types[index]!);
        if (!Object.is(values[index], inUnits)) throw differs(index, 'the evaluator', inUnits, values[index]);
        const script = scripts[index];
        if (script === undefined) continue;
        this.scripts++;
        const value = asEngine(script(seen) as Value, types[index]!);
        if (!Object.is(values[index], value)) throw differs(index, 'V8', value, values[index]);
      }
    }
  }
}

/** Any value so that it can be read back: NaN, -0 and big integers too. */
function show(value: unknown): string {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${show(each)}`)
    .join(', ')} }`;
}

describe('the language', () => {
  it('has one meaning for the engine, a plain evaluator and V8', () => {
    const court = new Court(testSeed('language'));
    for (let round = 0; court.pairs < PAIRS; round++) court.run(round % 2 === 1);
    const { pairs, scripts, faults, limited } = court;
    console.log(
      `language: ${pairs} pairs equal, ${scripts} of them to V8 too, ${faults} ARITHMETIC; ${limited} expressions beyond a limit`,
    );
    expect(scripts).toBeGreaterThan(PAIRS / 20);
    expect(faults).toBeGreaterThan(0);
  }, 3_600_000);
});
