// Verifies a match index: every offset, rank and rank of a hit that match.ts follows, and that constants are sorted, on which its
// searches rely. One pass over the blob; what rows say is not looked at, since each is ANDed with the parts that there are.

import { typeOf } from '../image/registers';
import { IMAGE_FIELD_REGISTERS, IMAGE_RULE_COUNT } from '../shared/image';
import { SCRATCH_NULLS } from '../shared/layout';
import {
  DIMENSION_BYTES,
  DIMENSION_KIND,
  DIMENSION_LEVELS,
  DIMENSION_NULL,
  DIMENSION_POINTS,
  DIMENSION_RANKS,
  DIMENSION_REGISTER,
  DIMENSION_ROW_COUNT,
  DIMENSION_ROWS,
  DIMENSION_SEARCH,
  DIMENSION_TEXTS,
  DimensionKind,
  INDEX_BLOCK_PARTS,
  INDEX_BLOCKS,
  INDEX_DIMENSIONS,
  INDEX_DIMENSIONS_MAX,
  INDEX_END,
  INDEX_ENTRIES,
  INDEX_HEADER_BYTES,
  INDEX_HIT_WORD,
  INDEX_HITS,
  INDEX_LISTS,
  INDEX_LIVE,
  INDEX_MODE,
  INDEX_PARTS,
  INDEX_PARTS_MAX,
  INDEX_POINTS_MAX,
  INDEX_ROW_BYTES,
  INDEX_ROWS_MAX,
  INDEX_SURE,
  IndexMode,
  LEVEL_FIRST_WORDS,
  LEVEL_SECOND_WORDS,
  LEVEL_THIRD_WORDS,
  levelsOf,
  NEVER_NULL,
  PREFIX_END,
  TEXT_MARGIN_BYTES,
  TEXT_POINT_AT,
  TEXT_POINT_BYTES,
  TEXT_POINT_LENGTH,
  TEXTS_HEAD_BYTES,
  TEXTS_LONGEST,
} from '../shared/match-index';
import { RegisterType } from '../shared/value-type';

/** Whether `size` bytes from `offset` on lie behind the header and inside the blob; `offset` is a multiple of 8. */
function fits(offset: u32, size: u64, bytes: u32): bool {
  return offset >= (INDEX_HEADER_BYTES as u32) && (offset & 7) === 0 && (offset as u64) + size <= (bytes as u64);
}

/** Codes of a dimension, null's included. */
export function codesOf(kind: u32, points: u32): u32 {
  if (kind <= (DimensionKind.COUNT as u32)) return (points << 1) + 3;
  return isOrdered(kind) ? (points << 1) + 2 : points + 2;
}

function isOrdered(kind: u32): bool {
  return kind <= (DimensionKind.INTEGER as u32) || kind === DimensionKind.TEXT_ORDER;
}

/** Whether a blob is a match index of this image. Registers are known to be good. */
export function verifyIndex(image: usize, blob: usize, bytes: u32): bool {
  if (bytes < (INDEX_HEADER_BYTES as u32)) return false;
  const parts = load<u32>(blob, INDEX_PARTS);
  const blocks = load<u32>(blob, INDEX_BLOCKS);
  const rowBytes = load<u32>(blob, INDEX_ROW_BYTES);
  const dimensions = load<u32>(blob, INDEX_DIMENSIONS);
  if (parts === 0 || parts > (INDEX_PARTS_MAX as u32) || dimensions > (INDEX_DIMENSIONS_MAX as u32)) return false;
  if (blocks !== (parts + INDEX_BLOCK_PARTS - 1) / INDEX_BLOCK_PARTS || rowBytes !== rowBytesOf(parts)) return false;
  if (load<u32>(blob, INDEX_MODE) > (IndexMode.EACH as u32)) return false;
  for (let at: usize = INDEX_LISTS + 4; at < (INDEX_HEADER_BYTES as usize); at += 4) if (load<u32>(blob + at) !== 0) return false;
  const bits = (blocks * rowBytes) as u64;
  if (!fits(load<u32>(blob, INDEX_LIVE), bits, bytes) || !fits(load<u32>(blob, INDEX_SURE), bits, bytes)) return false;
  if (!bitsEnd(blob + load<u32>(blob, INDEX_LIVE), parts, bits as u32)) return false;
  if (!fits(INDEX_HEADER_BYTES, (dimensions * DIMENSION_BYTES) as u64, bytes)) return false;
  const blocked = load<u32>(blob, INDEX_LISTS) !== 0;
  if (blocked !== blocks > 1) return false;
  let kind: u32 = 0;
  for (let index: u32 = 0; index < dimensions; index++) {
    const at = blob + INDEX_HEADER_BYTES + index * DIMENSION_BYTES;
    if ((load<u8>(at, DIMENSION_KIND) as u32) < kind) return false;
    kind = load<u8>(at, DIMENSION_KIND) as u32;
    if (!dimensionFits(image, blob, bytes, at, blocks, rowBytes)) return false;
  }
  return (
    hitsFit(image, blob, bytes, parts) && entriesFit(blob, bytes, parts) && (!blocked || listsFit(blob, bytes, blocks, dimensions))
  );
}

