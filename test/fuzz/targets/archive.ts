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

const LIMITS = { archiveBytesMax: 65536, unpackedBytesMax: 32768, filesMax: 16 };
const PATH_CHARS_MAX = 255;

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
    const isSafe = path.length <= PATH_CHARS_MAX && path.split('/').every((part) => !['', '.', '..'].includes(part));
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

/** Changes a field of a header. */
function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (data.length < 1 + BLOCK || data[0]! % 3 !== 0) return undefined;
  const out = data.slice();
  const at = 1 + BLOCK * random.below(Math.floor((out.length - 1) / BLOCK));
  const name = random.pick(['../x', '/etc/x', 'a/b/c', './a.yaml', 'a//b', 'C:x', 'bundle.yaml', 'top/bundle.yaml', '._x', 'é']);
  const size = random.pick(['00000000000\0', '00000000010\0', '77777777777\0', '-0000000001\0', '00000100000\0']);
  switch (random.below(4)) {
    case 0:
      out.set(Buffer.from(`${name}\0`), at);
      break;
    case 1:
      out.set(Buffer.from(size), at + 124);
      break;
    case 2:
      out[at + 156] = random.pick([...Buffer.from('01234567xgLKNVSD\0')]);
      break;
    default:
      out.set(Buffer.from(random.pick(['ustar\0' + '00', 'ustar  \0', '\0\0\0\0\0\0\0\0'])), at + 257);
  }
  return out;
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

export const target: Target = { name: 'archive', fuzz, seeds, dictionary: TOKENS, bytesMax: 8192, mutate: change, repair };
