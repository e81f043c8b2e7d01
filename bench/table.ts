// The bench of one large decision table of GoRules JDM: decided by ZEN from the document, and by Verdict from the bundle that
// `verdict import` makes of it. 7,990 rows of ZEN's own tests where they are at hand, and as many that are generated.

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zenOriginal } from '../src/import/jdm/original.js';
import { drawPayloadsOf } from '../src/import/payloads.js';
import { decideWith, type Verification, verifyImport } from '../src/import/verify.js';
import { importTable, shippingInPlace, shippingObjects, shippingOf, zenShipping } from './jdm/rows.js';
import { makeOrders, makeShippingRows, truthOf, writeJdm } from './jdm/shipping.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type RowRun, runRow, type TimingOptions } from './row.js';
import { encodePayloads, setUpVerdict } from './verdict-rows.js';
import { randomNumbers } from './workload.js';

/** The document of ZEN's own tests, beside the checkout. */
const DOCUMENT = fileURLToPath(new URL('../../../shared/data/zen/test-data/8k.json', import.meta.url));
const ROWS = 7_990;
const SEED = 61;

export interface TableOptions {
  /** Rows of the generated table. */
  readonly rows?: number;
  /** Payloads that are timed; a multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Payloads drawn at and beside what the cells compare with, whose whole answers are compared with ZEN's. */
  readonly verifiedCount: number;
  /** Runs of each row; the median counts. ZEN runs once, a block of it takes seconds. */
  readonly runs: number;
  readonly timing: TimingOptions;
  /** The document; without, the one beside the checkout where it is there. */
  readonly document?: string;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface TableRow {
  readonly name: string;
  readonly nanosPerDecision: number;
  /** ZEN's time over this row's. */
  readonly zenOver: number;
  readonly checked: number;
  readonly wrong: string | null;
}

export interface TableResult {
  readonly name: string;
  readonly tableRows: number;
  readonly importMs: number;
  readonly compileMs: number;
  readonly verification: Pick<Verification, 'payloads' | 'same' | 'differenceCount'>;
  readonly rows: readonly TableRow[];
}

export interface TablesResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly tables: readonly TableResult[];
}

/** Measures the document, where it is there, and a generated table. */
export async function benchTable(options: TableOptions): Promise<TablesResult> {
  const { document = DOCUMENT, payloadCount, rows = ROWS, format, log } = options;
  const tables: TableResult[] = [];
  if (fs.existsSync(document)) tables.push(await benchOne('the JDM table', fs.readFileSync(document, 'utf8'), options));
  else log(`skipped: ${document} is not there`);
  // One row more takes all that is left.
  tables.push(await benchOne('a generated table', writeJdm(makeShippingRows(rows - 1)), options));
  for (const table of tables) for (const line of ['', ...formatRows(table, format)]) log(line);
  return { machine: describeMachine(undefined), payloads: payloadCount, tables };
}

async function benchOne(
  name: string,
  text: string,
  { payloadCount, verifiedCount, runs, timing }: TableOptions,
): Promise<TableResult> {
  const startMs = performance.now();
  const imported = importTable('shipping', text);
  const importMs = performance.now() - startMs;
  const zen = await zenOriginal({ name, text });
  if (zen === undefined) throw new Error('the package @gorules/zen-engine is not installed');
  const setup = await setUpVerdict(imported.files);
  const { ruleSet } = setup;
  const orders = makeOrders(payloadCount);
  const verdict = [shippingInPlace(setup, encodePayloads(setup.live.model, orders)), shippingObjects(setup, orders)];
  try {
    const drawn = drawPayloadsOf(imported, verifiedCount, randomNumbers(SEED));
    const verification = await verifyImport(imported, zen, decideWith(ruleSet), drawn);
    // What the library answers to objects is what all rows must add up to, ZEN's among them.
    const truth = truthOf(orders.map((order) => shippingOf(ruleSet, order)));
    const measured = new Map<string, RowRun[]>(verdict.map((row) => [row.name, []]));
    for (let run = 0; run < runs; run++) {
      for (const row of verdict) measured.get(row.name)!.push(await runRow(row, truth, timing));
    }
    const zenRow = zenShipping(zen, orders);
    measured.set(zenRow.name, [await runRow(zenRow, truth, { msMin: timing.msMin, warmupMsMin: 0 })]);
    const nanosOf = (all: readonly RowRun[]): number => median(all.map((run) => run.nanosPerDecision));
    const zenNanos = nanosOf(measured.get(zenRow.name)!);
    const rows = [...measured].map(
      ([rowName, all]): TableRow => ({
        name: rowName,
        nanosPerDecision: nanosOf(all),
        zenOver: zenNanos / nanosOf(all),
        checked: all.reduce((sum, run) => sum + run.checked, 0),
        wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
      }),
    );
    return { name, tableRows: rowsOf(text), importMs, compileMs: setup.compileMs, verification, rows };
  } finally {
    for (const row of verdict) await row.close?.();
    ruleSet.release();
    await setup.engine.close();
  }
}

/** Rows of the tables of a JDM document. */
function rowsOf(text: string): number {
  const { nodes } = JSON.parse(text) as { nodes: { content?: { rules?: unknown[] } }[] };
  return nodes.reduce((sum, { content }) => sum + (content?.rules?.length ?? 0), 0);
}

function formatRows({ name, tableRows, importMs, compileMs, verification, rows }: TableResult, format: TableFormat): string[] {
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    `${formatNumber(row.zenOver)} x`,
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  const { payloads, same, differenceCount } = verification;
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `${name}, ${count(tableRows)} rows: imported in ${formatNumber(importMs)} ms, compiled in ${formatNumber(compileMs)} ms`,
    `${count(same)} of ${count(payloads)} payloads with ZEN's answer, ${count(differenceCount)} differences`,
    '',
    ...format(['', 'ns a decision', 'faster than ZEN', ''], cells, ['left', 'right', 'right', 'left']),
  ];
}
