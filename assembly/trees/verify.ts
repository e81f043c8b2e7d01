// Whether the blob of an ensemble is one: every slot, node and value that its trees can reach lies inside it, every walk ends,
// and it says what it can cost. Linear in its bytes; what is in the blob is read once.

import {
  Aggregate,
  blockUnits,
  Contribution,
  ENSEMBLE_AGGREGATE,
  ENSEMBLE_BASE_BYTES,
  ENSEMBLE_BLOCK_BYTES,
  ENSEMBLE_BLOCK_TREES,
  ENSEMBLE_BLOCKS,
  ENSEMBLE_CODE_BYTES,
  ENSEMBLE_CODES,
  ENSEMBLE_CODES_MAX,
  ENSEMBLE_CONTRIBUTION,
  ENSEMBLE_CONTRIBUTION_OUTPUT,
  ENSEMBLE_EAGER,
  ENSEMBLE_EAGER_BYTES_MAX,
  ENSEMBLE_EXPLAINED_INPUTS_MAX,
  ENSEMBLE_FLAG_REASONS_LOW,
  ENSEMBLE_FLAGS,
  ENSEMBLE_HEADER_BYTES,
  ENSEMBLE_INPUTS,
  ENSEMBLE_LINK,
  ENSEMBLE_NODE_BYTES,
  ENSEMBLE_OUTPUTS,
  ENSEMBLE_PRECISION,
  ENSEMBLE_RESULT_BYTES,
  ENSEMBLE_RESULTS,
  ENSEMBLE_RESULTS_MAX,
  ENSEMBLE_SET_BYTES,
  ENSEMBLE_SLOT_BYTES,
  ENSEMBLE_SLOT_COUNT,
  ENSEMBLE_SLOT_INPUT,
  ENSEMBLE_SLOT_KIND,
  ENSEMBLE_SLOT_LEFT,
  ENSEMBLE_SLOT_MISSING,
  ENSEMBLE_SLOT_SET,
  ENSEMBLE_SLOTS,
  ENSEMBLE_SLOTS_MAX,
  ENSEMBLE_TREES,
  ENSEMBLE_UNITS,
  ENSEMBLE_WIDTH,
  LinkFunction,
  Precision,
  ResultKind,
  resultUnits,
  SLOT_NEGATIVE_FRACTION,
  SlotKind,
  SlotMissing,
  slotUnits,
} from '../shared/ensemble';
import { ENSEMBLE_INPUTS_MAX, ENSEMBLE_OUTPUTS_MAX, ENSEMBLE_TREES_MAX } from '../shared/limits';
import { blockSection, codeSection, resultSection, setSection, slotSection } from './layout';
import { verifyBlocks } from './verify-blocks';

/** What two sums of units may differ by. */
const SLACK: f64 = 1e-9;

/** @param blob a multiple of 8 */
export function verifyEnsemble(blob: usize, bytes: u32): bool {
  if (bytes < (ENSEMBLE_HEADER_BYTES as u32) || !headerFits(blob) || sectionBytes(blob) !== (bytes as u64)) return false;
  if (!slotsFit(blob) || !resultsFit(blob) || !codesFit(blob)) return false;
  // Slots that are computed before the trees; the dearest of the others is what each node may cost that asks for one.
  let units: f64 = 0;
  let lazy: f64 = 0;
  const slots = load<u32>(blob, ENSEMBLE_SLOTS);
  const eager = load<u32>(blob, ENSEMBLE_EAGER);
  for (let index: u32 = 0; index < slots; index++) {
    const slot = slotSection(blob) + index * ENSEMBLE_SLOT_BYTES;
    const own = slotUnits(load<u8>(slot, ENSEMBLE_SLOT_KIND) as SlotKind, load<u32>(slot, ENSEMBLE_SLOT_COUNT) as f64);
    if (index < eager) units += own;
    else lazy = max(lazy, own);
  }
  const isSingle = load<u32>(blob, ENSEMBLE_PRECISION) === Precision.SINGLE;
  if (!(isSingle ? verifyBlocks<f32>(blob) : verifyBlocks<f64>(blob))) return false;
  const width = load<u32>(blob, ENSEMBLE_WIDTH) as f64;
  let block = blockSection(blob);
  const end = block + load<u32>(blob, ENSEMBLE_BLOCKS) * ENSEMBLE_BLOCK_BYTES;
  for (; block < end; block += ENSEMBLE_BLOCK_BYTES)
    units += blockUnits(load<u32>(block), load<u32>(block, 4) as f64, load<u32>(block, 8) as f64, width, lazy);
  units += ownUnits(blob);
  return units <= load<f64>(blob, ENSEMBLE_UNITS) * (1 + SLACK);
}

