// verdict eval: decides every row of a file.

import { type Command, Option } from 'commander';
import { Problem } from '../../errors.js';
import type { RuleSet } from '../../ruleset.js';
import { type Decision, type OutcomeName, readDecision } from '../../schema/decision.js';
import { parseTimestamp } from '../../schema/time.js';
import { openRuleSet } from '../bundle-dir.js';
import { defineCommand, integerOption, listOption } from '../command.js';
import { type DecisionFormat, DecisionWriter } from '../decision-writer.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { loadInputMap } from '../input-map.js';
import { LabelCounter, type LabelMetrics, type OutcomeKey } from '../label-metrics.js';
import { type GivenList, listFileOption } from '../list-files.js';
import { number, Output, percent, plural } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';
import { startProgress } from '../progress.js';
import { formatOf, openRows, type Row, type RowFault, type RowFormat } from '../rows.js';

/** Invalid rows that the summary describes; all are counted. */
const INVALID_SHOWN_MAX = 20;
const REASONS_SHOWN = 12;
/** Rows between two looks at the progress bar and the event loop. */
const PROGRESS_ROWS = 2048;
const OUTCOMES: readonly OutcomeName[] = ['approve', 'review', 'decline'];

interface EvalOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  input: string;
  format?: RowFormat;
  map?: string;
  output?: string;
  decisions: DecisionFormat;
  label?: string;
  positive?: string[];
  flag: string[];
  now?: string;
  invalidMax?: number;
  json: boolean;
}

/** Output of `verdict eval --json`. */
export interface EvalJson {
  /** Some row was decided or there was none, and no more than --invalid-max were invalid. */
  ok: boolean;
  bundle: string;
  version: string;
  image: string;
  input: string;
  rows: number;
  decided: number;
  invalid: number;
  outcomes: Record<OutcomeKey, number>;
  score: { min: number | null; mean: number | null; max: number | null };
  /** Most frequent first. */
  reasons: { code: string; count: number }[];
  /** The first of the invalid rows; `line` counts from 1. */
  invalidRows: { line: number; errors: RowFault[] }[];
  /** Columns of a CSV that no field took. */
  ignoredColumns: string[];
  seconds: number;
  rowsPerSecond: number;
  label?: LabelMetrics;
}

