// A load test from beginning to end: looks at the machine, asks the target once, and runs the target and, where that is wanted, the
// bare echo in turns.

import { Crew, type CrewEvents, type CrewOrder, type CrewResult } from './crew.js';
import { type Echo, startEcho } from './echo.js';
import { cpuSecondsOf, type ProcessFigures, readMachine, readProcesses } from './machine.js';
import { upgradeRequest } from './messages.js';
import { changes, readMetrics } from './metrics.js';
import { type Address, hostOf } from './order.js';
import { isLoopback, type LoadPlan } from './plan.js';
import { type Finding, preflight } from './preflight.js';
import { ProbeError, probe } from './probe.js';
import { phasesOf, warmPhases } from './profile.js';
import { isWhole, type LoadReport, type PlanReport, type RunReport, ratiosOf, runReport } from './report.js';
import type { Second } from './seconds.js';
import { Signer } from './signing.js';

/** Answers of the target that the echo gives again, in turn. */
const ECHO_REPLIES = 64;
const PROBE_SECONDS_MAX = 10;
const ECHO_FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** What is told while it goes on. */
export interface LoadEvents {
  began?(against: RunReport['against'], round: number): void;
  connecting?(open: number, failed: number): void;
  second?(second: Second): void;
  ended?(run: RunReport): void;
}

export class LoadTest {
  #crew: Crew | undefined;
  #isStopped = false;

  constructor(
    readonly plan: LoadPlan,
    private readonly names: { readonly bundle: string; readonly tenant: string },
    private readonly events: LoadEvents = {},
  ) {}

  /** What the machine has for it. */
  preflight(): Finding[] {
    const { connections, processes, targets, sources, echo } = this.plan;
    const isLocal = echo || targets.some(({ host }) => isLoopback(host));
    return preflight({ connections, processes, targets: targets.length, sources: sources.length, isLocal }, readMachine());
  }

  /** Runs it. @throws ProbeError where the target does not answer, or no connection can be opened */
  async run(): Promise<LoadReport> {
    const { plan } = this;
    const findings = this.preflight();
    const replies = await probe({
      target: plan.targets[0] as Address,
      protocol: plan.protocol,
      messages: plan.messages,
      upgrade: this.#upgrades(plan.targets)[0],
      tls: plan.tls,
      count: plan.echo ? ECHO_REPLIES : 1,
      timeoutSeconds: PROBE_SECONDS_MAX,
    });
    const runs: RunReport[] = [];
    let echo: Echo | undefined;
    try {
      if (plan.echo) {
        echo = await startEcho(plan.targets.length, { replies, host: '127.0.0.1', frameBytesMax: ECHO_FRAME_BYTES_MAX });
      }
      for (let round = 1; round <= plan.rounds && !this.#isStopped; round++) {
        const turns: (() => Promise<RunReport>)[] = [() => this.#runTarget(round)];
        if (echo !== undefined) turns.push(this.#runEcho.bind(this, round, echo));
        // who comes first changes from round to round
        if (round % 2 === 0) turns.reverse();
        for (const turn of turns) {
          if (this.#isStopped) continue;
          const run = await turn();
          runs.push(run);
          this.events.ended?.(run);
        }
      }
    } finally {
      echo?.stop();
    }
    const ratios = ratiosOf(runs);
    return {
      ok: runs.length > 0 && runs.every(isWhole),
      interrupted: this.#isStopped,
      ...this.names,
      plan: this.#planReport(),
      node: process.version,
      preflight: findings,
      runs,
      ...(ratios === undefined ? {} : { ratios }),
    };
  }

  /** Ends the run that goes on, and the test with it: `run` resolves with what has been found. */
  stop(): void {
    this.#isStopped = true;
    this.#crew?.stop();
  }

  /** Ends all processes at once. */
  kill(): void {
    this.#isStopped = true;
    this.#crew?.kill();
  }

  async #runTarget(round: number): Promise<RunReport> {
    const { targets, serverPids, tls } = this.plan;
    const authorization = (): string => this.#authorization('GET', '/metrics');
    const before = await readMetrics(targets, tls, authorization);
    const { result, server } = await this.#runCrew('target', round, targets, serverPids);
    const metrics = changes(before, await readMetrics(targets, tls, authorization));
    return runReport(result, { ...this.#facts('target', round, server), metrics });
  }

  async #runEcho(round: number, echo: Echo): Promise<RunReport> {
    const { result, server } = await this.#runCrew('echo', round, echo.targets, echo.pids);
    return runReport(result, this.#facts('echo', round, server));
  }

  #facts(against: RunReport['against'], round: number, server: ServerFigures | undefined) {
    const { processes, messages } = this.plan;
    return { against, round, processes, payloads: messages.payloads, ...(server === undefined ? {} : { server }) };
  }

  async #runCrew(
    against: RunReport['against'],
    round: number,
    targets: readonly Address[],
    pids: readonly number[],
  ): Promise<{ result: CrewResult; server: ServerFigures | undefined }> {
    this.events.began?.(against, round);
    const before = readProcesses(pids);
    let connected = before;
    const events: CrewEvents = {
      connecting: (open, failed) => this.events.connecting?.(open, failed),
      ready: ({ opened, connectionFailures }) => {
        connected = readProcesses(pids);
        if (opened > 0 || this.#isStopped) return;
        const kinds = Object.entries(connectionFailures).map(([kind, count]) => `${kind} ${count}`);
        throw new ProbeError('NETWORK', `not one connection could be opened: ${kinds.join(', ')}`);
      },
      counting: () => {
        if (this.plan.warm !== undefined) connected = { ...connected, cpuSeconds: cpuSecondsOf(pids) };
      },
      second: (second) => this.events.second?.(second),
    };
    this.#crew = new Crew(this.#order(targets), events);
    const result = await this.#crew.run();
    this.#crew = undefined;
    return { result, server: before.processes === 0 ? undefined : [before, connected, readProcesses(pids)] };
  }

  #order(targets: readonly Address[]): CrewOrder {
    const { path, authorization, profile, echo, rounds, serverPids, ...run } = this.plan;
    const phases = [...(run.warm === undefined ? [] : warmPhases(run.warm)), ...phasesOf(profile)];
    return { ...run, targets, upgrades: this.#upgrades(targets), phases };
  }

  /** The handshakes, one for each target; none in HTTP. */
  #upgrades(targets: readonly Address[]): Uint8Array[] {
    const { protocol, path } = this.plan;
    if (protocol !== 'ws') return [];
    return targets.map((target) => upgradeRequest(path, hostOf(target), this.#authorization('GET', path)));
  }

  /** Of a request without a body. */
  #authorization(method: string, path: string): string {
    const { signing, authorization } = this.plan;
    return signing === undefined ? authorization : new Signer(signing).authorization(method, path);
  }

  #planReport(): PlanReport {
    const { protocol, targets, path, loop, profile, connections, processes, inFlight, messages } = this.plan;
    const count = messages.offsets.length - 1;
    return {
      protocol,
      targets: targets.map(hostOf),
      path,
      loop: loop.kind,
      ...(loop.kind === 'open' ? { rate: loop.rate, arrivals: loop.arrivals } : {}),
      profile: profile.kind,
      seconds: profile.seconds,
      connections,
      processes,
      inFlight,
      payloads: messages.payloads,
      messages: count,
      bytesMean: Math.round(messages.bytes.length / count),
    };
  }
}

type ServerFigures = readonly [ProcessFigures, ProcessFigures, ProcessFigures];
