// WebSocket frames of servers, cut out of what sockets read. All sockets read into one buffer, so that a connection owns nothing
// while it is silent; only of a frame that has come in part are bytes kept.

/** Takes what has come whole. */
export interface WebSocketSink {
  /** `payload` is valid until the return. */
  message(connection: number, opcode: number, payload: Uint8Array): void;
  /** No frame of RFC 6455, or none that a server of verdict.v1 sends; the rest of the connection means nothing. */
  malformed(connection: number): void;
}

/** Bytes of one frame at most. */
const FRAME_BYTES_MAX = 1 << 26;
const HEAD_BYTES_MAX = 10;
/** What `frameBytes` says of bytes that are too few to tell, and of ones that begin no frame. */
const TOO_FEW = 0;
const MALFORMED = -1;

interface Partial {
  bytes: Buffer;
  count: number;
  /** Whether the head is complete, and `bytes` as long as the frame. */
  isSized: boolean;
}

export class WebSocketInbox {
  readonly #partials = new Map<number, Partial>();

  constructor(private readonly sink: WebSocketSink) {}

  /** The connection is over. */
  forget(connection: number): void {
    this.#partials.delete(connection);
  }

  /** Takes bytes that a connection has read; nothing of them is kept but of a frame that goes on. False: malformed. */
  feed(connection: number, chunk: Uint8Array): boolean {
    let at = 0;
    const partial = this.#partials.get(connection);
    if (partial !== undefined) {
      at = this.#complete(connection, partial, chunk);
      if (at < 0) return false;
    }
    while (at < chunk.length) {
      const bytes = frameBytes(chunk, at, chunk.length);
      if (bytes === MALFORMED) return this.#fail(connection);
      if (bytes === TOO_FEW || at + bytes > chunk.length) {
        this.#keep(connection, chunk.subarray(at), bytes);
        return true;
      }
      this.#deliver(connection, chunk.subarray(at, at + bytes));
      at += bytes;
    }
    return true;
  }

  #keep(connection: number, rest: Uint8Array, frame: number): void {
    const bytes = Buffer.allocUnsafeSlow(frame === TOO_FEW ? HEAD_BYTES_MAX : frame);
    bytes.set(rest);
    this.#partials.set(connection, { bytes, count: rest.length, isSized: frame !== TOO_FEW });
  }

  /** Adds to a frame that has come in part. Returns where the bytes behind it begin, or -1 where it is malformed. */
  #complete(connection: number, partial: Partial, chunk: Uint8Array): number {
    let at = 0;
    while (!partial.isSized && at < chunk.length) {
      partial.bytes[partial.count++] = chunk[at++] as number;
      const bytes = frameBytes(partial.bytes, 0, partial.count);
      if (bytes === MALFORMED) {
        this.#fail(connection);
        return -1;
      }
      if (bytes === TOO_FEW) continue;
      const whole = Buffer.allocUnsafeSlow(bytes);
      partial.bytes.copy(whole, 0, 0, partial.count);
      partial.bytes = whole;
      partial.isSized = true;
    }
    const taken = partial.isSized ? Math.min(partial.bytes.length - partial.count, chunk.length - at) : 0;
    partial.bytes.set(chunk.subarray(at, at + taken), partial.count);
    partial.count += taken;
    if (partial.isSized && partial.count === partial.bytes.length) {
      this.#partials.delete(connection);
      this.#deliver(connection, partial.bytes);
    }
    return at + taken;
  }

  #deliver(connection: number, frame: Uint8Array): void {
    const head = headBytes(frame[1] as number);
    this.sink.message(connection, (frame[0] as number) & 15, frame.subarray(head));
  }

  #fail(connection: number): false {
    this.#partials.delete(connection);
    this.sink.malformed(connection);
    return false;
  }
}

function headBytes(second: number): number {
  return second < 126 ? 2 : second === 126 ? 4 : HEAD_BYTES_MAX;
}

/** Bytes of the frame that begins at `at`, of which those before `end` are there. */
function frameBytes(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return TOO_FEW;
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const opcode = first & 15;
  const isKnown = opcode === 1 || opcode === 2 || (opcode >= 8 && opcode <= 10);
  // in one piece, without extensions, not masked; control frames are short
  if (first >> 4 !== 8 || !isKnown || second > 127 || (opcode >= 8 && second > 125)) return MALFORMED;
  const head = headBytes(second);
  if (end - at < head) return TOO_FEW;
  if (head === 2) return head + second;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const length = head === 4 ? view.getUint16(2) : view.getUint32(2) * 2 ** 32 + view.getUint32(6);
  return length > FRAME_BYTES_MAX ? MALFORMED : head + length;
}
