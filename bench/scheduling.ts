// The bench of scheduling: short requests while long batches arrive, by the way in which they are handed to worker threads. One
// plan of arrivals for all rows, open-loop, from the time at which a request was intended; the rows take turns.

import { DECISION_OUTCOME } from '../assembly/shared/image.js';
import { decidePayloads } from '../src/decide.js';
import { Latencies } from '../src/loadtest/latency.js';
import { makeRandom } from '../src/loadtest/random.js';
import { Scheduler } from '../src/scheduler/scheduler.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { RunToEnd } from './scheduling/peers.js';
import { makeTenant, type SchedulingTenant } from './scheduling/tenant.js';

export interface SchedulingOptions {
  /** Times each row is measured, in turns; the median counts. */
  readonly runs: number;
  /** Seconds in which requests arrive. */
  readonly seconds: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

/** What arrives: of 200 requests 99 that are decided at once where anything is, 99 that are not to be, and 2 batches. */
const KINDS = ['tiny', 'short', 'batch'] as const;
type Kind = (typeof KINDS)[number];
const SHARES: Record<Kind, number> = { tiny: 0.495, short: 0.495, batch: 0.01 };
const BATCH_MILLIS = 200;
const LOAD = 0.8;
const TRIAL_PAYLOADS = 100;
const CAPACITY_SECONDS_MAX = 10;
/** Time before the next request in which the sender does not sleep. */
const SPIN_MILLIS = 1.5;
const SEED = 20;

interface RowResult {
  readonly name: string;
  /** Milliseconds, of all requests but batches. */
  readonly shortP50: number;
  readonly shortP99: number;
  readonly batchP50: number;
  /** Requests a second until the last one was answered. */
  readonly rate: number;
  readonly wrong: string | null;
}

export interface SchedulingResult {
  readonly machine: Machine;
  /** Milliseconds that each kind takes a worker, the hop included, and requests a second that it can take of the mix. */
  readonly millis: Record<Kind, number>;
  readonly capacity: number;
  readonly rows: readonly RowResult[];
  /** p99 of short requests of the FIFO pool, and of the best other row, over that of what ships; throughput of it over FIFO's. */
  readonly ratios: { readonly fifo: number; readonly bestOther: number; readonly throughput: number };
}

interface Request {
  readonly at: number;
  readonly kind: Kind;
}

/** Measures all rows, and prints the table. */
export async function benchScheduling(options: SchedulingOptions): Promise<SchedulingResult> {
  const machine = describeMachine(undefined);
  options.log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}`);
  const shipped = 'yielding batches (what ships)';
  const rows: Record<string, SchedulingTenant> = {
    'everything through a FIFO pool': await makeTenant((pool) => new RunToEnd(pool), 0),
    'inline, and a FIFO pool': await makeTenant((pool) => new RunToEnd(pool)),
    'inline, and two queues by known cost': await makeTenant((pool) => new RunToEnd(pool, 50_000_000)),
    [shipped]: await makeTenant((pool, counters) => new Scheduler({ pool, counters, queueMax: 65_536, sliceMillis: 50 })),
  };
  try {
    const fifo = rows['everything through a FIFO pool'] as SchedulingTenant;
    const trial = await millisOf(fifo, 'batch', TRIAL_PAYLOADS);
    const batch = Math.max(1, Math.min(4000, Math.round((TRIAL_PAYLOADS * BATCH_MILLIS) / trial)));
    const millis = {
      tiny: await millisOf(fifo, 'tiny', batch),
      short: await millisOf(fifo, 'short', batch),
      batch: await millisOf(fifo, 'batch', batch),
    };
    // What the worker takes beside a thread that sends: all of a plan at once.
    const guess = 1000 / KINDS.reduce((sum, kind) => sum + SHARES[kind] * millis[kind], 0);
    const atOnce = arrivals(guess, Math.min(options.seconds, CAPACITY_SECONDS_MAX)).map(({ kind }) => ({ at: 0, kind }));
    const { rate: capacity } = await drive('capacity', fifo, atOnce, batch);
    const plan = arrivals(LOAD * capacity, options.seconds);
    const times = KINDS.map((kind) => `${kind} ${formatNumber(millis[kind])} ms`).join(', ');
    options.log(
      `${times}; one worker takes ${formatNumber(capacity)} requests a second of the mix, of which ${LOAD * 100} % arrive: ` +
        `${plan.length} in ${options.seconds} s; medians of ${options.runs} runs`,
    );
    const samples = new Map<string, RowResult[]>(Object.keys(rows).map((name) => [name, []]));
    for (const [name, tenant] of Object.entries(rows)) await drive(name, tenant, plan.slice(0, 50), batch); // warms it up
    for (let run = 0; run < options.runs; run++) {
      for (const [name, tenant] of Object.entries(rows)) samples.get(name)!.push(await drive(name, tenant, plan, batch));
    }
    const results = [...samples.values()].map(medianOf);
    const ratios = ratiosOf(results, shipped);
    for (const line of ['', ...tableOf(results, options.format), '', ...verdictOf(ratios)]) options.log(line);
    return { machine, millis, capacity, rows: results, ratios };
  } finally {
    await Promise.all(Object.values(rows).map((tenant) => tenant.close()));
  }
}

/** Poisson arrivals of the mix. */
function arrivals(rate: number, seconds: number): Request[] {
  const random = makeRandom(SEED);
  const plan: Request[] = [];
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) / rate) * 1000;
    if (at >= seconds * 1000) return plan;
    const draw = random();
    plan.push({ at, kind: draw < SHARES.batch ? 'batch' : draw < SHARES.batch + SHARES.tiny ? 'tiny' : 'short' });
  }
}

/** Milliseconds of one request of a kind after another, the median of some. */
async function millisOf(tenant: SchedulingTenant, kind: Kind, batch: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < (kind === 'batch' ? 3 : 200); i++) {
    const start = performance.now();
    await new Promise<void>((resolve) => begin(tenant, kind, batch, () => resolve()));
    times.push(performance.now() - start);
  }
  return median(times.slice(times.length >> 1));
}

/** Begins a request. `done` is told the sum of its outcomes; undefined where it was not decided. */
function begin(
  { tiny, work, payloads }: SchedulingTenant,
  kind: Kind,
  batch: number,
  done: (sum: number | undefined) => void,
): void {
  const items = kind === 'tiny' ? payloads.tiny : kind === 'short' ? payloads.short : payloads.batch(batch);
  decidePayloads(kind === 'tiny' ? tiny : work, items, { now: 0n }, (settled) => {
    let sum = settled.status === 0 ? 0 : undefined;
    for (let i = 0; i < settled.count; i++) sum! += settled.decision(i)[DECISION_OUTCOME]!;
    done(sum);
  });
}

/** Sends the plan, and waits for the last answer. */
async function drive(name: string, tenant: SchedulingTenant, plan: readonly Request[], batch: number): Promise<RowResult> {
  const short = new Latencies();
  const long = new Latencies();
  let sums = 0;
  let failures = 0;
  let answered = 0;
  let next = 0;
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const pump = (): void => {
      while (next < plan.length && (plan[next] as Request).at <= performance.now() - start) {
        const { at, kind } = plan[next++] as Request;
        begin(tenant, kind, batch, (sum) => {
          if (sum === undefined) failures++;
          else sums += sum;
          (kind === 'batch' ? long : short).record((performance.now() - start - at) * 1000);
          if (++answered === plan.length) resolve();
        });
      }
      if (next === plan.length) return;
      if ((plan[next] as Request).at - (performance.now() - start) > SPIN_MILLIS) setTimeout(pump, 1);
      else setImmediate(pump);
    };
    pump();
  });
  const rate = (answered * 1000) / (performance.now() - start);
  const expected = plan.reduce((sum, { kind }) => sum + (kind === 'batch' ? tenant.outcomesOf(batch) : tenant.outcomesOf(1)), 0);
  const wrong = failures > 0 ? `${failures} not decided` : sums === expected ? null : `outcomes add up to ${sums}, not ${expected}`;
  return { name, shortP50: short.at(50) / 1000, shortP99: short.at(99) / 1000, batchP50: long.at(50) / 1000, rate, wrong };
}

function medianOf(samples: readonly RowResult[]): RowResult {
  const of = (value: (row: RowResult) => number): number => median(samples.map(value));
  return {
    name: (samples[0] as RowResult).name,
    shortP50: of(({ shortP50 }) => shortP50),
    shortP99: of(({ shortP99 }) => shortP99),
    batchP50: of(({ batchP50 }) => batchP50),
    rate: of(({ rate }) => rate),
    wrong: samples.find(({ wrong }) => wrong !== null)?.wrong ?? null,
  };
}

function ratiosOf(rows: readonly RowResult[], shipped: string): SchedulingResult['ratios'] {
  const [fifo, ...others] = rows.filter(({ name }) => name !== shipped) as [RowResult, ...RowResult[]];
  const ours = rows.find(({ name }) => name === shipped) as RowResult;
  return {
    fifo: fifo.shortP99 / ours.shortP99,
    bestOther: Math.min(...others.map(({ shortP99 }) => shortP99)) / ours.shortP99,
    throughput: ours.rate / fifo.rate,
  };
}

function tableOf(rows: readonly RowResult[], format: TableFormat): string[] {
  const head = ['', 'short p50 ms', 'short p99 ms', 'batch p50 ms', 'requests/s', ''];
  const cells = rows.map(({ name, shortP50, shortP99, batchP50, rate, wrong }) => [
    name,
    ...[shortP50, shortP99, batchP50, rate].map(formatNumber),
    wrong === null ? '' : `WRONG: ${wrong}`,
  ]);
  return format(head, cells, ['left', 'right', 'right', 'right', 'right', 'left']);
}

function verdictOf({ fifo, bestOther, throughput }: SchedulingResult['ratios']): string[] {
  const line = (what: string, value: number, least: number): string =>
    `${what}: ${formatNumber(value)} (asked: at least ${least}) ${value >= least ? 'met' : 'NOT met'}`;
  return [
    line('p99 of short requests, FIFO pool over what ships', fifo, 5),
    line('p99 of short requests, best other row over what ships', bestOther, 1),
    line('throughput, what ships over FIFO pool', throughput, 0.95),
  ];
}
