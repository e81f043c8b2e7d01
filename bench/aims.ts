// The bench of all aims: what Verdict is to reach, measured section by section in one run, and whether it was met.

import { benchDecide, type DecideResult } from './decide.js';
import { benchJsonText } from './json-text.js';
import { gccVersion } from './peers/c-program.js';
import { SCORE_ROW as GCC_ROW } from './peers/gcc.js';
import { INDEX_ROW } from './peers/gcc-index.js';
import { benchPublishing } from './publishing.js';
import { describeMachine, formatNumber, type Machine, type TableFormat } from './report.js';
import type { TimingOptions } from './row.js';
import { benchTable } from './table.js';
import { benchTrees, FORESTS } from './trees.js';
import { IN_PLACE_ROW, JSON_ROW, SINGLE_ROW } from './verdict-rows.js';
import { benchWorkloads } from './workloads.js';

export const SECTIONS = ['rules', 'workloads', 'trees', 'json', 'table', 'publish'] as const;
export type Section = (typeof SECTIONS)[number];

export interface AimsOptions {
  /** All without it. */
  readonly only?: readonly Section[];
  /** Rules of the section `rules`. */
  readonly sizes: readonly number[];
  /** Rules of the section `publish`, and rows of the generated table. */
  readonly many: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface Aim {
  readonly section: Section;
  readonly measure: string;
  /** What is compared: a ratio to another row of the same run, nanoseconds, seconds, bytes, or a number of payloads. */
  readonly unit: 'x gcc' | 'x index in C' | 'x JSON.parse' | 'x ZEN' | 'ns' | 'ms' | 'MB' | 'payloads';
  readonly bound: number;
  /** `most`: the measured value must not exceed the bound; `least`: must reach it. null: nothing was asked, it is only shown. */
  readonly direction: 'most' | 'least' | null;
  /** null where it could not be measured here: no gcc. */
  readonly measured: number | null;
  readonly met: boolean | null;
}

export interface AimsResult {
  readonly machine: Machine;
  readonly payloads: number;
  readonly aims: readonly Aim[];
  /** What the sections measured, whole. */
  readonly sections: Readonly<Record<string, object>>;
  /** Rows whose answers were not the truth. */
  readonly wrong: readonly string[];
}

type Measured = Omit<Aim, 'section' | 'met'>;

function most(measure: string, unit: Aim['unit'], bound: number, measured: number | null): Measured {
  return { measure, unit, bound, direction: 'most', measured };
}

/** Ratio of two rows' times, null where one was not measured. */
function ratio(rows: readonly { name: string; nanosPerDecision: number }[], name: string, over: string): number | null {
  const [row, base] = [name, over].map((wanted) => rows.find((candidate) => candidate.name === wanted));
  return row === undefined || base === undefined ? null : row.nanosPerDecision / base.nanosPerDecision;
}

const GCC_MOST: Readonly<Record<number, number>> = { 10: 1.5, 100: 0.6, 1000: 0.12, 10000: 0.08 };
const INDEX_MOST = 1.5;
const SINGLE_NANOS_MOST = 180;
/** Payloads on which an imported table is compared with ZEN. */
const VERIFIED_COUNT = 10_000;

function ruleAims({ sizes }: DecideResult): Measured[] {
  const inPlace = sizes.flatMap(({ rules, rows }): Measured[] => {
    const name = `in place, ${rules.toLocaleString('en-US')} rules`;
    const bound = GCC_MOST[rules];
    const overIndex = ratio(rows, IN_PLACE_ROW, INDEX_ROW);
    return [
      ...(bound === undefined ? [] : [most(name, 'x gcc', bound, ratio(rows, IN_PLACE_ROW, GCC_ROW))]),
      ...(rules < 1_000 ? [] : [most(name, 'x index in C', INDEX_MOST, overIndex)]),
    ];
  });
  const single = sizes.map(({ rules, rows }): Measured => {
    const [one, batch] = [SINGLE_ROW, IN_PLACE_ROW].map((name) => rows.find((row) => row.name === name)!.nanosPerDecision) as [
      number,
      number,
    ];
    return most(`single call over in place, ${rules.toLocaleString('en-US')} rules`, 'ns', SINGLE_NANOS_MOST, one - batch);
  });
  return [...inPlace, ...single.slice(0, 2)];
}

interface SectionRun {
  readonly aims: readonly Measured[];
  readonly result: object;
  readonly wrong: readonly string[];
}

const RUN: Readonly<Record<Section, (options: AimsOptions) => Promise<SectionRun>>> = {
  async rules(options) {
    const result = await benchDecide({ ...options, peers: 'c' });
    return { aims: ruleAims(result), result, wrong: wrongOf(result.sizes) };
  },
  async workloads(options) {
    const { only: _, ...rest } = options;
    const result = await benchWorkloads(rest);
    const aims = result.works.map(({ work, name, rows }): Measured => {
      const measured = rows.find((row) => row.name === IN_PLACE_ROW)!.overGcc;
      if (work === 'arithmetic') return most(name, 'x gcc', 1.5, measured);
      return { measure: name, unit: 'x gcc', bound: Number.NaN, direction: null, measured };
    });
    return { aims, result, wrong: wrongOf(result.works) };
  },
  async trees(options) {
    const { only: _, ...rest } = options;
    const result = await benchTrees(rest);
    const aims = result.forests.map(({ name, rows }): Measured => {
      const measured = rows.find((row) => row.name === IN_PLACE_ROW)!.overGcc;
      // The aim is about one forest; the others show how it grows.
      if (name === FORESTS[0]!.name) return most(`${name}, whole decision`, 'x gcc', 1.5, measured);
      return { measure: `${name}, whole decision`, unit: 'x gcc', bound: Number.NaN, direction: null, measured };
    });
    return { aims, result, wrong: wrongOf(result.forests) };
  },
  async json(options) {
    const result = await benchJsonText({ ...options, rules: 100 });
    const aims = result.orders.map(({ order, rows }) => {
      const measured = ratio(rows, JSON_ROW, 'JSON.parse(buffer.toString())');
      return most(
        `JSON bytes in, decision out, 100 rules, ${order}`,
        'x JSON.parse',
        order === 'keys in random order' ? 0.5 : 0.35,
        measured,
      );
    });
    return { aims, result, wrong: wrongOf(result.orders) };
  },
  async table(options) {
    const result = await benchTable({ ...options, rows: Math.min(options.many, 7_990), verifiedCount: VERIFIED_COUNT });
    const aims = result.tables.flatMap(({ name, tableRows, verification, rows }): Measured[] => {
      const measure = `${name}, ${tableRows.toLocaleString('en-US')} rows`;
      const measured = rows.find((row) => row.name === IN_PLACE_ROW)!.zenOver;
      const answers = `${measure}, ${verification.payloads.toLocaleString('en-US')} answers unlike ZEN's`;
      return [
        { measure, unit: 'x ZEN', bound: 1_000, direction: 'least', measured },
        most(answers, 'payloads', 0, verification.payloads - verification.same),
      ];
    });
    return { aims, result, wrong: wrongOf(result.tables) };
  },
  async publish(options) {
    const result = await benchPublishing({ ...options, rules: options.many });
    const rules = `${options.many.toLocaleString('en-US')} rules`;
    const aims = [
      most(`publish of ${rules}, source to deciding`, 'ms', 2_000, result.publishMs),
      most(`load of the image of ${rules}`, 'ms', 5, result.loadMs),
      most(`${rules} in the tenant's memory`, 'MB', 16, result.heapBytes / 1e6),
    ];
    return { aims, result, wrong: [] };
  },
};

function wrongOf(groups: readonly { readonly rows: readonly { name: string; wrong: string | null }[] }[]): string[] {
  return groups.flatMap(({ rows }) => rows.flatMap(({ name, wrong }) => (wrong === null ? [] : [`${name}: ${wrong}`])));
}

function judge(section: Section, aim: Measured): Aim {
  const { direction, measured, bound } = aim;
  const met = direction === null || measured === null ? null : direction === 'most' ? measured <= bound : measured >= bound;
  return { section, ...aim, met };
}

/** Runs the sections, one after the other, and prints the table of aims. */
export async function benchAims(options: AimsOptions): Promise<AimsResult> {
  const { format, log, payloadCount, only = SECTIONS } = options;
  const machine = describeMachine(gccVersion());
  const aims: Aim[] = [];
  const sections: Record<string, object> = {};
  const wrong: string[] = [];
  for (const section of SECTIONS.filter((name) => only.includes(name))) {
    log(`\n## ${section}`);
    const run = await RUN[section](options);
    aims.push(...run.aims.map((aim) => judge(section, aim)));
    sections[section] = run.result;
    wrong.push(...run.wrong);
  }
  log(`\n${machine.cpu}, ${machine.processors} processors, node ${machine.node}, ${machine.gcc ?? 'no gcc: its rows are absent'}`);
  for (const line of ['', ...formatAims(aims, format)]) log(line);
  for (const line of wrong) log(`WRONG ${line}`);
  return { machine, payloads: payloadCount, aims, sections, wrong };
}

function formatAims(aims: readonly Aim[], format: TableFormat): string[] {
  const bound = ({ direction, bound: value, unit }: Aim): string =>
    direction === null ? '-' : `at ${direction} ${value.toLocaleString('en-US')} ${unit}`;
  const cells = aims.map((aim) => [
    aim.measure,
    bound(aim),
    aim.measured === null ? '-' : `${formatNumber(aim.measured)} ${aim.unit}`,
    aim.met === null ? '-' : aim.met ? 'met' : 'not met',
  ]);
  return format(['measure', 'to reach', 'measured', ''], cells, ['left', 'right', 'right', 'left']);
}
