// From hit bits to a decision: assembly/rules/decision.ts, with what the image says written out. The hits are walked once: how many
// of them give a reason is a count of bits, and so the place of the first reason is known before.

import {
  DECISION_ID_HIGH,
  DECISION_ID_LOW,
  DECISION_IMAGE,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_SCORE,
  IMAGE_COMBINE,
  IMAGE_HASH,
  IMAGE_LIST_COUNT,
  IMAGE_NOW_REGISTER,
  IMAGE_OUTCOME_DEFAULT,
  IMAGE_REASONS,
  IMAGE_REASONS_MAX,
  IMAGE_RULE_COUNT,
  IMAGE_RULES,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  IMAGE_THRESHOLD_COUNT,
  NO_REGISTER,
  REASON_TABLE,
  RULE_BYTES,
  RULE_OUTCOME,
  RULE_REASON,
  RULE_REASON_BYTES,
  RULE_SCORE,
} from '../../assembly/shared/image.js';
import { SCRATCH_HITS, SLOT_NOW } from '../../assembly/shared/layout.js';
import { Combine, Outcome } from '../../assembly/shared/outcome.js';
import { Op, ValueType } from '../wasm/format.js';
import { engineFunction } from './engine-calls.js';
import { type Frame, Parameter } from './frame.js';
import type { RulePart } from './image-parts.js';
import { emitShowOutputs, hasOutputs } from './outputs.js';

/** Bytes up to which a copy is written out, 16 a step. */
const UNROLLED_BYTES_MAX = 512;

/** The bits of a rule's hit, one word for 64 of them, and which of them give a reason. */
interface Rules {
  readonly parts: readonly RulePart[];
  readonly words: number;
}

/** Writes the decision that the hit locals stand for, and pushes its length. @param id locals of its two halves */
export function emitDecision(frame: Frame, id: { high: number; low: number }): void {
  const { body, image } = frame;
  const count = image.word(IMAGE_RULE_COUNT);
  const rules: Rules = {
    parts: Array.from({ length: count }, (_, rank) => image.rule(rank)),
    words: Math.ceil(count / 64),
  };
  emitTemplate(frame, id);

  const templateBytes = image.word(IMAGE_TEMPLATE_BYTES);
  const reasons = body.local(ValueType.I32);
  /** Where the next reason's offset goes, where the last one is, where the next reason goes. */
  const entry = body.local(ValueType.I32);
  const lastEntry = body.local(ValueType.I32);
  const at = body.local(ValueType.I32);
  const score = body.local(ValueType.F64);
  const worst = body.local(ValueType.I32);

  emitReasonCount(frame, rules);
  body.set(reasons);
  body.get(Parameter.OUTPUT);
  if (hasOutputs(image)) emitShowOutputs(frame);
  else body.i32(templateBytes);
  body.op(Op.I32_ADD);
  body.tee(entry);
  body.get(reasons);
  body.memory(Op.I32_STORE);
  body.get(entry);
  body.get(reasons);
  body.i32(2);
  body.op(Op.I32_SHL, Op.I32_ADD);
  body.set(lastEntry);
  // The word behind the vector: padding where the number of reasons is even, else the next reason, written later, is there.
  body.get(lastEntry);
  body.i32(0);
  body.memory(Op.I32_STORE, 4);
  body.get(lastEntry);
  body.i32(4 + 7);
  body.op(Op.I32_ADD);
  body.i32(-8);
  body.op(Op.I32_AND);
  body.set(at);

  const sums = { score, worst, entry, lastEntry, at };
  const first = image.word(IMAGE_RULES);
  if (frame.hitsInScratch) {
    emitScratchHits(frame, rules, sums);
  } else {
    for (let word = 0; word < rules.words; word++) {
      const parts = rules.parts.slice(word * 64, word * 64 + 64);
      emitHits(frame, parts, { bits: frame.hits(word), base: Parameter.IMAGE, first: first + word * 64 * RULE_BYTES }, sums);
    }
  }

  body.get(Parameter.OUTPUT);
  body.get(score);
  body.memory(Op.F64_STORE, DECISION_SCORE);
  body.get(Parameter.OUTPUT);
  emitOutcome(frame, score, worst);
  body.memory(Op.I32_STORE8, DECISION_OUTCOME);
  body.get(at);
  body.get(Parameter.OUTPUT);
  body.op(Op.I32_SUB);
}

