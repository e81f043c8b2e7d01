// Rules by ranks: what a program compares a register with cuts its values into ranks, and for each rank there is a row of bits, the
// rules that it leaves possible. So the rules that hold are the bits that the rows of all registers have in common: a search and a
// row for each register, in place of each test of each rule.
//
// The tables (rank-tables.ts) are a segment of the module. They lie in one of the areas of the scratch, which one by their key, and
// are put there by the first payload that finds another's key. The key is a hash of them: no other tables have it.

import { createHash } from 'node:crypto';
import { IMAGE_RULE_COUNT } from '../../assembly/shared/image.js';
import { RANK_AREA_BYTES, RANK_AREAS, SCRATCH_RANKS } from '../../assembly/shared/layout.js';
import { Op, Simd, ValueType } from '../wasm/format.js';
import { FunctionBody } from './body.js';
import type { Frame } from './frame.js';
import type { ModuleWriter } from './module-writer.js';
import { type RankDimension, type RankTables, ROUNDING, rankTables, VECTOR_BYTES } from './rank-tables.js';
import { rankedSegments } from './ranked-rules.js';
import type { Segment } from './segments.js';

/** Tests for each register from which on ranks are quicker than the tests. */
const TESTS_MIN = 3;

/** Rules of a program from which on rows are so long that few cuts have room. */
const RULES_MAX = 1024;

export interface Ranks {
  readonly tables: RankTables;
  /** Segments whose rules are told by ranks. */
  readonly segments: ReadonlySet<Segment>;
  readonly key: bigint;
  /** Function: puts the tables at an address. */
  readonly place: number;
}

/** What of a program is told by ranks; undefined where nothing is. Adds its tables to the module. */
export function addRanks(module: ModuleWriter, frame: Frame, segments: readonly Segment[]): Ranks | undefined {
  const ruleCount = frame.image.word(IMAGE_RULE_COUNT);
  if (frame.hitsInScratch || ruleCount > RULES_MAX) return undefined;
  const words = Math.ceil(ruleCount / 64);
  const taken = new Set<number>();
  const ranked = rankedSegments(frame, segments).filter(({ rules }) => {
    if (rules.some(({ rank }) => taken.has(rank))) return false;
    for (const { rank } of rules) taken.add(rank);
    return true;
  });
  const tables = rankTables(frame, ranked, words);
  if (tables === undefined) return undefined;
  const tests = tables.segments.reduce((sum, each) => sum + each.tests, 0);
  if (tests < TESTS_MIN * tables.dimensions.length) return undefined;
  const hash = createHash('sha256').update(tables.bytes).digest();
  const key = hash.readBigUInt64LE() | 1n;
  new DataView(tables.bytes.buffer).setBigUint64(0, key, true);
  const place = module.add(placeBody(module.addData(tables.bytes), tables.bytes.length), []);
  return { tables, segments: new Set(tables.segments.map(({ segment }) => segment)), key, place };
}

/** (address): puts the tables there, behind all else their key: a thread that ends in between leaves none. */
function placeBody(data: number, bytes: number): FunctionBody {
  const body = new FunctionBody([ValueType.I32]);
  body.get(0);
  body.i64(0n);
  body.memory(Op.I64_STORE);
  body.get(0);
  body.i32(8);
  body.op(Op.I32_ADD);
  body.i32(8);
  body.i32(bytes - 8);
  body.initMemory(data);
  body.get(0);
  body.i32(0);
  body.i32(8);
  body.initMemory(data);
  return body;
}

