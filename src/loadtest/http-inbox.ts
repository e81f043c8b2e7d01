// HTTP answers, cut out of what sockets read. Of an answer its status counts; its body is measured and dropped. Bodies have a
// Content-Length, as those of Verdict: one that ends with the connection could not be told from one that was cut off.

/** Takes what has come whole. */
export interface HttpSink {
  /** An answer is complete. `isLast`: the server closes the connection. */
  answer(connection: number, status: number, isLast: boolean): void;
  /** No answer that can be read; the rest of the connection means nothing. */
  malformed(connection: number): void;
}

/** Bytes of a head at most. */
const HEAD_BYTES_MAX = 65_536;
const HEAD_END = '\r\n\r\n';
/** In the place of a count of bytes: the head has not come whole. */
const IN_HEAD = -1;

/** The head of an answer; undefined: it is none, or of a kind that is not read. */
export function parseHead(text: string): { status: number; bodyBytes: number; isLast: boolean } | undefined {
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |\r\n)/.exec(text)?.[1];
  if (status === undefined || /\r\ntransfer-encoding:/i.test(text)) return undefined;
  const lengths = [...text.matchAll(/\r\ncontent-length:[ \t]*([^\r]*?)[ \t]*(?=\r\n)/gi)].map((match) => match[1] as string);
  const isLast = /\r\nconnection:[ \t]*close[ \t]*\r\n/i.test(text);
  const code = Number(status);
  if (code < 200 || code === 204 || code === 304) return { status: code, bodyBytes: 0, isLast };
  if (lengths.length !== 1 || !/^\d{1,15}$/.test(lengths[0] as string)) return undefined;
  return { status: code, bodyBytes: Number(lengths[0]), isLast };
}

export class HttpInbox {
  /** Bytes of the body that have not come yet, or IN_HEAD. */
  readonly #bodyLeft: Float64Array;
  readonly #status: Uint16Array;
  readonly #isLast: Uint8Array;
  /** Heads that have come in part. */
  readonly #partials = new Map<number, Buffer>();

  constructor(
    connections: number,
    private readonly sink: HttpSink,
  ) {
    this.#bodyLeft = new Float64Array(connections).fill(IN_HEAD);
    this.#status = new Uint16Array(connections);
    this.#isLast = new Uint8Array(connections);
  }

  /** The connection is over. */
  forget(connection: number): void {
    this.#partials.delete(connection);
    this.#bodyLeft[connection] = IN_HEAD;
  }

  /** Takes bytes that a connection has read. False: malformed. */
  feed(connection: number, chunk: Buffer): boolean {
    let bytes = chunk;
    const partial = this.#partials.get(connection);
    if (partial !== undefined) {
      this.#partials.delete(connection);
      bytes = Buffer.concat([partial, chunk]);
    }
    let at = 0;
    while (at < bytes.length) {
      const left = this.#bodyLeft[connection] as number;
      if (left === IN_HEAD) {
        const next = this.#head(connection, bytes, at);
        if (next < 0) return next === -1;
        at = next;
      } else {
        const taken = Math.min(left, bytes.length - at);
        at += taken;
        this.#bodyLeft[connection] = left - taken;
      }
      if (this.#bodyLeft[connection] === 0) this.#deliver(connection);
    }
    return true;
  }

  /** Reads a head. Returns where its body begins; -1: it goes on; -2: it is malformed. */
  #head(connection: number, bytes: Buffer, at: number): number {
    const end = bytes.indexOf(HEAD_END, at, 'latin1');
    if (end < 0 && bytes.length - at <= HEAD_BYTES_MAX) {
      this.#partials.set(connection, Buffer.from(bytes.subarray(at)));
      return -1;
    }
    const head = end < 0 || end - at > HEAD_BYTES_MAX ? undefined : parseHead(bytes.toString('latin1', at, end + 2));
    // an answer that only says that the real one follows would have had to be asked for
    if (head === undefined || head.status < 200) {
      this.forget(connection);
      this.sink.malformed(connection);
      return -2;
    }
    this.#status[connection] = head.status;
    this.#isLast[connection] = head.isLast ? 1 : 0;
    this.#bodyLeft[connection] = head.bodyBytes;
    return end + HEAD_END.length;
  }

  #deliver(connection: number): void {
    this.#bodyLeft[connection] = IN_HEAD;
    this.sink.answer(connection, this.#status[connection] as number, this.#isLast[connection] === 1);
  }
}
