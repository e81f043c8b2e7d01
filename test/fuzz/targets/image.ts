// Images, changed and sealed again: what the verifier accepts decides without a trap, touches nothing that is not its own, and does
// no more than its stated cost allows.

import * as at from '#assembly/shared/image.js';
import { DIMENSION_BYTES, INDEX_DIMENSIONS, INDEX_HEADER_BYTES } from '#assembly/shared/match-index.js';
import { INSTRUCTION_BYTES } from '#assembly/shared/opcode.js';
import { ImageError } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { compile } from '#src/compiler/compile.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import type { Scope } from '#src/compiler/scope.js';
import { readImageFile } from '#src/image/file.js';
import { readHeader } from '#src/image/header.js';
import { writeList } from '#src/image/list.js';
import { widePowers } from '#src/image/powers-of-ten.js';
import { sealImage } from '#src/image/write-image.js';
import { readDecision } from '#src/schema/decision.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { worldFiles } from '../../compiler/bundle-world.js';
import { encoded, model, NOW } from '../../compiler/standard-world.js';
import { bindParameters } from '../lib/bound-parameters.js';
import { BUNDLES, bundleModel, bundlePayloads, SMALL_BUNDLES, smallModel, smallPayloads } from '../lib/bundles.js';
import { FuzzBox } from '../lib/engine.js';
import { unitsOf } from '../lib/image-cost.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { listRegions, payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const IMAGE_BYTES_MAX = 24576;
const box = new FuzzBox({ imageBytesMax: IMAGE_BYTES_MAX, inputBytes: 1 << 16, outputBytes: 1 << 20 });
const bundleEncoder = new PayloadEncoder(bundleModel);
const smallEncoder = new PayloadEncoder(smallModel);
const payloads = [
  ...encoded.map(({ bytes }) => bytes),
  ...bundlePayloads.map((payload) => bundleEncoder.encode(payload).slice()),
  ...smallPayloads.map((payload) => smallEncoder.encode(payload).slice()),
];
const BINDINGS = box.input + 32768;
const PARAMETERS = box.input + 40960;
const LISTS_MAX = 8;
/** As the verifier's own (assembly/image/cost.ts). */
const COST_SLACK = 1e-9;
const texts = writeList(RegisterType.TEXT, ['x', 'yy', '']);
const regions = Array.from({ length: LISTS_MAX }, (_, index) => (index < 4 ? texts : undefined));

export function fuzz(data: Uint8Array): void {
  if (data.length > IMAGE_BYTES_MAX) return;
  const image = data;
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  if (box.watch(() => box.exports.verifyImage(box.image, image.length)) !== ImageError.NONE) return;
  const header = readHeader(image);
  const units = unitsOf(image);
  must(units <= header.costMax * (1 + COST_SLACK), `it costs ${units} units and states ${header.costMax}`);
  const lists = new DataView(image.buffer, image.byteOffset).getUint32(at.IMAGE_LIST_COUNT, true);
  if (lists > LISTS_MAX || header.decisionBytesMax > box.outputBytes) return;
  const bindings = box.bind(BINDINGS, regions);
  for (const [turn, payload] of payloads.entries()) {
    const bound = bindParameters(box, image, PARAMETERS, turn);
    if (bound === undefined) return;
    box.allow([...payloadRegions(box, image, [payload]), ...listRegions(bindings, regions), ...bound.regions]);
    box.fillSlot(box.place([payload]), { now: NOW, lists: bindings, parameters: bound.parameters });
    if (header.kind === at.ImageKind.EXPRESSIONS) box.watch(() => box.exports.evaluate(box.slot));
    else {
      const status = box.watch(() => box.exports.decide(box.slot));
      for (const { bytes } of box.decided(status, 1).decisions) {
        must(bytes.length <= header.decisionBytesMax, 'a decision larger than the image says');
        readDecision(bytes);
      }
    }
    checkSteps('image', box.steps, units);
  }
  must(Buffer.compare(box.bytes.subarray(box.image, box.image + image.length), image) === 0, 'the image changed');
  const view = new DataView(image.buffer, image.byteOffset);
  const constants = view.getUint32(at.IMAGE_CONSTANTS, true);
  plantedIn(() => image.subarray(constants, constants + view.getUint32(at.IMAGE_CONSTANT_BYTES, true)));
}

