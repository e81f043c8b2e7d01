// Verifies rules, reasons and thresholds, and that no decision can be larger than the image says.

import { scratchRegisters, zero8 } from '../memory/scratch';
import { outputsOf } from '../outputs/instruction';
import {
  IMAGE_DECISION_BYTES_MAX,
  IMAGE_KIND,
  IMAGE_OUT_COUNT,
  IMAGE_REASON_BYTES,
  IMAGE_REASONS,
  IMAGE_REASONS_MAX,
  IMAGE_RULE_COUNT,
  IMAGE_RULES,
  IMAGE_TEMPLATE_BYTES,
  IMAGE_THRESHOLD_COUNT,
  IMAGE_THRESHOLDS,
  ImageKind,
  REASON_CODE,
  REASON_NUMBER,
  REASON_RULE,
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
import { ENTRY_STATUS_SHIFT, VALUE_BYTES } from '../shared/layout';
import { Outcome } from '../shared/outcome';
import { OUTPUTS_BYTES } from '../shared/outputs';
import { ImageError } from '../shared/status';
import { stringFits } from './template';

const REASON_BYTES_MIN: u32 = 48;
/** vtable of a reason: its bytes 10, the table's 20, then the places of code 12, rule 16 and score 4 in the table. */
const REASON_VTABLE: u64 = 0x0010_000c_0014_000a;

export function verifyRules(image: usize): ImageError {
  const rules = image + load<u32>(image, IMAGE_RULES);
  const ruleCount = load<u32>(image, IMAGE_RULE_COUNT);
  const reasonsMax = load<u32>(image, IMAGE_REASONS_MAX);
  // The sizes of the largest reasons so far, falling; the rest of the scratch's registers is not used here.
  const largest = scratchRegisters();
  zero8(largest, ((reasonsMax + 1) & ~1) << 2);
  for (let rank: u32 = 0; rank < ruleCount; rank++) {
    const rule = rules + rank * RULE_BYTES;
    const score = load<f64>(rule, RULE_SCORE);
    // Infinity and NaN give NaN.
    if (score - score !== 0 || load<u32>(rule, RULE_OUTCOME) > (Outcome.DECLINE as u32)) return ImageError.BAD_RULE;
    const bytes = load<u32>(rule, RULE_REASON_BYTES);
    if (bytes === 0) continue;
    if (!reasonFits(image, rank, load<u32>(rule, RULE_REASON), bytes)) return ImageError.BAD_REASON;
    insert(largest, reasonsMax, bytes);
  }
  const error = verifyThresholds(image);
  return error === ImageError.NONE ? verifyOutput(image, largest) : error;
}

/** Whether the reason of a rule lies in its section and is a Reason table with its texts inside itself. */
function reasonFits(image: usize, rank: u32, offset: u32, bytes: u32): bool {
  const sectionBytes = load<u32>(image, IMAGE_REASON_BYTES);
  if (((offset | bytes) & 7) !== 0 || bytes < REASON_BYTES_MIN) return false;
  if (offset > sectionBytes || bytes > sectionBytes - offset) return false;
  const reason = image + load<u32>(image, IMAGE_REASONS) + offset;
  if (load<u64>(reason) !== REASON_VTABLE || load<u16>(reason, 8) !== 4 || load<u32>(reason, REASON_TABLE) !== 12) return false;
  if (load<u16>(reason, REASON_NUMBER) !== rank) return false;
  return stringFits(reason, bytes, REASON_CODE) && stringFits(reason, bytes, REASON_RULE);
}

/** Keeps the `count` largest sizes in falling order. */
function insert(largest: usize, count: u32, size: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const place = largest + (index << 2);
    const held = load<u32>(place);
    if (size <= held) continue;
    store<u32>(place, size);
    size = held;
  }
}

/** Thresholds fall; NaN is none. */
function verifyThresholds(image: usize): ImageError {
  let threshold = image + load<u32>(image, IMAGE_THRESHOLDS);
  const end = threshold + load<u32>(image, IMAGE_THRESHOLD_COUNT) * THRESHOLD_BYTES;
  let previous: f64 = Infinity;
  for (; threshold < end; threshold += THRESHOLD_BYTES) {
    const atLeast = load<f64>(threshold, THRESHOLD_AT_LEAST);
    const outcome = load<u32>(threshold, THRESHOLD_OUTCOME);
    if (!(atLeast < previous) || outcome === Outcome.NONE || outcome > (Outcome.DECLINE as u32)) return ImageError.BAD_THRESHOLD;
    previous = atLeast;
  }
  return ImageError.NONE;
}

/** The engine checks the room for one payload's output once, against IMAGE_DECISION_BYTES_MAX: so that has to be enough. */
function verifyOutput(image: usize, largest: usize): ImageError {
  let reasons: u32 = 0;
  let bytes: u64 = 0;
  const reasonsMax = load<u32>(image, IMAGE_REASONS_MAX);
  while (reasons < reasonsMax && load<u32>(largest + (reasons << 2)) !== 0) {
    bytes += load<u32>(largest + (reasons << 2)) as u64;
    reasons += 1;
  }
  bytes += (load<u32>(image, IMAGE_TEMPLATE_BYTES) as u64) + ((4 + ((reasons as u64) << 2) + 7) & ~7);
  const outputs = outputsOf(image);
  if (outputs !== 0) bytes += load<u32>(outputs, OUTPUTS_BYTES) as u64;
  if (load<u32>(image, IMAGE_KIND) === ImageKind.EXPRESSIONS) bytes = (load<u32>(image, IMAGE_OUT_COUNT) as u64) * VALUE_BYTES;
  const bytesMax = load<u32>(image, IMAGE_DECISION_BYTES_MAX);
  const fits = bytes <= (bytesMax as u64) && (bytesMax & 7) === 0 && bytesMax < (1 as u32) << ENTRY_STATUS_SHIFT;
  return fits ? ImageError.NONE : ImageError.BAD_HEADER;
}
