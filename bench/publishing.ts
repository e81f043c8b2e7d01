// The bench of publishing: what passes from the source of many rules to the first decision, durably, what starting with them and
// loading their image takes, and what they occupy in their tenant's memory.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../src/compiler/compile.js';
import { bundleOf } from './bundle.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { benchEngine } from './verdict-rows.js';
import { makePayloads, makeRules } from './workload.js';

const TENANT = 'bench';
/** Between two runs, so that one does not pay for the garbage of the one before. */
const PAUSE_MS = 200;

export interface PublishingOptions {
  readonly rules: number;
  /** Engines that publish, each a new one; and images that are loaded, ten to each. The medians count. */
  readonly runs: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface PublishingResult {
  readonly machine: Machine;
  readonly rules: number;
  /** From the files, by an engine that has published nothing, to an image that is stored and decides. */
  readonly publishMs: number;
  readonly publishRuns: readonly number[];
  /** From no engine to one that decides with the stored image. */
  readonly startMs: number;
  readonly startRuns: readonly number[];
  /** From the image file to a rule set that decides. */
  readonly loadMs: number;
  readonly loadRuns: readonly number[];
  /** Bytes of the image file. */
  readonly imageBytes: number;
  /** What the tenant's memory holds for it. */
  readonly heapBytes: number;
  /** The tenant's whole memory: with ring and scratches, which do not depend on rules. */
  readonly memoryBytes: number;
}

/** Publishes and loads the workload of decide.ts. */
export async function benchPublishing({ rules, runs, format, log }: PublishingOptions): Promise<PublishingResult> {
  const files = bundleOf(`workload-${rules}`, makeRules(rules), { decline: 10 * rules, review: 5 * rules });
  const [payload] = makePayloads(1) as [object];
  const publishRuns: number[] = [];
  const startRuns: number[] = [];
  let heapBytes = 0;
  let memoryBytes = 0;
  for (let run = 0; run < runs; run++) {
    await sleep(PAUSE_MS);
    const dataDir = await mkdtemp(join(tmpdir(), 'verdict-bench-'));
    try {
      let engine = await benchEngine({ dataDir });
      try {
        const startMs = performance.now();
        const { name } = await engine.publish(TENANT, files);
        if (engine.live(TENANT, name) === undefined) throw new Error('the published bundle is not live');
        publishRuns.push(performance.now() - startMs);
        const { heapBytesUsed, memoryBytes: all } = engine.stats().tenants[0]!;
        [heapBytes, memoryBytes] = [heapBytesUsed, all];
        await engine.close();
        await sleep(PAUSE_MS);
        const againMs = performance.now();
        engine = await benchEngine({ dataDir });
        if (engine.live(TENANT, name)?.ruleCount !== rules) throw new Error('the stored bundle is not live');
        startRuns.push(performance.now() - againMs);
      } finally {
        await engine.close();
      }
    } finally {
      await rm(dataDir, { recursive: true });
    }
  }
  const { image } = compile(files, { costMax: Number.MAX_SAFE_INTEGER });
  if (image === undefined) throw new Error('the workload does not compile');
  const loadRuns: number[] = [];
  const engine = await benchEngine();
  try {
    for (let run = 0; run < 10 * runs; run++) {
      await sleep(PAUSE_MS / 20);
      const startMs = performance.now();
      const ruleSet = await engine.load(image, { tenant: TENANT });
      loadRuns.push(performance.now() - startMs);
      if (ruleSet.decide(payload).status !== 'OK') throw new Error('the loaded image does not decide');
      ruleSet.release();
    }
  } finally {
    await engine.close();
  }
  const result = {
    machine: describeMachine(undefined),
    rules,
    publishMs: median(publishRuns),
    publishRuns,
    startMs: median(startRuns),
    startRuns,
    loadMs: median(loadRuns),
    loadRuns,
    imageBytes: image.length,
    heapBytes,
    memoryBytes,
  };
  const cells = [
    ['publish, source to deciding, durable', `${formatNumber(result.publishMs)} ms`],
    ['start with it stored', `${formatNumber(result.startMs)} ms`],
    ['load of the image', `${formatNumber(result.loadMs)} ms`],
    ['image file', `${formatNumber(image.length / 1e6)} MB`],
    ["in the tenant's memory", `${formatNumber(heapBytes / 1e6)} MB`],
    ["the tenant's whole memory", `${formatNumber(memoryBytes / 1e6)} MB`],
  ];
  for (const line of format([`${rules.toLocaleString('en-US')} rules`, ''], cells, ['left', 'right'])) log(line);
  return result;
}
