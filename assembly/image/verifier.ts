// The image verifier: one linear pass, once per load, after which the engine runs the image without checks. It vouches for
// memory safety and termination (every read inside image, payload and scratch; every jump forward), and for the form of what
// the image copies into decisions; not for what the rules mean.

import {
  BLOB_BYTES,
  FIELD_BYTES,
  IMAGE_BLOB_COUNT,
  IMAGE_BLOBS,
  IMAGE_BYTES,
  IMAGE_CHECKSUM,
  IMAGE_CODE,
  IMAGE_CODE_COUNT,
  IMAGE_COMBINE,
  IMAGE_CONSTANT_BYTES,
  IMAGE_CONSTANTS,
  IMAGE_COST_MAX,
  IMAGE_DATA,
  IMAGE_DATA_BYTES,
  IMAGE_FIELD_COUNT,
  IMAGE_FIELD_REGISTERS,
  IMAGE_FIELDS,
  IMAGE_FORMAT,
  IMAGE_HEADER_BYTES,
  IMAGE_KIND,
  IMAGE_LIST_COUNT,
  IMAGE_LISTS,
  IMAGE_MAGIC,
  IMAGE_MAGIC_VALUE,
  IMAGE_MODEL_HASH,
  IMAGE_NOW_REGISTER,
  IMAGE_ON_ERROR,
  IMAGE_OUT_COUNT,
  IMAGE_OUTCOME_DEFAULT,
  IMAGE_PARAMETER_COUNT,
  IMAGE_PARAMETERS,
  IMAGE_REASON_BYTES,
  IMAGE_REASONS,
  IMAGE_REASONS_MAX,
  IMAGE_REGISTER_COUNT,
  IMAGE_REGISTERS,
  IMAGE_RULE_COUNT,
  IMAGE_RULES,
  IMAGE_TABLE_COUNT,
  IMAGE_TABLES,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  IMAGE_THRESHOLD_COUNT,
  IMAGE_THRESHOLDS,
  IMAGE_VERSION,
  ImageKind,
  LIST_BYTES,
  NO_REGISTER,
  PARAMETER_BYTES,
  REGISTER_BYTES,
  RULE_BYTES,
  TABLE_BYTES,
  THRESHOLD_BYTES,
} from '../shared/image';
import {
  BLOBS_MAX,
  CODE_COUNT_MAX,
  LISTS_MAX,
  MODEL_FIELDS_MAX,
  MODEL_TABLES_MAX,
  PARAMETERS_MAX,
  REASONS_MAX,
  REGISTERS_MAX,
  RULES_MAX,
  THRESHOLDS_MAX,
} from '../shared/limits';
import { INSTRUCTION_BYTES } from '../shared/opcode';
import { Combine, Outcome } from '../shared/outcome';
import { ImageError } from '../shared/status';
import { verifyBlobs } from './blobs';
import { checksum32 } from './checksum';
import { verifyFields } from './fields';
import { verifyParameterTypes } from './parameters';
import { verifyProgram } from './program';
import { verifyRegisters } from './registers';
import { verifyRules } from './rules';
import { verifyTemplate } from './template';

/**
 * Judges the deciding part of an image. Uses this instance's scratch.
 *
 * @param address a multiple of 8
 * @param bytes length that the host has for it
 * @returns NONE, or the first thing that is wrong
 */
export function verifyImage(address: usize, bytes: u32): ImageError {
  if (bytes < (IMAGE_HEADER_BYTES as u32)) return ImageError.TOO_SHORT;
  if (load<u32>(address, IMAGE_MAGIC) !== IMAGE_MAGIC_VALUE) return ImageError.BAD_MAGIC;
  if (load<u32>(address, IMAGE_VERSION) !== IMAGE_FORMAT) return ImageError.BAD_VERSION;
  if (((address | bytes) & 7) !== 0 || load<u32>(address, IMAGE_BYTES) !== bytes) return ImageError.BAD_SIZE;
  const summed = address + IMAGE_MODEL_HASH;
  if (checksum32(summed, bytes - IMAGE_MODEL_HASH) !== load<u32>(address, IMAGE_CHECKSUM)) return ImageError.BAD_CHECKSUM;
  let error = verifySections(address, bytes);
  if (error === ImageError.NONE) error = verifyHeader(address);
  if (error === ImageError.NONE) error = verifyRegisters(address);
  if (error === ImageError.NONE) error = verifyFields(address);
  if (error === ImageError.NONE) error = verifyBlobs(address);
  if (error === ImageError.NONE) error = verifyParameterTypes(address);
  if (error === ImageError.NONE) error = verifyProgram(address);
  if (error === ImageError.NONE) error = verifyTemplate(address);
  if (error === ImageError.NONE) error = verifyRules(address);
  return error;
}

