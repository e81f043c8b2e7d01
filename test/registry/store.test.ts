import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImageFile } from '#src/image/file.js';
import { Store } from '#src/registry/store.js';
import { smallImage, smallModel } from '../lib/small-image.js';

let directory: string;
const open: Store[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verdict-store-'));
});

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(directory, { recursive: true });
});

async function openStore(): Promise<Store> {
  const store = await Store.open(directory);
  open.push(store);
  return store;
}

async function reopen(): Promise<Store> {
  await open.pop()?.close();
  return openStore();
}

/** Publishes a small image and returns its hash. */
async function publish(store: Store, tenant: string, name: string, version: string, limit = 100): Promise<string> {
  const file = smallImage({ name, version, limit });
  const { hash } = readImageFile(file).header;
  await store.publish(tenant, name, version, hash, file, smallModel().lock);
  return hash;
}

/** What a start makes of the directory: `tenant/bundle version` of each image, and the problems as `path: message`. */
async function loaded(store: Store): Promise<{ live: string[]; problems: string[] }> {
  const { images, problems } = await store.load();
  return {
    live: images.map(({ tenant, bundle, image }) => `${tenant}/${bundle} ${image.head.version}`),
    problems: problems.map(({ path, message }) => `${path}: ${message}`),
  };
}

const folder = (tenant: string, bundle: string): string => join(directory, 'tenants', tenant, 'bundles', bundle);

