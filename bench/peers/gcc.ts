// The straightforward C: every rule an `if`, compiled by gcc -O3 for this machine, on the same FlatBuffers bytes, in place.

import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../row.js';
import { SUM_MODULUS } from '../row.js';
import type { Thresholds } from '../truth.js';
import { OUTCOME_WEIGHT } from '../truth.js';
import type { Comparison, WorkloadRule } from '../workload.js';
import { BLOCK_COUNT } from '../workload.js';

const REASONS_MAX = 8;
const RULES_PER_FUNCTION = 128;
const FLAGS = ['-O3', '-march=native'];

/** First line of `gcc --version`, or undefined where there is no gcc. */
export function gccVersion(): string | undefined {
  try {
    return execFileSync('gcc', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0];
  } catch {
    return undefined;
  }
}

export interface GccInput {
  readonly rules: readonly WorkloadRule[];
  readonly thresholds: Thresholds;
  /** FlatBuffers tables, a multiple of BLOCK_COUNT of them. */
  readonly payloads: readonly Uint8Array[];
  /** vtable slot of a field by name. */
  readonly slotOf: (field: string) => number;
}

function condition({ field, operator, value }: Comparison, slotOf: GccInput['slotOf']): string {
  if (operator !== '==') return `number(table, vtable, ${slotOf(field)}) ${operator} ${value}`;
  return `text(table, vtable, ${slotOf(field)}, "${value}", ${value.length})`;
}

const conditions = (rule: WorkloadRule, slotOf: GccInput['slotOf']): string =>
  rule.comparisons.map((comparison) => condition(comparison, slotOf)).join(' && ');

/**
 * The rules as functions of RULES_PER_FUNCTION each: gcc takes minutes over one function of thousands of rules. Each returns the
 * sum of its scores; `hit` is what else happens where rule i holds.
 */
function rulesSource(rules: readonly WorkloadRule[], slotOf: GccInput['slotOf'], hit: (i: number) => string): string {
  const functions: string[] = [];
  for (let first = 0; first < rules.length; first += RULES_PER_FUNCTION) {
    const lines = rules.slice(first, first + RULES_PER_FUNCTION).map((rule, k) => {
      return `  if (${conditions(rule, slotOf)}) score += ${rule.score}${hit(first + k)};`;
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

function scoreSource({ rules, slotOf }: GccInput): string {
  return `${rulesSource(rules, slotOf, () => '')}
NOINLINE static uint64_t decide(const uint8_t *payload) { return allRules(payload, 0); }`;
}

/** Rules stand in rank order, so that the reasons are the first hits. */
function decisionSource({ rules, thresholds, slotOf }: GccInput): string {
  const ranked = rules.toSorted((a, b) => b.score - a.score);
  const words = Math.ceil(rules.length / 64);
  return `
static const char *const RULES[] = {${ranked.map((rule) => `"${rule.id}"`).join(',')}};
static const int SCORES[] = {${ranked.map((rule) => rule.score).join(',')}};
static struct { double score; int outcome, reasons; struct { const char *rule; double score; } reason[${REASONS_MAX}]; } decision;
${rulesSource(ranked, slotOf, (i) => `, hits[${i >> 6}] |= 1ull << ${i & 63}`)}
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

function programSource(decideSource: string, payloadCount: number): string {
  return `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define BLOCKS_MAX 1000000
#define NOINLINE __attribute__((noinline))
static inline uint32_t word(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static inline const uint8_t *field(const uint8_t *table, const uint8_t *vtable, int slot) {
  uint16_t offset;
  memcpy(&offset, vtable + 4 + 2 * slot, 2);
  return offset ? table + offset : 0;
}
static inline double number(const uint8_t *table, const uint8_t *vtable, int slot) {
  const uint8_t *p = field(table, vtable, slot);
  double v = -1;
  if (p) memcpy(&v, p, 8);
  return v;
}
static inline int text(const uint8_t *table, const uint8_t *vtable, int slot, const char *value, uint32_t bytes) {
  const uint8_t *p = field(table, vtable, slot);
  if (!p) return 0;
  p += word(p);
  return word(p) == bytes && !memcmp(p + 4, value, bytes);
}
${decideSource}
static uint8_t *payloads[${payloadCount}];
static double seconds(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
int main(int argc, char **argv) {
  double secondsMin = argc > 2 ? atof(argv[2]) : 0;
  if (argc < 2) return 1;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  uint8_t *bytes = aligned_alloc(64, (size + 63) / 64 * 64);
  if (!bytes || fread(bytes, 1, size, file) != (size_t)size) return 1;
  for (long i = 0, at = 0; i < ${payloadCount}; i++) { payloads[i] = bytes + at + 8; at += 8 + (word(bytes + at) + 7) / 8 * 8; }
  static double blocks[BLOCKS_MAX];
  uint64_t sum = 0, count = 0;
  long block = 0;
  double start = seconds(), last = start, now = start;
  do {
    for (int k = 0; k < ${BLOCK_COUNT}; k++, count++) sum += decide(payloads[count % ${payloadCount}]);
    now = seconds();
    blocks[block++] = now - last;
    last = now;
  } while (now - start < secondsMin && block < BLOCKS_MAX);
  qsort(blocks, block, sizeof *blocks, ascending);
  double median = block % 2 ? blocks[block / 2] : (blocks[block / 2 - 1] + blocks[block / 2]) / 2;
  printf("%.3f %llu %llu\\n", median * 1e9 / ${BLOCK_COUNT}, (unsigned long long)count, (unsigned long long)(sum % ${SUM_MODULUS}ull));
  return 0;
}
`;
}

/** Each payload: its length, 4 bytes of nothing, its bytes, padded to 8, so that every table is aligned. */
function writePayloads(file: string, payloads: readonly Uint8Array[]): void {
  const parts = payloads.map((payload) => {
    const part = Buffer.alloc(8 + Math.ceil(payload.length / 8) * 8);
    part.writeUInt32LE(payload.length, 0);
    part.set(payload, 8);
    return part;
  });
  fs.writeFileSync(file, Buffer.concat(parts));
}

function makeRow(name: string, covers: Row['covers'], source: string, input: GccInput): Row {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'verdict-bench-'));
  const program = path.join(folder, 'decide');
  const data = path.join(folder, 'payloads');
  fs.writeFileSync(`${program}.c`, programSource(source, input.payloads.length));
  execFileSync('gcc', [...FLAGS, '-o', program, `${program}.c`]);
  writePayloads(data, input.payloads);
  return {
    name,
    covers,
    decideOutside: async (msMin) => {
      const { stdout } = await promisify(execFile)(program, [data, String(msMin / 1000)]);
      const [nanosPerDecision, count, sum] = stdout.trim().split(' ').map(Number) as [number, number, number];
      return { nanosPerDecision, count, sum };
    },
    close: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** The sum of the scores and nothing else: what every ratio is taken from. */
export function gccScore(input: GccInput): Row {
  return makeRow('gcc -O3, in place, score only', 'score', scoreSource(input), input);
}

/** Score, outcome and the first reasons by rank: what a decision of Verdict says. */
export function gccDecision(input: GccInput): Row {
  return makeRow('gcc -O3, in place, score + outcome + reasons', 'score and outcome', decisionSource(input), input);
}
