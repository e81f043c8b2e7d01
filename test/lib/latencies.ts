import { decodeFromCompressedBase64, type JsHistogram } from 'hdr-histogram-js';
import type { Latencies } from '#src/loadtest/latency.js';

/** How many were recorded from `low` to `high` microseconds, both included, in whole steps of three digits. */
export function countBetween(latencies: Latencies, low: number, high: number): number {
  if (latencies.count === 0) return 0;
  const iterator = (decodeFromCompressedBase64(latencies.encode()) as JsHistogram).recordedValuesIterator;
  iterator.reset();
  let found = 0;
  while (iterator.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
    if (valueIteratedTo >= low && valueIteratedTo <= high) found += countAtValueIteratedTo;
  }
  return found;
}
