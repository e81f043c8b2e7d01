// The process of one row of the bench largest.ts: it has compiled nothing before, and nothing but its bundle is in its memory.

import type { BundleFiles } from '../src/bundle/files.js';
import { bundleOf } from './bundle.js';
import { cpuMillis, serveCalls } from './child.js';
import { importTable, shippingInPlace } from './jdm/rows.js';
import { answersOf, makeOrders, makeShippingRows, truthOf, writeJdm } from './jdm/shipping.js';
import type { LargestKind, LargestRow } from './largest.js';
import { type Row, runRow, type TimingOptions } from './row.js';
import { type BlockTruth, computeTruth } from './truth.js';
import { benchEngine, encodePayloads, type VerdictSetup, verdictInPlace } from './verdict-rows.js';
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
  truth: () => BlockTruth;
  row: (setup: Pick<VerdictSetup, 'live'>, payloads: readonly Uint8Array[]) => Row;
}

const TENANT = 'bench';

const WORKS: Readonly<Record<LargestKind, (rows: number, payloadCount: number) => Work>> = {
  table(rows, payloadCount) {
    // One row more takes all that is left.
    const table = makeShippingRows(rows - 1);
    const payloads = makeOrders(payloadCount);
    const { files } = importTable('largest', writeJdm(table));
    return { files, payloads, truth: () => truthOf(answersOf(table, payloads)), row: shippingInPlace };
  },
  rules(count, payloadCount) {
    const rules = makeRules(count);
    const payloads = makePayloads(payloadCount);
    const truth = computeTruth(rules, payloads);
    return { files: bundleOf('largest', rules, truth.thresholds), payloads, truth: () => truth, row: verdictInPlace };
  },
};

async function measure({ kind, rows, payloadCount, timing }: Task): Promise<Omit<LargestRow, 'name' | 'rows'>> {
  const { files, payloads, truth, row: rowOf } = WORKS[kind](rows, payloadCount);
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
    const row = rowOf({ live }, encodePayloads(live.model, payloads));
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
