// The owner of changes towards followers that answer, fail, are slow, or go.

import { describe, expect, it } from 'vitest';
import { type Channel, ChannelError } from '#src/channel/channel.js';
import type { Engine } from '#src/engine.js';
import { Problem } from '#src/errors.js';
import { ChangeOwner, type Follower } from '#src/replica/owner.js';
import type { FollowerHandlers } from '#src/replica/protocol.js';

interface Fake extends Follower {
  readonly asked: string[];
  readonly failures: string[];
  answer(error?: Error): void;
}

/** A follower whose answers come when the test says. */
function fake(): Fake {
  const waiting: ((error?: Error) => void)[] = [];
  const asked: string[] = [];
  const failures: string[] = [];
  const channel = {
    call: (name: string, value: object) => {
      asked.push(`${name} ${JSON.stringify(value)}`);
      return new Promise<void>((resolve, reject) => waiting.push((error) => (error === undefined ? resolve() : reject(error))));
    },
  } as unknown as Channel<FollowerHandlers>;
  return {
    channel,
    asked,
    failures,
    answer: (error) => waiting.shift()?.(error),
    fail: (why) => failures.push(why.message),
  };
}

function makeOwner(engine: Partial<Engine> = {}): ChangeOwner {
  const shareOf = (quota: { costPerSecond: number; costBurst: number }) => ({ ...quota, costPerSecond: quota.costPerSecond / 2 });
  return new ChangeOwner({ engine: { setQuota: () => {}, ...engine } as Engine, shareOf });
}

/** Joins one that has everything. */
async function loaded(owner: ChangeOwner): Promise<Fake> {
  const follower = fake();
  await owner.join(follower).loaded(null);
  return follower;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a change', () => {
  it('is answered when all that have loaded have it, and what joins is told without being waited for', async () => {
    const owner = makeOwner();
    const [a, b] = [await loaded(owner), await loaded(owner)];
    const joining = fake();
    owner.join(joining);
    let result: string | undefined;
    const change = owner.change('acme', async () => 'done').then((value) => (result = value));
    await turn();
    for (const each of [a, b, joining]) expect(each.asked).toEqual(['refresh {"tenant":"acme"}']);
    a.answer();
    await turn();
    expect(result).toBeUndefined();
    b.answer();
    await change;
    expect(result).toBe('done');
    expect(owner.liveCount).toBe(2);
  });

  it('waits for nobody who goes meanwhile', async () => {
    const owner = makeOwner();
    const a = await loaded(owner);
    const change = owner.change('acme', async () => 1);
    await turn();
    a.answer(new ChannelError('CLOSED', 'gone'));
    expect(await change).toBe(1);
    expect(a.failures).toEqual([]);
    expect(owner.liveCount).toBe(0);
  });

  for (const error of [new ChannelError('LATE', 'too slow'), new Problem('OUT_OF_MEMORY', 'no room')]) {
    it(`has whoever does not take it (${error.message}) end, and is told to it no more`, async () => {
      const owner = makeOwner();
      const [a, b] = [await loaded(owner), await loaded(owner)];
      const change = owner.change('acme', async () => 1);
      await turn();
      a.answer(error);
      b.answer();
      expect(await change).toBe(1);
      expect(a.failures).toEqual([error.message]);
      expect(b.failures).toEqual([]);
      const next = owner.change('acme', async () => 2);
      await turn();
      b.answer();
      expect(await next).toBe(2);
      expect(a.asked.length).toBe(1);
    });
  }

  it('that is refused is told all the same: a part of it may hold', async () => {
    const owner = makeOwner();
    const a = await loaded(owner);
    const change = owner.change('acme', () => Promise.reject(new Problem('LIST_MISMATCH'))).catch((error: Problem) => error.code);
    await turn();
    a.answer();
    expect(await change).toBe('LIST_MISMATCH');
    expect(a.asked.length).toBe(1);
  });

  it('that is only tried is told to nobody', async () => {
    const publish = async (_tenant: string, _files: unknown, options?: object) => options as never;
    const owner = makeOwner({ publish });
    const a = await loaded(owner);
    const handlers = owner.join(fake());
    expect(await handlers.publish({ tenant: 'acme', files: new Map(), dryRun: true })).toEqual({ dryRun: true });
    expect(a.asked).toEqual([]);
  });
});

it('a quota is told as the share of one, also to those who come later', async () => {
  const owner = makeOwner();
  const a = await loaded(owner);
  const set = owner.setQuota('acme', { costPerSecond: 100, costBurst: 7 });
  await turn();
  a.answer();
  await set;
  const told = 'quota {"tenant":"acme","quota":{"costPerSecond":50,"costBurst":7}}';
  expect(a.asked).toEqual([told]);
  expect((await loaded(owner)).asked).toEqual([told]);
});
