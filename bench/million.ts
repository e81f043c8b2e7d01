// Very many WebSocket connections at once: servers with a port each and clients, as many processes as the limit of descriptors
// makes of them, decisions spread over all connections, and the same against the bare echo, with the same clients.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeRequestFrame } from '../src/loadtest/frame.js';
import { LoadTest } from '../src/loadtest/load-test.js';
import { type Messages, webSocketMessages } from '../src/loadtest/messages.js';
import type { LoadPlan } from '../src/loadtest/plan.js';
import { type LoadReport, median, type RunReport } from '../src/loadtest/report.js';
import { reportPage } from '../src/loadtest/report-page.js';
import { PayloadEncoder } from '../src/schema/encode.js';
import { type Fleet, startFleet } from '../src/server/fleet/fleet.js';
import { findUws } from '../src/server/uws.js';
import { bundleOf } from './bundle.js';
import type { Journal } from './million/journal.js';
import { computeTruth } from './truth.js';
import { makePayloads, makeRules } from './workload.js';

const TENANT = 'bench';
const BUNDLE = 'million';
const RULES = 100;
const PAYLOADS = 16_384;
const HOST = '127.0.0.1';
/** Seconds to come to rest after the publish: its thread ends, its garbage goes. */
const REST_SECONDS = 12;
/** A few decisions before memory is read: code that is compiled with the first one is not the connections'. */
const WARM = { connections: 4, seconds: 3, perServer: 100 };
/** As the servers of a fleet have it: for the echo, and, a little more, for clients. */
const NODE_OPTIONS = '--max-semi-space-size=2';
const CONNECT_SECONDS = 300;
/**
 * Some 11,000 messages a process in 60 s at 20,000 a second: at a quarter of it for 15 s, the first 27 s of what was measured went
 * to V8's compiler.
 */
const WARM_SHARE = 0.5;

export interface MillionOptions {
  readonly connections: number;
  readonly servers: number;
  readonly clients: number;
  readonly rate: number;
  readonly seconds: number;
  /** Sent before, at half of the rate and not counted, to the servers and the echo alike; 0: nothing. */
  readonly warmSeconds: number;
  readonly rounds: number;
  readonly echo: boolean;
  /** Connections opened a second. */
  readonly connectRate: number;
  readonly journal: Journal;
}

/** What it must show, each with what was found. */
export interface Aim {
  readonly what: string;
  readonly found: string;
  readonly isMet: boolean;
}

export interface MillionResult {
  readonly report: LoadReport;
  readonly aims: readonly Aim[];
  readonly ok: boolean;
}

/** Bytes a connection by slope, and of a process without any; percentiles beside the echo's. */
const SLOPE_BYTES_MAX = 1_024;
const FIXED_BYTES_MAX = 40_000_000;
const RATIO_MAX = 1.5;

export class Million {
  private test: LoadTest | undefined;
  private isStopped = false;

  constructor(private readonly options: MillionOptions) {}

