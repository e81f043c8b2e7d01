// Workloads of our own beside that of decide.ts: wide tables with many hits, arithmetic, disjunctions over null. Verdict in place
// beside gcc and V8 on the same payloads, in turns, each answer compared with the truth.

import { gccVersion } from './peers/c-program.js';
import { gccDecisionOf } from './peers/gcc.js';
import { v8ObjectsOf } from './peers/v8.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { encodePayloads, setUpVerdict, verdictInPlace } from './verdict-rows.js';
import { arithmeticWork } from './workloads/arithmetic.js';
import { truthOf } from './workloads/columns.js';
import { toC, toJavaScript } from './workloads/expression.js';
import { nullableWork } from './workloads/nullable.js';
import { rangesWork } from './workloads/ranges.js';
import type { Work } from './workloads/work.js';

/** Rules of each workload, by its name. */
export const WORKS = {
  ranges: { rules: 500, make: rangesWork },
  arithmetic: { rules: 40, make: arithmeticWork },
  nullable: { rules: 300, make: nullableWork },
} as const;

export type WorkName = keyof typeof WORKS;

export interface WorkloadsOptions {
  /** All without it. */
  readonly only?: readonly WorkName[];
  /** Rules of each; only the smoke test takes other numbers than WORKS has. */
  readonly rules?: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface WorkRow {
  readonly name: string;
  readonly nanosPerDecision: number;
  /** Time over gcc's; null where there is no gcc. */
  readonly overGcc: number | null;
  readonly checked: number;
  readonly wrong: string | null;
}

export interface WorkResult {
  readonly work: WorkName;
  readonly name: string;
  /** Share of the pairs of rule and payload that hit. */
  readonly hitShare: number;
  readonly rows: readonly WorkRow[];
}

export interface WorkloadsResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly works: readonly WorkResult[];
}

/** Measures the workloads, one after the other. */
export async function benchWorkloads(options: WorkloadsOptions): Promise<WorkloadsResult> {
  const { payloadCount, format, log } = options;
  const machine = describeMachine(gccVersion());
  const works: WorkResult[] = [];
  for (const name of options.only ?? (Object.keys(WORKS) as WorkName[])) {
    const { rules, make } = WORKS[name];
    const result = await benchWork(name, make(options.rules ?? rules, payloadCount), options);
    works.push(result);
    for (const line of ['', ...formatWork(result, format)]) log(line);
  }
  return { machine, payloads: payloadCount, works };
}

async function benchWork(work: WorkName, { name, rules, payloads, filesOf }: Work, options: WorkloadsOptions): Promise<WorkResult> {
  const truth = truthOf(rules, payloads);
  const setup = await setUpVerdict(filesOf(truth.thresholds));
  const bytes = encodePayloads(setup.live.model, payloads);
  const slots = new Map(setup.live.model.fields.map((field) => [field.name, field.slot]));
  const slotOf = (field: string): number => slots.get(field)!;
  const rows: Row[] = [verdictInPlace(setup, bytes)];
  const runs = new Map<string, RowRun[]>();
  try {
    if (gccVersion() !== undefined) {
      const inC = rules.map(({ id, score, test }) => ({ id, score, condition: toC(test, slotOf) }));
      // Products and sums are rounded one by one, as in JavaScript; a root of something negative is no error to be told of.
      const flags = ['-ffp-contract=off', '-fno-math-errno'];
      rows.push(await gccDecisionOf(inC, { thresholds: truth.thresholds, payloads: bytes, slotOf }, flags));
    }
    rows.push(
      v8ObjectsOf(
        rules.map(({ score, test }) => ({ score, condition: toJavaScript(test) })),
        payloads,
      ),
    );
    for (let run = 0; run < options.runs; run++) {
      for (const row of rows) runs.set(row.name, [...(runs.get(row.name) ?? []), await runRow(row, truth, options.timing)]);
    }
  } finally {
    for (const row of rows) await row.close?.();
    setup.ruleSet.release();
    await setup.engine.close();
  }
  return { work, name, hitShare: truth.hitShare, rows: judge(runs) };
}

function judge(runs: ReadonlyMap<string, readonly RowRun[]>): WorkRow[] {
  const nanosOf = (all: readonly RowRun[]): number => median(all.map((run) => run.nanosPerDecision));
  const gcc = [...runs].find(([name]) => name.startsWith('gcc'))?.[1];
  return [...runs].map(([name, all]) => ({
    name,
    nanosPerDecision: nanosOf(all),
    overGcc: gcc === undefined ? null : nanosOf(all) / nanosOf(gcc),
    checked: all.reduce((sum, run) => sum + run.checked, 0),
    wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
  }));
}

function formatWork({ name, hitShare, rows }: WorkResult, format: TableFormat): string[] {
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    row.overGcc === null ? '-' : `${formatNumber(row.overGcc)} x`,
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  const title = `${name}: ${(100 * hitShare).toFixed(1)} % of all pairs of rule and payload hit`;
  return [title, '', ...format(['', 'ns a decision', 'gcc time', ''], cells, ['left', 'right', 'right', 'left'])];
}
