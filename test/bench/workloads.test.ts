// The workloads of our own: every engine answers alike, and they are what they are said to be.

import { describe, expect, it } from 'vitest';
import { benchAims, SECTIONS } from '#bench/aims.js';
import { readCell, testHolds } from '#bench/jdm/convert.js';
import { generateJdm, readJdm, writeJdm } from '#bench/jdm/document.js';
import { benchJsonText } from '#bench/json-text.js';
import { gccVersion } from '#bench/peers/c-program.js';
import { formatTable } from '#bench/report.js';
import { benchTable } from '#bench/table.js';
import { BLOCK_COUNT } from '#bench/workload.js';
import { arithmeticWork } from '#bench/workloads/arithmetic.js';
import { truthOf } from '#bench/workloads/columns.js';
import { toJavaScript } from '#bench/workloads/expression.js';
import { nullableWork } from '#bench/workloads/nullable.js';
import { rangesWork } from '#bench/workloads/ranges.js';
import { benchWorkloads } from '#bench/workloads.js';

const OPTIONS = {
  payloadCount: BLOCK_COUNT,
  runs: 1,
  timing: { msMin: 1, warmupMsMin: 1 },
  format: formatTable,
  log: () => undefined,
};

describe('workloads', () => {
  const works = [rangesWork(40, BLOCK_COUNT), arithmeticWork(30, BLOCK_COUNT), nullableWork(40, BLOCK_COUNT)];

  it.each(works.map((work) => [work.name, work] as const))(
    '%s: has a truth that JavaScript agrees with',
    (_, { rules, payloads }) => {
      const truth = truthOf(rules, payloads);
      const holds = rules.map(({ test }) => new Function('o', `return ${toJavaScript(test)}`) as (payload: object) => boolean);
      payloads.forEach((payload, i) => {
        const score = rules.reduce((sum, rule, k) => sum + (holds[k]!(payload) ? rule.score : 0), 0);
        expect(truth.scores[i]).toBe(score);
      });
      expect(truth.hitShare).toBeGreaterThan(0.05);
      expect(new Set(truth.scores).size).toBeGreaterThan(50);
    },
  );

  it('has tables whose rows take about 30 % of the payloads, and fields that hang together', () => {
    const { rules, payloads } = rangesWork(100, 4 * BLOCK_COUNT);
    expect(truthOf(rules, payloads).hitShare).toBeGreaterThan(0.25);
    expect(truthOf(rules, payloads).hitShare).toBeLessThan(0.35);
    const column = (name: string): number[] => payloads.map((payload) => payload[name] as number);
    expect(correlation(column('amount'), column('income'))).toBeGreaterThan(0.6);
  });

  it('is answered alike by every engine', async () => {
    const { works: results } = await benchWorkloads({ ...OPTIONS, rules: 12 });
    expect(results.map(({ work }) => work)).toEqual(['ranges', 'arithmetic', 'nullable']);
    for (const { rows } of results) {
      expect(rows.filter(({ wrong }) => wrong !== null)).toEqual([]);
      expect(rows).toHaveLength(gccVersion() === undefined ? 2 : 3);
    }
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const spread = (xs: readonly number[], mx: number, ys: readonly number[], my: number): number =>
    mean(xs.map((x, i) => (x - mx) * (ys[i]! - my)));
  return spread(a, ma, b, mb) / Math.sqrt(spread(a, ma, a, ma) * spread(b, mb, b, mb));
}

describe('jdm', () => {
  const cells = [
    ["'GB'", 'GB', true],
    ["'GB', 'US'", 'US', true],
    ['"GB"', 'DE', false],
    ['< 100', 99.5, true],
    ['<= 100', 100, true],
    ['[1..5)', 5, false],
    ['(1..5]', 5, true],
    ["endsWith($, '@gmail.com')", 'a@gmail.com', true],
    ["startsWith($, 'a')", 'ba', false],
    ['5, > 10', 11, true],
  ] as const;
  it.each(cells)('%s takes %s: %s', (cell, value, expected) => {
    expect(readCell(cell)!.some((test) => testHolds(test, value))).toBe(expected);
  });

  it.each(['date($) > 5', "'GB' 'US'", '[1..', 'contains($, "a")'])('refuses %s', (cell) => {
    expect(() => readCell(cell)).toThrow('no cell that is converted');
  });

  it('reads what it writes', () => {
    const table = generateJdm(20);
    expect(readJdm(writeJdm(table)).rows).toEqual(table.rows);
  });

  it('is decided alike by ZEN and Verdict', async () => {
    const lines: string[] = [];
    const { tables } = await benchTable({ ...OPTIONS, rows: 300, document: 'no/such/file.json', log: (line) => lines.push(line) });
    expect(tables.map(({ tableRows, rows }) => [tableRows, rows.map(({ wrong }) => wrong)])).toEqual([[300, [null, null, null]]]);
    expect(lines.join('\n')).toContain('skipped: no/such/file.json is not there');
  });
});

describe('json', () => {
  it('decides both orders of keys alike', async () => {
    const { orders } = await benchJsonText({ ...OPTIONS, rules: 10 });
    expect(orders.map(({ order, rows }) => [order, rows.map(({ wrong }) => wrong)])).toEqual([
      ['keys in order', [null, null, null]],
      ['keys in random order', [null, null, null]],
    ]);
  });
});

describe('aims', () => {
  it('judges every section', async () => {
    const { aims, wrong } = await benchAims({ ...OPTIONS, only: ['rules', 'json', 'publish'], sizes: [10], many: 100 });
    expect(wrong).toEqual([]);
    expect(SECTIONS.filter((section) => aims.some((aim) => aim.section === section))).toEqual(['rules', 'json', 'publish']);
    for (const { direction, bound, measured, met } of aims) {
      if (measured === null) expect(met).toBeNull();
      else expect(met).toBe(direction === 'most' ? measured <= bound : measured >= bound);
    }
  }, 60_000);
});
