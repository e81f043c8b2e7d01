// The process of one row of the bench largest.ts: it has compiled nothing before, and nothing but its bundle is in its memory.

import type { BundleFiles } from '../src/bundle/files.js';
import { bundleOf } from './bundle.js';
import { cpuMillis, serveCalls } from './child.js';
import { convertJdm } from './jdm/convert.js';
import { generateJdm } from './jdm/document.js';
import type { LargestKind, LargestRow } from './largest.js';
import { runRow, type TimingOptions } from './row.js';
import { makeOrders, truthOf } from './table.js';
import { computeTruth, type Truth } from './truth.js';
import { benchEngine, encodePayloads, verdictInPlace } from './verdict-rows.js';
import { makePayloads, makeRules } from './workload.js';

interface Task {
  kind: LargestKind;
  rows: number;
  payloadCount: number;
  timing: TimingOptions;
}

interface Work {
  files: BundleFiles;
  payloads: readonly object[];
  /** Computed after what is measured: its memory is not to be counted. */
  truth: () => Truth;
}

const TENANT = 'bench';

const WORKS: Readonly<Record<LargestKind, (rows: number, payloadCount: number) => Work>> = {
  table(rows, payloadCount) {
    const table = generateJdm(rows);
    const payloads = makeOrders(payloadCount);
    return { files: convertJdm(table), payloads, truth: () => truthOf(table, payloads) };
  },
  rules(count, payloadCount) {
    const rules = makeRules(count);
    const payloads = makePayloads(payloadCount);
    const truth = computeTruth(rules, payloads);
    return { files: bundleOf('largest', rules, truth.thresholds), payloads, truth: () => truth };
  },
};

async function measure({ kind, rows, payloadCount, timing }: Task): Promise<Omit<LargestRow, 'name' | 'rows'>> {
  const { files, payloads, truth } = WORKS[kind](rows, payloadCount);
  const engine = await benchEngine();
  try {
    const startMs = performance.now();
    const startCpuMs = cpuMillis();
    const { name } = await engine.publish(TENANT, files);
    const [publishMs, publishCpuMs] = [performance.now() - startMs, cpuMillis() - startCpuMs];
    const live = engine.live(TENANT, name);
    if (live === undefined) throw new Error('the published bundle is not live');
    const { heapBytesUsed } = engine.stats().tenants[0]!;
    const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
    await live.tenant.host.codes?.want(live);
    const row = verdictInPlace({ live }, encodePayloads(live.model, payloads));
    const { nanosPerDecision, wrong } = await runRow(row, truth(), timing);
    await row.close?.();
    return { publishMs, publishCpuMs, megabytes, heapMegabytes: heapBytesUsed / 1e6, nanosPerDecision, wrong: wrong ?? null };
  } finally {
    await engine.close();
  }
}

const handlers = { measure };
export type LargestHandlers = typeof handlers;

serveCalls(handlers);
