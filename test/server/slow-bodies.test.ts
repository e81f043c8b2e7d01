// Bodies that come by drips: the arithmetic with a clock of its own, and real sockets.

import { afterEach, describe, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { BYTES_PER_SECOND_MIN, SlowBodies, type SlowBody } from '#src/server/slow-bodies.js';
import { RawConnection, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

describe('a caller that may be a second behind', () => {
  // Each row: bytes and time since the last look, and whether it is refused at it.
  it.each<[string, readonly (readonly [bytes: number, millis: number, isRefused: boolean])[]]>([
    [
      'is refused when it sends nothing more',
      [
        [0, 1000, false],
        [0, 1, true],
      ],
    ],
    ['may send as slowly as that for ever', Array.from({ length: 50 }, () => [BYTES_PER_SECOND_MIN / 2, 500, false] as const)],
    ['falls behind by drips', [...Array.from({ length: 10 }, () => [1, 100, false] as const), [1, 100, true]]],
    [
      'has no credit for what it sent fast',
      [
        [100 * BYTES_PER_SECOND_MIN, 100, false],
        [0, 1000, false],
        [0, 1, true],
      ],
    ],
    [
      'catches up',
      [
        [0, 900, false],
        [BYTES_PER_SECOND_MIN, 100, false],
        [0, 900, false],
        [0, 200, true],
      ],
    ],
  ])('%s', (_, looks) => {
    let now = 0;
    let refused = false;
    const bodies = new SlowBodies(1000, () => now);
    const body: SlowBody = { isHeldUp: false, refuseSlow: () => (refused = true) };
    bodies.came(body, 0);
    for (const [index, [bytes, millis, isRefused]] of looks.entries()) {
      bodies.came(body, bytes);
      now += millis;
      bodies.look();
      expect([index, refused]).toEqual([index, isRefused]);
    }
    bodies.over(body);
    expect(bodies.size).toBe(0);
  });

  it('is not to blame for the time in which nothing is read of it', () => {
    let now = 0;
    const bodies = new SlowBodies(1000, () => now);
    const body = { isHeldUp: true, refuseSlow: () => expect.unreachable() };
    bodies.came(body, 1);
    now = 1e6;
    bodies.look();
    body.isHeldUp = false;
    now += 1000;
    bodies.look();
    bodies.over(body);
  });
});

describe('on a socket', () => {
  let server: Server | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const head = (path: string, type: string): Buffer =>
    rawRequest(`${path.includes('/lists/') ? 'PUT' : 'POST'} ${path}`, { 'Content-Type': type, 'Content-Length': 100_000 });

  it.each([
    ['a decision', `/v1/${TENANT}/decisions/${BUNDLE}`, 'application/json'],
    ['a list', `/v1/${TENANT}/lists/names`, 'text/plain'],
  ])('%s whose body drips is refused, and its connection closed', async (_, path, type) => {
    server = await startTestServer({ bodyMillisMax: 100 });
    const connection = new RawConnection(server.port);
    connection.write(head(path, type)).write('x');
    const drip = setInterval(() => connection.write('x'), 10);
    const [answer] = await connection.whenClosed();
    clearInterval(drip);
    expect([answer?.status, JSON.parse(answer!.body.toString()).code]).toEqual([408, 'BODY_TOO_SLOW']);
  });

  it('others are answered meanwhile, and a body in parts that is whole', async () => {
    server = await startTestServer({ bodyMillisMax: 60_000 });
    const path = `/v1/${TENANT}/decisions/${BUNDLE}`;
    const body = '{"amount":1,"country":"DE"}';
    const slow = new RawConnection(server.port);
    slow
      .write(rawRequest(`POST ${path}`, { 'Content-Type': 'application/json', 'Content-Length': body.length }))
      .write(body.slice(0, 9));
    const other = new RawConnection(server.port);
    other.write(rawRequest(`POST ${path}`, { 'Content-Type': 'application/json', 'Content-Length': body.length }, body));
    expect((await other.answers(1))[0]?.status).toBe(200);
    slow.write(body.slice(9));
    expect((await slow.answers(1))[0]?.status).toBe(200);
    slow.end();
    other.end();
  });
});
