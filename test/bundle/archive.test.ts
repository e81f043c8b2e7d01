import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS, readJsonBundle, readTarGz, writeTarGz } from '#src/bundle/archive.js';
import type { BundleFiles } from '#src/bundle/files.js';
import { bundleFiles } from './files.js';

interface Entry {
  name: string;
  text?: string;
  type?: 'file' | 'symlink' | 'link' | 'directory' | 'fifo' | 'character-device';
  linkname?: string;
}

async function tarGz(entries: readonly Entry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { name, text = '', type = 'file', linkname } of entries) {
    const header = { name, type, ...(linkname === undefined ? {} : { linkname }) };
    if (type === 'file') tar.entry(header, text);
    else tar.entry(header);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const texts = (files: BundleFiles): Record<string, string> =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));

describe('archives', () => {
  it('come back as they were packed', async () => {
    const files = bundleFiles();
    const packed = await writeTarGz(files);
    expect(texts(await readTarGz(packed))).toEqual(texts(files));
    expect(await writeTarGz(new Map([...files].reverse()))).toEqual(packed);
  });

  it('lose a directory around the bundle, and clutter', async () => {
    const entries: Entry[] = [
      { name: './card/', type: 'directory' },
      { name: './card/bundle.yaml', text: 'a' },
      { name: './card/rules/a.yaml', text: 'b' },
      { name: './card/._bundle.yaml', text: 'x' },
    ];
    expect(texts(await readTarGz(await tarGz(entries)))).toEqual({ 'bundle.yaml': 'a', 'rules/a.yaml': 'b' });
  });

  it('keep a directory that holds no bundle', async () => {
    const files = await readTarGz(await tarGz([{ name: 'rules/a.yaml', text: 'b' }]));
    expect([...files.keys()]).toEqual(['rules/a.yaml']);
  });

  it('hold no clutter as JSON either: what is packed again stays the same', async () => {
    const files = readJsonBundle('{"files":{"a.yaml":"a","rules/._a.yaml":"x",".DS_Store":"x"}}');
    expect([...files.keys()]).toEqual(['a.yaml']);
    expect([...(await readTarGz(await writeTarGz(files))).keys()]).toEqual(['a.yaml']);
    expect(() => readJsonBundle('{"files":{"._a.yaml":"x"}}')).toThrow('the bundle has no files');
  });

  it('with a size that is no number are refused, not waited for', async () => {
    const tar = gunzipSync(
      await tarGz([
        { name: 'a.yaml', text: 'a' },
        { name: 'b.yaml', text: 'b' },
      ]),
    );
    const header = tar.subarray(1024, 1536);
    header[124] = 0x81;
    header.fill(0x20, 148, 156);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    await expect(readTarGz(gzipSync(tar))).rejects.toThrow(/damaged/);
  });

  it.each<[string, Entry[], RegExp]>([
    ['a path upwards', [{ name: '../x' }], /not allowed/],
    ['a path upwards inside', [{ name: 'a/../../x' }], /not allowed/],
    ['an absolute path', [{ name: '/etc/passwd' }], /not allowed/],
    ['a backslash', [{ name: 'a\\b' }], /not allowed/],
    ['a drive', [{ name: 'C:x' }], /not allowed/],
    ['a drive inside the top directory', [{ name: 'top/C:/x' }], /not allowed/],
    ['a control character', [{ name: 'a\u0007b' }], /not allowed/],
    ['a long path', [{ name: `${'a/'.repeat(200)}x` }], /longer than/],
    ['a symbolic link', [{ name: 'a', type: 'symlink', linkname: '/etc/passwd' }], /is a symlink/],
    [
      'a hard link',
      [
        { name: 'b', text: 'x' },
        { name: 'a', type: 'link', linkname: 'b' },
      ],
      /is a link/,
    ],
    ['a pipe', [{ name: 'a', type: 'fifo' }], /is a fifo/],
    ['a device', [{ name: 'a', type: 'character-device' }], /is a character-device/],
    ['a file twice', [{ name: 'a' }, { name: './a' }], /stands twice/],
    ['nothing', [], /no files/],
  ])('with %s are refused', async (_, entries, message) => {
    await expect(readTarGz(await tarGz(entries))).rejects.toMatchObject({
      code: 'INVALID_ARCHIVE',
      message: expect.stringMatching(message),
    });
  });

  const limits = { ...ARCHIVE_LIMITS, filesMax: 3, unpackedBytesMax: 1000 };

  it('are bounded in files', async () => {
    const entries = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
    await expect(readTarGz(await tarGz(entries), limits)).rejects.toThrow('more than 3 files');
    expect((await readTarGz(await tarGz(entries.slice(1)), limits)).size).toBe(3);
  });

  it('are bounded in entries of any kind', async () => {
    const entries: Entry[] = Array.from({ length: 8 }, (_, i) => ({ name: `d${i}/`, type: 'directory' }));
    await expect(readTarGz(await tarGz(entries), limits)).rejects.toThrow('more than 3 files');
  });

  it('are bounded in bytes', async () => {
    await expect(readTarGz(await tarGz([{ name: 'a', text: 'x'.repeat(1001) }]), limits)).rejects.toThrow('more than 1000 bytes');
    await expect(readTarGz(new Uint8Array(11), { ...limits, archiveBytesMax: 10 })).rejects.toThrow('more than 10');
  });

  it('that unpack to far more than they may are stopped on the way', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(readTarGz(bomb, limits)).rejects.toMatchObject({ code: 'INVALID_ARCHIVE' });
    const inside = await tarGz([{ name: 'a', text: 'x'.repeat(32 * 1024 * 1024) }]);
    await expect(readTarGz(inside, limits)).rejects.toThrow('more than 1000 bytes');
  });

  it('that are damaged are refused', async () => {
    const good = await tarGz([{ name: 'bundle.yaml', text: 'name: x\n'.repeat(500) }]);
    for (const damaged of [
      good.subarray(0, good.length - 9),
      good.subarray(0, 20),
      new Uint8Array(0),
      new TextEncoder().encode('hello'),
    ]) {
      await expect(readTarGz(damaged)).rejects.toMatchObject({ code: 'INVALID_ARCHIVE' });
    }
    await expect(readTarGz(gzipSync(Buffer.alloc(1024, 7)))).rejects.toMatchObject({ code: 'INVALID_ARCHIVE' });
  });
});

