// One connection of the stream: what it may have unanswered, what of that is with the pool, and how its messages are answered.
//
// A request counts from its arrival until its answer has been handed to the socket. What is decided inline is answered before the
// next message is looked at, so only what is pooled ever counts; a client that counts from sending to receiving never has fewer.

import { SLOT_COUNT_MAX } from '../../assembly/shared/limits.js';
import { Status } from '../../assembly/shared/status.js';
import { monotonicMillis } from '../clock.js';
import { begin, type DecideOptions, decideFrame } from '../decide.js';
import { decideJson } from '../decide-json.js';
import { Path, pathOf } from '../dispatch.js';
import { Problem, type ProblemCode } from '../errors.js';
import { FrameView } from '../frame.js';
import { LentFrame } from '../lent-frame.js';
import { StageTimes } from '../observe/stages.js';
import { type ControlMessage, type HelloMessage, isControl, readControl, writeControl } from '../stream/control.js';
import { CloseCode, PROTOCOL_MAX, PROTOCOL_MIN } from '../stream/protocol.js';
import { writeErrorAnswer } from './answer-frame.js';
import { type Context, findLive } from './context.js';
import { decideOptions, requireSettled, unsettled } from './decision-route.js';
import { asProblem, problemDocument } from './problem-document.js';
import { type Answer, FrameAnswer, observe, STREAM_PATTERN, TextAnswer } from './stream-answer.js';
import { Credit } from './stream-credit.js';
import type { Route } from './stream-routes.js';
import type { Surroundings } from './stream-surroundings.js';
import { isRequest, parseMessage, readMessage, type TextControl, type TextRequest } from './text-request.js';
import type { Traced } from './tracing/tracer.js';
import type { WebSocket } from './uws.js';

const SERVER_NAME = 'verdict';

/** The library copies the properties of what it is given to an object of its own. */
export interface UserData {
  readonly connection: Connection;
  /** Where it comes from, as connections are counted. */
  readonly address: string;
}

export type Socket = WebSocket<UserData>;

/** How a client speaks about control: as it said hello. */
enum Spoken {
  NOT = 0,
  BINARY = 1,
  TEXT = 2,
}

/** Of the frame that is being looked at: nothing of it is asked for after the message has been handled. */
const view = new FrameView();
/** The same of one that is decided at once. */
const lent = new LentFrame();
/** What is said of such a frame: nothing. */
const AT_ONCE: DecideOptions = { now: 0n };
/** The answer of a frame that was over when its message had been handled: of what is decided inline, one serves all. */
let spare: FrameAnswer | undefined;

/**
 * Of a connection among very many nothing is in a cache when its message comes. What an inline frame asks for therefore stands
 * first: five words behind the head of the object, 64 bytes.
 */
export class Connection {
  /** Of the last frame; undefined from the close on. */
  private route: Route | undefined = undefined;
  private readonly around: Surroundings;
  /** Requests that are not answered yet. */
  pending = 0;
  /** Of a client that has said hello. */
  private credit: Credit | undefined = undefined;
  private socket!: Socket;
  private spoken = Spoken.NOT;
  /** From its close on nothing may touch the socket. */
  closed = false;
  /** Times that a stopping server has looked at it since it told it. */
  stopPolls = -1;
  /** What is with the pool, by id: of a frame a bigint, of a text message its JSON. Of two with one id, the later. */
  private inFlight: Map<bigint | string, Answer> | undefined = undefined;
  readonly tenant: string;

  constructor(around: Surroundings, tenant: string) {
    this.around = around;
    this.tenant = tenant;
  }

  get context(): Context {
    return this.around.context;
  }

  open(socket: Socket): void {
    this.socket = socket;
  }

  /** A binary message: a RequestBatch or a Control. Its bytes are valid until the return. */
  receive(message: Uint8Array): void {
    const startedAt = this.around.sampler.take();
    if (this.answerAtOnce(message, startedAt) || this.closed) return;
    if (isControl(message)) this.control(message);
    else this.answerFrame(message, startedAt);
  }

  /** A text message: a request, or what a Control says. */
  receiveText(message: Uint8Array): void {
    if (this.closed) return;
    let request: TextRequest | TextControl;
    try {
      request = readMessage(message);
    } catch (error) {
      const problem = this.report(error);
      this.sendNow(JSON.stringify({ id: null, error: problemDocument(problem) }), false);
      if (problem.code === 'INVALID_CONTROL') this.close(CloseCode.INVALID_CONTROL, problem.code);
      return;
    }
    if (isRequest(request)) this.answerText(message, request);
    else {
      if (request.hello !== undefined) this.welcome(request.hello, Spoken.TEXT);
      this.cancel(request.cancel ?? []);
    }
  }