describe('Store', () => {
  it('finds again what was published, each bundle at its last version', async () => {
    const store = await openStore();
    await publish(store, 'b', 'cards', '1.0.0');
    await publish(store, 'a', 'loans', '0.9.0');
    const hash = await publish(store, 'b', 'cards', '1.1.0', 200);
    const again = await reopen();
    expect(await loaded(again)).toEqual({ live: ['a/loans 0.9.0', 'b/cards 1.1.0'], problems: [] });
    expect(await again.hashOfVersion('b', 'cards', '1.1.0')).toBe(hash);
    expect(await again.hashOfVersion('b', 'cards', '1.0.0')).toMatch(/^[0-9a-f]{16}$/);
    expect(await again.hashOfVersion('b', 'cards', 'constructor')).toBeUndefined();
    expect(await again.readLock('b', 'cards')).toEqual(smallModel().lock);
    expect(await again.readLock('b', 'other')).toBeUndefined();
  });

  it('is empty where nothing was published', async () => {
    expect(await loaded(await openStore())).toEqual({ live: [], problems: [] });
  });

  it('publishes nothing under a name or version that is no file name', async () => {
    const store = await openStore();
    for (const [tenant, name, version] of [
      ['..', 'x', '1'],
      ['x', '../y', '1'],
      ['x', 'y', '../1'],
      ['x', 'y', ''],
      ['X', 'y', '1'],
    ] as const) {
      await expect(store.publish(tenant, name, version, '0'.repeat(16), new Uint8Array(8), smallModel().lock)).rejects.toThrow(
        /not a/,
      );
    }
    expect(await readdir(join(directory, 'tenants'))).toEqual([]);
  });

  describe('has one owner', () => {
    it('at a time', async () => {
      await openStore();
      await expect(Store.open(directory)).rejects.toThrow(`in use by process ${process.pid}`);
      await open.pop()!.close();
      await openStore();
    });

    it('and a file that a dead one left does not matter', async () => {
      await openStore();
      await open.pop()!.close();
      // Nobody listens; the second died before it was to be seen.
      const names = ['owner-000000000000.sock', 'owner-ffffffffffff.new'];
      for (const name of names) await writeFile(join(directory, name), '');
      await openStore();
      const left = await readdir(directory);
      for (const name of names) expect(left).not.toContain(name);
      await expect(Store.open(directory)).rejects.toThrow(/in use/);
    });

    it('of many that start at once', async () => {
      await writeFile(join(directory, 'owner-000000000000.sock'), '');
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => Store.open(directory)));
      const stores = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      open.push(...stores);
      expect(stores).toHaveLength(1);
    });
  });

  describe('after a crash', () => {
    // The letters are those of the table in store.ts.
    it('A: removes temporary files', async () => {
      await publish(await openStore(), 'a', 'cards', '1.0.0');
      await writeFile(join(folder('a', 'cards'), 'lock.json.1234abcd.tmp'), 'half');
      expect(await loaded(await reopen())).toEqual({ live: ['a/cards 1.0.0'], problems: [] });
      expect((await readdir(folder('a', 'cards'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    });

    it('B: keeps a lock without an image', async () => {
      await publish(await openStore(), 'a', 'cards', '1.0.0');
      for (const name of await readdir(folder('a', 'cards'))) if (name !== 'lock.json') await rm(join(folder('a', 'cards'), name));
      const store = await reopen();
      expect(await loaded(store)).toEqual({ live: [], problems: [] });
      expect(await store.readLock('a', 'cards')).toEqual(smallModel().lock);
    });

    it('C: ignores an image that was not committed, and its version is free', async () => {
      await publish(await openStore(), 'a', 'cards', '1.0.0');
      const live = await readFile(join(folder('a', 'cards'), 'live.json'));
      await publish(open.at(-1)!, 'a', 'cards', '1.1.0', 200);
      await writeFile(join(folder('a', 'cards'), 'live.json'), live);
      const store = await reopen();
      expect(await loaded(store)).toEqual({ live: ['a/cards 1.0.0'], problems: [] });
      expect(await store.hashOfVersion('a', 'cards', '1.1.0')).toBeUndefined();
      await publish(store, 'a', 'cards', '1.1.0', 300);
      expect(await loaded(await reopen())).toEqual({ live: ['a/cards 1.1.0'], problems: [] });
    });

    it('C: ignores the image of a first publish that was not committed', async () => {
      await publish(await openStore(), 'a', 'cards', '1.0.0');
      await rm(join(folder('a', 'cards'), 'live.json'));
      expect(await loaded(await reopen())).toEqual({ live: [], problems: [] });
    });
  });

  describe('reports damage and hides nothing else', () => {
    const damages: [string, (folder: string, image: string) => Promise<void>, RegExp][] = [
      ['a cut image', async (_, image) => truncate(image, 500), /damaged image file/],
      ['an empty image', async (_, image) => truncate(image, 0), /not an image/],
      ['a changed byte in the deciding part', (_, image) => flip(image, 300), /damaged image file/],
      ['a changed byte in the manifest', (_, image) => flip(image, -40), /damaged image file/],
      ['a missing image', async (_, image) => rm(image), /ENOENT/],
      ['a live.json that is no JSON', async (path) => writeFile(join(path, 'live.json'), '{'), /live.json is damaged: not JSON/],
      ['a changed byte in live.json', (path) => flip(join(path, 'live.json'), -8), /live.json is damaged/],
      ['another image', async (_, image) => writeFile(image, smallImage({ name: 'cards', limit: 9 })), /holds another image/],
      ['a file that is no folder', async (path) => writeFile(join(path, '..', 'stray'), ''), /stray: does not belong here/],
    ];

    for (const [name, damage, message] of damages) {
      it(name, async () => {
        const store = await openStore();
        await publish(store, 'a', 'cards', '1.0.0');
        await publish(store, 'a', 'loans', '1.0.0');
        await publish(store, 'b', 'cards', '1.0.0');
        const image = (await readdir(folder('a', 'cards'))).find((file) => file.endsWith('.image'))!;
        await damage(folder('a', 'cards'), join(folder('a', 'cards'), image));
        const { live, problems } = await loaded(await reopen());
        expect(live.filter((each) => !each.startsWith('a/cards'))).toEqual(['a/loans 1.0.0', 'b/cards 1.0.0']);
        expect(problems).toEqual([expect.stringMatching(message)]);
      });
    }

    it('in a lock: ids are not guessed', async () => {
      const store = await openStore();
      await publish(store, 'a', 'cards', '1.0.0');
      await flip(join(folder('a', 'cards'), 'lock.json'), -10);
      await expect(store.readLock('a', 'cards')).rejects.toThrow(/lock.json is damaged/);
    });

    it('and a version stays taken where live.json is damaged', async () => {
      const store = await openStore();
      const hash = await publish(store, 'a', 'cards', '1.0.0');
      await flip(join(folder('a', 'cards'), 'live.json'), -8);
      expect(await store.hashOfVersion('a', 'cards', '1.0.0')).toBe(hash);
    });

    it('and a bundle without its live.json can be published again', async () => {
      const store = await openStore();
      await publish(store, 'a', 'cards', '1.0.0');
      await publish(store, 'a', 'cards', '1.1.0', 200);
      await rm(join(folder('a', 'cards'), 'live.json'));
      const again = await reopen();
      expect((await loaded(again)).problems).toEqual([expect.stringContaining('live.json is missing')]);
      await publish(again, 'a', 'cards', '1.2.0', 300);
      expect(await loaded(await reopen())).toEqual({ live: ['a/cards 1.2.0'], problems: [] });
    });
  });

  it('leaves the old image live where it cannot write', async () => {
    const store = await openStore();
    await publish(store, 'a', 'cards', '1.0.0');
    const file = smallImage({ name: 'cards', version: '1.1.0', limit: 200 });
    const { hash } = readImageFile(file).header;
    await mkdir(join(folder('a', 'cards'), `1.1.0-${hash}.image`)); // a rename onto a folder fails
    await expect(publish(store, 'a', 'cards', '1.1.0', 200)).rejects.toThrow();
    await rm(join(folder('a', 'cards'), `1.1.0-${hash}.image`), { recursive: true });
    expect(await loaded(await reopen())).toEqual({ live: ['a/cards 1.0.0'], problems: [] });
    expect((await readdir(folder('a', 'cards'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

/** Changes one byte, counted from the end where negative. */
async function flip(path: string, position: number): Promise<void> {
  const bytes = await readFile(path);
  const at = position < 0 ? bytes.length + position : position;
  bytes[at] = bytes[at]! ^ 1;
  await writeFile(path, bytes);
}