const EXPRESSIONS = [
  'n * m - (maybe ?? 0)',
  '(amount + fee) * amount > 1.5 || maybeAmount === null',
  's + t + (note ?? "none")',
  's.split(",").map(x => x.trim().length).reduce((a, c) => a + c, 0)',
  'items.filter(x => x.price > 1).map(x => x.tags.length).reduce((a, p) => a + p, 0)',
  'items.some(x => x.tags.some(y => y === s))',
  'items.map(x => x.card?.issuer ?? x.sku).some(x => x.slice(1).includes(t))',
  'divide(amount, fee, 4, "half-even")',
  'at.hour("Europe/Berlin") + at.startOfDay("Asia/Dubai").secondsSince(seen)',
  'matches(s, "a(b|c)+[0-9]*") ? s.toUpperCase() : t.toLowerCase()',
  'matches(s, "^(a|b){2,40}c?(d|e){3,30}$")',
  'lists.blocked.includes(t)',
  'maybe !== null && n > 3 && country === "US"',
];

/** Conditions of each kind that a match index has, over values that the payloads have too. */
const CONDITIONS = [
  ...['n > 3', 'n === 12 && country === "GB"', 'i >= 5 && i <= 7', 'amount < 12.5', 'amount === 12.5 && flag', 'country !== "US"'],
  ...['s === "x😀"', 's < "y" && n > 0', 'flag', '!flag && i === 0', 'at > "2026-03-01T00:00:00Z"', 'maybe !== null && maybe > 2'],
  ...['maybeText === "z"', 'items !== null && items.length > 2', 'born < "1980-01-01"', 's.length > 0 && i > 1'],
];
const ruled = (count: number, combine: 'score' | 'first'): ReadonlyMap<string, Uint8Array> => {
  const rules = Array.from({ length: count }, (_, index) => {
    const when = CONDITIONS[index % CONDITIONS.length]!.replace(/\d+(?=$| &&)/, (digits) => String(Number(digits) + (index >> 4)));
    return `- { id: r${index}, when: '${when}', then: { score: ${index + 1}, reason: R${index % 3}, outcome: review } }\n`;
  });
  return worldFiles({ 'rules/a.yaml': rules.join('') }, { combine });
};
const INDEXED = [ruled(16, 'score'), ruled(16, 'first'), ruled(70, 'score')];

const scope: Scope = {
  model,
  names: new Map(),
  lists: new Map([['blocked', { name: 'blocked', type: { kind: 'text', bytesMax: 0 } }]]),
  parameters: new Map(),
};

