// verdict serve: the HTTP and WebSocket server, until SIGTERM or SIGINT.

import { type Command, Option } from 'commander';
import type { EngineOptions } from '../../config.js';
import type { ServingEngine } from '../../engine.js';
import type { JwtOptions } from '../../server/auth/options.js';
import type { ServerOptions } from '../../server/config.js';
import type { LogForm } from '../../server/log.js';
import type { Stoppable } from '../../server/signals.js';
import { defineCommand, integerOption, listOption, numberOption, type OptionSource, SOURCES } from '../command.js';
import { Refusal, UsageError } from '../errors.js';
import { type Output, plural } from '../output.js';
import { type TraceFlags, traceOptions, traceServerOptions } from '../trace-options.js';

const DATA_DIR_DEFAULT = './verdict-data';

interface ServeOptions extends TraceFlags {
  host?: string;
  port?: number;
  dataDir: string;
  memory: boolean;
  listeners?: number;
  poolThreads?: number;
  costInlineMax?: number;
  costMax?: number;
  profileMax?: 'strict' | 'standard';
  ringBytes?: number;
  tenantPagesMax?: number;
  queueMax?: number;
  sliceMillis?: number;
  stallMillis?: number;
  quotaCostPerSecond?: number;
  quotaCostBurst?: number;
  bodyBytesMax?: number;
  bodyMillisMax?: number;
  bundleBytesMax?: number;
  listBytesMax?: number;
  frameBytesMax?: number;
  backpressureBytesMax?: number;
  creditMax?: number;
  idleSecondsMax?: number;
  connectionsMax?: number;
  connectionsPerAddressMax?: number;
  jwks?: string;
  jwtIssuer?: string;
  jwtAudience?: string;
  jwtAlgorithms?: string[];
  jwtTenantClaim?: string;
  hmacKeys?: string;
  tlsCert?: string;
  tlsKey?: string;
  tlsCa?: string;
  adminPort?: number;
  adminHost?: string;
  allowedOrigins?: string[];
  dev: boolean;
  idempotencyMillisMax?: number;
  idempotencyBytesMax?: number;
  stopMillisMax?: number;
  processes?: number;
  portPerProcess: boolean;
  log: LogForm;
}

/** The line that `verdict serve --json` prints once it listens. */
export interface ServeJson {
  ok: true;
  url: string;
  /** Where administration is answered. */
  adminUrl: string;
  port: number;
  /** null with --memory. */
  dataDir: string | null;
  pid: number;
  tenants: string[];
  bundles: number;
  /** With --processes: of each of them, in order. */
  urls?: string[];
  adminUrls?: string[];
  pids?: number[];
}

/** Numbers passed on as they are; the server and the engine check their ranges and have the defaults. */
const LIMITS = [
  ['--listeners <count>', 'threads that take connections; all decide in the same memories'],
  ['--pool-threads <count>', 'threads for expensive requests, of all listeners; 0 = none'],
  ['--cost-max <units>', 'largest static cost of a bundle'],
  ['--ring-bytes <bytes>', "bytes of a tenant's ring of requests"],
  ['--tenant-pages-max <pages>', 'memory quota of a tenant, in pages of 64 KiB'],
  ['--queue-max <count>', 'requests that may wait for a thread; more are refused'],
  ['--slice-millis <milliseconds>', 'how long a batch has a thread before others have their turn'],
  ['--stall-millis <milliseconds>', 'how long a thread may stay with one payload before it is replaced'],
  ['--quota-cost-per-second <units>', 'static cost that a tenant may spend a second'],
  ['--quota-cost-burst <units>', 'static cost that a tenant may spend at once'],
  ['--body-bytes-max <bytes>', 'body of a decision request'],
  ['--body-millis-max <milliseconds>', 'how far a body may fall behind 4 KiB a second'],
  ['--bundle-bytes-max <bytes>', 'body of a bundle'],
  ['--list-bytes-max <bytes>', 'body of a list'],
  ['--frame-bytes-max <bytes>', 'one WebSocket message'],
  ['--backpressure-bytes-max <bytes>', 'answers that may wait for a slow WebSocket reader'],
  ['--credit-max <requests>', 'requests that one WebSocket may have unanswered'],
  ['--idle-seconds-max <seconds>', 'silence after which a WebSocket is closed; 0 = never'],
  ['--connections-max <count>', 'open connections'],
  ['--connections-per-address-max <count>', 'open connections of one address; 0 = any number'],
  ['--idempotency-millis-max <milliseconds>', 'how long answers to an Idempotency-Key are kept'],
  ['--idempotency-bytes-max <bytes>', 'answers to Idempotency-Keys kept for a tenant'],
  ['--stop-millis-max <milliseconds>', 'how long a stop waits for requests in flight'],
] as const;

