// What functions read in place: time zones, patterns, case mappings. The first byte of an input says which.

import { isUtf8 } from 'node:buffer';
import {
  CASE_DELTA,
  CASE_EXPANSION_BYTES,
  CASE_FIRST,
  CASE_LAST,
  CASE_LOWER_COUNT,
  CASE_RANGE_BYTES,
  CASE_RANGES,
  CASE_UPPER_COUNT,
} from '#assembly/shared/case.js';
import { FunctionId } from '#assembly/shared/function.js';
import { BlobKind } from '#assembly/shared/image.js';
import { VALUE_BYTES, VALUE_LOW } from '#assembly/shared/layout.js';
import { Opcode } from '#assembly/shared/opcode.js';
import * as pattern from '#assembly/shared/pattern.js';
import { ImageError } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { compileNfa, compilePattern } from '#src/compiler/pattern/compile-pattern.js';
import { caseBlob } from '#src/compiler/unicode/case-blob.js';
import { zoneBlob } from '#src/compiler/zones/zone-blob.js';
import { readHeader } from '#src/image/header.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';
import { FuzzBox } from '../lib/engine.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 60, required: true },
  { name: 'at', kind: FieldKind.TIMESTAMP, required: true },
]);

const payloads = ['', 'abcabd xyz', 'ΑΣ Σ. ßŉ ǅ İ', '😀é中\u{10400}\u{10ffff}', 'a'.repeat(60)].flatMap((s) =>
  [0n, 1_774_000_000_123_456n, -(2n ** 62n), 2n ** 63n - 1n].map((at) => payloadOf(model, { s, at })),
);

const ZONES = [FunctionId.TIME_HOUR, FunctionId.TIME_YEAR, FunctionId.TIME_DAY_OF_YEAR];
const ZONES_I64 = [FunctionId.TIME_START_OF_DAY, FunctionId.TIME_END_OF_DAY, FunctionId.TIME_DATE];
const CASES = [FunctionId.TEXT_LOWER, FunctionId.TEXT_UPPER];

/** Version of the data, and behind it the first transition. */
const ZONE_VERSION_AT = 16;
/** More than the header of any blob has. */
const HEADER_BYTES = 256;

const box = new FuzzBox({ imageBytesMax: 1 << 17, inputBytes: 8192, outputBytes: 4096 });

/** The text of a value of the output. */
function textAt(index: number): Uint8Array {
  const value = box.output + index * VALUE_BYTES + VALUE_LOW;
  const start = box.view.getUint32(value, true);
  return box.bytes.slice(start, start + box.view.getUint32(value + 4, true));
}

/** An image that gives a blob to all functions that take its kind. */
function imageOf(kind: BlobKind, blob: Uint8Array): Uint8Array {
  const assembler = new Assembler(model);
  let count = 0;
  const out = (id: FunctionId, type: RegisterType, field: string, max = 0): void => {
    const a = assembler.temporary(type, type === RegisterType.TEXT ? { max } : {});
    assembler.op(Opcode.CALL, { a, b: assembler.field(field), imm: BigInt(id) }).op(Opcode.OUT, { a, b: type });
    count++;
  };
  if (kind === BlobKind.ZONE) {
    for (const id of ZONES) out(id, RegisterType.F64, 'at');
    for (const id of ZONES_I64) out(id, RegisterType.I64, 'at');
  } else if (kind === BlobKind.PATTERN) out(FunctionId.TEXT_MATCHES, RegisterType.BOOL, 's');
  else for (const id of CASES) out(id, RegisterType.TEXT, 's', 720);
  return writeImage(assembler.expressions(count, { blobs: [{ kind, bytes: blob }] }));
}

export function fuzz(data: Uint8Array): void {
  if (data.length === 0) return;
  const kind = ([BlobKind.ZONE, BlobKind.PATTERN, BlobKind.CASE] as const)[data[0]! % 3]!;
  const blob = data.slice(1);
  const image = imageOf(kind, blob);
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  if (box.watch(() => box.exports.verifyImage(box.image, image.length)) !== ImageError.NONE) return;
  const { costMax } = readHeader(image);
  for (const payload of payloads) {
    box.allow(payloadRegions(box, image, [payload]));
    box.fillSlot(box.place([payload]));
    const status = box.watch(() => box.exports.evaluate(box.slot));
    must(status === 0, `status ${status}`);
    if (kind === BlobKind.CASE) for (const index of CASES.keys()) must(isUtf8(textAt(index)), 'a text that is not UTF-8');
    checkSteps('blob', box.steps, costMax);
  }
  // What stands elsewhere in a blob is mostly given by the rest.
  if (kind === BlobKind.ZONE) plantedIn(() => blob.subarray(ZONE_VERSION_AT, ZONE_VERSION_AT + 16));
}