function rowBytesOf(parts: u32): u32 {
  return parts <= 64 ? 8 : parts <= 128 ? 16 : parts <= 256 ? 32 : 64;
}

/** Whether no bit from `count` on is set. */
function bitsEnd(at: usize, count: u32, bytes: u32): bool {
  for (let word: u32 = count >> 6; word << 3 < bytes; word++) {
    let bits = load<u64>(at + (word << 3));
    if (word === count >> 6) bits >>= (count & 63) as u64;
    if (bits !== 0) return false;
  }
  return true;
}

function dimensionFits(image: usize, blob: usize, bytes: u32, at: usize, blocks: u32, rowBytes: u32): bool {
  const kind = load<u8>(at, DIMENSION_KIND) as u32;
  const points = load<u32>(at, DIMENSION_POINTS);
  if (points > (INDEX_POINTS_MAX as u32) || !registerFits(image, at, kind)) return false;
  const codes = codesOf(kind, points);
  const rowCount = load<u32>(at, DIMENSION_ROW_COUNT);
  if (rowCount === 0 || !fits(load<u32>(at, DIMENSION_ROWS), (rowCount as u64) * (rowBytes as u64), bytes)) return false;
  const ranks = load<u32>(at, DIMENSION_RANKS);
  if (blocks === 1) {
    if (ranks !== 0 || rowCount !== codes) return false;
  } else if (rowCount > (INDEX_ROWS_MAX as u32) || !fits(ranks, ((codes * blocks) as u64) << 1, bytes)) {
    return false;
  } else if (!ranksFit(blob + ranks, codes * blocks, rowCount)) {
    return false;
  }
  const texts = load<u32>(at, DIMENSION_TEXTS);
  const hasTexts = kind >= (DimensionKind.TEXT_HASH as u32);
  if (hasTexts ? !textsFit(blob, bytes, texts, points) : texts !== 0) return false;
  const levels = load<u8>(at, DIMENSION_LEVELS) as u32;
  const search = load<u32>(at, DIMENSION_SEARCH);
  if (kind === DimensionKind.SMALL || kind === DimensionKind.TEXT_ORDER) return levels === 0 && search === 0;
  if (levels !== (levelsOf(points as f64) as u32)) return false;
  if (!fits(search, (levelsWords(levels, points) as u64) << 3, bytes)) return false;
  return levelsFit(blob + search, levels, points, kind <= (DimensionKind.COUNT as u32));
}

