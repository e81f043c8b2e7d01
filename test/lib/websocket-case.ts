// A recorded case of a WebSocket conformance suite, played frame by frame over a bare socket against an echo.

import { connect, type Socket } from 'node:net';
import { rawRequest } from './raw-http.js';

interface Step {
  op: string;
  opcode?: number;
  fin?: boolean;
  rsv?: number;
  payload_hex?: string;
  payload_len?: number;
  /** Bytes of a write. */
  chopsize?: number;
  code?: number | null;
  reason_hex?: string | null;
  s?: number;
  tag?: string | null;
  binary?: boolean;
  fragment_size?: number | null;
  len?: number;
}

/** `message` hex binary, `pong` hex, `timeout` tag. */
type Event = readonly (string | boolean)[];

export interface WebSocketCase {
  id: string;
  description: string;
  steps: Step[];
  expected: Record<string, Event[]>;
  expected_close: { closedByMe: boolean; closeCode: number[]; requireClean: boolean };
  suppress_close: boolean;
}

export interface CaseResult {
  /** What is not as the case wants it; undefined where all is. */
  difference: string | undefined;
  /** The server ended the connection without a close frame, which the suite lets pass. */
  isAbrupt: boolean;
}

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
/** For what never comes: a case that passes waits for nothing. */
const PATIENCE_MILLIS = 10_000;
/** How long silence is listened to where no ping may be sent, in the middle of a frame. */
const SILENCE_MILLIS = 40;
const PROBE = Buffer.from('70726f6265', 'hex');
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Plays a case against the echo at a port. */
export async function playCase(port: number, each: WebSocketCase): Promise<CaseResult> {
  const player = await Player.open(port);
  try {
    for (const step of each.steps) await player.play(step);
    return await player.finish(each);
  } finally {
    player.end();
  }
}

class Player {
  private readonly events: Event[] = [];
  private rest = Buffer.alloc(0);
  private fragments: Buffer[] = [];
  private isBinary = false;
  private probes = 0;
  private isOver = false;
  private sentClose = false;
  /** Code of the server's close frame, null where it has none, undefined where none came. */
  private closeCode: number | null | undefined;
  private malformed: string | undefined;
  private wake: () => void = () => {};
  /** Of a frame that is sent in pieces: bytes so far. */
  private inFrame = -1;
  private opcode = 1;

  private constructor(private readonly socket: Socket) {}

