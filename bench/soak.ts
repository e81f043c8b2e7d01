// The soak: hours of use in minutes. Every kind of request at a modest rate, publishes and changes of lists and parameters, while
// workers are killed and callers go away each second. Memory must stay flat, no descriptor may be left open, and every request has
// to come to one right end.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.js';
import { type Ends, Load, type Tally } from './soak/load.js';
import type { SoakHandlers } from './soak/server.js';
import { type Slope, slopeOf } from './soak/slope.js';
import { bundleFiles, TENANT, Truth } from './soak/truth.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly log: (line: string) => void;
}

export interface SoakResult {
  readonly ok: boolean;
  /** What is not as it has to be. */
  readonly failures: string[];
  readonly minutes: number;
  readonly tally: Tally;
  /** The first wrong and lost ones. */
  readonly faults: string[];
  readonly kills: number;
  readonly server: { readonly workerDeaths: number; readonly internal: number; readonly traps: number; readonly pooled: number };
  /** Resident memory of the server after the warm-up, MiB. */
  readonly memory: Slope & { readonly warmUpSeconds: number };
  /** Open descriptors of the server: idle before the load, at most, and idle after it. */
  readonly descriptors: { readonly before: number; readonly most: number; readonly after: number };
}

/** Part of the time after which memory is looked at, and for how long at most: caches fill, V8 learns how much it needs. */
const WARM_UP_PART = 0.4;
const WARM_UP_SECONDS_MAX = 300;
/** Memory may grow by that part of itself in half an hour, as far as the error of the slope lets one say. */
const GROWTH_PART_MAX = 0.05;
const GROWTH_MINUTES = 30;
/** Standard errors within which a slope may be 0. */
const ERRORS = 3;
/** Descriptors that differ without a leak: a file that is being written, an idle connection of the pool of another module. */
const DESCRIPTORS_SPARE = 3;
const SETTLE_SECONDS = 15;
const ROUND_SECONDS = 5;
/** A request is pooled above it: single ones are decided at once, batches by workers. */
const COST_INLINE_MAX = 1_000;

