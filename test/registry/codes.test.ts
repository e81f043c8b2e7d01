// Code in the registry: made at publish, stored, found again, made anew where it is damaged or of another origin.

import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GENERATOR_VERSION } from '#src/codegen/choice.js';
import { compile } from '#src/compiler/compile.js';
import { CODE_DECISIONS_MIN } from '#src/config.js';
import { createEngine, type Engine } from '#src/engine.js';
import { readCodeFile, writeCodeFile } from '#src/registry/code-file.js';
import type { LiveImage } from '#src/registry/live-image.js';
import { engineHash } from '#src/runtime/instance.js';
import { sampleBundle, sampleOrders } from '../lib/sample-bundle.js';
import { decided } from '../lib/small-tenant.js';

let directory: string;
const open: Engine[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-codes-'));
});

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
  await rm(directory, { recursive: true });
});

async function start(dataDir: string | undefined = directory): Promise<Engine> {
  const engine = await createEngine({ poolThreads: 0, profileMax: 'standard', ...(dataDir === undefined ? {} : { dataDir }) });
  open.push(engine);
  return engine;
}

/** The live image with its code, or knowing why it has none. */
async function warm(engine: Engine, name = 'orders'): Promise<LiveImage> {
  const live = engine.live('acme', name)!;
  await live.tenant.host.codes!.want(live);
  return live;
}

async function codeFile(): Promise<string> {
  const folder = join(directory, 'tenants/acme/bundles/orders');
  return join(folder, (await readdir(folder)).find((name) => name.endsWith('.code'))!);
}

const bundle = (version = '1.0.0'): ReturnType<typeof sampleBundle> => sampleBundle({ name: 'orders', version });

describe('code', () => {
  it('is there after a publish, and decides as the VM does', async () => {
    const engine = await start();
    await engine.publish('acme', bundle());
    const live = await warm(engine);
    expect([live.code === undefined, live.withoutCode]).toEqual([false, undefined]);
    const payloads = sampleOrders(200, 5).map((order) => live.encoder.encode(order).slice());
    const code = await decided(live, payloads);
    live.code = undefined;
    expect(await decided(live, payloads)).toEqual(code);
  });

  it('is stored, and found again at the next start', async () => {
    await (await start()).publish('acme', bundle());
    await warm(open[0]!);
    await open.pop()!.close();
    const path = await codeFile();
    const past = new Date(1e12);
    await utimes(path, past, past);
    const live = await warm(await start());
    expect(live.code).toBeDefined();
    expect((await stat(path)).mtime).toEqual(past);
  });

  it.each([
    ['a byte of the module changed', (file: Buffer) => file.writeUInt8(file[200]! ^ 1, 200)],
    ['a byte of its hash changed', (file: Buffer) => file.writeUInt8(file[50]! ^ 1, 50)],
    ['another generator', (file: Buffer) => file.writeUInt32LE(GENERATOR_VERSION + 1, 4)],
    ['another engine', (file: Buffer) => file.write('0123456789abcdef', 8, 'latin1')],
    ['another image', (file: Buffer) => file.write('0123456789abcdef', 24, 'latin1')],
    ['cut', (file: Buffer) => file.subarray(0, 100)],
    ['empty', (file: Buffer) => file.subarray(0, 0)],
  ])('is made anew where its file is damaged or of another origin: %s', async (_, change) => {
    await (await start()).publish('acme', bundle());
    await warm(open[0]!);
    await open.pop()!.close();
    const path = await codeFile();
    const sound = await readFile(path);
    const changed = Buffer.from(sound);
    const result = change(changed);
    await writeFile(path, typeof result === 'number' ? changed : result);
    expect((await warm(await start())).code).toBeDefined();
    expect(await readFile(path)).toEqual(sound);
  });

  it('is not made for programs that are too large, and says so', async () => {
    // Nothing that an index holds, and no two terms alike.
    const term = (i: number) => (_: unknown, k: number) => `amount * ${i}.${k + 1}1`;
    const when = (i: number): string => `${Array.from({ length: 20 }, term(i)).join(' + ')} > 7`;
    const rules = Array.from({ length: 1800 }, (_, i) => `- { id: r${i}, when: ${when(i)}, then: { score: 1 } }`).join('\n');
    const engine = await start();
    await engine.publish('acme', sampleBundle({ name: 'orders', rules }));
    const live = await warm(engine);
    expect(live.code).toBeUndefined();
    expect(live.withoutCode).toMatch(/^its program has \d+ instructions, more than 65536$/);
  });

  it('comes for an image that is loaded when it has decided enough, or at once where it is warmed up', async () => {
    const engine = await start(undefined);
    const { image } = compile(bundle(), { profileMax: 'standard' });
    const [early, late] = [await engine.load(image!), await engine.load(image!)];
    const liveOf = (ruleSet: object): LiveImage => (ruleSet as unknown as { live: LiveImage }).live;
    await early.warmUp();
    expect(liveOf(early).code).toBeDefined();
    const orders = sampleOrders(CODE_DECISIONS_MIN, 3);
    const decisions = late.decideBatch(orders);
    expect(liveOf(late).code).toBeUndefined();
    await late.warmUp(); // it has been asked for already: this only waits
    expect(liveOf(late).code).toBeDefined();
    expect(late.decideBatch(orders)).toEqual(decisions);
    expect(early.decideBatch(orders)).toEqual(decisions);
    early.release();
    late.release();
    await expect(late.warmUp()).rejects.toThrow('released');
  });

  it('switches with its image while requests run', async () => {
    const engine = await start();
    await engine.publish('acme', bundle('1.0.0'));
    const images = new Set<string>();
    let done = false;
    const publishing = (async () => {
      for (const version of ['1.0.1', '1.0.2', '1.0.3']) await engine.publish('acme', bundle(version));
      await warm(engine);
      done = true;
    })();
    const orders = sampleOrders(20, 9);
    while (!done) {
      const live = engine.live('acme', 'orders')!;
      const result = await decided(
        live,
        orders.map((order) => live.encoder.encode(order).slice()),
      );
      expect([result.status, result.decisions.length]).toEqual([0, 20]);
      images.add(live.version);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await publishing;
    expect(engine.live('acme', 'orders')!.code).toBeDefined();
    expect(images.size).toBeGreaterThan(0);
  });
});

describe('the file', () => {
  const origin = { generator: 3, engine: engineHash(), image: 'fedcba9876543210' };

  it('gives its module back, and nothing where a byte of it is changed', () => {
    const module = Uint8Array.from({ length: 40 }, (_, i) => i);
    const file = writeCodeFile(module, origin);
    expect(readCodeFile(file, origin)).toEqual(module);
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at]! ^= 0x10;
      expect(readCodeFile(changed, origin)).toBeUndefined();
    }
  });
});
