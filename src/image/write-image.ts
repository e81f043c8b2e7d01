// Lays out an image: ImageParts -> the deciding part, byte for byte as assembly/shared/image.ts and docs/FORMATS.md say.
// Deterministic: equal parts give equal bytes. The engine's verifier (assembly/image/) is the judge of the result.

import { createHash } from 'node:crypto';
import * as at from '../../assembly/shared/image.js';
import { VALUE_BYTES } from '../../assembly/shared/layout.js';
import { INSTRUCTION_BYTES } from '../../assembly/shared/opcode.js';
import { checksum32 } from './checksum.js';
import { ConstantPool } from './constants.js';
import { writeFields } from './fields.js';
import { jsonPlan } from './json-plan.js';
import { outputsBlob, outputsBytesMax } from './outputs.js';
import type { ImageBlob, ImageParts, ImageRule } from './parts.js';
import { writeRegisters } from './registers.js';
import { align8, buildReason, buildTemplate } from './template.js';

/**
 * Writes the deciding part of an image.
 *
 * @returns a multiple of 8 bytes, with its hash and checksum; the manifest length is 0 until `joinImageFile`
 */
export function writeImage(parts: ImageParts): Uint8Array {
  const pool = new ConstantPool(parts.constants);
  const { tables, fields } = writeFields(parts.model, parts.registerOfField, pool);
  const names = parts.lists.map(({ name }) => name);
  const sets = [...new Set(parts.parameters.map(({ set }) => set))];
  const usesNow = parts.nowRegister !== at.NO_REGISTER;
  const {
    bytes: template,
    listVersions,
    setVersions,
  } = buildTemplate({
    name: parts.name,
    version: parts.version,
    usesNow,
    lists: names,
    sets,
    hasOutputs: parts.outputs !== undefined,
  });
  const isDecision = parts.kind === at.ImageKind.DECISION;
  const ownBlobs = parts.outputs === undefined ? parts.blobs : [...parts.blobs, outputsBlob(parts.outputs)];
  const imageBlobs = isDecision ? [...ownBlobs, { kind: at.BlobKind.JSON, bytes: planOf(parts.model, tables) }] : ownBlobs;
  const { rules, reasons, reasonSizes } = writeRules(parts.rules);
  const sections = [
    tables,
    fields,
    writeRegisters(parts.registers),
    parts.code,
    pool.toBytes(),
    rules,
    writeThresholds(parts.thresholds),
    template,
    reasons,
    new Uint8Array(imageBlobs.length * at.BLOB_BYTES),
    writeLists(parts.lists, listVersions),
    writeParameters(parts.parameters, new Map(sets.map((set, index) => [set, setVersions[index]!]))),
  ];
  const offsets: number[] = [];
  let bytes = at.IMAGE_HEADER_BYTES;
  for (const section of sections) {
    offsets.push(bytes);
    bytes = align8(bytes + section.length);
  }
  const { blobs, data } = writeBlobs(imageBlobs, bytes);
  sections[9] = blobs;
  sections.push(data);
  offsets.push(bytes);
  bytes = align8(bytes + data.length);
  const image = new Uint8Array(bytes);
  for (const [index, section] of sections.entries()) image.set(section, offsets[index]!);

  const view = new DataView(image.buffer);
  const u32 = (offset: number, value: number): void => view.setUint32(offset, value, true);
  const place = (index: number, offsetAt: number, sizeAt: number, count: number): void => {
    u32(offsetAt, offsets[index]!);
    u32(sizeAt, count);
  };
  u32(at.IMAGE_MAGIC, at.IMAGE_MAGIC_VALUE);
  u32(at.IMAGE_VERSION, at.IMAGE_FORMAT);
  u32(at.IMAGE_BYTES, bytes);
  u32(at.IMAGE_KIND, parts.kind);
  view.setBigUint64(at.IMAGE_MODEL_HASH, BigInt(`0x${parts.model.hash}`), true);
  place(0, at.IMAGE_TABLES, at.IMAGE_TABLE_COUNT, parts.model.tables.length);
  place(1, at.IMAGE_FIELDS, at.IMAGE_FIELD_COUNT, fields.length / at.FIELD_BYTES);
  place(2, at.IMAGE_REGISTERS, at.IMAGE_REGISTER_COUNT, parts.registers.length);
  u32(at.IMAGE_FIELD_REGISTERS, parts.fieldRegisterCount);
  place(3, at.IMAGE_CODE, at.IMAGE_CODE_COUNT, parts.code.length / INSTRUCTION_BYTES);
  place(4, at.IMAGE_CONSTANTS, at.IMAGE_CONSTANT_BYTES, sections[4]!.length);
  place(5, at.IMAGE_RULES, at.IMAGE_RULE_COUNT, parts.rules.length);
  place(6, at.IMAGE_THRESHOLDS, at.IMAGE_THRESHOLD_COUNT, parts.thresholds.length);
  place(7, at.IMAGE_TEMPLATE, at.IMAGE_TEMPLATE_BYTES, template.length);
  place(8, at.IMAGE_REASONS, at.IMAGE_REASON_BYTES, reasons.length);
  place(9, at.IMAGE_BLOBS, at.IMAGE_BLOB_COUNT, imageBlobs.length);
  place(10, at.IMAGE_LISTS, at.IMAGE_LIST_COUNT, parts.lists.length);
  place(11, at.IMAGE_PARAMETERS, at.IMAGE_PARAMETER_COUNT, parts.parameters.length);
  place(12, at.IMAGE_DATA, at.IMAGE_DATA_BYTES, data.length);
  u32(at.IMAGE_REASONS_MAX, parts.reasonsMax);
  u32(
    at.IMAGE_DECISION_BYTES_MAX,
    parts.kind === at.ImageKind.EXPRESSIONS
      ? parts.outCount * VALUE_BYTES
      : decisionBytesMax(template.length, reasonSizes, parts.reasonsMax) +
          (parts.outputs === undefined ? 0 : outputsBytesMax(parts.outputs)),
  );
  u32(at.IMAGE_COMBINE, parts.combine);
  u32(at.IMAGE_ON_ERROR, parts.onError);
  u32(at.IMAGE_OUTCOME_DEFAULT, parts.outcomeDefault);
  u32(at.IMAGE_NOW_REGISTER, parts.nowRegister);
  u32(at.IMAGE_OUT_COUNT, parts.outCount);
  if (parts.outputs !== undefined) u32(at.IMAGE_OUTPUTS, ownBlobs.length);
  u32(at.IMAGE_JSON, isDecision ? imageBlobs.length : 0);
  view.setFloat64(at.IMAGE_COST_MAX, parts.costMax, true);
  view.setBigUint64(at.IMAGE_HASH, hashImage(image), true);
  sealImage(image);
  return image;
}

