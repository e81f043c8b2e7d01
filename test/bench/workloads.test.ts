// The workloads of our own: every engine answers alike, and they are what they are said to be.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchAims, SECTIONS } from '#bench/aims.js';
import { answersOf, makeOrders, makeShippingRows, writeJdm } from '#bench/jdm/shipping.js';
import { benchJsonText } from '#bench/json-text.js';
import { gccVersion } from '#bench/peers/c-program.js';
import { formatTable } from '#bench/report.js';
import { benchTable, type TableResult } from '#bench/table.js';
import { BLOCK_COUNT } from '#bench/workload.js';
import { arithmeticWork } from '#bench/workloads/arithmetic.js';
import { truthOf } from '#bench/workloads/columns.js';
import { toJavaScript } from '#bench/workloads/expression.js';
import { nullableWork } from '#bench/workloads/nullable.js';
import { rangesWork } from '#bench/workloads/ranges.js';
import { benchWorkloads } from '#bench/workloads.js';
import { zenOriginal } from '#src/import/jdm/original.js';
import { makeTempDir } from '../cli/run-cli.js';

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
  const temp = makeTempDir();
  afterAll(() => temp.remove());
  const run = async (document: string) => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const { tables } = await benchTable({ ...OPTIONS, rows: 300, verifiedCount: 200, document, log });
    return { tables, text: lines.join('\n') };
  };
  const expectRight = ({ verification, rows }: TableResult): void => {
    expect(verification).toMatchObject({ payloads: 200, same: 200, differenceCount: 0 });
    expect(rows.map(({ wrong }) => wrong)).toEqual([null, null, null]);
  };

  it('is imported and decided as ZEN decides it', async () => {
    const { tables, text } = await run('no/such/file.json');
    expect(text).toContain('skipped: no/such/file.json is not there');
    expect(text).toContain("200 of 200 payloads with ZEN's answer, 0 differences");
    expect(tables.map(({ tableRows }) => tableRows)).toEqual([300]);
    expectRight(tables[0]!);
  });

  it('takes a document, and has a truth of its own for tables that ZEN is not asked about', async () => {
    const [rows, orders] = [makeShippingRows(40), makeOrders(BLOCK_COUNT)];
    const file = path.join(temp.dir, 'shipping.json');
    writeFileSync(file, writeJdm(rows));
    const { tables } = await run(file);
    expect(tables.map(({ tableRows }) => tableRows)).toEqual([41, 300]);
    for (const table of tables) expectRight(table);
    const zen = (await zenOriginal({ name: 'shipping.json', text: writeJdm(rows) }))!;
    const answers = answersOf(rows, orders);
    for (const [i, order] of orders.entries()) expect(await zen.answer({ ...order })).toEqual({ shipping: answers[i] });
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
