// Where instructions go on besides the next one.

import { INDEX_END, INDEX_ENTRIES, INDEX_PARTS } from '../../assembly/shared/match-index.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import type { ImageParts, Instruction } from './image-parts.js';

/** Parts of a match index that are gone past at once where none of them is alive: those of a word of bits, and of a quarter. */
const GROUPS = [64, 16] as const;

/** The index that an instruction jumps to, forwards; undefined where it does not. An ALIVE jumps where its part is not alive. */
export function jumpTarget(image: ImageParts, { op, index, a, c, low }: Instruction): number | undefined {
  switch (op) {
    case Opcode.JUMP:
    case Opcode.FOR:
      return index + c;
    case Opcode.FOR_PIECE:
      return index + low;
    case Opcode.MATCH:
      return index + image.word(image.blobOffset(low) + INDEX_END); // where no part is alive, as the first ALIVE finds out
    case Opcode.ALIVE:
      return targetFrom(image, index, low, a, a + 1);
    case Opcode.ALL:
    case Opcode.NEXT:
    case Opcode.NEXT_PIECE:
      return undefined; // ALL changes nothing, the others go back
    default:
      return op >= Opcode.IF_FIELD_NULL && op !== Opcode.ENSEMBLE && op !== Opcode.PARAMETER ? index + c : undefined;
  }
}

/** Parts that an ALIVE is the first of, and where to go on when none of them is alive. */
export interface PartGroup {
  /** Their bits in the word of 64 parts. */
  readonly mask: bigint;
  /** Index of an instruction, forwards. */
  readonly target: number;
}

/** The groups of more than one part that begin with an ALIVE, the largest first. */
export function groupsOf(image: ImageParts, { index, a, low }: Instruction): PartGroup[] {
  return GROUPS.flatMap((size) => {
    const first = a - (a % size);
    for (let part = first; part < a; part++) if (entryOf(image, low, part) !== 0) return [];
    let mask = 0n;
    let count = 0;
    for (let part = a; part < first + size; part++) {
      if (entryOf(image, low, part) === 0) continue;
      mask |= 1n << BigInt(part & 63);
      count++;
    }
    return count === 1 ? [] : [{ mask, target: targetFrom(image, index, low, a, first + size) }];
  });
}

/** From the ALIVE of a part to that of the first part from `from` on that has one; to where the index ends, where none has. */
function targetFrom(image: ImageParts, index: number, blob: number, part: number, from: number): number {
  const offset = image.blobOffset(blob);
  const parts = image.word(offset + INDEX_PARTS);
  let next = from;
  while (next < parts && entryOf(image, blob, next) === 0) next++;
  const match = index - entryOf(image, blob, part);
  return match + (next < parts ? entryOf(image, blob, next) : image.word(offset + INDEX_END));
}

/** Instructions of a program that are parts of its match indexes. */
export function partInstructions(image: ImageParts): number {
  return image.code.reduce(
    (count, { op, low }) => (op === Opcode.MATCH ? count + image.word(image.blobOffset(low) + INDEX_END) - 1 : count),
    0,
  );
}

/** Instructions from the MATCH to a part's ALIVE, 0 where it has none, or there is no such part. */
function entryOf(image: ImageParts, blob: number, part: number): number {
  const offset = image.blobOffset(blob);
  if (part >= image.word(offset + INDEX_PARTS)) return 0;
  return image.word(offset + image.word(offset + INDEX_ENTRIES) + 4 * part);
}