/** Sets the hit bits of all rules that are told by ranks. */
export function emitRanks(frame: Frame, { tables, key, place }: Ranks): void {
  const { body, image } = frame;
  const at = body.local(ValueType.I32);
  frame.pushScratch();
  body.i32(SCRATCH_RANKS + Number(BigInt.asUintN(32, key >> 32n) % BigInt(RANK_AREAS)) * RANK_AREA_BYTES);
  body.op(Op.I32_ADD);
  body.tee(at);
  body.memory(Op.I64_LOAD);
  body.i64(key);
  body.op(Op.I64_NE);
  body.if();
  body.get(at);
  body.call(place);
  body.end();
  const { dimensions, rowBytes } = tables;
  const cells = emitCells(frame, tables, at);
  const rows = Array.from({ length: rowBytes / VECTOR_BYTES }, () => body.local(ValueType.V128));
  const row = body.local(ValueType.I32);
  for (const [index, dimension] of dimensions.entries()) {
    emitRank(frame, dimension, at, cells[index]);
    body.i32(rowBytes);
    body.op(Op.I32_MUL);
    body.get(at);
    body.op(Op.I32_ADD);
    body.set(row);
    for (const [vector, bits] of rows.entries()) {
      if (index > 0) body.get(bits);
      body.get(row);
      body.loadVector(dimension.rows + vector * VECTOR_BYTES);
      if (index > 0) body.vector(Simd.V128_AND);
      body.set(bits);
    }
  }
  for (let word = 0; word < Math.ceil(image.word(IMAGE_RULE_COUNT) / 64); word++) {
    body.get(rows[word >> 1] as number);
    body.lane(Simd.I64X2_EXTRACT_LANE, word & 1);
    body.get(frame.hits(word));
    body.op(Op.I64_OR);
    body.set(frame.hits(word));
  }
}

/** The cells of all values that have a grid, as locals, two at a time. */
function emitCells(frame: Frame, { dimensions, factors }: RankTables, at: number): number[] {
  const { body } = frame;
  const cells: number[] = [];
  const grids = dimensions.flatMap(({ register, search, nanRank }) =>
    search.kind === 'grid' ? [{ register, last: search.cells - 1, nanRank }] : [],
  );
  const both = body.local(ValueType.V128);
  const bounds = new Map<number, number>();
  /** A vector of twice the same number, made once. */
  const pushBound = (value: number): void => {
    let local = bounds.get(value);
    if (local === undefined) {
      local = body.local(ValueType.V128);
      bounds.set(value, local);
      body.number(value);
      body.vector(Simd.F64X2_SPLAT);
      body.tee(local);
    } else {
      body.get(local);
    }
  };
  for (let first = 0; first < grids.length; first += 2) {
    const two = grids.slice(first, first + 2);
    const offset = factors + first * VECTOR_BYTES;
    body.get(frame.register(two[0]?.register as number));
    body.vector(Simd.F64X2_SPLAT);
    if (two[1] !== undefined) {
      body.get(frame.register(two[1].register));
      body.lane(Simd.F64X2_REPLACE_LANE, 1);
    }
    body.tee(both);
    body.get(at);
    body.loadVector(offset);
    body.vector(Simd.F64X2_MUL);
    body.get(at);
    body.loadVector(offset + VECTOR_BYTES);
    body.vector(Simd.F64X2_ADD);
    pushBound(1);
    body.vector(Simd.F64X2_PMAX);
    const lasts = two.map(({ last }) => last);
    pushBound(lasts[0] as number);
    if (lasts[1] !== undefined && lasts[1] !== lasts[0]) {
      body.number(lasts[1]);
      body.lane(Simd.F64X2_REPLACE_LANE, 1);
    }
    body.vector(Simd.F64X2_PMIN);
    if (two.some(({ nanRank }) => nanRank !== undefined)) {
      body.get(both);
      body.get(both);
      body.vector(Simd.F64X2_EQ, Simd.V128_AND);
    }
    pushBound(ROUNDING);
    body.vector(Simd.F64X2_ADD);
    body.set(both);
    for (const lane of two.keys()) {
      const cell = body.local(ValueType.I32);
      body.get(both);
      body.lane(Simd.I32X4_EXTRACT_LANE, lane * 2);
      body.set(cell);
      cells.push(cell);
    }
  }
  return cells;
}