function* seeds(): Generator<Uint8Array> {
  for (const text of EXPRESSIONS) {
    const { image, diagnostics } = compileExpressions(model, [text], { profile: 'standard', scope });
    if (image === undefined) throw new Error(`${text}: ${diagnostics[0]!.message}`);
    if (image.length <= IMAGE_BYTES_MAX) yield image;
  }
  for (const index of ['off', 'on'] as const) {
    for (const files of [...SMALL_BUNDLES, ...BUNDLES, ...(index === 'off' ? [] : INDEXED)]) {
      const { image, diagnostics } = compile(files, { profileMax: 'standard', index });
      if (image === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
      const { deciding } = readImageFile(image);
      if (deciding.length <= IMAGE_BYTES_MAX) yield deciding.slice();
    }
  }
}

/** Changes a match index: a number of its header or of a dimension, a constant, a rank, a list. @returns whether there is one */
function changeIndex(out: Uint8Array, view: DataView, random: Random): boolean {
  const u32 = (offset: number): number => view.getUint32(offset, true);
  for (let index = 0; index < Math.min(u32(at.IMAGE_BLOB_COUNT), 16); index++) {
    const descriptor = u32(at.IMAGE_BLOBS) + index * at.BLOB_BYTES;
    if (descriptor + at.BLOB_BYTES > out.length || u32(descriptor + at.BLOB_KIND) !== at.BlobKind.INDEX) continue;
    const blob = u32(at.IMAGE_DATA) + u32(descriptor + at.BLOB_OFFSET);
    const bytes = u32(descriptor + at.BLOB_SIZE);
    if (bytes < INDEX_HEADER_BYTES || blob + bytes > out.length) continue;
    const dimensions = Math.min(u32(blob + INDEX_DIMENSIONS), (bytes - INDEX_HEADER_BYTES) / DIMENSION_BYTES);
    const heads = INDEX_HEADER_BYTES / 4 + Math.floor(dimensions) * (DIMENSION_BYTES / 4);
    const place = blob + 4 * random.below(random.chance(60) ? heads : bytes >> 2);
    const near = [-8, -1, 1, 8][random.below(4)]!;
    const roll = random.below(4);
    if (roll === 0) view.setUint32(place, u32(place) + near, true);
    else if (roll === 1) view.setUint32(place, (bytes - 8 * random.below(4)) & ~7, true);
    else if (roll === 2) view.setUint32(place, u32(blob + 4 * random.below(heads)) + (random.chance(50) ? near : 0), true);
    else view.setUint16(place + 2 * random.below(2), random.below(random.chance(70) ? 64 : 65536), true);
    return true;
  }
  return false;
}

/** Another register of the same type, where there is one: what takes the one takes the other. */
function registerLike(view: DataView, register: number, random: Random): number {
  const [first, count] = [view.getUint32(at.IMAGE_REGISTERS, true), view.getUint32(at.IMAGE_REGISTER_COUNT, true)];
  const typeOf = (index: number): number => {
    const place = first + index * at.REGISTER_BYTES;
    return place < view.byteLength ? view.getUint8(place) : -1;
  };
  const start = random.below(count);
  for (let step = 0; step < Math.min(count, 64); step++) {
    const index = (start + step) % count;
    if (index !== register && typeOf(index) === typeOf(register)) return index;
  }
  return register;
}

const COUNTS = [
  ...[at.IMAGE_RULE_COUNT, at.IMAGE_FIELD_COUNT, at.IMAGE_BLOB_COUNT, at.IMAGE_LIST_COUNT, at.IMAGE_CONSTANT_BYTES],
  ...[at.IMAGE_TABLE_COUNT, at.IMAGE_PARAMETER_COUNT],
];

/** An index into something: mostly the last there is or the one behind it, or where the fields of a table begin. */
function indexOf(view: DataView, random: Random): number {
  const roll = random.below(4);
  if (roll === 0) return random.below(64);
  if (roll === 1) return view.getUint32(random.pick(COUNTS), true) - random.below(2);
  const table = view.getUint32(at.IMAGE_TABLES, true) + random.below(view.getUint32(at.IMAGE_TABLE_COUNT, true)) * at.TABLE_BYTES;
  if (table + at.TABLE_BYTES > view.byteLength) return random.below(64);
  const fields = view.getUint32(table + at.TABLE_FIELD_COUNT, true);
  return view.getUint32(table + at.TABLE_FIRST_FIELD, true) + (roll === 2 ? fields : random.below(fields + 2));
}

/** Changes what the sections mean: instructions, registers, fields, numbers of the header. */
function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (data.length < at.IMAGE_HEADER_BYTES) return undefined;
  const out = data.slice();
  const view = new DataView(out.buffer);
  const u32 = (offset: number): number => view.getUint32(offset, true);
  const entry = (section: number, count: number, bytes: number): number | undefined => {
    const place = u32(section) + random.below(u32(count)) * bytes;
    return u32(count) === 0 || place + bytes > out.length ? undefined : place;
  };
  // Mostly more than enough; sometimes a little less than what is stated, which a term left out would let through.
  if (random.chance(60)) view.setFloat64(at.IMAGE_COST_MAX, 1e12, true);
  else if (random.chance(20))
    view.setFloat64(at.IMAGE_COST_MAX, view.getFloat64(at.IMAGE_COST_MAX, true) * random.pick([0.5, 0.9, 0.99]), true);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const roll = random.below(10);
    if (random.chance(40) && changeIndex(out, view, random)) continue;
    if (roll < 6) {
      const place = entry(at.IMAGE_CODE, at.IMAGE_CODE_COUNT, INSTRUCTION_BYTES);
      const other = entry(at.IMAGE_CODE, at.IMAGE_CODE_COUNT, INSTRUCTION_BYTES);
      if (place === undefined || other === undefined) continue;
      const part = random.below(9);
      if (part === 0) out.copyWithin(place, other, other + INSTRUCTION_BYTES);
      else if (part === 1) view.setUint16(place, random.below(95), true);
      else if (part < 5) view.setUint16(place + 2 * (part - 1), random.below(u32(at.IMAGE_REGISTER_COUNT) + 1), true);
      else if (part < 7) {
        const operand = place + 2 * (part - 4 + random.below(2));
        view.setUint16(operand, registerLike(view, view.getUint16(operand, true), random), true);
      } else if (part === 7) view.setUint32(place + 8, indexOf(view, random), true);
      else
        view.setUint32(place + 12, random.chance(40) ? indexOf(view, random) : random.below(random.chance(50) ? 8 : 1 << 16), true);
    } else if (roll < 8) {
      const place = entry(at.IMAGE_REGISTERS, at.IMAGE_REGISTER_COUNT, at.REGISTER_BYTES);
      if (place === undefined) continue;
      if (random.chance(30)) out[place] = random.below(11);
      else
        view.setUint32(place + at.REGISTER_MAX, random.pick([0, 1, 2, 20, 100, 4096, 65535, 65536, 0x7fffffff, 0xffffffff]), true);
    } else if (roll < 9) {
      const place = entry(at.IMAGE_FIELDS, at.IMAGE_FIELD_COUNT, at.FIELD_BYTES);
      if (place !== undefined) out[place + random.below(at.FIELD_BYTES)] = random.below(random.chance(70) ? 16 : 256);
    } else view.setUint32(at.IMAGE_OUTPUTS + 4 * random.below(36), random.below(64), true);
  }
  return out;
}

