// The image that a bundle or an image file stands for, for what is made of it to be used elsewhere.

import { statSync } from 'node:fs';
import { ImageError } from '../../assembly/shared/status.js';
import type { BundleFiles } from '../bundle/files.js';
import { readImageFile } from '../image/file.js';
import type { ManifestHead } from '../image/manifest.js';
import { checkImage } from '../runtime/image-check.js';
import { compilePath, isImage, readGivenFile } from './bundle-dir.js';
import { Refusal } from './errors.js';
import type { Output } from './output.js';

export interface OpenedImage {
  image: Uint8Array;
  head: ManifestHead;
  files: BundleFiles | undefined;
}

/**
 * A bundle is compiled; an image file is verified by the engine, since a module does not verify it again. Undefined where the
 * bundle does not compile: why is printed. Throws Refusal INVALID_IMAGE.
 */
export async function openImage(path: string, output: Output): Promise<OpenedImage | undefined> {
  const bytes = statSync(path, { throwIfNoEntry: false })?.isFile() ? readGivenFile(path) : undefined;
  if (bytes === undefined || !isImage(bytes)) {
    const compiled = await compilePath(path, output);
    return compiled && { image: compiled.image, head: compiled.manifest, files: compiled.files };
  }
  try {
    const { deciding, head } = readImageFile(bytes);
    const error = checkImage(deciding);
    if (error !== ImageError.NONE) throw new Error(`the engine refuses it: ${ImageError[error]}`);
    return { image: bytes, head, files: undefined };
  } catch (error) {
    throw new Refusal('INVALID_IMAGE', `${path}: ${(error as Error).message}`, 'compile it again with `verdict compile`');
  }
}
