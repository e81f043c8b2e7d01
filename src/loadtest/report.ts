// The findings of a load test: what text, JSON and the page are made from.

import type { ArrivalKind } from './arrivals.js';
import type { CrewResult } from './crew.js';
import type { DistributionPoint, Percentiles } from './latency.js';
import type { ProcessFigures } from './machine.js';
import type { Change } from './metrics.js';
import type { Loop, Protocol } from './order.js';
import type { Finding } from './preflight.js';
import type { ProfileKind } from './profile.js';
import type { Second } from './seconds.js';
import type { Tally } from './tally.js';

/** What was asked for. */
export interface PlanReport {
  readonly protocol: Protocol;
  readonly targets: readonly string[];
  readonly path: string;
  readonly loop: Loop['kind'];
  /** Requests a second at the full level; absent in a closed loop. */
  readonly rate?: number;
  readonly arrivals?: ArrivalKind;
  readonly profile: ProfileKind;
  readonly seconds: number;
  readonly connections: number;
  readonly processes: number;
  readonly inFlight: number;
  /** Payloads a request, and distinct requests. */
  readonly payloads: number;
  readonly messages: number;
  /** Bytes of a request, on average. */
  readonly bytesMean: number;
}

export interface SecondReport {
  readonly second: number;
  /** In this second. */
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  readonly open: number;
  readonly inFlight: number;
  /** Microseconds, of the answers of this second; 0 where there were none. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What the processes of the server took. */
export interface ServerReport {
  /** Before the connections, with all of them open, and at the end. */
  readonly before: ProcessFigures;
  readonly connected: ProcessFigures;
  readonly after: ProcessFigures;
  /** Growth from `before` to `connected`, a connection; absent where there are too few to tell. Pss, bytes. */
  readonly bytesPerConnection?: number;
  /** What a process took before. */
  readonly bytesFixed: number;
  readonly cpuSeconds: number;
  readonly cpuMicrosPerRequest: number;
}

/** One run, against the target or the echo. */
export interface RunReport {
  readonly against: 'target' | 'echo';
  /** From 1. */
  readonly round: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly decisionsPerSecond: number;
  readonly tally: Tally;
  /** Microseconds. Of an open loop from the intended time, of a closed one from the sending. */
  readonly latency: Percentiles;
  readonly service: Percentiles;
  readonly lag: Percentiles;
  readonly atLeast: Percentiles;
  readonly distribution: readonly DistributionPoint[];
  readonly buckets: readonly { readonly toMicros: number; readonly count: number }[];
  readonly series: readonly SecondReport[];
  /** `latency` as HdrHistogram's tools read it. */
  readonly histogram: string;
  readonly client: { readonly processes: number; readonly processesLost: number; readonly cpuSeconds: number };
  readonly server?: ServerReport;
  readonly metrics?: readonly Change[];
}

/** Target over echo: above 1 is more. Of several rounds, medians. */
export interface Ratios {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  /** Absent unless both servers' processes were looked at. */
  readonly cpuMicrosPerRequest?: number;
}

/** Output of `verdict loadtest --json`. */
export interface LoadReport {
  /** Every request was sent and answered by decisions, and every connection opened and stayed. */
  readonly ok: boolean;
  /** It was ended from outside; the rest is what had been found until then. */
  readonly interrupted: boolean;
  readonly bundle: string;
  readonly tenant: string;
  readonly plan: PlanReport;
  readonly node: string;
  readonly preflight: readonly Finding[];
  readonly runs: readonly RunReport[];
  readonly ratios?: Ratios;
}

export interface RunFacts {
  readonly against: RunReport['against'];
  readonly round: number;
  readonly processes: number;
  readonly payloads: number;
  readonly server?: readonly [ProcessFigures, ProcessFigures, ProcessFigures];
  readonly metrics?: readonly Change[];
}

export function runReport(result: CrewResult, facts: RunFacts): RunReport {
  const { tally, latency, service, lag, atLeast, duration, cpuMillis, processesLost } = result;
  const perSecond = (count: number): number => (duration === 0 ? 0 : Math.round((count / duration) * 10) / 10);
  const { against, round, server, metrics, processes, payloads } = facts;
  return {
    against,
    round,
    seconds: duration,
    requestsPerSecond: perSecond(tally.answered),
    decisionsPerSecond: perSecond(tally.answered * payloads),
    tally,
    latency: latency.percentiles(),
    service: service.percentiles(),
    lag: lag.percentiles(),
    atLeast: atLeast.percentiles(),
    distribution: latency.distribution(),
    buckets: latency.buckets(),
    series: seriesOf(result.seconds),
    histogram: latency.encode(),
    client: { processes, processesLost, cpuSeconds: cpuMillis / 1000 },
    ...(server === undefined ? {} : { server: serverReport(server, tally) }),
    ...(metrics === undefined || metrics.length === 0 ? {} : { metrics }),
  };
}

function seriesOf(seconds: readonly Second[]): SecondReport[] {
  let before = { sent: 0, answered: 0, failed: 0 };
  return seconds.map(({ second, tally, open, inFlight, latency }) => {
    const { p50, p90, p99, p999, max } = latency;
    const { sent, answered, failed } = tally;
    const report = {
      second,
      sent: sent - before.sent,
      answered: answered - before.answered,
      failed: failed - before.failed,
      open,
      inFlight,
      ...{ p50, p90, p99, p999, max },
    };
    before = { sent, answered, failed };
    return report;
  });
}

/** Connections from which on the growth of a server is theirs, and not that of its heap. */
const SLOPE_CONNECTIONS_MIN = 1_000;

function serverReport(
  [before, connected, after]: readonly [ProcessFigures, ProcessFigures, ProcessFigures],
  tally: Tally,
): ServerReport {
  const cpuSeconds = after.cpuSeconds - connected.cpuSeconds;
  return {
    before,
    connected,
    after,
    ...(tally.opened < SLOPE_CONNECTIONS_MIN
      ? {}
      : { bytesPerConnection: Math.round((connected.pssBytes - before.pssBytes) / tally.opened) }),
    bytesFixed: Math.round(before.pssBytes / Math.max(1, before.processes)),
    cpuSeconds,
    cpuMicrosPerRequest: tally.answered === 0 ? 0 : Math.round((cpuSeconds * 1e7) / tally.answered) / 10,
  };
}

/** Whether a run left nothing to be desired. */
export function isWhole({ tally, client }: RunReport): boolean {
  const { failed, unanswered, unsent, unexpected, refused, lost } = tally;
  return failed + unanswered + unsent + unexpected + refused + lost + client.processesLost === 0;
}

/** Target over echo; undefined unless both were run. */
export function ratiosOf(runs: readonly RunReport[]): Ratios | undefined {
  const of = (against: RunReport['against']) => runs.filter((run) => run.against === against);
  const [targets, echoes] = [of('target'), of('echo')];
  if (targets.length === 0 || echoes.length === 0) return undefined;
  const ratio = (value: (run: RunReport) => number): number => {
    const below = median(echoes.map(value));
    return below === 0 ? 0 : Math.round((median(targets.map(value)) / below) * 1000) / 1000;
  };
  const hasServers = [...targets, ...echoes].every(({ server }) => server !== undefined);
  return {
    requestsPerSecond: ratio((run) => run.requestsPerSecond),
    p50: ratio((run) => run.latency.p50),
    p90: ratio((run) => run.latency.p90),
    p99: ratio((run) => run.latency.p99),
    p999: ratio((run) => run.latency.p999),
    ...(hasServers ? { cpuMicrosPerRequest: ratio((run) => run.server?.cpuMicrosPerRequest ?? 0) } : {}),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Bytes in the unit that reads best: `870 B`, `45.1 KiB`; below 0 where memory was given back. */
export function formatBytes(value: number): string {
  const digits = (number: number): string => number.toLocaleString('en-US', { maximumFractionDigits: 1 });
  if (Math.abs(value) < 10_000) return `${digits(value)} B`;
  return Math.abs(value) < 10_000_000 ? `${digits(value / 1024)} KiB` : `${digits(value / 1024 / 1024)} MiB`;
}
