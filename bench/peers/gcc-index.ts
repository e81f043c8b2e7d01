// The same index in C: what the match index of the engine would be, had it been written in C with AVX2 intrinsics and compiled by
// gcc -O3 for this machine. It decides the same bytes, in place, and writes score, outcome and the first reasons by rank.
//
// Rules stand in rank order, 512 to a block. Over all rules each field has one sorted list of the values it is compared with, so
// that one search a field finds its interval. A table takes the interval to the row of each block: 64 bytes, a bit for each rule
// that this field's value leaves possible. A decision is a search a field, the ANDs of one row a field and block, and a walk over
// the bits that are left.

import type { Row } from '../row.js';
import { OUTCOME_WEIGHT } from '../truth.js';
import type { Comparison, WorkloadRule } from '../workload.js';
import { NUMBER_NAMES, REASONS_MAX, TEXT_NAMES } from '../workload.js';
import { cRow } from './c-program.js';
import type { GccInput } from './gcc.js';

const BLOCK_RULES_MAX = 512;
const TEXT_BYTES_MAX = 8;

/** Intervals of a number field with n values: below the first, equal to it, between it and the second, and so on: 2 n + 1. */
const HOLDS: Readonly<Record<Comparison['operator'], (interval: number, rank: number) => boolean>> = {
  '<': (interval, rank) => interval < 2 * rank + 1,
  '<=': (interval, rank) => interval <= 2 * rank + 1,
  '==': (interval, rank) => interval === 2 * rank + 1,
  '>=': (interval, rank) => interval >= 2 * rank + 1,
  '>': (interval, rank) => interval > 2 * rank + 1,
};

interface FieldIndex {
  readonly name: string;
  /** What the rules compare it with, sorted. */
  readonly values: readonly (number | string)[];
  readonly intervals: number;
  /** By interval and block: which of the block's rows. */
  readonly rowOf: Uint16Array;
  /** By block: its first row, of `rowBytes` each. */
  readonly firstRow: Uint32Array;
}

interface Index {
  readonly fields: readonly FieldIndex[];
  readonly rows: readonly Uint8Array[];
  readonly blocks: number;
  readonly rowBytes: number;
}

/** Bytes of a row: no more than the rules need, and what one instruction takes or two. */
function rowBytesOf(rules: number): number {
  return rules <= 64 ? 8 : rules <= 128 ? 16 : rules <= 256 ? 32 : 64;
}

function buildIndex(ranked: readonly WorkloadRule[]): Index {
  const rowBytes = rowBytesOf(ranked.length);
  const blockRules = Math.min(BLOCK_RULES_MAX, 8 * rowBytes);
  const blocks = Math.ceil(ranked.length / blockRules);
  const rows: Uint8Array[] = [];
  const fields = [...NUMBER_NAMES, ...TEXT_NAMES].map((name): FieldIndex => {
    const isText = TEXT_NAMES.includes(name);
    const given = ranked.flatMap(({ comparisons }) => comparisons.filter(({ field }) => field === name).map(({ value }) => value));
    const values = isText ? [...new Set(given)] : [...new Set(given as number[])].sort((a, b) => a - b);
    const ranks = new Map(values.map((value, rank) => [value, rank]));
    const intervals = isText ? values.length + 1 : 2 * values.length + 1;
    const rowOf = new Uint16Array(intervals * blocks);
    const firstRow = new Uint32Array(blocks);
    for (let block = 0; block < blocks; block++) {
      const own = ranked.slice(block * blockRules, (block + 1) * blockRules);
      firstRow[block] = rows.length;
      const known = new Map<string, number>();
      const tests = own.map(({ comparisons }) =>
        comparisons
          .filter(({ field }) => field === name)
          .map(({ operator, value }) => {
            const rank = ranks.get(value) as number;
            return (interval: number) => (isText ? interval === rank : HOLDS[operator](interval, rank));
          }),
      );
      // Only where a value of this block is passed does its row change.
      const stops = new Set<number>([0]);
      for (const { comparisons } of own) {
        for (const { field, value } of comparisons) {
          if (field !== name) continue;
          const rank = ranks.get(value) as number;
          for (const stop of isText ? [rank, rank + 1] : [2 * rank + 1, 2 * rank + 2]) stops.add(stop);
        }
      }
      let row = 0;
      for (let interval = 0; interval < intervals; interval++) {
        if (stops.has(interval)) {
          const bits = new Uint8Array(rowBytes);
          for (const [rule, all] of tests.entries()) if (all.every((test) => test(interval))) bits[rule >> 3]! |= 1 << (rule & 7);
          const key = Buffer.from(bits).toString('latin1');
          row = known.get(key) ?? rows.length - firstRow[block]!;
          if (!known.has(key)) {
            known.set(key, row);
            rows.push(bits);
          }
        }
        rowOf[interval * blocks + block] = row;
      }
    }
    return { name, values, intervals, rowOf, firstRow };
  });
  return { fields, rows, blocks, rowBytes };
}

