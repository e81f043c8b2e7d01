// Answers of requests that carry an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same key and request gets the
// same bytes again, for a while. Decisions are pure, so sending one again harms nobody; what the key gives is one decision id and
// one time for all tries, and for a rollback that it happens once. Kept in this process: another one knows nothing of them.
//
// An answer is kept where it is the request's own: not one that says how things stand now, after which the key is free.

import { createHash } from 'node:crypto';
import { Problem } from '../errors.js';
import { requireTenant } from './context.js';
import type { Answer, Exchange } from './exchange.js';

interface Entry {
  /** sha256 of everything that the answer depends on. */
  fingerprint: string;
  /** By performance.now(). */
  expiresAt: number;
  /** Absent while the first request is not answered. */
  answer: Answer | undefined;
  bytes: number;
}

interface TenantAnswers {
  /** Oldest first. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** Unknown names, conflicts, too many requests, cancelled ones. */
const OF_THE_MOMENT: ReadonlySet<number> = new Set([404, 409, 429, 499]);
/** About what an entry costs beside its key and body. */
const ENTRY_BYTES = 256;
/** Between two searches for what has expired of all tenants. */
const SWEEP_MILLIS = 10_000;
/** A structured field string (RFC 8941, 3.3.3), or the same without its quotes, as many send it. */
const KEY = /^(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}))$/;

export class IdempotentAnswers {
  readonly counts = { kept: 0, replayed: 0, in_use: 0, reused: 0, evicted: 0 };
  private readonly tenants = new Map<string, TenantAnswers>();
  private sweptAt = 0;

  /** @param bytesMax of one tenant */
  constructor(
    private readonly millisMax: number,
    private readonly bytesMax: number,
  ) {}

  /** Bytes that are kept of all tenants. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.tenants.values()) sum += bytes;
    return sum;
  }

  /**
   * Whether a request is new: its answer is then kept. Otherwise it is answered as the first was. Throws Problem INVALID_HEADER,
   * TENANT_NOT_FOUND, IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED.
   */
  begin(exchange: Exchange, body: Uint8Array): boolean {
    const { head, tenant, context } = exchange;
    const match = KEY.exec(head.idempotencyKey);
    if (match === null)
      throw new Problem('INVALID_HEADER', 'Idempotency-Key is not one text in quotes, of 1 to 255 printable characters');
    const key = (match[1] ?? match[2]) as string;
    requireTenant(context.engine, tenant);
    const now = performance.now();
    this.sweep(now);
    const fingerprint = fingerprintOf(exchange, body);
    const known = this.tenants.get(tenant)?.entries.get(key);
    if (known !== undefined && (known.expiresAt > now || known.answer === undefined)) {
      this.replay(exchange, known, fingerprint);
      return false;
    }
    const entry: Entry = { fingerprint, expiresAt: now + this.millisMax, answer: undefined, bytes: key.length + ENTRY_BYTES };
    this.remove(tenant, key);
    this.add(tenant, key, entry);
    exchange.keepAnswer((answer) => this.settle(tenant, key, entry, answer));
    return true;
  }

  private replay(exchange: Exchange, { fingerprint: known, answer }: Entry, fingerprint: string): void {
    if (known !== fingerprint) {
      this.counts.reused++;
      throw new Problem('IDEMPOTENCY_KEY_REUSED');
    }
    if (answer === undefined) {
      this.counts.in_use++;
      throw new Problem('IDEMPOTENCY_KEY_IN_USE', undefined, undefined, undefined, 1);
    }
    this.counts.replayed++;
    exchange.send(answer.status, answer.contentType, answer.body, [...answer.headers, ['Idempotent-Replayed', 'true']]);
  }

  private settle(tenant: string, key: string, entry: Entry, answer: Answer): void {
    const of = this.tenants.get(tenant);
    if (of?.entries.get(key) !== entry) return;
    const { status, body } = answer;
    if (OF_THE_MOMENT.has(status) || status >= 500) {
      this.remove(tenant, key);
      return;
    }
    entry.answer = answer;
    entry.bytes += body.length;
    of.bytes += body.length;
    this.counts.kept++;
    for (const [name, { answer: kept }] of of.entries) {
      if (of.bytes <= this.bytesMax) break;
      if (kept === undefined) continue;
      this.counts.evicted++;
      this.remove(tenant, name);
    }
  }

  private add(tenant: string, key: string, entry: Entry): void {
    let of = this.tenants.get(tenant);
    if (of === undefined) {
      of = { entries: new Map(), bytes: 0 };
      this.tenants.set(tenant, of);
    }
    of.entries.set(key, entry);
    of.bytes += entry.bytes;
  }

  private remove(tenant: string, key: string): void {
    const of = this.tenants.get(tenant);
    const entry = of?.entries.get(key);
    if (of === undefined || entry === undefined) return;
    of.entries.delete(key);
    of.bytes -= entry.bytes;
    if (of.entries.size === 0) this.tenants.delete(tenant);
  }

  /** Forgets what has expired. */
  private sweep(now: number): void {
    if (now - this.sweptAt < SWEEP_MILLIS) return;
    this.sweptAt = now;
    for (const [tenant, { entries }] of this.tenants) {
      for (const [key, { expiresAt, answer }] of entries) {
        if (expiresAt > now) break;
        if (answer !== undefined) this.remove(tenant, key);
      }
    }
  }
}

function fingerprintOf({ route, tenant, name, head }: Exchange, body: Uint8Array): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([route, tenant, name, head.contentType, head.accept, head.model]));
  return hash.update(body).digest('base64');
}
