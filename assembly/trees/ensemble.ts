// An ensemble of trees: inputs in registers, results into registers. Its blob is drawn in shared/ensemble.ts; it has been verified.

import { zero8 } from '../memory/scratch';
import {
  Contribution,
  ENSEMBLE_CODES,
  ENSEMBLE_CONTRIBUTION,
  ENSEMBLE_DIVISOR,
  ENSEMBLE_FLAG_REASONS_LOW,
  ENSEMBLE_FLAGS,
  ENSEMBLE_INPUTS,
  ENSEMBLE_LINK,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_PRECISION,
  ENSEMBLE_RESULT_BYTES,
  ENSEMBLE_RESULTS,
  Precision,
  ResultKind,
} from '../shared/ensemble';
import { sumTrees } from './blocks';
import { codeSection, codeSums, contributionsOf, resultSection, scoresOf, sumsOf } from './layout';
import { applyLink } from './link';
import { computeSlots } from './slots';

/**
 * Runs an ensemble. Uses the work area of the scratch.
 *
 * @param inputs an f64 for each input, NaN where it is missing
 * @param results where an f64 for each result goes; may lie over the inputs
 */
export function runEnsemble(blob: usize, inputs: usize, results: usize): void {
  const isExplained = load<u32>(blob, ENSEMBLE_CONTRIBUTION) !== Contribution.NONE;
  if (isExplained) zero8(contributionsOf(), (load<u32>(blob, ENSEMBLE_INPUTS) as usize) << 3);
  if (load<u32>(blob, ENSEMBLE_PRECISION) === Precision.SINGLE) run<f32>(blob, inputs);
  else run<f64>(blob, inputs);
  if (isExplained) finishContributions(blob);
  const count = load<u32>(blob, ENSEMBLE_RESULTS) as usize;
  const section = resultSection(blob);
  for (let index: usize = 0; index < count; index++) {
    const result = section + index * ENSEMBLE_RESULT_BYTES;
    store<f64>(results + (index << 3), resultOf(blob, load<u32>(result), load<u32>(result, 4) as usize));
  }
}

function run<T>(blob: usize, inputs: usize): void {
  computeSlots<T>(blob, inputs);
  sumTrees<T>(blob, inputs);
  applyLink<T>(blob, load<u32>(blob, ENSEMBLE_LINK), sumsOf(), scoresOf(), load<u32>(blob, ENSEMBLE_OUTPUTS) as usize);
}

function resultOf(blob: usize, kind: u32, index: usize): f64 {
  switch (kind) {
    case ResultKind.MARGIN:
      return load<f64>(sumsOf() + (index << 3));
    case ResultKind.SCORE:
      return load<f64>(scoresOf() + (index << 3));
    case ResultKind.CLASS:
      return classOf(load<u32>(blob, ENSEMBLE_OUTPUTS) as usize);
    case ResultKind.CONTRIBUTION:
      return load<f64>(contributionsOf() + (index << 3));
    case ResultKind.CODE:
      return codeAt(blob, index) as f64;
    default: {
      const code = codeAt(blob, index);
      return code === 0 ? 0 : load<f64>(codeSums() + (code << 3));
    }
  }
}

/** Number of the output with the largest sum. */
function classOf(outputs: usize): f64 {
  if (outputs === 1) return load<f64>(scoresOf()) >= 0.5 ? 1 : 0;
  let best: usize = 0;
  for (let output: usize = 1; output < outputs; output++) {
    if (load<f64>(sumsOf() + (output << 3)) > load<f64>(sumsOf() + (best << 3))) best = output;
  }
  return best as f64;
}

/** Contributions of an average are its trees' divided by their number; those of a code are its inputs' added up. */
function finishContributions(blob: usize): void {
  const divisor = load<f64>(blob, ENSEMBLE_DIVISOR);
  const inputs = load<u32>(blob, ENSEMBLE_INPUTS) as usize;
  zero8(codeSums(), ((load<u32>(blob, ENSEMBLE_CODES) as usize) + 1) << 3);
  for (let input: usize = 0; input < inputs; input++) {
    const at = contributionsOf() + (input << 3);
    const contribution = load<f64>(at) / divisor;
    store<f64>(at, contribution);
    const code = load<u32>(codeSection(blob) + (input << 2)) as usize;
    if (code !== 0) store<f64>(codeSums() + (code << 3), load<f64>(codeSums() + (code << 3)) + contribution);
  }
  if ((load<u32>(blob, ENSEMBLE_FLAGS) & ENSEMBLE_FLAG_REASONS_LOW) === 0) return;
  const end = ((load<u32>(blob, ENSEMBLE_CODES) as usize) + 1) << 3;
  for (let at: usize = 8; at < end; at += 8) store<f64>(codeSums() + at, -load<f64>(codeSums() + at));
}

/**
 * The code with the largest contribution but `index`, of those that contribute something; of equal ones the lower number stands
 * first.
 */
function codeAt(blob: usize, index: usize): usize {
  const codes = load<u32>(blob, ENSEMBLE_CODES) as usize;
  // What was given last; all that lie behind it in rank are still to come.
  let last: f64 = Infinity;
  let lastCode: usize = 0;
  for (let rank: usize = 0; rank <= index; rank++) {
    let best: usize = 0;
    let most: f64 = 0;
    for (let code: usize = 1; code <= codes; code++) {
      const sum = load<f64>(codeSums() + (code << 3));
      const isLeft = sum < last || (sum === last && code > lastCode);
      if (isLeft && sum > most) {
        most = sum;
        best = code;
      }
    }
    if (best === 0) return 0;
    last = most;
    lastCode = best;
  }
  return lastCode;
}
