// From hit bits to a decision: score, outcome, reasons, written as the FlatBuffers table of schemas/decision.fbs.
//
//   | template, patched | outputs, where the image has some | reasons vector: count, offsets, padded to 8 | reasons |

import { writeListVersions } from '../lists/binding';
import { copy8, scratchHits, scratchWork } from '../memory/scratch';
import { outputBytes } from '../outputs/write';
import {
  DECISION_ID_HIGH,
  DECISION_ID_LOW,
  DECISION_IMAGE,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_OUTPUTS,
  DECISION_OUTPUTS_ENTRY,
  DECISION_OUTPUTS_FIELD,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  IMAGE_COMBINE,
  IMAGE_HASH,
  IMAGE_NOW_REGISTER,
  IMAGE_ON_ERROR,
  IMAGE_OUTCOME_DEFAULT,
  IMAGE_OUTPUTS,
  IMAGE_REASONS,
  IMAGE_REASONS_MAX,
  IMAGE_RULE_COUNT,
  IMAGE_RULES,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  IMAGE_THRESHOLD_COUNT,
  IMAGE_THRESHOLDS,
  NO_REGISTER,
  REASON_TABLE,
  RULE_BYTES,
  RULE_OUTCOME,
  RULE_REASON,
  RULE_REASON_BYTES,
  RULE_SCORE,
  THRESHOLD_AT_LEAST,
  THRESHOLD_BYTES,
  THRESHOLD_OUTCOME,
} from '../shared/image';
import { Combine, Outcome } from '../shared/outcome';
import { Status } from '../shared/status';

/** Rules whose hits are listed before they are added up: the list has room in the work area. */
const STRETCH_RULES: u32 = 512;
/** Bytes of as many rules as are listed at a time. */
const LISTED_BYTES: usize = 32;

/** The rule of the lowest bit. */
function ruleAt(rules: usize, bits: u64): u32 {
  return (rules + (ctz(bits) as usize) * RULE_BYTES) as u32;
}

/**
 * Lists the rules that are hit, in rank order, at scratchWork(). Eight are written at a time, whether there are as many or not, and
 * what comes next begins behind the last one that there was: so no branch depends on how many hits a word has, up to eight. That
 * is what most time went to.
 *
 * @param hits their bits
 * @param rules address of the first one
 * @returns the end of the list
 */
function listHits(hits: usize, count: u32, rules: usize): usize {
  let to = scratchWork();
  for (const end = hits + (((count + 63) >> 6) << 3); hits < end; hits += 8) {
    let bits = load<u64>(hits);
    if (bits !== 0) {
      const next = to + ((popcnt(bits) as usize) << 2);
      do {
        store<u32>(to, ruleAt(rules, bits));
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 4);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 8);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 12);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 16);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 20);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 24);
        bits &= bits - 1;
        store<u32>(to, ruleAt(rules, bits), 28);
        bits &= bits - 1;
        to += LISTED_BYTES;
      } while (bits !== 0);
      to = next;
    }
    rules += 64 * RULE_BYTES;
  }
  return to;
}

/** Copies the template to `output` and patches what does not depend on the hits. @returns bytes written */
function writeTemplate(image: usize, output: usize, idHigh: u64, idLow: u64, now: i64, lists: usize): u32 {
  const bytes = load<u32>(image, IMAGE_TEMPLATE_BYTES);
  copy8(output, image + load<u32>(image, IMAGE_TEMPLATE), bytes);
  store<u64>(output, idHigh, DECISION_ID_HIGH);
  store<u64>(output, idLow, DECISION_ID_LOW);
  store<u64>(output, load<u64>(image, IMAGE_HASH), DECISION_IMAGE);
  if (load<u32>(image, IMAGE_NOW_REGISTER) !== NO_REGISTER) store<i64>(output, now, DECISION_NOW);
  if (lists !== 0) writeListVersions(image, lists, output);
  return bytes;
}

/**
 * Writes the decision that the hit bits of this instance's scratch stand for. It never exceeds the image's
 * IMAGE_DECISION_BYTES_MAX: the image verifier has added up the largest reasons.
 *
 * @param output a multiple of 8
 * @param lists what the image's lists are bound to, 0 where it has none
 * @returns bytes written, a multiple of 8. Outputs, where the image has some, lie behind the template already
 */
