// A decision table from its cells to conditions and values: what is wrong with a single cell, column or row is told here.

import type { ProfileName } from '../../bundle/bundle.js';
import type { ScalarText } from '../../bundle/scalar-text.js';
import type { BundleTable, TableRow } from '../../bundle/tables.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { checkSourceInScope } from '../check-source.js';
import type { Ir } from '../ir.js';
import type { CellSet } from '../proofs/table-form.js';
import type { FeatureRef, Scope } from '../scope.js';
import type { LetStep, Step } from '../steps.js';
import { BOOLEAN, fitsWide } from '../types.js';
import type { Cell } from './cell-syntax.js';
import { CellChecker, foldQuietly, isTestable, type Subject, subjectOf, untestablePhrase } from './check-cell.js';
import { type CheckedOutput, checkOutput, DECIDING_OUTPUTS, sumType } from './check-outputs.js';

export interface TableContext {
  scope: Scope;
  profile: ProfileName;
  bag: DiagnosticBag;
}

export interface CheckedInput {
  value: ScalarText;
  subject: Subject;
}

export interface CheckedRow {
  row: TableRow;
  /** From 1, in the order written. */
  number: number;
  when: Ir;
  /** One for each input; undefined takes any value. */
  sets: readonly (CellSet | undefined)[];
}

export interface CheckedTable {
  table: BundleTable;
  inputs: CheckedInput[];
  /** Inputs that are no plain names, computed once. */
  lets: (LetStep & Step)[];
  rows: CheckedRow[];
  outputs: CheckedOutput[];
}

/** What has been parsed of a table before it was checked, by row and input. */
export type ParsedCells = ReadonlyMap<ScalarText, Cell>;

/**
 * Checks a table.
 * @returns undefined where it has faults (reported)
 */
export function checkTable(context: TableContext, table: BundleTable, parsed: ParsedCells): CheckedTable | undefined {
  const { bag } = context;
  const before = bag.errorCount;
  checkNames(table, bag);
  checkPolicy(table, bag);
  const lets: (LetStep & Step)[] = [];
  const subjects = table.inputs.map(({ value }, index) => {
    const name = `${table.name} input ${index + 1}`;
    return checkInput(context, value, name, `the table \`${table.name}\``, lets);
  });
  const checkers = subjects.map((subject) =>
    subject === undefined ? undefined : new CellChecker(subject, context.scope, context.profile, bag),
  );
  const rows = table.rows.map((row, index) => checkRow(row, index + 1, checkers, parsed));
  const outputs = table.outputs.map((output, index) => {
    const cells = table.rows.map(({ then }) => then[index]);
    return checkOutput({ table: table.name, ...context }, output, cells);
  });
  if (bag.errorCount > before || [...subjects, ...rows, ...outputs].includes(undefined)) return undefined;
  const checked: CheckedTable = {
    table,
    inputs: table.inputs.map(({ value }, index) => ({ value, subject: subjects[index]! })),
    lets,
    rows: rows as CheckedRow[],
    outputs: outputs as CheckedOutput[],
  };
  checkAggregate(checked, bag);
  checkPriorities(checked, bag);
  return bag.errorCount > before ? undefined : checked;
}

/**
 * Checks the input of a column.
 * @param name of the value that is computed where the input is no plain name, which no author can write
 * @param whose for messages: "the table `limits`"
 * @param lets receives the step that computes it
 */
export function checkInput(
  context: TableContext,
  value: ScalarText,
  name: string,
  whose: string,
  lets: (LetStep & Step)[],
): Subject | undefined {
  const ir = checkSourceInScope(value, context.scope, context.profile, context.bag);
  // What reads something with faults says nothing of its own.
  if (ir === undefined || ir.type.kind === 'error') return undefined;
  if (!isTestable(ir.type)) {
    const advice = ir.type.kind === 'list' ? 'ask something of it, such as `items.length`' : 'name one of its fields';
    context.bag.error('V4106', value.span, `an input of ${whose} is ${untestablePhrase(ir.type)}`, advice);
    return undefined;
  }
  if (ir.op === 'field' || ir.op === 'feature' || ir.op === 'now') return subjectOf(ir);
  const { nullable } = subjectOf(ir);
  const feature: FeatureRef = { name, type: ir.type, nullable };
  lets.push({ kind: 'let', feature, value: ir, name, span: value.span });
  return subjectOf({ op: 'feature', type: ir.type, feature, nullable, start: 0, end: value.text.length });
}

function checkRow(
  row: TableRow,
  number: number,
  checkers: readonly (CellChecker | undefined)[],
  parsed: ParsedCells,
): CheckedRow | undefined {
  const conditions: Ir[] = [];
  const sets: (CellSet | undefined)[] = [];
  let good = true;
  for (const [index, checker] of checkers.entries()) {
    const source = row.when[index];
    const cell = source === undefined || checker === undefined ? undefined : checker.check(source, parsed.get(source));
    if (source !== undefined && cell === undefined) good = false;
    if (cell?.condition !== undefined) conditions.push(cell.condition);
    sets.push(cell?.set);
  }
  if (!good) return undefined;
  return { row, number, when: allOf(conditions), sets };
}