function* seeds(): Generator<Uint8Array> {
  const kinds = [
    ...['UTC', 'Europe/Berlin', 'Asia/Dubai'].map((zone) => [0, zoneBlob(zone)!] as const),
    ...['a(b|c)+', '^[a-zé]{2,9}\\b'].flatMap((source) =>
      [compilePattern(source), compileNfa(source)].map((made) => [1, (made as { blob: Uint8Array }).blob] as const),
    ),
    [2, caseBlob()] as const,
  ];
  for (const [kind, blob] of kinds) yield Uint8Array.of(kind, ...blob);
}

/** Changes what a pattern consists of: states, instructions and classes, mostly to the last one there is or the one behind it. */
function changePattern(out: Uint8Array, view: DataView, random: Random): void {
  const u32 = (offset: number): number => view.getUint32(1 + offset, true);
  const [classes, ranges, size] = [u32(pattern.PATTERN_CLASS_COUNT), u32(pattern.PATTERN_RANGE_COUNT), u32(pattern.PATTERN_SIZE)];
  const table = 1 + ((pattern.PATTERN_RANGES + ranges * pattern.PATTERN_RANGE_BYTES + 7) & ~7);
  const isDfa = u32(pattern.PATTERN_KIND) === pattern.PatternKind.DFA;
  if (table >= out.length - 2 || size === 0) return;
  const near = (count: number): number => (random.chance(60) ? count - random.below(2) : random.below(count + 2));
  if (random.chance(20)) out[1 + pattern.PATTERN_RANGES + 4 * random.below(ranges) + 3] = near(classes);
  else if (random.chance(10)) out[1 + pattern.PATTERN_ASCII + random.below(128)] = near(classes);
  else if (isDfa) view.setUint16(table + 2 * random.below((out.length - table) >> 1), classes * near(size), true);
  else {
    const place = table + pattern.PATTERN_INSTRUCTION_BYTES * random.below(size);
    if (place + pattern.PATTERN_INSTRUCTION_BYTES > out.length) return;
    const part = random.pick([pattern.PATTERN_OP, pattern.PATTERN_A, pattern.PATTERN_B]);
    view.setUint16(
      place + part,
      part === pattern.PATTERN_OP ? random.below(10) : near(random.chance(70) ? size : u32(pattern.PATTERN_END)),
      true,
    );
  }
}

/** Changes a range of a case mapping: what it covers, how, and to what. */
function changeCase(out: Uint8Array, view: DataView, random: Random): void {
  const count = view.getUint32(1 + CASE_LOWER_COUNT, true) + view.getUint32(1 + CASE_UPPER_COUNT, true);
  let place = 1 + CASE_RANGES + CASE_RANGE_BYTES * random.below(count);
  // Mostly one that leads to an expansion: these are few.
  const isExpanded = (): boolean => out[place + CASE_LAST + 3] === 0;
  if (random.chance(40)) while (place + 2 * CASE_RANGE_BYTES <= out.length && !isExpanded()) place += CASE_RANGE_BYTES;
  if (place + CASE_RANGE_BYTES > out.length) return;
  const expansions = view.getUint32(1 + CASE_EXPANSION_BYTES, true);
  const roll = random.below(4);
  const last = view.getUint32(place + CASE_LAST, true) & 0xffffff;
  if (roll === 0 && random.chance(50)) out[place + CASE_LAST + 3] = random.below(3);
  else if (roll === 0) view.setUint32(place + CASE_DELTA, 0x110000 - last - random.below(3) + random.below(9), true);
  else if (roll === 1) view.setUint32(place + CASE_LAST, view.getUint32(place + CASE_FIRST, true), true);
  else {
    // An expansion that ends with all of them, or just behind.
    const bytes = 1 + random.below(9);
    view.setUint32(place + CASE_DELTA, expansions + random.below(bytes) - bytes + 65536 * bytes, true);
  }
}

function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  const kind = data[0]! % 3;
  if (kind === 0 || data.length < HEADER_BYTES) return undefined;
  const out = data.slice();
  const view = new DataView(out.buffer);
  for (let left = 1 + random.below(4); left > 0; left--) (kind === 1 ? changePattern : changeCase)(out, view, random);
  return out;
}

export const target: Target = { name: 'blob', fuzz, seeds, bytesMax: 65536, keepsLength: true, mutate: change };
