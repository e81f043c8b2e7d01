// Archives of bundles. The first byte says what the rest is: a tar that is to be packed, a .tar.gz as it is sent, or JSON.

import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { readJsonBundle, readTarGz, writeTarGz } from '#src/bundle/archive.js';
import type { BundleFiles } from '#src/bundle/files.js';
import { Problem } from '#src/errors.js';
import { BUNDLES } from '../lib/bundles.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { must, type Target } from '../lib/target.js';

const LIMITS = { archiveBytesMax: 65536, unpackedBytesMax: 3072, filesMax: 6 };
const PATH_CHARS_MAX = 255;
const BYTES_MAX = 16384;

export async function fuzz(data: Uint8Array): Promise<void> {
  if (data.length === 0) return;
  const kind = data[0]! % 3;
  const rest = data.subarray(1);
  let files: BundleFiles;
  try {
    files =
      kind === 2
        ? readJsonBundle(new TextDecoder().decode(rest), LIMITS)
        : await readTarGz(kind === 0 ? gzipSync(rest, { level: 1 }) : rest, LIMITS);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    must(['INVALID_ARCHIVE', 'INVALID_JSON'].includes(error.code), error.code);
    return;
  }
  must(files.size > 0 && files.size <= LIMITS.filesMax, `${files.size} files`);
  let total = 0;
  for (const [path, bytes] of files) {
    const isSafe = path.length <= PATH_CHARS_MAX && path.split('/').every((part) => !/^(?:|\.|\.\.|[A-Za-z]:.*)$/.test(part));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    must(isSafe && !/[\0-\x1f\x7f\\]/.test(path), `path ${JSON.stringify(path)}`);
    total += bytes.length;
  }
  must(total <= LIMITS.unpackedBytesMax, `${total} bytes`);
  const again = await readTarGz(await writeTarGz(files), LIMITS);
  must(again.size === files.size, 'packed again, other files');
  for (const [path, bytes] of files) {
    const other = again.get(path) ?? again.get(path.slice(path.indexOf('/') + 1));
    must(other !== undefined && Buffer.compare(other, bytes) === 0, `packed again, ${JSON.stringify(path)} differs`);
  }
  plantedIn(() => [...files.keys()].join('\n'));
}

