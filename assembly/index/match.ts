// Which parts of a match index are alive: one search for each register, then the rows of all dimensions for one block of parts
// after the other. The blob has passed verify.ts, the registers hold values of their types: nothing is checked here.

import { copy8, scratchAlive, scratchHits, scratchRegisters, scratchWork, zero8 } from '../memory/scratch';
import { textKey } from '../ops/text';
import {
  DIMENSION_BYTES,
  DIMENSION_KIND,
  DIMENSION_NULL,
  DIMENSION_POINTS,
  DIMENSION_RANKS,
  DIMENSION_REGISTER,
  DIMENSION_ROWS,
  DimensionKind,
  INDEX_BLOCKS,
  INDEX_DIMENSIONS,
  INDEX_END,
  INDEX_ENTRIES,
  INDEX_HEADER_BYTES,
  INDEX_HIT_WORD,
  INDEX_HITS,
  INDEX_LISTS,
  INDEX_LIVE,
  INDEX_MODE,
  INDEX_PARTS,
  INDEX_ROW_BYTES,
  INDEX_SURE,
  IndexMode,
  NEVER_NULL,
} from '../shared/match-index';
import { hashFor, integerPlace, isText, numberCode, textCode } from './search';

/** Where a dimension's value leads, in the work area: its ranks (or its row, where rows stand by code), then its rows. */
const PLACE_BYTES: usize = 8;

/** Dimensions of a block whose rows are taken together before it is asked whether a part is left. */
const STRIDE: usize = 32;

/**
 * Finds the parts that are alive and leaves their bits at scratchAlive(), in the order of parts; in mode HITS it hits those that
 * are sure, and leaves the others.
 *
 * This is the whole of MATCH but for the jump: generated code may call it, then ask nextAlive(blob, 0), or test the bits itself,
 * and go on at the code of the parts, whose places entryOf tells. Registers and null flags are read from this instance's
 * scratch, hit bits are written there; the work area is overwritten.
 *
 * @param blob address of the index, which the image verifier has passed
 */
export function matchIndex(blob: usize): void {
  if (load<u32>(blob, INDEX_LISTS) !== 0) {
    findPlaces(blob, 1);
    matchBlocks(blob);
  } else {
    findPlaces(blob, 0);
    matchOne(blob);
  }
}

/** The first part from `part` on that is alive and has code; the number of parts where there is none. */
export function nextAlive(blob: usize, part: u32): u32 {
  const parts = load<u32>(blob, INDEX_PARTS);
  if (part >= parts) return parts;
  const alive = scratchAlive();
  const words = (parts + 63) >> 6;
  let word = part >> 6;
  let bits = load<u64>(alive + (word << 3)) & ((-1 as u64) << ((part & 63) as u64));
  while (bits === 0) {
    if (++word === words) return parts;
    bits = load<u64>(alive + (word << 3));
  }
  return min((word << 6) + (ctz(bits) as u32), parts);
}

/** Instructions from the MATCH to the ALIVE of a part; to behind the last one for the number of parts. */
export function entryOf(blob: usize, part: u32): u32 {
  if (part >= load<u32>(blob, INDEX_PARTS)) return load<u32>(blob, INDEX_END);
  return load<u32>(blob + load<u32>(blob, INDEX_ENTRIES) + (part << 2));
}

/** Whether a dimension's value is null. */
function isNull(registers: usize, dimension: usize): bool {
  const at = load<u32>(dimension, DIMENSION_NULL);
  return at !== (NEVER_NULL as u32) && load<u8>(registers + at) !== 0;
}

/** Where a dimension's register lies. */
function registerOf(registers: usize, dimension: usize): usize {
  return registers + ((load<u16>(dimension, DIMENSION_REGISTER) as usize) << 3);
}

/** Notes where a dimension's code leads. @param base where the dimension says where what the code counts in begins, `width` bytes each */
function leadTo(place: usize, blob: usize, dimension: usize, base: usize, code: u32, width: u32): void {
  store<u32>(place, (blob + load<u32>(dimension + base) + code * width) as u32);
  store<u32>(place, (blob + load<u32>(dimension, DIMENSION_ROWS)) as u32, 4);
}

/**
 * Searches each dimension's value. Dimensions are sorted by kind: those whose values are searched as numbers come first, then those
 * that are searched as integers, then texts by their order.
 *
 * @param blocked 1 where the index has ranks: places are then the ranks of the code, and the rows
 */