/** The template, and what does not depend on the hits. */
function emitTemplate(frame: Frame, id: { high: number; low: number }): void {
  const { body, image } = frame;
  const bytes = image.word(IMAGE_TEMPLATE_BYTES);
  const from = image.word(IMAGE_TEMPLATE);
  if (bytes <= UNROLLED_BYTES_MAX) {
    emitCopy(frame, Parameter.OUTPUT, Parameter.IMAGE, from, bytes);
  } else {
    body.get(Parameter.OUTPUT);
    body.get(Parameter.IMAGE);
    body.i32(from);
    body.op(Op.I32_ADD);
    body.i32(bytes);
    body.copyMemory();
  }
  const store = (offset: number, push: () => void): void => {
    body.get(Parameter.OUTPUT);
    push();
    body.memory(Op.I64_STORE, offset);
  };
  store(DECISION_ID_HIGH, () => body.get(id.high));
  store(DECISION_ID_LOW, () => body.get(id.low));
  store(DECISION_IMAGE, () => body.i64(image.long(IMAGE_HASH)));
  if (image.word(IMAGE_NOW_REGISTER) !== NO_REGISTER) {
    store(DECISION_NOW, () => {
      body.get(Parameter.SLOT);
      body.memory(Op.I64_LOAD, SLOT_NOW);
    });
  }
  if (image.word(IMAGE_LIST_COUNT) === 0) return;
  body.get(Parameter.IMAGE);
  body.get(frame.lists);
  body.get(Parameter.OUTPUT);
  body.call(engineFunction('writeListVersions'));
}

/** Copies a multiple of 8 bytes from `from` + offset to `to`. */
function emitCopy({ body }: Frame, to: number, from: number, offset: number, bytes: number): void {
  for (let at = 0; at < bytes; at += 16) {
    body.get(to);
    body.get(from);
    if (bytes - at >= 16) {
      body.loadVector(offset + at);
      body.storeVector(at);
    } else {
      body.memory(Op.I64_LOAD, offset + at);
      body.memory(Op.I64_STORE, at);
    }
  }
}

/** Pushes how many reasons there will be. */
function emitReasonCount(frame: Frame, { parts, words }: Rules): void {
  const { body, image } = frame;
  const reasonsMax = image.word(IMAGE_REASONS_MAX);
  const count = body.local(ValueType.I32);
  body.i32(0);
  for (let word = 0; word < words; word++) {
    const mask = maskOf(parts, word, ({ reasonBytes }) => reasonBytes !== 0);
    if (mask === 0n) continue;
    if (frame.hitsInScratch) {
      frame.pushScratch();
      body.memory(Op.I64_LOAD, SCRATCH_HITS + word * 8);
    } else {
      body.get(frame.hits(word));
    }
    if (mask !== (1n << 64n) - 1n) {
      body.i64(mask);
      body.op(Op.I64_AND);
    }
    body.op(Op.I64_POPCNT, Op.I32_WRAP_I64, Op.I32_ADD);
  }
  if (parts.filter(({ reasonBytes }) => reasonBytes !== 0).length <= reasonsMax) return;
  body.tee(count);
  body.i32(reasonsMax);
  body.get(count);
  body.i32(reasonsMax);
  body.op(Op.I32_LT_U, Op.SELECT);
}

function maskOf(parts: readonly RulePart[], word: number, has: (part: RulePart) => boolean): bigint {
  return parts.slice(word * 64, word * 64 + 64).reduce((mask, part, bit) => (has(part) ? mask | (1n << BigInt(bit)) : mask), 0n);
}

interface Sums {
  readonly score: number;
  readonly worst: number;
  readonly entry: number;
  readonly lastEntry: number;
  readonly at: number;
}

/** Where the hits of some rules are, and the rules. */
interface HitWord {
  /** Local: the bits of 64 rules. */
  readonly bits: number;
  /** The first of these rules lies `first` bytes behind the address in this local. */
  readonly base: number;
  readonly first: number;
}

/** Adds up the hits of all words, which are in the scratch. */
function emitScratchHits(frame: Frame, { parts, words }: Rules, sums: Sums): void {
  const { body, image } = frame;
  const bits = body.local(ValueType.I64);
  const [from, end, base] = [body.local(ValueType.I32), body.local(ValueType.I32), body.local(ValueType.I32)];
  frame.pushScratch();
  body.tee(from);
  body.i32(words * 8);
  body.op(Op.I32_ADD);
  body.set(end);
  body.get(Parameter.IMAGE);
  body.set(base);
  const next = body.loop();
  body.get(from);
  body.memory(Op.I64_LOAD, SCRATCH_HITS);
  body.set(bits);
  emitHits(frame, parts, { bits, base, first: image.word(IMAGE_RULES) }, sums);
  body.get(base);
  body.i32(64 * RULE_BYTES);
  body.op(Op.I32_ADD);
  body.set(base);
  body.get(from);
  body.i32(8);
  body.op(Op.I32_ADD);
  body.tee(from);
  body.get(end);
  body.op(Op.I32_LT_U);
  body.brIf(next);
  body.end();
}

