// WebSocket /v1/{tenant}/stream, subprotocol verdict.v1: docs/PROTOCOL.md. A binary message is a RequestBatch, answered by an
// AnswerBatch with its id, or a Control; a text message says the same as JSON, for people. Answers come in the order in which they
// are decided: inline ones at once, pooled ones later, told apart by id.
//
// Backpressure: answers wait in the process up to backpressureBytesMax for a slow reader, then the connection is closed.

import { NAME_PATTERN } from '../config.js';
import { Problem } from '../errors.js';
import { SUBPROTOCOL } from '../stream/protocol.js';
import { addressKey } from './address-counts.js';
import type { ServerConfig } from './config.js';
import { type Context, requireTenant } from './context.js';
import { asProblem } from './problem-document.js';
import { STREAM_PATTERN } from './stream-answer.js';
import { Connection, type Socket, type UserData } from './stream-connection.js';
import { Routes } from './stream-routes.js';
import { Surroundings } from './stream-surroundings.js';
import { admitUpgrade, refuseUpgrade } from './upgrade.js';
import type { TemplatedApp, Uws, WebSocketBehavior } from './uws.js';

export { STREAM_PATTERN } from './stream-answer.js';

/** Calls of `end` that a client which has said hello gets to finish by itself. */
const STOP_POLLS = 20;

/** What uWebSockets.js is told of every WebSocket. All of it is explicit: defaults differ from build to build. */
export function socketOptions(config: ServerConfig, uws: Uws): WebSocketBehavior<never> {
  return {
    compression: uws.DISABLED,
    maxPayloadLength: config.frameBytesMax,
    maxBackpressure: config.backpressureBytesMax,
    closeOnBackpressureLimit: true,
    idleTimeout: config.idleSecondsMax,
    maxLifetime: 0,
    sendPingsAutomatically: true,
  };
}

/** The WebSocket endpoint of a server. */
export class StreamEndpoint {
  private readonly sockets = new Set<Socket>();

  constructor(private readonly context: Context) {}

  /** Adds the endpoint to an app. */
  attach(app: TemplatedApp, uws: Uws): void {
    const { config, traffic, metrics, engine, addresses } = this.context;
    const around = new Surroundings(this.context, new Routes(engine));
    app.ws<UserData>(STREAM_PATTERN, {
      ...(socketOptions(config, uws) as WebSocketBehavior<UserData>),
      upgrade: (response, request, context) => {
        const tenant = request.getParameter(0) ?? '';
        const protocols = request.getHeader('sec-websocket-protocol');
        const key = request.getHeader('sec-websocket-key');
        const extensions = request.getHeader('sec-websocket-extensions');
        const address = addresses.max === 0 ? '' : addressKey(response.getRemoteAddress());
        admitUpgrade(this.context, response, request, tenant, () => {
          const problem = this.refusal(tenant, protocols);
          if (problem !== undefined) {
            refuseUpgrade(this.context, response, problem);
            return;
          }
          traffic.httpConnections--;
          const connection = new Connection(around, tenant);
          response.upgrade({ connection, address }, key, SUBPROTOCOL, extensions, context);
        });
      },
      open: (socket) => {
        socket.getUserData().connection.open(socket);
        this.sockets.add(socket);
        traffic.streams++;
        metrics.streams.opened++;
      },
      message: (socket, message, isBinary) => {
        // The library makes what it was given properties of the socket: to ask for them by its function takes 20 ns, a fiftieth of
        // a frame of one payload.
        const connection = (socket as Partial<UserData>).connection ?? socket.getUserData().connection;
        if (isBinary) connection.receive(new Uint8Array(message));
        else connection.receiveText(new Uint8Array(message));
      },
      close: (socket, code) => {
        socket.getUserData().connection.over();
        this.sockets.delete(socket);
        metrics.streams.countClose(code);
        traffic.streams--;
        addresses.closeOf(socket.getUserData().address);
        traffic.activity++;
        traffic.changed();
      },
    });
  }

  /**
   * Closes the sockets that are owed nothing with 1001: no request pending, no answer waiting for its reader. Clients that have
   * said hello are told before, and left some time to close by themselves. Called again until none is left.
   */
  end(): void {
    for (const socket of [...this.sockets]) socket.getUserData().connection.stop(STOP_POLLS);
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
}
