// Lists, parameters and images that are replaced all the time while every listener decides: no request sees a version that is
// freed, or two of one thing. Freed room is given to the next version at once, so that a listener which still read it would read
// another.

import { expect, it } from 'vitest';
import { startServer } from '#src/server/server.js';
import { KeptConnection, loopOf, reachAll } from '../../lib/keep-alive.js';
import { listBundle, LIST_TENANT as TENANT } from '../../lib/list-bundle.js';

const LISTENERS = 3;
const ROUNDS = 40;
const BATCH = 300;
const FILES = {
  'rules/all.yaml': `- { id: even, when: 'lists.blocked.includes(email + "0")', then: { score: 1, reason: EVEN } }
- { id: odd, when: 'lists.blocked.includes(email + "1")', then: { score: 2, reason: ODD } }
- { id: large, when: amount !== null && amount > parameters.limits.above, then: { score: 4, reason: LARGE } }
`,
  'parameters/limits.yaml': 'values:\n  above: { type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: 500 }\n',
};

interface Decided {
  decisionId: string;
  score: number;
  version: string;
  inputs: { lists: { version: string }[]; parameters: { version: string }[] };
}

/** Entries that all end in 0 or in 1, of other lengths each round, so that rooms do not fit by chance. */
const entries = (round: number): string[] =>
  Array.from({ length: 400 + ((round * 37) % 200) }, (_, i) => `${'m'.repeat(1 + (round % 7))}${i}`)
    .concat(['mail'])
    .map((text) => text + (round % 2));

it('decides with one version at a time, and with none that is gone', async () => {
  const options = { profileMax: 'standard', ringBytes: 1 << 20, costInlineMax: 20_000, poolThreads: 3 } as const;
  const server = await startServer({ port: 0, listeners: LISTENERS, ...options });
  const { engine } = server;
  const lists = new Map<string, number>();
  const above = new Map<string, number>();
  const putList = async (round: number): Promise<void> => {
    lists.set((await engine.putList(TENANT, 'blocked', entries(round))).version, round % 2);
  };
  const putParameters = async (round: number): Promise<void> => {
    above.set((await engine.putParameters(TENANT, 'limits', { above: round })).version, round);
  };
  await putList(0);
  await engine.publish(TENANT, listBundle({ version: '1.0.0', files: FILES }));
  await putParameters(0);
  const path = `/v1/${TENANT}/decisions/mails`;
  const loops = await reachAll(server.port, LISTENERS, (connection) => connection.json('POST', path, { email: 'mail' }));

  let isOver = false;
  const early: [Decided, number][] = [];
  const problems: string[] = [];
  const reached = new Map<string, Set<string>>();
  const check = (decided: Decided, amount: number): void => {
    const parity = lists.get(decided.inputs.lists[0]!.version);
    const limit = above.get(decided.inputs.parameters[0]!.version);
    // A version is known here when its change has been answered: it may be decided with a little earlier.
    if (parity === undefined || limit === undefined) {
      early.push([decided, amount]);
      return;
    }
    const score = (parity === 0 ? 1 : 2) + (amount > limit ? 4 : 0);
    if (decided.score !== score) problems.push(`${decided.score} instead of ${score}: ${JSON.stringify(decided)}`);
    const loop = loopOf(decided.decisionId);
    reached.set(loop, (reached.get(loop) ?? new Set()).add(decided.inputs.lists[0]!.version));
  };
  const single = async (connection: KeptConnection): Promise<void> => {
    for (let amount = 0; !isOver; amount = (amount + 7) % 100) {
      const { status, json, text } = await connection.json('POST', path, { email: 'mail', amount });
      if (status === 200) check(json, amount);
      else if (status !== 503) problems.push(text);
    }
  };
  const batch = async (connection: KeptConnection): Promise<void> => {
    const body = JSON.stringify(Array.from({ length: BATCH }, (_, i) => ({ email: 'mail', amount: i % 100 })));
    while (!isOver) {
      const { status, json, text } = await connection.json('POST', `${path}/batch`, body);
      if (status !== 200) {
        if (status !== 503) problems.push(text);
        continue;
      }
      const decisions: Decided[] = json.decisions ?? json;
      expect(decisions).toHaveLength(BATCH);
      for (const [i, decided] of decisions.entries()) check(decided, i % 100);
      const versions = decisions.map(({ version, inputs }) => JSON.stringify([version, inputs]));
      if (new Set(versions).size > 1) problems.push(`a batch with ${[...new Set(versions)].join(' and ')}`);
    }
  };
  const more = Array.from({ length: 6 }, () => new KeptConnection(server.port));
  const callers = [...[...loops.values()].map(single), ...more.map((connection, i) => (i < 3 ? batch : single)(connection))];
  let publishes = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    await Promise.all([putList(round), putParameters(round)]);
    if (round % 10 === 0) await engine.publish(TENANT, listBundle({ version: `1.0.${++publishes}`, files: FILES }));
  }
  isOver = true;
  await Promise.all(callers);
  for (const [decided, amount] of early.splice(0)) check(decided, amount);
  expect(early).toEqual([]);
  expect(problems.slice(0, 3)).toEqual([]);
  expect(reached.size).toBe(LISTENERS);
  for (const versions of reached.values()) expect(versions.size).toBeGreaterThan(ROUNDS / 10);
  // All of it is given back: the same things take the same room as a new server's.
  await putList(0);
  await putParameters(0);
  const used = (): number => engine.stats().tenants[0]!.heapBytesUsed;
  const fresh = await startServer({ port: 0, profileMax: 'standard' });
  await fresh.engine.putList(TENANT, 'blocked', entries(0));
  await fresh.engine.publish(TENANT, listBundle({ version: `1.0.${publishes}`, files: FILES }));
  await fresh.engine.putParameters(TENANT, 'limits', { above: 0 });
  await expect.poll(used).toBe(fresh.engine.stats().tenants[0]!.heapBytesUsed);
  for (const connection of [...loops.values(), ...more]) connection.close();
  expect(await fresh.stop()).toBe(true);
  expect(await server.stop()).toBe(true);
}, 60_000);