  /**
   * Asked again and again by a server that stops: tells a client that has said hello, and closes with 1001 what is owed nothing.
   * Such a client gets `polls` calls to finish by itself.
   */
  stop(polls: number): void {
    if (this.stopPolls < 0 && this.spoken !== Spoken.NOT) this.say({ stopping: true });
    this.stopPolls++;
    if (this.pending > 0 || this.socket.getBufferedAmount() > 0) return;
    if (this.spoken === Spoken.NOT || this.stopPolls >= polls) this.close(CloseCode.GOING_AWAY, 'STOPPING');
  }

  /** The connection is over: what is still being decided is of use to nobody. */
  over(): void {
    this.closed = true;
    for (const answer of this.inFlight?.values() ?? []) answer.cancelled = true;
    this.inFlight = undefined;
    this.route = undefined;
  }

  /** Sends, of whatever an answer is owed on. Bytes are taken before the return. */
  send(message: string | Uint8Array, isBinary: boolean, isCorked: boolean): void {
    if (this.closed) return;
    if (isCorked) this.socket.send(message, isBinary);
    else this.socket.cork(() => this.socket.send(message, isBinary));
  }

  /** Counts an error, and logs it where it is our bug. */
  report(error: unknown, trace?: Traced): Problem {
    if (!(error instanceof Problem))
      this.context.config.log.error({ err: error, tenant: this.tenant, route: STREAM_PATTERN, ...trace }, 'a message failed');
    const problem = asProblem(error);
    this.context.metrics.streams.countError(problem.code);
    return problem;
  }

  /** An answer to `units` requests has been given, of which `pending` counted until now. */
  answered(pending: number, units: number, code: ProblemCode | undefined): void {
    this.pending -= pending;
    const { credit } = this;
    if (credit === undefined) return;
    const changed = code === 'BUSY' ? credit.refused() : credit.answered(units);
    if (changed) this.say({ credit: credit.advised });
  }

  keep(id: bigint | string, answer: Answer): void {
    this.inFlight ??= new Map();
    this.inFlight.set(id, answer);
  }

  forget(id: bigint | string, answer: Answer): void {
    if (this.inFlight?.get(id) === answer) this.inFlight.delete(id);
  }

  /**
   * Answers a frame that is for the bundle of the one before it and is decided on this thread, as nearly all are: no object is
   * made. False, and nothing was done, where it is another one.
   */
  private answerAtOnce(frame: Uint8Array, startedAt: number): boolean {
    const { route, around } = this;
    if (route === undefined || route.live.isRetired) return false;
    const { live } = route;
    if (!lent.place(live.tenant.memory, frame) || !lent.names(route.name)) return false;
    const { count } = lent;
    if (this.pending + count > this.granted || pathOf(live, count, AT_ONCE) !== Path.INLINE || !lent.fits(live)) return false;
    const times = startedAt === 0 ? undefined : new StageTimes(startedAt, monotonicMillis());
    let status: Status;
    try {
      begin(live, count, AT_ONCE);
      status = lent.decide(live, around.ids.takeWords(count), live.usesNow ? around.context.engine.nowMicros() : undefined);
      if (status !== Status.OK) throw unsettled(status);
    } catch (error) {
      this.fail(frame, error, count, startedAt);
      return true;
    }
    times?.settled(monotonicMillis(), 'inline', 0);
    around.traffic.activity++;
    around.streams.frames++;
    this.socket.send(lent.answer, true);
    if (this.credit !== undefined) this.answered(0, count, undefined);
    if (times !== undefined) observe(around.context.metrics, startedAt, times);
    return true;
  }

  /** Answers a frame of `count` requests that was not decided. */
  private fail(frame: Uint8Array, error: unknown, count: number, startedAt: number): void {
    view.read(frame);
    const answer = new FrameAnswer();
    answer.begin(this, count, startedAt, view.idLow, view.idHigh);
    answer.fail(error);
  }

  private answerFrame(frame: Uint8Array, startedAt: number): void {
    const isWhole = view.read(frame);
    const answer = spare ?? new FrameAnswer();
    spare = undefined;
    answer.begin(this, isWhole ? view.count : 0, startedAt, view.idLow, view.idHigh);
    if (isWhole && !this.admit(answer)) return;
    try {
      if (!isWhole) throw new Problem('INVALID_FRAME');
      const route = this.around.routes.find(this.tenant, this.route, view, frame);
      this.route = route;
      if (view.hasTrace) answer.follow(view.traceParent(frame));
      answer.ask(this.context, route.live, view.count);
      const { deadlineMillis } = view;
      decideFrame(route.live, frame, deadlineMillis === 0 ? answer : answer.within(deadlineMillis), answer.settle, view.count);
    } catch (error) {
      answer.fail(error);
    }
    answer.leave();
    if (!answer.isOver) return;
    answer.rest();
    spare = answer;
  }