function findPlaces(blob: usize, blocked: u32): void {
  const registers = scratchRegisters();
  let place = scratchWork();
  let at = blob + INDEX_HEADER_BYTES;
  const end = at + load<u32>(blob, INDEX_DIMENSIONS) * DIMENSION_BYTES;
  // Bytes from one code's row, or ranks, to the next one's.
  const width = blocked !== 0 ? load<u32>(blob, INDEX_BLOCKS) << 1 : load<u32>(blob, INDEX_ROW_BYTES);
  const base: usize = blocked !== 0 ? DIMENSION_RANKS : DIMENSION_ROWS;
  for (; at < end; at += DIMENSION_BYTES) {
    const kind = load<u8>(at, DIMENSION_KIND) as u32;
    if (kind > (DimensionKind.COUNT as u32)) break;
    const register = registerOf(registers, at);
    const isNumber = kind === DimensionKind.NUMBER;
    const code = numberCode(blob, at, isNumber ? load<f64>(register) : (load<u32>(register, 4) as f64));
    const nullCode = (load<u32>(at, DIMENSION_POINTS) << 1) + 2;
    leadTo(place, blob, at, base, isNull(registers, at) ? nullCode : code, width);
    place += PLACE_BYTES;
  }
  for (; at < end; at += DIMENSION_BYTES) {
    const kind = load<u8>(at, DIMENSION_KIND) as u32;
    if (kind === DimensionKind.TEXT_ORDER) break;
    const points = load<u32>(at, DIMENSION_POINTS);
    let word = load<u64>(registerOf(registers, at));
    let code: u32;
    if (kind === DimensionKind.SMALL) {
      code = min<u64>(word, points as u64) as u32;
    } else {
      const text = word;
      if (kind === DimensionKind.TEXT_KEY) word = textKey(text);
      else if (kind === DimensionKind.TEXT_HASH) word = hashFor(blob, at, text);
      const found = integerPlace(blob, at, word as i64);
      const equal = (found >> 32) as u32;
      code = select<u32>((found as u32) + 1, 0, equal !== 0);
      if (kind === DimensionKind.INTEGER) code = ((found as u32) << 1) + equal;
      else if (kind === DimensionKind.TEXT_HASH && equal !== 0 && !isText(blob, at, text, found as u32)) code = 0;
    }
    if (isNull(registers, at)) code = kind === DimensionKind.INTEGER ? (points << 1) + 1 : points + 1;
    leadTo(place, blob, at, base, code, width);
    place += PLACE_BYTES;
  }
  for (; at < end; at += DIMENSION_BYTES) {
    const code = textCode(blob, at, load<u64>(registerOf(registers, at)));
    const nullCode = (load<u32>(at, DIMENSION_POINTS) << 1) + 1;
    leadTo(place, blob, at, base, isNull(registers, at) ? nullCode : code, width);
    place += PLACE_BYTES;
  }
}

/** One block: rows stand by code, and are as wide as the block. */
function matchOne(blob: usize): void {
  const live = blob + load<u32>(blob, INDEX_LIVE);
  const alive = scratchAlive();
  const rowBytes = load<u32>(blob, INDEX_ROW_BYTES);
  const places = scratchWork();
  const end = places + (load<u32>(blob, INDEX_DIMENSIONS) as usize) * PLACE_BYTES;
  if (ASC_FEATURE_SIMD) {
    if (rowBytes === 8) matchWords(alive, live, places, end, 8);
    else if (rowBytes === 64) matchLine(alive, live, places, end);
    else for (let at: usize = 0; at < (rowBytes as usize); at += 16) matchVector(alive + at, live + at, places, end, at);
  } else {
    matchWords(alive, live, places, end, rowBytes);
  }
  if (load<u32>(blob, INDEX_MODE) === IndexMode.HITS) takeHits(blob, alive, rowBytes);
}

/** Rows of any width, a word at a time. */
function matchWords(alive: usize, live: usize, places: usize, end: usize, rowBytes: u32): void {
  for (let at: u32 = 0; at < rowBytes; at += 8) {
    let a = load<u64>(live + at);
    for (let place = places; place < end; place += PLACE_BYTES) a &= load<u64>((load<u32>(place) as usize) + at);
    store<u64>(alive + at, a);
  }
}

/** 16 bytes of each row, from `at` on. */
function matchVector(alive: usize, live: usize, places: usize, end: usize, at: usize): void {
  if (ASC_FEATURE_SIMD) {
    let a = v128.load(live);
    for (let place = places; place < end; place += PLACE_BYTES) a = v128.and(a, v128.load((load<u32>(place) as usize) + at));
    v128.store(alive, a);
  }
}

/** Rows of 64 bytes. */
function matchLine(alive: usize, live: usize, places: usize, end: usize): void {
  if (ASC_FEATURE_SIMD) {
    let a = v128.load(live);
    let b = v128.load(live, 16);
    let c = v128.load(live, 32);
    let d = v128.load(live, 48);
    for (let place = places; place < end; place += PLACE_BYTES) {
      const row = load<u32>(place) as usize;
      a = v128.and(a, v128.load(row));
      b = v128.and(b, v128.load(row, 16));
      c = v128.and(c, v128.load(row, 32));
      d = v128.and(d, v128.load(row, 48));
    }
    v128.store(alive, a);
    v128.store(alive, b, 16);
    v128.store(alive, c, 32);
    v128.store(alive, d, 48);
  }
}

