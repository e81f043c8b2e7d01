// Counts replies in a byte stream without looking at their bodies: the client must cost less than the server it measures.

/** Told the size of each reply, its head included, when its last byte is there. */
export type OnReply = (bytes: number) => void;

export interface ReplyReader {
  /** Takes the next bytes of the stream; they are not kept. Throws where the stream is not what it should be. */
  push(chunk: Buffer): void;
}

const HEAD_BYTES_MAX = 8192;

/** Common part: heads may be split over chunks, bodies are skipped. `headBytes` finds the end of a head, or 0. */
abstract class SkippingReader implements ReplyReader {
  private head = Buffer.alloc(0);
  private skip = 0;
  private replyBytes = 0;

  constructor(private readonly onReply: OnReply) {}

  /** Bytes of the head that begins at `at`, or 0 where it is not complete. */
  protected abstract headBytes(chunk: Buffer, at: number): number;
  /** Bytes of the body that follows a complete head. */
  protected abstract bodyBytes(chunk: Buffer, at: number, headBytes: number): number;

  push(next: Buffer): void {
    let at = Math.min(this.skip, next.length);
    this.skip -= at;
    if (this.skip > 0) return;
    if (this.replyBytes > 0) this.done();
    let chunk = next;
    if (this.head.length > 0) {
      chunk = Buffer.concat([this.head, next]);
      this.head = Buffer.alloc(0);
      at = 0;
    }
    while (at < chunk.length) {
      const headBytes = this.headBytes(chunk, at);
      if (headBytes === 0) {
        this.head = Buffer.from(chunk.subarray(at));
        if (this.head.length > HEAD_BYTES_MAX) throw new Error('a reply has no end of its head');
        return;
      }
      const bodyBytes = this.bodyBytes(chunk, at, headBytes);
      this.replyBytes = headBytes + bodyBytes;
      at += this.replyBytes;
      if (at > chunk.length) {
        this.skip = at - chunk.length;
        return;
      }
      this.done();
    }
  }

  private done(): void {
    const bytes = this.replyBytes;
    this.replyBytes = 0;
    this.onReply(bytes);
  }
}

/** HTTP/1.1 replies with a Content-Length and status 200. */
export class HttpReplyReader extends SkippingReader {
  protected headBytes(chunk: Buffer, at: number): number {
    const end = chunk.indexOf('\r\n\r\n', at, 'latin1');
    return end < 0 ? 0 : end + 4 - at;
  }

  protected bodyBytes(chunk: Buffer, at: number, headBytes: number): number {
    const head = chunk.toString('latin1', at, at + headBytes);
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`the server answered: ${head}`);
    const length = /content-length: *(\d+)/i.exec(head);
    if (!length) throw new Error(`a reply has no length: ${head}`);
    return Number(length[1]);
  }
}

/** Unfragmented binary WebSocket messages; pings and pongs of a server are skipped. */
export class WebSocketReplyReader extends SkippingReader {
  protected headBytes(chunk: Buffer, at: number): number {
    if (chunk.length - at < 2) return 0;
    const length = chunk[at + 1]! & 0x7f;
    const bytes = length < 126 ? 2 : length === 126 ? 4 : 10;
    return chunk.length - at < bytes ? 0 : bytes;
  }

  protected bodyBytes(chunk: Buffer, at: number, headBytes: number): number {
    if (chunk[at] !== 0x82) throw new Error(`the server sent a message of kind 0x${chunk[at]!.toString(16)}`);
    if (headBytes === 2) return chunk[at + 1]!;
    return headBytes === 4 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2));
  }
}
