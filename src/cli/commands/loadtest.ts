// verdict loadtest: how a server holds under load, said as its callers would see it.

import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { SLOT_COUNT_MAX } from '../../../assembly/shared/limits.js';
import { NAME_PATTERN } from '../../config.js';
import type { ArrivalKind } from '../../loadtest/arrivals.js';
import { LoadTest } from '../../loadtest/load-test.js';
import { packMessages } from '../../loadtest/messages.js';
import { type Address, hostOf, type Pace, type Protocol } from '../../loadtest/order.js';
import { BOUNDS, checkPlan, type LoadPlan, parseSource, parseTarget } from '../../loadtest/plan.js';
import type { Finding } from '../../loadtest/preflight.js';
import { ProbeError } from '../../loadtest/probe.js';
import type { ProfileKind, ProfileOptions } from '../../loadtest/profile.js';
import type { LoadReport } from '../../loadtest/report.js';
import { reportPage } from '../../loadtest/report-page.js';
import { Signer } from '../../loadtest/signing.js';
import { defineCommand, integerOption, listOption, numberOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { loadMessages } from '../load-messages.js';
import { startLoadProgress } from '../load-progress.js';
import { printFindings, printLoadReport } from '../load-report.js';
import { openImage } from '../open-image.js';
import type { Output } from '../output.js';
import type { RowFormat } from '../rows.js';
import { readTarget, type TargetFlags, targetOptions } from '../target-options.js';

interface LoadtestOptions extends TargetFlags {
  target: Address[];
  tenant: string;
  protocol: Protocol;
  batch: number;
  input?: string;
  format?: RowFormat;
  map?: string;
  label?: string;
  seed: number;
  distinct: number;
  loop: 'open' | 'closed';
  rate: number;
  arrivals: ArrivalKind;
  inFlight?: number;
  profile: ProfileKind;
  seconds: number;
  rampSeconds?: number;
  burstSeconds?: number;
  burstEvery?: number;
  baseShare?: number;
  requests: number;
  connections: number;
  processes: number;
  connectRate: number;
  connecting: number;
  connectSeconds: number;
  reconnect: boolean;
  source: string[];
  drainSeconds: number;
  pace: Pace;
  echo: boolean;
  rounds?: number;
  serverPid: number[];
  html?: string;
  preflight: boolean;
  allowLarge: boolean;
  allowRemote: boolean;
}

/** Output of `verdict loadtest --preflight --json`. */
export interface PreflightJson {
  /** Nothing stands in the way. */
  ok: boolean;
  preflight: Finding[];
}

/** Requests in flight on a connection of an open loop: as many as a caller who keeps sending would have. */
const IN_FLIGHT_OPEN = 64;
/** Fewer where a process has many connections, each of which is busy now and then only: but this many, and no more in all. */
const IN_FLIGHT_OPEN_MIN = 4;
const IN_FLIGHT_SUM = 65_536;
const ROUNDS_WITH_ECHO = 3;

const addresses = (text: string): Address[] => listOption(text).flatMap(parseTarget);
const sources = (text: string): string[] => listOption(text).flatMap(parseSource);
const pids = (text: string): number[] => listOption(text).map(integerOption(1, 2 ** 31 - 1));

/** `verdict loadtest`. */
export function loadtestCommand(): Command {
  const seconds = numberOption(0.001, BOUNDS.seconds.large);
  const options = [
    new Option('--target <addresses>', 'HOST:PORT or HOST:FIRST-LAST, separated by commas')
      .argParser(addresses)
      .default([{ host: '127.0.0.1', port: 8321 }], '127.0.0.1:8321'),
    ...targetOptions(),
    new Option('--tenant <tenant>', 'whose bundle decides').makeOptionMandatory(),
    new Option('--protocol <protocol>', 'WebSocket with FlatBuffers frames, or HTTP with JSON')
      .choices(['ws', 'http'])
      .default('ws'),
    new Option('--batch <count>', 'payloads a request').argParser(integerOption(1, SLOT_COUNT_MAX)).default(1),
    new Option('-i, --input <file>', 'rows as payloads, as for eval; without, payloads are drawn from the model'),
    new Option('--format <format>', 'format of the rows').choices(['csv', 'ndjson', 'json']),
    new Option('--map <file>', "an input.yaml in place of the bundle's own"),
    new Option('--label <column>', 'column that is not part of the payload'),
    new Option('--seed <number>', 'seed of payloads and of Poisson arrivals').argParser(integerOption(0, 0xffffffff)).default(1),
    new Option('--distinct <count>', 'distinct payloads at most').argParser(integerOption(1, 1 << 22)).default(65_536),
    new Option('--loop <loop>', 'open: requests have their times, whatever comes back; closed: an answer brings the next')
      .choices(['open', 'closed'])
      .default('open'),
    new Option('--rate <per second>', 'requests a second of an open loop; 0: connections are only held')
      .argParser(numberOption(0, 1e9))
      .default(1_000),
    new Option('--arrivals <kind>', 'of an open loop').choices(['constant', 'poisson']).default('constant'),
    new Option(
      '--in-flight <count>',
      `requests in flight on a connection (default: open ${IN_FLIGHT_OPEN}, closed and http 1)`,
    ).argParser(integerOption(1)),
    new Option('--profile <profile>', 'how the load changes').choices(['hold', 'ramp', 'burst']).default('hold'),
    new Option('--seconds <seconds>', 'length of a run').argParser(seconds).default(10),
    new Option('--ramp-seconds <seconds>', 'from nothing to the full load (default: the whole run)').argParser(seconds),
    new Option('--burst-seconds <seconds>', 'length of a burst (default: 1)').argParser(seconds),
    new Option('--burst-every <seconds>', 'from burst to burst (default: 5)').argParser(seconds),
    new Option('--base-share <share>', 'share of the load between bursts (default: 0.1)').argParser(numberOption(0, 1)),
    new Option('--requests <count>', 'requests at most').argParser(integerOption(1)).default(10_000_000),
    new Option('-c, --connections <count>', 'connections').argParser(integerOption(1)).default(10),
    new Option('--processes <count>', 'processes that share them').argParser(integerOption(1)).default(1),
    new Option('--connect-rate <per second>', 'connections opened a second').argParser(numberOption(1, 1e6)).default(2_000),
    new Option('--connecting <count>', 'connections being opened at a time').argParser(integerOption(1, 65_536)).default(256),
    new Option('--connect-seconds <seconds>', 'how much longer than that opening may take').argParser(seconds).default(10),
    new Option('--reconnect', 'open connections again that end').default(false),
    new Option('--source <addresses>', 'local addresses to connect from: ADDRESS or FIRST-LAST')
      .argParser(sources)
      .default([], 'any'),
    new Option('--drain-seconds <seconds>', 'how long the last answers are waited for').argParser(numberOption(0, 600)).default(5),
    new Option('--pace <pace>', 'timer sleeps to the millisecond, spin keeps a processor busy for microseconds')
      .choices(['timer', 'spin'])
      .default('timer'),
    new Option('--echo', 'run a bare echo of the same sizes in turns, and report ratios').default(false),
    new Option('--rounds <count>', `how often (default: 1, with --echo ${ROUNDS_WITH_ECHO})`).argParser(integerOption(1)),
    new Option('--server-pid <pids>', 'processes of the server on this machine, to report what they take')
      .argParser(pids)
      .default([], 'none'),
    new Option('--html <file>', 'write the report as one page'),
    new Option('--preflight', 'only say whether this machine can').default(false),
    new Option('--allow-large', 'more connections, requests, processes or time than is modest').default(false),
    new Option('--allow-remote', 'targets on other machines').default(false),
  ];
  return defineCommand('loadtest', '<bundle>', 'put a server under load, and report what its callers see', options, loadtest);
}

/** What is refused by a range is refused by the name of its option. */
async function planOf(
  options: LoadtestOptions,
  path: string,
  output: Output,
): Promise<{ plan: LoadPlan; bundle: string } | undefined> {
  const { tenant, protocol, batch, target } = options;
  if (!NAME_PATTERN.test(tenant)) throw new UsageError(`--tenant: ${tenant} is not a name`);
  const image = await openImage(path, output);
  if (image === undefined) return undefined;
  const bundle = image.head.name;
  const route = protocol === 'ws' ? `/v1/${tenant}/stream` : `/v1/${tenant}/decisions/${bundle}${batch > 1 ? '/batch' : ''}`;
  const host = hostOf(target[0] as Address);
  const { tls, authorization, signing } = readTarget(options, process.env);
  const signer = signing === undefined ? undefined : new Signer(signing);
  const authorizationOf = signer === undefined ? authorization : (body: string) => signer.authorization('POST', route, body);
  const message = { protocol, path: route, host, batch, authorization: authorizationOf };
  const plan = { ...planWithout(options), path: route, tls, authorization, ...(signing === undefined ? {} : { signing }) };
  // before a million payloads are encoded in vain
  checkPlan(plan, { large: options.allowLarge, remote: options.allowRemote });
  const messages = options.preflight ? packMessages([], batch) : await loadMessages(image, options, message);
  return { plan: { ...plan, messages }, bundle };
}

function planWithout(options: LoadtestOptions): Omit<LoadPlan, 'messages' | 'path' | 'tls' | 'authorization' | 'signing'> {
  const { protocol, loop, rate, arrivals, seed, target, source, echo, rounds, inFlight } = options;
  const { connections, processes, reconnect, drainSeconds, pace } = options;
  return {
    ...{ protocol, connections, processes, reconnect, drainSeconds, pace, echo },
    targets: target,
    sources: source,
    connectionsPerSecond: options.connectRate,
    connectingMax: options.connecting,
    connectSecondsMax: options.connectSeconds,
    inFlight: inFlight ?? (loop === 'open' && protocol === 'ws' ? inFlightOpen(connections / processes) : 1),
    loop: loop === 'open' ? { kind: 'open', rate, arrivals, seed } : { kind: 'closed' },
    profile: profileOf(options),
    requestsMax: options.requests,
    rounds: rounds ?? (echo ? ROUNDS_WITH_ECHO : 1),
    serverPids: options.serverPid,
  };
}

function inFlightOpen(connections: number): number {
  return Math.max(IN_FLIGHT_OPEN_MIN, Math.min(IN_FLIGHT_OPEN, Math.floor(IN_FLIGHT_SUM / connections)));
}

/** The options of the profile that was chosen; those of another are refused. */
function profileOf({ profile, seconds, rampSeconds, burstSeconds, burstEvery, baseShare }: LoadtestOptions): ProfileOptions {
  const of = {
    ramp: { '--ramp-seconds': rampSeconds },
    burst: { '--burst-seconds': burstSeconds, '--burst-every': burstEvery, '--base-share': baseShare },
  };
  for (const [kind, values] of Object.entries(of)) {
    for (const [option, value] of Object.entries(values)) {
      if (value !== undefined && kind !== profile)
        throw new UsageError(`${option} is for --profile ${kind}, and this is ${profile}`);
    }
  }
  return {
    kind: profile,
    seconds,
    ...(rampSeconds === undefined ? {} : { rampSeconds }),
    ...(burstSeconds === undefined ? {} : { burstSeconds }),
    ...(burstEvery === undefined ? {} : { burstEverySeconds: burstEvery }),
    ...(baseShare === undefined ? {} : { baseShare }),
  };
}

async function loadtest([path]: string[], options: LoadtestOptions, output: Output): Promise<number> {
  const made = await planOf(options, path as string, output);
  if (made === undefined) return EXIT_NO;
  const { plan, bundle } = made;
  const progress = startLoadProgress(plan);
  const test = new LoadTest(plan, { bundle, tenant: options.tenant }, progress);
  const findings = test.preflight();
  const isAble = findings.every(({ verdict }) => verdict !== 'no');
  if (options.preflight) {
    printFindings(findings, output, true);
    output.result({ ok: isAble, preflight: findings } satisfies PreflightJson);
    return isAble ? EXIT_OK : EXIT_NO;
  }
  printFindings(findings, output, false);
  if (!isAble) {
    const lacking = findings.filter(({ verdict }) => verdict === 'no');
    const what = lacking.map(({ what: name, needed, found }) => `${name}: ${needed} needed, ${found} there`).join('; ');
    throw new Refusal('PREFLIGHT', `this machine cannot hold that: ${what}`, lacking[0]?.advice);
  }
  // The first Ctrl-C ends the sending and gives the report of what was; the second waits for nobody.
  let signals = 0;
  const interrupt = (): void => {
    if (signals++ === 0) test.stop();
    else test.kill();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let report: LoadReport;
  try {
    report = await test.run();
  } catch (error) {
    if (error instanceof ProbeError) throw new Refusal(error.code, error.message, adviceFor(error, options.tenant, path as string));
    throw error;
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  if (options.html !== undefined) writeFileSync(options.html, reportPage(report));
  printLoadReport(report, output);
  output.result(report);
  return report.ok ? EXIT_OK : EXIT_NO;
}

function adviceFor({ code }: ProbeError, tenant: string, path: string): string {
  if (code === 'NETWORK') return 'is it running? `verdict serve` starts a server';
  return `does the server have this bundle? \`verdict publish ${path} --tenant ${tenant}\` publishes it`;
}
