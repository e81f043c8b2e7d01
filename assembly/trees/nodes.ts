// What blocks of every kind share: the size of a node, and adding up what a leaf says.

import {
  Aggregate,
  ENSEMBLE_AGGREGATE,
  ENSEMBLE_BLOCK_OUTPUTS,
  NODE_BYTES_DOUBLE,
  NODE_BYTES_SINGLE,
  NODE_BYTES_SINGLE_HEAP,
} from '../shared/ensemble';
import { sumsOf } from './layout';

/** Bytes of a node of a full tree. */
export function heapNodeBytes<T>(): usize {
  return sizeof<T>() === 4 ? NODE_BYTES_SINGLE_HEAP : NODE_BYTES_DOUBLE;
}

/** Bytes of any other node. */
export function nodeBytes<T>(): usize {
  return sizeof<T>() === 4 ? NODE_BYTES_SINGLE : NODE_BYTES_DOUBLE;
}

/** Adds what a leaf of tree number `tree` of the block says: `width` values. */
export function addValues<T>(blob: usize, block: usize, tree: usize, values: usize, width: usize): void {
  const aggregate = load<u32>(blob, ENSEMBLE_AGGREGATE);
  const output: usize = width === 1 ? (load<u16>(block + (tree << 1), ENSEMBLE_BLOCK_OUTPUTS) as usize) : 0;
  let at = sumsOf() + (output << 3);
  for (let index: usize = 0; index < width; index++) {
    const value = load<T>(values + index * sizeof<T>());
    const sum = load<f64>(at) as T;
    let result: T;
    if (aggregate === Aggregate.SUM) result = sum + value;
    else if (sum !== sum) result = value;
    else result = aggregate === Aggregate.MIN ? min<T>(sum, value) : max<T>(sum, value);
    store<f64>(at, result as f64);
    at += 8;
  }
}
