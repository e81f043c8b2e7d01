// WebSocket /v1/{tenant}/stream, subprotocol verdict.v1. A binary message is a RequestBatch and is answered by an AnswerBatch with
// its id. A text message is for people: {"id", "bundle", "payload"}, answered by {"id", "decision"} or {"id", "error"}.
// Answers come in the order in which they are decided: inline ones at once, pooled ones later, told apart by id.
//
// Backpressure: answers wait in the process up to backpressureBytesMax for a slow reader, then the connection is closed.

import { NAME_PATTERN } from '../config.js';
import { decideFrame, peekFrame } from '../decide.js';
import { decideJson } from '../decide-json.js';
import { Problem } from '../errors.js';
import { renderDecision } from '../schema/decision.js';
import { writeErrorAnswer } from './answer-frame.js';
import { type Context, findLive, requireTenant } from './context.js';
import { decideOptions, requireModel, requireSettled } from './decision-route.js';
import { statusLine } from './exchange.js';
import { asProblem, PROBLEM_TYPE, problemDocument, renderProblem } from './problem-document.js';
import { parseRequest, readRequest, type TextRequest } from './text-request.js';
import type { HttpResponse, TemplatedApp, Uws, WebSocket } from './uws.js';

export const SUBPROTOCOL = 'verdict.v1';
export const STREAM_PATTERN = '/v1/:tenant/stream';
/** WebSocket close code: the server is going away. */
const GOING_AWAY = 1001;

interface Stream {
  readonly tenant: string;
  /** From the close event on nothing may touch the socket. */
  closed: boolean;
  /** Messages that are not answered yet. */
  pending: number;
}

type Socket = WebSocket<Stream>;

/** The WebSocket endpoint of a server. */
export class StreamEndpoint {
  private readonly sockets = new Set<Socket>();

  constructor(private readonly context: Context) {}

  /** Adds the endpoint to an app. */
  attach(app: TemplatedApp, uws: Uws): void {
    const { config, traffic, metrics } = this.context;
    app.ws<Stream>(STREAM_PATTERN, {
      compression: uws.DISABLED,
      maxPayloadLength: config.frameBytesMax,
      maxBackpressure: config.backpressureBytesMax,
      closeOnBackpressureLimit: true,
      idleTimeout: config.idleSecondsMax,
      maxLifetime: 0,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => {
        const tenant = request.getParameter(0) ?? '';
        const problem = this.refusal(tenant, request.getHeader('sec-websocket-protocol'));
        if (problem !== undefined) {
          refuse(response, problem);
          return;
        }
        traffic.httpConnections--;
        const stream: Stream = { tenant, closed: false, pending: 0 };
        response.upgrade(
          stream,
          request.getHeader('sec-websocket-key'),
          SUBPROTOCOL,
          request.getHeader('sec-websocket-extensions'),
          context,
        );
      },
      open: (socket) => {
        this.sockets.add(socket);
        traffic.streams++;
        metrics.streams.opened++;
      },
      message: (socket, message, isBinary) => {
        if (isBinary) this.answerFrame(socket, new Uint8Array(message));
        else this.answerText(socket, new Uint8Array(message));
      },
      close: (socket) => {
        socket.getUserData().closed = true;
        this.sockets.delete(socket);
        traffic.streams--;
        traffic.activity++;
        traffic.changed();
      },
    });
  }

  /**
   * Closes the sockets that are owed nothing with 1001: no message pending, no answer waiting for its reader. Called again
   * until none is left.
   */
  end(): void {
    for (const socket of [...this.sockets]) {
      if (socket.getUserData().pending === 0 && socket.getBufferedAmount() === 0) socket.end(GOING_AWAY, 'the server is stopping');
    }
  }

  private refusal(tenant: string, protocols: string): Problem | undefined {
    if (this.context.traffic.draining) return new Problem('STOPPING');
    if (!NAME_PATTERN.test(tenant)) return new Problem('INVALID_NAME');
    if (!protocols.split(',').some((protocol) => protocol.trim() === SUBPROTOCOL)) return new Problem('SUBPROTOCOL_REQUIRED');
    try {
      requireTenant(this.context.engine, tenant);
      return undefined;
    } catch (error) {
      return asProblem(error);
    }
  }