function repair(data: Uint8Array): Uint8Array {
  if (data.length < at.IMAGE_HEADER_BYTES) return data;
  const out = data.slice(0, data.length & ~7);
  const view = new DataView(out.buffer);
  view.setUint32(at.IMAGE_MAGIC, at.IMAGE_MAGIC_VALUE, true);
  view.setUint32(at.IMAGE_VERSION, at.IMAGE_FORMAT, true);
  view.setUint32(at.IMAGE_BYTES, out.length, true);
  sealImage(out);
  return out;
}

/** Ends a packed input, behind the offset of what was taken out. */
const PACKED = new TextEncoder().encode('without powers');
const powers = widePowers();

/** Without the powers of ten that the plan for JSON of every image that decides has: most of a small image. */
function pack(data: Uint8Array): Uint8Array {
  const at = Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(powers);
  if (at < 0) return data;
  const offset = Buffer.alloc(4);
  offset.writeUInt32LE(at);
  return new Uint8Array(Buffer.concat([data.subarray(0, at), data.subarray(at + powers.length), offset, PACKED]));
}

function unpack(data: Uint8Array): Uint8Array {
  const end = data.length - PACKED.length;
  if (end < 4 || Buffer.compare(data.subarray(end), PACKED) !== 0) return data;
  const at = Math.min(new DataView(data.buffer, data.byteOffset).getUint32(end - 4, true), end - 4);
  return new Uint8Array(Buffer.concat([data.subarray(0, at), powers, data.subarray(at, end - 4)]));
}

export const target: Target = {
  name: 'image',
  fuzz,
  seeds,
  bytesMax: IMAGE_BYTES_MAX,
  keepsLength: true,
  mutate: change,
  repair,
  pack,
  unpack,
};
