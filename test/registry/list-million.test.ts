// A list of a million texts: every member is found, near misses are not.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { decidePayloads } from '#src/decide.js';
import { createEngine, type Engine } from '#src/engine.js';
import { listBundle, mailLines, LIST_TENANT as TENANT } from '../lib/list-bundle.js';

const COUNT = 1_000_000;
const BATCH = 2000;
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  const { count, bytes } = await engine.putList(TENANT, 'blocked', { format: 'lines', chunks: mailLines(COUNT, 'user') });
  expect(count).toBe(COUNT);
  expect(bytes / COUNT).toBeLessThan(64);
  await engine.publish(TENANT, listBundle());
}, 120_000);

afterAll(() => engine.close());

/** How many of the emails the list has. */
function hits(emails: Iterable<string>): number {
  const live = engine.live(TENANT, 'mails')!;
  let found = 0;
  let batch: Uint8Array[] = [];
  const flush = (): void => {
    decidePayloads(live, batch, { now: 0n, path: 'inline' }, (settled) => {
      // A decision is larger where it has its reason: no need to read a million of them.
      for (let i = 0; i < settled.count; i++) if (settled.decision(i).length > miss) found++;
    });
    batch = [];
  };
  for (const email of emails) if (batch.push(live.encoder.encode({ email }).slice()) === BATCH) flush();
  if (batch.length > 0) flush();
  return found;
}

let miss = Number.POSITIVE_INFINITY;

it('a miss is told from a hit by the length of its decision', () => {
  const live = engine.live(TENANT, 'mails')!;
  decidePayloads(live, [live.encoder.encode({ email: 'nobody' })], { now: 0n, path: 'inline' }, (settled) => {
    miss = settled.decision(0).length;
  });
  expect(hits(['user0@example.com', 'nobody', 'user999999@example.com'])).toBe(2);
});

function* members(): Generator<string> {
  for (let i = 0; i < COUNT; i++) yield `user${i}@example.com`;
}

/** Members with one thing changed: a character, the length, the case, the number. */
function* nearMisses(): Generator<string> {
  for (let i = 0; i < 20_000; i++) {
    const at = (i * 49_999) % COUNT;
    yield `user${at}@example.con`;
    yield `user${at}@example.com `;
    yield `User${at}@example.com`;
    yield `user${at}@example.co`;
    yield `user${COUNT + at}@example.com`;
  }
}

it('finds every member', { timeout: 120_000 }, () => expect(hits(members())).toBe(COUNT));

it('finds none of 100,000 near misses', { timeout: 120_000 }, () => expect(hits(nearMisses())).toBe(0));
