// Options of the server beyond the engine's, with every default and limit, checked once. Network limits are all explicit:
// uWebSockets.js has other defaults from build to build, and ends the process for an idle timeout outside its range.

import { type EngineOptions, LISTENERS_MAX } from '../config.js';
import type { Engine } from '../engine.js';
import { CREDIT_DEFAULT } from '../stream/protocol.js';
import type { AuthOptions } from './auth/options.js';
import { descriptorsMax } from './system.js';
import type { TlsOptions } from './tls.js';
import { checkTraceOptions, type TraceOptions } from './tracing/options.js';

/** Where the server writes about itself, never about single decisions; pino fits. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ServerOptions extends EngineOptions {
  /** An engine to serve with, which stays open at stop. Default: one is made from the other options, and closed at stop. */
  engine?: Engine;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** 0 = any free port. Default 8321. */
  port?: number;
  /**
   * Threads that take connections to the port, 1 to 16, each with an event loop of its own; all decide in the same memories, and
   * one of them owns these. Default 1. Not with `engine` or `clock`.
   */
  listeners?: number;
  /** Body of a decision request. Default 16 MiB. */
  bodyBytesMax?: number;
  /**
   * Milliseconds that a body which comes in parts may be behind 4 KiB a second before its request is refused. Default 10,000.
   */
  bodyMillisMax?: number;
  /** Body of PUT bundles. Default 32 MiB. */
  bundleBytesMax?: number;
  /** Body of PUT lists. Default 1 GiB. */
  listBytesMax?: number;
  /** One WebSocket message; a longer one closes the connection. Default 16 MiB. */
  frameBytesMax?: number;
  /**
   * Bytes of answers that wait for a slow WebSocket reader; above it the connection is closed. One answer may overshoot it.
   * Default 16 MiB.
   */
  backpressureBytesMax?: number;
  /** Requests that one WebSocket may have unanswered. More close it. Default 65,536. */
  creditMax?: number;
  /** Seconds without a message or ping after which a WebSocket is closed: 0 (never) or 8 to 960. Default 120. */
  idleSecondsMax?: number;
  /**
   * Open connections; at the limit the server stops accepting until one closes. Default: what the process's file limit leaves,
   * less 500.
   */
  connectionsMax?: number;
  /** Open connections of one address (of IPv6, of one /64); 0 = any number. Default 0 on loopback, else 1,024. */
  connectionsPerAddressMax?: number;
  /** How callers become known. Without it everybody may do everything. */
  auth?: AuthOptions;
  /** Certificate, key and, for mutual TLS, authority, as files. Without it connections are not encrypted. */
  tls?: TlsOptions;
  /** Where the spans of requests go whose callers record their traces. Without it they go nowhere. */
  otlp?: TraceOptions;
  /** Port for administration, on `adminHost`; the other one then answers decisions only. 0 = any free port. */
  adminPort?: number;
  /** Default 127.0.0.1. */
  adminHost?: string;
  /** Origins whose pages may open streams, beside that of the server itself; `*` is any. Default none. */
  allowedOrigins?: readonly string[];
  /** Lets the server listen beyond loopback without auth and tls. Default false. */
  dev?: boolean;
  /** How long the answer of a request with an Idempotency-Key is kept, in milliseconds. Default 600,000. */
  idempotencyMillisMax?: number;
  /** Bytes of such answers that are kept for one tenant; the oldest go first. Default 16 MiB. */
  idempotencyBytesMax?: number;
  /** How long stop() waits for requests in flight. Default 10,000. */
  stopMillisMax?: number;
  /** Default: nothing is logged. */
  log?: Log;
}

type Absent = 'auth' | 'tls' | 'otlp' | 'adminPort';

export type ServerConfig = Required<Omit<ServerOptions, keyof EngineOptions | 'engine' | Absent>> & {
  [Key in Absent]: ServerOptions[Key] | undefined;
};

/**
 * Declared bodies up to this many times the limit are read and dropped, so that the caller gets its 413; larger ones are cut
 * off.
 */
export const DISCARD_FACTOR = 4;
/** Answers above it are flushed step by step, and count as in flight until the kernel has taken them. */
export const FLUSH_BYTES = 65536;
/** Descriptors kept for files, workers and the data directory. */
const DESCRIPTORS_SPARE = 500;

