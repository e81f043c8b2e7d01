// The rows of a table that may match, with what each tests and gives.

import type { Span } from '../../../diagnostic/diagnostic.js';
import { cellCondition } from '../cell.js';
import { and, type Code } from '../code.js';
import { readsSubject, type ZenNode } from '../expression/node.js';
import { insert, type Scope, Translation, withSubject } from '../expression/translate.js';
import { needsOf, plainOf, type Sym } from '../symbol.js';
import { type Columns, translated } from './columns.js';
import type { TableHost } from './host.js';

/** A cell that tests something: one object for all cells of a column that test the same. */
export interface Test {
  readonly node: ZenNode;
  /** What `$` is in it. */
  readonly subject: Sym;
}

export interface Row {
  readonly index: number;
  /** By column; undefined where the cell takes everything. */
  readonly tests: readonly (Test | undefined)[];
  /** By output; undefined where the cell is empty. */
  readonly values: readonly (Sym | undefined)[];
}

/** The rows that may match, in order. */
export function readRows(host: TableHost, columns: Columns): Row[] {
  const reader = new RowReader(host, columns);
  return host.content.rules.flatMap((rule, index) => reader.row(rule, index) ?? []);
}

/** Conditions of a row's values: one at which ZEN fails leaves the row out. */
export function needsOfValues(row: Row): Code[] {
  return row.values.flatMap((value): readonly Code[] => {
    const inner = value && plainOf(value);
    return inner?.kind === 'scalar' || inner?.kind === 'constant' ? needsOf(inner) : [];
  });
}

/** When a row matches, as one condition. */
export function conditionOf(row: Row, scope: Scope): Code {
  const tests = row.tests.flatMap((test) => (test === undefined ? [] : [cellCondition(test.node, test.subject, scope)]));
  return and(...tests, ...needsOfValues(row));
}

/** What a row gives, by the paths of its outputs. */
export function membersOf({ values }: Row, { content }: TableHost): Map<string, Sym> {
  const members = new Map<string, Sym>();
  for (const [at, { field }] of content.outputs.entries()) {
    const value = values[at];
    if (value !== undefined) insert(members, (field ?? '').split('.'), value);
  }
  return members;
}

class RowReader {
  readonly #nodes = new Map<string, ZenNode | undefined>();
  readonly #tests = new Map<string, Test>();
  readonly #values = new Map<string, Sym | undefined>();

  constructor(
    readonly host: TableHost,
    readonly columns: Columns,
  ) {}

  /** Undefined for a row that never matches: a cell is missing, ZEN does not read it, or it fails at a value. */
  row(rule: Readonly<Record<string, string>>, index: number): Row | undefined {
    const tests: (Test | undefined)[] = [];
    for (const [at, { id }] of this.columns.all.entries()) {
      const text = rule[id];
      if (text === undefined) return undefined;
      const test = text.trim() === '' ? undefined : this.#test(text, index, at);
      if (test === null) return undefined;
      tests.push(test);
    }
    const values: (Sym | undefined)[] = [];
    for (const { id } of this.host.content.outputs) {
      const text = rule[id];
      if (text === undefined) return undefined;
      const value = text.trim() === '' ? undefined : this.#value(text, index, id);
      if (value === null) return undefined;
      values.push(value);
    }
    return { index, tests, values };
  }

  /** Null where ZEN does not read the cell. */
  #test(text: string, row: number, at: number): Test | null {
    const { id, subject } = this.columns.all[at]!;
    const node = this.#node(text, subject !== undefined, () => this.host.spanOf(row, id));
    if (node === undefined) return null;
    if (subject === undefined && readsSubject(node)) return { node, subject: this.columns.before(row, at) };
    const key = `${at} ${text}`;
    let test = this.#tests.get(key);
    if (test === undefined) {
      test = { node, subject: subject ?? this.host.scope.subject };
      this.#tests.set(key, test);
    }
    return test;
  }

  /** Null where ZEN does not read the cell, or fails at it. */
  #value(text: string, row: number, id: string): Sym | null {
    const node = this.#node(text, false, () => this.host.spanOf(row, id));
    if (node === undefined) return null;
    if (readsSubject(node)) {
      const scope = withSubject(this.host.scope, this.columns.before(row, this.columns.all.length));
      return translated(() => new Translation(scope).run(node)) ?? null;
    }
    if (!this.#values.has(text))
      this.#values.set(
        text,
        translated(() => new Translation(this.host.scope).run(node)),
      );
    return this.#values.get(text) ?? null;
  }

  #node(text: string, isCell: boolean, span: () => Span): ZenNode | undefined {
    const key = `${isCell ? '$' : ''}${text}`;
    if (!this.#nodes.has(key)) this.#nodes.set(key, this.host.parse(text, isCell, span));
    return this.#nodes.get(key);
  }
}
