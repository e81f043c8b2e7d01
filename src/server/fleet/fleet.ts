// Many processes that serve, under one that owns the data directory. A process may have so many descriptors and one event loop;
// several have several. The parent opens no port and decides nothing: it makes changes durable, tells them to all, answers for all
// together, and starts again what has died.
//
//                            parent: engine, store, compiler
//            changes, questions |  ^ ^ ^                    one channel each (channel/channel.ts)
//                 +-------------+  | | +-------------+
//                 v                v                 v
//            process 0         process 1   ...   process N-1        each an event loop, followers of the store,
//              :8321             :8321             :8321             tenants' memories of their own

import { availableParallelism } from 'node:os';
import { resolveConfig } from '../../config.js';
import { createEngine, type Engine, type Quota } from '../../engine.js';
import { ChangeOwner } from '../../replica/owner.js';
import { NONCES_MAX, Nonces } from '../auth/nonces.js';
import { resolveServerConfig, type ServerOptions } from '../config.js';
import { statsOfParent } from '../dashboard/stats.js';
import { removeFolder, temporaryFolder } from '../files.js';
import { Gathering } from '../gathering/gathering.js';
import { SnapshotWriter } from '../gathering/snapshot.js';
import { KeptAnswers } from '../idempotent-answers.js';
import { freePort } from '../listener.js';
import { byLabel, type Metric, single } from '../metric-samples.js';
import { answerMetrics } from '../metrics.js';
import { findUws } from '../uws.js';
import type { FleetStatus, MemberOrder, ParentHandlers } from './link.js';
import { Member, type MemberChannel } from './member.js';

/** Processes of a fleet at most: each has its copy of every tenant's memory. */
export const PROCESSES_MAX = 256;
/** Starting takes a processor each. */
const STARTING_MAX = 4;
/** How long a process may take to tell what it has counted; after that, what it told last counts. */
const FIGURES_MILLIS_MAX = 3_000;
/** How long figures of all are told again. */
const FIGURES_KEPT_MILLIS = 500;
/** Nonces of signed requests, which the parent remembers for all: 100 bytes and more each. */
const NONCES_OF_ALL_MAX = 1_000_000;
/** Beyond stopMillisMax, until a process is ended. */
const STOP_GRACE_MILLIS = 2_000;

export interface FleetOptions extends Omit<ServerOptions, 'engine' | 'clock'> {
  processes: number;
  /** Each process listens on a port of its own, the first on `port`, the next on the one after. Default: all on one. */
  portPerProcess?: boolean;
}

export interface Fleet {
  /** Where each process listens; all the same but with portPerProcess. */
  readonly urls: readonly string[];
  readonly adminUrls: readonly string[];
  readonly ports: readonly number[];
  /** Of those that run now. */
  readonly pids: readonly number[];
  /** Of the parent. Whoever changes something here calls `change` about it: HTTP at any process does. */
  readonly engine: Engine;
  /** Changes something of a tenant with the engine, and resolves when all processes decide with it. */
  change<Result>(tenant: string, change: (engine: Engine) => Promise<Result>): Promise<Result>;
  /** What a tenant may spend at all processes together. */
  setQuota(tenant: string, quota: Quota | undefined): Promise<void>;
  /** Every process reads keys and certificates again. Rejects where one cannot. */
  reload(): Promise<void>;
  /** Drains and ends all processes. False where something was still owed. Idempotent. */
  stop(): Promise<boolean>;
}