/** The plan for JSON, with offsets of the field descriptors, which follow the `tables`. */
function planOf(model: ImageParts['model'], tables: Uint8Array): Uint8Array {
  const fields = align8(at.IMAGE_HEADER_BYTES + tables.length);
  return jsonPlan(model, (number) => fields + number * at.FIELD_BYTES);
}

/** Writes the checksum of an image whose other bytes are final. */
export function sealImage(image: Uint8Array): void {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  view.setUint32(at.IMAGE_CHECKSUM, checksum32(image.subarray(at.IMAGE_MODEL_HASH)), true);
}

/** First 8 bytes of the sha256 of a deciding part, its manifest length, checksum and hash taken as 0. Little-endian. */
export function hashImage(image: Uint8Array): bigint {
  const header = new Uint8Array(image.subarray(0, at.IMAGE_HEADER_BYTES)); // not slice(): a Buffer's is a view
  header.fill(0, at.IMAGE_MANIFEST_BYTES, at.IMAGE_CHECKSUM + 4);
  header.fill(0, at.IMAGE_HASH, at.IMAGE_HASH + 8);
  return createHash('sha256').update(header).update(image.subarray(at.IMAGE_HEADER_BYTES)).digest().readBigUInt64LE(0);
}

/**
 * The largest decision: the template, a reasons vector, and the largest reasons.
 *
 * @param reasonSizes bytes of each reason that a rule can give
 */
export function decisionBytesMax(templateBytes: number, reasonSizes: readonly number[], reasonsMax: number): number {
  const largest = [...reasonSizes].sort((left, right) => right - left).slice(0, reasonsMax);
  return templateBytes + align8(4 + 4 * largest.length) + largest.reduce((sum, size) => sum + size, 0);
}