  private answerText(message: Uint8Array, first: TextRequest): void {
    const answer = new TextAnswer(this, first.id);
    if (!this.admit(answer)) return;
    // Of a request that is pooled the bytes are gone when it is settled.
    let whole = message;
    const decide = (request: TextRequest): void => {
      answer.follow(request.traceparent);
      const live = findLive(this.context.engine, this.tenant, request.bundle);
      const { deadlineMillis } = request;
      const deadline = deadlineMillis === 0 ? {} : { deadlineMillis: answer.arrival() + deadlineMillis };
      const options = { ...decideOptions(this.context, live, 1), cancellation: answer, ...deadline };
      answer.handed();
      decideJson(live, [request.payload], options, (settled) => {
        answer.settled(settled);
        try {
          requireSettled(settled);
          const problem = settled.problemOf(0);
          if (problem?.code === 'INVALID_JSON' && request.isGuess) {
            answer.id = null;
            const again = parseMessage(whole);
            if (!isRequest(again)) throw problem;
            answer.id = again.id ?? null;
            decide(again);
            return;
          }
          if (problem !== undefined) throw problem;
          answer.decision(settled.decision(0));
        } catch (error) {
          answer.fail(error);
        }
      });
    };
    try {
      decide(first);
    } catch (error) {
      answer.fail(error);
    }
    if (!answer.isOver) whole = message.slice();
    answer.leave();
  }

  /** Requests that it may have unanswered. */
  private get granted(): number {
    return this.credit === undefined ? this.around.creditMax : this.credit.granted;
  }

  /** Whether the credit has room for it; where it has not, the client is told, and closed. */
  private admit(answer: Answer): boolean {
    // More than any frame may have is refused as such.
    if (answer.units > SLOT_COUNT_MAX || this.pending <= this.granted) return true;
    const detail = `${this.pending} requests are not answered, the credit is ${this.granted}`;
    answer.fail(new Problem('CREDIT_EXCEEDED', detail));
    this.close(CloseCode.CREDIT_EXCEEDED, 'CREDIT_EXCEEDED');
    return false;
  }

  private control(message: Uint8Array): void {
    const control = readControl(message);
    if (control === undefined) {
      this.sendNow(
        writeErrorAnswer(0n, this.report(new Problem('INVALID_CONTROL')).code, 'the control message is malformed'),
        true,
      );
      this.close(CloseCode.INVALID_CONTROL, 'INVALID_CONTROL');
      return;
    }
    if (control.hello !== undefined) this.welcome(control.hello, Spoken.BINARY);
    this.cancel(control.cancel ?? []);
  }

  private welcome(hello: HelloMessage, spoken: Spoken): void {
    const { config, engine } = this.context;
    this.spoken = spoken;
    if (hello.protocolMin > PROTOCOL_MAX || hello.protocolMax < PROTOCOL_MIN) {
      const problem = this.report(new Problem('PROTOCOL_UNSUPPORTED'));
      if (spoken === Spoken.BINARY) this.sendNow(writeErrorAnswer(0n, problem.code, problem.message), true);
      else this.sendNow(JSON.stringify({ id: null, error: problemDocument(problem) }), false);
      this.close(CloseCode.PROTOCOL_UNSUPPORTED, problem.code);
      return;
    }
    const credit = new Credit(hello.credit, config.creditMax);
    this.credit = credit;
    const bundles = hello.bundles.flatMap((bundle) => {
      const live = engine.live(this.tenant, bundle);
      if (live === undefined) return [];
      return [{ bundle, version: live.version, image: live.image, model: live.model.hash, earlier: live.earlierModels }];
    });
    this.say({
      welcome: {
        protocol: Math.min(hello.protocolMax, PROTOCOL_MAX),
        server: SERVER_NAME,
        credit: credit.granted,
        frameBytesMax: config.frameBytesMax,
        requestsMax: SLOT_COUNT_MAX,
        idleSecondsMax: config.idleSecondsMax,
        bundles,
      },
    });
    if (this.context.traffic.draining) this.say({ stopping: true });
  }

  private cancel(ids: readonly (bigint | string)[]): void {
    for (const id of ids) this.inFlight?.get(id)?.cancel();
  }

  private say(control: ControlMessage): void {
    if (this.spoken === Spoken.TEXT) this.sendNow(JSON.stringify(control), false);
    else this.sendNow(writeControl(control), true);
  }

  /** Outside of the library's callbacks too: a cork within a cork is none. */
  private sendNow(message: string | Uint8Array, isBinary: boolean): void {
    this.send(message, isBinary, false);
  }

  private close(code: number, reason: string): void {
    if (this.closed) return;
    this.socket.end(code, reason);
  }
}
