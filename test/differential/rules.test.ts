// Random rules over random payloads: the rules that hit are those whose condition V8 finds true. Conjunctions of simple tests
// are many, since the engine takes them by a path of their own. Set VERDICT_SEED to run another series.

import { expect, test } from 'vitest';
import { ImageKind } from '#assembly/shared/image.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { Combine, Outcome } from '#assembly/shared/outcome.js';
import { checkSource } from '#src/compiler/check-rules.js';
import { disassemble } from '#src/compiler/disassemble.js';
import { emitProgram, rankRules } from '#src/compiler/program.js';
import { looseSource } from '#src/compiler/source.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { writeImage } from '#src/image/write-image.js';
import { readDecision } from '#src/schema/decision.js';
import { readPayload } from '#src/schema/reader.js';
import { ExpressionGenerator } from '../lib/expression-generator.js';
import { generatorModel, NOWS, Random, randomPayload } from '../lib/expression-model.js';
import { EngineBox } from '../lib/image-engine.js';
import { payloadOf } from '../lib/image-payload.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20260707);
const IMAGES = 300;
const RULES = 24;
const PAYLOADS = 20;

/** A condition as an author writes it, and the same in JavaScript. */
function randomCondition(random: Random, generator: ExpressionGenerator): { source: string; js: string } {
  if (random.chance(20)) return generator.make('boolean', 1 + random.below(3), new Set());
  const terms = Array.from({ length: 1 + random.below(4) }, () => {
    if (random.chance(40)) return shortText(random);
    return generator.make('boolean', random.below(2), new Set());
  });
  const join = (form: 'source' | 'js'): string => terms.map((term) => `(${term[form]})`).join(' && ');
  return { source: join('source'), js: join('js') };
}

/** A text field beside a short text. */
function shortText(random: Random): { source: string; js: string } {
  const text = JSON.stringify(random.pick(['', 'a', 'b', '\0', 'é', '😀', 'abcdefg', 'abcdefgh', 'web']));
  const field = random.pick(['s', 't', 'u']);
  const relation = random.pick(['===', '!==']);
  return { source: `${field} ${relation} ${text}`, js: `p.${field} ${relation} ${text}` };
}

function imageOf(sources: readonly string[], combine: 'score' | 'first', leads: Set<number>): Uint8Array {
  const bag = new DiagnosticBag();
  const rules = sources.map((source, index) => {
    const when = looseSource(`rule ${index}`, source);
    const condition = checkSource(when, generatorModel, 'strict', bag);
    return { condition: condition!, rule: { id: `r${index}`, score: 0, when } };
  });
  const errors = bag.items.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`${JSON.stringify(errors[0])}\n${sources.join('\n')}`);
  const ranks = rankRules(rules.map(({ rule }) => rule));
  const { code, constants, registers, costMax } = emitProgram(
    {
      model: generatorModel,
      steps: [],
      rules: rules.map(({ rule, condition }) => ({ id: rule.id, span: rule.when.span, condition })),
      ranks,
      first: combine === 'first',
      reasonsMax: 64,
      span: { file: '', start: 0, end: 0 },
      costMax: Infinity,
    },
    bag,
  );
  if (disassemble(code).includes(' ALL ')) leads.add(Opcode.ALL);
  if (disassemble(code).includes(' TEXT_KEY ')) leads.add(Opcode.TEXT_KEY);
  return writeImage({
    kind: ImageKind.DECISION,
    model: generatorModel,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants,
    blobs: [],
    lists: [],
    parameters: [],
    rules: rules.map(({ rule }) => ({ id: rule.id, score: 0, outcome: Outcome.NONE, reason: rule.id.toUpperCase() })),
    thresholds: [],
    combine: combine === 'first' ? Combine.FIRST : Combine.SCORE,
    onError: Outcome.NONE,
    outcomeDefault: Outcome.APPROVE,
    reasonsMax: 64,
    outCount: 0,
    name: 'rules',
    costMax,
    version: '1.0.0',
  });
}

test(`at least 100,000 pairs of rule and payload, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const generator = new ExpressionGenerator(random);
  const box = new EngineBox();
  const leads = new Set<number>();
  const counts = { pairs: 0, hits: 0 };
  for (let round = 0; round < IMAGES; round++) {
    const conditions = Array.from({ length: RULES }, () => randomCondition(random, generator));
    const sources = conditions.map(({ source }) => source);
    const combine = random.chance(20) ? 'first' : 'score';
    box.mustLoad(imageOf(sources, combine, leads));
    const evaluate = new Function('p', 'now', `return [${conditions.map(({ js }) => js).join(',\n')}]`);
    for (let index = 0; index < PAYLOADS; index++) {
      const payload = payloadOf(generatorModel, randomPayload(random));
      const now = random.pick(NOWS);
      const read = readPayload(generatorModel, payload);
      if (!read.ok) throw new Error(`seed ${SEED}: ${read.path} ${read.message}`);
      const truths = evaluate(read.value, now) as boolean[];
      const expected = truths.flatMap((truth, rule) => (truth ? [`r${rule}`] : [])).slice(0, combine === 'first' ? 1 : RULES);
      const { decisions } = box.decide([payload], { now });
      const hits = readDecision(decisions[0]!.bytes).reasons.map(({ rule }) => rule);
      const wrong = sources.filter((_, rule) => hits.includes(`r${rule}`) !== expected.includes(`r${rule}`));
      const shown = JSON.stringify(read.value, (_key, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own));
      expect(wrong, `seed ${SEED}, round ${round}, ${combine}, over ${shown}, now ${now}`).toEqual([]);
      counts.pairs += RULES;
      counts.hits += hits.length;
    }
  }
  console.log(`${counts.pairs} pairs, ${counts.hits} hits, seed ${SEED}`);
  expect(counts.pairs).toBeGreaterThanOrEqual(100_000);
  expect(counts.hits).toBeGreaterThan(counts.pairs / 10);
  expect([...leads].sort()).toEqual([Opcode.TEXT_KEY, Opcode.ALL]);
});
