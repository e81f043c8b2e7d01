// Peers that answer asynchronously are measured with many requests in flight, so that none is charged for one round trip at a time.

import { BLOCK_COUNT } from '../workload.js';

const IN_FLIGHT = 32;

/** Sums `decide(i)` over the block of payloads from `first` on, IN_FLIGHT at a time. */
export async function sumPipelined(first: number, decide: (index: number) => Promise<number>): Promise<number> {
  let sum = 0;
  for (let i = first; i < first + BLOCK_COUNT; i += IN_FLIGHT) {
    const results = await Promise.all(Array.from({ length: IN_FLIGHT }, (_, k) => decide(i + k)));
    for (const result of results) sum += result;
  }
  return sum;
}
