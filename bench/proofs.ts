// The bench of proofs: tables of 2,000 rows with planted faults, from CSV to findings, and 10,000 rules. What is found is compared
// with what was planted.

import { readBundle } from '../src/bundle/read-bundle.js';
import { type CheckedRule, checkRules } from '../src/compiler/check-rules.js';
import { compile } from '../src/compiler/compile.js';
import { checkDefinitions } from '../src/compiler/definitions.js';
import { proveRules } from '../src/compiler/proofs/prove-rules.js';
import { proveTable } from '../src/compiler/proofs/prove-table.js';
import { type Diagnostic, DiagnosticBag } from '../src/diagnostic/diagnostic.js';
import type { Model } from '../src/schema/model.js';
import { readModel } from '../src/schema/read-model.js';
import { bundleOf } from './bundle.js';
import { plantedBundle } from './planted-bundle.js';
import { type Planted, plantedTable } from './planted-table.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { makeRules, NUMBER_FIELDS, TEXT_FIELDS, type WorkloadRule } from './workload.js';

const SEED = 1;

export interface ProofsOptions {
  readonly rows: number;
  readonly rules: number;
  /** Runs of each; the median counts. */
  readonly runs: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface ProofRow {
  readonly name: string;
  /** From the bytes of the bundle to all findings, and to the image where nothing stands against it. Null: not measured. */
  readonly compileMs: number | null;
  /** The proof alone. */
  readonly proofMs: number;
  /** Steps of the proof of a table; null for rules. */
  readonly steps: number | null;
  /** Questions that are left open. */
  readonly notProven: number;
  /** Findings of the proof by code. */
  readonly found: Readonly<Record<string, number>>;
  /** What was found and not planted, or planted and not found; null where it is all the same. */
  readonly wrong: string | null;
}

export interface ProofsResult {
  readonly machine: Machine;
  readonly rows: readonly ProofRow[];
  /** Most memory that the process held, in bytes: of all rows together. */
  readonly rssBytesMax: number;
}

/** Measures everything, one after the other. */
export function benchProofs(options: ProofsOptions): ProofsResult {
  const machine = describeMachine(undefined);
  options.log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; median of ${options.runs} runs`);
  const rows = [
    benchTable('unique', { V4200: 3, V4201: 2 }, options),
    benchTable('first', { V4200: 3, V4202: 1 }, options),
    benchRules('score', makeRules(options.rules), options),
    benchRules('first', makeRules(options.rules), options),
    benchRules('first', alikeRules(options.rules), options, 'rules, each compared with all'),
  ];
  const result = { machine, rows, rssBytesMax: process.resourceUsage().maxRSS * 1024 };
  for (const line of ['', ...formatRows(result, options.format)]) options.log(line);
  return result;
}

function benchTable(policy: 'unique' | 'first', planted: Readonly<Record<string, number>>, options: ProofsOptions): ProofRow {
  const table = plantedTable(options.rows, SEED, policy);
  const files = plantedBundle([{ name: 'limits', planted: table, hitPolicy: policy }]);
  let diagnostics: readonly Diagnostic[] = [];
  const compileMs = measure(options.runs, () => {
    ({ diagnostics } = compile(files, { profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER }));
  });
  let proof = proveTable(table.form);
  const proofMs = measure(options.runs, () => {
    proof = proveTable(table.form);
  });
  const found = countCodes(diagnostics);
  const wrong = sameCounts(found, planted) ? withoutPayload(diagnostics, table) : `planted ${JSON.stringify(planted)}`;
  const name = `table of ${options.rows.toLocaleString('en-US')} rows, 8 inputs, \`${policy}\``;
  return { name, compileMs, proofMs, steps: proof.steps, notProven: proof.notProven.length, found, wrong };
}

/** A finding that shows no payload; null where all do. */
function withoutPayload(diagnostics: readonly Diagnostic[], { form }: Planted): string | null {
  const bare = diagnostics.find(({ payload }) => payload === undefined);
  return bare === undefined ? null : `no payload among ${form.rows.length} rows: ${bare.message}`;
}

function benchRules(combine: 'score' | 'first', rules: readonly WorkloadRule[], options: ProofsOptions, what = 'rules'): ProofRow {
  const files = bundleOf('rules', rules, { decline: 1e9, review: 1e8 });
  const compileMs =
    combine === 'first'
      ? null
      : measure(options.runs, () => {
          const { image, diagnostics } = compile(files, { costMax: Number.MAX_SAFE_INTEGER });
          if (image === undefined) throw new Error(diagnostics[0]?.message);
        });
  const checked = checkedRules(files);
  let [bag, notProven] = [new DiagnosticBag(), 0];
  const proofMs = measure(options.runs, () => {
    bag = new DiagnosticBag();
    ({ notProven } = proveRules(checked.rules, { combine }, checked.model, bag));
  });
  const name = `${rules.length.toLocaleString('en-US')} ${what}, \`combine: ${combine}\``;
  const wrong = neverHolds(bag.items, rules);
  return { name, compileMs, proofMs, steps: null, notProven, found: countCodes(bag.items), wrong };
}

function checkedRules(files: ReturnType<typeof bundleOf>): { rules: readonly CheckedRule[]; model: Model } {
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag)!;
  const model = readModel(bundle.model!.schema, undefined, bundle.model!.spanOf, bag)!;
  return { rules: checkRules(bundle, checkDefinitions(bundle, model, bag).scope, bag), model };
}

