// The image header as the host reads it.

import * as at from '../../assembly/shared/image.js';
import type { Combine, Outcome } from '../../assembly/shared/outcome.js';

export interface ImageHeader {
  /** Length of the deciding part. */
  bytes: number;
  /** Length of the manifest, head and sources, that follows it in a file; 0 where there is none. */
  manifestBytes: number;
  kind: at.ImageKind;
  /** 16 hex digits: the model that payloads must be written with. */
  modelHash: string;
  /** 16 hex digits: the image's name in every decision. */
  hash: string;
  fieldCount: number;
  registerCount: number;
  codeCount: number;
  ruleCount: number;
  reasonsMax: number;
  /** Largest output of one payload, a multiple of 8: a decision, or the values of an EXPRESSIONS image. */
  decisionBytesMax: number;
  combine: Combine;
  /** NONE = fail. */
  onError: Outcome;
  /** Whether the program reads `now`. */
  usesNow: boolean;
  outCount: number;
  /** Lists that the program asks. */
  listCount: number;
  /** Parameters that it reads. */
  parameterCount: number;
  /** Static worst case of one payload, in units of cost. */
  costMax: number;
}

/** A 64-bit number as 16 hex digits, as in the JSON forms. */
export function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

/**
 * Reads the header of an image without judging the rest; `readImageFile` and the engine's verifier do that.
 *
 * @throws Error where the bytes are too short or carry another magic or format
 */
export function readHeader(image: Uint8Array): ImageHeader {
  if (image.length < at.IMAGE_HEADER_BYTES) throw new Error(`not an image: ${image.length} bytes`);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const u32 = (offset: number): number => view.getUint32(offset, true);
  if (u32(at.IMAGE_MAGIC) !== at.IMAGE_MAGIC_VALUE) throw new Error('not an image: wrong magic number');
  if (u32(at.IMAGE_VERSION) !== at.IMAGE_FORMAT) {
    throw new Error(`image format ${u32(at.IMAGE_VERSION)} is not supported, only ${at.IMAGE_FORMAT}`);
  }
  return {
    bytes: u32(at.IMAGE_BYTES),
    manifestBytes: u32(at.IMAGE_MANIFEST_BYTES),
    kind: u32(at.IMAGE_KIND),
    modelHash: hex64(view.getBigUint64(at.IMAGE_MODEL_HASH, true)),
    hash: hex64(view.getBigUint64(at.IMAGE_HASH, true)),
    fieldCount: u32(at.IMAGE_FIELD_COUNT),
    registerCount: u32(at.IMAGE_REGISTER_COUNT),
    codeCount: u32(at.IMAGE_CODE_COUNT),
    ruleCount: u32(at.IMAGE_RULE_COUNT),
    reasonsMax: u32(at.IMAGE_REASONS_MAX),
    decisionBytesMax: u32(at.IMAGE_DECISION_BYTES_MAX),
    combine: u32(at.IMAGE_COMBINE),
    onError: u32(at.IMAGE_ON_ERROR),
    usesNow: u32(at.IMAGE_NOW_REGISTER) !== at.NO_REGISTER,
    outCount: u32(at.IMAGE_OUT_COUNT),
    listCount: u32(at.IMAGE_LIST_COUNT),
    parameterCount: u32(at.IMAGE_PARAMETER_COUNT),
    costMax: view.getFloat64(at.IMAGE_COST_MAX, true),
  };
}