async function tarOf(files: BundleFiles): Promise<Uint8Array> {
  const tar = pack();
  for (const [name, bytes] of files) tar.entry({ name, mtime: new Date(0) }, Buffer.from(bytes));
  tar.entry({ name: 'rules/long-'.padEnd(120, 'x'), mtime: new Date(0) }, 'x');
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const small = new Map([
  ['bundle.yaml', new TextEncoder().encode('name: x\n')],
  ['rules/a.yaml', new TextEncoder().encode('[]\n')],
]);
const tar = await tarOf(small);
const texts = (files: BundleFiles): object =>
  Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

function* seeds(): Generator<Uint8Array> {
  yield Uint8Array.of(0, ...tar);
  yield Uint8Array.of(1, ...gzipSync(tar));
  yield Uint8Array.of(2, ...Buffer.from(JSON.stringify({ files: texts(BUNDLES[0]!) })));
  yield Uint8Array.of(2, ...Buffer.from(JSON.stringify({ files: texts(small) })));
  yield Uint8Array.of(2, ...Buffer.from('{"files":{"top/bundle.json":{"a":[1,null]},"top/rules/b.yaml":""}}'));
}

const BLOCK = 512;

/** The checksum of each header of a tar. */
function repair(data: Uint8Array): Uint8Array {
  if (data.length < 1 + BLOCK || data[0]! % 3 !== 0) return data;
  const out = data.slice();
  for (let at = 1; at + BLOCK <= out.length; ) {
    const block = out.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) break;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((all, byte) => all + byte, 0);
    block.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `, 'latin1'), 148);
    const size = Number.parseInt(Buffer.from(block.subarray(124, 135)).toString('latin1'), 8);
    at += BLOCK + (Number.isNaN(size) ? 0 : Math.ceil(size / BLOCK) * BLOCK);
  }
  return out;
}

/** Where the headers of a tar stand, and how long each is with what belongs to it. */
function entriesOf(data: Uint8Array): { at: number; bytes: number }[] {
  const entries: { at: number; bytes: number }[] = [];
  for (let at = 1; at + BLOCK <= data.length && data[at] !== 0; ) {
    const size = Number.parseInt(Buffer.from(data.subarray(at + 124, at + 135)).toString('latin1'), 8);
    const bytes = BLOCK + (size >= 0 && size < data.length ? Math.ceil(size / BLOCK) * BLOCK : 0);
    entries.push({ at, bytes });
    at += bytes;
  }
  return entries;
}

const PARTS = [
  '..',
  '.',
  '',
  'C:',
  'c:x',
  'a',
  'bundle.yaml',
  'rules',
  'top',
  '._x',
  '.DS_Store',
  'é',
  'x'.repeat(90),
  '\\',
  '\x01',
];

/** A path with a part put in, taken away, or in place of another. */
function changePath(path: string, random: Random): string {
  const parts = path.split('/');
  const at = random.below(parts.length + 1);
  const given = random.chance(20) ? [] : [random.pick(PARTS)];
  parts.splice(at, random.below(2), ...given);
  return parts.join('/');
}

/** Changes a field of a header, or has an entry more often. */
function changeTar(data: Uint8Array, random: Random): Uint8Array | undefined {
  const entries = entriesOf(data);
  if (entries.length === 0) return undefined;
  const { at, bytes } = random.pick(entries);
  const out = data.slice();
  const roll = random.below(10);
  if (roll < 3) {
    const path = Buffer.from(out.subarray(at, at + 100))
      .toString('latin1')
      .split('\0')[0]!;
    out.fill(0, at, at + 100).set(Buffer.from(changePath(path, random), 'latin1').subarray(0, 100), at);
  } else if (roll < 5) {
    const size = random.chance(50) ? random.below(6000).toString(8) : random.pick(['0', '77777777777', '-1', '00000000008']);
    out.set(Buffer.from(`${size.padStart(11, '0')}\0`), at + 124);
  } else if (roll < 6) {
    out[at + 156] = random.pick([...Buffer.from('01234567xgLKNVSD\0')]);
  } else if (roll < 7) {
    out.set(Buffer.from(random.pick(['ustar\0' + '00', 'ustar  \0', '\0\0\0\0\0\0\0\0'])), at + 257);
  } else {
    const times = 1 + random.below(random.chance(70) ? 2 : 10);
    const copies = Array.from({ length: times }, () => {
      const copy = data.slice(at, at + bytes);
      copy[0] = 97 + random.below(26);
      return copy;
    });
    return Buffer.concat([data.subarray(0, at), ...copies, data.subarray(at)]);
  }
  return out;
}

/** Changes a path of a JSON bundle, or has a file more often. */
function changeJson(data: Uint8Array, random: Random): Uint8Array | undefined {
  let files: [string, unknown][];
  try {
    files = Object.entries((JSON.parse(Buffer.from(data.subarray(1)).toString()) as { files: object }).files);
  } catch {
    return undefined;
  }
  if (files.length === 0) return undefined;
  const index = random.below(files.length);
  const [path, content] = files[index]!;
  if (random.chance(70)) files[index] = [changePath(path, random), content];
  else for (let left = 1 + random.below(10); left > 0; left--) files.splice(index, 0, [`${path}${left}`, content]);
  // Paths may come twice, which no object of JavaScript holds.
  const text = files.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join();
  return Buffer.concat([data.subarray(0, 1), Buffer.from(`{"files":{${text}}}`)]);
}

function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (data.length < 2) return undefined;
  const changed = data[0]! % 3 === 0 ? changeTar(data, random) : data[0]! % 3 === 2 ? changeJson(data, random) : undefined;
  return changed !== undefined && changed.length <= BYTES_MAX ? new Uint8Array(changed) : undefined;
}

const TOKENS = [
  '{"files":{',
  '"bundle.yaml":',
  '"../x":',
  '"a/./b":',
  '"__proto__":',
  '"a\\u0000":',
  '}}',
  ':',
  ',',
  'null',
  '[]',
  '{}',
  '""',
];

export const target: Target = { name: 'archive', fuzz, seeds, dictionary: TOKENS, bytesMax: BYTES_MAX, mutate: change, repair };
