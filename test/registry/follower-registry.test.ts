// A registry that follows the store of another: whatever the owner does, it ends with what the owner has, and leaks no memory.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { FollowerEngine } from '#src/replica/follower.js';
import { isBlocked, listBundle, LIST_TENANT as TENANT } from '../lib/list-bundle.js';
import { testSeed } from '../lib/model.js';

let directory: string;
let owner: Engine;
const followers: FollowerEngine[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-follow-'));
  owner = await createEngine({ dataDir: directory, poolThreads: 0, profileMax: 'standard' });
});

afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.close();
  await owner.close();
  await rm(directory, { recursive: true });
});

/** A follower that is told nothing but by `refresh`. */
async function follow(): Promise<FollowerEngine> {
  const follower = new FollowerEngine({ dataDir: directory, poolThreads: 0 });
  followers.push(follower);
  await follower.load({ call: async () => undefined, isClosed: false } as never);
  return follower;
}

const stateOf = (engine: Pick<Engine, 'bundles' | 'lists' | 'parameters' | 'stats'>): object => ({
  bundles: engine.bundles(TENANT).map(({ name, version, image, model, earlierModels }) => {
    return { name, version, image, models: [...earlierModels, model.hash].sort() };
  }),
  lists: engine.lists(TENANT).map(({ name, version, type, count }) => ({ name, version, type, count })),
  parameters: engine.parameters(TENANT),
  heap: engine.stats().tenants.find(({ tenant }) => tenant === TENANT)?.heapBytesUsed ?? 0,
});

async function check(follower: FollowerEngine): Promise<void> {
  await follower.refresh({ tenant: TENANT });
  expect(stateOf(follower)).toEqual(stateOf(owner));
}

const PARAMETERS = {
  'parameters/limits.yaml': 'values:\n  above: { type: number, minimum: 0, maximum: 100, default: 5 }\n',
  'rules/limits.yaml':
    '- { id: much, when: amount !== null && amount > parameters.limits.above, then: { score: 1, reason: MUCH } }\n',
};

describe('a follower', () => {
  it('has at its start what is stored, and decides with it', async () => {
    await owner.putList(TENANT, 'blocked', ['a@x']);
    await owner.publish(TENANT, listBundle());
    const follower = await follow();
    await check(follower);
    const engine = follower as unknown as Engine;
    expect(await isBlocked(engine, 'a@x')).toEqual(await isBlocked(owner, 'a@x'));
    expect(follower.storeProblems).toEqual([]);
  });

  it('takes each change, of any order and number, as the owner has made it', async () => {
    const seed = testSeed('test/registry/follower-registry');
    const change = fc.oneof(
      fc.record({ kind: fc.constant('publish' as const), name: fc.constantFrom('mails', 'others'), extra: fc.boolean() }),
      fc.record({
        kind: fc.constant('list' as const),
        entries: fc.uniqueArray(fc.constantFrom('a@x', 'b@x', 'c@x'), { minLength: 1 }),
      }),
      fc.record({ kind: fc.constant('set' as const), above: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ kind: fc.constant('other' as const), type: fc.constantFrom('string', 'number') }),
      fc.record({ kind: fc.constant('remove' as const) }),
      fc.record({ kind: fc.constant('look' as const) }),
    );
    let version = 0;
    const make = async (what: typeof change extends fc.Arbitrary<infer T> ? T : never): Promise<void> => {
      switch (what.kind) {
        case 'publish': {
          const files = what.extra ? PARAMETERS : {};
          await owner.publish(TENANT, listBundle({ name: what.name, version: `1.0.${version++}`, files }));
          return;
        }
        case 'list':
          await owner.putList(TENANT, 'blocked', what.entries);
          return;
        case 'set':
          await owner.putParameters(TENANT, 'limits', { above: what.above });
          return;
        case 'other':
          await owner.deleteList(TENANT, 'other').catch(() => {});
          await owner.putList(TENANT, 'other', what.type === 'string' ? ['x'] : [1, 2], { type: what.type });
          return;
        case 'remove':
          await owner.deleteList(TENANT, 'other');
      }
    };
    const follower = await follow();
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        for (const what of changes) {
          if (what.kind === 'look') await check(follower);
          // What is refused (a list that is missing, a set that nobody declares) changes nothing.
          else await make(what).catch(() => {});
        }
        await check(follower);
        await check(await follow());
      }),
      { seed, numRuns: 12 },
    );
  });

  it('leaves out what is damaged at its start, as the owner does, and takes it when it is put again', async () => {
    await owner.putList(TENANT, 'blocked', ['a@x']);
    const { image } = await owner.publish(TENANT, listBundle());
    const path = join(directory, 'tenants', TENANT, 'bundles', 'mails', `1.0.0-${image}.image`);
    await writeFile(path, 'damaged');
    const follower = await follow();
    expect(follower.bundles(TENANT)).toEqual([]);
    expect(follower.storeProblems).toHaveLength(1);
    await follower.refresh({ tenant: TENANT });
    await owner.publish(TENANT, listBundle({ version: '1.0.1' }));
    await check(follower);
  });

  it('cannot follow what is damaged later, and says so', async () => {
    const follower = await follow();
    await owner.putList(TENANT, 'blocked', ['a@x']);
    const { image } = await owner.publish(TENANT, listBundle());
    await writeFile(join(directory, 'tenants', TENANT, 'bundles', 'mails', `1.0.0-${image}.image`), 'damaged');
    await expect(follower.refresh({ tenant: TENANT })).rejects.toThrow();
  });

  it('takes no part of a change for all of it: where it cannot swap, it says so', async () => {
    await owner.putList(TENANT, 'blocked', ['a@x']);
    await owner.publish(TENANT, listBundle());
    const follower = await follow();
    const live = follower.live(TENANT, 'mails')!;
    live.prepare = () => {
      throw new Error('no room');
    };
    await owner.putList(TENANT, 'blocked', ['b@x']);
    await expect(follower.refresh({ tenant: TENANT })).rejects.toThrow('no room');
  });

  it('keeps a list that it cannot read any more, as the owner does', async () => {
    await owner.putList(TENANT, 'blocked', ['a@x']);
    await owner.publish(TENANT, listBundle());
    const follower = await follow();
    await writeFile(join(directory, 'tenants', TENANT, 'lists', 'blocked', 'current.json'), 'damaged');
    await check(follower);
  });

  it('refuses what nobody carries out any more', async () => {
    const follower = await follow();
    await follower.close();
    await expect(follower.publish(TENANT, listBundle())).rejects.toMatchObject({ code: 'STOPPING' });
    expect(follower.ready).toBe(false);
  });
});
