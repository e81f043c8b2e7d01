// List regions: what the verifier accepts can be asked for any member, finds those that are there and no other, and reads nothing
// outside.

import * as at from '#assembly/shared/list.js';
import { Opcode } from '#assembly/shared/opcode.js';
import { ListError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import { type ListType, listVersion, readListHeader, writeList } from '#src/image/list.js';
import { hashBytes } from '#src/image/list-hash.js';
import { writeImage } from '#src/image/write-image.js';
import { Assembler } from '../../lib/image-assembler.js';
import { modelOf } from '../../lib/image-model.js';
import { payloadOf } from '../../lib/image-payload.js';
import { FuzzBox } from '../lib/engine.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { listRegions, payloadRegions } from '../lib/regions.js';
import { must, type Target } from '../lib/target.js';

const model = modelOf([
  { name: 's', kind: FieldKind.TEXT, maximum: 4096, required: true },
  { name: 'x', kind: FieldKind.DOUBLE, required: true },
  { name: 'd', kind: FieldKind.DECIMAL, scale: 0, required: true },
]);
const FIELDS: Readonly<Record<ListType, string>> = { [RegisterType.TEXT]: 's', [RegisterType.F64]: 'x', [RegisterType.I64]: 'd' };

/** One that asks the list of a type for the field. */
function imageOf(type: ListType): Uint8Array {
  const assembler = new Assembler(model);
  const a = assembler.temporary(RegisterType.BOOL);
  assembler.op(Opcode.IF_NOT_MEMBER, { a: assembler.field(FIELDS[type]), imm: 0n, to: 'out' });
  assembler.op(Opcode.CONST, { a, imm: 1n }).label('out').op(Opcode.OUT, { a, b: RegisterType.BOOL });
  return writeImage(assembler.expressions(1, { lists: [{ name: 'l', type }] }));
}

const types = [RegisterType.TEXT, RegisterType.F64, RegisterType.I64] as const;
const images = new Map(types.map((type) => [type, imageOf(type)]));
const boxes = new Map(
  types.map((type) => {
    const box = new FuzzBox({ imageBytesMax: 8192, inputBytes: 1 << 17, outputBytes: 4096 });
    box.allow([{ start: box.image, end: box.image + images.get(type)!.length }]);
    return [type, box.mustLoad(images.get(type)!)] as const;
  }),
);
const BYTES_MAX = 16384;

export function fuzz(data: Uint8Array): void {
  const judge = boxes.get(RegisterType.TEXT)!;
  const region = data.slice(0, data.length & ~7);
  const place = judge.input + 65536;
  judge.bytes.set(region, place);
  judge.allow([{ start: place, end: place + region.length }]);
  if (judge.watch(() => judge.exports.verifyList(place, region.length)) !== ListError.NONE) {
    must(!isWritten(region), 'the verifier refuses what the writer writes');
    return;
  }
  const { type, count } = readListHeader(region);
  const members = membersOf(region, type);
  must(members.length === count, `${members.length} members, the header says ${count}`);
  for (const member of members.slice(0, 6)) {
    must(has(region, type, member), 'a member is not found');
    if (member === 0) must(has(region, type, -0), '0 is a member, -0 is not');
  }
  const strangers = { [RegisterType.TEXT]: 'no member', [RegisterType.F64]: 0.123, [RegisterType.I64]: 987654321n };
  if (!members.some((member) => same(member, strangers[type])))
    must(!has(region, type, strangers[type]), 'finds what is not there');
  plantedIn(() => (type === RegisterType.TEXT ? region : ''));
}

/** Lists that are written again to compare: larger ones take too long. */
const WRITTEN_BUCKETS_MAX = 64;

/** Whether the region is one that the host writes, of the members that its buckets lead to. */
function isWritten(region: Uint8Array): boolean {
  if (region.length < at.MEMBERS_HEADER_BYTES) return false;
  const view = new DataView(region.buffer);
  const type = view.getUint32(at.MEMBERS_TYPE, true) as ListType;
  if (!types.includes(type) || view.getUint32(at.MEMBERS_BUCKETS, true) > WRITTEN_BUCKETS_MAX) return false;
  // Of what is written, only few are so from end to end: the version at least has to be that of the rest.
  let written: Uint8Array;
  try {
    if (listVersion(region) !== readListHeader(region).version) return false;
    const members = membersOf(region, type).map((member) =>
      member instanceof Uint8Array ? Buffer.from(member).toString() : member,
    );
    written = writeList(type, members as string[]);
  } catch {
    // No list, or no members that one has.
    return false;
  }
  return Buffer.compare(written, region) === 0;
}

type Member = string | number | bigint | Uint8Array;

function same(a: Member, b: Member): boolean {
  if (a instanceof Uint8Array) return Buffer.from(a).toString() === b;
  return a === b;
}

/** By the buckets, one after the other. */
function membersOf(region: Uint8Array, type: ListType): Member[] {
  const view = new DataView(region.buffer);
  const buckets = view.getUint32(at.MEMBERS_BUCKETS, true);
  return Array.from({ length: buckets }, (_, bucket) => view.getUint32(at.MEMBERS_HEADER_BYTES + 4 * bucket, true))
    .filter((offset) => offset !== 0)
    .map((offset) => {
      if (type === RegisterType.F64) return view.getFloat64(offset, true);
      if (type === RegisterType.I64) return view.getBigInt64(offset, true);
      const start = offset + at.MEMBER_TEXT;
      return region.slice(start, start + view.getUint32(offset + at.MEMBER_BYTES, true));
    });
}

function has(region: Uint8Array, type: ListType, member: Member): boolean {
  if (member instanceof Uint8Array && (member.length > 4000 || !isUtf8(member))) return true;
  const box = boxes.get(type)!;
  const image = images.get(type)!;
  const text = member instanceof Uint8Array ? Buffer.from(member).toString() : member;
  const values = { s: '', x: 0, d: 0n, [FIELDS[type]]: text };
  const payload = payloadOf(model, values);
  const bindings = box.bind(box.input + 65536, [region]);
  box.allow([...payloadRegions(box, image, [payload]), ...listRegions(bindings, [region])]);
  const { status, values: found } = box.watch(() => box.evaluate(payload, { lists: bindings }));
  must(status === Status.OK, `status ${Status[status]}`);
  return found[0] === true;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function* seeds(): Generator<Uint8Array> {
  yield writeList(RegisterType.TEXT, []);
  yield writeList(RegisterType.TEXT, ['x', 'yy', '', '😀', 'a longer text']);
  yield writeList(RegisterType.F64, [0, 1.5, -7, Infinity]);
  yield writeList(RegisterType.I64, [0n, -1n, 2n ** 62n]);
}

/** Changes a text and its hash with it. */
function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  const out = data.slice();
  const view = new DataView(out.buffer);
  if (out.length < at.MEMBERS_HEADER_BYTES || view.getUint32(at.MEMBERS_TYPE, true) !== RegisterType.TEXT) return undefined;
  const buckets = Math.min(view.getUint32(at.MEMBERS_BUCKETS, true), 64);
  if (buckets === 0 || at.MEMBERS_HEADER_BYTES + 4 * buckets > out.length) return undefined;
  const offset = view.getUint32(at.MEMBERS_HEADER_BYTES + 4 * random.below(buckets), true);
  if (offset === 0 || offset + at.MEMBER_TEXT > out.length) return undefined;
  const start = offset + at.MEMBER_TEXT;
  const end = start + view.getUint32(offset + at.MEMBER_BYTES, true);
  if (end > out.length || end === start) return undefined;
  out[start + random.below(end - start)] = 32 + random.below(96);
  view.setUint32(offset + at.MEMBER_HASH, hashBytes(out, start, end, view.getUint32(at.MEMBERS_SEED, true)), true);
  return out;
}

function repair(data: Uint8Array): Uint8Array {
  if (data.length < at.MEMBERS_HEADER_BYTES) return data;
  const out = data.slice(0, data.length & ~7);
  new DataView(out.buffer).setUint32(at.MEMBERS_REGION_BYTES, out.length, true);
  out.set(Buffer.from(listVersion(out), 'latin1'), at.MEMBERS_VERSION);
  return out;
}

export const target: Target = { name: 'list', fuzz, seeds, bytesMax: BYTES_MAX, keepsLength: true, mutate: change, repair };
