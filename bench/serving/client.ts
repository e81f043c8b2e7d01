// The client process of the serving bench: writes ready-made bytes over many connections, with a fixed number of requests in
// flight on each, and counts the replies.

import { once } from 'node:events';
import net from 'node:net';
import { SUBPROTOCOL } from '../../src/stream/protocol.js';
import { cpuMillis, serveCalls } from '../child.js';
import type { ReplyReader } from './reply-reader.js';
import { HttpReplyReader, WebSocketReplyReader } from './reply-reader.js';

const READ_BYTES = 1 << 19;

export interface LoadRequest {
  readonly port: number;
  readonly kind: 'http' | 'websocket';
  /** Name of the messages that are drawn from. */
  readonly set: string;
  /** Path of the WebSocket endpoint. */
  readonly path: string;
  readonly connections: number;
  /** Requests in flight on each connection. */
  readonly depth: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

export interface LoadResult {
  /** Replies that came within the measured time. */
  readonly replies: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly clientCpuMs: number;
}

export type ClientHandlers = {
  /** Requests as they go over the wire, drawn from in turn. */
  load: (requests: { set: string; messages: Uint8Array[] }) => void;
  run: (request: LoadRequest) => Promise<LoadResult>;
};

const sets = new Map<string, Uint8Array[]>();

class Load {
  replies = 0;
  bytes = 0;
  failure: Error | undefined;
  private next = 0;
  private readonly sockets: net.Socket[] = [];

  constructor(
    private readonly request: LoadRequest,
    private readonly messages: readonly Uint8Array[],
  ) {}

  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: this.request.connections }, () => this.connectOne()));
  }

  start(): void {
    for (const socket of this.sockets) {
      for (let i = 0; i < this.request.depth; i++) this.send(socket);
    }
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private send(socket: net.Socket): void {
    socket.write(this.messages[this.next]!);
    this.next = (this.next + 1) % this.messages.length;
  }

  private async connectOne(): Promise<void> {
    let due = 0;
    const onReply = (bytes: number): void => {
      this.replies++;
      this.bytes += bytes;
      due++;
    };
    const isWebSocket = this.request.kind === 'websocket';
    let reader: ReplyReader | undefined = isWebSocket ? undefined : new HttpReplyReader(onReply);
    let upgraded: (() => void) | undefined;
    const socket = net.connect({
      host: '127.0.0.1',
      port: this.request.port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (count, buffer) => {
          const chunk = buffer.subarray(0, count) as Buffer;
          try {
            if (reader) reader.push(chunk);
            else {
              checkUpgrade(chunk);
              reader = new WebSocketReplyReader(onReply);
              upgraded?.();
            }
          } catch (error) {
            this.failure ??= error as Error;
            socket.destroy();
            return false;
          }
          // One write for all the replies of one read.
          socket.cork();
          for (; due > 0; due--) this.send(socket);
          socket.uncork();
          return true;
        },
      },
    });
    socket.on('error', (error) => {
      this.failure ??= error;
    });
    socket.on('end', () => {
      this.failure ??= new Error('the server closed a connection');
    });
    this.sockets.push(socket);
    await once(socket, 'connect');
    if (!isWebSocket) return;
    await new Promise<void>((resolve) => {
      upgraded = resolve;
      socket.write(
        `GET ${this.request.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
      );
    });
  }
}

function checkUpgrade(chunk: Buffer): void {
  const head = chunk.toString('latin1');
  if (!head.startsWith('HTTP/1.1 101') || !head.endsWith('\r\n\r\n')) throw new Error(`the upgrade was refused: ${head}`);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How often the time of measuring is waited for at most, where nothing comes back. */
const ROUNDS_MAX = 100;

async function run(request: LoadRequest): Promise<LoadResult> {
  const load = new Load(request, sets.get(request.set)!);
  try {
    await load.connect();
    load.start();
    await sleep(request.warmupMs);
    const before = { replies: load.replies, bytes: load.bytes, cpu: cpuMillis(), time: performance.now() };
    // A machine that is busy with something else may not answer once in a short time: then it takes longer.
    let rounds = 0;
    do await sleep(request.measureMs);
    while (load.replies === before.replies && load.failure === undefined && ++rounds < ROUNDS_MAX);
    const seconds = (performance.now() - before.time) / 1000;
    if (load.failure) throw load.failure;
    return {
      replies: load.replies - before.replies,
      bytes: load.bytes - before.bytes,
      seconds,
      clientCpuMs: cpuMillis() - before.cpu,
    };
  } finally {
    load.stop();
  }
}

serveCalls({
  load: ({ set, messages }) => {
    sets.set(set, messages);
  },
  run,
} satisfies ClientHandlers);