/** Units of what is made of the sums. */
function ownUnits(blob: usize): f64 {
  const results = load<u32>(blob, ENSEMBLE_RESULTS);
  const isExplained = load<u32>(blob, ENSEMBLE_CONTRIBUTION) !== Contribution.NONE;
  let ranks: f64 = 0;
  for (let index: u32 = 0; index < results; index++) {
    const result = resultSection(blob) + index * ENSEMBLE_RESULT_BYTES;
    if (load<u32>(result) >= (ResultKind.CODE as u32)) ranks += (load<u32>(result, 4) + 1) as f64;
  }
  return resultUnits(
    load<u32>(blob, ENSEMBLE_OUTPUTS) as f64,
    results as f64,
    isExplained ? (load<u32>(blob, ENSEMBLE_INPUTS) as f64) : 0,
    load<u32>(blob, ENSEMBLE_CODES) as f64,
    ranks,
  );
}

function headerFits(blob: usize): bool {
  const inputs = load<u32>(blob, ENSEMBLE_INPUTS);
  const slots = load<u32>(blob, ENSEMBLE_SLOTS);
  const eager = load<u32>(blob, ENSEMBLE_EAGER);
  const outputs = load<u32>(blob, ENSEMBLE_OUTPUTS);
  const width = load<u32>(blob, ENSEMBLE_WIDTH);
  const trees = load<u32>(blob, ENSEMBLE_TREES);
  const results = load<u32>(blob, ENSEMBLE_RESULTS);
  const codes = load<u32>(blob, ENSEMBLE_CODES);
  const precision = load<u32>(blob, ENSEMBLE_PRECISION);
  if (precision !== Precision.SINGLE && precision !== Precision.DOUBLE) return false;
  const valueBytes: u32 = precision === Precision.SINGLE ? 4 : 8;
  if (inputs > (ENSEMBLE_INPUTS_MAX as u32) || slots === 0 || slots > (ENSEMBLE_SLOTS_MAX as u32)) return false;
  if (eager === 0 || eager > slots || eager * valueBytes > (ENSEMBLE_EAGER_BYTES_MAX as u32)) return false;
  if (outputs === 0 || outputs > (ENSEMBLE_OUTPUTS_MAX as u32) || (width !== 1 && width !== outputs)) return false;
  if (trees === 0 || trees > (ENSEMBLE_TREES_MAX as u32)) return false;
  if (load<u32>(blob, ENSEMBLE_BLOCKS) !== (trees + ENSEMBLE_BLOCK_TREES - 1) / ENSEMBLE_BLOCK_TREES) return false;
  if (results === 0 || results > (ENSEMBLE_RESULTS_MAX as u32) || codes > (ENSEMBLE_CODES_MAX as u32)) return false;
  if (load<u32>(blob, ENSEMBLE_LINK) > (LinkFunction.HINGE as u32)) return false;
  if (load<u32>(blob, ENSEMBLE_AGGREGATE) > (Aggregate.MAX as u32)) return false;
  if (load<u32>(blob, ENSEMBLE_FLAGS) > (ENSEMBLE_FLAG_REASONS_LOW as u32) || load<u32>(blob, 92) !== 0) return false;
  const contribution = load<u32>(blob, ENSEMBLE_CONTRIBUTION);
  if (contribution > (Contribution.LEAF as u32)) return false;
  if (contribution !== Contribution.NONE && inputs > (ENSEMBLE_EXPLAINED_INPUTS_MAX as u32)) return false;
  if (load<u32>(blob, ENSEMBLE_CONTRIBUTION_OUTPUT) >= outputs) return false;
  const units = load<f64>(blob, ENSEMBLE_UNITS);
  if (!(units >= 0 && units < Infinity)) return false;
  return ((load<u32>(blob, ENSEMBLE_SET_BYTES) | load<u32>(blob, ENSEMBLE_NODE_BYTES)) & 7) === 0;
}

