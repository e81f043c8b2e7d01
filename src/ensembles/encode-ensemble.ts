// Ensemble -> blob; drawn in assembly/shared/ensemble.ts.

import * as at from '../../assembly/shared/ensemble.js';
import { align8, type BuiltBlock, buildBlocks } from './blocks.js';
import type { Ensemble, LinkKind } from './ensemble.js';
import { meansOf } from './means.js';
import { Slots } from './slots.js';

/** A value that the instruction gives. */
export interface EnsembleResult {
  kind: at.ResultKind;
  index: number;
}

/** What is asked of an ensemble. */
export interface EnsembleUse {
  results: readonly EnsembleResult[];
  /** Features of the file that trees read, in the order of the inputs. */
  inputs: readonly number[];
  /** What contributions say; they are computed where a result asks for one. */
  by: 'path' | 'leaf';
  /** The output that contributions explain. */
  output: number;
  /** Reason code of each input, from 1; 0 for none. */
  codes: readonly number[];
  /** Reasons are what makes the output small. */
  isLow: boolean;
}

const LINKS: Readonly<Record<LinkKind, at.LinkFunction>> = {
  identity: at.LinkFunction.IDENTITY,
  logistic: at.LinkFunction.LOGISTIC,
  'logistic-folded': at.LinkFunction.LOGISTIC_FOLDED,
  softmax: at.LinkFunction.SOFTMAX,
  'softmax-zero': at.LinkFunction.SOFTMAX_ZERO,
  exp: at.LinkFunction.EXP,
  'log1p-exp': at.LinkFunction.LOG1P_EXP,
  'signed-square': at.LinkFunction.SIGNED_SQUARE,
  hinge: at.LinkFunction.HINGE,
};

const AGGREGATES = { sum: at.Aggregate.SUM, min: at.Aggregate.MIN, max: at.Aggregate.MAX };

/** True where an ensemble has more different tests than the engine has room for; then encodeEnsemble must not be called. */
export function hasTooManySlots(ensemble: Ensemble, inputs: readonly number[]): boolean {
  const slots = new Slots(ensemble, inputs);
  const width = ensemble.isSingle ? 4 : 8;
  return slots.eagerCount * width > at.ENSEMBLE_EAGER_BYTES_MAX || slots.count > at.ENSEMBLE_SLOTS_MAX;
}

/** Features that trees read, in rising order. */
export function usedFeatures({ trees, features }: Ensemble): number[] {
  const used = new Uint8Array(features.length);
  for (const { feature } of trees) for (const one of feature) if (one >= 0) used[one] = 1;
  return Array.from(used.keys()).filter((feature) => used[feature] === 1);
}

