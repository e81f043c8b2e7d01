// A client of the WebSocket protocol verdict.v1 (docs/PROTOCOL.md), for Node and browsers. It gathers requests into messages, keeps
// to the server's credit, connects again where the connection is lost, and sends again what was not answered.
//
//   decide() -> waiting -- credit, a connection --> message unanswered -- answer --> promise settled
//                  ^                                      |
//                  +------------- connection lost --------+

import { ByteBuffer } from 'flatbuffers';
import type { Decision } from '../schema/decision.js';
import { AnswerBatch } from '../schema/generated/verdict/wire.js';
import { isControl, readControl, type WelcomeMessage, writeControl } from '../stream/control.js';
import { BEARER_PROTOCOL, CloseCode, PROTOCOL_MAX, PROTOCOL_MIN, SUBPROTOCOL } from '../stream/protocol.js';
import { writeRequestBatch } from '../stream/request-batch.js';
import {
  ClientError,
  type ClientOptions,
  type ClientStats,
  type RequestOptions,
  type ResolvedOptions,
  resolveOptions,
  type SocketLike,
} from './options.js';
import { type Message, Outbox, type Pending, serverError } from './outbox.js';
import { readDecision } from './read-decision.js';

/** Closes that connecting again does not mend. */
const FATAL: ReadonlySet<number> = new Set([CloseCode.PROTOCOL_UNSUPPORTED, CloseCode.INVALID_CONTROL]);
const RANDOM_RANGE = 2 ** 32;

/**
 * Connects, and resolves when the server has answered the hello. Rejects with ClientError CONNECTION_LOST where that fails as often
 * as `reconnect.triesMax` allows, PROTOCOL_UNSUPPORTED where the server is of another version.
 */
export async function connect(options: ClientOptions): Promise<Client> {
  const client = new Client(resolveOptions(options));
  await client.opened;
  return client;
}

export class Client {
  /** Settled with the first connection. */
  readonly opened: Promise<void>;
  private readonly outbox = new Outbox();
  private readonly counts = { sent: 0, answered: 0, failed: 0, resent: 0, cancelled: 0, connections: 0 };
  private readonly messages = { messagesSent: 0, messagesReceived: 0 };
  private socket: SocketLike | undefined;
  private welcome: WelcomeMessage | undefined;
  /** Requests that may be unanswered now. */
  private credit = 0;
  /** Of bundles that were asked for: the hash of the model, null where the bundle is not live. */
  private readonly models = new Map<string, string | null>();
  private asked = new Set<string>();
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private flushing = false;
  private closing: Promise<void> | undefined;
  private finished: () => void = () => {};
  /** Why there is no client any more. */
  private failure: ClientError | undefined;
  private settleOpened: { resolve: () => void; reject: (error: Error) => void } | undefined;

  /** Use `connect`. */
  constructor(private readonly options: ResolvedOptions) {
    this.opened = new Promise((resolve, reject) => {
      this.settleOpened = { resolve, reject };
    });
    this.dial();
  }

