// What a server does that is asked for three times as much as it can decide: a calm while, the overload, and a calm while again, as
// one open-loop run over HTTP, with decisions of about a millisecond, so that the worker and not the client is the limit.

import { LoadTest } from '../src/loadtest/load-test.js';
import { readProcesses } from '../src/loadtest/machine.js';
import { httpMessages } from '../src/loadtest/messages.js';
import type { Loop } from '../src/loadtest/order.js';
import type { LoadPlan } from '../src/loadtest/plan.js';
import type { ProfileOptions } from '../src/loadtest/profile.js';
import type { RunReport, SecondReport } from '../src/loadtest/report.js';
import { Child } from './child.js';
import type { OverloadHandlers } from './overload/server.js';
import { formatNumber, median } from './report.js';
import { MILLISECOND, workBundle, workPayload } from './scheduling/work.js';

const TENANT = 'bench';
const PAYLOADS = 64;
/** More than may wait, so that none is held back by the client. */
const CONNECTIONS = 2_000;
const CALM_SHARE = 0.5;
const OVERLOAD = 3;
const CALM_SECONDS = 10;
const WARM_UP_SECONDS = 2;
const CAPACITY_SECONDS = 10;
const RECOVERY_SECONDS = 2;
/** Bytes that memory may grow by from the first third of the overload to the last. */
const GROWTH_BYTES_MAX = 16 * 1024 * 1024;

export interface OverloadOptions {
  /** Of the overload itself. */
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface OverloadResult {
  /** Decisions a second in a closed loop, and in the overload. */
  readonly capacity: number;
  readonly goodput: number;
  readonly offered: number;
  readonly refused: number;
  /** Requests that were neither decided nor refused with 503. */
  readonly lost: number;
  /** Resident bytes of the server: median of the first and of the last third of the overload. */
  readonly memory: readonly [number, number];
  /** p99 of the calm seconds before, and of each second after the overload, milliseconds. */
  readonly calmP99: number;
  readonly afterP99: readonly number[];
  readonly opened: number;
  readonly ok: boolean;
}

/** Runs it, and says what holds. Takes `seconds`, and half a minute more. */
export async function testOverload({ seconds, log }: OverloadOptions): Promise<OverloadResult> {
  const server = Child.start<OverloadHandlers>(new URL('./overload/server.js', import.meta.url));
  try {
    const { port, name, pid } = await server.call('start', { tenant: TENANT, files: workBundle('overload', MILLISECOND) });
    const path = `/v1/${TENANT}/decisions/${name}`;
    const bodies = Array.from({ length: PAYLOADS }, (_, i) => JSON.stringify(workPayload(i, MILLISECOND.numbers)));
    const run = async (connections: number, loop: Loop, profile: ProfileOptions): Promise<RunReport> => {
      const plan = planOf(port, { path, messages: httpMessages(path, '127.0.0.1', bodies, 1), connections, loop, profile });
      const report = await new LoadTest(plan, { bundle: name, tenant: TENANT }).run();
      return report.runs[0] as RunReport;
    };
    const closed = (length: number): Promise<RunReport> => run(32, { kind: 'closed' }, { kind: 'hold', seconds: length });
    await closed(WARM_UP_SECONDS);
    const capacity = (await closed(CAPACITY_SECONDS)).requestsPerSecond;
    const rate = OVERLOAD * capacity;
    log(`${formatNumber(capacity)} decisions a second; ${formatNumber(rate)} are asked for, for ${seconds} s`);
    const burst: ProfileOptions = {
      kind: 'burst',
      seconds: seconds + 2 * CALM_SECONDS,
      burstSeconds: seconds,
      burstEverySeconds: seconds + CALM_SECONDS,
      baseShare: CALM_SHARE / OVERLOAD,
    };
    const samples: number[] = [];
    let sampling: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      sampling = setInterval(() => samples.push(readProcesses([pid]).rssBytes), 500);
    }, CALM_SECONDS * 1000);
    const report = await run(CONNECTIONS, { kind: 'open', rate, arrivals: 'poisson', seed: 1 }, burst);
    clearTimeout(timer);
    clearInterval(sampling);
    const { opened } = (await server.call('stats', undefined as never)).pool.breakers;
    const result = resultOf(report, { capacity, seconds, samples: samples.slice(0, 2 * seconds), opened });
    for (const line of linesOf(result)) log(line);
    return result;
  } finally {
    await server.stop();
  }
}