/** Who may call, and how they are known: docs/SECURITY.md. */
const GUARDS = [
  ['--jwks <file or url>', 'keys of bearer tokens'],
  ['--jwt-issuer <issuer>', 'who issues bearer tokens'],
  ['--jwt-audience <audience>', 'whom bearer tokens are for'],
  ['--jwt-tenant-claim <name>', 'claim that names the tenant (default: tenant)'],
  ['--hmac-keys <file>', 'keys of signed requests'],
  ['--tls-cert <file>', 'certificate of the server, PEM'],
  ['--tls-key <file>', 'its key, PEM'],
  ['--tls-ca <file>', 'authorities of the certificates that callers must have, PEM'],
  ['--admin-host <address>', 'address for administration (default: 127.0.0.1)'],
] as const;

/** `verdict serve`. */
export function serveCommand(): Command {
  const options = [
    new Option('--host <address>', 'address to listen on (default: 127.0.0.1)'),
    new Option('--port <port>', 'port to listen on; 0 = any free one (default: 8321)').argParser(integerOption(0, 65535)),
    new Option('--data-dir <dir>', 'where published bundles are kept').default(DATA_DIR_DEFAULT),
    new Option('--memory', 'keep bundles in memory only').default(false),
    new Option('--profile-max <profile>', 'widest profile a bundle may ask for').choices(['strict', 'standard']),
    new Option('--cost-inline-max <units>', 'cost up to which a request is decided at once').argParser(
      numberOption(0, Number.MAX_SAFE_INTEGER),
    ),
    ...LIMITS.map(([flags, description]) => new Option(flags, description).argParser(integerOption(0))),
    ...GUARDS.map(([flags, description]) => new Option(flags, description)),
    ...traceOptions(),
    new Option('--jwt-algorithms <names>', 'signatures of bearer tokens, by commas (default: EdDSA,ES256)').argParser(listOption),
    new Option('--allowed-origins <origins>', 'origins whose pages may open streams, by commas').argParser(listOption),
    new Option('--admin-port <port>', 'port for administration; the other one then answers decisions only').argParser(
      integerOption(0, 65535),
    ),
    new Option('--processes <count>', 'processes that serve, under one that owns the data directory').argParser(
      integerOption(1, 256),
    ),
    new Option('--port-per-process', 'each process listens on a port of its own: --port and those after it').default(false),
    new Option('--dev', 'listen beyond loopback without knowing callers and without TLS').default(false),
    new Option('--log <form>', 'what the server says of itself, on standard error')
      .choices(['text', 'json', 'off'])
      .default('text'),
  ];
  return defineCommand('serve', '', 'answer decisions over HTTP and WebSocket', options, serve);
}

/** The options that were given; the others are left to their defaults. */
function serverOptions(options: ServeOptions): ServerOptions {
  const { dataDir, memory, ...rest } = options;
  const engine: (keyof EngineOptions)[] = [
    ...(['poolThreads', 'costInlineMax', 'costMax', 'profileMax', 'ringBytes', 'tenantPagesMax'] as const),
    ...(['queueMax', 'sliceMillis', 'stallMillis', 'quotaCostPerSecond', 'quotaCostBurst'] as const),
  ];
  const server: (keyof ServerOptions)[] = [
    ...(['host', 'port', 'bodyBytesMax', 'bundleBytesMax', 'listBytesMax', 'frameBytesMax', 'backpressureBytesMax'] as const),
    ...([
      'bodyMillisMax',
      'listeners',
      'creditMax',
      'idleSecondsMax',
      'connectionsMax',
      'connectionsPerAddressMax',
      'adminPort',
      'adminHost',
      'dev',
      'idempotencyMillisMax',
      'idempotencyBytesMax',
      'stopMillisMax',
    ] as const),
  ];
  const given = rest as Record<string, unknown>;
  const chosen = [...engine, ...server].filter((key) => given[key] !== undefined).map((key) => [key, given[key]]);
  const traces = traceServerOptions(options);
  return { ...(Object.fromEntries(chosen) as ServerOptions), ...guards(options), ...traces, ...(memory ? {} : { dataDir }) };
}

