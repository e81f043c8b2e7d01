// A checked table -> steps of the program, hits, and what its name stands for in expressions.

import type { OutcomeName } from '../../bundle/bundle.js';
import type { HitRule, HitRules } from '../hit-rules.js';
import type { Ir } from '../ir.js';
import type { FeatureRef, ScopeEntry, TableRow } from '../scope.js';
import type { Assignment, ChoiceRow, EachRow, Fold, Step } from '../steps.js';
import { BOOLEAN, decimalType, NUMBER, type Type } from '../types.js';
import { type CheckedOutput, DECIDING_OUTPUTS, isNullableValue, sumType } from './check-outputs.js';
import { type CheckedTable, isSingleHit } from './check-table.js';

export interface LoweredTable {
  steps: Step[];
  members: Map<string, ScopeEntry>;
  /** Where it gives lists: its rows, in their order. */
  rows?: TableRow[];
  /** Outputs as expressions, for proofs about what reads them; not of long tables. */
  values: [FeatureRef, Ir][];
}

/** Rows of a table whose outputs are shown to proofs as expressions. */
const VALUE_ROWS_MAX = 32;

/** What the proofs of a table have shown. */
export interface TableFacts {
  /** Two rows that must not match together may do so, for all that is known: it is found out at run time. */
  mayConflict: boolean;
}

const PLACE = { start: 0, end: 0 };

/** Key of a row's outputs: equal for rows that give the same. */
export function outputsKey(checked: CheckedTable, row: number): string {
  return JSON.stringify(
    checked.outputs.map(({ values }, index) => {
      const value = values[row];
      if (value === undefined) return null;
      if (value.op === 'constant') return [typeof value.value, String(value.value)];
      return [checked.table.rows[row]!.then[index]!.text.trim()];
    }),
  );
}

/** Rows in the order in which they count: by priority of their outputs where the policy says so, else as they are written. */
export function rowOrder({ table, outputs, rows }: CheckedTable): number[] {
  const order = rows.map((_, index) => index);
  if (table.hitPolicy !== 'priority' && table.hitPolicy !== 'outputOrder') return order;
  const keys = outputs.flatMap(({ priorities }) => (priorities === undefined ? [] : [priorities]));
  const compareRows = (a: number, b: number): number => {
    for (const key of keys) {
      const difference = (key[a] ?? Number.MAX_SAFE_INTEGER) - (key[b] ?? Number.MAX_SAFE_INTEGER);
      if (difference !== 0) return difference;
    }
    return a - b;
  };
  return order.sort(compareRows);
}

/** Lowers a table. Hits are added to `hits`; `whens` are the rows as expressions. */
export function lowerTable(checked: CheckedTable, facts: TableFacts, hits: HitRules, whens: readonly string[]): LoweredTable {
  const numbers = addHits(checked, hits, whens);
  const lowered = isSingleHit(checked.table) ? lowerChoice(checked, facts, numbers) : lowerEach(checked, numbers);
  return { ...lowered, steps: [...checked.lets, ...lowered.steps] };
}

/** Numbers of the hits that each row gives; at the end those of the default. */
function addHits({ table, rows, outputs }: CheckedTable, hits: HitRules, whens: readonly string[]): number[][] {
  const columns = DECIDING_OUTPUTS.map((name) => outputs.find(({ output }) => output.name === name));
  const numbers: number[][] = [...rows.map(() => []), []];
  const rules: HitRule[] = [];
  const places: number[] = [];
  const add = (
    at: number,
    rule: Pick<HitRule, 'id' | 'idSpan' | 'file' | 'line' | 'when'>,
    values: readonly (Ir | undefined)[],
  ): void => {
    if (values.every((value) => value === undefined)) return;
    const [score, outcome, reason] = values.map((value) => (value?.op === 'constant' ? value.value : null));
    rules.push({
      ...rule,
      score: (score as number | null) ?? 0,
      outcome: outcome as OutcomeName | null,
      reason: reason as string | null,
      source: { table: table.name, row: at === rows.length ? 0 : at + 1 },
    });
    places.push(at);
  };
  for (const [at, { row, number }] of rows.entries()) {
    const place = { idSpan: row.idSpan ?? row.span, file: table.file, line: row.line };
    const values = columns.map((column) => column?.values[at]);
    if (values.some((value) => value !== undefined))
      add(at, { id: row.id ?? `${table.name}/${number}`, ...place, when: whens[at]! }, values);
  }
  const defaults = columns.map((column) => column?.default);
  const place = { idSpan: table.span, file: table.span.file, line: 1 };
  add(rows.length, { id: `${table.name}/default`, ...place, when: 'true' }, defaults);
  if (rules.length === 0) return numbers;
  const first = hits.add(rules, isSingleHit(table));
  for (const [index, at] of places.entries()) numbers[at]!.push(first + index);
  return numbers;
}

