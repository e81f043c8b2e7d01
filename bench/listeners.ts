// The bench of listeners: single decisions over HTTP in a closed loop, by the number of threads that take connections. Servers and
// the client share the machine's processors: what a second listener brings where the client takes one of two says little of a
// larger machine; the server's processor time a request says what the sharing costs.

import { bundleOf } from './bundle.js';
import { Child } from './child.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import type { ClientHandlers } from './serving/client.js';
import { httpRequest } from './serving/requests.js';
import type { VerdictHandlers } from './serving/verdict-server.js';
import { computeTruth } from './truth.js';
import { makePayloads, makeRules } from './workload.js';

const TENANT = 'bench';
const CONNECTIONS = 64;
const LISTENERS = [1, 2] as const;

export interface ListenersOptions {
  readonly rules: number;
  /** Times each server is measured, in turns. */
  readonly rounds: number;
  readonly measureMs: number;
  readonly payloadCount: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface ListenersRow {
  readonly listeners: number;
  /** Medians of the rounds: requests a second, and the server's processor time of one, microseconds. */
  readonly rate: number;
  readonly cpuMicros: number;
}

export async function benchListeners(options: ListenersOptions): Promise<{ machine: Machine; rows: ListenersRow[] }> {
  const { rules: ruleCount, rounds, measureMs, payloadCount, format, log } = options;
  const machine = describeMachine(undefined);
  const rules = makeRules(ruleCount);
  const payloads = makePayloads(payloadCount);
  const files = bundleOf('workload', rules, computeTruth(rules, payloads).thresholds);
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; medians of ${rounds} rounds of ${measureMs} ms`);
  const servers = LISTENERS.map((listeners) => ({
    listeners,
    child: Child.start<VerdictHandlers>(new URL('./serving/verdict-server.js', import.meta.url)),
    runs: [] as { rate: number; cpuMicros: number }[],
  }));
  const client = Child.start<ClientHandlers>(new URL('./serving/client.js', import.meta.url));
  try {
    const started = await Promise.all(
      servers.map(({ child, listeners }) => child.call('start', { tenant: TENANT, files, options: { listeners } })),
    );
    const path = `/v1/${TENANT}/decisions/${started[0]!.bundle}`;
    await client.call('load', { set: 'http', messages: payloads.map((payload) => httpRequest(path, payload)) });
    for (let round = 0; round < rounds; round++) {
      for (const [i, { child, runs }] of servers.entries()) {
        const { port } = started[i]!;
        const before = await child.call('cpu', undefined);
        const order = { port, kind: 'http', set: 'http', path, connections: CONNECTIONS, depth: 1 } as const;
        const warmupMs = measureMs / 4;
        const { replies, seconds } = await client.call('run', { ...order, warmupMs, measureMs });
        const cpu = (await child.call('cpu', undefined)) - before;
        // The warm-up is in it too, at the same rate.
        const whole = replies * (1 + warmupMs / measureMs);
        runs.push({ rate: replies / seconds, cpuMicros: (cpu * 1000) / whole });
      }
    }
  } finally {
    await Promise.all([client.stop(), ...servers.map(({ child }) => child.stop())]);
  }
  const rows = servers.map(({ listeners, runs }): ListenersRow => {
    return { listeners, rate: median(runs.map(({ rate }) => rate)), cpuMicros: median(runs.map(({ cpuMicros }) => cpuMicros)) };
  });
  const [one] = rows as [ListenersRow];
  const cells = rows.map(({ listeners, rate, cpuMicros }) => [
    String(listeners),
    formatNumber(rate),
    formatNumber(rate / one.rate),
    formatNumber(cpuMicros),
    formatNumber(cpuMicros / one.cpuMicros),
  ]);
  const head = ['listeners', 'requests a second', 'times one', "server's us a request", 'times one'];
  for (const line of ['', ...format(head, cells, ['right', 'right', 'right', 'right', 'right'])]) log(line);
  return { machine, rows };
}