/** What `begin` finds: parts at multiples of 64, and where each starts. */
class DataWriter {
  private readonly parts: Buffer[] = [];
  private length = 0;

  add(bytes: Uint8Array): number {
    const at = this.length;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 64) * 64);
    padded.set(bytes);
    this.parts.push(padded);
    this.length += padded.length;
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}

const viewBytes = (view: Uint16Array | Uint32Array | Float64Array): Uint8Array => new Uint8Array(view.buffer);

/** Texts as `key` of the program below makes them: at most 8 bytes in one word. */
function textKeys(values: readonly string[]): Uint8Array {
  const keys = Buffer.alloc(16 * values.length);
  for (const [index, value] of values.entries()) {
    const bytes = Buffer.from(value);
    if (bytes.length > TEXT_BYTES_MAX) throw new Error(`the index in C takes texts of ${TEXT_BYTES_MAX} bytes, not ${value}`);
    bytes.copy(keys, 16 * index);
    keys.writeUInt32LE(bytes.length, 16 * index + 8);
  }
  return keys;
}

/** Loads a row, ANDs one to it, and stores it as words; by the bytes of a row. */
const ROW_CODE: Readonly<Record<number, { type: string; first: string; and: string; store: string }>> = {
  8: { type: 'uint64_t a;', first: 'a = *(const uint64_t *)row;', and: 'a &= *(const uint64_t *)row;', store: 'left[0] = a;' },
  16: {
    type: '__m128i a;',
    first: 'a = _mm_load_si128((const __m128i *)row);',
    and: 'a = _mm_and_si128(a, _mm_load_si128((const __m128i *)row));',
    store: '_mm_store_si128((__m128i *)left, a);',
  },
  32: {
    type: '__m256i a;',
    first: 'a = _mm256_load_si256((const __m256i *)row);',
    and: 'a = _mm256_and_si256(a, _mm256_load_si256((const __m256i *)row));',
    store: '_mm256_store_si256((__m256i *)left, a);',
  },
  64: {
    type: '__m256i a, b;',
    first: 'a = _mm256_load_si256((const __m256i *)row); b = _mm256_load_si256((const __m256i *)(row + 32));',
    and: `a = _mm256_and_si256(a, _mm256_load_si256((const __m256i *)row));
      b = _mm256_and_si256(b, _mm256_load_si256((const __m256i *)(row + 32)));`,
    store: '_mm256_store_si256((__m256i *)left, a); _mm256_store_si256((__m256i *)(left + 4), b);',
  },
};