  /** Starts everything, runs it, and ends everything. Throws Error where the machine has not what it takes. */
  async run(): Promise<MillionResult> {
    const { journal, servers } = this.options;
    // Read and proved once, for the echo too.
    process.env.VERDICT_UWS = findUws().path;
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} ${NODE_OPTIONS}`.trim();
    journal.say(`${memory()}; starting ${servers} servers`);
    const fleet = await startFleet({
      ...{ host: HOST, port: 0, processes: servers, portPerProcess: true, poolThreads: 0, idleSecondsMax: 0 },
      log: {
        info: () => {},
        warn: (fields, text) => journal.say(line(text, fields)),
        error: (fields, text) => journal.say(line(text, fields)),
      },
    });
    try {
      journal.say(`${servers} servers listen; ${memory()}`);
      const messages = await publish(fleet);
      journal.say(`a bundle of ${RULES} rules is live; waiting ${REST_SECONDS} s for rest`);
      await new Promise((resolve) => setTimeout(resolve, REST_SECONDS * 1000));
      await this.warm(fleet, messages);
      return await this.measure(fleet, messages);
    } finally {
      journal.say('stopping the servers');
      await fleet.stop();
      journal.say(`stopped; ${memory()}`);
    }
  }

  /** Ends the run that goes on with what it has found. */
  stop(): void {
    this.isStopped = true;
    this.test?.stop();
  }

  /** Ends all clients at once. */
  kill(): void {
    this.isStopped = true;
    this.test?.kill();
  }

  private async warm(fleet: Fleet, messages: Messages): Promise<void> {
    const { servers } = this.options;
    const plan = this.plan(fleet, messages, {
      ...{ connections: servers * WARM.connections, processes: 1, rate: servers * WARM.perServer, seconds: WARM.seconds },
      ...{ echo: false, rounds: 1 },
    });
    const { runs } = await new LoadTest(plan, { bundle: BUNDLE, tenant: TENANT }).run();
    this.options.journal.say(`warm: ${runs[0]?.tally.answered} decisions`);
  }

  private async measure(fleet: Fleet, messages: Messages): Promise<MillionResult> {
    const { journal, connections, clients, rate, seconds, warmSeconds, echo, rounds } = this.options;
    const warm = warmSeconds === 0 ? {} : { warm: { seconds: warmSeconds, share: WARM_SHARE } };
    const plan = { ...this.plan(fleet, messages, { connections, processes: clients, rate, seconds, echo, rounds }), ...warm };
    let phase = '';
    const test = new LoadTest(
      plan,
      { bundle: BUNDLE, tenant: TENANT },
      {
        began: (against, round) => {
          phase = `${against} ${round}`;
          journal.say(`${phase}: connecting; ${memory()}`);
        },
        connecting: (open, failed) => journal.sayNow(() => `${phase}: ${open} open, ${failed} failed`),
        second: ({ second, tally, open, latency }) => {
          const { sent, answered, failed } = tally;
          const { p50, p99, max } = latency;
          journal.sayNow(
            () =>
              `${phase}: ${second < 0 ? 'warming, ' : ''}second ${second}, ${open} open, ${sent} sent, ${answered} answered, ${failed} failed; us p50 ${p50} p99 ${p99} max ${max}`,
          );
        },
        ended: (run) => {
          for (const text of describe(run)) journal.say(text);
          journal.say(memory());
        },
      },
    );
    const lacking = test.preflight().filter(({ verdict }) => verdict !== 'ok');
    for (const { what, needed, found, verdict, advice } of lacking)
      journal.say(`${verdict}: ${what}: ${needed} needed, ${found} there; ${advice}`);
    if (lacking.some(({ verdict }) => verdict === 'no')) throw new Error('this machine cannot hold that');
    this.test = test;
    if (this.isStopped) test.stop();
    const report = await test.run();
    const aims = aimsOf(report, this.options);
    journal.write('report.json', `${JSON.stringify({ aims, ...report }, null, 2)}\n`);
    journal.write('report.html', reportPage(report));
    return { report, aims, ok: aims.every(({ isMet }) => isMet) };
  }

  private plan(
    fleet: Fleet,
    messages: Messages,
    of: { connections: number; processes: number; rate: number; seconds: number; echo: boolean; rounds: number },
  ): LoadPlan {
    const { connections, processes, rate, seconds, echo, rounds } = of;
    return {
      ...{ protocol: 'ws', path: `/v1/${TENANT}/stream`, messages, sources: [], connections, processes, echo, rounds },
      targets: fleet.ports.map((port) => ({ host: HOST, port })),
      ...{ tls: undefined, authorization: '' },
      connectionsPerSecond: this.options.connectRate,
      connectingMax: 1_024,
      connectSecondsMax: CONNECT_SECONDS,
      reconnect: false,
      // Each connection is asked now and then only.
      inFlight: 1,
      loop: { kind: 'open', rate, arrivals: 'constant', seed: 1 },
      profile: { kind: 'hold', seconds },
      requestsMax: Math.ceil(rate * seconds * 1.01) + 1,
      drainSeconds: 10,
      pace: 'timer',
      serverPids: fleet.pids,
    };
  }
}

/** Publishes the bundle everywhere, and encodes what is asked. */
async function publish(fleet: Fleet): Promise<Messages> {
  const rules = makeRules(RULES);
  const payloads = makePayloads(PAYLOADS);
  const { thresholds } = computeTruth(rules, payloads);
  await fleet.change(TENANT, (engine) => engine.publish(TENANT, bundleOf(BUNDLE, rules, thresholds)));
  const model = fleet.engine.live(TENANT, BUNDLE)?.model;
  if (model === undefined) throw new Error('the bundle is not live');
  const encoder = new PayloadEncoder(model);
  const frames = payloads.map((payload) => writeRequestFrame(model.hash, BUNDLE, [encoder.encode(payload).slice()]));
  return webSocketMessages(frames, 1);
}

function aimsOf({ runs, ratios }: LoadReport, { connections, rate, seconds, echo }: MillionOptions): Aim[] {
  const targets = runs.filter(({ against }) => against === 'target');
  const worst = (value: (run: RunReport) => number): number => Math.max(...targets.map(value));
  const failed = worst(({ tally }) => tally.failed + tally.unanswered + tally.unsent + tally.refused + tally.lost);
  const opened = Math.min(...targets.map(({ tally }) => tally.opened));
  const answered = Math.min(...targets.map(({ tally }) => tally.answered));
  const slope = median(targets.flatMap(({ server }) => server?.bytesPerConnection ?? []));
  const fixed = worst(({ server }) => server?.bytesFixed ?? Number.POSITIVE_INFINITY);
  const aims: Aim[] = [
    { what: `${connections} connections are held`, found: String(opened), isMet: opened === connections },
    { what: 'nothing failed', found: String(failed), isMet: failed === 0 },
    {
      what: `${rate} decisions a second for ${seconds} s, all answered`,
      found: String(answered),
      isMet: answered >= Math.floor(rate * seconds) - 1,
    },
    { what: `Pss a connection by slope, at most ${SLOPE_BYTES_MAX} B`, found: String(slope), isMet: slope <= SLOPE_BYTES_MAX },
    { what: `Pss of a process, at most ${FIXED_BYTES_MAX} B`, found: String(fixed), isMet: fixed <= FIXED_BYTES_MAX },
  ];
  if (!echo) return aims;
  for (const key of ['p50', 'p99'] as const) {
    const ratio = ratios?.[key];
    const isMet = ratio !== undefined && ratio <= RATIO_MAX;
    aims.push({ what: `${key} over that of the echo, at most ${RATIO_MAX}`, found: String(ratio ?? 'not run'), isMet });
  }
  return aims;
}

/** A run in a few lines. */
function describe({ against, round, tally, latency, service, server, series, client }: RunReport): string[] {
  const { opened, refused, lost, sent, answered, failed, unanswered, unsent } = tally;
  const lines = [
    `${against} ${round}: ${opened} opened, ${refused} refused, ${lost} lost; ${sent} sent, ${answered} answered, ${failed} failed, ` +
      `${unanswered} unanswered, ${unsent} not sent`,
    `${against} ${round}: us p50 ${latency.p50} p90 ${latency.p90} p99 ${latency.p99} p99.9 ${latency.p999} max ${latency.max}; ` +
      `from the sending p50 ${service.p50} p99 ${service.p99}; medians of seconds p50 ${median(series.map(({ p50 }) => p50))} ` +
      `p99 ${median(series.map(({ p99 }) => p99))}; clients ${client.cpuSeconds.toFixed(1)} s of CPU`,
  ];
  const failures = { ...tally.failures, ...tally.connectionFailures };
  if (Object.keys(failures).length > 0) lines.push(`${against} ${round}: ${JSON.stringify(failures)}`);
  if (server !== undefined) {
    lines.push(
      `${against} ${round}: Pss of a process ${server.bytesFixed} B, of all ${server.before.pssBytes} B before and ${server.connected.pssBytes} B ` +
        `with all connections: ${server.bytesPerConnection ?? '?'} B a connection; ${server.after.pssBytes} B after; ` +
        `${server.cpuSeconds.toFixed(1)} s of CPU, ${server.cpuMicrosPerRequest} us a decision`,
    );
  }
  return lines;
}

function memory(): string {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  return `${(Number(available) / 1024 / 1024).toFixed(1)} GiB of memory available, load ${load}`;
}

function line(text: string, fields: object): string {
  const error = (fields as { err?: Error }).err;
  return `${text} ${JSON.stringify({ ...fields, ...(error === undefined ? {} : { err: error.message }) })}`;
}

/** Version of the kernel, for the report. */
export function kernel(): string {
  return execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim();
}