/** Whether the register has the kind's type, and the null flag is one. */
function registerFits(image: usize, at: usize, kind: u32): bool {
  const type = typeOf(image, load<u16>(at, DIMENSION_REGISTER));
  const flag = load<u32>(at, DIMENSION_NULL);
  if (flag !== (NEVER_NULL as u32)) {
    const isField = flag >= (SCRATCH_NULLS as u32) && flag - SCRATCH_NULLS < load<u32>(image, IMAGE_FIELD_REGISTERS);
    if (!isField && ((flag & 7) !== 0 || flag >= (SCRATCH_NULLS as u32) || typeOf(image, flag >> 3) !== RegisterType.BOOL))
      return false;
  }
  switch (kind) {
    case DimensionKind.NUMBER:
      return type === RegisterType.F64;
    case DimensionKind.COUNT:
      return type === RegisterType.LIST;
    case DimensionKind.INTEGER:
    case DimensionKind.INTEGER_EQUAL:
      return type === RegisterType.I64;
    case DimensionKind.SMALL:
      return type === RegisterType.I64 || type === RegisterType.BOOL;
    case DimensionKind.TEXT_KEY:
    case DimensionKind.TEXT_HASH:
    case DimensionKind.TEXT_ORDER:
      return type === RegisterType.TEXT;
    default:
      return false;
  }
}

/** Whether all of `count` ranks are below `rows`. Eight at a time: there may be a million of them. */
function ranksFit(at: usize, count: u32, rows: u32): bool {
  const end = at + (count << 1);
  let over = false;
  if (ASC_FEATURE_SIMD) {
    let largest = i16x8.splat(0);
    for (; at + 16 <= end; at += 16) largest = i16x8.max_u(largest, v128.load(at));
    over = v128.any_true(i16x8.gt_u(largest, i16x8.splat((rows - 1) as i16)));
  }
  for (; at < end; at += 2) over = over || (load<u16>(at) as u32) >= rows;
  return !over;
}

/** Words of all levels. */
function levelsWords(levels: u32, points: u32): u32 {
  const last = ((points + 15) & ~15) + 16;
  if (levels === 1) return last;
  if (levels === 2) return LEVEL_FIRST_WORDS + last;
  return LEVEL_FIRST_WORDS + LEVEL_SECOND_WORDS + (levels === 3 ? 0 : LEVEL_THIRD_WORDS) + last;
}

/** Whether the constants are sorted, the levels above them have each 16th, and behind all of them stands what is never less. */
function levelsFit(search: usize, levels: u32, points: u32, numbers: bool): bool {
  const first = search;
  const second = first + (LEVEL_FIRST_WORDS << 3);
  const third = second + (LEVEL_SECOND_WORDS << 3);
  const last = search + ((levelsWords(levels, points) - (((points + 15) & ~15) + 16)) << 3);
  if (!sorted(last, points, ((points + 15) & ~15) + 16, numbers)) return false;
  if (levels === 1) return true;
  const seconds = (points + 15) >> 4;
  if (levels === 2) return fences(first, last, points, LEVEL_FIRST_WORDS, numbers);
  if (levels === 3) {
    return fences(second, last, points, LEVEL_SECOND_WORDS, numbers) && fences(first, second, seconds, LEVEL_FIRST_WORDS, numbers);
  }
  const thirds = (seconds + 15) >> 4;
  return (
    fences(third, last, points, LEVEL_THIRD_WORDS, numbers) &&
    fences(second, third, seconds, LEVEL_SECOND_WORDS, numbers) &&
    fences(first, second, thirds, LEVEL_FIRST_WORDS, numbers)
  );
}

function sorted(at: usize, points: u32, words: u32, numbers: bool): bool {
  for (let index: u32 = 0; index < words; index++) {
    const here = at + (index << 3);
    if (index >= points) {
      if (!isPadding(here, numbers)) return false;
    } else if (numbers) {
      const x = load<f64>(here);
      if (x !== x || (index > 0 && !(load<f64>(here - 8) < x))) return false;
    } else if (index > 0 && load<i64>(here - 8) >= load<i64>(here)) {
      return false;
    }
  }
  return true;
}

/** Whether a level of `words` has the last word of each group of the level below, which has `count` constants, and then padding. */
function fences(at: usize, below: usize, count: u32, words: u32, numbers: bool): bool {
  for (let index: u32 = 0; index < words; index++) {
    const here = at + (index << 3);
    // The last group may be short: its last word is padding, and so is its fence.
    if (index < (count + 15) >> 4 ? load<u64>(here) !== load<u64>(below + (index << 7) + 120) : !isPadding(here, numbers))
      return false;
  }
  return true;
}