function lowerChoice(checked: CheckedTable, { mayConflict }: TableFacts, numbers: readonly (readonly number[])[]): LoweredTable {
  const { table, outputs, rows } = checked;
  const members = new Map<string, ScopeEntry>();
  const features = outputs.map((output): FeatureRef => {
    const { name } = output.output;
    const rowsGive = output.values.some(isNullableValue);
    const nullable = rowsGive || (output.default === undefined && !table.complete) || isNullableDefault(output);
    const feature = { name: `${table.name}.${name}`, type: output.type, nullable };
    members.set(name, { kind: 'feature', feature });
    return feature;
  });
  const groups = new Map<string, number>();
  const choices = rowOrder(checked).map((index): ChoiceRow => {
    const key = table.hitPolicy === 'any' ? outputsKey(checked, index) : String(index);
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    const sets = outputs.map((output, at) => assign(features[at]!, output.values[index]));
    return { when: rows[index]!.when, sets, hits: numbers[index]!, group, number: index + 1 };
  });
  const otherwise = {
    // A table that is proven to be complete never gets here.
    sets: outputs.map((output, at) =>
      assign(features[at]!, output.default ?? (features[at]!.nullable ? undefined : zeroOf(output.type))),
    ),
    hits: numbers[rows.length]!,
  };
  const exclusive = (table.hitPolicy === 'unique' || table.hitPolicy === 'any') && mayConflict;
  const name = `table ${table.name}`;
  const values =
    rows.length > VALUE_ROWS_MAX ? [] : features.map((feature, at) => outputValue(feature, at, choices, otherwise.sets));
  const of = { table: table.name };
  return { steps: [{ kind: 'choose', rows: choices, otherwise, exclusive, of, name, span: table.span }], members, values };
}

/** An output as nested conditions: the first row that holds, from the top. */
function outputValue(
  feature: FeatureRef,
  at: number,
  rows: readonly ChoiceRow[],
  otherwise: readonly Assignment[],
): [FeatureRef, Ir] {
  const { type } = feature;
  const value = rows.reduceRight<Ir>(
    (whenFalse, { when, sets }) => ({ op: 'conditional', type, test: when, whenTrue: sets[at]!.value, whenFalse, ...PLACE }),
    otherwise[at]!.value,
  );
  return [feature, value];
}

function isNullableDefault(output: CheckedOutput): boolean {
  return output.default !== undefined && isNullableValue(output.default);
}

function assign(feature: FeatureRef, value: Ir | undefined): Assignment {
  return { feature, value: value ?? { op: 'constant', type: feature.type, value: null, ...PLACE } };
}

/** Some value of a type: for a way that is never taken. */
function zeroOf(type: Type): Ir {
  switch (type.kind) {
    case 'boolean':
      return { op: 'constant', type, value: false, ...PLACE };
    case 'number':
      return { op: 'constant', type, value: 0, ...PLACE };
    case 'text':
      return { op: 'constant', type: { kind: 'text', bytesMax: 0 }, value: '', ...PLACE };
    case 'enum':
      return { op: 'constant', type, value: BigInt(type.members[0]?.number ?? 0), ...PLACE };
    case 'decimal':
      return { op: 'constant', type: decimalType(type.scale, 0n, 0n), value: 0n, ...PLACE };
    default:
      return { op: 'constant', type, value: 0n, ...PLACE };
  }
}