/** Writes the blob. Equal parts give equal bytes. */
export function encodeEnsemble(ensemble: Ensemble, use: EnsembleUse): Uint8Array {
  const isExplained = use.results.some(({ kind }) => kind >= at.ResultKind.CONTRIBUTION);
  const slots = new Slots(ensemble, use.inputs);
  const blocks = buildBlocks(
    ensemble,
    slots,
    isExplained ? ensemble.trees.map((tree) => meansOf(tree, ensemble.leafWidth)) : undefined,
  );
  const codeCount = use.codes.reduce((a, b) => Math.max(a, b), 0);
  const { outputs, leafWidth, trees, isSingle } = ensemble;

  const slotsAt = at.ENSEMBLE_HEADER_BYTES;
  const basesAt = slotsAt + slots.count * at.ENSEMBLE_SLOT_BYTES;
  const resultsAt = basesAt + outputs * at.ENSEMBLE_BASE_BYTES;
  const codesAt = resultsAt + use.results.length * at.ENSEMBLE_RESULT_BYTES;
  const setsAt = codesAt + align8(use.inputs.length * at.ENSEMBLE_CODE_BYTES);
  const sets = slots.sets();
  const blocksAt = setsAt + sets.length;
  const nodesAt = blocksAt + blocks.length * at.ENSEMBLE_BLOCK_BYTES;
  const nodeBytes = blocks.reduce((sum, block) => sum + block.nodes.length + block.values.length, 0);
  const out = new Uint8Array(nodesAt + nodeBytes);
  const view = new DataView(out.buffer);

  const header: [number, number][] = [
    [at.ENSEMBLE_INPUTS, use.inputs.length],
    [at.ENSEMBLE_SLOTS, slots.count],
    [at.ENSEMBLE_EAGER, slots.eagerCount],
    [at.ENSEMBLE_OUTPUTS, outputs],
    [at.ENSEMBLE_WIDTH, leafWidth],
    [at.ENSEMBLE_TREES, trees.length],
    [at.ENSEMBLE_BLOCKS, blocks.length],
    [at.ENSEMBLE_RESULTS, use.results.length],
    [at.ENSEMBLE_CODES, codeCount],
    [at.ENSEMBLE_PRECISION, isSingle ? at.Precision.SINGLE : at.Precision.DOUBLE],
    [at.ENSEMBLE_LINK, LINKS[ensemble.link.kind]],
    [at.ENSEMBLE_AGGREGATE, AGGREGATES[ensemble.aggregate]],
    [
      at.ENSEMBLE_CONTRIBUTION,
      isExplained ? (use.by === 'path' ? at.Contribution.PATH : at.Contribution.LEAF) : at.Contribution.NONE,
    ],
    [at.ENSEMBLE_CONTRIBUTION_OUTPUT, isExplained ? use.output : 0],
    [at.ENSEMBLE_SET_BYTES, sets.length],
    [at.ENSEMBLE_NODE_BYTES, nodeBytes],
    [at.ENSEMBLE_FLAGS, use.isLow ? at.ENSEMBLE_FLAG_REASONS_LOW : 0],
  ];
  for (const [offset, value] of header) view.setUint32(offset, value, true);
  view.setFloat64(at.ENSEMBLE_SCALE, ensemble.link.kind === 'logistic' ? ensemble.link.scale : 1, true);
  view.setFloat64(at.ENSEMBLE_DIVISOR, ensemble.divisor, true);
  slots.write(view, slotsAt);
  for (let output = 0; output < outputs; output++) {
    const base = basesAt + output * at.ENSEMBLE_BASE_BYTES;
    view.setFloat64(base + at.ENSEMBLE_BASE_START, ensemble.start[output]!, true);
    view.setFloat64(base + at.ENSEMBLE_BASE_END, ensemble.end[output]!, true);
  }
  for (const [index, { kind, index: of }] of use.results.entries()) {
    view.setUint32(resultsAt + index * at.ENSEMBLE_RESULT_BYTES, kind, true);
    view.setUint32(resultsAt + index * at.ENSEMBLE_RESULT_BYTES + 4, of, true);
  }
  for (let input = 0; input < use.inputs.length; input++)
    view.setUint32(codesAt + input * at.ENSEMBLE_CODE_BYTES, use.codes[input] ?? 0, true);
  out.set(sets, setsAt);
  writeBlocks(out, view, blocks, blocksAt, nodesAt);
  view.setFloat64(at.ENSEMBLE_UNITS, unitsOf(slots, blocks, use, ensemble, isExplained, codeCount), true);
  return out;
}

function writeBlocks(out: Uint8Array, view: DataView, blocks: readonly BuiltBlock[], blocksAt: number, nodesAt: number): void {
  let offset = 0;
  for (const [index, block] of blocks.entries()) {
    const base = blocksAt + index * at.ENSEMBLE_BLOCK_BYTES;
    view.setUint32(base + at.ENSEMBLE_BLOCK_KIND, block.kind, true);
    view.setUint32(base + at.ENSEMBLE_BLOCK_DEPTH, block.depth, true);
    view.setUint32(base + at.ENSEMBLE_BLOCK_COUNT, block.outputs.length, true);
    view.setUint32(base + at.ENSEMBLE_BLOCK_NODES, offset, true);
    out.set(block.nodes, nodesAt + offset);
    offset += block.nodes.length;
    view.setUint32(base + at.ENSEMBLE_BLOCK_VALUES, block.values.length === 0 ? 0 : offset, true);
    out.set(block.values, nodesAt + offset);
    offset += block.values.length;
    view.setUint32(base + at.ENSEMBLE_BLOCK_SIZE, block.size, true);
    for (const [tree, output] of block.outputs.entries()) view.setUint16(base + at.ENSEMBLE_BLOCK_OUTPUTS + 2 * tree, output, true);
    for (const [tree, root] of block.roots.entries()) view.setUint32(base + at.ENSEMBLE_BLOCK_ROOTS + 4 * tree, root, true);
  }
}

/** As the verifier adds them up, in the same order: both sums agree bit for bit. */
function unitsOf(
  slots: Slots,
  blocks: readonly BuiltBlock[],
  use: EnsembleUse,
  { outputs, leafWidth }: Ensemble,
  isExplained: boolean,
  codeCount: number,
): number {
  let units = 0;
  let lazy = 0;
  for (const [index, { kind, setCount }] of slots.descriptors.entries()) {
    const own = at.slotUnits(kind, setCount);
    if (index < slots.eagerCount) units += own;
    else lazy = Math.max(lazy, own);
  }
  for (const { kind, depth, outputs: trees } of blocks) units += at.blockUnits(kind, depth, trees.length, leafWidth, lazy);
  const ranks = use.results.reduce((sum, { kind, index }) => (kind >= at.ResultKind.CODE ? sum + index + 1 : sum), 0);
  return units + at.resultUnits(outputs, use.results.length, isExplained ? use.inputs.length : 0, codeCount, ranks);
}