/** Pushes the rank of a value. @param cell local, where it has a grid */
function emitRank(frame: Frame, dimension: RankDimension, at: number, cell: number | undefined): void {
  const { register, value, search, nanRank, nullRank } = dimension;
  const flag = nullRank === undefined ? undefined : (frame.nullFlag(register) as number);
  const { body } = frame;
  if (search.kind === 'none') {
    // The first of two ranks is of what is not null.
    if (flag === undefined) body.i32(0);
    else body.get(flag);
    return;
  }
  const local = value === 'key' ? (frame.key(register) as number) : frame.register(register);
  if (nullRank !== undefined) body.i32(nullRank);
  switch (search.kind) {
    case 'one':
      body.get(local);
      body.i64(search.constant);
      body.op(Op.I64_EQ);
      break;
    case 'hash':
      emitHash(frame, dimension, search, at, local);
      break;
    case 'grid': {
      const start = body.local(ValueType.I32);
      body.get(at);
      body.get(cell as number);
      body.op(Op.I32_ADD);
      body.memory(Op.I32_LOAD8_U, dimension.starts);
      body.tee(start);
      emitSteps(frame, dimension, search.vectors, at, local, start);
      body.op(Op.I32_ADD);
      break;
    }
    default:
      if (nanRank !== undefined) body.i32(nanRank);
      emitSteps(frame, dimension, search.vectors, at, local, undefined);
      if (nanRank === undefined) break;
      body.get(local);
      body.get(local);
      body.op(Op.F64_NE, Op.SELECT);
  }
  if (flag === undefined) return;
  body.get(flag);
  body.op(Op.SELECT);
}

/** Pushes how many cuts are below a value, of those of some vectors. @param start local: the first one of them */
function emitSteps(frame: Frame, { value, cuts }: RankDimension, vectors: number, at: number, local: number, start?: number): void {
  const { body } = frame;
  const both = body.local(ValueType.V128);
  const from = body.local(ValueType.I32);
  body.get(local);
  body.vector(value === 'double' ? Simd.F64X2_SPLAT : Simd.I64X2_SPLAT);
  body.set(both);
  body.get(at);
  if (start !== undefined) {
    body.get(start);
    body.i32(3);
    body.op(Op.I32_SHL, Op.I32_ADD);
  }
  body.set(from);
  if (vectors === 0) body.i32(0);
  for (let vector = 0; vector < vectors; vector++) {
    body.get(both);
    body.get(from);
    body.loadVector(cuts + vector * VECTOR_BYTES);
    body.vector(value === 'double' ? Simd.F64X2_GT : Simd.I64X2_GT_S);
    body.vector(Simd.I64X2_BITMASK);
    if (vector > 0) {
      body.i32(2 * vector);
      body.op(Op.I32_SHL, Op.I32_OR);
    }
  }
  body.op(Op.I32_POPCNT);
}

/** Pushes the place of the constant that a value is; 0 where it is none. */
function emitHash(
  { body }: Frame,
  { starts, cuts }: RankDimension,
  { factor, bits }: { factor: bigint; bits: number },
  at: number,
  local: number,
): void {
  const place = body.local(ValueType.I32);
  body.get(local);
  body.i64(factor);
  body.op(Op.I64_MUL);
  body.i64(BigInt(64 - bits));
  body.op(Op.I64_SHR_U, Op.I32_WRAP_I64);
  body.get(at);
  body.op(Op.I32_ADD);
  body.memory(Op.I32_LOAD8_U, starts);
  body.tee(place);
  body.i32(0);
  body.get(at);
  body.get(place);
  body.i32(3);
  body.op(Op.I32_SHL, Op.I32_ADD);
  body.memory(Op.I64_LOAD, cuts);
  body.get(local);
  body.op(Op.I64_EQ, Op.SELECT);
}