/** Compares what is never true with a count that knows nothing of the compiler; null where it is the same. */
function neverHolds(diagnostics: readonly Diagnostic[], rules: readonly WorkloadRule[]): string | null {
  const found = diagnostics.filter(({ code }) => code === 'V4220').length;
  const expected = rules.filter(isContradiction).length;
  return found === expected ? null : `${found} rules are said never to hold, and ${expected} never do`;
}

function isContradiction({ comparisons }: WorkloadRule): boolean {
  return comparisons.some((one) => {
    const same = comparisons.filter(({ field }) => field === one.field);
    const texts = new Set(same.flatMap(({ operator, value }) => (operator === '==' ? [value] : [])));
    if (texts.size > 0) return texts.size > 1;
    const least = Math.max(...same.flatMap(({ operator, value }) => (operator.startsWith('>') ? [value as number] : [])));
    const most = Math.min(...same.flatMap(({ operator, value }) => (operator.startsWith('<') ? [value as number] : [])));
    const isOpen = same.some(
      ({ operator, value }) => (operator === '>' && value === least) || (operator === '<' && value === most),
    );
    return least > most || (least === most && isOpen);
  });
}

/** Rules that test the same four values, each wider than those before it in one of them: every one is compared with all others. */
function alikeRules(count: number): WorkloadRule[] {
  const [countries, roles] = [TEXT_FIELDS.country!, TEXT_FIELDS.role!];
  return Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    comparisons: [
      { field: 'amount', operator: '>', value: (count - index) / 100 },
      { field: 'balance', operator: '<', value: ((index * 104_729) % (NUMBER_FIELDS.balance! * 10)) / 10 },
      { field: 'country', operator: '==', value: countries[index % countries.length]! },
      { field: 'role', operator: '==', value: roles[(index >> 3) % roles.length]! },
    ],
    score: 1,
  }));
}

function measure(runs: number, run: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return median(times);
}

function countCodes(diagnostics: readonly Diagnostic[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of diagnostics.map(({ code }) => code).sort()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function sameCounts(found: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): boolean {
  return JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(expected).sort());
}

function formatRows({ rows, rssBytesMax }: ProofsResult, format: TableFormat): string[] {
  const cells = rows.map(({ name, compileMs, proofMs, steps, notProven, found, wrong }) => [
    name,
    compileMs === null ? '-' : formatNumber(compileMs),
    formatNumber(proofMs),
    steps === null ? '-' : steps.toLocaleString('en-US'),
    String(notProven),
    Object.entries(found)
      .map(([code, count]) => `${count} x ${code}`)
      .join(', '),
    wrong === null ? '' : `WRONG (${wrong})`,
  ]);
  const head = ['', 'compile ms', 'proof ms', 'steps', 'not proven', 'found', ''];
  const table = format(head, cells, ['left', 'right', 'right', 'right', 'right', 'left', 'left']);
  return [...table, '', `at most ${formatNumber(rssBytesMax / 1024 / 1024)} MiB of memory`];
}
