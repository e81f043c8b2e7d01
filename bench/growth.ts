// The bench of growth: what a decision takes with 1 to 100,000 rules, in Verdict and its peers, as a plot. What would take too long
// at a size is left out there and beyond, and said.

import fs from 'node:fs';
import path from 'node:path';
import { RULES_MAX } from '../assembly/shared/limits.js';
import { bundleOf } from './bundle.js';
import { growthSvg, type Line } from './growth-plot.js';
import { CompileTimeout, gccVersion } from './peers/c-program.js';
import { gccScore } from './peers/gcc.js';
import { gccIndex } from './peers/gcc-index.js';
import { v8Objects } from './peers/v8.js';
import { zen } from './peers/zen.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { computeTruth } from './truth.js';
import { encodePayloads, setUpVerdict, verdictInPlace } from './verdict-rows.js';
import { BLOCK_COUNT, makePayloads, makeRules } from './workload.js';

export const GROWTH_SIZES: readonly number[] = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 65_536, 100_000];

export interface GrowthOptions {
  readonly sizes: readonly number[];
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  /** What gcc may take to compile a size, and a block of payloads to be decided. */
  readonly compileMsMax: number;
  readonly blockMsMax: number;
  /** No size is begun when so much has passed; what is measured by then is drawn. */
  readonly msMax: number;
  /** Where the picture goes. */
  readonly svg: string;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface GrowthResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly lines: readonly Line[];
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
  readonly wrong: readonly string[];
}

const NAMES = ['Verdict, in place', 'gcc -O3, if by if', 'the same index in C', 'V8, generated JS', 'GoRules ZEN'] as const;
type Name = (typeof NAMES)[number];
/** Rules from which on what compiling them took tells what more of them will: of fewer most of it is the compiler's start. */
const PREDICTED_MIN = 300;
/** Those that gcc compiles. */
const GCC_NAMES: readonly Name[] = NAMES.slice(1, 3);

/** Measures all sizes, from the smallest on, and draws the plot. */
export async function benchGrowth(options: GrowthOptions): Promise<GrowthResult> {
  const machine = describeMachine(gccVersion());
  const lines = new Map<Name, { rules: number; nanos: number }[]>(NAMES.map((name) => [name, []]));
  const over = new Map<Name, string>();
  const wrong: string[] = [];
  const late: string[] = [];
  const madeMs = new Map<Name, { rules: number; ms: number }>();
  const end = performance.now() + options.msMax;
  if (gccVersion() === undefined) for (const name of GCC_NAMES) over.set(name, `${name}: there is no gcc`);
  for (const size of options.sizes) {
    if (performance.now() < end) {
      await measureSize(size, options, lines, over, wrong, madeMs);
      continue;
    }
    const unfinished = NAMES.filter((name) => !over.has(name)).join(', ');
    if (unfinished !== '') late.push(`from ${size.toLocaleString('en-US')} rules on the bench had no time left: ${unfinished}`);
    break;
  }
  const drawn = NAMES.map((name) => ({ name, points: lines.get(name)! })).filter(({ points }) => points.length > 0);
  const leftOut = [...over.values(), ...late];
  const at = new Date().toISOString().slice(0, 10);
  const notes = [
    `${at}, ${machine.cpu}, Node ${machine.node.slice(1)}: rules of three comparisons over 16 fields, ${options.payloadCount.toLocaleString('en-US')} payloads`,
    ...leftOut,
  ];
  fs.mkdirSync(path.dirname(options.svg), { recursive: true });
  fs.writeFileSync(options.svg, growthSvg('Time of a decision against the number of rules', drawn, notes));
  for (const line of ['', ...formatLines(drawn, options)]) options.log(line);
  for (const note of [...leftOut, ...wrong.map((text) => `WRONG ${text}`)]) options.log(note);
  options.log(`drawn in ${options.svg}`);
  return { machine, payloads: options.payloadCount, lines: drawn, leftOut, wrong };
}

