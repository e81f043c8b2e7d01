// The bench of the tail: how long single decisions over HTTP take while the server has half of what it can do, beside a bare echo
// that gets the same requests at the same rate, in turns.

import { bundleOf } from './bundle.js';
import { Child } from './child.js';
import { steadyLoad } from './load.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import type { ClientHandlers } from './serving/client.js';
import { httpRequest } from './serving/requests.js';
import type { VerdictHandlers } from './serving/verdict-server.js';
import { computeTruth } from './truth.js';
import { makePayloads, makeRules } from './workload.js';

const TENANT = 'bench';
const CONNECTIONS = 64;
/** Of capacity. */
const SHARE = 0.5;
const PERCENTILES = ['p50', 'p90', 'p99', 'p999'] as const;

export interface TailOptions {
  readonly rules: number;
  /** Times each server is measured, in turns. */
  readonly rounds: number;
  readonly seconds: number;
  readonly payloadCount: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

type Percentiles = Record<(typeof PERCENTILES)[number], number>;

export interface TailResult {
  readonly machine: Machine;
  /** Requests a second: what the server can do, and what it gets. */
  readonly capacity: number;
  readonly rate: number;
  /** Microseconds from the intended time of a request to its answer, medians of the rounds. */
  readonly verdict: Percentiles;
  readonly echo: Percentiles;
  readonly ratios: Percentiles;
}

/** Finds the capacity in a closed loop, and measures at a share of it. */
export async function benchTail(options: TailOptions): Promise<TailResult> {
  const { rules: ruleCount, rounds, seconds, payloadCount, format, log } = options;
  const machine = describeMachine(undefined);
  const rules = makeRules(ruleCount);
  const payloads = makePayloads(payloadCount);
  const files = bundleOf('workload', rules, computeTruth(rules, payloads).thresholds);
  const verdict = Child.start<VerdictHandlers>(new URL('./serving/verdict-server.js', import.meta.url));
  const client = Child.start<ClientHandlers>(new URL('./serving/client.js', import.meta.url));
  try {
    const { port, bundle } = await verdict.call('start', { tenant: TENANT, files });
    const path = `/v1/${TENANT}/decisions/${bundle}`;
    await client.call('load', { set: 'http', messages: payloads.map((payload) => httpRequest(path, payload)) });
    const closed = { port, kind: 'http', set: 'http', path, connections: CONNECTIONS, depth: 1 } as const;
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { replies, seconds: taken } = await client.call('run', { ...closed, warmupMs: 500, measureMs: 1000 });
      rates.push(replies / taken);
    }
    const capacity = median(rates);
    const rate = Math.round(capacity * SHARE);
    log(
      `${machine.cpu}, ${machine.processors} processors, node ${machine.node}; ${formatNumber(capacity)} requests a second in a ` +
        `closed loop; medians of ${rounds} rounds of ${seconds} s at ${formatNumber(rate)} a second`,
    );
    const bodies = payloads.map((payload) => JSON.stringify(payload));
    const { runs } = await steadyLoad({
      port,
      path,
      bodies,
      rate,
      seconds,
      connections: CONNECTIONS,
      echoRounds: rounds,
      pace: 'spin',
    });
    const of = (against: 'target' | 'echo'): Percentiles => {
      const chosen = runs.filter((run) => run.against === against);
      return percentilesOf((name) => median(chosen.map(({ latency }) => latency[name])));
    };
    const [target, echo] = [of('target'), of('echo')];
    const ratios = percentilesOf((name) => target[name] / echo[name]);
    const row = (name: string, values: Percentiles, unit: string): string[] => [
      name,
      ...PERCENTILES.map((each) => `${formatNumber(values[each])}${unit}`),
    ];
    const head = ['', 'p50', 'p90', 'p99', 'p99.9'];
    const cells = [row('Verdict', target, ' us'), row('echo', echo, ' us'), row('times the echo', ratios, '')];
    for (const line of ['', ...format(head, cells, ['left', 'right', 'right', 'right', 'right'])]) log(line);
    return { machine, capacity, rate, verdict: target, echo, ratios };
  } finally {
    await Promise.all([client.stop(), verdict.stop()]);
  }
}

function percentilesOf(value: (name: (typeof PERCENTILES)[number]) => number): Percentiles {
  return { p50: value('p50'), p90: value('p90'), p99: value('p99'), p999: value('p999') };
}