export function writeDecision(image: usize, output: usize, idHigh: u64, idLow: u64, now: i64, lists: usize): u32 {
  let templateBytes = writeTemplate(image, output, idHigh, idLow, now, lists);
  if (load<u32>(image, IMAGE_OUTPUTS) !== 0) templateBytes = showOutputs(output, templateBytes);
  const rules = image + load<u32>(image, IMAGE_RULES);
  const ruleCount = load<u32>(image, IMAGE_RULE_COUNT);
  const reasonsMax = load<u32>(image, IMAGE_REASONS_MAX);
  const reasonSection = image + load<u32>(image, IMAGE_REASONS);
  const vector = output + templateBytes;
  const hits = scratchHits();

  // First walk: add up, and leave each reason's rule in the place of its offset; their number decides where reasons start.
  let score: f64 = 0;
  let worst: u32 = Outcome.NONE;
  let reasons: u32 = 0;
  for (let first: u32 = 0; first < ruleCount; first += STRETCH_RULES) {
    let entry = scratchWork();
    const end = listHits(hits + (first >> 3), min(STRETCH_RULES, ruleCount - first), rules + first * RULE_BYTES);
    for (; entry < end && reasons < reasonsMax; entry += 4) {
      const rule = load<u32>(entry) as usize;
      score += load<f64>(rule, RULE_SCORE);
      worst = max(worst, load<u32>(rule, RULE_OUTCOME));
      if (load<u32>(rule, RULE_REASON_BYTES) !== 0) {
        reasons += 1;
        store<u32>(vector + (reasons << 2), rule as u32);
      }
    }
    for (; entry < end; entry += 4) {
      const rule = load<u32>(entry) as usize;
      score += load<f64>(rule, RULE_SCORE);
      worst = max(worst, load<u32>(rule, RULE_OUTCOME));
    }
  }
  store<u8>(output, outcomeOf(image, score, worst), DECISION_OUTCOME);
  store<f64>(output, score, DECISION_SCORE);

  // Second walk: copy the reasons, rule by rule turned into an offset.
  store<u32>(vector, reasons);
  if ((reasons & 1) === 0) store<u32>(vector + (reasons << 2), 0, 4);
  let at: usize = vector + ((4 + (reasons << 2) + 7) & ~7);
  for (let index: u32 = 1; index <= reasons; index++) {
    const entry = vector + (index << 2);
    const rule = load<u32>(entry) as usize;
    const bytes = load<u32>(rule, RULE_REASON_BYTES);
    copy8(at, reasonSection + load<u32>(rule, RULE_REASON), bytes);
    store<u32>(entry, (at + REASON_TABLE - entry) as u32);
    at += bytes;
  }
  return (at - output) as u32;
}

/** Leads from the decision to its outputs, and to the reasons behind them. @returns where those begin */
export function showOutputs(output: usize, templateBytes: u32): u32 {
  const begin = templateBytes + outputBytes(output + templateBytes);
  store<u16>(output, DECISION_OUTPUTS_FIELD, DECISION_OUTPUTS_ENTRY);
  store<u32>(output, templateBytes + 4 - DECISION_OUTPUTS, DECISION_OUTPUTS);
  store<u32>(output, begin - DECISION_REASONS, DECISION_REASONS);
  return begin;
}

/** Writes the decision of a payload that could not be decided: its status, the bundle's onError, no score, no reasons. */
export function writeFailure(image: usize, output: usize, idHigh: u64, idLow: u64, now: i64, lists: usize, status: Status): u32 {
  const templateBytes = writeTemplate(image, output, idHigh, idLow, now, lists);
  store<u8>(output, status, DECISION_STATUS);
  store<u8>(output, load<u32>(image, IMAGE_ON_ERROR), DECISION_OUTCOME);
  store<u64>(output + templateBytes, 0);
  return templateBytes + 8;
}

/**
 * The outcome of a score and the most severe outcome that a hit asked for (NONE where none did).
 * SCORE: the first threshold reached, made more severe by hits. FIRST and COLLECT: what the hits asked for.
 */
function outcomeOf(image: usize, score: f64, worst: u32): u32 {
  const outcomeDefault = load<u32>(image, IMAGE_OUTCOME_DEFAULT);
  if (load<u32>(image, IMAGE_COMBINE) !== Combine.SCORE) return worst === Outcome.NONE ? outcomeDefault : worst;
  let threshold = image + load<u32>(image, IMAGE_THRESHOLDS);
  const end = threshold + load<u32>(image, IMAGE_THRESHOLD_COUNT) * THRESHOLD_BYTES;
  for (; threshold < end; threshold += THRESHOLD_BYTES) {
    if (score >= load<f64>(threshold, THRESHOLD_AT_LEAST)) return max(worst, load<u32>(threshold, THRESHOLD_OUTCOME));
  }
  return max(worst, outcomeDefault);
}