function lowerEach(checked: CheckedTable, numbers: readonly (readonly number[])[]): LoweredTable {
  const { table, rows, outputs } = checked;
  const { aggregate } = table;
  const members = new Map<string, ScopeEntry>();
  const order = rowOrder(checked);
  const sets: Assignment[][] = rows.map(() => []);
  const folds: Fold[][] = rows.map(() => []);
  const readable = outputs.filter(
    ({ output }) => aggregate === undefined || (output.name !== 'outcome' && output.name !== 'reason'),
  );
  const listed: TableRow[] = [];
  if (aggregate === undefined) {
    const flags = rows.map(({ number }): FeatureRef => ({ name: `${table.name} row ${number}`, type: BOOLEAN, nullable: false }));
    for (const [index, flag] of flags.entries()) {
      sets[index]!.push({ feature: flag, value: { op: 'constant', type: BOOLEAN, value: true, ...PLACE } });
    }
    for (const index of order) {
      const guard: Ir = { op: 'feature', type: BOOLEAN, feature: flags[index]!, nullable: false, ...PLACE };
      listed.push({
        guard,
        values: new Map(readable.map((output) => [output.output.name, cellOf(table.name, output, index, sets[index]!)])),
      });
    }
    for (const { output, type } of readable) {
      const elements = listed.flatMap(({ guard, values }) => elementOf(guard, values.get(output.name)!));
      members.set(output.name, { kind: 'elements', type, elements });
    }
  } else {
    for (const output of readable) {
      const feature = aggregateOf(table.name, output, aggregate);
      members.set(output.output.name, { kind: 'feature', feature });
      for (const [index, value] of output.values.entries()) {
        if (aggregate === 'count') folds[index]!.push({ feature, how: 'count' });
        else if (value !== undefined) folds[index]!.push({ feature, how: aggregate, value });
      }
    }
  }
  const each = order.map(
    (index): EachRow => ({
      when: rows[index]!.when,
      sets: sets[index]!,
      folds: folds[index]!,
      hits: numbers[index]!,
      number: index + 1,
    }),
  );
  const step: Step = { kind: 'each', rows: each, of: { table: table.name }, name: `table ${table.name}`, span: table.span };
  return { steps: [step], members, ...(aggregate === undefined ? { rows: listed } : {}), values: [] };
}

/** What one row gives for an output, where it matches. A value that is an expression is computed with the row. */
function cellOf(table: string, { output, type, values }: CheckedOutput, index: number, sets: Assignment[]): Ir {
  const value = values[index];
  if (value === undefined) return { op: 'constant', type, value: null, ...PLACE };
  if (value.op === 'constant') return value;
  const feature: FeatureRef = { name: `${table}.${output.name} of row ${index + 1}`, type, nullable: true };
  sets.push({ feature, value });
  return { op: 'feature', type, feature, nullable: isNullableValue(value), ...PLACE };
}

/** What one row gives to the list of an output: nothing where its value is null. */
function elementOf(guard: Ir, value: Ir): { guard: Ir; value: Ir }[] {
  if (value.op === 'constant') return value.value === null ? [] : [{ guard, value }];
  if (value.op !== 'feature' || !value.nullable) return [{ guard, value }];
  const isNull: Ir = { op: 'is-null', type: BOOLEAN, operand: value, ...PLACE };
  const operands: Ir[] = [guard, { op: 'not', type: BOOLEAN, operand: isNull, ...PLACE }];
  return [{ guard: { op: 'and', type: BOOLEAN, operands, ...PLACE }, value: { ...value, nullable: false } }];
}

function aggregateOf(table: string, { output, type, values }: CheckedOutput, how: 'sum' | 'min' | 'max' | 'count'): FeatureRef {
  const name = `${table}.${output.name}`;
  if (how === 'count') return { name, type: NUMBER, nullable: false };
  if (how !== 'sum' || type.kind !== 'decimal') return { name, type, nullable: how !== 'sum' };
  return { name, type: sumType(type, values), nullable: false };
}