/** Several blocks: a block looks at the dimensions of its list alone, and is left as soon as no part is left. */
function matchBlocks(blob: usize): void {
  const places = scratchWork();
  const blocks = load<u32>(blob, INDEX_BLOCKS);
  const stops = load<u32>(blob, INDEX_MODE) === IndexMode.FIRST;
  const lists = blob + load<u32>(blob, INDEX_LISTS);
  let live = blob + load<u32>(blob, INDEX_LIVE);
  let sure = blob + load<u32>(blob, INDEX_SURE);
  let alive = scratchAlive();
  let stopped = false;
  let list = lists + load<u32>(lists);
  for (let block: u32 = 0; block < blocks; block++) {
    const listEnd = lists + load<u32>(lists + ((block + 1) << 2));
    if (stopped) {
      zero8(alive, 64);
    } else {
      const found = matchBlock(alive, live, sure, places, list, listEnd, block << 1);
      stopped = stops && found;
    }
    list = listEnd;
    alive += 64;
    live += 64;
    sure += 64;
  }
  if (load<u32>(blob, INDEX_MODE) === IndexMode.HITS) takeHits(blob, scratchAlive(), blocks << 6);
}

/**
 * The parts of one block that are alive.
 *
 * @param rank bytes from a code's ranks to those of the block
 * @returns whether a sure one is
 */
function matchBlock(alive: usize, live: usize, sure: usize, places: usize, list: usize, listEnd: usize, rank: usize): bool {
  if (ASC_FEATURE_SIMD) {
    let a = v128.load(live);
    let b = v128.load(live, 16);
    let c = v128.load(live, 32);
    let d = v128.load(live, 48);
    while (list < listEnd) {
      const stride = min(list + STRIDE, listEnd);
      for (; list < stride; list += 2) {
        const row = rowOf(places, list, rank);
        a = v128.and(a, v128.load(row));
        b = v128.and(b, v128.load(row, 16));
        c = v128.and(c, v128.load(row, 32));
        d = v128.and(d, v128.load(row, 48));
      }
      if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) break;
    }
    v128.store(alive, a);
    v128.store(alive, b, 16);
    v128.store(alive, c, 32);
    v128.store(alive, d, 48);
    const ab = v128.or(v128.and(a, v128.load(sure)), v128.and(b, v128.load(sure, 16)));
    const cd = v128.or(v128.and(c, v128.load(sure, 32)), v128.and(d, v128.load(sure, 48)));
    return v128.any_true(v128.or(ab, cd));
  }
  copy8(alive, live, 64);
  for (; list < listEnd; list += 2) {
    const row = rowOf(places, list, rank);
    for (let at: usize = 0; at < 64; at += 8) store<u64>(alive + at, load<u64>(alive + at) & load<u64>(row + at));
  }
  let found: u64 = 0;
  for (let at: usize = 0; at < 64; at += 8) found |= load<u64>(alive + at) & load<u64>(sure + at);
  return found !== 0;
}

/** Address of the row that a dimension of a block's list has for its value. */
function rowOf(places: usize, list: usize, rank: usize): usize {
  const place = places + ((load<u16>(list) as usize) << 3);
  return (load<u32>(place, 4) as usize) + ((load<u16>((load<u32>(place) as usize) + rank) as usize) << 6);
}

/** Hits the sure parts that are alive, and leaves the others. @param bytes of the bits */
function takeHits(blob: usize, alive: usize, bytes: u32): void {
  const sure = blob + load<u32>(blob, INDEX_SURE);
  const hits = scratchHits();
  const ranks = load<u32>(blob, INDEX_HITS);
  if (ranks === 0) {
    const first = hits + (load<u32>(blob, INDEX_HIT_WORD) << 3);
    for (let at: u32 = 0; at < bytes; at += 8) {
      const bits = load<u64>(alive + at);
      const taken = bits & load<u64>(sure + at);
      if (taken !== 0) store<u64>(first + at, load<u64>(first + at) | taken);
      store<u64>(alive + at, bits ^ taken);
    }
    return;
  }
  for (let at: u32 = 0; at < bytes; at += 8) {
    const bits = load<u64>(alive + at);
    let taken = bits & load<u64>(sure + at);
    store<u64>(alive + at, bits ^ taken);
    while (taken !== 0) {
      const rank = load<u32>(blob + ranks + (((at << 3) + (ctz(taken) as u32)) << 2));
      const word = hits + ((rank >> 6) << 3);
      store<u64>(word, load<u64>(word) | ((1 as u64) << ((rank & 63) as u64)));
      taken &= taken - 1;
    }
  }
}
