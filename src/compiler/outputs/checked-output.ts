// What is known of an output once it has been checked: what it holds, and the expressions that give it.

import type { Span } from '../../diagnostic/diagnostic.js';
import type { OutputShape } from '../../schema/output-shape.js';
import type { Ir } from '../ir.js';
import type { Step } from '../steps.js';

/** An object of a list that rows of a table give. */
export interface OutputRow {
  /** The row matches. */
  guard: Ir;
  /** One for each member; any may be null. */
  values: readonly Ir[];
}

export type OutputContent =
  /** May be null. */
  | { kind: 'value'; value: Ir }
  /** A walk that collects, behind the values of its chain: null where one of them is. */
  | { kind: 'list'; list: Ir }
  | { kind: 'rows'; rows: readonly OutputRow[] };

export interface CheckedOutput {
  shape: OutputShape;
  span: Span;
  /** What computes it: its cases. */
  steps: readonly Step[];
  content: OutputContent;
}

/** What its part of a program is called, in reports of cost and in profiles; the step that chooses among its cases is too. */
export function partNameOf({ shape }: Pick<CheckedOutput, 'shape'>): string {
  return `output ${shape.name}`;
}

/** All expressions of an output, beside those of its steps. */
export function expressionsOfOutput({ content }: Pick<CheckedOutput, 'content'>): Ir[] {
  switch (content.kind) {
    case 'value':
      return [content.value];
    case 'list':
      return [content.list];
    case 'rows':
      return content.rows.flatMap(({ guard, values }) => [guard, ...values]);
  }
}

/** The output with each of its expressions changed. */
export function mapOutput<T extends { content: OutputContent }>(output: T, change: (ir: Ir) => Ir): T {
  const { content } = output;
  switch (content.kind) {
    case 'value':
      return { ...output, content: { ...content, value: change(content.value) } };
    case 'list':
      return { ...output, content: { ...content, list: change(content.list) } };
    case 'rows': {
      const rows = content.rows.map(({ guard, values }) => ({ guard: change(guard), values: values.map(change) }));
      return { ...output, content: { ...content, rows } };
    }
  }
}