const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** Runs the soak. Needs /proc. */
export async function testSoak({ minutes, log }: SoakOptions): Promise<SoakResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'verdict-soak-'));
  const server = Child.start<SoakHandlers>(new URL('./soak/server.js', import.meta.url));
  try {
    const { url, pid } = await server.call('start', {
      tenant: TENANT,
      files: bundleFiles(0),
      dataDir,
      costInlineMax: COST_INLINE_MAX,
    });
    // What a server opens once and keeps is open after the first round, and no leak.
    await round(url, (second) => server.call('kill', second));
    const before = await settled(pid);
    const load = new Load(url, new Truth());
    await load.start();
    const seconds = minutes * 60;
    const warmUpSeconds = Math.min(seconds * WARM_UP_PART, WARM_UP_SECONDS_MAX);
    const begun = performance.now();
    const points: { second: number; value: number }[] = [];
    let [kills, most] = [0, 0];
    for (let second = 0; second < seconds; second++) {
      await sleep(Math.max(0, begun + second * 1000 - performance.now()));
      if (await server.call('kill', second)) kills++;
      const { mebibytes, descriptors } = look(pid);
      most = Math.max(most, descriptors);
      if (second >= warmUpSeconds) points.push({ second, value: mebibytes });
      if (second % 30 === 0) log(`${second} s: ${mebibytes.toFixed(1)} MiB, ${descriptors} descriptors, ${summary(load.tally)}`);
    }
    await load.stop();
    const after = await settled(pid);
    const { pool, internal, traps, requests } = await server.call('stats', undefined as never);
    const result = {
      ...{ minutes, tally: load.tally, faults: load.faults, kills },
      server: { workerDeaths: pool.deaths, internal, traps, pooled: requests.pooled },
      memory: { ...slopeOf(points), warmUpSeconds },
      descriptors: { before, most, after },
    };
    const stopped = await server.call('stop', undefined as never);
    const failures = failuresOf(result, stopped);
    return { ok: failures.length === 0, failures, ...result };
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Some seconds of the load, with faults. */
async function round(url: string, kill: (second: number) => Promise<boolean>): Promise<void> {
  const load = new Load(url, new Truth());
  await load.start();
  for (let second = 0; second < ROUND_SECONDS; second++) {
    await sleep(1_000);
    await kill(second);
  }
  await load.stop();
}

/** What the kernel says of a process. */
function look(pid: number): { mebibytes: number; descriptors: number } {
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { mebibytes: kibibytes / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** Descriptors once connections that nobody uses any more are closed: the fewest that are seen in some seconds. */
async function settled(pid: number): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < SETTLE_SECONDS; i++) {
    await sleep(1_000);
    fewest = Math.min(fewest, look(pid).descriptors);
  }
  return fewest;
}

function failuresOf(result: Omit<SoakResult, 'ok' | 'failures'>, stopped: boolean): string[] {
  const { tally, kills, server, memory, descriptors, faults } = result;
  const of = (end: keyof Ends): number => Object.values(tally).reduce((sum, ends) => sum + ends[end], 0);
  const certain = memory.perMinute - ERRORS * memory.error;
  const growth = certain * GROWTH_MINUTES;
  const silent = Object.entries(tally).filter(([kind, ends]) => kind !== 'aborts' && ends.right === 0);
  return [
    ...(of('wrong') > 0 ? [`${of('wrong')} requests were answered wrongly`] : []),
    ...(of('lost') > 0 ? [`${of('lost')} requests were not answered`] : []),
    ...faults,
    ...silent.map(([kind]) => `${kind}: nothing was answered`),
    ...(kills === 0 || server.workerDeaths === 0 ? ['no worker was killed'] : []),
    ...(server.pooled === 0 ? ['no request came to a worker'] : []),
    ...(server.internal > server.workerDeaths
      ? [`${server.internal} requests failed inside, more than ${server.workerDeaths} workers died`]
      : []),
    ...(server.traps > 0 ? [`${server.traps} instances trapped`] : []),
    ...(growth > GROWTH_PART_MAX * memory.mean
      ? [`memory grows by ${memory.perMinute.toFixed(3)} MiB a minute (standard error ${memory.error.toFixed(3)})`]
      : []),
    ...(descriptors.after > descriptors.before + DESCRIPTORS_SPARE
      ? [`${descriptors.after - descriptors.before} descriptors are left open`]
      : []),
    ...(stopped ? [] : ['the server did not stop in time']),
  ];
}

function summary(tally: Tally): string {
  return Object.entries(tally)
    .map(([kind, { right, refused, killed, wrong, lost }]) => {
      const odd = Object.entries({ refused, killed, wrong, lost }).filter(([, count]) => count > 0);
      return `${kind} ${right}${odd.map(([name, count]) => ` (${count} ${name})`).join('')}`;
    })
    .join(', ');
}

/** The result for people. */
export function soakReport(result: SoakResult): string {
  const { minutes, tally, kills, server, memory, descriptors, failures, ok } = result;
  const growth = `${memory.perMinute >= 0 ? '+' : ''}${memory.perMinute.toFixed(3)}`;
  return [
    `${minutes} minutes, ${kills} kills, ${server.workerDeaths} workers died; ${server.internal} requests failed with them`,
    ...Object.entries(tally).map(
      ([kind, ends]) => `  ${kind}: ${summary({ '': ends }).trim()}${ends.aborted > 0 ? ` ${ends.aborted} given up` : ''}`,
    ),
    `memory after ${Math.round(memory.warmUpSeconds)} s: ${memory.mean.toFixed(1)} MiB, ${growth} MiB a minute, standard error ${memory.error.toFixed(3)}`,
    `descriptors: ${descriptors.before} idle before the load, at most ${descriptors.most}, ${descriptors.after} idle after it`,
    ok
      ? 'nothing was lost, nothing wrong, nothing left open'
      : `NOT WELL:\n${failures.map((failure) => `  ${failure}`).join('\n')}`,
  ].join('\n');
}
