// docs/PROTOCOL.md says byte for byte what goes over the wire: here it is played against a server, in the order of the page.

import { readFileSync } from 'node:fs';
import { ByteBuffer } from 'flatbuffers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '#src/errors.js';
import { readDecision } from '#src/schema/decision.js';
import { AnswerBatch, Control, RequestBatch } from '#src/schema/generated/verdict/wire.js';
import type { Server } from '#src/server/server.js';
import { isControl, readControl, writeControl } from '#src/stream/control.js';
import { CloseCode } from '#src/stream/protocol.js';
import { startTestServer, TENANT } from '../lib/server.js';
import { StreamClient } from '../lib/stream-client.js';

const PAGE = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');

interface Frame {
  /** Who sends it, and what it is: `client Control`. */
  kind: string;
  bytes: Uint8Array;
  /** Which of them are another in each run. */
  varies: boolean[];
}

/** Lines are `offset *? bytes  explanation`. */
function readFrame(kind: string, text: string): Frame {
  const bytes: number[] = [];
  const varies: boolean[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const match = /^ *(\d+) ([* ]) ((?:[0-9a-f]{2} )*[0-9a-f]{2})(?: {2,}\S.*)?$/.exec(line);
    expect(match, line).not.toBeNull();
    const [, offset, mark, hex] = match as unknown as [string, string, string, string];
    expect(Number(offset), line).toBe(bytes.length);
    for (const byte of hex.split(' ')) {
      bytes.push(Number.parseInt(byte, 16));
      varies.push(mark === '*');
    }
  }
  return { kind, bytes: Uint8Array.from(bytes), varies };
}

const frames = [...PAGE.matchAll(/^```hex ([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => readFrame(kind!, text!));
const hexOf = (bytes: Uint8Array, varies: readonly boolean[]): string =>
  Array.from(bytes, (byte, i) => (varies[i] ? '**' : byte.toString(16).padStart(2, '0'))).join(' ');

let server: Server;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('docs/PROTOCOL.md', () => {
  it('has a frame of each kind', () => {
    const of = (who: string) => frames.filter(({ kind }) => kind.startsWith(who)).length;
    expect([of('client'), of('server'), of('advice')]).toEqual([4, 4, 1]);
  });

  it('calls a Control what is one', () => {
    for (const { kind, bytes } of frames) expect(isControl(bytes)).toBe(kind.endsWith(' Control'));
  });

  it('has frames that stock FlatBuffers reads', () => {
    const [hello, welcome, request, answer, , error, cancel, credit, stopping] = frames.map(({ bytes }) => new ByteBuffer(bytes));
    expect(Control.bufferHasIdentifier(hello!)).toBe(true);
    expect(Control.getRootAsControl(hello!).hello()!.bundles(0)).toBe('payments');
    const model = Control.getRootAsControl(welcome!).welcome()!.bundles(0)!.model();
    const batch = RequestBatch.getRootAsRequestBatch(request!);
    expect([batch.id(), batch.model(), batch.deadlineMillis(), batch.requestsLength()]).toEqual([7n, model, 1000, 1]);
    const answers = AnswerBatch.getRootAsAnswerBatch(answer!);
    expect([answers.id(), answers.error(), answers.answers(0)!.id()]).toEqual([7n, null, 1n]);
    expect(readDecision(answers.answers(0)!.decisionArray()!)).toMatchObject({ outcome: 'decline', score: 90 });
    expect(AnswerBatch.getRootAsAnswerBatch(error!).error()).toBe('BUNDLE_NOT_FOUND');
    expect(Control.getRootAsControl(cancel!).cancel(1)).toBe(8n);
    expect(Control.getRootAsControl(credit!).credit()).toBe(500);
    expect(Control.getRootAsControl(stopping!).stopping()).toBe(true);
  });

  it('has every code that closes a stream, and every one of the package', () => {
    const listed = [...PAGE.matchAll(/^\| (\d{4})(?:, (\d{4}))? \| (?:client|server|nobody) \|/gm)].flatMap((match) =>
      match.slice(1).filter((code) => code !== undefined),
    );
    expect(listed).toEqual(expect.arrayContaining(Object.values(CloseCode).map(String)));
    const codes = [...PAGE.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)`/g)].map((match) => match[1]!);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !(code in PROBLEMS))).toEqual([]);
  });

  it('says as text what the server says', async () => {
    const text = /^```text play\n([\s\S]*?)^```$/m.exec(PAGE)![1]!;
    const client = await StreamClient.open(server, TENANT);
    for (const line of text.trimEnd().split('\n')) {
      if (line.startsWith('> ')) client.send(line.slice(2));
      else {
        const answer = ((await client.next()) as string).replace(/"(image|decisionId)":"[0-9a-f]+"/g, '"$1":"*"');
        expect(`< ${answer}`).toBe(line);
      }
    }
    client.end();
  });

  it('has the bytes of a conversation, from hello to stopping', async () => {
    const stopping = await startTestServer();
    const client = await StreamClient.open(stopping, TENANT);
    for (const { kind, bytes, varies } of frames) {
      if (kind.startsWith('client')) client.send(bytes);
      else if (kind.startsWith('advice')) expect(hexOf(writeControl(readControl(bytes)!), varies)).toBe(hexOf(bytes, varies));
      else {
        if (readControl(bytes)?.stopping === true) void stopping.stop();
        expect(hexOf((await client.next()) as Buffer, varies)).toBe(hexOf(bytes, varies));
      }
    }
    expect(await client.closed).toBe(CloseCode.GOING_AWAY);
    expect(await stopping.stop()).toBe(true);
  });
});
