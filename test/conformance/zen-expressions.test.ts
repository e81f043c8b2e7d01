// ZEN's own tests of expressions and cells: what is fixed is computed on import, what reads the input by the bundle.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { compareAnswers } from '#src/import/verify.js';
import { constantOf, decideImported, expressionsOf, hasZen, importZen, tableOf, type ZenRow, zenRows } from '../lib/zen.js';

interface Outcome {
  readonly row: ZenRow;
  readonly kind: 'passed' | 'refused' | 'wrong';
  readonly why?: string;
}

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
});
afterAll(() => engine.close());

function judged(row: ZenRow, got: unknown, wanted: unknown): Outcome {
  const differences = compareAnswers({}, {}, { result: got }, { result: wanted });
  return differences.length === 0 ? { row, kind: 'passed' } : { row, kind: 'wrong', why: JSON.stringify(got) };
}

/** An expression: its value where all is fixed, else what a bundle of it decides. */
async function runExpression(row: ZenRow): Promise<Outcome> {
  try {
    if (Object.keys(row.input).length === 0) {
      const value = constantOf(row.expression);
      if (value !== undefined) return judged(row, value, row.output);
    }
  } catch {
    // told below, by the importer
  }
  const imported = importZen(expressionsOf({ result: row.expression }), [row.input]);
  const refused = imported.diagnostics.find(({ severity }) => severity === 'error');
  if (refused !== undefined)
    return {
      row,
      kind: isEmpty(row.output) && /computes nothing/.test(refused.message) ? 'passed' : 'refused',
      why: refused.message,
    };
  const outputs = await decideImported(engine, imported, row.input);
  return judged(row, outputs?.result ?? null, row.output);
}

/** A cell: a table of which the first row has it, over the subject as a field. */
async function runCell(row: ZenRow): Promise<Outcome> {
  const { $: subject, ...rest } = row.input;
  const payload = { ...rest, subject };
  const imported = importZen(
    tableOf('subject', [
      [row.expression, "'yes'"],
      ['', "'no'"],
    ]),
    [payload],
  );
  const refused = imported.diagnostics.find(({ severity }) => severity === 'error');
  if (refused !== undefined) return { row, kind: 'refused', why: refused.message };
  const outputs = await decideImported(engine, imported, payload);
  return judged(row, outputs?.result ?? null, row.output === true ? 'yes' : 'no');
}

/** Runs all rows; the reasons are printed, with how many rows each has. */
async function check(file: string, run: (row: ZenRow) => Promise<Outcome>, share: number): Promise<void> {
  const rows = zenRows(file);
  const outcomes: Outcome[] = [];
  for (const row of rows) outcomes.push(await run(row));
  const refused = outcomes.filter(({ kind }) => kind === 'refused');
  const passed = outcomes.filter(({ kind }) => kind === 'passed').length;
  console.log(`${file}: ${passed} of ${rows.length} rows pass, ${refused.length} are refused:`);
  const reasons = new Map<string, string[]>();
  for (const { row, why } of refused) {
    const reason = (why ?? '').replace(/^`[^`]*` (of the answer )?is not carried over: /, '').replace(/\(line \d+\)/, '');
    reasons.set(reason, [...(reasons.get(reason) ?? []), row.expression]);
  }
  for (const [reason, expressions] of reasons) console.log(`  ${expressions.length} x ${reason}: ${expressions[0]}`);
  expect(
    outcomes.filter(({ kind }) => kind === 'wrong').map(({ row, why }) => `${row.line}: ${row.expression} gives ${why}`),
  ).toEqual([]);
  expect(passed / rows.length).toBeGreaterThanOrEqual(share);
}

describe.skipIf(!hasZen)('expressions of ../shared/data/zen', () => {
  it('standard.csv', () => check('standard.csv', runExpression, 0.9));
  it('unary.csv', () => check('unary.csv', runCell, 0.9));
  it('date.csv', () => check('date.csv', runExpression, 0));
});