  private answerFrame(socket: Socket, frame: Uint8Array): void {
    const { tenant } = socket.getUserData();
    const pending = new Pending(this.context, socket);
    const head = peekFrame(frame);
    const id = head?.id ?? 0n;
    const fail = (error: unknown) => {
      const problem = this.report(error, tenant);
      pending.answer(writeErrorAnswer(id, problem.code, problem.message), true);
    };
    try {
      if (head === undefined) throw new Problem('INVALID_FRAME');
      const live = findLive(this.context.engine, tenant, head.bundle);
      requireModel(live, head.model);
      decideFrame(live, frame, decideOptions(this.context, live, head.count), (settled) => {
        try {
          requireSettled(settled);
          pending.answer(settled.answer, true);
        } catch (error) {
          fail(error);
        }
      });
    } catch (error) {
      fail(error);
    }
    pending.leave();
  }

  private answerText(socket: Socket, message: Uint8Array): void {
    const { tenant } = socket.getUserData();
    const pending = new Pending(this.context, socket);
    let id: unknown = null;
    const fail = (error: unknown) => {
      const problem = this.report(error, tenant);
      pending.answer(JSON.stringify({ id, error: problemDocument(problem) }), false);
    };
    // Of a request that is pooled the bytes are gone when it is settled.
    let whole = message;
    const decide = (request: TextRequest): void => {
      id = request.id ?? null;
      const live = findLive(this.context.engine, tenant, request.bundle);
      decideJson(live, [request.payload], decideOptions(this.context, live, 1), (settled) => {
        try {
          requireSettled(settled);
          const problem = settled.problemOf(0);
          if (problem?.code === 'INVALID_JSON' && request.isGuess) {
            id = null;
            decide(parseRequest(whole));
            return;
          }
          if (problem !== undefined) throw problem;
          pending.answer(`{"id":${JSON.stringify(id)},"decision":${renderDecision(settled.decision(0))}}`, false);
        } catch (error) {
          fail(error);
        }
      });
    };
    try {
      decide(readRequest(message));
    } catch (error) {
      fail(error);
    }
    if (!pending.isOver) whole = message.slice();
    pending.leave();
  }

  /** Counts an error, and logs it where it is our bug. */
  private report(error: unknown, tenant: string): Problem {
    if (!(error instanceof Problem))
      this.context.config.log.error({ err: error, tenant, route: STREAM_PATTERN }, 'a message failed');
    const problem = asProblem(error);
    this.context.metrics.streams.countError(problem.code);
    return problem;
  }
}

/** A message on its way to its answer: inside the handler the library corks by itself, later we do. */
class Pending {
  private inHandler = true;
  private answered = false;
  private readonly startedAt = performance.now();
  /** Kept beside the socket, which cannot be asked once it is closed. */
  private readonly stream: Stream;

  constructor(
    private readonly context: Context,
    private readonly socket: Socket,
  ) {
    this.stream = socket.getUserData();
    this.stream.pending++;
    context.traffic.pending++;
  }

  /** Whether it has been answered. */
  get isOver(): boolean {
    return this.answered;
  }

  /** Sends the answer, once. Bytes are taken before the return. */
  answer(message: string | Uint8Array, isBinary: boolean): void {
    if (this.answered) return;
    this.answered = true;
    const { context, socket, stream } = this;
    const { streams } = context.metrics;
    context.traffic.pending--;
    context.traffic.activity++;
    streams.frames++;
    streams.latency.record((performance.now() - this.startedAt) * 1000);
    if (!stream.closed) {
      if (this.inHandler) socket.send(message, isBinary);
      else socket.cork(() => socket.send(message, isBinary));
    }
    stream.pending--;
  }

  /** The handler returns; what is answered from now on is pooled. */
  leave(): void {
    this.inHandler = false;
  }
}

function refuse(response: HttpResponse, problem: Problem): void {
  response.writeStatus(statusLine(problem.status));
  response.writeHeader('Content-Type', PROBLEM_TYPE).end(renderProblem(problem), true);
}