  /**
   * Has one payload decided: FlatBuffers bytes of the bundle's model, an object, or JSON text. Bytes are gathered into messages of
   * many and cost the server the least; they must not be changed before the promise is settled.
   * Rejects with ClientError, whose `code` says why, and with the signal's reason where that is aborted.
   */
  decide(bundle: string, payload: Uint8Array | string | object, options: RequestOptions = {}): Promise<Decision> {
    const { deadlineMillis = this.options.deadlineMillis, signal, traceparent } = options;
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) throw this.failure;
      if (this.closing !== undefined) throw new ClientError('CLOSED', 'the client is closed');
      signal?.throwIfAborted();
      if (this.outbox.waitingCount >= this.options.waitingMax)
        throw new ClientError('QUEUE_FULL', `${this.options.waitingMax} requests are waiting`);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const abort = (): void => this.drop(pending, signal?.reason ?? new ClientError('CANCELLED', 'the request was cancelled'));
      const done = (): void => {
        pending.isSettled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const pending: Pending = {
        bundle,
        payload: payload instanceof Uint8Array ? payload : jsonText(payload),
        deadline: deadlineMillis > 0 ? performance.now() + deadlineMillis : Number.POSITIVE_INFINITY,
        traceparent,
        message: undefined,
        isSettled: false,
        resolve: (decision) => {
          done();
          resolve(decision);
        },
        reject: (error) => {
          done();
          this.counts.failed++;
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort);
      if (deadlineMillis > 0) {
        const over = () => this.drop(pending, new ClientError('DEADLINE_EXCEEDED', `no answer within ${deadlineMillis} ms`));
        timer = setTimeout(over, deadlineMillis);
      }
      this.outbox.add(pending);
      this.flushSoon();
    });
  }

  /** What the client has done, and what it waits for now. */
  get stats(): ClientStats {
    const { waitingCount: waiting, unanswered } = this.outbox;
    return { ...this.counts, ...this.messages, waiting, unanswered, credit: this.credit };
  }

  /** Takes no more requests, waits for the answers of those there are, and closes the connection. Idempotent. */
  close(): Promise<void> {
    if (this.closing === undefined) {
      this.closing = new Promise((resolve) => {
        this.finished = resolve;
      });
      if (this.failure !== undefined) this.finished();
      else this.finishIfIdle();
    }
    return this.closing;
  }

  // --- The connection ------------------------------------------------------------------------------------------------------

  private dial(): void {
    const { token } = this.options;
    if (typeof token === 'string') {
      this.open(token);
      return;
    }
    const isOver = () => this.failure !== undefined || (this.closing !== undefined && this.isIdle);
    Promise.resolve()
      .then(token)
      .then(
        (text) => isOver() || this.open(text),
        (error: unknown) => isOver() || this.lost(0, `there is no token: ${error}`),
      );
  }

  private open(token: string): void {
    const { url, tenant, webSocket } = this.options;
    // Browsers send no header of ours with a WebSocket: docs/SECURITY.md.
    const protocols = token === '' ? SUBPROTOCOL : [SUBPROTOCOL, BEARER_PROTOCOL + token];
    const socket = new webSocket(`${url}/v1/${encodeURIComponent(tenant)}/stream`, protocols);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    socket.onopen = () => this.hello([...this.models.keys()]);
    socket.onerror = () => {}; // a close follows
    socket.onmessage = ({ data }: { data: ArrayBuffer | string }) => {
      if (this.socket === socket) this.receive(data);
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      if (this.socket === socket) this.lost(code, reason);
    };
  }

  private hello(bundles: readonly string[]): void {
    const { creditMax, name } = this.options;
    const hello = { protocolMin: PROTOCOL_MIN, protocolMax: PROTOCOL_MAX, credit: creditMax, bundles, client: name };
    this.asked = new Set([...this.asked, ...bundles]);
    this.send(writeControl({ hello }));
  }

  private receive(data: ArrayBuffer | string): void {
    this.messages.messagesReceived++;
    if (typeof data === 'string') this.answerText(data);
    else {
      const bytes = new Uint8Array(data);
      if (isControl(bytes)) this.control(bytes);
      else this.answerBatch(bytes);
    }
    this.flush();
    this.finishIfIdle();
  }

  private control(bytes: Uint8Array): void {
    const { welcome, credit, stopping } = readControl(bytes) ?? {};
    if (welcome !== undefined) {
      if (this.welcome === undefined) {
        this.counts.connections++;
        this.tries = 0;
      }
      this.welcome = welcome;
      this.credit = welcome.credit;
      for (const bundle of this.asked) this.models.set(bundle, null);
      for (const { bundle, model } of welcome.bundles) this.models.set(bundle, model);
      this.asked.clear();
      this.settleOpened?.resolve();
      this.settleOpened = undefined;
    }
    if (credit !== undefined) this.credit = credit;
    if (stopping === true) this.leave();
  }

  /** The server is stopping: what it has is answered, the rest waits for another connection. */
  private leave(): void {
    this.credit = 0;
    if (this.outbox.unanswered === 0) this.socket?.close(CloseCode.NORMAL);
  }

  private lost(code: number, reason: string): void {
    this.socket = undefined;
    this.welcome = undefined;
    this.credit = 0;
    this.asked.clear();
    const lost = this.outbox.takeUnanswered();
    if (this.options.resend && !FATAL.has(code)) {
      this.counts.resent += lost.length;
      this.outbox.putBack(lost);
    } else {
      for (const pending of lost)
        pending.reject(new ClientError('CONNECTION_LOST', `the connection was closed with ${code} ${reason}`));
    }
    if (this.closing !== undefined && this.outbox.waitingCount === 0) {
      this.finished();
      return;
    }
    const { firstMillis, mostMillis, triesMax } = this.options.reconnect;
    if (FATAL.has(code)) this.fail(new ClientError(reason, `the server closed the connection with ${code}`));
    else if (this.tries >= triesMax)
      this.fail(new ClientError('CONNECTION_LOST', `the connection was closed with ${code} ${reason}`));
    else {
      const bound = Math.min(mostMillis, firstMillis * 2 ** this.tries++);
      this.timer = setTimeout(() => this.dial(), random() * bound);
    }
  }

  /** Gives up for good. */
  private fail(error: ClientError): void {
    this.failure = error;
    this.settleOpened?.reject(error);
    this.settleOpened = undefined;
    for (const pending of this.outbox.takeWaiting()) pending.reject(error);
    this.finished();
  }

  private get isIdle(): boolean {
    return this.outbox.waitingCount + this.outbox.unanswered === 0;
  }

  private finishIfIdle(): void {
    if (this.closing === undefined || !this.isIdle) return;
    clearTimeout(this.timer);
    if (this.socket === undefined) this.finished();
    else this.socket.close(CloseCode.NORMAL);
  }

  private send(message: Uint8Array | string): void {
    this.messages.messagesSent++;
    this.socket?.send(message);
  }

  // --- Requests ------------------------------------------------------------------------------------------------------------

  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    const flush = (): void => {
      this.flushing = false;
      this.flush();
    };
    if (this.options.batchMillis > 0) setTimeout(flush, this.options.batchMillis);
    else queueMicrotask(flush);
  }

  /** Sends what waits, as far as the credit goes. */
  private flush(): void {
    const { welcome } = this;
    if (welcome === undefined) return;
    const batchMax = Math.min(this.options.batchMax, welcome.requestsMax);
    while (true) {
      const room = Math.min(batchMax, this.credit - this.outbox.unanswered);
      const message = this.outbox.take(room, welcome.frameBytesMax >>> 1, (bundle) => this.knows(bundle));
      if (message === undefined) return;
      this.write(message);
    }
  }

  /** Whether the model of a bundle is known; where not, the server is asked. */
  private knows(bundle: string): boolean {
    if (this.models.has(bundle)) return true;
    if (!this.asked.has(bundle)) this.hello([bundle]);
    return false;
  }

  private write(message: Message): void {
    const { requests } = message;
    const { bundle, traceparent, payload } = requests[0]!;
    const deadline = requests.reduce((latest, request) => Math.max(latest, request.deadline), 0);
    const deadlineMillis = deadline === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(deadline - performance.now()));
    if (typeof payload === 'string') {
      const head = {
        id: message.id,
        bundle,
        ...(deadlineMillis > 0 ? { deadlineMillis } : {}),
        ...(traceparent === undefined ? {} : { traceparent }),
      };
      // The payload stands last and as it is: the server reads what begins so without parsing it.
      this.send(`${JSON.stringify(head).slice(0, -1)},"payload":${payload}}`);
    } else {
      const model = this.models.get(bundle);
      if (model === null || model === undefined) {
        this.outbox.answered(message.id);
        this.models.delete(bundle); // it may be published before the next request
        for (const request of requests)
          if (!request.isSettled) request.reject(serverError('BUNDLE_NOT_FOUND', `there is no bundle ${bundle}`));
        return;
      }
      const payloads = requests.map((request) => request.payload as Uint8Array);
      const options = { deadlineMillis, ...(traceparent === undefined ? {} : { traceparent }) };
      this.send(writeRequestBatch(BigInt(message.id), model, bundle, payloads, options));
    }
    this.counts.sent += requests.length;
  }

  /** Nobody waits for a request any more. */
  private drop(pending: Pending, reason: unknown): void {
    if (pending.isSettled) return;
    this.counts.cancelled++;
    pending.reject(reason);
    const useless = this.outbox.dropped(pending);
    if (useless !== undefined && this.welcome !== undefined) {
      this.send(useless.isText ? JSON.stringify({ cancel: [useless.id] }) : writeControl({ cancel: [BigInt(useless.id)] }));
    }
    this.finishIfIdle();
  }

  private answerBatch(bytes: Uint8Array): void {
    const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(bytes));
    const message = this.outbox.answered(Number(batch.id()));
    if (message === undefined) return; // an error of the connection, which is closed next
    const { requests } = message;
    this.counts.answered += requests.length;
    const error = batch.error();
    for (const [i, pending] of requests.entries()) {
      if (pending.isSettled) continue;
      if (error !== null) {
        pending.reject(serverError(error, batch.detail()));
        if (error === 'MODEL_MISMATCH') this.models.delete(pending.bundle);
        continue;
      }
      const decision = readDecision(batch.answers(i)!.decisionArray()!);
      if (decision.status === 'INVALID_PAYLOAD')
        pending.reject(serverError('INVALID_PAYLOAD', 'the payload does not fit the model'));
      else pending.resolve(decision);
    }
    if (this.welcome !== undefined && this.credit === 0) this.leave();
  }

  private answerText(text: string): void {
    interface TextAnswer {
      id?: unknown;
      decision?: Decision;
      error?: { code: string; detail: string; errors?: readonly unknown[] };
    }
    const { id, decision, error } = JSON.parse(text) as TextAnswer;
    const message = typeof id === 'number' ? this.outbox.answered(id) : undefined;
    const pending = message?.requests[0];
    if (pending === undefined) return;
    this.counts.answered++;
    if (!pending.isSettled) {
      if (decision !== undefined) pending.resolve(decision);
      else pending.reject(serverError(error?.code ?? 'INTERNAL', error?.detail ?? null, error?.errors));
    }
    if (this.welcome !== undefined && this.credit === 0) this.leave();
  }
}

/** JSON text of a payload. What is none would make none of the whole message, which nobody could be told the answer of. */
function jsonText(payload: string | object): string {
  if (typeof payload !== 'string') return JSON.stringify(payload);
  try {
    JSON.parse(payload);
  } catch (error) {
    throw new ClientError('INVALID_JSON', (error as Error).message);
  }
  return payload;
}

/** From 0 to 1. */
function random(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / RANDOM_RANGE;
}
