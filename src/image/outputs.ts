// The blob of a bundle's outputs (assembly/shared/outputs.ts): tables with every field absent, which the engine copies and fills,
// and where in them each output goes.

import { BlobKind } from '../../assembly/shared/image.js';
import * as at from '../../assembly/shared/outputs.js';
import { memberNumbers, type OutputShape, type OutputType, outputKindOf, shapeText } from '../schema/output-shape.js';
import type { ImageBlob } from './parts.js';
import { align8 } from './template.js';

const { OutputKind } = at;
const utf8 = new TextEncoder();

/** What an image says of its outputs. */
export interface ImageOutputs {
  readonly shapes: readonly OutputShape[];
  /** By number (memberNumbers): bytes of its text, or of one of its texts, at most; 0 where it has none. */
  readonly textMax: readonly number[];
}

/** A table of which every field is absent, in a block of its own. */
interface Block {
  bytes: Uint8Array;
  table: number;
  /** By field: places of its entry in the vtable and of its value. */
  fields: { entry: number; place: number }[];
}

/**
 * Lays out a table: wide values first, the whole where those of 8 bytes lie at multiples of 8.
 *
 * @param start bytes before the vtable
 * @param text a string behind the table, which its first field leads to
 */
function buildBlock(kinds: readonly at.OutputKind[], start: number, text?: Uint8Array): Block {
  const widths = kinds.map((kind) => at.outputWidth(kind));
  const vtableBytes = 4 + 2 * kinds.length;
  const table = align8(start + vtableBytes + 4) - 4;
  const order = kinds.map((_, index) => index).sort((a, b) => widths[b]! - widths[a]! || a - b);
  const places: number[] = [];
  let end = table + 4;
  for (const index of order) {
    places[index] = end;
    end += widths[index]!;
  }
  const tableBytes = end - table;
  const textAt = (end + 3) & ~3;
  const bytes = new Uint8Array(align8(text === undefined ? end : textAt + 4 + text.length + 1));
  const view = new DataView(bytes.buffer);
  view.setUint16(start, vtableBytes, true);
  view.setUint16(start + 2, tableBytes, true);
  view.setInt32(table, table - start, true);
  if (text !== undefined) {
    view.setUint16(start + 4, places[0]! - table, true);
    view.setUint32(places[0]!, textAt - places[0]!, true);
    view.setUint32(textAt, text.length, true);
    bytes.set(text, textAt + 4);
  }
  return { bytes, table, fields: places.map((place, index) => ({ entry: start + 4 + 2 * index, place })) };
}

/** Bytes before the vtable of the root block: two words, and the offset of the table. */
const ROOT_START = 12;

function rootBlock(shapes: readonly OutputShape[]): Block {
  const kinds = shapes.map(({ is }) => (is.kind === 'value' ? outputKindOf(is.type) : OutputKind.LIST));
  const block = buildBlock([OutputKind.TEXT, ...kinds], ROOT_START, utf8.encode(shapeText(shapes)));
  new DataView(block.bytes.buffer).setUint32(8, block.table - 8, true);
  return block;
}

function elementBlock(shape: OutputShape): Block | undefined {
  return shape.is.kind === 'objects'
    ? buildBlock(
        shape.is.members.map(({ type }) => outputKindOf(type)),
        0,
      )
    : undefined;
}

/** Bytes of a string of so many bytes where the engine writes it. */
function stringBytes(bytes: number): number {
  return align8(4 + bytes + 1);
}

/** Bytes of the text that a value leads to at most. */
function textBytes(type: OutputType, textMax: number): number {
  return type.kind === 'string' || type.kind === 'enum' ? stringBytes(textMax) : 0;
}

/** Bytes that one output takes at most, beside its place among the others. */
export function outputBytesMax({ shapes, textMax }: ImageOutputs, index: number): number {
  const { is } = shapes[index]!;
  if (is.kind === 'value') return textBytes(is.type, textMax[index]!);
  if (is.kind === 'list') {
    const vector = 8 + align8(is.countMax * at.outputWidth(outputKindOf(is.type)));
    return vector + is.countMax * textBytes(is.type, textMax[index]!);
  }
  const first = memberNumbers(shapes)[index]!;
  const texts = is.members.reduce((all, { type }, member) => all + textBytes(type, textMax[first + member]!), 0);
  return 8 + align8(4 * is.countMax) + is.countMax * (elementBlock(shapes[index]!)!.bytes.length + texts);
}

/** Bytes that the outputs of one decision take at most. */
export function outputsBytesMax(outputs: ImageOutputs): number {
  return outputs.shapes.reduce((sum, _, index) => sum + outputBytesMax(outputs, index), rootBlock(outputs.shapes).bytes.length);
}

