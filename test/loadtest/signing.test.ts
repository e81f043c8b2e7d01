// Signed requests of the load tester, held to the server's own check of them.

import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpMessages, upgradeRequest } from '#src/loadtest/messages.js';
import { FreshMessages, Signer } from '#src/loadtest/signing.js';
import { Nonces } from '#src/server/auth/nonces.js';
import { Signatures } from '#src/server/auth/signature.js';

const KEY = { id: 'till-7', secret: new Uint8Array(32).fill(9) };
const PATH = '/v1/acme/decisions/payments';
const signatures = new Signatures(new Nonces());
signatures.use(
  JSON.stringify({ [KEY.id]: { tenant: 'acme', secret: Buffer.from(KEY.secret).toString('base64'), scopes: ['decide'] } }),
);

/** What the server says of a request as it goes over the wire: the hash that its body must have. */
function check(request: string, isOnce = false): string {
  const [head, body] = request.split('\r\n\r\n') as [string, string];
  const [first, ...lines] = head.split('\r\n') as [string, ...string[]];
  const [method, path] = first.split(' ') as [string, string];
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
  const authorization = headers.get('authorization')!.slice('VERDICT-HMAC-SHA256 '.length);
  const contentType = headers.get('content-type') ?? '';
  const { bodyHash } = signatures.grantOf(authorization, { method, path, contentType }, isOnce);
  expect(bodyHash).toBe(createHash('sha256').update(body).digest('hex'));
  return bodyHash;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('signed requests', () => {
  it('are what the server takes, whatever their bodies', () => {
    const signer = new Signer(KEY);
    const bodies = ['{}', '{"text":"Ä"}', `[${'1,'.repeat(200)}1]`];
    const { bytes, offsets } = httpMessages(PATH, 'h:1', bodies, 1, (body) => signer.authorization('POST', PATH, body));
    for (const i of bodies.keys()) check(Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString());
  });

  it('are signed again in time, each of them, and stay what they were but for that', () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const signer = new Signer(KEY);
    const bodies = Array.from({ length: 999 }, (_, i) => `{"amount":${i}}`);
    const messages = httpMessages(PATH, 'h', bodies, 1, (body) => signer.authorization('POST', PATH, body));
    const texts = (): string[] =>
      bodies.map((_, i) => Buffer.from(messages.bytes.subarray(messages.offsets[i], messages.offsets[i + 1])).toString());
    const before = texts();
    // Made long before they are sent.
    vi.advanceTimersByTime(600_000);
    expect(() => check(before[0]!)).toThrow(/time is more than/);
    const fresh = new FreshMessages(messages, new Signer(KEY));
    for (let i = 0; i < 9; i++) {
      for (const text of texts()) {
        check(text);
        const age = Date.now() / 1000 - Number(/time=(\d+)/.exec(text)![1]);
        expect(age).toBeLessThanOrEqual(21);
      }
      vi.advanceTimersByTime(15_000);
    }
    const plain = (text: string): string => text.replace(/time=\d+/, '').replace(/signature=[\w-]+/, '');
    expect(texts().map(plain)).toEqual(before.map(plain));
    fresh.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that open a stream have another nonce each', () => {
    const signer = new Signer(KEY);
    const path = '/v1/acme/stream';
    const request = Buffer.from(upgradeRequest(path, 'h', signer.authorization('GET', path)));
    check(request.toString(), true);
    expect(() => check(request.toString(), true)).toThrow(/nonce has been used/);
    for (let i = 0; i < 3; i++) {
      signer.sign(request, true);
      check(request.toString(), true);
    }
  });

  it('are only signed where there is room for it', () => {
    const other = new Signer({ ...KEY, id: 'other' });
    const bare = Buffer.from(upgradeRequest('/', 'h'));
    expect(() => new Signer(KEY).sign(bare, true)).toThrow('no signature');
    expect(() => other.sign(Buffer.from(upgradeRequest('/', 'h', new Signer(KEY).authorization('GET', '/'))), true)).toThrow();
  });
});
