// The bench of publishing: what passes from the source of many rules to the first decision, what loading their image takes, and
// what they occupy in their tenant's memory.

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
  /** From the files, in a process whose engine has published nothing, to the first decision. */
  readonly publishMs: number;
  readonly publishRuns: readonly number[];
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
  let heapBytes = 0;
  let memoryBytes = 0;
  for (let run = 0; run < runs; run++) {
    await sleep(PAUSE_MS);
    const engine = await benchEngine();
    try {
      const startMs = performance.now();
      const { name } = await engine.publish(TENANT, files);
      const live = engine.live(TENANT, name);
      if (live === undefined) throw new Error('the published bundle is not live');
      publishRuns.push(performance.now() - startMs);
      const { heapBytesUsed, memoryBytes: all } = engine.stats().tenants[0]!;
      [heapBytes, memoryBytes] = [heapBytesUsed, all];
    } finally {
      await engine.close();
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
    loadMs: median(loadRuns),
    loadRuns,
    imageBytes: image.length,
    heapBytes,
    memoryBytes,
  };
  const cells = [
    ['publish, source to deciding', `${formatNumber(result.publishMs)} ms`],
    ['load of the image', `${formatNumber(result.loadMs)} ms`],
    ['image file', `${formatNumber(image.length / 1e6)} MB`],
    ["in the tenant's memory", `${formatNumber(heapBytes / 1e6)} MB`],
    ["the tenant's whole memory", `${formatNumber(memoryBytes / 1e6)} MB`],
  ];
  for (const line of format([`${rules.toLocaleString('en-US')} rules`, ''], cells, ['left', 'right'])) log(line);
  return result;
}
