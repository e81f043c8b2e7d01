// A line between two sides that share a data directory or a memory: a process and its children, a thread and its listeners. It
// carries calls with an answer, and events without one, over anything that posts messages by structured clone (ports.ts).
//
// What it promises:
//
//   - Order: what one side sends arrives in that order, calls and events alike, and their handlers are begun in it, each before the
//     next message is looked at. A handler that waits does not hold up the next one: whoever needs turns takes them (Turns).
//   - A call settles exactly once: with what the handler returns; with the Problem that it throws, code, errors and all; with
//     ChannelError FAILED where it throws anything else; with ChannelError CLOSED when the other side is gone; with ChannelError
//     LATE when `millisMax` is over. An answer that comes after that is dropped.
//   - After CLOSED and LATE nobody knows whether the call was carried out: what may be sent again must bear it.
//   - `closed` is called once, after all calls that were open have settled. Nothing is heard afterwards.
//   - Events of a side that is gone are lost, without an error. An event whose handler fails is a bug: `closed` of the side that
//     heard it is called with it, and the line is cut.
//
// It does not bound what waits: it is for changes and questions, a few at a time, and nothing on the deciding path goes through it.

import { Problem } from '../errors.js';

/** One end of something that posts messages. */
export interface Port {
  /** Sends a structured clone. Where the other side is gone it is lost. Throws DataCloneError for what cannot be cloned. */
  post(message: unknown): void;
  /** Called once, before anything is posted: `message` for each message, then `closed` once when the other side is gone. */
  listen(message: (message: unknown) => void, closed: () => void): void;
  /** Cuts the line. Both sides are told. Idempotent. */
  close(): void;
}

/**
 * What a side does when it is asked or told: one function a name, of one value each. What it returns is the answer; of an event it
 * is dropped. Values are of structured clone: no functions, and no objects with a class.
 */
// biome-ignore lint/suspicious/noExplicitAny: each name has types of its own, which `call` and `tell` hold callers to
export type Handlers = Record<string, (value: any) => unknown>;

type ValueOf<Of, Name extends keyof Of> = Of[Name] extends (value: infer Value) => unknown ? Value : never;
type AnswerOf<Of, Name extends keyof Of> = Of[Name] extends (value: never) => infer Answer ? Awaited<Answer> : never;

/** Why a call has no answer of its handler. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';

  constructor(
    readonly code: 'CLOSED' | 'LATE' | 'FAILED',
    message: string,
  ) {
    super(message);
  }
}

type Wire =
  | { kind: 'call'; id: number; name: string; value: unknown }
  | { kind: 'event'; name: string; value: unknown }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failure'; id: number; problem: WireProblem | undefined; message: string };

type WireProblem = Pick<Problem, 'code' | 'errors' | 'diagnostics' | 'retryAfterSeconds'>;

interface Call {
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout | undefined;
}

/** `Theirs`: what the other side handles. */
export class Channel<Theirs extends object> {
  readonly #calls = new Map<number, Call>();
  #nextId = 0;
  #isClosed = false;

  /**
   * @param own what this side handles; see Handlers
   * @param closed the other side is gone, or `close` was called, or (`error`) the handler of an event has failed
   */
  constructor(
    private readonly port: Port,
    private readonly own: object,
    private readonly closed: (error?: unknown) => void = () => {},
  ) {
    port.listen(
      (message) => this.#take(message as Wire),
      () => this.#end(),
    );
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Asks the other side. `millisMax`: how long an answer is waited for; without it, as long as the other side is there. */
  call<Name extends keyof Theirs & string>(
    name: Name,
    value: ValueOf<Theirs, Name>,
    millisMax?: number,
  ): Promise<AnswerOf<Theirs, Name>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(new ChannelError('CLOSED', `${name}: the other side is gone`));
        return;
      }
      const id = this.#nextId++;
      const call: Call = { name, resolve: resolve as (value: unknown) => void, reject, timer: undefined };
      this.port.post({ kind: 'call', id, name, value } satisfies Wire);
      this.#calls.set(id, call);
      if (millisMax === undefined) return;
      call.timer = setTimeout(() => {
        this.#settle(id)?.reject(new ChannelError('LATE', `${name}: no answer within ${millisMax} ms`));
      }, millisMax);
    });
  }

  /** Tells the other side, and waits for nothing. */
  tell<Name extends keyof Theirs & string>(name: Name, value: ValueOf<Theirs, Name>): void {
    if (!this.#isClosed) this.port.post({ kind: 'event', name, value } satisfies Wire);
  }

  /** Cuts the line. Idempotent. */
  close(): void {
    this.#end();
  }

  #take(message: Wire): void {
    if (this.#isClosed) return;
    if (message.kind === 'call') void this.#answer(message.id, message.name, message.value);
    else if (message.kind === 'event') this.#hear(message.name, message.value);
    else if (message.kind === 'answer') this.#settle(message.id)?.resolve(message.value);
    else {
      const call = this.#settle(message.id);
      call?.reject(errorOf(call.name, message.problem, message.message));
    }
  }

  async #answer(id: number, name: string, value: unknown): Promise<void> {
    let answer: Wire;
    try {
      answer = { kind: 'answer', id, value: await this.#handler(name)(value) };
      if (!this.#isClosed) this.port.post(answer);
    } catch (error) {
      if (this.#isClosed) return;
      const isProblem = error instanceof Problem;
      const { code, errors, diagnostics, retryAfterSeconds } = error as Problem;
      const problem = isProblem ? { code, errors, diagnostics, retryAfterSeconds } : undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.port.post({ kind: 'failure', id, problem, message } satisfies Wire);
    }
  }

  #hear(name: string, value: unknown): void {
    // An async handler of an event answers for its own failures; a plain one fails here.
    try {
      const going = this.#handler(name)(value);
      if (going instanceof Promise) going.catch((error: unknown) => this.#end(error));
    } catch (error) {
      this.#end(error);
    }
  }

  #handler(name: string): (value: unknown) => unknown {
    const { own } = this;
    const handler = Object.hasOwn(own, name) ? (own as Handlers)[name] : undefined;
    if (handler === undefined) throw new Error(`nobody handles ${name}: the two sides are of different versions`);
    return handler.bind(own);
  }

  #settle(id: number): Call | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    clearTimeout(call?.timer);
    return call;
  }

  #end(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.port.close();
    for (const id of [...this.#calls.keys()]) {
      const call = this.#settle(id);
      call?.reject(new ChannelError('CLOSED', `${call.name}: the other side is gone`));
    }
    this.closed(error);
  }
}

function errorOf(name: string, problem: WireProblem | undefined, message: string): Error {
  if (problem === undefined) return new ChannelError('FAILED', `${name}: ${message}`);
  const { code, errors, diagnostics, retryAfterSeconds } = problem;
  return new Problem(code, message, errors, diagnostics, retryAfterSeconds);
}