type PlanParts = Pick<LoadPlan, 'path' | 'messages' | 'connections' | 'loop' | 'profile'>;

function planOf(port: number, parts: PlanParts): LoadPlan {
  return {
    protocol: 'http',
    targets: [{ host: '127.0.0.1', port }],
    sources: [],
    tls: undefined,
    authorization: '',
    processes: 1,
    connectionsPerSecond: 5_000,
    connectingMax: 64,
    connectSecondsMax: 30,
    reconnect: false,
    inFlight: 1,
    requestsMax: 10_000_000,
    drainSeconds: 30,
    pace: 'timer',
    echo: false,
    rounds: 1,
    serverPids: [],
    ...parts,
  };
}

interface Measured {
  readonly capacity: number;
  readonly seconds: number;
  readonly samples: readonly number[];
  readonly opened: number;
}

function resultOf({ series, tally }: RunReport, { capacity, seconds, samples, opened }: Measured): OverloadResult {
  const end = CALM_SECONDS + seconds;
  const of = (from: number, to: number): SecondReport[] => series.filter(({ second }) => second >= from && second < to);
  const sum = (parts: readonly SecondReport[], key: 'sent' | 'answered'): number => parts.reduce((all, part) => all + part[key], 0);
  // The first second fills the queue, and is no rule.
  const overload = of(CALM_SECONDS + 1, end);
  const calmP99 = median(of(1, CALM_SECONDS).map(({ p99 }) => p99)) / 1000;
  const afterP99 = of(end, end + CALM_SECONDS).map(({ p99 }) => p99 / 1000);
  const refused = tally.failures.HTTP_503 ?? 0;
  const third = Math.ceil(samples.length / 3);
  const memory = [median(samples.slice(0, third)), median(samples.slice(-third))] as const;
  const goodput = sum(overload, 'answered') / overload.length;
  const lost = tally.failed - refused + tally.unanswered + tally.unsent + tally.lost;
  const isNormal = median(afterP99.slice(RECOVERY_SECONDS)) <= Math.max(2 * calmP99, 10);
  const ok = goodput >= 0.9 * capacity && lost === 0 && memory[1] - memory[0] <= GROWTH_BYTES_MAX && isNormal;
  return {
    capacity,
    goodput,
    offered: sum(overload, 'sent') / overload.length,
    refused,
    lost,
    memory,
    calmP99,
    afterP99,
    opened,
    ok,
  };
}

function linesOf(result: OverloadResult): string[] {
  const { capacity, goodput, offered, refused, lost, memory, calmP99, afterP99, opened, ok } = result;
  const millions = (bytes: number): string => formatNumber(bytes / 2 ** 20);
  return [
    `offered ${formatNumber(offered)}/s, decided ${formatNumber(goodput)}/s: ${formatNumber(goodput / capacity)} of capacity (asked: 0.9)`,
    `refused with 503: ${refused}; neither decided nor refused: ${lost} (asked: 0); circuit breakers opened ${opened} times`,
    `memory of the server: ${millions(memory[0])} MiB in the first third, ${millions(memory[1])} MiB in the last`,
    `p99 before ${formatNumber(calmP99)} ms; after, by second: ${afterP99.map(formatNumber).join(', ')} ms (asked: normal after 2 s)`,
    ok ? 'all of it holds' : 'NOT all of it holds',
  ];
}
