// The process of one row of the bench check.ts: it has compiled nothing before, and nothing but its bundle is in its memory.

import { createChecker } from '../src/compiler/checking.js';
import { compile } from '../src/compiler/compile.js';
import type { CheckBenchRow } from './check.js';
import { serveCalls } from './child.js';
import { median } from './report.js';

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

interface Task {
  rules: number;
  files: number;
  edits: number;
}

function measure({ rules, files, edits }: Task): Omit<CheckBenchRow, 'name' | 'files'> {
  const texts = bundleOf(rules, files);
  const compiled = timed(() => compile(encode(texts), { profileMax: 'standard' }));
  const compileMegabytes = mostMegabytes();
  const [fault] = compiled.value.diagnostics;
  const isCompiled = compiled.value.image !== undefined;
  const checker = createChecker({ profileMax: 'standard' });
  const first = timed(() => checker.check(encode(texts)));
  const path = [...texts.keys()][2 + Math.floor(files / 2)] ?? [...texts.keys()][2]!;
  const runs = Array.from({ length: edits }, (_, edit) => {
    texts.set(path, texts.get(path)!.replace(/hour < \d+ && \(vip \|\|/, `hour < ${5 + edit} && (!vip ||`));
    // Reading the files is not what is measured.
    const given = encode(texts);
    return { given, ...timed(() => checker.check(given)) };
  });
  const megabytes = mostMegabytes();
  const wrong =
    fault !== undefined || !isCompiled
      ? `compiling found ${fault?.message ?? 'no program'}`
      : runs.some(({ given, value }) => !isSame(value.diagnostics, compile(given, { profileMax: 'standard' }).diagnostics))
        ? 'a check after an edit differs from one that remembers nothing'
        : null;
  return {
    compileMs: compiled.ms,
    compileMegabytes,
    firstMs: first.ms,
    editMs: median(runs.map(({ ms }) => ms)),
    editCpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    megabytes,
    wrong,
  };
}

/** The most resident memory of this process so far, in millions of bytes. */
function mostMegabytes(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const handlers = { measure };
export type CheckHandlers = typeof handlers;

serveCalls(handlers);
