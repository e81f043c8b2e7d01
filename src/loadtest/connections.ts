// The sockets of one process. What a connection costs is a net.Socket with its handle and one closure: all read into one buffer
// (`onread`), and everything else that is known of a connection stands in arrays by its number.
//
// The closure is what tells sockets apart; one function for all would save little, and 'data' events would take a buffer more for
// each connection that has been heard. Handles below net.Socket would be less, and are no public interface.

import { Socket } from 'node:net';
import { dialTls, openEvent } from './dial.js';
import { type Answer, putId, readAnswer } from './frame.js';
import { HttpInbox, parseHead } from './http-inbox.js';
import { OPCODE_BINARY, OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG, OPCODE_TEXT, webSocketMessage } from './messages.js';
import type { WorkerOrder } from './order.js';
import type { Sender, Session } from './session.js';
import { Signer } from './signing.js';
import { WebSocketInbox } from './web-socket-inbox.js';

const READ_BYTES = 65_536;
/** Messages are copied here, with their ids, and written from here. */
const ARENA_BYTES = 1 << 18;
const UPGRADE_HEAD_BYTES_MAX = 16_384;
const OPENING_STEP_MILLIS = 4;
/** A connection that ended is opened again after this. */
const REOPEN_MILLIS = 200;
const MALFORMED = 'MALFORMED';
const ENDED = 'ENDED';
const NOT_OPENED = 'CONNECT_TIMEOUT';

enum State {
  NONE = 0,
  CONNECTING = 1,
  /** The handshake of the WebSocket is out. */
  UPGRADING = 2,
  OPEN = 3,
  /** Given up from this side, and not closed yet. */
  CLOSING = 4,
}

/** What is known of a socket beside itself. */
interface Known {
  owner: Connections | undefined;
  /** Number of its connection. */
  index: number;
  /** Why it closes. */
  reason: string | undefined;
  /** It is closed from this side; nothing that it still reads counts. */
  isAbandoned: boolean;
}

/** A socket that knows its number; with TLS it gets the same. */
class BareConnection extends Socket implements Known {
  owner: Connections | undefined;
  index = -1;
  reason: string | undefined;
  isAbandoned = false;
}

type Connection = Socket & Known;

export class Connections implements Sender {
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #sockets: (Connection | undefined)[];
  readonly #state: Uint8Array;
  readonly #web: WebSocketInbox;
  readonly #http: HttpInbox;
  readonly #answer: Answer = { kind: 'malformed', lane: 0, tag: 0, count: 0, error: '' };
  /** Heads of handshakes that have come in part. */
  readonly #upgrading = new Map<number, string>();
  readonly #signer: Signer | undefined;
  #session!: Session;
  #arena = Buffer.allocUnsafeSlow(ARENA_BYTES);
  #arenaUsed = 0;
  /** Some bytes of the arena wait for a slow reader. */
  #isArenaHeld = false;
  /** What is to be written next: to which connection, from where in the arena. */
  #batchOf = -1;
  #batchFrom = 0;
  #started = 0;
  #pending = 0;
  #isClosing = false;
  #now = 0;
  #opening: NodeJS.Timeout | undefined;
  #onSettled: (() => void) | undefined;
  /** Connections that will be opened again. */
  #reopening = 0;
  /** Connections that are given up, and not closed yet. */
  #closing = 0;