function writeRules(rules: readonly ImageRule[]): { rules: Uint8Array; reasons: Uint8Array; reasonSizes: number[] } {
  const out = new Uint8Array(rules.length * at.RULE_BYTES);
  const view = new DataView(out.buffer);
  const blobs: Uint8Array[] = [];
  let reasonBytes = 0;
  for (const [rank, rule] of rules.entries()) {
    const base = rank * at.RULE_BYTES;
    view.setFloat64(base + at.RULE_SCORE, rule.score, true);
    view.setUint32(base + at.RULE_OUTCOME, rule.outcome, true);
    if (rule.reason === null) continue;
    const blob = buildReason(rule.reason, rule.id, rule.reasonScore ?? rule.score, rank);
    view.setUint32(base + at.RULE_REASON, reasonBytes, true);
    view.setUint32(base + at.RULE_REASON_BYTES, blob.length, true);
    blobs.push(blob);
    reasonBytes += blob.length;
  }
  return { rules: out, reasons: new Uint8Array(Buffer.concat(blobs)), reasonSizes: blobs.map((blob) => blob.length) };
}

/**
 * Blob descriptors, and the data they point into: each begins where the one before ends, rounded up to a multiple of 8.
 *
 * @param start offset of the data section
 */
function writeBlobs(blobs: readonly ImageBlob[], start: number): { blobs: Uint8Array; data: Uint8Array } {
  const out = new Uint8Array(blobs.length * at.BLOB_BYTES);
  const view = new DataView(out.buffer);
  const contents: Uint8Array[] = [];
  let offset = 0;
  for (const [index, blob] of blobs.entries()) {
    const content = blob.bytesAt?.(start + offset) ?? blob.bytes;
    const base = index * at.BLOB_BYTES;
    view.setUint32(base + at.BLOB_KIND, blob.kind, true);
    view.setUint32(base + at.BLOB_OFFSET, offset, true);
    view.setUint32(base + at.BLOB_SIZE, content.length, true);
    contents.push(content, new Uint8Array(align8(content.length) - content.length));
    offset = align8(offset + content.length);
  }
  const data = new Uint8Array(Buffer.concat(contents));
  return { blobs: out, data };
}

function writeLists(lists: ImageParts['lists'], versions: readonly number[]): Uint8Array {
  const out = new Uint8Array(lists.length * at.LIST_BYTES);
  const view = new DataView(out.buffer);
  for (const [index, { type }] of lists.entries()) {
    view.setUint32(index * at.LIST_BYTES + at.LIST_TYPE, type, true);
    view.setUint32(index * at.LIST_BYTES + at.LIST_VERSION_AT, versions[index]!, true);
  }
  return out;
}

function writeParameters(parameters: ImageParts['parameters'], versions: ReadonlyMap<string, number>): Uint8Array {
  const out = new Uint8Array(parameters.length * at.PARAMETER_BYTES);
  const view = new DataView(out.buffer);
  for (const [index, { set, type, min, max, textMax }] of parameters.entries()) {
    const base = index * at.PARAMETER_BYTES;
    view.setUint32(base + at.PARAMETER_TYPE, type, true);
    view.setUint32(base + at.PARAMETER_VERSION_AT, versions.get(set)!, true);
    view.setUint32(base + at.PARAMETER_TEXT_MAX, textMax, true);
    view.setBigUint64(base + at.PARAMETER_MIN, BigInt.asUintN(64, min), true);
    view.setBigUint64(base + at.PARAMETER_MAX, BigInt.asUintN(64, max), true);
  }
  return out;
}

function writeThresholds(thresholds: ImageParts['thresholds']): Uint8Array {
  const out = new Uint8Array(thresholds.length * at.THRESHOLD_BYTES);
  const view = new DataView(out.buffer);
  for (const [index, threshold] of thresholds.entries()) {
    view.setFloat64(index * at.THRESHOLD_BYTES + at.THRESHOLD_AT_LEAST, threshold.atLeast, true);
    view.setUint32(index * at.THRESHOLD_BYTES + at.THRESHOLD_OUTCOME, threshold.outcome, true);
  }
  return out;
}
