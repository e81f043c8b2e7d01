// kill -9 at any moment: what a put of parameters has resolved for holds after a restart, and a restart is always possible.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '#src/engine.js';
import { testSeed } from '../lib/model.js';
import { parameterBundle, PARAMETER_TENANT as TENANT } from '../lib/parameter-bundle.js';

const ROUNDS = 10;
const PUTTER = fileURLToPath(new URL('./fixtures/parameter-putter.mjs', import.meta.url));
const SET = `values:
  round: { type: integer, default: -1 }
  step: { type: integer, default: 0 }
`;

let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-kill-parameters-'));
  const engine = await createEngine({ dataDir: directory, poolThreads: 0, profileMax: 'standard' });
  const rules = `- { id: a, when: risk !== null && risk > parameters.first.round + parameters.first.step, then: { score: 1 } }
- { id: b, when: risk !== null && risk > parameters.second.round + parameters.second.step, then: { score: 1 } }
`;
  const files = {
    'parameters/limits.yaml': SET,
    'parameters/first.yaml': SET,
    'parameters/second.yaml': SET,
    'rules/all.yaml': rules,
  };
  await engine.publish(TENANT, parameterBundle({ files }));
  await engine.close();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** A process that puts until it is killed, `delay` microseconds after `lines` puts. */
async function putAndKill(round: number, lines: number, delayMicros: number): Promise<string[]> {
  const child = spawn(process.execPath, [PUTTER, directory, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const resolved: string[] = [];
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    resolved.push(line);
    if (resolved.length !== lines) return;
    const until = process.hrtime.bigint() + BigInt(delayMicros) * 1000n;
    while (process.hrtime.bigint() < until);
    child.kill('SIGKILL');
  });
  await exited;
  if (resolved.length < lines) throw new Error(`the process ended after ${resolved.length} puts: ${errors}`);
  return resolved;
}

describe('kill -9', () => {
  it(`${ROUNDS} times while parameters are put loses nothing, and blocks no restart`, { timeout: 180_000 }, async () => {
    const moments = fc.sample(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 6_000 })), {
      numRuns: ROUNDS,
      seed: testSeed('test/registry/parameter-durability'),
    });
    for (const [round, [lines, delay]] of moments.entries()) {
      const last = new Map<string, string>();
      for (const line of await putAndKill(round, lines, delay)) {
        const [name, put] = line.split(' ') as [string, string];
        last.set(name, put);
      }
      const engine = await createEngine({ dataDir: directory, poolThreads: 0, profileMax: 'standard' });
      try {
        expect(engine.storeProblems).toEqual([]);
        for (const [name, put] of last) {
          const { values, version } = engine.parameters(TENANT).find((set) => set.name === name)!;
          // A put that had not resolved may have come through: it is the next.
          const [inRound, step] = put.split('.').map(Number) as [number, number];
          expect(values.round).toBe(inRound);
          expect([step, step + 1]).toContain(values.step);
          expect((await engine.parameterHistory(TENANT, name)).at(-1)!.version).toBe(version);
          const folder = join(directory, 'tenants', TENANT, 'parameters', name);
          expect((await readdir(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
        }
      } finally {
        await engine.close();
      }
    }
  });
});
