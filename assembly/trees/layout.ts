// Where an ensemble works, in the work area of the instance's scratch, and where the sections of its blob begin.
//
//   0            10,240    12,288     14,336            18,432         19,464    19,496
//   | slots      | sums    | scores   | contributions   | of codes     | leaves  |

import { scratchWork } from '../memory/scratch';
import {
  ENSEMBLE_BASE_BYTES,
  ENSEMBLE_BLOCK_BYTES,
  ENSEMBLE_BLOCKS,
  ENSEMBLE_CODE_BYTES,
  ENSEMBLE_HEADER_BYTES,
  ENSEMBLE_INPUTS,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_RESULT_BYTES,
  ENSEMBLE_RESULTS,
  ENSEMBLE_SET_BYTES,
  ENSEMBLE_SLOT_BYTES,
  ENSEMBLE_SLOTS,
} from '../shared/ensemble';

const SUMS: usize = 10240;
const SCORES: usize = 12288;
const CONTRIBUTIONS: usize = 14336;
const CODES: usize = 18432;
const LEAVES: usize = 19464;

/** The address of a leaf's values: a u32. */
export const LEAF_BYTES: usize = 4;

/** Values of slots: f32 or f64, ENSEMBLE_EAGER_BYTES_MAX at most. */
export function slotValues(): usize {
  return scratchWork();
}

/** Sums, an f64 for each output; of single precision, what an f32 holds. */
export function sumsOf(): usize {
  return scratchWork() + SUMS;
}

/** What the link makes of them. */
export function scoresOf(): usize {
  return scratchWork() + SCORES;
}

/** Contributions, an f64 for each input. */
export function contributionsOf(): usize {
  return scratchWork() + CONTRIBUTIONS;
}

/** Contributions of reason codes, an f64 each, from 1; turned around where reasons are what makes the output small. */
export function codeSums(): usize {
  return scratchWork() + CODES;
}

/** Where the leaves of the trees that were walked last have their values: LEAF_BYTES for each tree of up to two blocks. */
export function leavesOf(): usize {
  return scratchWork() + LEAVES;
}

export function slotSection(blob: usize): usize {
  return blob + ENSEMBLE_HEADER_BYTES;
}

export function baseSection(blob: usize): usize {
  return slotSection(blob) + load<u32>(blob, ENSEMBLE_SLOTS) * ENSEMBLE_SLOT_BYTES;
}

export function resultSection(blob: usize): usize {
  return baseSection(blob) + load<u32>(blob, ENSEMBLE_OUTPUTS) * ENSEMBLE_BASE_BYTES;
}

export function codeSection(blob: usize): usize {
  return resultSection(blob) + load<u32>(blob, ENSEMBLE_RESULTS) * ENSEMBLE_RESULT_BYTES;
}

export function setSection(blob: usize): usize {
  return codeSection(blob) + ((load<u32>(blob, ENSEMBLE_INPUTS) * ENSEMBLE_CODE_BYTES + 7) & ~7);
}

export function blockSection(blob: usize): usize {
  return setSection(blob) + load<u32>(blob, ENSEMBLE_SET_BYTES);
}

export function nodeSection(blob: usize): usize {
  return blockSection(blob) + load<u32>(blob, ENSEMBLE_BLOCKS) * ENSEMBLE_BLOCK_BYTES;
}
