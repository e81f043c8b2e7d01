// The columns that a table tests, and what `$` is where a row comes to them: in ZEN the value of the column that was read last.
// A column is read where its cell is not empty, a value is kept for all rows, and a row that reads none finds what one before left.

import { readsSubject, type ZenNode } from '../expression/node.js';
import { Translation, withSubject } from '../expression/translate.js';
import { ABSENT, plainOf, Refusal, type Scalar, type Sym, ZenFailure } from '../symbol.js';
import type { TableHost } from './host.js';

export interface Column {
  readonly id: string;
  /** Undefined where the cells are conditions of their own. */
  readonly subject: Sym | undefined;
}

/** True for a value that a column of the language can test. */
export function isTestable(sym: Sym | undefined): sym is Scalar {
  return sym?.kind === 'scalar' && sym.isPath && sym.quotient === undefined && ['bool', 'text', 'decimal'].includes(sym.type.kind);
}

interface Field {
  readonly id: string;
  readonly text: string | undefined;
  /** Undefined where it is no expression. */
  readonly node: ZenNode | undefined;
}

/** Columns that may have been read last. */
type Last = readonly number[];

/** No column has been read: `$` is a name like others. */
const NONE = -1;

/** The value, or why it cannot be translated; undefined where ZEN itself fails. */
export function translated(run: () => Sym): Sym | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ZenFailure) return undefined;
    if (error instanceof Refusal) return { kind: 'refused', reason: error.reason };
    throw error;
  }
}

export class Columns {
  /** As in the document. */
  readonly all: readonly Column[];
  readonly #fields: readonly Field[];
  readonly #subjects = new Map<number, Sym>();
  readonly #open = new Set<number>();
  #before: readonly (readonly Last[])[] | undefined;

  /** @param isWritten whether a value that is more than a name gets one, so that a column of the language can test it */
  constructor(
    readonly host: TableHost,
    readonly isWritten: boolean,
  ) {
    this.#fields = host.content.inputs.map(({ id, field }) => {
      if (field === undefined || field === null) return { id, text: undefined, node: undefined };
      return { id, text: field, node: host.parse(field, false, () => host.spanOf(-1, id)) };
    });
    this.all = this.#fields.map(({ id, text }, at) => ({ id, subject: text === undefined ? undefined : this.#subject(at) }));
  }

  /** What `$` is in a row before a column is read; before its outputs where the column is the number of all. */
  before(row: number, column: number): Sym {
    return this.#one(this.#lastBefore()[row]?.[column] ?? []);
  }

  #subject(at: number): Sym {
    const known = this.#subjects.get(at);
    if (known !== undefined) return known;
    if (this.#open.has(at)) return { kind: 'refused', reason: '`$` of a column is its own value' };
    this.#open.add(at);
    const subject = this.#computed(at);
    this.#open.delete(at);
    this.#subjects.set(at, subject);
    return subject;
  }

  #computed(at: number): Sym {
    const { id, text, node } = this.#fields[at]!;
    const { emission, scope, content } = this.host;
    if (node === undefined) return { kind: 'refused', reason: `the column \`${text}\` is no expression` };
    const inside = readsSubject(node) ? withSubject(scope, this.#one(this.#firstRead(text!))) : scope;
    const found = translated(() => new Translation(inside).run(node));
    if (found === undefined) return ABSENT;
    const value = plainOf(found);
    const isLong = value.kind === 'scalar' && (!value.isPath || value.needs.length > 0) && this.isWritten;
    return isLong ? emission.hoist(value, content.inputs.find((input) => input.id === id)?.name ?? text) : value;
  }

  /** What may have been read last where a field is computed, which ZEN does once for all rows and columns that have it. */
  #firstRead(text: string): Last {
    const { rules } = this.host.content;
    let last: Last = [];
    for (const [row, before] of this.#lastBefore().entries()) {
      for (const [at, field] of this.#fields.entries()) {
        if (field.text !== text || (rules[row]![field.id] ?? '').trim() === '' || before[at] === undefined) continue;
        last = either(
          last,
          before[at].filter((other) => this.#fields[other]?.text !== text),
        );
      }
    }
    return last;
  }

  /** The one value that all of these columns have. */
  #one(last: Last): Sym {
    const subjects = new Set(last.map((at) => (at === NONE ? this.host.scope.name('$') : this.#subject(at))));
    if (subjects.size === 0) return ABSENT;
    if (subjects.size === 1) return [...subjects][0]!;
    return { kind: 'refused', reason: '`$` is the column that was read last, and which one that is depends on the rows before' };
  }

  /** By row, and by column in it, what may have been read last before. */
  #lastBefore(): readonly (readonly Last[])[] {
    this.#before ??= this.#walk();
    return this.#before;
  }

  #walk(): Last[][] {
    const own = this.#fields.map((_, at): Last => [at]);
    let start: Last = [NONE];
    return this.host.content.rules.map((rule) => {
      let last = start;
      // what the next row finds: this one may end at each of its cells, and behind them
      let next: Last = [];
      const before: Last[] = [];
      for (const [at, { id, text }] of this.#fields.entries()) {
        before.push(last);
        const cell = rule[id];
        if (cell === undefined) break;
        if (cell.trim() === '') continue;
        if (text === undefined || !this.#isCertain(at)) next = either(next, last);
        if (text === undefined) continue;
        last = own[at]!;
        next = either(next, last);
      }
      if (before.length === this.#fields.length) before.push(last);
      start = either(next, last);
      return before;
    });
  }

  /** True for a column at whose value ZEN cannot fail, which would leave `$` as it is. */
  #isCertain(at: number): boolean {
    const { node } = this.#fields[at]!;
    if (node === undefined) return false;
    if (readsSubject(node)) return node.kind === 'name';
    let inner: ZenNode = node;
    while (inner.kind === 'member' && inner.property.kind === 'string') inner = inner.object;
    return inner.kind === 'name' || this.#subject(at).kind === 'constant';
  }
}

function either(a: Last, b: Last): Last {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : [...new Set([...a, ...b])];
}
