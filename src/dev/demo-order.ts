// What the demonstration asks of its client process, and what it gets back.

import type { Model } from '../schema/model.js';

export interface DemoOrder {
  /** `ws://host:port/v1/tenant/stream` */
  url: string;
  bundle: string;
  model: Model;
  seed: number;
  /** Payments, a multiple of FRAME_COUNT. */
  count: number;
  customers: number;
  terminals: number;
  secondsPerRun: number;
}

export interface DemoResult {
  /** By outcome: payments that were honest, and that were fraud. */
  outcomes: Record<string, { honest: number; fraud: number }>;
  /** By reason code: payments that it was given for. */
  reasons: Record<string, number>;
  decisionsPerSecond: number;
  /** Milliseconds of the latency run. */
  latency: { p50: number; p90: number; p99: number; p999: number; max: number };
  /** A payment as JSON, one that is declined where there is any. */
  sample: string;
}

export type DemoReply = { result: DemoResult } | { error: string };

/** Payments in a frame of the throughput run. */
export const FRAME_COUNT = 64;
/** Connections of the throughput run, and frames in flight on each. */
export const CONNECTIONS = 2;
export const DEPTH = 4;
/** Frames a second of the latency run. */
export const LATENCY_RATE = 1000;
