// The bench of dispatch: what costInlineMax is to be. Batches of growing cost over WebSockets, decided at once, by a worker, and as
// the server chooses; beside them single decisions over HTTP at a steady rate, which must not notice.

import { OPCODE_BINARY, webSocketMessage } from '../src/loadtest/messages.js';
import { writeRequestBatch } from '../src/stream/request-batch.js';
import { bundleOf } from './bundle.js';
import { Child } from './child.js';
import { steadyLoad } from './load.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import type { ClientHandlers } from './serving/client.js';
import type { VerdictHandlers } from './serving/verdict-server.js';
import { computeTruth } from './truth.js';
import { encodePayloads, setUpVerdict } from './verdict-rows.js';
import { makePayloads, makeRules } from './workload.js';

const TENANT = 'bench';
const PAYLOADS = 8192;
const COUNTS = [64, 256, 1024, 4096] as const;
const CONNECTIONS = 4;
const SHORT_PER_SECOND = 500;
const ROOM = { ringBytes: 1 << 28, tenantPagesMax: 8192 };
const WAYS = ['at once', 'by a worker', 'as chosen'] as const;

type Way = (typeof WAYS)[number];

export interface DispatchOptions {
  readonly rules: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Payloads of a batch, powers of 2; default 64 to 4,096. */
  readonly counts?: readonly number[];
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

interface RowResult {
  readonly payloads: number;
  /** Static, of a batch. */
  readonly cost: number;
  /** Medians of the rounds. Payloads of batches a second; microseconds of single decisions. */
  readonly ways: Record<Way, { readonly rate: number; readonly p50: number; readonly p99: number }>;
}

export interface DispatchResult {
  readonly machine: Machine;
  readonly rows: readonly RowResult[];
}

/** Measures each size of batch by each way, in turns. */
export async function benchDispatch(options: DispatchOptions): Promise<DispatchResult> {
  const { rules: ruleCount, rounds, seconds, counts = COUNTS, format, log } = options;
  const machine = describeMachine(undefined);
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; medians of ${rounds} rounds of ${seconds} s`);
  const rules = makeRules(ruleCount);
  const payloads = makePayloads(PAYLOADS);
  const files = bundleOf('workload', rules, computeTruth(rules, payloads).thresholds);
  const setup = await setUpVerdict(files);
  const bytes = encodePayloads(setup.live.model, payloads);
  const { costMax } = setup.live;
  await setup.engine.close();
  const costs: Record<Way, number | undefined> = {
    'at once': Number.MAX_SAFE_INTEGER,
    'by a worker': costMax,
    'as chosen': undefined,
  };

  const servers = new Map(
    WAYS.map((way) => [way, Child.start<VerdictHandlers>(new URL('./serving/verdict-server.js', import.meta.url))]),
  );
  const client = Child.start<ClientHandlers>(new URL('./serving/client.js', import.meta.url));
  try {
    const ports = new Map<Way, number>();
    let target = { bundle: '', modelHash: '' };
    for (const [way, server] of servers) {
      const costInlineMax = costs[way];
      const room = { ...ROOM, ...(costInlineMax === undefined ? {} : { costInlineMax }) };
      const { port, ...started } = await server.call('start', { tenant: TENANT, files, options: room });
      ports.set(way, port);
      target = started;
    }
    const path = `/v1/${TENANT}/decisions/${target.bundle}`;
    const bodies = payloads.slice(0, 1024).map((payload) => JSON.stringify(payload));
    const rows: RowResult[] = [];
    for (const count of counts) {
      const messages = Array.from({ length: PAYLOADS / count }, (_, i) => {
        const firstId = i * count;
        const frame = writeRequestBatch(BigInt(i), target.modelHash, target.bundle, bytes.slice(firstId, firstId + count), {
          firstId,
        });
        return webSocketMessage(OPCODE_BINARY, frame);
      });
      await client.call('load', { set: String(count), messages });
      const measure = async (way: Way): Promise<{ rate: number; p50: number; p99: number }> => {
        const port = ports.get(way)!;
        const load = {
          port,
          kind: 'websocket',
          set: String(count),
          path: `/v1/${TENANT}/stream`,
          connections: CONNECTIONS,
        } as const;
        const batches = client.call('run', { ...load, depth: 1, warmupMs: 500, measureMs: seconds * 1000 });
        const short = steadyLoad({ port, path, bodies, rate: SHORT_PER_SECOND, seconds, connections: 16, pace: 'timer' });
        const [{ replies, seconds: taken }, { runs }] = await Promise.all([batches, short]);
        return { rate: (replies * count) / taken, p50: runs[0]!.latency.p50, p99: runs[0]!.latency.p99 };
      };
      const samples = new Map(WAYS.map((way) => [way, [] as Awaited<ReturnType<typeof measure>>[]]));
      for (let round = 0; round < rounds; round++) for (const way of WAYS) samples.get(way)!.push(await measure(way));
      const middle = (way: Way): RowResult['ways'][Way] => {
        const of = (value: 'rate' | 'p50' | 'p99'): number => median(samples.get(way)!.map((sample) => sample[value]));
        return { rate: of('rate'), p50: of('p50'), p99: of('p99') };
      };
      const ways = { 'at once': middle('at once'), 'by a worker': middle('by a worker'), 'as chosen': middle('as chosen') };
      rows.push({ payloads: count, cost: count * costMax, ways });
    }
    const head = ['payloads', 'units', ...WAYS.flatMap((way) => [`${way}: payloads/s`, 'p50 us', 'p99 us'])];
    const cells = rows.map(({ payloads: count, cost, ways }) => [
      String(count),
      formatNumber(cost),
      ...WAYS.flatMap((way) => [ways[way].rate, ways[way].p50, ways[way].p99].map(formatNumber)),
    ]);
    for (const line of [
      '',
      ...format(
        head,
        cells,
        head.map(() => 'right'),
      ),
    ])
      log(line);
    return { machine, rows };
  } finally {
    await Promise.all([client.stop(), ...[...servers.values()].map((server) => server.stop())]);
  }
}
