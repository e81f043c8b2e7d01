// The trees as nested if-else in C, as generators of C write them, compiled by gcc -O3 for this machine: alone, over rows of
// numbers, and as a whole decision over FlatBuffers in place. A missing number is NaN: one comparison a node settles it.

import { FEATURE_COUNT, type Forest, type ForestTree } from '../forests/forest.js';
import type { Row } from '../row.js';
import { OUTCOME_WEIGHT, type Thresholds } from '../truth.js';
import { cRow } from './c-program.js';

export const GCC_TREES_ROW = 'gcc -O3 if-else, trees alone';
export const GCC_DECISION_ROW = 'gcc -O3 if-else, in place, score + outcome + reasons';

/** A rule on a score: hits where it is more than `above`. */
export interface ScoreRule {
  readonly id: string;
  readonly output: number;
  readonly above: number;
  readonly score: number;
}

function typeOf({ library }: Forest): 'float' | 'double' {
  return library === 'xgboost' ? 'float' : 'double';
}

function literal({ library }: Forest, value: number): string {
  const text = String(value);
  return `${/[.e]/.test(text) ? text : `${text}.0`}${library === 'xgboost' ? 'f' : ''}`;
}

function treeSource(forest: Forest, tree: ForestTree, node = 0): string {
  const feature = tree.feature[node]!;
  if (feature < 0) return `return ${literal(forest, tree.value[node]!)};`;
  const [less, notLess] = forest.library === 'xgboost' ? ['<', '>='] : ['<=', '>'];
  const threshold = literal(forest, tree.threshold[node]!);
  const test = tree.missingLeft[node] ? `!(x[${feature}] ${notLess} ${threshold})` : `x[${feature}] ${less} ${threshold}`;
  const [left, right] = [tree.left[node]!, tree.right[node]!].map((child) => treeSource(forest, tree, child));
  return `if (${test}) { ${left} } else { ${right} }`;
}

/** `static void margins(const T *x, T *sums)`, with a function for each tree: over one with all of them gcc sits for minutes. */
function marginsSource(forest: Forest): string {
  const { trees, classes, library } = forest;
  const type = typeOf(forest);
  const functions = trees.map((tree, i) => `NOINLINE static ${type} tree${i}(const ${type} *x) { ${treeSource(forest, tree)} }`);
  const start = library === 'xgboost' && classes > 1 ? '0.5f' : '0';
  const sums = Array.from({ length: classes }, (_, output) => {
    const own = trees.flatMap((_tree, i) => (i % classes === output ? [`sum += tree${i}(x);`] : []));
    return `sum = ${start};\n${own.join('\n')}\nsums[${output}] = sum;`;
  });
  return `${functions.join('\n')}
static inline void margins(const ${type} *x, ${type} *sums) {
  ${type} sum;
  ${sums.join('\n')}
}`;
}

/** The trees alone. @param rows numbers of each row, in the library's precision */
export function gccTrees(forest: Forest, rows: readonly Uint8Array[]): Promise<Row> {
  const { classes } = forest;
  const type = typeOf(forest);
  return cRow({
    name: GCC_TREES_ROW,
    covers: 'score',
    payloads: rows,
    source: `${marginsSource(forest)}
static uint64_t fold(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return (uint32_t)(bits ^ bits >> 32);
}
NOINLINE static uint64_t decide(const uint8_t *payload) {
  ${type} sums[${classes}];
  margins((const ${type} *)payload, sums);
  uint64_t sum = 0;
  for (int c = 0; c < ${classes}; c++) sum += fold(sums[c]);
  return sum;
}`,
  });
}

/** The whole decision: fields out of the payload, trees, link, rules, outcome, reasons. */
export function gccTreesDecision(
  forest: Forest,
  rules: readonly ScoreRule[],
  thresholds: Thresholds,
  payloads: readonly Uint8Array[],
  slotOf: (feature: number) => number,
): Promise<Row> {
  const { classes } = forest;
  const type = typeOf(forest);
  const [exp, suffix] = type === 'float' ? ['expf', 'f'] : ['exp', ''];
  const link =
    classes === 1
      ? `scores[0] = 1.0${suffix} / (1.0${suffix} + ${exp}(-sums[0]));`
      : `${type} most = sums[0];
  for (int c = 1; c < ${classes}; c++) if (sums[c] > most) most = sums[c];
  double whole = 0;
  for (int c = 0; c < ${classes}; c++) whole += scores[c] = ${exp}(sums[c] - most);
  for (int c = 0; c < ${classes}; c++) scores[c] /= (${type})whole;`;
  const ranked = rules.toSorted((a, b) => b.score - a.score);
  const tests = ranked.map(
    ({ output, above, score, id }) =>
      `if (scores[${output}] > ${above}) { score += ${score}; decision.reason[count].rule = "${id}"; decision.reason[count++].score = ${score}; }`,
  );
  return cRow({
    name: GCC_DECISION_ROW,
    covers: 'score and outcome',
    payloads,
    flags: ['-fno-math-errno'],
    source: `${marginsSource(forest)}
static struct { double score; int outcome, reasons; struct { const char *rule; double score; } reason[${rules.length}]; } decision;
static inline ${type} feature(const uint8_t *table, const uint8_t *vtable, int slot) {
  const uint8_t *p = field(table, vtable, slot);
  double v = NAN;
  if (p) memcpy(&v, p, 8);
  return v;
}
NOINLINE static uint64_t decide(const uint8_t *payload) {
  const uint8_t *table = payload + word(payload), *vtable = table - (int32_t)word(table);
  ${type} x[${FEATURE_COUNT}] = {${Array.from({ length: FEATURE_COUNT }, (_, i) => `feature(table, vtable, ${slotOf(i)})`).join(', ')}};
  ${type} sums[${classes}], scores[${classes}];
  margins(x, sums);
  ${link}
  int count = 0;
  long score = 0;
  ${tests.join('\n  ')}
  decision.score = score;
  decision.reasons = count;
  decision.outcome = score >= ${thresholds.decline} ? 3 : score >= ${thresholds.review} ? 2 : 1;
  __asm__ volatile("" ::"r"(&decision) : "memory");
  return score + decision.outcome * ${OUTCOME_WEIGHT}ull;
}`,
  });
}
