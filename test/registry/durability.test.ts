// kill -9 at any moment: what a publish has resolved for is there after a restart, and a restart is always possible.

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

const ROUNDS = 30;
const PUBLISHER = fileURLToPath(new URL('./fixtures/publisher.mjs', import.meta.url));

let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-kill-'));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

/** A process that publishes version after version until it is killed, `delay` microseconds after `lines` publishes. */
async function publishAndKill(round: number, lines: number, delayMicros: number): Promise<string[]> {
  const child = spawn(process.execPath, [PUBLISHER, directory, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const published: string[] = [];
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => {
    published.push(line);
    if (published.length !== lines) return;
    const until = process.hrtime.bigint() + BigInt(delayMicros) * 1000n;
    while (process.hrtime.bigint() < until);
    child.kill('SIGKILL');
  });
  await exited;
  if (published.length < lines) throw new Error(`the publisher ended after ${published.length} publishes: ${errors}`);
  return published;
}

describe('kill -9', () => {
  it(`${ROUNDS} times while publishing loses nothing that was published, and blocks no restart`, async () => {
    const moments = fc.sample(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 12_000 })), {
      numRuns: ROUNDS,
      seed: testSeed('test/registry/durability'),
    });
    const promised = new Map<string, string>(); // bundle -> the last version whose publish resolved
    for (const [round, [lines, delay]] of moments.entries()) {
      for (const line of await publishAndKill(round, lines, delay)) {
        const [bundle, version] = line.split(' ') as [string, string];
        promised.set(bundle, version);
      }
    }
    const engine = await createEngine({ dataDir: directory, poolThreads: 0 });
    try {
      expect(engine.storeProblems).toEqual([]);
      expect(promised.size).toBe(2);
      for (const [bundle, version] of promised) {
        // A publish that had not resolved may have come through: then a later version is live.
        const live = engine.live('acme', bundle)!.version;
        expect(numberOf(live), `${bundle}: ${live} is live, ${version} was promised`).toBeGreaterThanOrEqual(numberOf(version));
      }
      const folders = join(directory, 'tenants', 'acme', 'bundles');
      for (const bundle of promised.keys()) {
        expect((await readdir(join(folders, bundle))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      }
    } finally {
      await engine.close();
    }
  });
});

/** Versions are `{round}.{publish}.0`. */
function numberOf(version: string): number {
  const [round, publish] = version.split('.');
  return Number(round) * 1_000_000 + Number(publish);
}
