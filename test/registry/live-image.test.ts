// Loading an image: one copy into the tenant's memory, and nothing read of what the image was made from.

import { afterEach, expect, it } from 'vitest';
import { IMAGE_MAGIC_VALUE } from '#assembly/shared/image.js';
import { createEngine, type Engine } from '#src/engine.js';
import { checksum32 } from '#src/image/checksum.js';
import { readImageFile } from '#src/image/file.js';
import { smallImage } from '../lib/small-image.js';

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function start(): Promise<Engine> {
  const engine = await createEngine({ poolThreads: 0 });
  engines.push(engine);
  return engine;
}

/** An undamaged file with other bytes, a multiple of 8, in the place of its sources. */
function withSources(file: Uint8Array, sources: Uint8Array): Uint8Array {
  const { header, sources: before } = readImageFile(file);
  const kept = header.bytes + header.manifestBytes - before.length;
  const changed = new Uint8Array(kept + sources.length + 16);
  changed.set(file.subarray(0, kept));
  changed.set(sources, kept);
  const view = new DataView(changed.buffer);
  view.setUint32(12, kept - header.bytes + sources.length, true);
  const trailer = kept + sources.length;
  view.setUint32(trailer, kept - header.bytes, true);
  view.setUint32(trailer + 4, checksum32(changed.subarray(header.bytes, kept)), true);
  view.setUint32(trailer + 8, checksum32(changed.subarray(kept, trailer)), true);
  view.setUint32(trailer + 12, IMAGE_MAGIC_VALUE, true);
  return changed;
}

it.each([
  ['nothing', ''],
  ['no JSON', 'x'.repeat(64)],
  ['JSON of something else', '{"a": 1}'],
])('decides with a file whose sources are %s, and says so to whoever asks for them', async (_name, text) => {
  const engine = await start();
  const ruleSet = await engine.load(withSources(smallImage(), new TextEncoder().encode(text)));
  expect(ruleSet.decide({ amount: 101 })).toMatchObject({ status: 'OK', outcome: 'decline', reasons: [{ code: 'LARGE' }] });
  expect(ruleSet.name).toBe('small');
  expect(() => ruleSet.manifest).toThrow(expect.objectContaining({ code: 'INVALID_IMAGE' }));
  expect(() => ruleSet.explain({ amount: 101 })).toThrow(expect.objectContaining({ code: 'INVALID_IMAGE' }));
});

it('reads the sources when they are asked for, whatever became of the bytes that were given', async () => {
  const engine = await start();
  const file = smallImage();
  const ruleSet = await engine.load(file);
  file.fill(0);
  expect(ruleSet.manifest.rules.map(({ id }) => id)).toEqual(['large']);
  expect(ruleSet.manifest).toBe(ruleSet.manifest);
  expect(ruleSet.explain({ amount: 101 }).rules).toMatchObject([{ id: 'large', hit: true }]);
});

it("takes the deciding part's bytes of the tenant's heap, and no more", async () => {
  const engine = await start();
  const file = smallImage();
  const used = (): number => engine.stats().tenants[0]!.heapBytesUsed;
  const first = await engine.load(file, { tenant: 'one' });
  const before = used();
  const second = await engine.load(file, { tenant: 'one' });
  const each = used() - before;
  expect(each).toBe(before);
  // The heap gives whole lines of 64 bytes.
  expect(each - readImageFile(file).deciding.length).toBeGreaterThanOrEqual(0);
  expect(each - readImageFile(file).deciding.length).toBeLessThan(128);
  first.release();
  second.release();
  expect(used()).toBe(0);
});