async function measureSize(
  size: number,
  options: GrowthOptions,
  lines: ReadonlyMap<Name, { rules: number; nanos: number }[]>,
  over: Map<Name, string>,
  wrong: string[],
  madeMs: Map<Name, { rules: number; ms: number }>,
): Promise<void> {
  const sizeText = `${size.toLocaleString('en-US')} rules`;
  if (size > RULES_MAX) over.set('Verdict, in place', `Verdict: an image holds at most ${RULES_MAX.toLocaleString('en-US')} rules`);
  // Time grows no faster than the number of rules, or little: a block that would take too long by that is not begun.
  for (const name of NAMES) {
    const last = lines.get(name)!.at(-1);
    if (over.has(name) || last === undefined) continue;
    const blockMs = (last.nanos * (size / last.rules) * BLOCK_COUNT) / 1e6;
    if (blockMs > options.blockMsMax)
      over.set(name, `${name}: from ${sizeText} on a block of payloads takes longer than ${options.blockMsMax / 1000} s`);
  }
  for (const name of GCC_NAMES) {
    const { rules: before, ms } = madeMs.get(name) ?? { rules: size, ms: 0 };
    if (over.has(name) || before < PREDICTED_MIN || ms * (size / before) <= options.compileMsMax) continue;
    over.set(name, `${name}: from ${sizeText} on it takes longer than ${options.compileMsMax / 1000} s to compile`);
  }
  if (NAMES.every((name) => over.has(name))) return;
  const rules = makeRules(size);
  const payloads = makePayloads(options.payloadCount);
  const truth = computeTruth(rules, payloads);
  // The model is that of every size: its bytes are the same for all.
  const setup = await setUpVerdict(bundleOf(`growth-${size}`, size > RULES_MAX ? rules.slice(0, 1) : rules, truth.thresholds));
  const bytes = encodePayloads(setup.live.model, payloads);
  const slots = new Map(setup.live.model.fields.map((field) => [field.name, field.slot]));
  const slotOf = (field: string): number => slots.get(field)!;
  const gcc = { rules, thresholds: truth.thresholds, payloads: bytes, slotOf, compileMsMax: options.compileMsMax };
  const makers: Readonly<Record<Name, () => Row | Promise<Row>>> = {
    'Verdict, in place': () => verdictInPlace(setup, bytes),
    'gcc -O3, if by if': () => gccScore(gcc),
    'the same index in C': () => gccIndex(gcc),
    'V8, generated JS': () => v8Objects(rules, payloads),
    'GoRules ZEN': () => zen(rules, payloads),
  };
  const rows = new Map<Name, Row>();
  try {
    for (const name of NAMES) {
      if (over.has(name)) continue;
      try {
        const startMs = performance.now();
        rows.set(name, await makers[name]());
        madeMs.set(name, { rules: size, ms: performance.now() - startMs });
      } catch (error) {
        if (!(error instanceof CompileTimeout)) throw error;
        over.set(name, `${name}: from ${sizeText} on ${error.message}`);
      }
    }
    const runs = new Map<Name, RowRun[]>([...rows.keys()].map((name) => [name, []]));
    for (let run = 0; run < options.runs; run++) {
      for (const [name, row] of rows) runs.get(name)!.push(await runRow(row, truth, options.timing));
    }
    for (const [name, all] of runs) {
      const nanos = median(all.map((run) => run.nanosPerDecision));
      lines.get(name)!.push({ rules: size, nanos });
      for (const run of all) if (run.wrong !== undefined) wrong.push(`${name}, ${sizeText}: ${run.wrong}`);
      options.log(`${sizeText}: ${name} ${formatNumber(nanos)} ns`);
    }
  } finally {
    for (const row of rows.values()) await row.close?.();
    setup.ruleSet.release();
    await setup.engine.close();
  }
}

function formatLines(lines: readonly Line[], { sizes, format }: GrowthOptions): string[] {
  const cells = sizes.map((size) => [
    size.toLocaleString('en-US'),
    ...lines.map(({ points }) => {
      const point = points.find(({ rules }) => rules === size);
      return point === undefined ? '-' : formatNumber(point.nanos);
    }),
  ]);
  return format(['rules', ...lines.map(({ name }) => name)], cells, ['right', ...lines.map(() => 'right' as const)]);
}
