// The composition root: makes the parts and stops them, in order.

import type { BundleFiles } from './bundle/files.js';
import type { EngineOptions } from './config.js';
import type { Diagnostic } from './diagnostic/diagnostic.js';
import type { LiveImage } from './registry/live-image.js';
import type { RuleSet } from './ruleset.js';

export interface PublishResult {
  /** False where exactly this image had been published before. */
  created: boolean;
  name: string;
  version: string;
  /** 16 hex digits. */
  image: string;
  /** Static worst case of one payload, in units. */
  costMax: number;
  /** Warnings; errors are thrown. */
  diagnostics: Diagnostic[];
}

/** A file of the data directory that could not be used at start. The others were. */
export interface StoreProblem {
  /** Path below the data directory. */
  path: string;
  message: string;
}

export interface EngineStats {
  /** Decisions by outcome: none, approve, review, decline. */
  outcomes: { none: number; approve: number; review: number; decline: number };
  /** Decisions whose status is INVALID_PAYLOAD. */
  invalidPayloads: number;
  /** Requests by path. */
  requests: { inline: number; pooled: number };
  /** Requests refused with BUSY. */
  busy: number;
  /** Requests answered INVALID_FRAME. */
  invalidFrames: number;
  /** Requests answered INTERNAL. */
  internal: number;
  /** Instances replaced because they trapped, on all threads. */
  traps: number;
  pool: {
    /** Threads running now; 0 before the first pooled request. */
    threads: number;
    queued: number;
    /** Workers replaced because they died. */
    deaths: number;
  };
  tenants: {
    tenant: string;
    bundles: number;
    /** Bytes of linear memory now, and the quota. */
    memoryBytes: number;
    memoryBytesMax: number;
    /** Bytes of images. */
    heapBytesUsed: number;
    ringBytes: number;
    ringBytesUsed: number;
    /** Requests in flight. */
    slots: number;
  }[];
}

export interface Engine {
  /**
   * Loads an image file (as `compile` returns it) for deciding in this process. It is not published: nothing else sees it.
   * Throws Problem: INVALID_IMAGE, OUT_OF_MEMORY, INVALID_NAME.
   */
  load(image: Uint8Array, options?: { tenant?: string }): Promise<RuleSet>;
  /**
   * Compiles a bundle and makes it live for the tenant. Resolves when it is durable (with a data directory) and live.
   * `dryRun` compiles and checks only. Compiles on a worker thread.
   * Throws Problem: INVALID_NAME, INVALID_BUNDLE (with diagnostics), VERSION_EXISTS, OUT_OF_MEMORY, STOPPING.
   */
  publish(tenant: string, files: BundleFiles, options?: { dryRun?: boolean; name?: string }): Promise<PublishResult>;
  /** The image that decides for this bundle now. */
  live(tenant: string, bundle: string): LiveImage | undefined;
  /** Live images of a tenant, by name; empty where there is no such tenant. */
  bundles(tenant: string): LiveImage[];
  /** Names of the tenants, sorted. */
  tenants(): string[];
  /** False before everything stored is loaded, and after close. */
  readonly ready: boolean;
  /** Stored files that were damaged and skipped at start. */
  readonly storeProblems: readonly StoreProblem[];
  /** Microseconds UTC by the engine's clock. */
  nowMicros(): bigint;
  stats(): EngineStats;
  /** Waits for what is in flight, then stops the threads and gives the data directory back. Idempotent. */
  close(): Promise<void>;
}

/**
 * Makes an engine, with everything stored in the data directory live.
 * Throws RangeError for an option out of range, and Error where another process owns the data directory.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  throw new Error('not yet');
}
