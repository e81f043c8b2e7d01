// What an author waits for: compiling many rules, and checking them again after one was edited.

import { createChecker } from '../src/compiler/checking.js';
import { compile } from '../src/compiler/compile.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';

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
  /** First check of a checker that remembers. */
  firstMs: number;
  /** Check after an edit of one rule. */
  editMs: number;
  /** Processor time of the same: what it takes on a machine that does nothing else. */
  editCpuMs: number;
  /** Resident memory of the process behind it, in millions of bytes. */
  megabytes: number;
  /** What does not equal an unremembered check; null where all does. */
  wrong: string | null;
}

export interface CheckBench {
  machine: Machine;
  rules: number;
  rows: CheckBenchRow[];
}

const HEAD = `name: many
version: 1.0.0
model: model.yaml
profile: standard
onError: review
decide:
  combine: score
  outcomes:
    - { atLeast: 100, outcome: decline }
    - { outcome: approve }
`;

const MODEL = `type: object
required: [amount, country, hour, vip]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }
  country: { type: string, maxLength: 2 }
  hour: { type: integer, minimum: 0, maximum: 23 }
  vip: { type: boolean }
  risk: { type: number }
`;

function ruleText(index: number): string {
  const letter = (n: number): string => String.fromCharCode(65 + (n % 26));
  const country = letter(index) + letter(Math.floor(index / 26));
  const when = `amount > ${3 * index} && country === "${country}" && hour < ${1 + (index % 23)} && (vip || risk !== null && risk > 0.${index})`;
  return `- id: rule-${index}\n  when: ${when}\n  then: { score: ${1 + (index % 50)}, reason: REASON_${index} }\n`;
}

function bundleOf(rules: number, files: number): Map<string, string> {
  const texts = new Map([
    ['bundle.yaml', HEAD],
    ['model.yaml', MODEL],
  ]);
  const each = Math.ceil(rules / files);
  for (let file = 0; file < files; file++) {
    const count = Math.min(each, rules - file * each);
    const text = Array.from({ length: Math.max(0, count) }, (_, index) => ruleText(file * each + index)).join('');
    if (text !== '') texts.set(`rules/f${String(file).padStart(3, '0')}.yaml`, text);
  }
  return texts;
}

const encode = (texts: ReadonlyMap<string, string>): Map<string, Uint8Array> =>
  new Map([...texts].map(([path, text]) => [path, new TextEncoder().encode(text)]));

function timed<T>(work: () => T): { value: T; ms: number; cpuMs: number } {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const value = work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { value, ms, cpuMs: (user + system) / 1000 };
}

function measure(rules: number, files: number, edits: number): CheckBenchRow {
  const texts = bundleOf(rules, files);
  const compiled = timed(() => compile(encode(texts), { profileMax: 'standard' }));
  const checker = createChecker({ profileMax: 'standard' });
  const first = timed(() => checker.check(encode(texts)));
  const path = [...texts.keys()][2 + Math.floor(files / 2)] ?? [...texts.keys()][2]!;
  const runs = Array.from({ length: edits }, (_, edit) => {
    texts.set(path, texts.get(path)!.replace(/hour < \d+ && \(vip \|\|/, `hour < ${5 + edit} && (!vip ||`));
    // Reading the files is not what is measured.
    const given = encode(texts);
    return { given, ...timed(() => checker.check(given)) };
  });
  const wrong =
    compiled.value.diagnostics.length > 0 || compiled.value.image === undefined
      ? `compiling found ${compiled.value.diagnostics[0]?.message ?? 'no program'}`
      : runs.some(({ given, value }) => !isSame(value.diagnostics, compile(given, { profileMax: 'standard' }).diagnostics))
        ? 'a check after an edit differs from one that remembers nothing'
        : null;
  return {
    name: `${formatNumber(rules)} rules, ${files === 1 ? 'one file' : `${files} files`}`,
    files,
    compileMs: compiled.ms,
    firstMs: first.ms,
    editMs: median(runs.map(({ ms }) => ms)),
    editCpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    megabytes: process.memoryUsage().rss / 1e6,
    wrong,
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Measures a bundle of one file, and one of a hundred. */
export function benchCheck({ rules, edits, format, log }: CheckBenchOptions): CheckBench {
  const rows = [1, 100].map((files) => measure(rules, files, edits));
  const shown = rows.map(({ name, compileMs, firstMs, editMs, editCpuMs, megabytes, wrong }) => [
    name,
    ...[compileMs, firstMs, editMs, editCpuMs, megabytes].map((value) => formatNumber(Math.round(value))),
    wrong ?? 'equal',
  ]);
  const head = ['bundle', 'compile, ms', 'first check, ms', 'after an edit, ms', 'of it processor, ms', 'memory, MB', 'result'];
  for (const line of format(head, shown, ['left', 'right', 'right', 'right', 'right', 'right', 'left'])) log(line);
  return { machine: describeMachine(undefined), rules, rows };
}
