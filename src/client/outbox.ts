// Requests of a client on their way: waiting in the order in which they were asked, then part of a message that is not answered.

import type { Decision } from '../schema/decision.js';
import { ClientError } from './options.js';

/** One request, until its promise is settled. */
export interface Pending {
  readonly bundle: string;
  /** FlatBuffers bytes, or JSON text. */
  readonly payload: Uint8Array | string;
  /** By performance.now(); Infinity: none. */
  readonly deadline: number;
  readonly traceparent: string | undefined;
  /** The message that it is part of. */
  message: Message | undefined;
  isSettled: boolean;
  readonly resolve: (decision: Decision) => void;
  readonly reject: (error: unknown) => void;
}

/** What one message to the server holds. */
export interface Message {
  readonly id: number;
  readonly isText: boolean;
  readonly requests: readonly Pending[];
  /** Of its requests, those that somebody waits for. */
  wanted: number;
}

export class Outbox {
  private waiting: Pending[] = [];
  /** Those of `waiting` that are settled already. */
  private stale = 0;
  /** By id: text and binary messages draw from one series. */
  readonly messages = new Map<number, Message>();
  unanswered = 0;
  private nextId = 1;

  get waitingCount(): number {
    return this.waiting.length - this.stale;
  }

  add(pending: Pending): void {
    this.waiting.push(pending);
  }

  /**
   * Takes the next requests that may share a message: those of one bundle and trace, as they were asked, up to `max` of them and
   * about `bytesMax`. JSON texts go alone. Undefined where none waits, or the first is of a bundle that is not `known` yet.
   */
  take(max: number, bytesMax: number, known: (bundle: string) => boolean): Message | undefined {
    this.dropStale();
    const first = this.waiting[0];
    const isText = typeof first?.payload === 'string';
    if (first === undefined || max < 1 || !(isText || known(first.bundle))) return undefined;
    const requests: Pending[] = [];
    let bytes = 0;
    let taken = 0;
    for (const pending of this.waiting) {
      if (!pending.isSettled) {
        const { payload, bundle, traceparent } = pending;
        if (typeof payload === 'string' ? !isText : isText || bundle !== first.bundle || traceparent !== first.traceparent) break;
        bytes += payload.length + 48;
        if (requests.length > 0 && (isText || requests.length === max || bytes > bytesMax)) break;
        requests.push(pending);
      }
      taken++;
    }
    this.stale -= taken - requests.length;
    this.waiting.splice(0, taken);
    const message: Message = { id: this.nextId++, isText, requests, wanted: requests.length };
    for (const pending of requests) pending.message = message;
    this.messages.set(message.id, message);
    this.unanswered += requests.length;
    return message;
  }

  /** A message has been answered: takes it out. */
  answered(id: number): Message | undefined {
    const message = this.messages.get(id);
    if (message === undefined) return undefined;
    this.messages.delete(id);
    this.unanswered -= message.requests.length;
    return message;
  }

  /** Nobody waits for a request any more. Returns the message that is of no use to anybody now, where there is one. */
  dropped(pending: Pending): Message | undefined {
    const { message } = pending;
    if (message === undefined) {
      this.stale++;
      return undefined;
    }
    message.wanted--;
    return message.wanted === 0 && this.messages.has(message.id) ? message : undefined;
  }

  /** The connection is gone: takes out all that was not answered, in the order in which it was asked. */
  takeUnanswered(): Pending[] {
    const lost = [...this.messages.values()].flatMap(({ requests }) => requests).filter(({ isSettled }) => !isSettled);
    for (const pending of lost) pending.message = undefined;
    this.messages.clear();
    this.unanswered = 0;
    return lost;
  }

  /** Puts requests before all that wait. */
  putBack(pendings: readonly Pending[]): void {
    this.waiting = [...pendings, ...this.waiting];
  }

  /** Takes out all that waits. */
  takeWaiting(): Pending[] {
    const waiting = this.waiting.filter(({ isSettled }) => !isSettled);
    this.waiting = [];
    this.stale = 0;
    return waiting;
  }

  private dropStale(): void {
    let count = 0;
    while (this.waiting[count]?.isSettled === true) count++;
    if (count === 0) return;
    this.waiting.splice(0, count);
    this.stale -= count;
  }
}

/** The error of an answer: what a server says of a message as a whole. */
export function serverError(code: string, detail: string | null, errors?: readonly unknown[]): ClientError {
  return new ClientError(code, detail ?? code, errors);
}
