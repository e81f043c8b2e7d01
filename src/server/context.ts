// What all routes share: the engine, the limits, and the counts that stop() waits for.

import { randomBytes } from 'node:crypto';
import type { IdWords } from '../decide-options.js';
import type { ServingEngine } from '../engine.js';
import { Problem } from '../errors.js';
import type { LiveImage } from '../registry/live-image.js';
import type { AddressCounts } from './address-counts.js';
import type { ApiDocuments } from './api/documents.js';
import type { Authenticator } from './auth/authenticator.js';
import type { ServerConfig } from './config.js';
import type { FleetLink } from './fleet/link.js';
import type { IdempotentAnswers } from './idempotent-answers.js';
import type { ServerMetrics } from './metrics.js';
import type { SlowBodies } from './slow-bodies.js';
import type { Tracer } from './tracing/tracer.js';

export interface Context {
  readonly engine: ServingEngine;
  readonly config: ServerConfig;
  readonly traffic: Traffic;
  readonly metrics: ServerMetrics;
  readonly ids: DecisionIds;
  readonly idempotency: IdempotentAnswers;
  readonly documents: ApiDocuments;
  /** Absent where callers are not known, and everybody may do everything. */
  readonly auth: Authenticator | undefined;
  readonly addresses: AddressCounts;
  readonly slowBodies: SlowBodies;
  /** Absent where spans go nowhere. */
  readonly tracer: Tracer | undefined;
  /** Absent where this process serves alone. */
  readonly fleet: FleetLink | undefined;
}

/** What goes on in the server now. */
export class Traffic {
  /** From the stop signal on: answers close their connections, /readyz says no. */
  draining = false;
  /** Requests and frames whose bytes are all here and that are not answered yet. */
  pending = 0;
  /** Requests whose body is still on its way. */
  receiving = 0;
  httpConnections = 0;
  streams = 0;
  /** Called when a connection has come or gone. */
  changed: () => void = () => {};
  /** Grows whenever a client does something or is told something. */
  activity = 0;
}

const ID_BLOCK = 1 << 20;

function highWords(high: bigint): { highLow: number; highHigh: number } {
  return { highLow: Number(BigInt.asIntN(32, high)), highHigh: Number(BigInt.asIntN(32, high >> 32n)) };
}

/** Decision ids of this process: 64 random bits, then a counter; and ids of spans. */
export class DecisionIds {
  readonly high = randomBytes(8).readBigUInt64LE() | 1n;
  /** What is taken as words: the low half comes from a block of `next`, since a bigint each is an object each. */
  readonly words: { -readonly [K in keyof IdWords]: number } = { ...highWords(this.high), lowLow: 0, lowHigh: 0 };
  private blockLeft = 0;
  private lastCount = 0;
  private next = 1n;
  private readonly spanHigh = randomBytes(4).toString('hex');
  private spans = randomBytes(4).readUInt32LE();

  /** 16 hex digits, never all 0: half of them are those of the process. */
  spanId(): string {
    this.spans = (this.spans + 1) >>> 0;
    return `${this.spanHigh}${(this.spans || 1).toString(16).padStart(8, '0')}`;
  }

  /** Takes `count` ids, at most ID_BLOCK, and returns the first: valid until the next are taken. */
  takeWords(count: number): IdWords {
    const { words } = this;
    if (count > this.blockLeft) this.openBlock();
    else words.lowLow = (words.lowLow + this.lastCount) | 0;
    this.lastCount = count;
    this.blockLeft -= count;
    return words;
  }

  /** A block begins at a multiple of its size: the high word is the same for all of it. */
  private openBlock(): void {
    const first = (this.next + BigInt(ID_BLOCK - 1)) & -BigInt(ID_BLOCK);
    this.next = first + BigInt(ID_BLOCK);
    this.words.lowLow = Number(BigInt.asIntN(32, first));
    this.words.lowHigh = Number(BigInt.asIntN(32, first >> 32n));
    this.blockLeft = ID_BLOCK;
  }

  /** Takes `count` ids and returns the low half of the first. */
  take(count: number): bigint {
    const low = this.next;
    // BigInt(1) is a call into the runtime: 0.1 us, a hundredth of a request.
    this.next = low + (count === 1 ? 1n : BigInt(count));
    return low;
  }
}

/** The live image of a bundle. Throws Problem TENANT_NOT_FOUND or BUNDLE_NOT_FOUND. */
export function findLive(engine: ServingEngine, tenant: string, bundle: string): LiveImage {
  const live = engine.live(tenant, bundle);
  if (live !== undefined) return live;
  requireTenant(engine, tenant);
  throw new Problem('BUNDLE_NOT_FOUND', `tenant ${tenant} has no bundle ${bundle}`);
}

/** Throws Problem TENANT_NOT_FOUND. */
export function requireTenant(engine: ServingEngine, tenant: string): void {
  if (!engine.tenants().includes(tenant)) throw new Problem('TENANT_NOT_FOUND', `there is no tenant ${tenant}`);
}