/** Joins tests that must all hold; of none, all hold. */
export function allOf(conditions: readonly Ir[]): Ir {
  const place = { start: 0, end: 0 };
  if (conditions.length === 0) return { op: 'constant', type: BOOLEAN, value: true, ...place };
  if (conditions.length === 1) return conditions[0]!;
  const operands = conditions.flatMap((ir) => (ir.op === 'and' ? ir.operands : [ir]));
  return foldQuietly({ op: 'and', type: BOOLEAN, operands, ...place });
}

function checkNames(table: BundleTable, bag: DiagnosticBag): void {
  const twins = (names: readonly { text: string; span: ScalarText['span'] }[], what: string): void => {
    const first = new Map<string, ScalarText['span']>();
    for (const { text, span } of names) {
      const before = first.get(text);
      if (before === undefined) first.set(text, span);
      else {
        const related = [{ message: 'it stands here too', span: before }];
        bag.add({
          code: 'V4110',
          severity: 'error',
          span,
          message: `the ${what} \`${text}\` stands twice`,
          advice: 'join the two columns',
          related,
        });
      }
    }
  };
  twins(
    table.outputs.map(({ name, nameSpan }) => ({ text: name, span: nameSpan })),
    'output',
  );
  const labels = table.inputs.flatMap(({ label, value }) => (label === undefined ? [] : [{ text: label, span: value.span }]));
  twins(labels, 'label');
}

const ONE_HIT = ['unique', 'any', 'priority', 'first'];

/** True where one row at most gives the outputs. */
export function isSingleHit(table: BundleTable): boolean {
  return ONE_HIT.includes(table.hitPolicy);
}

function checkPolicy(table: BundleTable, bag: DiagnosticBag): void {
  const { hitPolicy, aggregate } = table;
  if (aggregate !== undefined && hitPolicy !== 'collect') {
    bag.error(
      'V4112',
      table.aggregateSpan,
      `\`aggregate\` has no use with \`hitPolicy: ${hitPolicy}\``,
      'write `hitPolicy: collect`',
    );
  }
  if (isSingleHit(table)) return;
  for (const { name, default: otherwise } of table.outputs) {
    if (otherwise === undefined) continue;
    const advice =
      aggregate === undefined ? 'a list without elements needs none' : `write \`${table.name}.${name} ?? ...\` where it is read`;
    bag.error('V4109', otherwise.span, `a default has no use with \`hitPolicy: ${hitPolicy}\``, advice);
  }
}

function checkAggregate({ table, outputs }: CheckedTable, bag: DiagnosticBag): void {
  const { aggregate } = table;
  if (aggregate === undefined || aggregate === 'count') return;
  for (const { output, type, values } of outputs) {
    if (type.kind === 'decimal' && aggregate === 'sum' && !fitsWide(sumType(type, values))) {
      const advice = 'give the fields in its values a `minimum` and a `maximum`';
      bag.error('V3307', output.nameSpan, `the sum of \`${output.name}\` may not fit 128 bits`, advice);
    }
    const isOrdered = aggregate !== 'sum' && (type.kind === 'date' || type.kind === 'timestamp');
    if (type.kind === 'number' || type.kind === 'decimal' || isOrdered || DECIDING_OUTPUTS.includes(output.name)) continue;
    const advice = 'take numbers or decimals, `aggregate: count`, or leave `aggregate` out for a list';
    bag.error('V4112', output.nameSpan, `\`aggregate: ${aggregate}\` takes numbers, and \`${output.name}\` is none`, advice);
  }
}

function checkPriorities({ table, outputs }: CheckedTable, bag: DiagnosticBag): void {
  const { hitPolicy } = table;
  if (hitPolicy !== 'priority' && hitPolicy !== 'outputOrder') return;
  const ordered = outputs.filter(({ priorities }) => priorities !== undefined);
  if (ordered.length === 0) {
    const advice = 'list the values of an output, the most important first: `values: [decline, review]`';
    bag.error('V4109', table.hitPolicySpan, `\`hitPolicy: ${hitPolicy}\` needs an output with \`values\``, advice);
  }
  for (const { output, values, priorities } of ordered) {
    for (const [index, value] of values.entries()) {
      if (priorities![index] !== undefined) continue;
      const { then, span } = table.rows[index]!;
      const cell = then[table.outputs.indexOf(output)];
      const advice = 'write one of its `values`';
      const message =
        value === undefined
          ? `the row gives no \`${output.name}\``
          : `\`${output.name}\` has no fixed place in the order of its values`;
      if (value?.op !== 'constant') bag.error('V4109', cell?.span ?? span, message, advice);
    }
  }
}
