// Requests at a steady rate by the load tester (src/loadtest), for benches that ask how long a single decision takes.

import { LoadTest } from '../src/loadtest/load-test.js';
import { httpMessages } from '../src/loadtest/messages.js';
import { hostOf } from '../src/loadtest/order.js';
import type { LoadPlan } from '../src/loadtest/plan.js';
import type { LoadReport } from '../src/loadtest/report.js';

export interface SteadyLoad {
  readonly port: number;
  readonly path: string;
  /** Bodies in JSON, sent in turn. */
  readonly bodies: readonly string[];
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
  /** With the bare echo in turns, in so many rounds. */
  readonly echoRounds?: number;
  /** `spin` keeps a processor busy, and sends in time to the microsecond. */
  readonly pace: LoadPlan['pace'];
}

/** Sends single decisions over HTTP at the times of a Poisson process. Throws where one was not answered by a decision. */
export async function steadyLoad(load: SteadyLoad): Promise<LoadReport> {
  const { port, path, bodies, rate, seconds, connections, echoRounds, pace } = load;
  const target = { host: '127.0.0.1', port };
  const test = new LoadTest(
    {
      ...{ protocol: 'http', path, messages: httpMessages(path, hostOf(target), bodies, 1), targets: [target], sources: [] },
      ...{ tls: undefined, authorization: '' },
      ...{ connections, processes: 1, connectionsPerSecond: 1000, connectingMax: 64, connectSecondsMax: 10, reconnect: false },
      ...{ inFlight: 1, loop: { kind: 'open', rate, arrivals: 'poisson', seed: 1 }, profile: { kind: 'hold', seconds } },
      ...{ requestsMax: 1e8, drainSeconds: 5, pace, echo: echoRounds !== undefined, rounds: echoRounds ?? 1, serverPids: [] },
    },
    { bundle: '', tenant: '' },
  );
  const report = await test.run();
  if (!report.ok)
    throw new Error(`not every request was answered by a decision: ${JSON.stringify(report.runs.map(({ tally }) => tally))}`);
  return report;
}