/**
 * Starts a fleet. Throws RangeError for an option out of range, and Error as startServer does; nothing is left running then.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { processes, portPerProcess = false } = options;
  if (!Number.isInteger(processes) || processes < 1 || processes > PROCESSES_MAX)
    throw new RangeError(`processes must be an integer from 1 to ${PROCESSES_MAX}, not ${processes}`);
  const config = resolveServerConfig(options);
  if (config.listeners > 1) throw new RangeError('listeners: a process of a fleet has one');
  const { log } = config;
  if (portPerProcess && config.port !== 0 && config.port + processes > 65_536)
    throw new RangeError(`port: there are no ${processes} ports from ${config.port} on`);
  if (portPerProcess && config.adminPort !== undefined && config.adminPort !== 0 && config.adminPort + processes > 65_536)
    throw new RangeError(`adminPort: there are no ${processes} ports from ${config.adminPort} on`);
  const { quota } = resolveConfig(options, availableParallelism());
  const shareOf = ({ costPerSecond, costBurst }: Quota): Quota => ({
    costPerSecond: costPerSecond / processes,
    costBurst: costBurst / processes,
  });
  const share = quota === undefined ? undefined : shareOf(quota);
  const binary = findUws();
  if (binary.kind !== 'package') log.info({ ...binary }, 'uWebSockets.js is not the package as installed');
  const temporary = options.dataDir === undefined ? await temporaryFolder() : undefined;
  const dataDir = options.dataDir ?? (temporary as string);
  let engine: Engine | undefined;
  const members: Member[] = [];
  const release = async (): Promise<void> => {
    await engine?.close();
    if (temporary !== undefined) await removeFolder(temporary);
  };
  try {
    engine = await createEngine({ ...options, dataDir, poolThreads: 0 });
    for (const problem of engine.storeProblems) log.error(problem, 'a stored file is damaged and was left out');
    const owner = new ChangeOwner({ engine, shareOf });
    const nonces = new Nonces(Math.min(processes * NONCES_MAX, NONCES_OF_ALL_MAX));
    const answers = new KeptAnswers(config.idempotencyMillisMax, config.idempotencyBytesMax);
    const status = () => ({ processes, ready: members.filter(({ isReady }) => isReady).length });
    const gathering = gather(engine, members, answers, status);
    const { metrics, stats } = gathering;
    const handlers = (member: Member): ParentHandlers => ({
      status,
      metrics,
      stats,
      log: ({ level, fields, message }) => log[level]({ process: member.index, ...fields }, message),
      beginAnswer: async ({ tenant, key, fingerprint }) => answers.begin(tenant, key, fingerprint, member),
      settleAnswer: ({ tenant, key, token, answer }) => answers.settle(tenant, key, token, answer),
      useNonce: (nonce) => nonces.use(nonce),
    });
    const gone = (member: Member, channel: MemberChannel): void => {
      answers.release(member);
      gathering.leave(channel);
    };
    // Found once: each process would read and prove the file for itself, and keep the memory that this took.
    const env = { ...process.env, VERDICT_UWS: binary.path };
    const port = portPerProcess ? config.port : await freePort(config.host, config.port);
    const adminPort =
      config.adminPort === undefined || portPerProcess ? config.adminPort : await freePort(config.adminHost, config.adminPort);
    const own = (first: number, index: number): number => (portPerProcess && first !== 0 ? first + index : first);
    const { engine: deciding, server } = split(options);
    for (let index = 0; index < processes; index++) {
      const order: MemberOrder = {
        index,
        processes,
        isPortShared: !portPerProcess && processes > 1,
        engine: {
          ...deciding,
          dataDir,
          ...(share === undefined ? {} : { quotaCostPerSecond: share.costPerSecond, quotaCostBurst: share.costBurst }),
        },
        server: {
          ...server,
          connectionsMax: config.connectionsMax,
          port: own(port, index),
          ...(adminPort === undefined ? {} : { adminPort: own(adminPort, index) }),
        },
      };
      members.push(new Member(order, { owner, log, handlers, env, gone }));
    }
    await startAll(members);
    log.info({ processes, urls: [...new Set(members.map(({ address }) => address.url))], pid: process.pid }, 'serving');
    let stopping: Promise<boolean> | undefined;
    const made = engine;
    return {
      urls: members.map(({ address }) => address.url),
      adminUrls: members.map(({ address }) => address.adminUrl),
      ports: members.map(({ address }) => address.port),
      get pids() {
        return members.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
      },
      engine: made,
      change: (tenant, change) => owner.change(tenant, () => change(made)),
      setQuota: (tenant, given) => owner.setQuota(tenant, given),
      reload: async () => {
        await Promise.all(members.map(({ channel }) => channel?.call('reload', null)));
      },
      stop: () => {
        stopping ??= stopAll(members, config.stopMillisMax + STOP_GRACE_MILLIS).then(async (drained) => {
          await release();
          log.info({ drained }, 'stopped');
          return drained;
        });
        return stopping;
      },
    };
  } catch (error) {
    await stopAll(members, 0);
    await release();
    throw error;
  }
}

/** Several at a time, each a while after the one before has begun. Rejects with the first failure. */
async function startAll(members: readonly Member[]): Promise<void> {
  const waiting = [...members];
  await Promise.all(
    Array.from({ length: STARTING_MAX }, async () => {
      for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
        try {
          await member.start();
        } catch (error) {
          waiting.length = 0;
          throw error;
        }
      }
    }),
  );
}

async function stopAll(members: readonly Member[], millisMax: number): Promise<boolean> {
  const drained = await Promise.all(members.map((member) => member.stop(millisMax)));
  return drained.every((each) => each);
}

/** Options of deciding. Those of publishing are the parent's, and the quota is divided. */
const DECIDING = [
  ...(['poolThreads', 'costInlineMax', 'ringBytes', 'tenantPagesMax', 'queueMax', 'sliceMillis', 'stallMillis'] as const),
] as const;
const NOT_OF_SERVER: ReadonlySet<string> = new Set([
  ...[...DECIDING, 'dataDir', 'profileMax', 'costMax', 'quotaCostPerSecond', 'quotaCostBurst'],
  ...['processes', 'portPerProcess', 'log'],
]);

/** The options of a process's engine, and of its server, as they can be sent. */
function split(options: FleetOptions): Pick<MemberOrder, 'engine' | 'server'> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const deciding = new Set<string>(DECIDING);
  return {
    engine: Object.fromEntries(given.filter(([key]) => deciding.has(key))) as unknown as MemberOrder['engine'],
    server: Object.fromEntries(given.filter(([key]) => !NOT_OF_SERVER.has(key))),
  };
}

/** Adds up what the processes have counted, and what the parent has for all of them. */
function gather(engine: Engine, members: readonly Member[], answers: KeptAnswers, status: () => FleetStatus): Gathering {
  const writer = new SnapshotWriter();
  const restarts = (): number => members.reduce((sum, member) => sum + member.restarts, 0);
  const own: Metric[] = [
    {
      ...{ name: 'verdict_processes', type: 'gauge', help: 'Processes that serve, by state.', aggregator: 'sum' },
      samples: () => {
        const { processes, ready } = status();
        return byLabel('state', Object.entries({ ready, down: processes - ready }));
      },
    },
    {
      ...{ name: 'verdict_process_restarts_total', type: 'counter', aggregator: 'sum' },
      help: 'Processes started again because they had died.',
      samples: () => single(restarts()),
    },
    ...answerMetrics(answers),
  ];
  return new Gathering({
    label: 'process',
    sources: () => members.flatMap(({ index, channel }) => (channel === undefined ? [] : [{ name: String(index), channel }])),
    parts: () => {
      const { processes, ready } = status();
      return { kind: 'process', ready, of: processes };
    },
    own: { name: 'parent', metrics: (known) => writer.write(own, [], known), stats: () => statsOfParent(engine) },
    millisMax: FIGURES_MILLIS_MAX,
    keptMillis: FIGURES_KEPT_MILLIS,
  });
}