  constructor(
    private readonly order: WorkerOrder,
    /** Microseconds since the beginning of the run. */
    private readonly clock: () => number,
    /** Called when sockets were heard and the session may have something to send. */
    private readonly heard: (now: number) => void,
  ) {
    this.#signer = order.signing === undefined ? undefined : new Signer(order.signing);
    this.#sockets = new Array(order.connections).fill(undefined);
    this.#state = new Uint8Array(order.connections);
    this.#web = new WebSocketInbox({
      message: (connection, opcode, payload) => this.#message(connection, opcode, payload),
      malformed: (connection) => this.#abandon(connection, MALFORMED),
    });
    this.#http = new HttpInbox(order.connections, {
      answer: (connection, status, isLast) => {
        this.#session.answeredOldest(connection, this.#now, status >= 200 && status < 300 ? undefined : `HTTP_${status}`);
        if (isLast) this.#abandon(connection, undefined);
      },
      malformed: (connection) => this.#abandon(connection, MALFORMED),
    });
  }

  /** To be called once, before `open`. */
  attach(session: Session): void {
    this.#session = session;
  }

  /**
   * Opens all connections, not faster than ordered and not more at a time. Resolves when each is open or has failed, at the latest
   * after connectSecondsMax, or when `progress`, which is called again and again, says no.
   */
  open(progress: () => boolean): Promise<void> {
    const { connections, connectionsPerSecond, connectingMax, connectSecondsMax } = this.order;
    const begun = performance.now();
    return new Promise((resolve) => {
      const settle = (): void => {
        clearInterval(this.#opening);
        this.#onSettled = undefined;
        resolve();
      };
      const step = (): void => {
        const seconds = (performance.now() - begun) / 1000;
        const allowed = Math.min(connections, Math.ceil(seconds * connectionsPerSecond) + 1);
        while (this.#started < allowed && this.#pending < connectingMax && !this.#isClosing) this.#connect(this.#started++);
        const isLate = !progress() || seconds > connectSecondsMax + connections / connectionsPerSecond;
        if (isLate) for (let i = 0; i < this.#started; i++) if (this.#isPending(i)) this.#abandon(i, NOT_OPENED);
        if (isLate || this.#isClosing || (this.#started === connections && this.#pending === 0)) settle();
      };
      this.#onSettled = () => {
        if (this.#isClosing || (this.#started === connections && this.#pending === 0)) settle();
      };
      this.#opening = setInterval(step, OPENING_STEP_MILLIS);
      step();
    });
  }

  /** Whether any connection is open, or may become so. */
  get isAlive(): boolean {
    return this.#session.openConnections + this.#pending + this.#reopening + this.#closing > 0;
  }

  /** Sender: the message is copied, and goes out with `flush` at the latest. */
  send(connection: number, message: number, lane: number, tag: number): void {
    const { bytes, offsets, idOffsets } = this.order.messages;
    const from = offsets[message] as number;
    const length = (offsets[message + 1] as number) - from;
    if (connection !== this.#batchOf || this.#arenaUsed + length > this.#arena.length) {
      this.#writeBatch();
      if (this.#arenaUsed + length > this.#arena.length) {
        this.#arena = Buffer.allocUnsafeSlow(Math.max(ARENA_BYTES, length));
        this.#arenaUsed = 0;
        this.#isArenaHeld = false;
      }
      this.#batchOf = connection;
      this.#batchFrom = this.#arenaUsed;
    }
    const at = this.#arenaUsed;
    this.#arena.set(bytes.subarray(from, from + length), at);
    if (idOffsets.length > 0) putId(this.#arena, at + (idOffsets[message] as number), lane, tag);
    this.#arenaUsed = at + length;
    this.#session.tally.bytesSent += length;
  }

  /** Writes what has been sent. */
  flush(): void {
    this.#writeBatch();
    // what the kernel has taken at once is not needed any more
    if (!this.#isArenaHeld) this.#arenaUsed = 0;
  }

  /** Closes all, by reset, which TLS has not: a million connections would stay a minute in TIME_WAIT otherwise. Opens no more. */
  close(): void {
    this.#isClosing = true;
    for (const socket of this.#sockets) {
      if (this.order.tls === undefined) socket?.resetAndDestroy();
      else socket?.destroy();
    }
    this.#onSettled?.();
  }

  #writeBatch(): void {
    const connection = this.#batchOf;
    if (connection < 0) return;
    this.#batchOf = -1;
    const socket = this.#sockets[connection];
    if (socket === undefined || socket.destroyed) return;
    socket.write(this.#arena.subarray(this.#batchFrom, this.#arenaUsed));
    if (socket.writableLength > 0) this.#isArenaHeld = true;
  }

  #isPending(index: number): boolean {
    return this.#state[index] === State.CONNECTING || this.#state[index] === State.UPGRADING;
  }

  #connect(index: number): void {
    const { share, shares, targets, sources } = this.order;
    const { host, port } = targets[(share + index * shares) % targets.length] as { host: string; port: number };
    const source = sources[index % Math.max(1, sources.length)];
    const { tls } = this.order;
    const socket = tls === undefined ? this.#bare(index) : this.#encrypted(index, dialTls({ host, port }, tls, source));
    socket.owner = this;
    socket.index = index;
    this.#sockets[index] = socket;
    this.#state[index] = State.CONNECTING;
    this.#pending++;
    this.#session.tally.connecting++;
    socket.on(openEvent(tls), whenConnected);
    socket.on('error', whenFailed);
    socket.on('close', whenClosed);
    socket.setNoDelay(true);
    if (tls === undefined) socket.connect({ host, port, ...(source === undefined ? {} : { localAddress: source }) });
  }

  /** A socket that reads into the buffer of all. */
  #bare(index: number): Connection {
    // the types of Node know `onread` of net.connect only
    const options: object = {
      onread: {
        buffer: this.#buffer,
        callback: (count: number) => {
          this.#read(index, this.#buffer.subarray(0, count));
          return true;
        },
      },
    };
    return new BareConnection(options);
  }

  /** What TLS has decrypted comes in buffers of its own. */
  #encrypted(index: number, socket: Socket): Connection {
    const known: Known = { owner: this, index, reason: undefined, isAbandoned: false };
    socket.on('data', (chunk: Buffer) => this.#read(index, chunk));
    return Object.assign(socket, known);
  }

  /** Of a socket: it is connected. */
  connected(socket: Connection): void {
    const { upgrades } = this.order;
    const upgrade = upgrades[(this.order.share + socket.index * this.order.shares) % Math.max(1, upgrades.length)];
    if (upgrade === undefined) {
      this.#opened(socket.index);
      return;
    }
    this.#state[socket.index] = State.UPGRADING;
    socket.write(this.#signer === undefined ? upgrade : signedCopy(this.#signer, upgrade));
  }

  /** Of a socket: it is closed, and so is everything that was kept for it. */
  closed(socket: Connection): void {
    const { index, reason } = socket;
    const state = this.#state[index];
    this.#sockets[index] = undefined;
    this.#state[index] = State.NONE;
    this.#web.forget(index);
    this.#http.forget(index);
    this.#upgrading.delete(index);
    if (this.#isClosing) return;
    if (state === State.OPEN || state === State.CLOSING) {
      if (state === State.OPEN) this.#session.lost(index, reason);
      else this.#closing--;
      // a server may end a connection with an answer; whatever else ends one is counted
      if (reason === undefined) this.#connect(index);
      else this.#reopen(index);
      this.heard(this.clock());
      return;
    }
    this.#pending--;
    this.#session.refused(reason ?? ENDED);
    if (this.#onSettled === undefined) {
      this.#reopen(index);
      this.heard(this.clock());
    } else this.#onSettled();
  }

  #reopen(index: number): void {
    if (!this.order.reconnect) return;
    this.#reopening++;
    setTimeout(() => {
      this.#reopening--;
      if (!this.#isClosing) this.#connect(index);
    }, REOPEN_MILLIS);
  }

  #opened(index: number): void {
    this.#state[index] = State.OPEN;
    this.#pending--;
    this.#session.opened(index);
    if (this.#onSettled === undefined) this.heard(this.clock());
    else this.#onSettled();
  }

  /** Closes a connection for a reason; undefined: the server has said that it will. */
  #abandon(index: number, reason: string | undefined): void {
    const socket = this.#sockets[index];
    if (socket === undefined || socket.isAbandoned) return;
    socket.isAbandoned = true;
    socket.reason = reason;
    if (this.#state[index] === State.OPEN) {
      // at once, so that nothing is sent to it any more
      this.#state[index] = State.CLOSING;
      this.#closing++;
      this.#session.lost(index, reason);
    }
    socket.destroy();
  }

  #read(index: number, chunk: Buffer): void {
    const socket = this.#sockets[index];
    if (socket === undefined || socket.isAbandoned || this.#isClosing) return;
    this.#session.tally.bytesReceived += chunk.length;
    this.#now = this.clock();
    if (this.#state[index] === State.UPGRADING) {
      const rest = this.#upgrade(index, chunk);
      if (rest !== undefined && rest.length > 0) this.#web.feed(index, rest);
    } else if (this.order.protocol === 'ws') this.#web.feed(index, chunk);
    else this.#http.feed(index, chunk);
    this.heard(this.#now);
  }

  /** Reads the answer to a handshake; returns the bytes behind it once the WebSocket is open. */
  #upgrade(index: number, chunk: Buffer): Buffer | undefined {
    const before = this.#upgrading.get(index) ?? '';
    const text = before + chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (text.length > UPGRADE_HEAD_BYTES_MAX) this.#abandon(index, MALFORMED);
      else this.#upgrading.set(index, text);
      return undefined;
    }
    this.#upgrading.delete(index);
    const status = parseHead(text.slice(0, end + 2))?.status;
    if (status !== 101) {
      this.#abandon(index, status === undefined ? MALFORMED : `HTTP_${status}`);
      return undefined;
    }
    this.#opened(index);
    return chunk.subarray(end + 4 - before.length);
  }

  #message(connection: number, opcode: number, payload: Uint8Array): void {
    if (opcode === OPCODE_BINARY) this.#answerFrame(connection, payload);
    else if (opcode === OPCODE_PING) this.#sockets[connection]?.write(webSocketMessage(OPCODE_PONG, payload));
    else if (opcode === OPCODE_CLOSE) {
      const code = payload.length < 2 ? 1005 : ((payload[0] as number) << 8) | (payload[1] as number);
      this.#abandon(connection, `CLOSE_${code}`);
    } else if (opcode === OPCODE_TEXT) this.#session.tally.unexpected++;
  }

  #answerFrame(connection: number, payload: Uint8Array): void {
    const answer = this.#answer;
    readAnswer(payload, answer);
    if (answer.kind === 'malformed') this.#abandon(connection, MALFORMED);
    else if (answer.kind !== 'control') {
      const isWhole = answer.kind === 'answers' && answer.count === this.order.messages.payloads;
      const failure = answer.kind === 'error' ? answer.error : isWhole ? undefined : 'INCOMPLETE';
      this.#session.answered(connection, answer.lane, answer.tag, this.#now, failure);
    }
  }
}

// One function each for all sockets.

function whenConnected(this: Connection): void {
  this.owner?.connected(this);
}

function whenFailed(this: Connection, error: NodeJS.ErrnoException): void {
  this.reason ??= error.code ?? error.message;
}

function whenClosed(this: Connection): void {
  if (!this.isAbandoned) this.reason ??= ENDED;
  this.owner?.closed(this);
}

/** Of a request that may come once: a copy, since the one before may still wait for its socket. */
function signedCopy(signer: Signer, request: Uint8Array): Buffer {
  const copy = Buffer.from(request);
  signer.sign(copy, true);
  return copy;
}
