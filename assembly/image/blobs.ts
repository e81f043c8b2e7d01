// Verifies blobs: data that functions of the program read in place. Each lies in the data section where the one before ends, and
// is what its kind says.

import { verifyCase } from '../functions/case';
import { verifyPattern } from '../functions/pattern';
import { verifyZone } from '../functions/zone';
import { verifyIndex } from '../index/verify';
import { verifyPlan } from '../json/plan';
import { verifyOutputs } from '../outputs/verify';
import {
  BLOB_BYTES,
  BLOB_KIND,
  BLOB_OFFSET,
  BLOB_SIZE,
  BlobKind,
  IMAGE_BLOB_COUNT,
  IMAGE_BLOBS,
  IMAGE_DATA,
  IMAGE_DATA_BYTES,
  IMAGE_JSON,
  IMAGE_KIND,
  IMAGE_OUTPUTS,
  ImageKind,
} from '../shared/image';
import { ImageError } from '../shared/status';
import { verifyEnsemble } from '../trees/verify';

/** Descriptor of blob `index`, which exists. */
export function blobOf(image: usize, index: u32): usize {
  return image + load<u32>(image, IMAGE_BLOBS) + index * BLOB_BYTES;
}

/** Address of the first byte of blob `index`, which exists. */
export function blobAddress(image: usize, index: u32): usize {
  return image + load<u32>(image, IMAGE_DATA) + load<u32>(blobOf(image, index), BLOB_OFFSET);
}

export function verifyBlobs(image: usize): ImageError {
  const count = load<u32>(image, IMAGE_BLOB_COUNT);
  const dataBytes = load<u32>(image, IMAGE_DATA_BYTES) as u64;
  let end: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const blob = blobOf(image, index);
    const kind = load<u32>(blob, BLOB_KIND);
    const bytes = load<u32>(blob, BLOB_SIZE);
    if ((load<u32>(blob, BLOB_OFFSET) as u64) !== end || load<u32>(blob, 12) !== 0) return ImageError.BAD_BLOB;
    end = (end + (bytes as u64) + 7) & ~7;
    if (end > dataBytes || !contentFits(image, kind, blobAddress(image, index), bytes)) return ImageError.BAD_BLOB;
  }
  return end === dataBytes && jsonFits(image) && outputsFit(image) ? ImageError.NONE : ImageError.BAD_BLOB;
}

/** Whether an image that decides names its plan for JSON, and another one none. */
function jsonFits(image: usize): bool {
  const json = load<u32>(image, IMAGE_JSON);
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION) return json === 0;
  return json - 1 < load<u32>(image, IMAGE_BLOB_COUNT) && load<u32>(blobOf(image, json - 1), BLOB_KIND) === BlobKind.JSON;
}

/** Whether the header names a blob of outputs, or none: only an image that decides has one. */
function outputsFit(image: usize): bool {
  const outputs = load<u32>(image, IMAGE_OUTPUTS);
  if (outputs === 0) return true;
  if (load<u32>(image, IMAGE_KIND) !== ImageKind.DECISION || outputs > load<u32>(image, IMAGE_BLOB_COUNT)) return false;
  return load<u32>(blobOf(image, outputs - 1), BLOB_KIND) === BlobKind.OUTPUTS;
}

/** Whether the bytes are what functions of the kind rely on. */
function contentFits(image: usize, kind: u32, address: usize, bytes: u32): bool {
  switch (kind) {
    case BlobKind.ZONE:
      return verifyZone(address, bytes);
    case BlobKind.PATTERN:
      return verifyPattern(address, bytes);
    case BlobKind.CASE:
      return verifyCase(address, bytes);
    case BlobKind.JSON:
      return verifyPlan(image, address, bytes);
    case BlobKind.ENSEMBLE:
      return verifyEnsemble(address, bytes);
    case BlobKind.INDEX:
      return verifyIndex(image, address, bytes);
    case BlobKind.OUTPUTS:
      return verifyOutputs(address, bytes);
    default:
      return false;
  }
}
