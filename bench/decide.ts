// The bench of deciding: Verdict beside its peers on the same rules and payloads, in turns, each answer compared with the truth.

import { bundleOf } from './bundle.js';
import { gccVersion } from './peers/c-program.js';
import { cel } from './peers/cel.js';
import { SCORE_ROW as GCC_ROW, gccDecision, gccScore } from './peers/gcc.js';
import { gccIndex } from './peers/gcc-index.js';
import { jsonRulesEngine } from './peers/json-rules-engine.js';
import { v8Json, v8Objects } from './peers/v8.js';
import { zen } from './peers/zen.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { computeTruth } from './truth.js';
import {
  encodePayloads,
  setUpVerdict,
  verdictCopied,
  verdictInPlace,
  verdictJson,
  verdictObjects,
  verdictSingle,
} from './verdict-rows.js';
import { BLOCK_COUNT, makePayloads, makeRules, PAYLOAD_COUNT } from './workload.js';

/** Rules up to which a peer is measured: beyond, a single block takes minutes. */
const RULES_MAX = { jsonRulesEngine: 100, zen: 1_000, cel: 1_000, gccDecision: 1_000 } as const;

const ZEN_ROW = 'GoRules ZEN 0.54';

export interface DecideOptions {
  readonly sizes: readonly number[];
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  /** `fast` leaves ZEN, json-rules-engine and cel-js out; `c` all but gcc, and Verdict's ways in but for bytes. */
  readonly peers: 'all' | 'fast' | 'c';
  /** A multiple of BLOCK_COUNT. Default PAYLOAD_COUNT; only the smoke test takes fewer. */
  readonly payloadCount?: number;
  readonly format: TableFormat;
  /** Told what happens. */
  readonly log: (line: string) => void;
}

export interface RowResult {
  readonly name: string;
  /** Median of the runs. */
  readonly nanosPerDecision: number;
  readonly runs: readonly number[];
  /** Payloads whose answers were compared, all runs together. */
  readonly checked: number;
  readonly wrong: string | null;
  /** Time over gcc's (score only) in this run; null where there is no gcc. */
  readonly overGcc: number | null;
  /** ZEN's time over this row's; null where ZEN was not measured. */
  readonly zenOver: number | null;
}

export interface SizeResult {
  readonly rules: number;
  readonly compileMs: number;
  readonly imageBytes: number;
  readonly costMax: number;
  readonly rows: readonly RowResult[];
}

export interface DecideResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly sizes: readonly SizeResult[];
}

/** Measures every size, one after the other. */
export async function benchDecide(options: DecideOptions): Promise<DecideResult> {
  const machine = describeMachine(gccVersion());
  const payloadCount = options.payloadCount ?? PAYLOAD_COUNT;
  options.log(
    `${machine.cpu}, ${machine.processors} processors, node ${machine.node}, ${machine.gcc ?? 'no gcc: its rows are absent'}`,
  );
  options.log(
    `${payloadCount} payloads; median of ${options.runs} runs of ${options.timing.msMin} ms a row, of each the median block of ${BLOCK_COUNT} payloads`,
  );
  const sizes: SizeResult[] = [];
  for (const size of options.sizes) {
    const result = await benchSize(size, payloadCount, options);
    for (const line of ['', ...formatSize(result, options.format)]) options.log(line);
    sizes.push(result);
  }
  return { machine, payloads: payloadCount, sizes };
}

async function benchSize(size: number, payloadCount: number, options: DecideOptions): Promise<SizeResult> {
  const rules = makeRules(size);
  const payloads = makePayloads(payloadCount);
  const texts = payloads.map((payload) => JSON.stringify(payload));
  const truth = computeTruth(rules, payloads);
  const setup = await setUpVerdict(bundleOf(`workload-${size}`, rules, truth.thresholds));
  const { model, costMax } = setup.live;
  const bytes = encodePayloads(model, payloads);
  const slots = new Map(model.fields.map((field) => [field.name, field.slot]));
  const gccInput = { rules, thresholds: truth.thresholds, payloads: bytes, slotOf: (field: string) => slots.get(field)! };

  const makers: (() => Row | Promise<Row>)[] = [() => verdictInPlace(setup, bytes), () => verdictSingle(setup, bytes)];
  if (options.peers !== 'c') {
    makers.push(
      () => verdictCopied(setup, bytes),
      () => verdictJson(setup, texts),
      () => verdictObjects(setup, payloads),
    );
  }
  if (gccVersion() !== undefined) {
    makers.push(() => gccScore(gccInput));
    if (size <= RULES_MAX.gccDecision) makers.push(() => gccDecision(gccInput));
    makers.push(() => gccIndex(gccInput));
  }
  if (options.peers !== 'c') {
    makers.push(
      () => v8Objects(rules, payloads),
      () => v8Json(rules, texts),
    );
  }
  if (options.peers === 'all') {
    if (size <= RULES_MAX.zen) makers.push(() => zen(rules, payloads));
    if (size <= RULES_MAX.cel) makers.push(() => cel(rules, payloads));
    if (size <= RULES_MAX.jsonRulesEngine) makers.push(() => jsonRulesEngine(rules, payloads));
  }

  const rows: Row[] = [];
  try {
    for (const make of makers) rows.push(await make());
    const runs = new Map<string, RowRun[]>(rows.map((row) => [row.name, []]));
    // In turns, so that a neighbour on the machine does not fall upon one row only.
    for (let run = 0; run < options.runs; run++) {
      for (const row of rows) runs.get(row.name)!.push(await runRow(row, truth, options.timing));
    }
    return { rules: size, compileMs: setup.compileMs, imageBytes: setup.imageBytes, costMax, rows: judge(runs) };
  } finally {
    for (const row of rows) await row.close?.();
    setup.ruleSet.release();
    await setup.engine.close();
  }
}

function judge(runs: ReadonlyMap<string, readonly RowRun[]>): RowResult[] {
  const nanos = new Map([...runs].map(([name, all]) => [name, median(all.map((run) => run.nanosPerDecision))]));
  const gcc = nanos.get(GCC_ROW);
  const zenNanos = nanos.get(ZEN_ROW);
  return [...runs].map(([name, all]) => ({
    name,
    nanosPerDecision: nanos.get(name)!,
    runs: all.map((run) => run.nanosPerDecision),
    checked: all.reduce((sum, run) => sum + run.checked, 0),
    wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
    overGcc: gcc === undefined ? null : nanos.get(name)! / gcc,
    zenOver: zenNanos === undefined ? null : zenNanos / nanos.get(name)!,
  }));
}

function formatSize({ rules, compileMs, imageBytes, costMax, rows }: SizeResult, format: TableFormat): string[] {
  const title = `${rules.toLocaleString('en-US')} rules: compiled in ${formatNumber(compileMs)} ms, image file ${formatNumber(imageBytes / 1024)} KiB, cost ${costMax}`;
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    formatNumber(1e9 / row.nanosPerDecision),
    row.overGcc === null ? '-' : `${formatNumber(row.overGcc)} x`,
    row.zenOver === null ? '-' : `${formatNumber(row.zenOver)} x`,
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  const head = ['', 'ns a decision', 'decisions/s', 'gcc time', 'faster than ZEN', ''];
  return [title, '', ...format(head, cells, ['left', 'right', 'right', 'right', 'right', 'left'])];
}
