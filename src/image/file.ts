// An image file: what `compile` makes, the store keeps and `load` takes.
//
//   | deciding part: IMAGE_BYTES | head: JSON | sources: JSON |
//   | trailer 16: bytes of the head, checksum32 of the head, checksum32 of the sources, magic |
//
// Head and sources are padded with spaces to multiples of 8; together they are IMAGE_MANIFEST_BYTES. Only the deciding part enters
// a tenant's memory. The sources grow with the rules, and nobody reads them to decide.

import * as at from '../../assembly/shared/image.js';
import { jsonValue } from '../schema/json-text.js';
import { modelFromJson } from '../schema/model-json.js';
import { checksum32 } from './checksum.js';
import { hex64, type ImageHeader, readHeader } from './header.js';
import type { Manifest, ManifestHead, ManifestSources } from './manifest.js';
import { align8 } from './template.js';
import { hashImage } from './write-image.js';

const TRAILER_BYTES = 16;

/** An image file taken apart. The bytes are views of the file. */
export interface ImageFile {
  header: ImageHeader;
  /** To be copied into a tenant's memory. */
  deciding: Uint8Array;
  head: ManifestHead;
  /** For `readSources`. */
  sources: Uint8Array;
}

/**
 * Joins a deciding part and its manifest into an image file.
 *
 * @param deciding result of `writeImage`; it is not changed
 */
export function joinImageFile(deciding: Uint8Array, manifest: Manifest): Uint8Array {
  const { format, name, version, profile, combine, onError, model, lists, parameters, outputs, decides, costMax, ...sources } =
    manifest;
  const own = { ...(outputs === undefined ? {} : { outputs }), ...(decides === undefined ? {} : { decides }) };
  const head: ManifestHead = { format, name, version, profile, combine, onError, model, lists, parameters, ...own, costMax };
  const parts = [head, sources satisfies ManifestSources].map((part) => new TextEncoder().encode(printJson(part)));
  const sizes = parts.map(({ length }) => align8(length)) as [number, number];
  const trailer = deciding.length + sizes[0] + sizes[1];
  const file = new Uint8Array(trailer + TRAILER_BYTES);
  file.set(deciding);
  file.fill(0x20, deciding.length, trailer);
  file.set(parts[0]!, deciding.length);
  file.set(parts[1]!, deciding.length + sizes[0]);
  const view = new DataView(file.buffer);
  view.setUint32(at.IMAGE_MANIFEST_BYTES, sizes[0] + sizes[1], true);
  view.setUint32(trailer, sizes[0], true);
  view.setUint32(trailer + 4, checksum32(file.subarray(deciding.length, deciding.length + sizes[0])), true);
  view.setUint32(trailer + 8, checksum32(file.subarray(deciding.length + sizes[0], trailer)), true);
  view.setUint32(trailer + 12, at.IMAGE_MAGIC_VALUE, true);
  return file;
}

/**
 * Takes an image file apart. Damage anywhere in it is noticed here, that of the sources too, though they are not read; but for the
 * checksum of the deciding part, which the engine's verifier compares: whether that part is safe to run is for it to say.
 *
 * @throws Error that names the damage
 */
export function readImageFile(bytes: Uint8Array): ImageFile {
  const header = readHeader(bytes);
  if (header.bytes < at.IMAGE_HEADER_BYTES || header.bytes % 8 !== 0 || header.manifestBytes % 8 !== 0) {
    throw new Error('damaged image file: section lengths');
  }
  const trailer = header.bytes + header.manifestBytes;
  if (bytes.length !== trailer + TRAILER_BYTES) {
    throw new Error(`damaged image file: ${bytes.length} bytes instead of ${trailer + TRAILER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headBytes = view.getUint32(trailer, true);
  if (headBytes % 8 !== 0 || headBytes > header.manifestBytes || view.getUint32(trailer + 12, true) !== at.IMAGE_MAGIC_VALUE) {
    throw new Error('damaged image file: trailer');
  }
  const deciding = bytes.subarray(0, header.bytes);
  if (hex64(hashImage(deciding)) !== header.hash) throw new Error('damaged image file: hash of the deciding part');
  const head = bytes.subarray(header.bytes, header.bytes + headBytes);
  const sources = bytes.subarray(header.bytes + headBytes, trailer);
  if (checksum32(head) !== view.getUint32(trailer + 4, true)) throw new Error('damaged image file: checksum of the manifest');
  if (checksum32(sources) !== view.getUint32(trailer + 8, true)) throw new Error('damaged image file: checksum of the sources');
  return { header, deciding, head: readHead(head), sources };
}

/**
 * The sources of an image file that `readImageFile` has taken apart.
 *
 * @throws Error where a file that is not damaged holds something else
 */
export function readSources(sources: Uint8Array): ManifestSources {
  const value = jsonValue(new TextDecoder().decode(sources)) as ManifestSources | null;
  const isRead = value !== null && typeof value === 'object' && Array.isArray(value.rules);
  if (!isRead) throw new Error('the file does not hold the sources of an image');
  return value;
}

/** Head and sources of an image file. @throws Error as `readImageFile` and `readSources` */
export function readManifest(bytes: Uint8Array): Manifest {
  const { head, sources } = readImageFile(bytes);
  return { ...head, ...readSources(sources) };
}

/** Only the model holds 64-bit integers: a reviver over all of it takes four times as long. */
function readHead(bytes: Uint8Array): ManifestHead {
  const head = jsonValue(new TextDecoder().decode(bytes)) as ManifestHead | null;
  if (head === null || typeof head !== 'object' || head.format !== 2) throw new Error('unknown manifest format');
  return { ...head, model: modelFromJson(head.model) };
}

/** A bigint becomes { "$int": "123" }. */
function printJson(part: ManifestHead | ManifestSources): string {
  return JSON.stringify(part, (_key, value: unknown) => (typeof value === 'bigint' ? { $int: value.toString() } : value));
}