/** Bytes that header and sections take. */
function sectionBytes(blob: usize): u64 {
  const inputs = load<u32>(blob, ENSEMBLE_INPUTS) as u64;
  let bytes: u64 = ENSEMBLE_HEADER_BYTES;
  bytes += (load<u32>(blob, ENSEMBLE_SLOTS) as u64) * ENSEMBLE_SLOT_BYTES;
  bytes += (load<u32>(blob, ENSEMBLE_OUTPUTS) as u64) * ENSEMBLE_BASE_BYTES;
  bytes += (load<u32>(blob, ENSEMBLE_RESULTS) as u64) * ENSEMBLE_RESULT_BYTES;
  bytes += (inputs * ENSEMBLE_CODE_BYTES + 7) & ~7;
  bytes += load<u32>(blob, ENSEMBLE_SET_BYTES) as u64;
  bytes += (load<u32>(blob, ENSEMBLE_BLOCKS) as u64) * ENSEMBLE_BLOCK_BYTES;
  return bytes + (load<u32>(blob, ENSEMBLE_NODE_BYTES) as u64);
}

function slotsFit(blob: usize): bool {
  const count = load<u32>(blob, ENSEMBLE_SLOTS);
  const inputs = load<u32>(blob, ENSEMBLE_INPUTS);
  const setBytes = load<u32>(blob, ENSEMBLE_SET_BYTES) as u64;
  for (let index: u32 = 0; index < count; index++) {
    const slot = slotSection(blob) + index * ENSEMBLE_SLOT_BYTES;
    const kind = load<u8>(slot, ENSEMBLE_SLOT_KIND) as u32;
    if ((kind === SlotKind.LEAF) !== (index === 0) || kind > (SlotKind.POINTS as u32)) return false;
    // Slot 0 reads nothing of its input, but its place is looked at.
    if (load<u32>(slot, ENSEMBLE_SLOT_INPUT) >= inputs && (index !== 0 || load<u32>(slot, ENSEMBLE_SLOT_INPUT) !== 0)) return false;
    const missing = load<u8>(slot, ENSEMBLE_SLOT_MISSING) as u32;
    const isCategory = kind === SlotKind.BITS || kind === SlotKind.CATEGORIES;
    const flags: u32 = isCategory ? 15 | SLOT_NEGATIVE_FRACTION : 15;
    if ((missing & ~flags) !== 0 || (missing & 15) > (SlotMissing.NONE as u32)) return false;
    if (load<u8>(slot, ENSEMBLE_SLOT_LEFT) > 1 || load<u8>(slot, 3) !== 0) return false;
    const offset = load<u32>(slot, ENSEMBLE_SLOT_SET);
    const width: u64 = kind === SlotKind.POINTS ? 8 : isCategory ? 4 : 0;
    const members = load<u32>(slot, ENSEMBLE_SLOT_COUNT) as u64;
    if ((offset & 7) !== 0 || (offset as u64) + members * width > setBytes) return false;
    if (width === 0 && (members !== 0 || offset !== 0)) return false;
  }
  return true;
}

function resultsFit(blob: usize): bool {
  const count = load<u32>(blob, ENSEMBLE_RESULTS);
  const isExplained = load<u32>(blob, ENSEMBLE_CONTRIBUTION) !== Contribution.NONE;
  for (let index: u32 = 0; index < count; index++) {
    const result = resultSection(blob) + index * ENSEMBLE_RESULT_BYTES;
    const kind = load<u32>(result);
    if (kind > (ResultKind.CODE_CONTRIBUTION as u32)) return false;
    if (kind >= (ResultKind.CONTRIBUTION as u32) && !isExplained) return false;
    const end: u32 =
      kind <= (ResultKind.SCORE as u32)
        ? load<u32>(blob, ENSEMBLE_OUTPUTS)
        : kind === ResultKind.CLASS
          ? 1
          : kind === ResultKind.CONTRIBUTION
            ? load<u32>(blob, ENSEMBLE_INPUTS)
            : load<u32>(blob, ENSEMBLE_CODES);
    if (load<u32>(result, 4) >= end) return false;
  }
  return true;
}

function codesFit(blob: usize): bool {
  const inputs = load<u32>(blob, ENSEMBLE_INPUTS);
  const codes = load<u32>(blob, ENSEMBLE_CODES);
  for (let input: u32 = 0; input < inputs; input++) {
    if (load<u32>(codeSection(blob) + input * ENSEMBLE_CODE_BYTES) > codes) return false;
  }
  return setSection(blob) >= codeSection(blob);
}