/** Bytes of the longest name of an enum's members. */
export function longestMember(type: OutputType): number {
  return type.kind === 'enum' ? Math.max(0, ...type.members.map(({ name }) => utf8.encode(name).length)) : 0;
}

/** The blob of an image's outputs. */
export function outputsBlob(outputs: ImageOutputs): ImageBlob {
  const { shapes } = outputs;
  const members = memberNumbers(shapes);
  const count = shapes.reduce((sum, { is }) => sum + (is.kind === 'objects' ? is.members.length : 0), shapes.length);
  const parts: Uint8Array[] = [];
  let end = at.OUTPUTS_HEADER_BYTES + count * at.OUTPUT_BYTES;
  /** @returns where the part begins */
  const add = (bytes: Uint8Array): number => {
    const begin = end;
    const padded = new Uint8Array(align8(bytes.length));
    padded.set(bytes);
    parts.push(padded);
    end += padded.length;
    return begin;
  };
  const head = new Uint8Array(end);
  const view = new DataView(head.buffer);
  const root = rootBlock(shapes);
  view.setUint32(at.OUTPUTS_BYTES, outputsBytesMax(outputs), true);
  view.setUint32(at.OUTPUTS_COUNT, count, true);
  view.setUint32(at.OUTPUTS_ROOT, add(root.bytes), true);
  view.setUint32(at.OUTPUTS_ROOT_BYTES, root.bytes.length, true);
  view.setUint32(at.OUTPUTS_TABLE, root.table, true);
  const write = (number: number, block: Block, field: number, kind: at.OutputKind, parent: number): number => {
    const base = at.OUTPUTS_HEADER_BYTES + number * at.OUTPUT_BYTES;
    const { entry, place } = block.fields[field]!;
    view.setUint8(base + at.OUTPUT_KIND, kind);
    view.setUint16(base + at.OUTPUT_PARENT, parent, true);
    view.setUint32(base + at.OUTPUT_ENTRY, entry, true);
    view.setUint32(base + at.OUTPUT_PLACE, place, true);
    view.setUint32(base + at.OUTPUT_FIELD, place - block.table, true);
    return base;
  };
  const writeNames = (base: number, type: OutputType): void => {
    if (type.kind !== 'enum') return;
    const names = writtenNames(type.members, end);
    view.setUint32(base + at.OUTPUT_NAMES, add(names.bytes), true);
    view.setUint32(base + at.OUTPUT_NAMES_COUNT, names.count, true);
  };
  for (const [index, shape] of shapes.entries()) {
    const { is } = shape;
    if (is.kind === 'value') {
      writeNames(write(index, root, index + 1, outputKindOf(is.type), 0), is.type);
      continue;
    }
    const base = write(index, root, index + 1, OutputKind.LIST, 0);
    view.setUint32(base + at.OUTPUT_COUNT_MAX, is.countMax, true);
    if (is.kind === 'list') {
      view.setUint8(base + at.OUTPUT_ELEMENT, outputKindOf(is.type));
      writeNames(base, is.type);
      continue;
    }
    const block = elementBlock(shape)!;
    view.setUint8(base + at.OUTPUT_ELEMENT, OutputKind.OBJECT);
    view.setUint32(base + at.OUTPUT_NAMES, add(block.bytes), true);
    view.setUint32(base + at.OUTPUT_NAMES_COUNT, block.bytes.length, true);
    view.setUint32(base + at.OUTPUT_TABLE, block.table, true);
    for (const [field, { type }] of is.members.entries()) {
      writeNames(write(members[index]! + field, block, field, outputKindOf(type), index + 1), type);
    }
  }
  return { kind: BlobKind.OUTPUTS, bytes: new Uint8Array(Buffer.concat([head, ...parts])) };
}

/** Names of members by number, offset and bytes each, then their texts. @param start where in the blob they begin */
function writtenNames(members: readonly { name: string; number: number }[], start: number): { bytes: Uint8Array; count: number } {
  const count = Math.max(0, ...members.map(({ number }) => number + 1));
  const texts = members.map(({ name }) => utf8.encode(name));
  const bytes = new Uint8Array(8 * count + texts.reduce((sum, text) => sum + text.length, 0));
  const view = new DataView(bytes.buffer);
  // Numbers of members that have gone have no text: no value has them.
  let end = 8 * count;
  for (const [index, { number }] of members.entries()) {
    view.setUint32(8 * number, start + end, true);
    view.setUint32(8 * number + 4, texts[index]!.length, true);
    bytes.set(texts[index]!, end);
    end += texts[index]!.length;
  }
  return { bytes, count };
}