describe('JSON bundles', () => {
  it('hold texts and values', () => {
    const files = readJsonBundle(JSON.stringify({ files: { 'bundle.json': { name: 'x' }, 'rules/a.yaml': '- a\n' } }));
    expect(texts(files)).toEqual({ 'bundle.json': '{\n  "name": "x"\n}\n', 'rules/a.yaml': '- a\n' });
  });

  it.each([
    ['{', 'INVALID_JSON'],
    ['{"files":{"a":"x","a":"y"}}', 'INVALID_ARCHIVE'],
    ['{"files":{"a.json":{"b":{"c":1,"c":2}}}}', 'INVALID_ARCHIVE'],
    ['[]', 'INVALID_ARCHIVE'],
    ['null', 'INVALID_ARCHIVE'],
    ['{"files":[]}', 'INVALID_ARCHIVE'],
    ['{"files":{}}', 'INVALID_ARCHIVE'],
    ['{"files":{"../x":""}}', 'INVALID_ARCHIVE'],
    ['{"files":{"a":"","./a":""}}', 'INVALID_ARCHIVE'],
    ['{"files":{"__proto__/../x":""}}', 'INVALID_ARCHIVE'],
  ])('%s is %s', (text, code) => expect(() => readJsonBundle(text)).toThrow(expect.objectContaining({ code })));

  it('are not nested too deeply', () => {
    const value = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(() => readJsonBundle(`{"files":{"a":${value}}}`)).toThrow(expect.objectContaining({ code: 'INVALID_ARCHIVE' }));
  });

  it('are bounded', () => {
    const limits = { ...ARCHIVE_LIMITS, filesMax: 1, unpackedBytesMax: 10 };
    expect(() => readJsonBundle('{"files":{"a":"","b":""}}', limits)).toThrow('more than 1 files');
    expect(() => readJsonBundle('{"files":{"a":"01234567890"}}', limits)).toThrow('more than 10 bytes');
  });
});
