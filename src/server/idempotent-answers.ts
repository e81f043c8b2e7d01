// Answers of requests that carry an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same key and request gets the
// same bytes again, for a while. Decisions are pure, so sending one again harms nobody; what the key gives is one decision id and
// one time for all tries, and for a rollback that it happens once. Kept in one process, for all of a fleet in their parent: another
// server knows nothing of them.
//
// An answer is kept where it is the request's own: not one that says how things stand now, after which the key is free.

import { createHash } from 'node:crypto';
import { Problem } from '../errors.js';
import { requireTenant } from './context.js';
import type { Answer, Exchange } from './exchange.js';

/** What becomes of a request with a key. */
export type Begun =
  /** It is the first: its answer is settled with the token. */
  | { kind: 'new'; token: number }
  | { kind: 'known'; answer: Answer }
  /** The first is not answered yet. */
  | { kind: 'in_use' }
  /** The first was another request. */
  | { kind: 'reused' };

/** Keeps answers, here or, of several processes, in their parent. */
export interface AnswerKeeper {
  /** Bytes that are kept of all tenants. */
  readonly bytes: number;
  readonly counts: { kept: number; replayed: number; in_use: number; reused: number; evicted: number };
  begin(tenant: string, key: string, fingerprint: string): Begun | Promise<Begun>;
  settle(tenant: string, key: string, token: number, answer: Answer): void;
}

interface Entry {
  readonly token: number;
  /** Whoever has the request in hand. */
  readonly holder: object | undefined;
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

/** Requests with a key, as the server sees them. */
export class IdempotentAnswers {
  constructor(private readonly keeper: AnswerKeeper) {}

  get bytes(): number {
    return this.keeper.bytes;
  }

  get counts(): AnswerKeeper['counts'] {
    return this.keeper.counts;
  }

  /**
   * Whether a request is new: its answer is then kept. Otherwise it is answered as the first was. Throws, or rejects with, Problem
   * INVALID_HEADER, TENANT_NOT_FOUND, IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED.
   */
  begin(exchange: Exchange, body: Uint8Array): boolean | Promise<boolean> {
    const { head, tenant, context } = exchange;
    const match = KEY.exec(head.idempotencyKey);
    if (match === null)
      throw new Problem('INVALID_HEADER', 'Idempotency-Key is not one text in quotes, of 1 to 255 printable characters');
    const key = (match[1] ?? match[2]) as string;
    requireTenant(context.engine, tenant);
    const begun = this.keeper.begin(tenant, key, fingerprintOf(exchange, body));
    return begun instanceof Promise ? begun.then((known) => this.take(exchange, key, known)) : this.take(exchange, key, begun);
  }

  private take(exchange: Exchange, key: string, begun: Begun): boolean {
    switch (begun.kind) {
      case 'new': {
        const { token } = begun;
        exchange.keepAnswer((answer) => this.keeper.settle(exchange.tenant, key, token, answer));
        return true;
      }
      case 'known': {
        const { status, contentType, body, headers } = begun.answer;
        exchange.send(status, contentType, body, [...headers, ['Idempotent-Replayed', 'true']]);
        return false;
      }
      case 'reused':
        throw new Problem('IDEMPOTENCY_KEY_REUSED');
      case 'in_use':
        throw new Problem('IDEMPOTENCY_KEY_IN_USE', undefined, undefined, undefined, 1);
    }
  }
}

/** Answers in the memory of this process. */
export class KeptAnswers implements AnswerKeeper {
  readonly counts = { kept: 0, replayed: 0, in_use: 0, reused: 0, evicted: 0 };
  private readonly tenants = new Map<string, TenantAnswers>();
  private sweptAt = 0;
  private lastToken = 0;

  /** @param bytesMax of one tenant */
  constructor(
    private readonly millisMax: number,
    private readonly bytesMax: number,
  ) {}

  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.tenants.values()) sum += bytes;
    return sum;
  }

  /** @param holder who has the request in hand; where it is gone, `release` makes its keys free again */
  begin(tenant: string, key: string, fingerprint: string, holder?: object): Begun {
    const now = performance.now();
    this.sweep(now);
    const known = this.tenants.get(tenant)?.entries.get(key);
    if (known !== undefined && (known.expiresAt > now || known.answer === undefined)) return this.again(known, fingerprint);
    const token = ++this.lastToken;
    this.remove(tenant, key);
    this.add(tenant, key, {
      ...{ token, holder, fingerprint, expiresAt: now + this.millisMax, answer: undefined, bytes: key.length + ENTRY_BYTES },
    });
    return { kind: 'new', token };
  }

  /** Keys of requests that will not be answered any more, because their process is gone. */
  release(holder: object): void {
    for (const [tenant, { entries }] of this.tenants) {
      for (const [key, entry] of entries) if (entry.holder === holder && entry.answer === undefined) this.remove(tenant, key);
    }
  }

  settle(tenant: string, key: string, token: number, answer: Answer): void {
    const of = this.tenants.get(tenant);
    const entry = of?.entries.get(key);
    if (of === undefined || entry?.token !== token) return;
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

  private again({ fingerprint: known, answer }: Entry, fingerprint: string): Begun {
    if (known !== fingerprint) {
      this.counts.reused++;
      return { kind: 'reused' };
    }
    if (answer === undefined) {
      this.counts.in_use++;
      return { kind: 'in_use' };
    }
    this.counts.replayed++;
    return { kind: 'known', answer };
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
