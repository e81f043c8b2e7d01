// MATCH and ALIVE in a program. What a MATCH leads reaches to where its index ends: there lie the ALIVEs of its parts, each at the
// place that the index names, and nothing jumps in from outside. So every jump that they make goes forward, to one of them or to
// the end, and what is alive was found by the MATCH before.
//
// Keeps the index that is open in the work area, behind the loops that are (loops.ts).

import { scratchWork } from '../memory/scratch';
import { BLOB_KIND, BlobKind, IMAGE_BLOB_COUNT } from '../shared/image';
import {
  ALIVE_UNITS,
  blocksUnits,
  DIMENSION_BYTES,
  DIMENSION_KIND,
  DIMENSION_POINTS,
  DIMENSION_REGISTER,
  DIMENSION_TEXTS,
  DimensionKind,
  dimensionUnits,
  INDEX_BLOCKS,
  INDEX_DIMENSIONS,
  INDEX_END,
  INDEX_ENTRIES,
  INDEX_HEADER_BYTES,
  INDEX_PARTS,
  INDEX_ROW_BYTES,
  TEXTS_LONGEST,
} from '../shared/match-index';
import { INSTRUCTION_A, INSTRUCTION_IMM, Opcode } from '../shared/opcode';
import { blobAddress, blobOf } from './blobs';
import { isEntered, loopDepth } from './loops';
import { textBytesOf } from './registers';

const OPEN: usize = 512; // u32, blob of the index that is open, plus 1
const FIRST: usize = 516; // u32, its MATCH
const LAST: usize = 520; // u32, where it ends
const LEFT: usize = 524; // u32, parts whose ALIVE is still to come

/** As far as a jump reaches. */
const JUMP_MAX: u32 = 65535;

/** Forgets what is open. */
export function beginMatches(): void {
  store<u32>(scratchWork(), 0, OPEN);
}

/** Whether an index is open. */
export function isMatching(): bool {
  return load<u32>(scratchWork(), OPEN) !== 0;
}

/** Whether instruction `index` of `count` may stand there, as far as the indexes of the program are concerned. */
export function verifyMatch(image: usize, pc: usize, index: u32, count: u32): bool {
  const work = scratchWork();
  const op = load<u16>(pc) as u32;
  if (load<u32>(work, OPEN) !== 0 && index === load<u32>(work, LAST)) {
    if (load<u32>(work, LEFT) !== 0 || loopDepth() !== 0) return false;
    store<u32>(work, 0, OPEN);
  }
  if (op === Opcode.MATCH) return openMatch(image, pc, index, count);
  return op !== Opcode.ALIVE || isEntry(image, pc, index);
}

function openMatch(image: usize, pc: usize, index: u32, count: u32): bool {
  const work = scratchWork();
  const number = load<u64>(pc, INSTRUCTION_IMM);
  if (load<u32>(work, OPEN) !== 0 || loopDepth() !== 0 || !isIndex(image, number) || load<u64>(pc) >> 16 !== 0) return false;
  const blob = blobAddress(image, number as u32);
  const end = load<u32>(blob, INDEX_END);
  if (end >= count - index || isEntered(index + 1, index + min(end, JUMP_MAX))) return false;
  store<u32>(work, (number as u32) + 1, OPEN);
  store<u32>(work, index, FIRST);
  store<u32>(work, index + end, LAST);
  store<u32>(work, entriesOf(blob), LEFT);
  return true;
}

/** Whether an ALIVE is where the open index says that its part begins. */
function isEntry(image: usize, pc: usize, index: u32): bool {
  const work = scratchWork();
  const open = load<u32>(work, OPEN);
  if (open === 0 || load<u64>(pc, INSTRUCTION_IMM) !== ((open - 1) as u64) || loopDepth() !== 0) return false;
  if (load<u64>(pc) >> 32 !== 0) return false;
  const blob = blobAddress(image, open - 1);
  const part = load<u16>(pc, INSTRUCTION_A) as u32;
  const entries = load<u32>(blob, INDEX_ENTRIES);
  if (entries === 0 || part >= load<u32>(blob, INDEX_PARTS)) return false;
  if (load<u32>(blob + entries + (part << 2)) !== index - load<u32>(work, FIRST)) return false;
  store<u32>(work, load<u32>(work, LEFT) - 1, LEFT);
  return true;
}

function isIndex(image: usize, number: u64): bool {
  if (number >= (load<u32>(image, IMAGE_BLOB_COUNT) as u64)) return false;
  return load<u32>(blobOf(image, number as u32), BLOB_KIND) === BlobKind.INDEX;
}

/** Parts that have an ALIVE. */
function entriesOf(blob: usize): u32 {
  const entries = load<u32>(blob, INDEX_ENTRIES);
  if (entries === 0) return 0;
  let count: u32 = 0;
  const parts = load<u32>(blob, INDEX_PARTS);
  for (let part: u32 = 0; part < parts; part++) count += u32(load<u32>(blob + entries + (part << 2)) !== 0);
  return count;
}

/** Units of a MATCH or an ALIVE, which is known to be good. */
export function matchUnits(image: usize, pc: usize): f64 {
  if (load<u16>(pc) === Opcode.ALIVE) return ALIVE_UNITS;
  const blob = blobAddress(image, load<u32>(pc, INSTRUCTION_IMM));
  const dimensions = load<u32>(blob, INDEX_DIMENSIONS);
  let units = blocksUnits(load<u32>(blob, INDEX_BLOCKS) as f64, load<u32>(blob, INDEX_ROW_BYTES) as f64, dimensions as f64);
  let at = blob + INDEX_HEADER_BYTES;
  for (let index: u32 = 0; index < dimensions; index++) {
    const kind = load<u8>(at, DIMENSION_KIND) as u32;
    const texts = load<u32>(at, DIMENSION_TEXTS);
    const held = textBytesOf(image, load<u16>(at, DIMENSION_REGISTER));
    const textBytes: f64 = texts === 0 ? 0 : (min(held, load<u32>(blob + texts, TEXTS_LONGEST)) as f64);
    units += dimensionUnits(kind as DimensionKind, load<u32>(at, DIMENSION_POINTS) as f64, textBytes);
    at += DIMENSION_BYTES;
  }
  return units;
}
