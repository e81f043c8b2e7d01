// Times bundles decided in place, beside one another: what a neighbour on the machine does to one, it does to the others.

import type { BundleFiles } from '../src/bundle/files.js';
import { compile } from '../src/compiler/compile.js';
import type { IndexPolicy, IndexReport } from '../src/compiler/index/plan.js';
import type { Engine } from '../src/engine.js';
import type { Row } from './row.js';
import { benchEngine, encodePayloads, verdictInPlace } from './verdict-rows.js';
import { BLOCK_COUNT } from './workload.js';

export interface Subject {
  readonly files: BundleFiles;
  readonly policy: IndexPolicy;
}

export interface Timed {
  /** Of the fastest block. */
  readonly nanos: number;
  readonly reports: readonly IndexReport[];
}

export interface IndexTiming {
  /** Rounds in which each bundle is timed once, and how long. */
  readonly rounds: number;
  readonly ms: number;
}

/** Before anything is timed: V8 begins with quick code. */
const WARM_UP_MS = 150;

interface Prepared {
  readonly row: Row;
  readonly reports: readonly IndexReport[];
  readonly close: () => void;
}

/**
 * Nanoseconds a decision of each bundle over the same payloads, the least of all rounds: work is only ever added to, never taken
 * away. Throws where two bundles that are to decide alike do not.
 *
 * @param alike the bundles have the same rules
 */
export async function timeBundles(
  subjects: readonly Subject[],
  payloads: readonly object[],
  { rounds, ms }: IndexTiming,
  alike: boolean,
): Promise<Timed[]> {
  const engine = await benchEngine();
  const all: Prepared[] = [];
  try {
    for (const subject of subjects) all.push(await prepare(engine, subject, payloads));
    const blocks = payloads.length / BLOCK_COUNT;
    for (let block = 0; alike && block < blocks; block++) {
      const sums = new Set(all.map(({ row }) => row.decide!(block * BLOCK_COUNT)));
      if (sums.size > 1) throw new Error(`an index changes what is decided: ${[...sums].join(', ')}`);
    }
    for (const { row } of all) fastest(row, blocks, WARM_UP_MS);
    const nanos = all.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { row }] of all.entries()) nanos[index] = Math.min(nanos[index]!, fastest(row, blocks, ms));
    }
    return all.map(({ reports }, index) => ({ nanos: nanos[index]!, reports }));
  } finally {
    for (const { close } of all) close();
    await engine.close();
  }
}

async function prepare(engine: Engine, { files, policy }: Subject, payloads: readonly object[]): Promise<Prepared> {
  const { image, indexes, diagnostics } = compile(files, {
    profileMax: 'standard',
    costMax: Number.MAX_SAFE_INTEGER,
    index: policy,
  });
  if (image === undefined) throw new Error(`a bundle of the bench does not compile: ${diagnostics[0]?.message}`);
  const ruleSet = await engine.load(image, { tenant: 'bench' });
  await ruleSet.warmUp();
  const { live } = ruleSet;
  const row = verdictInPlace({ live }, encodePayloads(live.model, payloads));
  const close = (): void => {
    void row.close?.();
    ruleSet.release();
  };
  return { row, reports: indexes ?? [], close };
}

/** Nanoseconds a decision of the fastest block. */
function fastest(row: Row, blocks: number, ms: number): number {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + ms;
  for (let block = 0; performance.now() < end; block = (block + 1) % blocks) {
    const startMs = performance.now();
    row.decide!(block * BLOCK_COUNT);
    least = Math.min(least, performance.now() - startMs);
  }
  return (least * 1e6) / BLOCK_COUNT;
}
