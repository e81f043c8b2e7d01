// HTTP over a bare socket: tests say byte for byte what is sent, and see byte for byte what comes back.

import { connect, type Socket } from 'node:net';

export interface RawResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

/** One connection. Answers are parsed as they come; what the server sends after the last whole answer stays in `rest`. */
export class RawConnection {
  readonly responses: RawResponse[] = [];
  closed = false;
  rest = Buffer.alloc(0);
  private readonly socket: Socket;
  private waiting: (() => void)[] = [];

  constructor(
    port: number,
    /** Answers to these requests have no body: HEAD. */
    private readonly isHead = false,
  ) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => {
      this.rest = Buffer.concat([this.rest, chunk]);
      while (this.take());
      this.wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.wake();
    });
  }

  write(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    return this;
  }

  /** Waits for `count` answers in all, or the close. */
  async answers(count: number): Promise<RawResponse[]> {
    while (this.responses.length < count && !this.closed) await new Promise<void>((wake) => this.waiting.push(wake));
    return this.responses;
  }

  async whenClosed(): Promise<RawResponse[]> {
    while (!this.closed) await new Promise<void>((wake) => this.waiting.push(wake));
    return this.responses;
  }

  end(): void {
    this.socket.destroy();
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }

  private take(): boolean {
    const headBytes = this.rest.indexOf('\r\n\r\n');
    if (headBytes < 0) return false;
    const lines = this.rest.subarray(0, headBytes).toString('latin1').split('\r\n');
    const status = Number(lines[0]?.split(' ')[1]);
    const headers: Record<string, string> = {};
    for (const line of lines.slice(1))
      headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
    const bodyBytes =
      this.isHead || status === 100
        ? 0
        : headers['content-length'] === undefined
          ? Number.POSITIVE_INFINITY
          : Number(headers['content-length']);
    const whole = headBytes + 4 + bodyBytes;
    // Without a length the answer ends with the connection: the parser's own answers are such.
    if (whole > this.rest.length && !(bodyBytes === Number.POSITIVE_INFINITY)) return false;
    const end = Math.min(whole, this.rest.length);
    this.responses.push({ status, headers, body: this.rest.subarray(headBytes + 4, end) });
    this.rest = this.rest.subarray(end);
    return true;
  }
}

/** A request as text: `POST /a`, headers, body. */
export function rawRequest(line: string, headers: Record<string, string | number>, body: string | Uint8Array = ''): Buffer {
  const head = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\nHost: x\r\n${head}\r\n`, 'latin1'), Buffer.from(body)]);
}

/** Statuses and codes of the answers to these bytes: `200`, `400 INVALID_REQUEST`, and `closed` where the server closed. */
export async function exchangeRaw(port: number, bytes: string | Uint8Array, count: number): Promise<string[]> {
  const connection = new RawConnection(port);
  connection.write(bytes);
  await connection.answers(count);
  // A server that closes does so at once; one that does not answers a last request on the same connection.
  const probe = connection.responses.length;
  if (!connection.closed) connection.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await connection.answers(probe + 1);
  const seen = connection.responses.slice(0, probe).map(describeResponse);
  if (connection.closed) seen.push('closed');
  connection.end();
  return seen;
}

function describeResponse({ status, headers, body }: RawResponse): string {
  if (headers['content-type'] !== 'application/problem+json') return String(status);
  return `${status} ${JSON.parse(body.toString()).code}`;
}
