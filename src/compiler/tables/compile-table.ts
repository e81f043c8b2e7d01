// A checked table: proven, then lowered.

import type { HitRules } from '../hit-rules.js';
import type { Ir } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import { typeName } from '../types.js';
import { DECIDING_OUTPUTS } from './check-outputs.js';
import { type CheckedTable, isSingleHit, type TableContext } from './check-table.js';
import { type LoweredTable, lowerTable, outputsKey, rowOrder } from './lower-table.js';
import { type ProofContext, type Provable, prove } from './prove.js';
import { renderRow } from './render-cell.js';

export interface CompiledTable extends LoweredTable {
  shown: ShownTable;
}

export interface ShownTable {
  /** Each row as an expression. */
  conditions: string[];
  /** Type of each output. */
  types: string[];
  notProven: string[];
}

/** Proves and lowers a table; undefined where the proofs find an error (reported). */
export function compileTable(
  context: TableContext,
  proofs: ProofContext,
  checked: CheckedTable,
  hits: HitRules,
): CompiledTable | undefined {
  const before = context.bag.errorCount;
  const { consistent, open } = prove(proofs, provableOf(checked));
  if (context.bag.errorCount > before) return undefined;
  const columns = checked.inputs.map(({ value, subject }) => ({
    text: value.text,
    subject,
    scope: context.scope,
    profile: context.profile,
  }));
  const conditions = checked.rows.map(({ row }) => renderRow(columns, row.when));
  const lowered = lowerTable(checked, { mayConflict: !consistent }, hits, conditions);
  const shown = { conditions, types: checked.outputs.map(({ type }) => typeName(type)), notProven: open };
  const inputs = checked.lets.map(({ feature, value }): [FeatureRef, Ir] => [feature, value]);
  return { ...lowered, values: [...inputs, ...lowered.values], shown };
}

function provableOf(checked: CheckedTable): Provable {
  const { table, inputs, rows, lets } = checked;
  const computed = new Map(lets.map(({ feature, value }) => [feature, value]));
  const priorities = new Map(rowOrder(checked).map((row, place) => [row, place]));
  const ordered = table.hitPolicy === 'priority' || table.hitPolicy === 'outputOrder';
  return {
    what: `\`${table.name}\``,
    rowWord: 'row',
    span: table.span,
    policy: table.hitPolicy,
    inputs: inputs.map(({ value, subject }) => ({
      name: value.text,
      span: value.span,
      ir: (subject.ir.op === 'feature' ? computed.get(subject.ir.feature) : undefined) ?? subject.ir,
      nullable: subject.nullable,
    })),
    rows: rows.map(({ row, number, sets }, index) => ({
      name: row.id === undefined ? `row ${number}` : `row \`${row.id}\``,
      span: row.span,
      cells: row.when.map((cell) => cell?.span),
      sets,
      outputsKey: outputsKey(checked, index),
      ...(ordered ? { priority: priorities.get(index)! } : {}),
    })),
    gaps: table.complete ? 'error' : asksForGaps(checked) ? 'warning' : 'none',
    gapAdvice: 'add a row for it, end the table with a row that takes everything, or give the outputs a `default`',
  };
}

/** A value that is null where no row matches may surprise; that no row decides is what most tables mean. */
function asksForGaps({ table }: CheckedTable): boolean {
  return (
    isSingleHit(table) &&
    table.outputs.some(({ name, default: otherwise }) => otherwise === undefined && !DECIDING_OUTPUTS.includes(name))
  );
}
