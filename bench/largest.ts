// The bench of the largest bundles that an image holds: a table of as many rows as there may be rules, and as many rules. Each in a
// process of its own, so that the memory of one is not counted with the next.

import { RULES_MAX } from '../assembly/shared/limits.js';
import { Child } from './child.js';
import type { LargestHandlers } from './largest-process.js';
import { describeMachine, formatNumber, type Machine, type TableFormat } from './report.js';
import type { TimingOptions } from './row.js';

export type LargestKind = 'table' | 'rules';

export interface LargestOptions {
  /** Rows of the table, and rules. */
  readonly rows: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface LargestRow {
  readonly name: string;
  readonly rows: number;
  /** From the files, in a process that has compiled nothing, to an image that decides. */
  readonly publishMs: number;
  /** Processor time of the same. */
  readonly publishCpuMs: number;
  /** Most resident memory that the process has had until then, in millions of bytes. */
  readonly megabytes: number;
  /** What the tenant's memory holds for it. */
  readonly heapMegabytes: number;
  /** In place, as in decide.ts. */
  readonly nanosPerDecision: number;
  readonly wrong: string | null;
}

export interface LargestResult {
  readonly machine: Machine;
  readonly rows: readonly LargestRow[];
}

/** Measures a table and rules. */
export async function benchLargest({ rows, payloadCount, timing, format, log }: LargestOptions): Promise<LargestResult> {
  const measured: LargestRow[] = [];
  for (const kind of ['table', 'rules'] as const) {
    const child = Child.start<LargestHandlers>(new URL('./largest-process.js', import.meta.url));
    const count = Math.min(rows, RULES_MAX);
    try {
      const name = kind === 'table' ? `a table of ${count.toLocaleString('en-US')} rows` : `${count.toLocaleString('en-US')} rules`;
      measured.push({ name, rows: count, ...(await child.call('measure', { kind, rows: count, payloadCount, timing })) });
    } finally {
      await child.stop();
    }
  }
  const cells = measured.map((row) => [
    row.name,
    ...[row.publishMs, row.publishCpuMs, row.megabytes, row.heapMegabytes, row.nanosPerDecision].map(formatNumber),
    row.wrong === null ? '' : `WRONG (${row.wrong})`,
  ]);
  const head = ['bundle', 'publish, ms', 'of processor, ms', 'memory, MB', "of it the tenant's, MB", 'ns a decision', ''];
  for (const line of format(head, cells, ['left', 'right', 'right', 'right', 'right', 'right', 'left'])) log(line);
  return { machine: describeMachine(undefined), rows: measured };
}
