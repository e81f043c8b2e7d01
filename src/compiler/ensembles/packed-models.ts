// Files of trained models in a manifest: deflated, in base64, so that an explanation reads what the image was made from.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { BundleEnsemble } from '../../bundle/ensembles.js';
import { UNPACKED_BYTES_MAX } from '../../bundle/limits.js';

/** By path. */
export function packModels(ensembles: readonly BundleEnsemble[]): Record<string, string> {
  const files = new Map(ensembles.map(({ model, bytes }) => [model, bytes]));
  return Object.fromEntries([...files].map(([path, bytes]) => [path, deflateRawSync(bytes).toString('base64')]));
}

export function unpackModels(models: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const unpack = (text: string): Uint8Array =>
    new Uint8Array(inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX }));
  return new Map(Object.entries(models).map(([path, text]) => [path, unpack(text)]));
}
