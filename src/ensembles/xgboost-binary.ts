// XGBoost's binary model before UBJSON: `save_model("x.model")` up to 2.x, and the files of all versions before 1.0. The bytes of its
// parameter structs, one behind the other, little-endian:
//
//   | `binf` or nothing | learner 136 | objective, booster: u64 length, bytes | trees: see below | DART: u64 count, f32 each
//   | attributes: u64 count, (u64 length, bytes) x 2 each | ...
//
// learner: f32 base_score, u32 num_feature, i32 num_class, i32 has attributes, i32 has metrics, u32 version: major, minor
// trees: i32 num_trees, 4, 4, 4, i64 num_pbuffer, i32 num_output_group, i32 size_leaf_vector, 128 reserved
// each: i32 num_roots, num_nodes, num_deleted, max_depth, num_feature, size_leaf_vector, 124 reserved;
//       nodes 20: i32 parent, left, right, u32 feature | default left << 31, f32 threshold or value;
//       statistics 16: f32 gain, sum of the hessian, weight, i32 leaf children
// then i32 for each tree: its output

import { ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import { Cursor } from './cursor.js';
import { type Ensemble, newTree, type Tree } from './ensemble.js';
import { fault } from './fault.js';
import { finishTree } from './finish-tree.js';
import { MODEL_FEATURES_MAX } from './limits.js';
import { NodeBudget } from './node-budget.js';
import type { ReadOptions } from './options.js';
import { checkBooster, numberedNames, setSplit, toEnsemble } from './xgboost.js';

const LEARNER_BYTES = 136;
const HEADER = 'binf';
const NAME_BYTES_MAX = 64;

/** Whether bytes may be such a file: behind the learner's parameters comes the length of a name, and the name. */
export function isXgboostBinary(bytes: Uint8Array): boolean {
  const from = hasHeader(bytes) ? 4 : 0;
  const at = from + LEARNER_BYTES;
  if (bytes.length < at + 16) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(at, true);
  if (length === 0n || length > BigInt(NAME_BYTES_MAX) || BigInt(bytes.length - at - 8) < length) return false;
  const name = bytes.subarray(at + 8, at + 8 + Number(length));
  return name.every((byte) => byte >= 0x20 && byte < 0x7f) && /^[a-z]+:[a-z0-9]+$/.test(String.fromCharCode(...name));
}

function hasHeader(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 4)) === HEADER;
}

export function readXgboostBinary(bytes: Uint8Array, options: ReadOptions): Ensemble {
  const cursor = new Cursor(bytes, hasHeader(bytes) ? 4 : 0);
  const baseScore = cursor.f32();
  const featureCount = cursor.u32();
  const classCount = cursor.i32();
  const hasAttributes = cursor.i32() !== 0;
  cursor.i32();
  const major = cursor.u32();
  cursor.skip(LEARNER_BYTES - 24);
  const objective = text(cursor, NAME_BYTES_MAX, 'the objective');
  const booster = text(cursor, NAME_BYTES_MAX, 'the booster');
  checkBooster(booster);
  if (featureCount > MODEL_FEATURES_MAX) fault(`the file has ${featureCount} features, more than ${MODEL_FEATURES_MAX}`);
  if (classCount < 0) fault('the number of classes is negative: the file is damaged');

  const treeCount = cursor.i32();
  if (treeCount < 0 || treeCount > ENSEMBLE_TREES_MAX)
    fault(`the file has ${treeCount} trees; 0 to ${ENSEMBLE_TREES_MAX} can be taken`);
  cursor.skip(12);
  const bufferCount = cursor.i64();
  const groupCount = cursor.i32();
  const leafVector = cursor.i32();
  cursor.skip(128);
  if (leafVector > 1) fault('leaves of the trees hold several values', 'train with one output a tree');
  const budget = new NodeBudget();
  const trees = Array.from({ length: treeCount }, (_, index) => readTree(cursor, index, budget));
  const outputOfTree = Array.from({ length: treeCount }, () => cursor.i32());
  // Before 0.6, what had been predicted in training was saved too.
  if (bufferCount > 0 && major === 0) skipBuffer(cursor, bufferCount, groupCount);
  const weights = booster === 'dart' && treeCount > 0 ? readWeights(cursor, treeCount) : undefined;
  const attributes = hasAttributes ? readAttributes(cursor) : new Map<string, string>();
  const treesPerIteration = Math.max(1, classCount);
  return toEnsemble(
    {
      format: 'XGBoost, binary',
      objective,
      classCount,
      targetCount: 1,
      baseScore: [baseScore],
      isBaseMargin: major < 1,
      featureNames: numberedNames(featureCount),
      trees,
      outputOfTree,
      weights,
      treesOfIterations: undefined,
      treesPerIteration,
      bestIteration: bestOf(attributes),
    },
    options,
  );
}

function bestOf(attributes: ReadonlyMap<string, string>): number | undefined {
  const limit = attributes.get('best_ntree_limit');
  if (limit !== undefined && /^[1-9]\d{0,8}$/.test(limit)) return Number(limit) - 1;
  const best = attributes.get('best_iteration');
  return best !== undefined && /^\d{1,9}$/.test(best) ? Number(best) : undefined;
}

function text(cursor: Cursor, max: number, what: string): string {
  const length = cursor.i64();
  if (length < 0 || length > max) fault(`${what} has a name of ${length} bytes: the file is damaged`);
  return cursor.text(length);
}

function readTree(cursor: Cursor, index: number, budget: NodeBudget): Tree {
  const what = `tree ${index}`;
  cursor.i32();
  const count = cursor.i32();
  cursor.skip(12);
  const leafVector = cursor.i32();
  cursor.skip(124);
  if (count <= 0 || count * 36 > cursor.left) fault(`${what} says it has ${count} nodes: the file is damaged`);
  budget.take(count);
  const tree = newTree(count, 1, true);
  for (let node = 0; node < count; node++) {
    cursor.i32();
    const left = cursor.i32();
    const right = cursor.i32();
    const split = cursor.u32();
    const value = cursor.f32();
    if (left === -1) {
      tree.value[node] = value;
      continue;
    }
    // A deleted node has the feature 2^31 - 1: it is dropped, since nothing reaches it.
    const feature = Math.min(split & 0x7fffffff, MODEL_FEATURES_MAX);
    setSplit(tree, node, { feature, threshold: value, left, right, defaultLeft: split >>> 31 === 1 });
  }
  for (let node = 0; node < count; node++) {
    cursor.f32();
    tree.cover![node] = cursor.f32();
    cursor.skip(8);
  }
  if (leafVector > 0) cursor.skip(4 * cursor.i64());
  return finishTree(tree, 1, what);
}

function skipBuffer(cursor: Cursor, count: number, groups: number): void {
  const entries = count * Math.max(1, groups);
  if (entries * 8 <= cursor.left) cursor.skip(entries * 8);
}

function readWeights(cursor: Cursor, treeCount: number): Float64Array {
  const count = cursor.i64();
  if (count !== treeCount) fault(`the file has ${count} weights for ${treeCount} trees`);
  return Float64Array.from({ length: count }, () => cursor.f32());
}

function readAttributes(cursor: Cursor): Map<string, string> {
  const count = cursor.i64();
  if (count < 0 || count * 16 > cursor.left) fault(`the file says it has ${count} attributes: it is damaged`);
  const attributes = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const key = text(cursor, cursor.left, 'an attribute');
    attributes.set(key, text(cursor, cursor.left, 'an attribute'));
  }
  return attributes;
}
