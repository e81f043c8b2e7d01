import fc from 'fast-check';
import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { FrameView } from '#src/frame.js';
import { type Answer, idAt, putId, readAnswer, writeRequestFrame } from '#src/loadtest/frame.js';
import { httpMessages, shareOf, upgradeRequest, webSocketMessages } from '#src/loadtest/messages.js';
import { type Request, RequestBatch } from '#src/schema/generated/verdict/wire.js';
import { writeAnswers, writeErrorAnswer } from '#src/server/answer-frame.js';
import { testSeed } from '../lib/model.js';

const MODEL = '0123456789abcdef';

function read(bytes: Uint8Array): Answer {
  const answer: Answer = { kind: 'malformed', lane: 7, tag: 7, count: 7, error: '' };
  readAnswer(bytes, answer);
  return answer;
}

describe('request frames', () => {
  it('are what schemas/batch.fbs says', () => {
    const payloads = [Buffer.from('one'), Buffer.alloc(0), Buffer.alloc(5000, 7)];
    const frame = Buffer.from(writeRequestFrame(MODEL, 'payments', payloads));
    putId(frame, idAt(frame), 41, 3);
    const view = new FrameView();
    expect(view.read(frame)).toBe(true);
    expect(view).toMatchObject({ id: 42n + (3n << 32n), modelHash: MODEL, count: 3, deadlineMillis: 0 });
    expect(view.bundleName(frame)).toBe('payments');
    const batch = RequestBatch.getRootAsRequestBatch(new ByteBuffer(frame));
    const requests = Array.from({ length: batch.requestsLength() }, (_, i) => batch.requests(i) as Request);
    expect(requests.map((request) => request.id())).toEqual([1n, 2n, 3n]);
    expect(requests.map((request) => Buffer.from(request.payloadArray() as Uint8Array))).toEqual(
      payloads.map((bytes) => Buffer.from(bytes)),
    );
  });

  it('lie in one buffer, each with the place of its id', () => {
    const frames = Array.from({ length: 5 }, (_, i) => Buffer.from(writeRequestFrame(MODEL, 'b', [Buffer.alloc(i * 40_000, i)])));
    const messages = webSocketMessages(frames, 1);
    for (const [i, frame] of frames.entries()) {
      const message = messages.bytes.subarray(messages.offsets[i], messages.offsets[i + 1]);
      expect(message[0]).toBe(0x82);
      expect(message[1]! & 0x80).toBe(0x80);
      expect(Buffer.from(message.subarray(-frame.length)).equals(frame)).toBe(true);
      // the mask stands in front of the payload, and changes nothing
      expect([...message.subarray(-frame.length - 4, -frame.length)]).toEqual([0, 0, 0, 0]);
      expect(messages.idOffsets[i]).toBe(message.length - frame.length + idAt(frame));
    }
  });

  it('are dealt out to processes, each some', () => {
    const bodies = ['a', 'bb', 'ccc', 'dddd', 'eeeee'];
    const messages = httpMessages('/x', 'h', bodies, 1);
    const texts = (share: number, shares: number): string[] => {
      const { bytes, offsets } = shareOf(messages, share, shares);
      return Array.from(
        { length: offsets.length - 1 },
        (_, i) =>
          Buffer.from(bytes.subarray(offsets[i], offsets[i + 1]))
            .toString()
            .split('\r\n\r\n')[1]!,
      );
    };
    expect([texts(0, 2), texts(1, 2)]).toEqual([
      ['a', 'ccc', 'eeeee'],
      ['bb', 'dddd'],
    ]);
    expect(texts(6, 7)).toEqual(['bb']);
  });

  it('in HTTP are requests with their length', () => {
    const { bytes } = httpMessages('/v1/a/decisions/b', '127.0.0.1:80', ['{"x":"é"}'], 1);
    expect(Buffer.from(bytes).toString()).toBe(
      'POST /v1/a/decisions/b HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: application/json\r\nAccept: application/json\r\nContent-Length: 10\r\n\r\n{"x":"é"}',
    );
    const [key] = /(?<=Key: )\S+/.exec(Buffer.from(upgradeRequest('/', 'h')).toString()) ?? [];
    expect(Buffer.from(key!, 'base64')).toHaveLength(16);
  });
});

describe('answer frames', () => {
  it('are read as the server writes them', () => {
    expect(read(writeAnswers([Buffer.alloc(96), Buffer.alloc(96)]))).toMatchObject({ kind: 'answers', count: 2 });
    expect(read(writeErrorAnswer(6n + (9n << 32n), 'BUSY', 'later'))).toMatchObject({
      kind: 'error',
      lane: 5,
      tag: 9,
      error: 'BUSY',
    });
  });

  it.each([
    ['nothing', []],
    ['too little', [1, 2, 3]],
    ['a root outside', [255, 0, 0, 0, 0, 0, 0, 0]],
    ['a vtable outside', [4, 0, 0, 0, 255, 255, 255, 127]],
  ])('are refused: %s', (_what, bytes) => expect(read(Uint8Array.from(bytes)).kind).toBe('malformed'));

  it('about the stream answer nothing', () => {
    expect(read(Uint8Array.from([8, 0, 0, 0, 0x56, 0x43, 0x54, 0x4c, 4, 0, 0, 0])).kind).toBe('control');
  });

  it('are never read outside themselves, whatever stands in them', () => {
    const whole = [writeAnswers([Buffer.alloc(96)]), writeErrorAnswer(1n, 'BUSY', 'x')];
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(200), fc.nat(255), fc.nat(200), (frame, at, value, length) => {
        const bytes = frame.slice(0, Math.max(1, Math.min(frame.length, length)));
        bytes[at % bytes.length] = value;
        expect(['answers', 'error', 'control', 'malformed']).toContain(read(bytes).kind);
      }),
      { seed: testSeed('broken answers'), numRuns: 2_000 },
    );
  });
});