/** Adds up the hits of one word, in rank order, and copies their reasons. @param here the rules that it may be of */
function emitHits(frame: Frame, here: readonly RulePart[], { bits, base, first }: HitWord, sums: Sums): void {
  const { body } = frame;
  const rule = body.local(ValueType.I32);
  const done = body.block();
  body.get(bits);
  body.op(Op.I64_EQZ);
  body.brIf(done);
  const again = body.loop();
  body.get(base);
  body.get(bits);
  body.op(Op.I64_CTZ, Op.I32_WRAP_I64);
  body.i32(RULE_BYTES);
  body.op(Op.I32_MUL, Op.I32_ADD);
  body.set(rule);
  body.get(sums.score);
  body.get(rule);
  body.memory(Op.F64_LOAD, first + RULE_SCORE);
  body.op(Op.F64_ADD);
  body.set(sums.score);
  if (here.some(({ outcome }) => outcome !== Outcome.NONE)) {
    const outcome = body.local(ValueType.I32);
    body.get(rule);
    body.memory(Op.I32_LOAD, first + RULE_OUTCOME);
    body.tee(outcome);
    body.get(sums.worst);
    body.get(outcome);
    body.get(sums.worst);
    body.op(Op.I32_GT_U, Op.SELECT);
    body.set(sums.worst);
  }
  if (here.some(({ reasonBytes }) => reasonBytes !== 0)) emitReason(frame, here, rule, first, sums);
  body.get(bits);
  body.get(bits);
  body.i64(1n);
  body.op(Op.I64_SUB, Op.I64_AND);
  body.tee(bits);
  body.op(Op.I64_EQZ, Op.I32_EQZ);
  body.brIf(again);
  body.end();
  body.end();
}

/** Copies a rule's reason, where it gives one and there is room: what all of them have in common without a loop. */
function emitReason(frame: Frame, here: readonly RulePart[], rule: number, first: number, sums: Sums): void {
  const { body, image } = frame;
  const { entry, lastEntry, at } = sums;
  const lengths = here.map(({ reasonBytes }) => reasonBytes);
  const shortest = Math.min(...lengths);
  const longest = Math.max(...lengths);
  const from = body.local(ValueType.I32);
  const none = body.block();
  body.get(entry);
  body.get(lastEntry);
  body.op(Op.I32_EQ);
  body.brIf(none);
  if (shortest === 0) {
    body.get(rule);
    body.memory(Op.I32_LOAD, first + RULE_REASON_BYTES);
    body.op(Op.I32_EQZ);
    body.brIf(none);
  }
  body.get(entry);
  body.i32(4);
  body.op(Op.I32_ADD);
  body.tee(entry);
  body.get(at);
  body.i32(REASON_TABLE);
  body.op(Op.I32_ADD);
  body.get(entry);
  body.op(Op.I32_SUB);
  body.memory(Op.I32_STORE);
  body.get(Parameter.IMAGE);
  body.get(rule);
  body.memory(Op.I32_LOAD, first + RULE_REASON);
  body.op(Op.I32_ADD);
  body.set(from);
  const reasons = image.word(IMAGE_REASONS);
  const copied = Math.min(shortest, UNROLLED_BYTES_MAX);
  emitCopy(frame, at, from, reasons, copied);
  if (copied === longest) {
    body.get(at);
    body.i32(longest);
    body.op(Op.I32_ADD);
    body.set(at);
  } else {
    emitRest(frame, { from, reasons, at, copied, lengthAt: () => pushLength(frame, rule, first) });
  }
  body.end();
}

function pushLength({ body }: Frame, rule: number, first: number): void {
  body.get(rule);
  body.memory(Op.I32_LOAD, first + RULE_REASON_BYTES);
}

/** Copies what is behind the bytes that are copied already, 8 a step; leaves `at` behind it. */
function emitRest(
  { body }: Frame,
  { from, reasons, at, copied, lengthAt }: { from: number; reasons: number; at: number; copied: number; lengthAt: () => void },
): void {
  const end = body.local(ValueType.I32);
  body.get(at);
  lengthAt();
  body.op(Op.I32_ADD);
  body.set(end);
  body.get(at);
  body.i32(copied);
  body.op(Op.I32_ADD);
  body.set(at);
  body.get(from);
  body.i32(copied);
  body.op(Op.I32_ADD);
  body.set(from);
  const done = body.block();
  const again = body.loop();
  body.get(at);
  body.get(end);
  body.op(Op.I32_EQ);
  body.brIf(done);
  body.get(at);
  body.get(from);
  body.memory(Op.I64_LOAD, reasons);
  body.memory(Op.I64_STORE);
  for (const local of [at, from]) {
    body.get(local);
    body.i32(8);
    body.op(Op.I32_ADD);
    body.set(local);
  }
  body.br(again);
  body.end();
  body.end();
}

/** Pushes the outcome of the score and the most severe outcome of a hit. */
function emitOutcome(frame: Frame, score: number, worst: number): void {
  const { body, image } = frame;
  const outcomeDefault = image.word(IMAGE_OUTCOME_DEFAULT);
  if (image.word(IMAGE_COMBINE) !== Combine.SCORE) {
    body.get(worst);
    body.i32(outcomeDefault);
    body.get(worst);
    body.op(Op.SELECT);
    return;
  }
  // The first threshold reached, so the last one is asked first.
  const reached = body.local(ValueType.I32);
  body.i32(outcomeDefault);
  body.set(reached);
  for (let index = image.word(IMAGE_THRESHOLD_COUNT) - 1; index >= 0; index--) {
    const { atLeast, outcome } = image.threshold(index);
    body.i32(outcome);
    body.get(reached);
    body.get(score);
    body.f64(atLeast);
    body.op(Op.F64_GE, Op.SELECT);
    body.set(reached);
  }
  body.get(worst);
  body.get(reached);
  body.get(worst);
  body.get(reached);
  body.op(Op.I32_GT_U, Op.SELECT);
}