/** Every section begins where the one before ends, rounded up to 8, and the last one ends the image. */
function verifySections(image: usize, bytes: u32): ImageError {
  let at: u64 = IMAGE_HEADER_BYTES;
  at = section(image, at, IMAGE_TABLES, IMAGE_TABLE_COUNT, TABLE_BYTES, MODEL_TABLES_MAX);
  at = section(image, at, IMAGE_FIELDS, IMAGE_FIELD_COUNT, FIELD_BYTES, MODEL_FIELDS_MAX);
  at = section(image, at, IMAGE_REGISTERS, IMAGE_REGISTER_COUNT, REGISTER_BYTES, REGISTERS_MAX);
  at = section(image, at, IMAGE_CODE, IMAGE_CODE_COUNT, INSTRUCTION_BYTES, CODE_COUNT_MAX);
  at = section(image, at, IMAGE_CONSTANTS, IMAGE_CONSTANT_BYTES, 1, bytes);
  at = section(image, at, IMAGE_RULES, IMAGE_RULE_COUNT, RULE_BYTES, RULES_MAX);
  at = section(image, at, IMAGE_THRESHOLDS, IMAGE_THRESHOLD_COUNT, THRESHOLD_BYTES, THRESHOLDS_MAX);
  at = section(image, at, IMAGE_TEMPLATE, IMAGE_TEMPLATE_BYTES, 1, bytes);
  at = section(image, at, IMAGE_REASONS, IMAGE_REASON_BYTES, 1, bytes);
  at = section(image, at, IMAGE_BLOBS, IMAGE_BLOB_COUNT, BLOB_BYTES, BLOBS_MAX);
  at = section(image, at, IMAGE_LISTS, IMAGE_LIST_COUNT, LIST_BYTES, LISTS_MAX);
  at = section(image, at, IMAGE_PARAMETERS, IMAGE_PARAMETER_COUNT, PARAMETER_BYTES, PARAMETERS_MAX);
  at = section(image, at, IMAGE_DATA, IMAGE_DATA_BYTES, 1, bytes);
  return at === (bytes as u64) ? ImageError.NONE : ImageError.BAD_SECTION;
}

/** An end that no image reaches: what a misplaced section gives, and all sections after it. */
const MISPLACED: u64 = u64.MAX_VALUE;

/** Checks that a section starts at `expected` and has at most `max` elements. @returns where the next one has to start */
function section(image: usize, expected: u64, offsetAt: usize, countAt: usize, width: u32, countMax: u32): u64 {
  const count = load<u32>(image + countAt);
  if ((load<u32>(image + offsetAt) as u64) !== expected || count > countMax) return MISPLACED;
  return (expected + (count as u64) * (width as u64) + 7) & ~7;
}

function verifyHeader(image: usize): ImageError {
  const kind = load<u32>(image, IMAGE_KIND);
  const ruleCount = load<u32>(image, IMAGE_RULE_COUNT);
  const outCount = load<u32>(image, IMAGE_OUT_COUNT);
  const fieldRegisters = load<u32>(image, IMAGE_FIELD_REGISTERS);
  const nowRegister = load<u32>(image, IMAGE_NOW_REGISTER);
  const costMax = load<f64>(image, IMAGE_COST_MAX);
  if (kind === ImageKind.DECISION) {
    if (outCount !== 0) return ImageError.BAD_HEADER;
  } else if (kind === ImageKind.EXPRESSIONS) {
    if (outCount === 0 || ruleCount !== 0 || outCount > load<u32>(image, IMAGE_CODE_COUNT)) return ImageError.BAD_HEADER;
  } else {
    return ImageError.BAD_HEADER;
  }
  if (load<u32>(image, IMAGE_COMBINE) > (Combine.COLLECT as u32)) return ImageError.BAD_HEADER;
  if (load<u32>(image, IMAGE_ON_ERROR) > (Outcome.DECLINE as u32)) return ImageError.BAD_HEADER;
  if (load<u32>(image, IMAGE_OUTCOME_DEFAULT) > (Outcome.DECLINE as u32)) return ImageError.BAD_HEADER;
  if (load<u32>(image, IMAGE_REASONS_MAX) > (REASONS_MAX as u32)) return ImageError.BAD_HEADER;
  if (((load<u32>(image, IMAGE_CONSTANT_BYTES) | load<u32>(image, IMAGE_DATA_BYTES)) & 7) !== 0) return ImageError.BAD_HEADER;
  if (fieldRegisters > load<u32>(image, IMAGE_REGISTER_COUNT)) return ImageError.BAD_HEADER;
  if (nowRegister !== NO_REGISTER && nowRegister >= fieldRegisters) return ImageError.BAD_HEADER;
  if (!(costMax >= 0 && costMax < Infinity)) return ImageError.BAD_HEADER;
  return ImageError.NONE;
}