function isPadding(at: usize, numbers: bool): bool {
  return numbers ? load<f64>(at) !== load<f64>(at) : load<i64>(at) === i64.MAX_VALUE;
}

/** Whether each text lies inside the blob, with a margin that functions which look at characters stay in. */
function textsFit(blob: usize, bytes: u32, texts: u32, points: u32): bool {
  if (!fits(texts, (TEXTS_HEAD_BYTES + points * TEXT_POINT_BYTES) as u64, bytes) || load<u32>(blob + texts, 4) !== 0) return false;
  const longest = load<u32>(blob + texts, TEXTS_LONGEST);
  for (let index: u32 = 0; index < points; index++) {
    const point = blob + texts + TEXTS_HEAD_BYTES + index * TEXT_POINT_BYTES;
    const at = load<u32>(point, TEXT_POINT_AT);
    const length = load<u32>(point, TEXT_POINT_LENGTH) & ~(PREFIX_END as u32);
    if (at < (INDEX_HEADER_BYTES as u32) || length > longest) return false;
    if ((at as u64) + (length as u64) + (TEXT_MARGIN_BYTES as u64) > (bytes as u64)) return false;
  }
  return true;
}

/** Whether hits are ranks of rules. */
function hitsFit(image: usize, blob: usize, bytes: u32, parts: u32): bool {
  const rules = load<u32>(image, IMAGE_RULE_COUNT);
  const hits = load<u32>(blob, INDEX_HITS);
  const word = load<u32>(blob, INDEX_HIT_WORD);
  if (load<u32>(blob, INDEX_MODE) !== IndexMode.HITS) return hits === 0 && word === 0;
  if (hits === 0) return ((word as u64) << 6) + (parts as u64) <= (rules as u64);
  if (word !== 0 || !fits(hits, (parts as u64) << 2, bytes)) return false;
  for (let part: u32 = 0; part < parts; part++) if (load<u32>(blob + hits + (part << 2)) >= rules) return false;
  return true;
}

/** Whether entries lie in the order of their parts, and the end behind them; that each is an ALIVE is for matches.ts. */
function entriesFit(blob: usize, bytes: u32, parts: u32): bool {
  const entries = load<u32>(blob, INDEX_ENTRIES);
  const live = blob + load<u32>(blob, INDEX_LIVE);
  const sure = blob + load<u32>(blob, INDEX_SURE);
  const isHits = load<u32>(blob, INDEX_MODE) === IndexMode.HITS;
  if (entries !== 0 && !fits(entries, (parts as u64) << 2, bytes)) return false;
  let last: u32 = 0;
  for (let part: u32 = 0; part < parts; part++) {
    const at = (part >> 6) << 3;
    const open = load<u64>(live + at) & (isHits ? ~load<u64>(sure + at) : -1);
    const expected = ((open >> ((part & 63) as u64)) & 1) !== 0;
    if (entries === 0) {
      if (expected) return false;
      continue;
    }
    const entry = load<u32>(blob + entries + (part << 2));
    if (expected ? entry <= last : entry !== 0) return false;
    if (expected) last = entry;
  }
  return load<u32>(blob, INDEX_END) > last;
}

/** Whether the lists of all blocks lie one behind the other, and name dimensions. */
function listsFit(blob: usize, bytes: u32, blocks: u32, dimensions: u32): bool {
  const offset = load<u32>(blob, INDEX_LISTS);
  const head = (blocks + 1) << 2;
  if (!fits(offset, head as u64, bytes)) return false;
  const lists = blob + offset;
  let last = head;
  for (let block: u32 = 0; block <= blocks; block++) {
    const at = load<u32>(lists + (block << 2));
    if ((at & 1) !== 0 || (block === 0 ? at !== head : at < last)) return false;
    last = at;
  }
  if ((offset as u64) + (last as u64) > (bytes as u64)) return false;
  for (let at = head; at < last; at += 2) if ((load<u16>(lists + at) as u32) >= dimensions) return false;
  return true;
}
