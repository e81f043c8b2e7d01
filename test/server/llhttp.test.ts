// The corpus of llhttp against the real routes: whether a request is taken or refused. Most of its requests have no Host, which
// HTTP/1.1 refuses before anything else: they are sent as they are, and with one, so that each is refused for its own fault.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { RawConnection } from '../lib/raw-http.js';
import { startTestServer } from '../lib/server.js';

interface Case {
  file: string;
  title: string;
  kind: string;
  meta: { type: string; pause?: string; skipBody?: boolean };
  bytes_latin1: string;
  error: { code: number; reason: string } | null;
}

const CORPUS = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/data/http/llhttp-corpus.jsonl');
/** llhttp stops here and hands over: an upgrade, CONNECT, and the preface of HTTP/2. */
const HANDED_OVER = new Set([22, 23]);
/** Answers that take no request. */
const REFUSALS = new Set([400, 411, 431, 501, 505]);

/** Of the page at /, which the cases ask for, to GET and to others. */
const ROOT_ANSWERS = new Set([200, 405]);

/** Taken here though llhttp refuses, with the clause by which that is right, or why it cannot be helped. */
const TAKEN: Readonly<Record<string, string>> = {
  'CRLF between requests, explicit `close`':
    'RFC 9112, 9.6: the request before is answered, the connection closed, and what is behind it not processed',
  'CRLF between requests, explicit `close` followed by tab': 'RFC 9112, 9.6: the same',
  // Wrong by RFC 9112, 5.1, and docs/SECURITY.md says what follows: for the library such a header ends the list of headers, so that
  // nobody can see that it was there.
  'Invalid header token #3': 'a header without a name is not seen',
  'Invalid method': 'RFC 9110, 9.1: MKCOLA is a token, so a method; the resource does not take it: 405',
};

/** Refused here though llhttp takes it, by clause: what the rest of the title or the request must be like. */
const REFUSED: readonly (readonly [clause: string, holds: (bytes: string) => boolean])[] = [
  ['RFC 9110, 15.6.6: versions other than HTTP/1.1 are not supported', (bytes) => !/^\s*\S+ [^\r\n]* HTTP\/1\.1\r\n/.test(bytes)],
  ['RFC 9110, 15.5.12: a body without a length is refused with 411', (bytes) => /\r\nTransfer-Encoding:/i.test(bytes)],
  [
    'RFC 9110, 9.3.6: only a proxy is asked to CONNECT, or for an absolute URI',
    (bytes) => /^\s*(CONNECT |\S+ https?:)/.test(bytes),
  ],
  ['RFC 9112, 3.2.4: only OPTIONS is asked of *', (bytes) => /^\s*(?!OPTIONS)\S+ \* /.test(bytes)],
  ['RFC 9110, 7.8: an upgrade that is not ours is ignored: what follows is no request', (bytes) => /\r\nUpgrade:/i.test(bytes)],
  ['RFC 9112, 5.2: a line fold is refused', (bytes) => /\r\n[ \t]+\S/.test(bytes)],
];

const cases: Case[] = existsSync(CORPUS)
  ? readFileSync(CORPUS, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
      .filter(
        ({ kind, meta }) => kind === 'http' && meta.type === 'request' && meta.pause === undefined && meta.skipBody === undefined,
      )
  : [];

/** Every request of the bytes with a Host. */
function withHost(bytes: string): string {
  if (/\nhost *:/i.test(bytes)) return bytes;
  return bytes.replace(/(^|\n)([A-Z-]+ [^\r\n]*HTTP\/1\.1\r\n)/g, '$1$2Host: x\r\n');
}

let server: Server;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Statuses of the answers until the server closes, or a request behind these bytes is answered or swallowed. */
async function answersTo(bytes: string): Promise<number[]> {
  const connection = new RawConnection(server.port).write(bytes);
  // Another connection makes a round trip: by then the server has read these bytes, and answered what it answers at once.
  for (let i = 0; i < 3; i++) {
    const other = new RawConnection(server.port).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await other.answers(1);
    other.end();
  }
  connection.end();
  return connection.responses.map(({ status }) => status);
}

describe.skipIf(cases.length === 0)(`llhttp's corpus (skipped where ${CORPUS} is not there)`, () => {
  const isWrong = ({ error }: Case): boolean => error !== null && !HANDED_OVER.has(error.code);
  const short = ({ title }: Case): string => title.split(' > ').at(-1) as string;

  it('is the one that we know', () => {
    expect([cases.length, cases.filter(isWrong).length]).toEqual([120, 55]);
    expect(Object.keys(TAKEN).length + REFUSED.length).toBeLessThanOrEqual(10);
  });

  it.each(cases.filter(isWrong).map((each) => [`${each.file}: ${each.title}`, each] as const))('refuses %s', async (_, each) => {
    for (const bytes of new Set([each.bytes_latin1, withHost(each.bytes_latin1)])) {
      const taken = (await answersTo(bytes)).filter((status) => !REFUSALS.has(status));
      if (short(each) in TAKEN) expect(taken.every((status) => ROOT_ANSWERS.has(status)) && taken.length <= 1).toBe(true);
      else expect(taken, JSON.stringify(bytes)).toEqual([]);
    }
  });

  it.each(cases.filter((each) => !isWrong(each)).map((each) => [`${each.file}: ${each.title}`, each] as const))(
    'takes %s, or says by which clause it does not',
    async (_, each) => {
      const bytes = withHost(each.bytes_latin1);
      const refused = (await answersTo(bytes)).filter((status) => REFUSALS.has(status));
      if (refused.length > 0)
        expect(REFUSED.filter(([, holds]) => holds(bytes)).length, `${refused} ${JSON.stringify(bytes)}`).toBeGreaterThan(0);
    },
  );
});
