// The straightforward C: every rule an `if`, compiled by gcc -O3 for this machine, on the same FlatBuffers bytes, in place.

import type { Row } from '../row.js';
import type { Thresholds } from '../truth.js';
import { OUTCOME_WEIGHT } from '../truth.js';
import { type Comparison, REASONS_MAX, type WorkloadRule } from '../workload.js';
import { cRow } from './c-program.js';

const RULES_PER_FUNCTION = 128;

/** What every ratio is taken from. */
export const SCORE_ROW = 'gcc -O3, in place, score only';

export interface CRule {
  readonly id: string;
  readonly score: number;
  /** C over `table` and `vtable`, with what c-program.ts defines. */
  readonly condition: string;
}

/** Payloads and thresholds of a program in C, whatever its rules are. */
export interface CInput {
  readonly thresholds: Thresholds;
  /** FlatBuffers tables, a multiple of BLOCK_COUNT of them. */
  readonly payloads: readonly Uint8Array[];
  /** vtable slot of a field by name. */
  readonly slotOf: (field: string) => number;
  /** Milliseconds that gcc may take; without, as many as it needs. */
  readonly compileMsMax?: number;
}

export interface GccInput extends CInput {
  readonly rules: readonly WorkloadRule[];
}

function comparisonSource({ field, operator, value }: Comparison, slotOf: GccInput['slotOf']): string {
  if (operator !== '==') return `number(table, vtable, ${slotOf(field)}) ${operator} ${value}`;
  return `text(table, vtable, ${slotOf(field)}, "${value}", ${value.length})`;
}

function rulesOf({ rules, slotOf }: GccInput): CRule[] {
  return rules.map(({ id, score, comparisons }) => {
    return { id, score, condition: comparisons.map((comparison) => comparisonSource(comparison, slotOf)).join(' && ') };
  });
}

/**
 * The rules as functions of RULES_PER_FUNCTION each: gcc takes minutes over one function of thousands of rules. Each returns the
 * sum of its scores; `hit` is what else happens where rule i holds.
 */
function rulesSource(rules: readonly CRule[], hit: (i: number) => string): string {
  const functions: string[] = [];
  for (let first = 0; first < rules.length; first += RULES_PER_FUNCTION) {
    const lines = rules.slice(first, first + RULES_PER_FUNCTION).map((rule, k) => {
      return `  if (${rule.condition}) score += ${rule.score}${hit(first + k)};`;
    });
    functions.push(`
NOINLINE static long rules${functions.length}(const uint8_t *table, const uint8_t *vtable, uint64_t *hits) {
  long score = 0;
${lines.join('\n')}
  return score;
}`);
  }
  const calls = functions.map((_, i) => `rules${i}(table, vtable, hits)`);
  return `${functions.join('\n')}
static inline long allRules(const uint8_t *payload, uint64_t *hits) {
  const uint8_t *table = payload + word(payload), *vtable = table - (int32_t)word(table);
  return ${calls.join(' + ')};
}`;
}

function scoreSource(rules: readonly CRule[]): string {
  return `${rulesSource(rules, () => '')}
NOINLINE static uint64_t decide(const uint8_t *payload) { return allRules(payload, 0); }`;
}

/** Rules stand in rank order, so that the reasons are the first hits. */
function decisionSource(rules: readonly CRule[], { thresholds }: CInput): string {
  const ranked = rules.toSorted((a, b) => b.score - a.score);
  const words = Math.ceil(rules.length / 64);
  return `
static const char *const RULES[] = {${ranked.map((rule) => `"${rule.id}"`).join(',')}};
static const int SCORES[] = {${ranked.map((rule) => rule.score).join(',')}};
static struct { double score; int outcome, reasons; struct { const char *rule; double score; } reason[${REASONS_MAX}]; } decision;
${rulesSource(ranked, (i) => `, hits[${i >> 6}] |= 1ull << ${i & 63}`)}
NOINLINE static uint64_t decide(const uint8_t *payload) {
  uint64_t hits[${words}] = {0};
  long score = allRules(payload, hits);
  int count = 0;
  for (int i = 0; i < ${words} && count < ${REASONS_MAX}; i++)
    for (uint64_t bits = hits[i]; bits && count < ${REASONS_MAX}; bits &= bits - 1, count++) {
      int rule = i * 64 + __builtin_ctzll(bits);
      decision.reason[count].rule = RULES[rule];
      decision.reason[count].score = SCORES[rule];
    }
  decision.score = score;
  decision.reasons = count;
  decision.outcome = score >= ${thresholds.decline} ? 3 : score >= ${thresholds.review} ? 2 : 1;
  __asm__ volatile("" ::"r"(&decision) : "memory");
  return score + decision.outcome * ${OUTCOME_WEIGHT}ull;
}`;
}

/** The sum of the scores and nothing else: what every ratio is taken from. */
export function gccScore(input: GccInput): Promise<Row> {
  const { payloads, compileMsMax } = input;
  return cRow({
    name: SCORE_ROW,
    covers: 'score',
    source: scoreSource(rulesOf(input)),
    payloads,
    ...(compileMsMax === undefined ? {} : { compileMsMax }),
  });
}

/** Score, outcome and the first reasons by rank: what a decision of Verdict says. */
export function gccDecision(input: GccInput): Promise<Row> {
  return gccDecisionOf(rulesOf(input), input);
}

/** The same for rules that are C already. @param flags beside those of every program */
export function gccDecisionOf(rules: readonly CRule[], input: CInput, flags: readonly string[] = []): Promise<Row> {
  const { payloads, compileMsMax } = input;
  return cRow({
    name: 'gcc -O3, in place, score + outcome + reasons',
    covers: 'score and outcome',
    source: decisionSource(rules, input),
    payloads,
    flags,
    ...(compileMsMax === undefined ? {} : { compileMsMax }),
  });
}
