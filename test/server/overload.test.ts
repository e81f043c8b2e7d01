// More requests at once than may wait for a worker: each is decided or told when to come again, none is lost, and afterwards all is
// as before. `npm run overload` measures what this only counts.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Server } from '#src/server/server.js';
import { RawConnection, type RawResponse, rawRequest } from '../lib/raw-http.js';
import { BUNDLE, startTestServer, TENANT } from '../lib/server.js';

const CONNECTIONS = 64;
const ROUNDS = 10;
const BODY = '{"amount":"1500.00","country":"FR"}';

let server: Server;
beforeAll(async () => {
  server = await startTestServer({ costInlineMax: 0, poolThreads: 1, queueMax: 4 });
});
afterAll(() => server.stop());

const request = rawRequest(
  `POST /v1/${TENANT}/decisions/${BUNDLE}`,
  { 'Content-Type': 'application/json', 'Content-Length': BODY.length },
  BODY,
);

/** `200 decline`, or `503 CODE` where it tells when to come again. */
function describeAnswer({ status, headers, body }: RawResponse): string {
  const answer = JSON.parse(body.toString()) as { outcome?: string; code?: string };
  if (status !== 200 && headers['retry-after'] === undefined) return `${status} ${answer.code} without Retry-After`;
  return `${status} ${answer.outcome ?? answer.code}`;
}

describe('a server that is asked for more than it can decide', () => {
  it('answers every request, counts what it refuses, and decides again when there is room', async () => {
    const connections = Array.from({ length: CONNECTIONS }, () => new RawConnection(server.port));
    const answers: string[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      for (const connection of connections) connection.write(request);
      for (const connection of connections) answers.push(describeAnswer((await connection.answers(round))[round - 1]!));
    }
    for (const connection of connections) connection.end();
    expect(answers).toHaveLength(CONNECTIONS * ROUNDS);
    expect([...new Set(answers)].toSorted()).toEqual(['200 decline', '503 OVERLOADED']);
    const { refused, requests } = server.engine.stats();
    expect(refused.full + refused.breaker + refused.evicted).toBe(answers.filter((answer) => answer.startsWith('503')).length);
    expect(requests.pooled).toBe(answers.filter((answer) => answer.startsWith('200')).length);

    const last = new RawConnection(server.port);
    for (let asked = 1, answer = ''; answer !== '200 decline'; asked++) {
      last.write(request);
      answer = describeAnswer((await last.answers(asked))[asked - 1]!);
    }
    last.end();
    expect(server.engine.stats().pool).toMatchObject({ queued: 0, queueMax: 4, breakers: { open: 0 } });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^verdict_refused_total\{reason="full"\} [1-9]/m);
  });
});