/** `verdict eval`. */
export function evalCommand(): Command {
  const options = [
    new Option('-i, --input <file>', 'rows to decide; - is standard input').makeOptionMandatory(),
    new Option('--format <format>', 'format of the rows (default: by the name of the file, then input.yaml)').choices([
      'csv',
      'ndjson',
      'json',
    ]),
    new Option('--map <file>', "an input.yaml in place of the bundle's own"),
    new Option('-o, --output <file>', 'where decisions go; - is standard output, the summary then goes to standard error'),
    new Option('--decisions <format>', 'format of the decisions').choices(['ndjson', 'csv', 'flatbuffers']).default('ndjson'),
    new Option('--label <column>', 'column that says how the row ended; adds precision, recall and a confusion table'),
    new Option('--positive <values>', 'label values that are positive, separated by commas (default: 1, true, yes)').argParser(
      listOption,
    ),
    new Option('--flag <outcomes>', 'outcomes that count as flagged').argParser(listOption).default(['review', 'decline']),
    new Option('--now <timestamp>', 'time of the decisions, RFC 3339 (default: the clock, read once)'),
    new Option('--invalid-max <count>', 'the answer is no where more rows are invalid').argParser(integerOption(0)),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('eval', '<bundle>', 'decide all rows of a file with a bundle or an image', options, evaluate);
}

/** Everything the summary says, gathered row by row. */
class Tally {
  rows = 0;
  invalid = 0;
  readonly outcomes: Record<OutcomeKey, number> = { approve: 0, review: 0, decline: 0, none: 0 };
  readonly reasons = new Map<string, number>();
  readonly invalidRows: EvalJson['invalidRows'] = [];
  #scoreSum = 0;
  #scoreMin = Number.POSITIVE_INFINITY;
  #scoreMax = Number.NEGATIVE_INFINITY;

  decided(decision: Decision): OutcomeKey {
    const outcome = decision.outcome ?? 'none';
    this.outcomes[outcome]++;
    this.#scoreSum += decision.score;
    this.#scoreMin = Math.min(this.#scoreMin, decision.score);
    this.#scoreMax = Math.max(this.#scoreMax, decision.score);
    for (const { code } of decision.reasons) this.reasons.set(code, (this.reasons.get(code) ?? 0) + 1);
    return outcome;
  }

  refused(line: number, errors: RowFault[]): void {
    this.invalid++;
    if (this.invalidRows.length < INVALID_SHOWN_MAX) this.invalidRows.push({ line, errors });
  }

  get score(): EvalJson['score'] {
    const decided = this.rows - this.invalid;
    if (decided === 0) return { min: null, mean: null, max: null };
    return { min: this.#scoreMin, mean: this.#scoreSum / decided, max: this.#scoreMax };
  }

  get topReasons(): EvalJson['reasons'] {
    return [...this.reasons]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}

async function evaluate([path]: string[], options: EvalOptions, given: Output): Promise<number> {
  const output = options.output === '-' ? new Output({ json: given.json, stream: process.stderr }) : given;
  const flag = options.flag.map((name) => {
    if ((OUTCOMES as readonly string[]).includes(name)) return name as OutcomeName;
    throw new UsageError(`--flag: ${name} is not an outcome`, 'outcomes are approve, review and decline');
  });
  const now = parseNow(options.now);
  const opened = await openRuleSet(path as string, output, options.list, options.parameter);
  if (opened === undefined) return EXIT_NO;
  const { ruleSet } = opened;
  try {
    const map = loadInputMap(opened.files, options.map, ruleSet.model);
    const format = options.format ?? formatOf(options.input, map);
    const label = options.label === undefined ? undefined : new LabelCounter(options.label, options.positive ?? [], flag);
    const rows = openRows(options.input, ruleSet.model, {
      format,
      map,
      ...(options.label === undefined ? {} : { label: options.label }),
    });
    const writer =
      options.output === undefined
        ? undefined
        : new DecisionWriter(options.output, options.decisions, ruleSet.manifest.outputs ?? []);
    const progress = startProgress('eval', rows.bytesTotal);
    const tally = new Tally();
    const startMs = performance.now();
    try {
      const at = { now: now ?? opened.engine.nowMicros() };
      for await (const row of rows) {
        tally.rows++;
        const bytes = decideRow(row, ruleSet, at, tally);
        const decision = readDecision(bytes);
        if (decision.status === 'OK') {
          const outcome = tally.decided(decision);
          if (label !== undefined) label.add(row.label ?? '', outcome);
        }
        const full = writer?.write(row.line, bytes, decision);
        if (full !== undefined) await full;
        if (writer?.isClosed) break;
        if (tally.rows % PROGRESS_ROWS === 0) progress.update(rows.bytesRead, tally.rows);
      }
      await writer?.close();
    } finally {
      progress.stop();
    }
    const seconds = (performance.now() - startMs) / 1000;
    const result = summarise(options, ruleSet, tally, seconds, rows.ignoredColumns, label);
    printSummary(result, output);
    output.result(result);
    return result.ok ? EXIT_OK : EXIT_NO;
  } finally {
    await opened.close();
  }
}

/** Microseconds UTC of an RFC 3339 text. @throws UsageError */
export function parseNow(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const micros = parseTimestamp(text);
  if (micros === undefined) throw new UsageError(`--now: ${text} is not a timestamp`, 'write it like 2026-01-31T12:00:00Z');
  return BigInt(micros);
}

const NO_PAYLOAD = new Uint8Array(0);

/** Decides one row. A row that does not fit the model gets the decision of an invalid payload, and its faults are noted. */
function decideRow(row: Row, ruleSet: RuleSet, at: { now: bigint }, tally: Tally): Uint8Array {
  if (row.payload !== undefined) {
    try {
      return ruleSet.decideBytes(row.payload, at);
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== 'INVALID_PAYLOAD' && error.code !== 'INVALID_JSON')) throw error;
      const isJson = error.code === 'INVALID_PAYLOAD';
      const faults = (error.errors ?? []).map(
        ({ pointer, message, offset }): RowFault => ({
          pointer,
          message: isJson ? message : error.message,
          ...(offset === undefined ? {} : { offset }),
        }),
      );
      tally.refused(row.line, faults.length > 0 ? faults : [{ pointer: '', message: error.message }]);
    }
  } else {
    tally.refused(row.line, row.faults);
  }
  return ruleSet.decideBytes(NO_PAYLOAD, at);
}

function summarise(
  options: EvalOptions,
  ruleSet: RuleSet,
  tally: Tally,
  seconds: number,
  ignoredColumns: readonly string[],
  label: LabelCounter | undefined,
): EvalJson {
  const { rows, invalid, outcomes, score, topReasons, invalidRows } = tally;
  const decided = rows - invalid;
  const tooMany = options.invalidMax !== undefined && invalid > options.invalidMax;
  return {
    ok: (decided > 0 || rows === 0) && !tooMany,
    bundle: ruleSet.name,
    version: ruleSet.version,
    image: ruleSet.image,
    input: options.input,
    rows,
    decided,
    invalid,
    outcomes,
    score,
    reasons: topReasons,
    invalidRows,
    ignoredColumns: [...ignoredColumns],
    seconds: Math.round(seconds * 1000) / 1000,
    rowsPerSecond: Math.round(rows / Math.max(seconds, 0.001)),
    ...(label === undefined ? {} : { label: label.result() }),
  };
}

function printSummary(result: EvalJson, output: Output): void {
  const { rows, decided, invalid, outcomes, score, reasons, label } = result;
  output.line(
    `${output.paint(`${result.bundle} ${result.version}`, 'bold')}: ${plural(rows, 'row')} in ${result.seconds.toFixed(2)} s, ` +
      `${number(result.rowsPerSecond)} rows/s`,
  );
  if (result.ignoredColumns.length > 0) output.line(`columns that no field takes: ${result.ignoredColumns.join(', ')}`);
  output.line();
  const keys: OutcomeKey[] = outcomes.none > 0 ? [...OUTCOMES, 'none'] : [...OUTCOMES];
  output.table(
    [{ title: 'outcome' }, { title: 'rows', align: 'right' }, { title: 'share', align: 'right' }],
    [
      ...keys.map((key) => [key, number(outcomes[key]), percent(outcomes[key], decided)]),
      ...(invalid > 0 ? [['(invalid)', number(invalid), '']] : []),
    ],
  );
  if (score.mean !== null)
    output.line(`score: ${number(score.min ?? 0, 2)} to ${number(score.max ?? 0, 2)}, mean ${number(score.mean, 2)}`);
  if (reasons.length > 0) {
    output.line();
    output.table(
      [{ title: 'reason' }, { title: 'rows', align: 'right' }, { title: 'share', align: 'right' }],
      reasons.slice(0, REASONS_SHOWN).map(({ code, count }) => [code, number(count), percent(count, decided)]),
    );
    if (reasons.length > REASONS_SHOWN) output.line(`and ${plural(reasons.length - REASONS_SHOWN, 'more reason')}`);
  }
  if (label !== undefined) printLabel(label, output);
  printInvalid(result, output);
}

function printLabel(label: LabelMetrics, output: Output): void {
  const { truePositive, falsePositive, falseNegative, trueNegative } = label.confusion;
  const show = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
  output.line();
  output.line(`${output.paint(`label ${label.column}`, 'bold')}, flagged by ${label.flag.join(' or ')}`);
  output.table(
    [{ title: '' }, { title: 'positive', align: 'right' }, { title: 'negative', align: 'right' }],
    [
      ['flagged', number(truePositive), number(falsePositive)],
      ['not flagged', number(falseNegative), number(trueNegative)],
    ],
  );
  output.line(
    `precision ${show(label.precision)}  recall ${show(label.recall)}  specificity ${show(label.specificity)}  ` +
      `balanced accuracy ${show(label.balancedAccuracy)}`,
  );
  output.line();
  output.table(
    [{ title: label.column }, ...['approve', 'review', 'decline'].map((title) => ({ title, align: 'right' as const }))],
    Object.entries(label.byValue).map(([value, row]) => [
      value === '' ? '(empty)' : value,
      ...OUTCOMES.map((key) => number(row[key])),
    ]),
  );
}

function printInvalid({ invalid, invalidRows }: EvalJson, output: Output): void {
  if (invalid === 0) return;
  output.line();
  output.line(output.paint(`${plural(invalid, 'row')} could not be decided`, 'yellow'));
  for (const { line, errors } of invalidRows) {
    for (const { pointer, message } of errors) output.line(`  line ${line}: ${pointer === '' ? '' : `${pointer}: `}${message}`);
  }
  if (invalid > invalidRows.length) output.line(`  and ${plural(invalid - invalidRows.length, 'more row')}`);
}
