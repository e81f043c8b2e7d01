import { describe, expect, it } from 'vitest';
import { listing } from './check.js';

// Conditions and the program of a rule with them, where the first hit decides. HIT is what holds, END what follows.
const programs: [string, string[]][] = [
  ['n > 5000', ['F64_NOT_GT_I n, 5000 -> 2', 'HIT 0', 'END']],
  ['!(n > 5000)', ['F64_GT_I n, 5000 -> 2', 'HIT 0', 'END']],
  ['5000 < n', ['F64_NOT_GT_I n, 5000 -> 2', 'HIT 0', 'END']],
  ['n < m', ['F64_NOT_LT n, m -> 2', 'HIT 0', 'END']],
  ['n > m', ['F64_NOT_LT m, n -> 2', 'HIT 0', 'END']],
  ['!(n >= m)', ['F64_LE m, n -> 2', 'HIT 0', 'END']],
  ['n === m', ['F64_NOT_EQ n, m -> 2', 'HIT 0', 'END']],
  ['n !== 0 / 0', ['F64_EQ_I n, NaN -> 2', 'HIT 0', 'END']],
  ['flag', ['IF_FALSE flag -> 2', 'HIT 0', 'END']],
  ['!flag', ['IF_TRUE flag -> 2', 'HIT 0', 'END']],
  ['true', ['HIT 0', 'END']],
  ['false', ['END']],
  ['maybe === null', ['IF_NOT_NULL maybe -> 2', 'HIT 0', 'END']],
  ['card !== null && card.limit > 1', ['IF_NULL card -> 3', 'F64_NOT_GT_I card.limit, 1 -> 3', 'HIT 0', 'END']],
  ['maybe === 5', ['IF_NULL maybe -> 3', 'F64_NOT_EQ_I maybe, 5 -> 3', 'HIT 0', 'END']],
  ['maybe !== 5', ['IF_NULL maybe -> 2', 'F64_EQ_I maybe, 5 -> 3', 'HIT 0', 'END']],
  ['flag && n > 1 && other', ['IF_FALSE flag -> 4', 'F64_NOT_GT_I n, 1 -> 4', 'IF_FALSE other -> 4', 'HIT 0', 'END']],
  ['flag || n > 1 || other', ['IF_TRUE flag -> 3', 'F64_GT_I n, 1 -> 3', 'IF_FALSE other -> 4', 'HIT 0', 'END']],
  ['flag && (n > 1 || other)', ['IF_FALSE flag -> 4', 'F64_GT_I n, 1 -> 3', 'IF_FALSE other -> 4', 'HIT 0', 'END']],
  ['!(flag && other)', ['IF_FALSE flag -> 2', 'IF_TRUE other -> 3', 'HIT 0', 'END']],
  [
    'flag === (n > 1)',
    [
      'F64_NOT_GT_I n, 1 -> 3',
      'CONST r2, 1',
      'JUMP -> 4',
      'CONST r2, 0',
      'IF_FALSE flag -> 7',
      'IF_FALSE r2 -> 9',
      'JUMP -> 8',
      'IF_TRUE r2 -> 9',
      'HIT 0',
      'END',
    ],
  ],
  ['country === "GB"', ['I64_NE_I country, 1 -> 2', 'HIT 0', 'END']],
  ['country !== home', ['I64_EQ country, home -> 2', 'HIT 0', 'END']],
  ['amount > 5000', ['I64_LE_I amount, 500000 -> 2', 'HIT 0', 'END']],
  ['amount >= 19.999', ['I64_LE_I amount, 1999 -> 2', 'HIT 0', 'END']],
  ['amount < 19.999', ['I64_GT_I amount, 1999 -> 2', 'HIT 0', 'END']],
  ['fee > -1.0005', ['I64_LE_I fee, -1001 -> 2', 'HIT 0', 'END']],
  ['amount > fee', ['I64_MUL_I r2, amount, 10 -> -', 'I64_LE r2, fee -> 3', 'HIT 0', 'END']],
  [
    'amount - 0.5 > fee * 2',
    ['I64_ADD_I r2, amount, -50', 'I64_MUL_I r3, r2, 10', 'I64_MUL_I r2, fee, 2', 'I64_LE r3, r2 -> 5', 'HIT 0', 'END'],
  ],
  ['1 - amount > fee', ['CONST r2, 100', 'I64_SUB r3, r2, amount', 'I64_MUL_I r2, r3, 10', 'I64_LE r2, fee -> 5', 'HIT 0', 'END']],
  [
    'open * open > 5',
    [
      'WIDEN r1, open',
      'WIDEN r3, open',
      'WIDE_MUL r5, r1, r3',
      'CONST r3, 5',
      'CONST r4, 0',
      'WIDE_LE r5, r3 -> 7',
      'HIT 0',
      'END',
    ],
  ],
  ['now > at', ['I64_LE now, at -> 2', 'HIT 0', 'END']],
  ['at < "1970-01-01T00:00:01Z"', ['I64_GE_I at, 1000000 -> 2', 'HIT 0', 'END']],
  ['birthday >= "1970-02-01"', ['I64_LT_I birthday, 31 -> 2', 'HIT 0', 'END']],
  ['s === "x"', ['TEXT_NE_I s, "x" -> 2', 'HIT 0', 'END']],
  ['"x" < s', ['TEXT_LE_I s, "x" -> 2', 'HIT 0', 'END']],
  ['s <= t', ['TEXT_LT t, s -> 2', 'HIT 0', 'END']],
  ['s + "é" === t', ['CONST_TEXT r2, "é"', 'TEXT_CONCAT r3, s, r2', 'TEXT_NE r3, t -> 4', 'HIT 0', 'END']],
  ['n + 1 > m', ['F64_ADD_I r2, n, 1', 'F64_NOT_LT m, r2 -> 3', 'HIT 0', 'END']],
  ['1 + n > m', ['F64_ADD_I r2, n, 1', 'F64_NOT_LT m, r2 -> 3', 'HIT 0', 'END']],
  ['1 - n > m', ['CONST r2, 1', 'F64_SUB r3, r2, n', 'F64_NOT_LT m, r3 -> 4', 'HIT 0', 'END']],
  ['-n % 2 === -0', ['F64_NEG r1, n', 'F64_REM_I r2, r1, 2', 'F64_NOT_EQ_I r2, -0 -> 4', 'HIT 0', 'END']],
  [
    'n * m / 2 - n > 1',
    ['F64_MUL r2, n, m', 'F64_DIV_I r3, r2, 2', 'F64_SUB r2, r3, n', 'F64_NOT_GT_I r2, 1 -> 5', 'HIT 0', 'END'],
  ],
];

