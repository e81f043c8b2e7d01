// kill -9 at any moment: what a put of a list has resolved for is there after a restart, and a restart is always possible.

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

const ROUNDS = 15;
const PUTTER = fileURLToPath(new URL('./fixtures/list-putter.mjs', import.meta.url));

let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-kill-lists-'));
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
  it(`${ROUNDS} times while lists are put loses nothing that was put, and blocks no restart`, { timeout: 180_000 }, async () => {
    const moments = fc.sample(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 12_000 })), {
      numRuns: ROUNDS,
      seed: testSeed('test/registry/list-durability'),
    });
    // Of each list: versions whose put resolved, in order.
    const promised = new Map<string, string[]>();
    const versions = new Map<string, string>();
    for (const [round, [lines, delay]] of moments.entries()) {
      for (const line of await putAndKill(round, lines, delay)) {
        const [name, put, version] = line.split(' ') as [string, string, string];
        promised.set(name, [...(promised.get(name) ?? []), put]);
        // Equal entries have one version, whatever the list.
        versions.set(`${name} ${version}`, put);
      }
    }
    const engine = await createEngine({ dataDir: directory, poolThreads: 0 });
    try {
      expect(engine.storeProblems).toEqual([]);
      expect(engine.lists('acme').map(({ name, count }) => `${name} ${count}`)).toEqual(['first 500', 'second 500']);
      for (const { name, version } of engine.lists('acme')) {
        // A put that had not resolved may have come through: then its version was never told.
        const known = versions.get(`${name} ${version}`);
        if (known !== undefined) expect(known).toBe(promised.get(name)!.at(-1));
        const folder = join(directory, 'tenants', 'acme', 'lists', name);
        expect((await readdir(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
      }
      expect(await readdir(join(directory, 'uploads'))).toEqual([]);
    } finally {
      await engine.close();
    }
  });
});