const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Checks the options and fills in the defaults. Throws RangeError with the name of the option that is out of its range. */
export function resolveServerConfig(options: ServerOptions): ServerConfig {
  const config: ServerConfig = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 8321,
    listeners: options.listeners ?? 1,
    bodyBytesMax: options.bodyBytesMax ?? 16 * 1024 * 1024,
    bodyMillisMax: options.bodyMillisMax ?? 10_000,
    bundleBytesMax: options.bundleBytesMax ?? 32 * 1024 * 1024,
    listBytesMax: options.listBytesMax ?? 1024 * 1024 * 1024,
    frameBytesMax: options.frameBytesMax ?? 16 * 1024 * 1024,
    backpressureBytesMax: options.backpressureBytesMax ?? 16 * 1024 * 1024,
    creditMax: options.creditMax ?? CREDIT_DEFAULT,
    idleSecondsMax: options.idleSecondsMax ?? 120,
    connectionsMax: options.connectionsMax ?? Math.max(1, descriptorsMax() - DESCRIPTORS_SPARE),
    connectionsPerAddressMax: options.connectionsPerAddressMax ?? (isLoopback(options.host ?? '127.0.0.1') ? 0 : 1024),
    auth: options.auth,
    tls: options.tls,
    otlp: options.otlp,
    adminPort: options.adminPort,
    adminHost: options.adminHost ?? '127.0.0.1',
    allowedOrigins: options.allowedOrigins ?? [],
    dev: options.dev ?? false,
    idempotencyMillisMax: options.idempotencyMillisMax ?? 600_000,
    idempotencyBytesMax: options.idempotencyBytesMax ?? 16 * 1024 * 1024,
    stopMillisMax: options.stopMillisMax ?? 10_000,
    log: options.log ?? SILENT,
  };
  inRange('port', config.port, 0, 65535);
  inRange('listeners', config.listeners, 1, LISTENERS_MAX);
  if (config.listeners > 1 && options.engine !== undefined)
    throw new RangeError('listeners: an engine of your own has room for one only; leave engine out');
  for (const name of ['bodyBytesMax', 'bundleBytesMax', 'frameBytesMax', 'backpressureBytesMax'] as const) {
    inRange(name, config[name], 1024, 1 << 30);
  }
  inRange('bodyMillisMax', config.bodyMillisMax, 20, 3_600_000);
  inRange('listBytesMax', config.listBytesMax, 1024, 2 ** 36);
  if (config.idleSecondsMax !== 0) inRange('idleSecondsMax', config.idleSecondsMax, 8, 960);
  inRange('creditMax', config.creditMax, 1, 1 << 24);
  inRange('connectionsMax', config.connectionsMax, 1, 10_000_000);
  inRange('connectionsPerAddressMax', config.connectionsPerAddressMax, 0, 10_000_000);
  if (config.adminPort !== undefined) inRange('adminPort', config.adminPort, 0, 65535);
  if (config.otlp !== undefined) checkTraceOptions(config.otlp);
  requireSafe(config);
  inRange('idempotencyMillisMax', config.idempotencyMillisMax, 1000, 86_400_000);
  inRange('idempotencyBytesMax', config.idempotencyBytesMax, 1024, 1 << 30);
  inRange('stopMillisMax', config.stopMillisMax, 0, 600_000);
  return config;
}

/** Whether only this machine reaches what listens on an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What lets anybody who reaches the server do anything, or read along, is refused; with `dev` it is said aloud. */
function requireSafe(config: ServerConfig): void {
  const { auth, tls, log } = config;
  const hosts = [config.host, ...(config.adminPort === undefined ? [] : [config.adminHost])].filter((host) => !isLoopback(host));
  if (hosts.length === 0) return;
  const wants = [
    ...(auth === undefined && tls?.ca === undefined ? ['callers are not known: give auth, or tls with ca'] : []),
    ...(tls === undefined ? ['connections are not encrypted: give tls'] : []),
  ];
  if (wants.length === 0) return;
  const text = `listening on ${hosts.join(' and ')}: ${wants.join('; ')}`;
  if (!config.dev) throw new RangeError(`host: ${text}; or dev, where nobody else reaches this network`);
  log.warn({ hosts }, `NOT SAFE, as --dev allows: ${text}`);
}

function inRange(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
}