// The same where all rules are evaluated: ALL leads what is nothing but a conjunction of simple tests, sorted by kind.
const conjunctions: [string, string[]][] = [
  ['n > 5000', ['ALL 1, 0, 0, 0 -> 3', 'F64_NOT_GT_I n, 5000 -> 3', 'HIT 0', 'END']],
  [
    'flag && maybe !== null && country === "GB" && maybe < 3 && !other',
    [
      'ALL 1, 1, 1, 2 -> 7',
      'F64_NOT_LT_I maybe, 3 -> 7',
      'I64_NE_I country, 1 -> 7',
      'IF_NULL maybe -> 7',
      'IF_FALSE flag -> 7',
      'IF_TRUE other -> 7',
      'HIT 0',
      'END',
    ],
  ],
  ['!(flag || n > 1)', ['ALL 1, 0, 0, 1 -> 4', 'F64_GT_I n, 1 -> 4', 'IF_TRUE flag -> 4', 'HIT 0', 'END']],
  ['flag || n > 1', ['IF_TRUE flag -> 2', 'F64_NOT_GT_I n, 1 -> 3', 'HIT 0', 'END']],
  ['flag && n > m', ['IF_FALSE flag -> 3', 'F64_NOT_LT m, n -> 3', 'HIT 0', 'END']],
  ['flag && n + 1 > 2', ['IF_FALSE flag -> 4', 'F64_ADD_I r2, n, 1', 'F64_NOT_GT_I r2, 2 -> 4', 'HIT 0', 'END']],
  ['s === "x" && flag', ['TEXT_NE_I s, "x" -> 3', 'IF_FALSE flag -> 3', 'HIT 0', 'END']],
  ['s === "x" || "" === s', ['TEXT_KEY r1, s', `I64_EQ_I r1, ${(1n << 56n) + 0x78n} -> 3`, 'I64_NE_I r1, 0 -> 4', 'HIT 0', 'END']],
  [
    's !== "1234567" && s !== "é" && s !== "12345678"',
    [
      'TEXT_KEY r1, s',
      'I64_EQ_I r1, 519943884121518641 -> 5',
      'I64_EQ_I r1, 144115188075899331 -> 5',
      'TEXT_EQ_I s, "12345678" -> 5',
      'HIT 0',
      'END',
    ],
  ],
];

describe('bytecode', () => {
  const lines = (text: string, endAfterHit: boolean): string[] =>
    listing(text, endAfterHit)
      .split('\n')
      .map((line) => line.replace(/^\d+ /, ''));

  it.each(programs)('%s', (text, expected) => {
    const withEnd = expected.flatMap((line) => (line === 'HIT 0' ? [line, 'END'] : [line]));
    const hit = expected.indexOf('HIT 0');
    // the END behind the HIT moves what lies behind it
    const moved = withEnd.map((line) =>
      line.replace(/-> (\d+)$/, (_, to: string) => `-> ${Number(to) + (Number(to) > hit ? 1 : 0)}`),
    );
    expect(lines(text, true)).toEqual(moved.map((line) => line.replace(' -> -', '')));
  });

  it.each(conjunctions)('%s', (text, expected) => {
    expect(lines(text, false)).toEqual(expected);
  });
});
