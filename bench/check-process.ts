// The process of one row of the bench check.ts: it has compiled nothing before, and nothing but its bundle is in its memory.

import { createChecker } from '../src/compiler/checking.js';
import { compile } from '../src/compiler/compile.js';
import type { CheckBenchRow } from './check.js';
import { serveCalls } from './child.js';
import { bundleOf } from './many-rules.js';
import { median } from './report.js';

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
