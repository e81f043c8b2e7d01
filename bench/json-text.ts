// The bench of JSON: bytes of JSON text in, decision out, beside JSON.parse alone of the same bytes; with the keys of every payload
// in the order of the model, and in an order of their own.

import { bundleOf } from './bundle.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { blockSums, computeTruth, type Truth } from './truth.js';
import { setUpVerdict, verdictJsonBytes, verdictJsonCopied } from './verdict-rows.js';
import { BLOCK_COUNT, makePayloads, makeRules, randomNumbers, type WorkloadPayload } from './workload.js';

export interface JsonTextOptions {
  readonly rules: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface JsonTextRow {
  readonly name: string;
  readonly nanosPerDecision: number;
  readonly wrong: string | null;
}

export interface JsonTextResult {
  readonly machine: Machine;
  readonly rules: number;
  readonly orders: readonly { readonly order: 'keys in order' | 'keys in random order'; readonly rows: readonly JsonTextRow[] }[];
}

/** Orders of keys that payloads draw from: where each has its own, V8 makes hidden classes all the time, and is far slower. */
const ORDERS = 64;

function shuffle<T>(values: readonly T[], next: () => number): T[] {
  const shuffled = [...values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const k = Math.floor(next() * (i + 1));
    [shuffled[i], shuffled[k]] = [shuffled[k]!, shuffled[i]!];
  }
  return shuffled;
}

/** Each payload with its keys in one of ORDERS random orders. */
function reordered(payloads: readonly WorkloadPayload[]): WorkloadPayload[] {
  const next = randomNumbers(61);
  const orders = Array.from({ length: ORDERS }, () => shuffle(Object.keys(payloads[0]!), next));
  return payloads.map((payload) => {
    const order = orders[Math.floor(next() * ORDERS)]!;
    return Object.fromEntries(order.map((name) => [name, payload[name]!]));
  });
}

/** Parsing alone; one field is added up, so that nothing of it can be left out. */
function parseRow(buffers: readonly Buffer[]): Row {
  return {
    name: 'JSON.parse(buffer.toString())',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += (JSON.parse(buffers[i]!.toString()) as { amount: number }).amount;
      return Math.round(100 * sum);
    },
  };
}

/** What the row of JSON.parse adds up: cents of the field `amount`. */
function parseTruth(truth: Truth, payloads: readonly WorkloadPayload[]): Truth {
  return {
    ...truth,
    blockScores: blockSums(payloads.length, (i) => payloads[i]!.amount as number).map((sum) => Math.round(100 * sum)),
  };
}

/** Measures both orders of keys. */
export async function benchJsonText(options: JsonTextOptions): Promise<JsonTextResult> {
  const { rules: count, payloadCount, runs, timing, format, log } = options;
  const rules = makeRules(count);
  const payloads = makePayloads(payloadCount);
  const truth = computeTruth(rules, payloads);
  const setup = await setUpVerdict(bundleOf(`workload-${count}`, rules, truth.thresholds));
  const orders: JsonTextResult['orders'][number][] = [];
  try {
    for (const order of ['keys in order', 'keys in random order'] as const) {
      const given = order === 'keys in order' ? payloads : reordered(payloads);
      const buffers = given.map((payload) => Buffer.from(JSON.stringify(payload)));
      const rows = [
        { row: verdictJsonBytes(setup, buffers), truth },
        { row: verdictJsonCopied(setup, buffers), truth },
        { row: parseRow(buffers), truth: parseTruth(truth, payloads) },
      ];
      const measured = new Map<string, RowRun[]>(rows.map(({ row }) => [row.name, []]));
      for (let run = 0; run < runs; run++) {
        for (const each of rows) measured.get(each.row.name)!.push(await runRow(each.row, each.truth, timing));
      }
      orders.push({ order, rows: [...measured].map(([name, all]) => judge(name, all)) });
    }
  } finally {
    setup.ruleSet.release();
    await setup.engine.close();
  }
  for (const { order, rows } of orders) for (const line of ['', ...formatRows(order, rows, format)]) log(line);
  return { machine: describeMachine(undefined), rules: count, orders };
}

function judge(name: string, all: readonly RowRun[]): JsonTextRow {
  return {
    name,
    nanosPerDecision: median(all.map((run) => run.nanosPerDecision)),
    wrong: all.find((run) => run.wrong !== undefined)?.wrong ?? null,
  };
}

function formatRows(order: string, rows: readonly JsonTextRow[], format: TableFormat): string[] {
  const cells = rows.map(({ name, nanosPerDecision, wrong }) => [
    name,
    formatNumber(nanosPerDecision),
    wrong === null ? '' : `WRONG (${wrong})`,
  ]);
  return format([order, 'ns', ''], cells, ['left', 'right', 'left']);
}
