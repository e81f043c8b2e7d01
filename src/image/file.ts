// An image file: what `compile` makes, the store keeps and `load` takes.
//
//   | deciding part: IMAGE_BYTES | manifest: JSON, IMAGE_MANIFEST_BYTES | trailer 8: checksum32 of the manifest, magic |
//
// The manifest is padded with spaces to a multiple of 8. Only the deciding part enters a tenant's memory.

import * as at from '../../assembly/shared/image.js';
import { jsonValue } from '../schema/json-text.js';
import { modelFromJson } from '../schema/model-json.js';
import { checksum32 } from './checksum.js';
import { hex64, type ImageHeader, readHeader } from './header.js';
import type { Manifest } from './manifest.js';
import { align8 } from './template.js';
import { hashImage } from './write-image.js';

const TRAILER_BYTES = 8;

/** JSON text of a manifest; a bigint becomes { "$int": "123" }. */
export function printManifest(manifest: Manifest): string {
  return JSON.stringify(manifest, (_key, value: unknown) => (typeof value === 'bigint' ? { $int: value.toString() } : value));
}

/**
 * The inverse of `printManifest`. Only the model holds 64-bit integers: a reviver over all of it takes four times as long.
 *
 * @throws Error where the text is not a manifest of a known format
 */
export function parseManifest(text: string): Manifest {
  const manifest = jsonValue(text) as Manifest | null;
  if (manifest === null || typeof manifest !== 'object' || manifest.format !== 1) throw new Error('unknown manifest format');
  return { ...manifest, model: modelFromJson(manifest.model) };
}

/**
 * Joins a deciding part and its manifest into an image file.
 *
 * @param deciding result of `writeImage`; it is not changed
 */
export function joinImageFile(deciding: Uint8Array, manifest: Manifest): Uint8Array {
  const json = new TextEncoder().encode(printManifest(manifest));
  const manifestBytes = align8(json.length);
  const file = new Uint8Array(deciding.length + manifestBytes + TRAILER_BYTES);
  file.set(deciding);
  file.set(json, deciding.length);
  file.fill(0x20, deciding.length + json.length, deciding.length + manifestBytes);
  const view = new DataView(file.buffer);
  view.setUint32(at.IMAGE_MANIFEST_BYTES, manifestBytes, true);
  const trailer = deciding.length + manifestBytes;
  view.setUint32(trailer, checksum32(file.subarray(deciding.length, trailer)), true);
  view.setUint32(trailer + 4, at.IMAGE_MAGIC_VALUE, true);
  return file;
}

/**
 * Takes an image file apart. Damage anywhere in it is noticed here; whether the deciding part is safe to run is for the
 * engine's verifier to say.
 *
 * @returns `deciding`: a view of `bytes`, to be copied into a tenant's memory
 * @throws Error that names the damage
 */
export function readImageFile(bytes: Uint8Array): { deciding: Uint8Array; manifest: Manifest; header: ImageHeader } {
  const header = readHeader(bytes);
  if (header.bytes < at.IMAGE_HEADER_BYTES || header.bytes % 8 !== 0 || header.manifestBytes % 8 !== 0) {
    throw new Error('damaged image file: section lengths');
  }
  const trailer = header.bytes + header.manifestBytes;
  if (bytes.length !== trailer + TRAILER_BYTES) {
    throw new Error(`damaged image file: ${bytes.length} bytes instead of ${trailer + TRAILER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const deciding = bytes.subarray(0, header.bytes);
  if (checksum32(deciding.subarray(at.IMAGE_MODEL_HASH)) !== view.getUint32(at.IMAGE_CHECKSUM, true)) {
    throw new Error('damaged image file: checksum of the deciding part');
  }
  if (hex64(hashImage(deciding)) !== header.hash) throw new Error('damaged image file: hash of the deciding part');
  const manifest = bytes.subarray(header.bytes, trailer);
  if (checksum32(manifest) !== view.getUint32(trailer, true) || view.getUint32(trailer + 4, true) !== at.IMAGE_MAGIC_VALUE) {
    throw new Error('damaged image file: checksum of the manifest');
  }
  return { deciding, manifest: parseManifest(new TextDecoder().decode(manifest)), header };
}