function source(index: Index, ranked: readonly WorkloadRule[], { thresholds, slotOf }: GccInput, data: DataWriter): string {
  const { fields, rows, blocks, rowBytes } = index;
  const words = rowBytes / 8;
  const scores = data.add(viewBytes(Float64Array.from({ length: blocks * 8 * rowBytes }, (_, i) => ranked[i]?.score ?? 0)));
  const allRows = data.add(Buffer.concat(rows));
  const code = ROW_CODE[rowBytes]!;
  const finds = fields.map(({ name, values, rowOf, firstRow }, i) => {
    const isText = TEXT_NAMES.includes(name);
    const keys = isText ? textKeys(values as string[]) : viewBytes(Float64Array.from(values as number[]));
    const [valuesAt, rowOfAt, firstRowAt] = [keys, viewBytes(rowOf), viewBytes(firstRow)].map((bytes) => data.add(bytes));
    const find = isText ? 'findText' : 'findNumber';
    return `
  uint32_t i${i} = ${find}(table, vtable, ${slotOf(name)}, data + ${valuesAt}, ${values.length});
  const uint16_t *r${i} = (const uint16_t *)(data + ${rowOfAt}) + i${i} * ${blocks}u;
  const uint32_t *f${i} = (const uint32_t *)(data + ${firstRowAt});`;
  });
  const ands = fields.map(
    (_, i) => `
    row = rows + (uint64_t)(f${i}[block] + r${i}[block]) * ${rowBytes};
    ${i === 0 ? code.first : code.and}`,
  );
  return `
#include <immintrin.h>
static const char *const RULES[] = {${ranked.map((rule) => `"${rule.id}"`).join(',')}};
static struct { double score; int outcome, reasons; struct { const char *rule; double score; } reason[${REASONS_MAX}]; } decision;
static const uint8_t *data;
static void begin(const uint8_t *bytes) { data = bytes; }
/* Branch-free lower bound, then whether the value itself stands there. */
static inline uint32_t findNumber(const uint8_t *table, const uint8_t *vtable, int slot, const uint8_t *at, uint32_t count) {
  const double *values = (const double *)at, *low = values;
  double x = number(table, vtable, slot);
  if (!count) return 0;
  for (uint32_t length = count; length > 1;) {
    uint32_t half = length >> 1;
    low += half & -(uint32_t)(low[half - 1] < x);
    length -= half;
  }
  uint32_t rank = (uint32_t)(low - values) + (*low < x);
  return 2 * rank + (rank < count && values[rank] == x);
}
static inline uint32_t findText(const uint8_t *table, const uint8_t *vtable, int slot, const uint8_t *at, uint32_t count) {
  const uint8_t *p = field(table, vtable, slot);
  if (!p) return count;
  p += word(p);
  uint32_t bytes = word(p);
  if (bytes > ${TEXT_BYTES_MAX}) return count;
  uint64_t key;
  memcpy(&key, p + 4, 8);
  key = _bzhi_u64(key, 8 * bytes);
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t *entry = (const uint64_t *)(at + 16 * i);
    if (entry[0] == key && (uint32_t)entry[1] == bytes) return i;
  }
  return count;
}
NOINLINE static uint64_t decide(const uint8_t *payload) {
  const uint8_t *table = payload + word(payload), *vtable = table - (int32_t)word(table);
  const uint8_t *rows = data + ${allRows};
  const double *scores = (const double *)(data + ${scores});
${finds.join('')}
  double score = 0;
  uint32_t count = 0;
  for (uint32_t block = 0; block < ${blocks}u; block++) {
    const uint8_t *row;
    ${code.type}
${ands.join('')}
    _Alignas(64) uint64_t left[${words}];
    ${code.store}
    for (uint32_t i = 0; i < ${words}u; i++)
      for (uint64_t bits = left[i]; bits; bits &= bits - 1) {
        uint32_t rule = block * ${8 * rowBytes}u + i * 64 + (uint32_t)__builtin_ctzll(bits);
        score += scores[rule];
        if (count < ${REASONS_MAX}) {
          decision.reason[count].rule = RULES[rule];
          decision.reason[count].score = scores[rule];
          count++;
        }
      }
  }
  decision.score = score;
  decision.reasons = (int)count;
  decision.outcome = score >= ${thresholds.decline} ? 3 : score >= ${thresholds.review} ? 2 : 1;
  __asm__ volatile("" ::"r"(&decision) : "memory");
  return (uint64_t)score + decision.outcome * ${OUTCOME_WEIGHT}ull;
}`;
}

/** The index in C with intrinsics: score, outcome and the first reasons by rank. */
export function gccIndex(input: GccInput): Promise<Row> {
  const ranked = input.rules.toSorted((a, b) => b.score - a.score);
  const data = new DataWriter();
  const text = source(buildIndex(ranked), ranked, input, data);
  const { payloads, compileMsMax } = input;
  return cRow({
    name: INDEX_ROW,
    covers: 'score and outcome',
    source: text,
    payloads,
    data: data.bytes(),
    ...(compileMsMax === undefined ? {} : { compileMsMax }),
  });
}

export const INDEX_ROW = 'gcc -O3, the same index in C, score + outcome + reasons';
