// The bench of one large decision table: 7,990 rows of GoRules JDM, decided by ZEN from its own document, and by Verdict from the
// same document converted. Where the document is not at hand, and beside it, a generated table of as many unequal rows.

import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ZenEngine } from '@gorules/zen-engine';
import { Outcome } from '../assembly/shared/outcome.js';
import { convertJdm, readCell, testHolds } from './jdm/convert.js';
import { CATEGORIES, COUNTRIES, CURRENCIES, DOMAINS, generateJdm, type JdmTable, readJdm, writeJdm } from './jdm/document.js';
import { sumPipelined } from './peers/pipeline.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { blockSums, checksum, type Truth } from './truth.js';
import { encodePayloads, setUpVerdict, verdictInPlace, verdictObjects } from './verdict-rows.js';
import { randomNumbers } from './workload.js';

/** The document of ZEN's own tests, beside the checkout. */
const DOCUMENT = fileURLToPath(new URL('../../../shared/data/zen/test-data/8k.json', import.meta.url));
const ROWS = 7_990;

export interface TableOptions {
  /** Rows of the generated table. */
  readonly rows?: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
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
  readonly compileMs: number;
  readonly rows: readonly TableRow[];
}

export interface TablesResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly tables: readonly TableResult[];
}

export interface ShippingPayload {
  readonly customer: { readonly country: string; readonly totalSpend: number; readonly email: string };
  readonly product: { readonly category: string; readonly currency: string; readonly price: number };
}

/** Payloads of the generated table's fields, from a seed. */
export function makeOrders(count: number): ShippingPayload[] {
  const next = randomNumbers(59);
  const pick = (values: readonly string[]): string => values[Math.floor(next() * values.length)]!;
  const cents = (): number => Math.round(next() * 20_000) / 100;
  return Array.from({ length: count }, (_, i) => ({
    customer: { country: pick(COUNTRIES), totalSpend: cents(), email: `u${i}@${pick(DOMAINS)}` },
    product: { category: pick(CATEGORIES), currency: pick(CURRENCIES), price: cents() },
  }));
}

/** The score that each payload's first row gives, found row by row among the payloads that no row has taken yet. */
export function truthOf(table: JdmTable, payloads: readonly ShippingPayload[]): Truth {
  const columns = table.inputs.map(({ id, field }) => {
    const [object, name] = field.split('.') as [keyof ShippingPayload, string];
    return { id, values: payloads.map((payload) => (payload[object] as Record<string, string | number>)[name]!) };
  });
  const scores = new Float64Array(payloads.length);
  let open = payloads.map((_, i) => i);
  const seen = new Set<string>();
  for (const row of table.rows) {
    const key = columns.map(({ id }) => row[id]).join('\n');
    // A row like an earlier one finds nothing left.
    if (seen.has(key)) continue;
    seen.add(key);
    let taken = open;
    for (const { id, values } of columns) {
      const tests = readCell(row[id] ?? '');
      if (tests !== undefined) taken = taken.filter((i) => tests.some((test) => testHolds(test, values[i]!)));
    }
    for (const i of taken) scores[i] = Number(row[table.outputs[0]!.id]);
    if (taken.length === 0) continue;
    const gone = new Set(taken);
    open = open.filter((i) => !gone.has(i));
  }
  return {
    scores,
    thresholds: { decline: Number.POSITIVE_INFINITY, review: Number.POSITIVE_INFINITY },
    blockScores: blockSums(scores.length, (i) => scores[i]!),
    blockChecksums: blockSums(scores.length, (i) => checksum(scores[i]!, Outcome.APPROVE)),
  };
}

function zenRow(table: JdmTable, payloads: readonly ShippingPayload[]): Row {
  const engine = new ZenEngine();
  const decision = engine.createDecision(Buffer.from(writeJdm(table)));
  const score = async (index: number): Promise<number> => {
    const { result } = (await decision.evaluate(payloads[index]!)) as { result: { shipping: { price: number } } };
    return result.shipping.price;
  };
  return {
    name: 'GoRules ZEN 0.54',
    covers: 'score',
    decide: (first) => sumPipelined(first, score),
    close: () => engine.dispose(),
  };
}

/** Measures the document, where it is there, and a generated table. */
export async function benchTable(options: TableOptions): Promise<TablesResult> {
  const { document = DOCUMENT, payloadCount, format, log } = options;
  const tables: TableResult[] = [];
  if (fs.existsSync(document)) {
    const table = readJdm(fs.readFileSync(document, 'utf8'));
    tables.push(await benchOne('the JDM table', table, options));
  } else {
    log(`skipped: ${document} is not there`);
  }
  tables.push(await benchOne('a generated table', generateJdm(options.rows ?? ROWS), options));
  for (const table of tables) for (const line of ['', ...formatRows(table, format)]) log(line);
  return { machine: describeMachine(undefined), payloads: payloadCount, tables };
}

async function benchOne(name: string, table: JdmTable, { payloadCount, runs, timing }: TableOptions): Promise<TableResult> {
  const payloads = makeOrders(payloadCount);
  const truth = truthOf(table, payloads);
  const setup = await setUpVerdict(convertJdm(table));
  const verdict: Row[] = [verdictInPlace(setup, encodePayloads(setup.live.model, payloads)), verdictObjects(setup, payloads)];
  const zen = zenRow(table, payloads);
  try {
    const measured = new Map<string, RowRun[]>(verdict.map((row) => [row.name, []]));
    for (let run = 0; run < runs; run++) {
      for (const row of verdict) measured.get(row.name)!.push(await runRow(row, truth, timing));
    }
    measured.set(zen.name, [await runRow(zen, truth, { msMin: timing.msMin, warmupMsMin: 0 })]);
    const nanosOf = (all: readonly RowRun[]): number => median(all.map((run) => run.nanosPerDecision));
    const zenNanos = nanosOf(measured.get(zen.name)!);
    const rows = [...measured].map(
      ([rowName, all]): TableRow => ({
        name: rowName,
        nanosPerDecision: nanosOf(all),
        zenOver: zenNanos / nanosOf(all),
        checked: all.reduce((sum, run) => sum + run.checked, 0),
        wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
      }),
    );
    return { name, tableRows: table.rows.length, compileMs: setup.compileMs, rows };
  } finally {
    for (const row of [...verdict, zen]) await row.close?.();
    setup.ruleSet.release();
    await setup.engine.close();
  }
}

function formatRows({ name, tableRows, compileMs, rows }: TableResult, format: TableFormat): string[] {
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    `${formatNumber(row.zenOver)} x`,
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  const title = `${name}, ${tableRows.toLocaleString('en-US')} rows: compiled in ${formatNumber(compileMs)} ms`;
  return [title, '', ...format(['', 'ns a decision', 'faster than ZEN', ''], cells, ['left', 'right', 'right', 'left'])];
}