  static async open(port: number): Promise<Player> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const player = new Player(socket);
    socket.on('error', () => {});
    const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': 13 };
    socket.write(rawRequest('GET /', { ...headers, 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' }));
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      const onData = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', onData);
        if (!head.toString('latin1').startsWith('HTTP/1.1 101')) reject(new Error(head.toString('latin1')));
        player.receive(head.subarray(end + 4));
        socket.on('data', (next: Buffer) => player.receive(next));
        resolve();
      };
      socket.on('data', onData);
    });
    socket.on('close', () => {
      player.isOver = true;
      player.wake();
    });
    return player;
  }

  async play(step: Step): Promise<void> {
    const payload = payloadOf(step);
    const chop = step.chopsize ?? 0;
    if (step.op === 'frame') await this.send(frame(step.opcode!, step.fin!, payload, step.rsv), chop);
    else if (step.op === 'message') await this.sendMessage(payload, step);
    else if (step.op === 'begin_message') this.opcode = step.binary === true ? 2 : 1;
    else if (step.op === 'begin_frame') {
      this.inFrame = 0;
      await this.send(frameHead(this.opcode, true, step.len!, 0));
    } else if (step.op === 'frame_data') {
      const from = this.inFrame;
      this.inFrame += payload.length;
      await this.send(masked(payload, from));
    } else if (step.op === 'end_message') this.inFrame = -1;
    else if (step.op === 'close' || step.op === 'closeframe') {
      await this.sendClose(step.code ?? null, Buffer.from(step.reason_hex ?? '', 'hex'));
    } else if (step.op === 'wait_s') {
      await this.waitForSilence();
      if (!this.isOver && step.tag) this.events.push(['timeout', step.tag]);
    } else if (step.op !== 'kill_after_s' && step.op !== 'close_after_s') throw new Error(`a step is not known: ${step.op}`);
  }

  /** Waits until what must come has come, closes where it is for the client to close, and compares. */
  async finish(each: WebSocketCase): Promise<CaseResult> {
    const { closedByMe, closeCode, requireClean } = each.expected_close;
    const wanted = Object.values(each.expected).map((events) => JSON.stringify(events));
    if (closedByMe && !this.sentClose) {
      await this.until(() => wanted.includes(JSON.stringify(this.events)));
      await this.sendClose(1000, Buffer.alloc(0));
    }
    await this.until(() => false);
    const seen = JSON.stringify(this.events);
    const differences = [
      this.malformed,
      this.isOver ? undefined : 'the server does not close the connection',
      wanted.includes(seen) ? undefined : `the server answers ${seen.slice(0, 200)}`,
      requireClean && this.closeCode === undefined ? 'the server sends no close frame' : undefined,
      this.closeCode !== undefined && this.closeCode !== null && !closeCode.includes(this.closeCode)
        ? `the server closes with ${this.closeCode}`
        : undefined,
    ].filter((difference) => difference !== undefined);
    return {
      difference: differences.length === 0 ? undefined : differences.join('; '),
      isAbrupt: this.closeCode === undefined,
    };
  }

  end(): void {
    this.socket.destroy();
  }

  /** Waits for a condition, the end of the connection, or too long. */
  private async until(holds: () => boolean): Promise<void> {
    const limit = performance.now() + PATIENCE_MILLIS;
    while (!this.isOver && !holds() && performance.now() < limit) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit - performance.now());
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Until the server has seen all that was sent: it answers a ping, which may stand between fragments, behind it. */
  private async waitForSilence(): Promise<void> {
    if (this.inFrame >= 0) {
      await new Promise((resolve) => setTimeout(resolve, SILENCE_MILLIS));
      return;
    }
    const before = this.probes;
    await this.send(frame(PING, true, PROBE));
    await this.until(() => this.probes > before);
  }

  private async sendMessage(payload: Buffer, { binary, fragment_size }: Step): Promise<void> {
    const size = fragment_size ?? Math.max(1, payload.length);
    for (let at = 0; at === 0 || at < payload.length; at += size) {
      const opcode = at > 0 ? 0 : binary === true ? 2 : 1;
      await this.send(frame(opcode, at + size >= payload.length, payload.subarray(at, at + size)));
    }
  }

  private async sendClose(code: number | null, reason: Buffer): Promise<void> {
    const head = Buffer.alloc(code === null ? 0 : 2);
    if (code !== null) head.writeUInt16BE(code);
    this.sentClose = true;
    await this.send(frame(CLOSE, true, Buffer.concat([head, reason])));
  }

  private async send(bytes: Buffer, chop = 0): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isOver; at += chop || bytes.length) {
      this.socket.write(bytes.subarray(at, at + (chop || bytes.length)));
      if (chop > 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private receive(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.takeFrame());
    this.wake();
  }

  private takeFrame(): boolean {
    const { rest } = this;
    if (rest.length < 2) return false;
    const length = rest[1]!;
    const head = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (rest.length < head) return false;
    const bytes = head === 2 ? length : head === 4 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (length > 127) this.malformed = 'the server masks a frame';
    if (rest.length < head + bytes) return false;
    this.rest = rest.subarray(head + bytes);
    this.takePayload(rest[0]!, Buffer.from(rest.subarray(head, head + bytes)));
    return true;
  }

  private takePayload(first: number, payload: Buffer): void {
    const opcode = first & 15;
    if (opcode === CLOSE) this.closeCode = payload.length < 2 ? null : payload.readUInt16BE();
    else if (opcode === PONG && payload.equals(PROBE)) this.probes++;
    else if (opcode === PONG) this.events.push(['pong', payload.toString('hex')]);
    else if (opcode === 1 || opcode === 2 || opcode === 0) {
      if (opcode !== 0) this.isBinary = opcode === 2;
      this.fragments.push(payload);
      if ((first & 0x80) === 0) return;
      this.events.push(['message', Buffer.concat(this.fragments).toString('hex'), this.isBinary]);
      this.fragments = [];
    } else this.malformed = `the server sends a frame of opcode ${opcode}`;
  }
}

function payloadOf({ payload_hex = '', payload_len }: Step): Buffer {
  const pattern = Buffer.from(payload_hex, 'hex');
  if (payload_len === undefined || pattern.length === 0) return pattern;
  return Buffer.alloc(payload_len, pattern);
}

function frame(opcode: number, fin: boolean, payload: Buffer, rsv = 0): Buffer {
  return Buffer.concat([frameHead(opcode, fin, payload.length, rsv), masked(payload, 0)]);
}

function frameHead(opcode: number, fin: boolean, length: number, rsv: number): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = 0x80 | (head.length === 2 ? length : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, MASK]);
}

/** Bytes of a frame from `from` on. */
function masked(payload: Buffer, from: number): Buffer {
  return Buffer.from(payload.map((byte, i) => byte ^ MASK[(from + i) & 3]!));
}
