// Proofs of a table: its abstract form for proofs/, and what they find as diagnostics at the rows, each with a payload that
// shows it.

import type { Diagnostic, DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { Model } from '../../schema/model.js';
import type { Ir } from '../ir.js';
import { proveTable } from '../proofs/prove-table.js';
import { realizer } from '../proofs/realize.js';
import type {
  CellSet,
  NotProven,
  Region,
  TableDimension,
  TableForm,
  TablePolicy,
  TableRow,
  Witness,
} from '../proofs/table-form.js';
import type { FeatureRef } from '../scope.js';
import { intersect } from './cell-set.js';
import { describeRegion, describeWitness } from './describe.js';
import { dimensionOf, OptionalObjects } from './dimension.js';

/** A table, or the attributes of a characteristic, as far as proofs are concerned. */
export interface Provable {
  /** For messages: "the table `limits`". */
  what: string;
  /** What an author calls its rows. */
  rowWord: 'row' | 'attribute';
  /** Where a fault of the whole is shown. */
  span: Span;
  policy: TablePolicy;
  inputs: readonly ProvableInput[];
  rows: readonly ProvableRow[];
  /** error: every input must be taken by a row; warning: it should; none: nobody asks. */
  gaps: 'error' | 'warning' | 'none';
  /** What an author writes to fill a gap. */
  gapAdvice: string;
}

export interface ProvableInput {
  /** As the author writes it. */
  name: string;
  span: Span;
  /** What the input is; where it is a value that the compiler gave a name, what that is computed from. */
  ir: Ir;
  nullable: boolean;
}

export interface ProvableRow {
  /** "row 3" */
  name: string;
  span: Span;
  /** Place of each cell, where it has one. */
  cells: readonly (Span | undefined)[];
  sets: readonly (CellSet | undefined)[];
  outputsKey: string;
  priority?: number;
}

export interface ProofContext {
  model: Model;
  bag: DiagnosticBag;
  /** What a feature is computed from, where that is an expression. */
  featureValue: (feature: FeatureRef) => Ir | undefined;
  /** Steps that all proofs of the bundle may still take. */
  stepsLeft: number;
}

export interface ProofResult {
  /** Every input is taken by a row: proven. */
  complete: boolean;
  /** No two rows contradict one another: proven. */
  consistent: boolean;
  /** What is not proven, in words. */
  open: string[];
}

/** Steps that the proofs of one bundle take together. */
export const BUNDLE_PROOF_STEPS_MAX = 160_000_000;
/** Steps that one table may take, whatever is left. */
const TABLE_STEPS_MAX = 40_000_000;
const TABLE_STEPS_MIN = 1_000_000;

/** Proves a table and reports what is found. */
export function prove(context: ProofContext, provable: Provable): ProofResult {
  const form = formOf(context.model, provable);
  if (form === undefined)
    return { complete: false, consistent: false, open: ['everything (an input has a type that proofs do not know)'] };
  const stepsMax = Math.max(TABLE_STEPS_MIN, Math.min(TABLE_STEPS_MAX, context.stepsLeft));
  const realize = realizer(context.model, form.inputs, { featureValue: context.featureValue });
  const proof = proveTable(form.table, { stepsMax, gaps: provable.gaps !== 'none', realize });
  context.stepsLeft -= proof.steps;
  const reporter = new Reporter(context.bag, provable, form.table.dimensions, form.columns);
  for (const finding of proof.findings) reporter.finding(finding);
  const open = reporter.notProven(proof.notProven);
  const isSettled = (what: NotProven['what']): boolean => proof.notProven.every((open) => open.what !== what);
  return {
    complete: provable.gaps !== 'none' && isSettled('gap') && proof.findings.every(({ kind }) => kind !== 'gap'),
    consistent: isSettled('overlap'),
    open,
  };
}

interface Form {
  table: TableForm;
  /** Expression of each dimension. */
  inputs: Ir[];
  /** Column of each dimension. */
  columns: number[];
}

function formOf(model: Model, provable: Provable): Form | undefined {
  const objects = new OptionalObjects(model);
  const dimensions: TableDimension[] = [];
  const columns: number[] = [];
  const dimensionOfColumn: number[] = [];
  const byKey = new Map<string, number>();
  for (const [column, { name, ir, nullable }] of provable.inputs.entries()) {
    const key = ir.op === 'field' ? `field ${ir.field.index}` : `text ${name.trim()}`;
    let at = byKey.get(key);
    if (at === undefined) {
      const dimension = dimensionOf(name.trim(), ir, nullable, objects);
      if (dimension === undefined) return undefined;
      at = dimensions.push(dimension) - 1;
      columns.push(column);
      byKey.set(key, at);
    }
    dimensionOfColumn.push(at);
  }
  const rows = provable.rows.map(({ sets, outputsKey, priority }): TableRow => {
    const cells: (CellSet | undefined)[] = dimensions.map(() => undefined);
    for (const [column, set] of sets.entries()) {
      if (set === undefined) continue;
      const at = dimensionOfColumn[column]!;
      const before = cells[at];
      cells[at] = before === undefined ? set : intersect(before, set);
    }
    return { cells, outputsKey, ...(priority === undefined ? {} : { priority }) };
  });
  const table = { dimensions, objects: objects.list, rows, policy: provable.policy };
  return { table, inputs: columns.map((column) => provable.inputs[column]!.ir), columns };
}

/**
 * That an expression may hold, and that an input may have any value of its type, is what an author counts on: only where it was too
 * much work is there a doubt whether a row is of use.
 */
function isDoubtful({ what, why }: NotProven): boolean {
  return what === 'gap' || what === 'overlap' || why === 'steps';
}

class Reporter {
  constructor(
    readonly bag: DiagnosticBag,
    readonly provable: Provable,
    readonly dimensions: readonly TableDimension[],
    readonly columns: readonly number[],
  ) {}

  finding(finding: ReturnType<typeof proveTable>['findings'][number]): void {
    const { provable } = this;
    switch (finding.kind) {
      case 'gap': {
        const region = describeRegion(this.#view(), finding.region);
        const message = `no ${provable.rowWord} of ${provable.what} takes ${this.#example(finding)}`;
        const where = region === '' ? '' : `: all of ${region} is open`;
        this.bag.add({
          code: 'V4200',
          severity: provable.gaps === 'error' ? 'error' : 'warning',
          span: provable.span,
          message: message + where,
          advice: provable.gapAdvice,
          ...payloadOf(finding),
        });
        return;
      }
      case 'overlap': {
        const [first, second] = [provable.rows[finding.first]!, provable.rows[finding.second]!];
        const differ = provable.policy === 'any' ? ', and give different outputs' : '';
        this.bag.add({
          code: 'V4201',
          severity: 'error',
          span: second.span,
          message: `${second.name} and ${first.name} of ${provable.what} both take ${this.#example(finding)}${differ}`,
          advice: 'make their tests exclude one another, or choose another `hitPolicy`, such as `first`',
          related: [{ message: `${first.name} stands here`, span: first.span }],
          ...payloadOf(finding),
        });
        return;
      }
      case 'shadow': {
        const row = provable.rows[finding.row]!;
        const by = finding.by.map((index) => provable.rows[index]!);
        const example = finding.witness === undefined ? '' : `, for instance ${this.#example(finding)}`;
        const names = by.slice(0, 6).map(({ name }) => name);
        this.bag.add({
          code: 'V4202',
          severity: 'warning',
          span: row.span,
          message: `${row.name} of ${provable.what} is never taken: ${names.join(', ')}${by.length > 6 ? ', ...' : ''} take all of its inputs before it${example}`,
          advice: 'remove it, or put it before them',
          related: by.slice(0, 6).map(({ name, span }) => ({ message: `${name} stands here`, span })),
          ...payloadOf(finding),
        });
        return;
      }
      case 'never': {
        const row = provable.rows[finding.row]!;
        const column = finding.dimension === undefined ? undefined : this.columns[finding.dimension]!;
        const span = (column === undefined ? undefined : row.cells[column]) ?? row.span;
        const which =
          column === undefined
            ? 'its cells exclude each other'
            : `nothing that \`${provable.inputs[column]!.name.trim()}\` can be is in its cell`;
        this.bag.warning(
          'V4203',
          span,
          `${row.name} of ${provable.what} matches nothing: ${which}`,
          `correct the cell, or remove the ${provable.rowWord}`,
        );
        return;
      }
      case 'redundant': {
        const [row, by] = [provable.rows[finding.row]!, provable.rows[finding.by]!];
        this.bag.add({
          code: 'V4204',
          severity: 'warning',
          span: row.span,
          message: `${row.name} of ${provable.what} can be removed: ${by.name} takes all of its inputs, with the same outputs`,
          related: [{ message: `${by.name} stands here`, span: by.span }],
        });
        return;
      }
      case 'constantColumn': {
        const input = provable.inputs[this.columns[finding.dimension]!]!;
        const message = `every cell of \`${input.name.trim()}\` in ${provable.what} takes any value`;
        this.bag.warning('V4205', input.span, message, 'remove the column');
      }
    }
  }

  /** One diagnostic for all that is open and may be wrong. @returns everything that is open, in words */
  notProven(open: readonly NotProven[]): string[] {
    this.#reportOpen(open.filter(isDoubtful));
    return [...new Set(open.map((entry) => this.#openPhrase(entry)))];
  }

  #reportOpen(open: readonly NotProven[]): void {
    if (open.length === 0) return;
    const { provable } = this;
    const parts = [...new Set(open.map((entry) => this.#openPhrase(entry)))];
    const isError = provable.gaps === 'error' && open.some(({ what }) => what === 'gap');
    const shown = parts.slice(0, 8).join('; ');
    this.bag.add({
      code: 'V4209',
      severity: isError ? 'error' : 'warning',
      span: provable.span,
      message: `not proven of ${provable.what}: ${shown}${parts.length > 8 ? `; and ${parts.length - 8} more` : ''}`,
      advice: isError
        ? 'end the table with a row that takes everything, or write its cells as ranges and sets'
        : 'cells that are ranges and sets are proven; expressions are not',
    });
  }

  #openPhrase({ what, why, rows, witness }: NotProven): string {
    const names = rows.slice(0, 6).map((index) => this.provable.rows[index]!.name);
    const who = names.join(', ') + (rows.length > 6 ? ', ...' : '');
    const at = witness === undefined ? '' : `, for instance ${describeWitness(this.#view(), witness)}`;
    const question = {
      gap: 'whether every input is taken',
      overlap: rows.length === 0 ? 'whether rows exclude one another' : `whether ${who} exclude one another`,
      shadow: `whether ${who || 'every row'} can be taken`,
      never: `whether ${who || 'every row'} can match`,
      redundant: `whether ${who || 'a row'} can be removed`,
    }[what];
    const reason = {
      opaque: 'cells are expressions',
      steps: 'too many steps',
      unrealized: 'inputs depend on one another',
      limit: 'further ones are not listed',
    }[why];
    return `${question} (${reason}${at})`;
  }

  #example({ payload, witness }: { payload?: unknown; witness?: Witness }): string {
    if (payload !== undefined) return JSON.stringify(payload);
    return witness === undefined ? 'some input' : describeWitness(this.#view(), witness);
  }

  #view(): { dimensions: readonly TableDimension[]; inputs: readonly Ir[] } {
    return { dimensions: this.dimensions, inputs: this.columns.map((column) => this.provable.inputs[column]!.ir) };
  }
}

function payloadOf({ payload }: { payload?: unknown }): Pick<Diagnostic, 'payload'> {
  return payload === undefined ? {} : { payload };
}

export type { Region };
