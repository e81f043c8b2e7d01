// Every row of the third-party tables is decided by the command line tool as it ships, and the answers are good enough.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EvalJson } from '#src/cli/commands/eval.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist/src/cli/main.js');
const TABLES = path.resolve(ROOT, '../shared/data/tabular');
const hasTables = fs.existsSync(TABLES);
if (!hasTables) console.log(`skipped: ${TABLES} is absent, so the tables in it are not decided`);

const temporary: string[] = [];
afterAll(() => {
  for (const folder of temporary) fs.rmSync(folder, { recursive: true, force: true });
});

interface TableCase {
  bundle: string;
  file: string;
  label: string;
  positive: string;
  /** Rows below the header. */
  rows: number;
  positives: number;
}

const FDH: TableCase = {
  bundle: 'fdh',
  file: 'fdh-2018-06-11_14d.csv',
  label: 'TX_FRAUD',
  positive: '1',
  rows: 134_214,
  positives: 1_168,
};
const GERMAN: TableCase = {
  bundle: 'german',
  file: 'german.data',
  label: 'CLASSIFICATION',
  positive: '0',
  rows: 1_000,
  positives: 300,
};
const UCI: TableCase = {
  bundle: 'uci',
  file: 'uci_default_credit_card.csv',
  label: 'default.payment.next.month',
  positive: '1',
  rows: 30_000,
  positives: 6_636,
};
const IBM: TableCase = {
  bundle: 'ibm',
  file: 'ibm_user0_credit_card_transactions.csv',
  label: 'Is Fraud?',
  positive: 'Yes',
  rows: 19_963,
  positives: 27,
};

function runEval(table: TableCase, input: string): EvalJson {
  const bundle = path.join(import.meta.dirname, table.bundle);
  const options = [
    '--input',
    input,
    '--format',
    'csv',
    '--label',
    table.label,
    '--positive',
    table.positive,
    '--flag',
    'decline',
    '--json',
  ];
  const stdout = execFileSync(process.execPath, [CLI, 'eval', bundle, ...options], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as EvalJson;
}

/** The header and the rows with an odd index, in a temporary file. No cell of these two tables has a line break. */
function heldOut(table: TableCase): string {
  const [header, ...rows] = fs.readFileSync(path.join(TABLES, table.file), 'utf8').trimEnd().split('\n');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'verdict-held-out-'));
  temporary.push(folder);
  const file = path.join(folder, table.file);
  fs.writeFileSync(file, `${[header, ...rows.filter((_, i) => i % 2 === 1)].join('\n')}\n`);
  return file;
}

function check(table: TableCase): EvalJson {
  const result = runEval(table, path.join(TABLES, table.file));
  const { truePositive, falsePositive, falseNegative, trueNegative } = result.label!.confusion;
  expect(result.invalidRows).toEqual([]);
  expect({ rows: result.rows, decided: result.decided, positives: truePositive + falseNegative }).toEqual({
    rows: table.rows,
    decided: table.rows,
    positives: table.positives,
  });
  expect(truePositive + falsePositive + falseNegative + trueNegative).toBe(table.rows);
  print(table.bundle, 'all rows', result);
  return result;
}

function checkHeldOut(table: TableCase): EvalJson {
  const result = runEval(table, heldOut(table));
  expect(result.decided).toBe(table.rows / 2);
  print(table.bundle, 'held-out rows', result);
  return result;
}

function print(bundle: string, what: string, { rows, rowsPerSecond, label }: EvalJson): void {
  const show = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
  console.log(
    `${bundle}, ${what}: ${rows} at ${rowsPerSecond}/s, precision ${show(label!.precision)}, recall ${show(label!.recall)}, ` +
      `balanced accuracy ${show(label!.balancedAccuracy)}, confusion ${JSON.stringify(label!.confusion)}`,
  );
}

describe.skipIf(!hasTables)('tables of ../shared/data/tabular', () => {
  it('fdh: precision 1.0 at recall of at least 0.20 on all rows', () => {
    const { label } = check(FDH);
    expect(label!.precision).toBe(1);
    expect(label!.recall).toBeGreaterThanOrEqual(0.2);
  });

  it.each([GERMAN, UCI])('$bundle: balanced accuracy of at least 0.65 on the rows that were not looked at', (table) => {
    check(table);
    expect(checkHeldOut(table).label!.balancedAccuracy).toBeGreaterThanOrEqual(0.65);
  });

  it('ibm: all rows are decided; figures are printed', () => {
    expect(check(IBM).label!.byValue).toHaveProperty('Yes');
  });
});
