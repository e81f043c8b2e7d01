// What a client of the stream is told, with every default, and what it says of itself.

/** The part of a WebSocket that the client uses; that of browsers, of Node from 22 on, and of the package `ws`. */
export interface SocketLike {
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, protocols: string | string[]) => SocketLike;

export interface ClientOptions {
  /** Of the server: `https://host:port`, or `wss:`; `http:` and `ws:` without TLS. */
  url: string;
  tenant: string;
  /** Bearer token, or what gives one: it is asked before each connection. Default: none. */
  token?: string | (() => string | Promise<string>);
  /** Default: the global WebSocket. Node 20 has none: `import WebSocket from 'ws'`, or another with the same interface. */
  webSocket?: SocketConstructor;
  /** What the client calls itself, for the server's log. */
  name?: string;
  /** Requests unanswered at a time, at most; the server may allow fewer. Default: as many as it allows. */
  creditMax?: number;
  /** Requests that wait for credit or for a connection; more are refused with QUEUE_FULL. Default 65,536. */
  waitingMax?: number;
  /** Requests of one message. Default 256. */
  batchMax?: number;
  /**
   * Milliseconds in which requests are gathered into messages; 0 sends what was asked within one turn of the event loop.
   * Default 0.
   */
  batchMillis?: number;
  /** Milliseconds after which a request that is not answered fails with DEADLINE_EXCEEDED. Default: none. */
  deadlineMillis?: number;
  /** How a lost connection is made again. False: it is not. */
  reconnect?: false | ReconnectOptions;
  /**
   * Sends what was not answered again on the next connection: a decision changes nothing, so nothing happens twice. False: it fails
   * with CONNECTION_LOST. Default true.
   */
  resend?: boolean;
}

/** Full jitter: before the n-th try it waits a random part of `firstMillis` x 2^n, at most of `mostMillis`. */
export interface ReconnectOptions {
  /** Default 100. */
  firstMillis?: number;
  /** Default 10,000. */
  mostMillis?: number;
  /** Tries in a row that fail, after which the client is closed. Default 10. */
  triesMax?: number;
}

export interface RequestOptions {
  deadlineMillis?: number;
  /** Cancels the request, at the server too. */
  signal?: AbortSignal;
  /** W3C Trace Context. */
  traceparent?: string;
}

/** What the client has done. */
export interface ClientStats {
  /** Requests handed to a socket, those that were sent again twice. */
  sent: number;
  answered: number;
  /** Of those that were answered, or given up: with an error. */
  failed: number;
  resent: number;
  cancelled: number;
  /** Connections made, the first included. */
  connections: number;
  messagesSent: number;
  messagesReceived: number;
  /** Requests that wait now, for credit or for a connection. */
  waiting: number;
  /** Requests that are sent now, and not answered. */
  unanswered: number;
  /** What the server allows to be unanswered now; 0 while there is no connection. */
  credit: number;
}

/**
 * Why a request, or a client, has failed: a code of docs/ERRORS.md from the server, or one of its own: CLOSED, CONNECTION_LOST,
 * QUEUE_FULL, CANCELLED, DEADLINE_EXCEEDED.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';

  constructor(
    readonly code: string,
    message: string,
    /** Of an INVALID_PAYLOAD: each field that does not fit. */
    readonly errors?: readonly unknown[],
  ) {
    super(message);
  }
}

export type ResolvedOptions = Required<Omit<ClientOptions, 'reconnect'>> & { reconnect: Required<ReconnectOptions> };

/** Checks the options and fills in the defaults. Throws TypeError where there is no WebSocket, RangeError for a bad number. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const webSocket = options.webSocket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (webSocket === undefined) {
    throw new TypeError("there is no global WebSocket (Node has one from 22 on): pass one, { webSocket } of the package 'ws'");
  }
  const reconnect: ReconnectOptions = options.reconnect === false ? { triesMax: 0 } : (options.reconnect ?? {});
  const resolved: ResolvedOptions = {
    url: options.url.replace(/^http/, 'ws').replace(/\/+$/, ''),
    tenant: options.tenant,
    token: options.token ?? '',
    webSocket,
    name: options.name ?? '',
    creditMax: options.creditMax ?? 0,
    waitingMax: options.waitingMax ?? 65_536,
    batchMax: options.batchMax ?? 256,
    batchMillis: options.batchMillis ?? 0,
    deadlineMillis: options.deadlineMillis ?? 0,
    reconnect: {
      firstMillis: reconnect.firstMillis ?? 100,
      mostMillis: reconnect.mostMillis ?? 10_000,
      triesMax: reconnect.triesMax ?? 10,
    },
    resend: options.resend ?? true,
  };
  for (const name of ['creditMax', 'waitingMax', 'batchMillis', 'deadlineMillis'] as const) notNegative(name, resolved[name]);
  for (const [name, value] of Object.entries(resolved.reconnect)) notNegative(`reconnect.${name}`, value);
  if (!(resolved.batchMax >= 1)) throw new RangeError(`batchMax must be at least 1, not ${resolved.batchMax}`);
  return resolved;
}

function notNegative(name: string, value: number): void {
  if (!(value >= 0)) throw new RangeError(`${name} must not be negative, and is ${value}`);
}
