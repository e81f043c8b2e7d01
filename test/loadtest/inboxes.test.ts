import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpInbox } from '#src/loadtest/http-inbox.js';
import { WebSocketInbox } from '#src/loadtest/web-socket-inbox.js';
import { testSeed } from '../lib/model.js';

/** A frame as servers send it. */
function frame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** Bytes in pieces that end at these places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set([...cuts, bytes.length])].filter((cut) => cut > 0 && cut <= bytes.length).toSorted((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

/** What comes out of bytes that are read piece by piece, each in the place of the one before, as sockets do it. */
function webSocket(bytes: Buffer, cuts: readonly number[]): string[] {
  const seen: string[] = [];
  const inbox = new WebSocketInbox({
    message: (_connection, opcode, payload) => seen.push(`${opcode} ${payload.length} ${payload[0] ?? ''} ${payload.at(-1) ?? ''}`),
    malformed: () => seen.push('malformed'),
  });
  const shared = Buffer.alloc(bytes.length);
  for (const piece of pieces(bytes, cuts)) {
    shared.set(piece);
    if (!inbox.feed(3, shared.subarray(0, piece.length))) break;
  }
  return seen;
}

describe('WebSocket frames', () => {
  const frames = [
    frame(2, Buffer.alloc(5, 1)),
    frame(9, Buffer.alloc(0)),
    frame(2, Buffer.alloc(300, 2)),
    frame(2, Buffer.alloc(70_000, 3)),
  ];
  const bytes = Buffer.concat(frames);
  const whole = ['2 5 1 1', '9 0  ', '2 300 2 2', '2 70000 3 3'];

  const fed = (cuts: readonly number[]): string[] => webSocket(bytes, cuts);

  it('come out whole, at once', () => expect(fed([])).toEqual(whole));

  it('come out whole, cut at any one place of their heads', () => {
    for (let cut = 1; cut < 330; cut++) expect(fed([cut])).toEqual(whole);
  });

  it('come out whole, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        expect(fed(cuts)).toEqual(whole);
      }),
      { seed: testSeed('frames in pieces'), numRuns: 200 },
    );
  });

  it('come out whole, byte by byte', () => {
    const few = Buffer.concat(frames.slice(0, 3));
    const seen: number[] = [];
    const inbox = new WebSocketInbox({
      message: (_, opcode, { length }) => seen.push(opcode, length),
      malformed: () => seen.push(-1),
    });
    for (const byte of few) inbox.feed(0, Buffer.of(byte));
    expect(seen).toEqual([2, 5, 9, 0, 2, 300]);
  });

  it.each([
    ['masked', [0x82, 0x81, 0, 0, 0, 0, 1]],
    ['compressed', [0xc2, 1, 0]],
    ['in parts', [0x02, 1, 0]],
    ['a part that goes on', [0x80, 1, 0]],
    ['of an unknown kind', [0x83, 1, 0]],
    ['a ping too long', [0x89, 126, 0, 200]],
    ['far too long', [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]],
  ])('are refused where they are %s', (_what, head) => expect(webSocket(Buffer.from(head), [])).toEqual(['malformed']));

  it('are refused where the head comes in parts', () => {
    const seen: string[] = [];
    const inbox = new WebSocketInbox({ message: () => seen.push('message'), malformed: () => seen.push('malformed') });
    expect([inbox.feed(0, Buffer.of(0x82)), inbox.feed(0, Buffer.of(0xff))]).toEqual([true, false]);
    expect(seen).toEqual(['malformed']);
  });

  it('of one connection are not those of another', () => {
    const seen: number[] = [];
    const inbox = new WebSocketInbox({ message: (connection) => seen.push(connection), malformed: () => seen.push(-1) });
    const [one, other] = [frame(2, Buffer.alloc(9)), frame(2, Buffer.alloc(9))];
    inbox.feed(0, one.subarray(0, 4));
    inbox.feed(1, other.subarray(0, 1));
    inbox.feed(1, other.subarray(1));
    inbox.feed(0, one.subarray(4));
    expect(seen).toEqual([1, 0]);
  });
});

describe('HTTP answers', () => {
  const answer = (status: number, body: string, more = ''): string =>
    `HTTP/1.1 ${status} X\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

  function http(text: string, cuts: readonly number[]): string[] {
    const seen: string[] = [];
    const inbox = new HttpInbox(8, {
      answer: (_connection, status, isLast) => seen.push(`${status}${isLast ? ' last' : ''}`),
      malformed: () => seen.push('malformed'),
    });
    pieces(Buffer.from(text), cuts).every((piece) => inbox.feed(5, Buffer.from(piece)));
    return seen;
  }

  const text = answer(200, '{"a":1}') + answer(503, '') + answer(204, '') + answer(200, 'x'.repeat(500), 'Connection: close\r\n');
  const whole = ['200', '503', '204', '200 last'];

  it('come out whole, cut at any one place', () => {
    for (let cut = 1; cut <= text.length; cut++) expect(http(text, [cut])).toEqual(whole);
  });

  it('come out whole, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 40 }), (cuts) => {
        expect(http(text, cuts)).toEqual(whole);
      }),
      { seed: testSeed('answers in pieces'), numRuns: 300 },
    );
  });

  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n\r\n'],
    ['no status', 'HTTP/1.1 abc X\r\nContent-Length: 0\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nbody'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an answer before the answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`],
  ])('are refused: %s', (_what, bytes) => expect(http(bytes, [])).toEqual(['malformed']));
});
