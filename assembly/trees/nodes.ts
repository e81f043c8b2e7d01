// Sizes of nodes.

import { NODE_BYTES_DOUBLE, NODE_BYTES_SINGLE, NODE_BYTES_SINGLE_HEAP } from '../shared/ensemble';

/** Bytes of a node of a full tree. */
export function heapNodeBytes<T>(): usize {
  return sizeof<T>() === 4 ? NODE_BYTES_SINGLE_HEAP : NODE_BYTES_DOUBLE;
}

/** Bytes of any other node. */
export function nodeBytes<T>(): usize {
  return sizeof<T>() === 4 ? NODE_BYTES_SINGLE : NODE_BYTES_DOUBLE;
}
