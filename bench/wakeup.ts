// The bench of waking a worker: microseconds from handing a task that does nothing to having its answer, one at a time, by the ways
// there are. With it stands what a decision may cost before it is worth the way (costInlineMax, src/config.ts).

import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { resolveConfig } from '../src/config.js';
import type { DecideTask } from '../src/runtime/task.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';

export interface WakeupOptions {
  readonly runs: number;
  /** Round trips of a run. */
  readonly trips: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

interface RowResult {
  readonly name: string;
  /** Microseconds of a round trip: the median over the runs of their means. */
  readonly micros: number;
  /** Of it, processor time of all threads. */
  readonly cpuMicros: number;
}

export interface WakeupResult {
  readonly machine: Machine;
  readonly rows: readonly RowResult[];
}

interface Way {
  readonly name: string;
  trip(): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What the pool sends for one slot. */
const TASK: DecideTask = { parts: [1, 4096, 0, 0] };
const SHIPPED = "piscina, atomics 'sync'";

/** Measures all ways in turns, and prints the table. */
export async function benchWakeup({ runs, trips, format, log }: WakeupOptions): Promise<WakeupResult> {
  const machine = describeMachine(undefined);
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; medians of ${runs} runs of ${trips} round trips`);
  const ways = [pool('sync'), pool('async'), pool('disabled'), port(), futex()];
  try {
    const samples = new Map(ways.map(({ name }) => [name, [] as RowResult[]]));
    for (const way of ways) await measure(way, trips); // warms it up
    for (let run = 0; run < runs; run++) for (const way of ways) samples.get(way.name)!.push(await measure(way, trips));
    const rows = [...samples].map(([name, of]) => ({
      name,
      micros: median(of.map(({ micros }) => micros)),
      cpuMicros: median(of.map(({ cpuMicros }) => cpuMicros)),
    }));
    const head = ['', 'us a round trip', 'us of processors'];
    const cells = rows.map(({ name, micros, cpuMicros }) => [name, formatNumber(micros), formatNumber(cpuMicros)]);
    for (const line of ['', ...format(head, cells, ['left', 'right', 'right']), '']) log(line);
    const budget = resolveConfig({}, machine.processors).costInlineMax / 1000;
    const hop = rows.find(({ name }) => name === SHIPPED)!.micros;
    log(
      `costInlineMax is about ${formatNumber(budget)} us: at it, the way to a worker and back adds ${formatNumber((100 * hop) / budget)} %`,
    );
    return { machine, rows };
  } finally {
    await Promise.all(ways.map((way) => way.close()));
  }
}

async function measure({ name, trip }: Way, trips: number): Promise<RowResult> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < trips; i++) await trip();
  const micros = ((performance.now() - start) * 1000) / trips;
  const { user, system } = process.cpuUsage(cpu);
  return { name, micros, cpuMicros: (user + system) / trips };
}

function pool(atomics: 'sync' | 'async' | 'disabled'): Way {
  const filename = fileURLToPath(new URL('./wakeup/task.js', import.meta.url));
  const piscina = new Piscina({ filename, name: 'runTask', minThreads: 1, maxThreads: 1, atomics, recordTiming: false });
  return { name: `piscina, atomics '${atomics}'`, trip: () => piscina.run(TASK), close: () => piscina.destroy() };
}

/** A worker with an event loop, and messages in both directions. */
function port(): Way {
  const { worker, port: own } = start('port');
  const trip = (): Promise<unknown> =>
    new Promise((resolve) => {
      own.once('message', resolve);
      own.postMessage(TASK);
    });
  return { name: 'MessagePort both ways', trip, close: () => worker.terminate() };
}

/** A futex in both directions: Atomics.wait in the worker, Atomics.waitAsync here. */
function futex(): Way {
  const { worker, counts } = start('futex');
  // Nothing else keeps the process while it waits.
  const alive = setInterval(() => {}, 1000);
  const trip = async (): Promise<void> => {
    const next = Atomics.add(counts, 0, 1) + 1;
    Atomics.notify(counts, 0);
    for (let answered = Atomics.load(counts, 1); answered !== next; answered = Atomics.load(counts, 1)) {
      const { async: isAsync, value } = waitAsync(counts, 1, answered);
      if (isAsync) await value;
    }
  };
  const close = async (): Promise<void> => {
    clearInterval(alive);
    Atomics.store(counts, 0, -1);
    Atomics.notify(counts, 0);
    await worker.terminate();
  };
  return { name: 'Atomics.wait, and waitAsync back', trip, close };
}

function start(kind: 'port' | 'futex') {
  const { port1, port2 } = new MessageChannel();
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const file = new URL('./wakeup/worker.js', import.meta.url);
  const worker = new Worker(file, { workerData: { kind, port: port2, counts }, transferList: [port2] });
  return { worker, port: port1, counts };
}

/** Not in the types of the library that is compiled against. */
function waitAsync(counts: Int32Array, index: number, value: number): { async: boolean; value: unknown } {
  return (Atomics as unknown as { waitAsync: (...wait: unknown[]) => { async: boolean; value: unknown } }).waitAsync(
    counts,
    index,
    value,
  );
}
