// Bundles as they are sent: a .tar.gz of the directory, or one JSON document. An archive is a stranger's: sizes are counted
// while it is unpacked, links and devices are refused, and no path leaves the bundle.

import { createGunzip, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { Problem } from '../errors.js';
import { parseJson } from '../schema/json-text.js';
import type { BundleFiles } from './files.js';
import { ARCHIVE_BYTES_MAX, FILES_MAX, PATH_CHARS_MAX, UNPACKED_BYTES_MAX } from './limits.js';

export interface ArchiveLimits {
  /** Bytes of the archive as it is sent. */
  archiveBytesMax: number;
  /** Bytes of all of its files. */
  unpackedBytesMax: number;
  filesMax: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  archiveBytesMax: ARCHIVE_BYTES_MAX,
  unpackedBytesMax: UNPACKED_BYTES_MAX,
  filesMax: FILES_MAX,
};

/** Headers, padding and the two end blocks a tar adds for each file, and for as many directories and long names. */
const TAR_BYTES_PER_FILE = 8192;

function refuse(detail: string): Problem {
  return new Problem('INVALID_ARCHIVE', detail);
}

/**
 * A path of an archive inside the bundle.
 * @throws Problem INVALID_ARCHIVE for absolute paths, `..`, backslashes, control characters and overlong ones
 */
function safePath(name: string): string {
  const path = name.replace(/^(\.\/)+/, '');
  if (path.length > PATH_CHARS_MAX) throw refuse(`a path is longer than ${PATH_CHARS_MAX} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path) || path.startsWith('/')) {
    throw refuse(`the path ${JSON.stringify(name)} is not allowed`);
  }
  // A drive may come first once the directory around the bundle is taken off.
  if (path.split('/').some((part) => part === '..' || part === '.' || part === '' || /^[A-Za-z]:/.test(part))) {
    throw refuse(`the path ${JSON.stringify(name)} is not allowed`);
  }
  return path;
}

/** Files that archivers of other systems leave beside the real ones. */
function isClutter(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('._') || name === '.DS_Store';
}

/** Without the one directory that all files lie in, unless the bundle starts right at the top. */
function stripTop(files: Map<string, Uint8Array>): BundleFiles {
  const paths = [...files.keys()];
  const top = paths[0]?.split('/')[0];
  if (top === undefined || !paths.every((path) => path.startsWith(`${top}/`))) return files;
  if (!paths.some((path) => /^[^/]+\/bundle\.(ya?ml|json)$/.test(path))) return files;
  return new Map([...files].map(([path, bytes]) => [path.slice(top.length + 1), bytes]));
}

/**
 * Unpacks a .tar.gz. A single directory around the bundle is taken off.
 * @throws Problem INVALID_ARCHIVE with what is wrong: damage, a limit, a link, a path outside
 */
export async function readTarGz(bytes: Uint8Array, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<BundleFiles> {
  if (bytes.length > limits.archiveBytesMax)
    throw refuse(`the archive has ${bytes.length} bytes, more than ${limits.archiveBytesMax}`);
  const files = new Map<string, Uint8Array>();
  let total = 0;
  let entries = 0;
  const gunzip = createGunzip();
  const tar = extract();
  let inflated = 0;
  gunzip.on('data', (chunk: Buffer) => {
    inflated += chunk.length;
    // Headers count too: an archive of a million empty entries is one as well.
    const most = limits.unpackedBytesMax + limits.filesMax * TAR_BYTES_PER_FILE;
    if (inflated > most) gunzip.destroy(refuse(`the archive unpacks to more than ${limits.unpackedBytesMax} bytes`));
  });
  gunzip.on('error', (error) => tar.destroy(error instanceof Problem ? error : refuse(`the archive is damaged: ${error.message}`)));
  gunzip.pipe(tar);
  gunzip.end(bytes);
  try {
    for await (const entry of tar) {
      const { name, type, size } = entry.header;
      entries++;
      // The parser takes a size that is no number for null, and then waits for the end of the entry for ever.
      if (typeof size !== 'number') throw refuse(`the archive is damaged: ${JSON.stringify(name)} has no size`);
      if (entries > 2 * limits.filesMax) throw refuse(`the archive has more than ${limits.filesMax} files`);
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file' && type !== 'contiguous-file')
        throw refuse(`${JSON.stringify(name)} is a ${type}; only plain files are taken`);
      const path = safePath(name);
      if (files.size >= limits.filesMax) throw refuse(`the archive has more than ${limits.filesMax} files`);
      total += size ?? 0;
      if (total > limits.unpackedBytesMax) throw refuse(`the archive unpacks to more than ${limits.unpackedBytesMax} bytes`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (isClutter(path)) continue;
      if (files.has(path)) throw refuse(`the path ${JSON.stringify(path)} stands twice`);
      files.set(path, new Uint8Array(Buffer.concat(chunks)));
    }
  } catch (error) {
    throw error instanceof Problem ? error : refuse(`the archive is damaged: ${(error as Error).message}`);
  } finally {
    gunzip.destroy();
    tar.destroy();
  }
  if (files.size === 0) throw refuse('the archive has no files');
  return stripTop(files);
}

/**
 * Reads a bundle out of JSON: { "files": { "path": "text", { "$base64": "bytes" } or a JSON value } }.
 * @throws Problem INVALID_JSON or INVALID_ARCHIVE
 */
export function readJsonBundle(text: string, limits: ArchiveLimits = ARCHIVE_LIMITS): BundleFiles {
  const { value, duplicates } = parseJson(text);
  const [twin] = duplicates;
  if (twin !== undefined) throw refuse(`${twin.pointer} ${twin.message}`);
  const listed = typeof value === 'object' && value !== null ? (value as { files?: unknown }).files : undefined;
  if (typeof listed !== 'object' || listed === null || Array.isArray(listed)) {
    throw refuse('the document needs "files": an object of path and content');
  }
  const entries = Object.entries(listed);
  if (entries.length > limits.filesMax) throw refuse(`the bundle has more than ${limits.filesMax} files`);
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for (const [name, content] of entries) {
    const path = safePath(name);
    if (files.has(path)) throw refuse(`the path ${JSON.stringify(path)} stands twice`);
    const bytes = bytesOf(path, content) ?? encoder.encode(typeof content === 'string' ? content : printDocument(path, content));
    total += bytes.length;
    if (total > limits.unpackedBytesMax) throw refuse(`the bundle has more than ${limits.unpackedBytesMax} bytes`);
    if (!isClutter(path)) files.set(path, bytes);
  }
  if (files.size === 0) throw refuse('the bundle has no files');
  return stripTop(files);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a file that is no text: { "$base64": "..." }, and nothing beside it. */
function bytesOf(path: string, content: unknown): Uint8Array | undefined {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined;
  const keys = Object.keys(content);
  if (keys.length !== 1 || keys[0] !== '$base64') return undefined;
  const text: unknown = (content as { $base64: unknown }).$base64;
  if (typeof text !== 'string' || !BASE64.test(text)) throw refuse(`${JSON.stringify(path)} is not in base64`);
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function printDocument(path: string, content: unknown): string {
  try {
    return `${JSON.stringify(content, null, 2)}\n`;
  } catch {
    throw refuse(`${JSON.stringify(path)} is nested too deeply`); // the printer recurses, the parser does not
  }
}

/** Packs a bundle; equal bundles give equal bytes (paths sorted, no times, no owners). */
export async function writeTarGz(files: BundleFiles): Promise<Uint8Array> {
  const tar = pack();
  for (const path of [...files.keys()].sort()) {
    tar.entry({ name: path, mode: 0o644, mtime: new Date(0) }, Buffer.from(files.get(path)!));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return new Uint8Array(gzipSync(Buffer.concat(chunks)));
}