/** Throws UsageError where one option wants another. */
function guards(options: ServeOptions): ServerOptions {
  const { jwks, jwtIssuer, jwtAudience, jwtAlgorithms, jwtTenantClaim, hmacKeys, tlsCert, tlsKey, tlsCa, allowedOrigins } = options;
  const together = (flags: string, values: readonly unknown[]): void => {
    const given = values.filter((value) => value !== undefined).length;
    if (given > 0 && given < values.length) throw new UsageError(`${flags} belong together`, 'give all of them or none');
  };
  together('--jwks, --jwt-issuer and --jwt-audience', [jwks, jwtIssuer, jwtAudience]);
  together('--tls-cert and --tls-key', [tlsCert, tlsKey]);
  if (tlsCa !== undefined && tlsCert === undefined) throw new UsageError('--tls-ca is nothing without --tls-cert and --tls-key');
  const jwt: JwtOptions | undefined =
    jwks === undefined
      ? undefined
      : {
          ...{ jwks, issuer: jwtIssuer as string, audience: jwtAudience as string },
          ...(jwtAlgorithms === undefined ? {} : { algorithms: jwtAlgorithms }),
          ...(jwtTenantClaim === undefined ? {} : { tenantClaim: jwtTenantClaim }),
        };
  const auth = { ...(jwt === undefined ? {} : { jwt }), ...(hmacKeys === undefined ? {} : { hmacKeys }) };
  return {
    ...(Object.keys(auth).length === 0 ? {} : { auth }),
    ...(tlsCert === undefined
      ? {}
      : { tls: { cert: tlsCert, key: tlsKey as string, ...(tlsCa === undefined ? {} : { ca: tlsCa }) } }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
  };
}

/** Whether nothing is kept on disk. What is said closer to the call holds: a flag over a variable over the file. */
function isInMemory({ memory }: ServeOptions, from: OptionSource): boolean {
  if (!memory) return false;
  const [ofMemory, ofDataDir] = [SOURCES.indexOf(from('memory')), SOURCES.indexOf(from('dataDir'))] as [number, number];
  if (ofMemory !== ofDataDir) return ofMemory < ofDataDir;
  throw new UsageError('--memory keeps nothing, and --data-dir says where to keep it', 'leave one of them out');
}

/** Why the server did not start, with what to do; a bug is passed on. */
function startFailure(error: unknown, { dataDir, port }: ServeOptions): unknown {
  if (!(error instanceof Error) || error instanceof RangeError || error instanceof TypeError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new Refusal(code, error.message, `choose another port than ${port ?? 8321} with --port; 0 takes any free one`);
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') return new Refusal(code, error.message, 'see --host and --port');
  return new Refusal(code ?? 'START', error.message, `the data directory is ${dataDir}; --data-dir names another`);
}

/** What is served: by this process, or by several under it. */
interface Started extends Stoppable {
  engine: Pick<ServingEngine, 'tenants' | 'bundles'>;
  url: string;
  adminUrl: string;
  port: number;
  fleet?: Required<Pick<ServeJson, 'urls' | 'adminUrls' | 'pids'>>;
}

async function start(given: ServerOptions, { processes, portPerProcess }: ServeOptions): Promise<Started> {
  if (processes === undefined) {
    const { startServer } = await import('../../server/server.js');
    return startServer(given);
  }
  const { startFleet } = await import('../../server/fleet/fleet.js');
  const started = await startFleet({ ...given, processes, portPerProcess });
  const { engine, urls, adminUrls, ports, pids } = started;
  const fleet = { urls: [...urls], adminUrls: [...adminUrls], pids: [...pids] };
  return {
    ...{ engine, fleet, url: urls[0] as string, adminUrl: adminUrls[0] as string, port: ports[0] as number },
    reload: () => started.reload(),
    stop: () => started.stop(),
  };
}

async function serve(_args: string[], given: ServeOptions, output: Output, from: OptionSource): Promise<number> {
  const options = { ...given, memory: isInMemory(given, from) };
  if (options.portPerProcess && options.processes === undefined) throw new UsageError('--port-per-process is for --processes');
  if (options.processes !== undefined && (options.listeners ?? 1) > 1)
    throw new UsageError('--processes and --listeners are not combined: give one of them');
  // the binary of the network library is loaded by no other command
  const { createLog } = await import('../../server/log.js');
  const { runUntilSignal } = await import('../../server/signals.js');
  const log = createLog(options.log, process.stderr);
  const server = await start({ ...serverOptions(options), log }, options).catch((error: unknown) => {
    throw startFailure(error, options);
  });
  const exit = runUntilSignal(server, log);
  const { engine, url, adminUrl, port, fleet } = server;
  const tenants = engine.tenants();
  const bundles = tenants.reduce((sum, tenant) => sum + engine.bundles(tenant).length, 0);
  const dataDir = options.memory ? null : options.dataDir;
  if (output.json) {
    // one line, so that a program can wait for its end
    process.stdout.write(
      `${JSON.stringify({ ok: true, url, adminUrl, port, dataDir, pid: process.pid, tenants, bundles, ...fleet } satisfies ServeJson)}\n`,
    );
  }
  output.line(
    `${output.paint(`verdict serves ${url}`, 'bold')}  (${dataDir === null ? 'bundles in memory only' : `data in ${dataDir}`})`,
  );
  if (fleet !== undefined) {
    const { urls } = fleet;
    const last = options.portPerProcess && urls.length > 1 ? `, the last at ${urls.at(-1)}` : '';
    output.line(`${urls.length} serving ${urls.length === 1 ? 'process' : 'processes'}${last}`);
  }
  output.line(
    bundles === 0 ? 'no bundle yet; publish one:' : `${plural(bundles, 'bundle')} of ${plural(tenants.length, 'tenant')} live`,
  );
  if (bundles === 0) output.line(`  verdict publish <bundle> --server ${adminUrl} --tenant <tenant>`);
  return exit;
}
