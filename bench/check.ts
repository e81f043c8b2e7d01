// What an author waits for: compiling many rules, and checking them again after one was edited. Each bundle in a process of its
// own, so that the memory of one is not counted with the next.

import type { CheckHandlers } from './check-process.js';
import { Child } from './child.js';
import { describeMachine, formatNumber, type Machine, type TableFormat } from './report.js';

export interface CheckBenchOptions {
  rules: number;
  /** Edits, each of one rule. */
  edits: number;
  format: TableFormat;
  log: (line: string) => void;
}

export interface CheckBenchRow {
  name: string;
  files: number;
  /** The first time, in a process that has compiled nothing: what `verdict check` takes. */
  compileMs: number;
  /** Most resident memory that the process has had until then, in millions of bytes. */
  compileMegabytes: number;
  /** First check of a checker that remembers. */
  firstMs: number;
  /** Check after an edit of one rule. */
  editMs: number;
  /** Processor time of the same: what it takes on a machine that does nothing else. */
  editCpuMs: number;
  /** Most resident memory until the last edit: with what the first compilation left and all that the checker remembers. */
  megabytes: number;
  /** What does not equal an unremembered check; null where all does. */
  wrong: string | null;
}

export interface CheckBench {
  machine: Machine;
  rules: number;
  rows: CheckBenchRow[];
}

/** Measures a bundle of one file, and one of a hundred. */
export async function benchCheck({ rules, edits, format, log }: CheckBenchOptions): Promise<CheckBench> {
  const rows: CheckBenchRow[] = [];
  for (const files of [1, 100]) {
    const child = Child.start<CheckHandlers>(new URL('./check-process.js', import.meta.url));
    try {
      const name = `${formatNumber(rules)} rules, ${files === 1 ? 'one file' : `${files} files`}`;
      rows.push({ name, files, ...(await child.call('measure', { rules, files, edits })) });
    } finally {
      await child.stop();
    }
  }
  const shown = rows.map(({ name, compileMs, compileMegabytes, firstMs, editMs, editCpuMs, megabytes, wrong }) => [
    name,
    ...[compileMs, compileMegabytes, firstMs, editMs, editCpuMs, megabytes].map((value) => formatNumber(Math.round(value))),
    wrong ?? 'equal',
  ]);
  const head = [
    'bundle',
    'compile, ms',
    'memory, MB',
    'first check, ms',
    'after an edit, ms',
    'of it processor, ms',
    'memory, MB',
    'result',
  ];
  for (const line of format(head, shown, ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'left'])) log(line);
  return { machine: describeMachine(undefined), rules, rows };
}
