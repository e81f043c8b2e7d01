// Decision tables of JDM: as tables of the language where their inputs are values that a column can test, else, for each element of
// a list, as choices.

import type { Span } from '../../diagnostic/diagnostic.js';
import { ANY, cellCondition, cellText, textCell } from './cell.js';
import { anyUnits, choose, commonType } from './choose.js';
import { and, atom, type Code, choice, compared, dotted, or, TRUE } from './code.js';
import type { TableContent } from './document.js';
import type { Emission } from './emission.js';
import { trimmed } from './expression/decimal.js';
import type { ZenNode } from './expression/node.js';
import { insert, type Scope, Translation } from './expression/translate.js';
import { toFloat } from './numbers.js';
import {
  ABSENT,
  type Constant,
  type ConstantValue,
  isDecimalValue,
  literal,
  NULL,
  needsOf,
  plainOf,
  Refusal,
  type Scalar,
  type ScalarType,
  type Sym,
  totalCode,
  ZenFailure,
} from './symbol.js';

/** What a table's node asks of the importer. */
export interface TableHost {
  readonly emission: Emission;
  readonly scope: Scope;
  /** Parses and evaluates; a fault is reported at the cell, and what cannot be translated is thrown on as a Refusal. */
  parse(text: string, isCell: boolean, span: () => Span): ZenNode | undefined;
  readonly content: TableContent;
  readonly name: string;
  /** When the node is reached. */
  readonly active: Code;
  /** Place of a cell in the document. */
  spanOf(row: number, column: string): Span;
}

interface Column {
  readonly id: string;
  /** Undefined where the cells are conditions of their own. */
  readonly subject: Sym | undefined;
}

/** A row whose conditions and values are translated. */
interface Row {
  readonly index: number;
  /** By column: the parsed cell, undefined where it takes everything. */
  readonly tests: readonly (ZenNode | undefined)[];
  /** By output; undefined where the cell is empty. */
  readonly values: readonly (Sym | undefined)[];
}

/** The rows that may match, in order, with parsed tests and translated values. */
function readRows(host: TableHost, columns: readonly Column[]): Row[] {
  const { content, scope } = host;
  const parsed = new Map<string, ZenNode | undefined>();
  const values = new Map<string, Sym | undefined>();
  const rows: Row[] = [];
  for (const [index, rule] of content.rules.entries()) {
    const tests: (ZenNode | undefined)[] = [];
    let isDead = false;
    for (const { id, subject } of columns) {
      const text = rule[id];
      if (text === undefined) isDead = true;
      else if (text.trim() === '') tests.push(undefined);
      else {
        const key = `${subject === undefined ? '' : '$'}${text}`;
        if (!parsed.has(key))
          parsed.set(
            key,
            host.parse(text, subject !== undefined, () => host.spanOf(index, id)),
          );
        const node = parsed.get(key);
        if (node === undefined) isDead = true;
        tests.push(node);
      }
    }
    const row: (Sym | undefined)[] = [];
    for (const { id } of content.outputs) {
      const text = rule[id];
      if (text === undefined) isDead = true;
      else if (text.trim() === '') row.push(undefined);
      else if (!isDead) {
        if (!values.has(text)) {
          const node = host.parse(text, false, () => host.spanOf(index, id));
          if (node === undefined) isDead = true;
          else
            values.set(
              text,
              translated(() => new Translation(scope).run(node)),
            );
        }
        if (values.get(text) === undefined) isDead = true;
        row.push(values.get(text));
      }
    }
    // a row with a cell that is missing, or that ZEN does not read, never matches
    if (!isDead) rows.push({ index, tests, values: row });
  }
  return rows;
}

/** The value, or why it cannot be translated; undefined where ZEN itself fails. */
function translated(run: () => Sym): Sym | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ZenFailure) return undefined;
    if (error instanceof Refusal) return { kind: 'refused', reason: error.reason };
    throw error;
  }
}

function subjectsOf(host: TableHost, isWritten: boolean): Column[] {
  return host.content.inputs.map(({ id, field }) => {
    if (field === undefined || field === null) return { id, subject: undefined };
    const node = host.parse(field, false, () => host.spanOf(-1, id));
    if (node === undefined) return { id, subject: { kind: 'refused', reason: `the column \`${field}\` is no expression` } };
    const found = translated(() => new Translation(host.scope).run(node));
    if (found === undefined) return { id, subject: ABSENT };
    const value = plainOf(found);
    const isLong = value.kind === 'scalar' && (!value.isPath || value.needs.length > 0) && isWritten;
    return {
      id,
      subject: isLong ? host.emission.hoist(value, host.content.inputs.find((input) => input.id === id)?.name ?? field) : value,
    };
  });
}

/** True for a value that a column of the language can test. */
function isTestable(sym: Sym | undefined): sym is Scalar {
  return sym?.kind === 'scalar' && sym.isPath && sym.quotient === undefined && ['bool', 'text', 'decimal'].includes(sym.type.kind);
}

/** What a table computes, written as a table of the bundle. */
export function writeTable(host: TableHost): Sym {
  const { content, scope } = host;
  const columns = subjectsOf(host, true);
  const refused = columns.find(({ subject }) => subject?.kind === 'refused');
  const rows = readRows(host, columns);
  if (refused !== undefined && rows.some(({ tests }) => tests[columns.indexOf(refused)] !== undefined))
    throw new Refusal((refused.subject as { reason: string }).reason);
  const written: string[][] = [];
  const live: Row[] = [];
  const cells = new Map<string, string | undefined>();
  const conditions = new Map<string, Code>();
  const isFirst = content.hitPolicy === 'first';
  let isComplete = false;
  for (const row of rows) {
    const texts: string[] = [];
    const codes: Code[] = [];
    let isDead = false;
    for (const [at, test] of row.tests.entries()) {
      const { subject } = columns[at]!;
      if (test === undefined) {
        texts.push(ANY);
        continue;
      }
      const key = `${at}:${content.rules[row.index]![columns[at]!.id]}`;
      if (isTestable(subject)) {
        if (!cells.has(key)) cells.set(key, cellText(test, subject, scope));
        const text = cells.get(key);
        if (text === undefined) isDead = true;
        texts.push(text ?? ANY);
      } else {
        if (!conditions.has(key)) conditions.set(key, cellCondition(test, subject ?? ABSENT, scope));
        codes.push(conditions.get(key)!);
        texts.push(ANY);
      }
    }
    // a value at which ZEN fails leaves the row out
    for (const value of row.values) {
      const inner = value && plainOf(value);
      if (inner?.kind === 'scalar' || inner?.kind === 'constant') codes.push(...needsOf(inner));
    }
    // a list that is collected has no rows where nobody asks for it
    const condition = isFirst ? and(...codes) : and(host.active, ...codes);
    if (isDead || condition.text === 'false') continue;
    written.push([condition.text === 'true' ? ANY : condition.text, ...texts]);
    live.push(row);
    if (isFirst && written[written.length - 1]!.every((text) => text === ANY)) {
      isComplete = true;
      break;
    }
  }
  if (live.length === 0) return isFirst ? NULL : { kind: 'items', items: [] };
  return writeOutputs(host, columns, live, written, isComplete);
}

/** The outputs of a table as columns: what every row has of them, and what a table cannot hold by the number of its row. */
function writeOutputs(
  host: TableHost,
  columns: readonly Column[],
  rows: readonly Row[],
  tests: string[][],
  isComplete: boolean,
): Sym {
  const { content, emission } = host;
  const isFirst = content.hitPolicy === 'first';
  const isWritable =
    isFirst ||
    content.outputs.every((_, at) =>
      partsOf(
        '',
        rows.map(({ values }) => values[at]),
      ).every((part) => columnOf(part.values) !== undefined),
    );
  if (!isWritable) return collected(host, columns, rows);
  const table = emission.name(host.name);
  const names = new Set<string>();
  const outputs: { readonly header: string; readonly cells: readonly string[] }[] = [];
  const rowMembers: [path: string, sym: Sym][] = [];
  let needsRow = false;
  for (const [at, { field }] of content.outputs.entries()) {
    const path = field ?? '';
    for (const part of partsOf(
      path,
      rows.map(({ values }) => values[at]),
    )) {
      const column = columnOf(part.values);
      if (column === undefined) {
        needsRow = true;
        rowMembers.push([part.path, byRow(part.values, atom(`${table}.row`))]);
        continue;
      }
      const name = uniqueName(part.path, names);
      outputs.push({ header: `-> ${name}${column.title}`, cells: column.cells });
      rowMembers.push([part.path, ofColumn(column, atom(`${table}.${name}`), isComplete || !isFirst, isFirst)]);
    }
  }
  if (needsRow) {
    names.add('row');
    outputs.push({ header: '-> row', cells: rows.map((_, i) => String(i + 1)) });
  }
  if (outputs.length === 0) return isFirst ? { kind: 'object', members: new Map() } : { kind: 'items', items: [] };
  const labels = columns.map(({ subject }) => (isTestable(subject) ? subject.code.text : ''));
  const kept = [tests.some(([text]) => text !== ANY), ...columns.map(({ subject }) => isTestable(subject))];
  const isShown = kept.some(Boolean) ? kept : [true, ...kept.slice(1)];
  const header = ['true', ...labels].filter((_, i) => isShown[i]);
  emission.table({
    name: table,
    ...(host.name === table ? {} : { description: host.name }),
    hitPolicy: content.hitPolicy,
    rows: [
      [...header, ...outputs.map((output) => output.header)],
      ...tests.map((cells, row) => [...cells.filter((_, i) => isShown[i]), ...outputs.map((output) => output.cells[row]!)]),
    ],
  });
  const members = new Map<string, Sym>();
  for (const [path, sym] of rowMembers) insert(members, path.split('.'), sym);
  if (isFirst) return { kind: 'object', members };
  const as = emission.parameter('row');
  const inRow = (sym: Sym): Sym => {
    if (sym.kind === 'object')
      return { kind: 'object', members: new Map([...sym.members].map(([name, member]) => [name, inRow(member)])) };
    if (sym.kind === 'maybe') return { ...sym, when: TRUE, value: inRow(sym.value) };
    return sym.kind === 'scalar' ? { ...sym, code: dotted(atom(as), sym.code.text.slice(table.length + 1)) } : sym;
  };
  const elements = new Map([...members].map(([name, member]) => [name, inRow(member)]));
  return {
    kind: 'list',
    each: atom(table),
    as,
    value: { kind: 'object', members: elements },
    nullable: false,
    countMax: rows.length,
    table: { name: table, columns: new Map([...members].map(([name, member]) => [name, plainOf(member)])) },
  };
}

/** The rows of a table that collects, written out: where a column has what no table can hold. */
function collected(host: TableHost, columns: readonly Column[], rows: readonly Row[]): Sym {
  const items = rows.map((row) => {
    const codes = row.tests.flatMap((test, at) =>
      test === undefined ? [] : [cellCondition(test, columns[at]!.subject ?? ABSENT, host.scope)],
    );
    const members = new Map<string, Sym>();
    for (const [at, { field }] of host.content.outputs.entries()) {
      const value = row.values[at];
      if (value !== undefined) insert(members, (field ?? '').split('.'), value);
    }
    const when = host.emission.condition(and(host.active, ...codes), `${host.name} ${row.index + 1}`);
    return { when, value: { kind: 'object' as const, members } };
  });
  return { kind: 'items', items: items.filter(({ when }) => when.text !== 'false') };
}

/** Objects as one part for each of their members, by path. */
function partsOf(path: string, values: readonly (Sym | undefined)[]): { path: string; values: readonly (Sym | undefined)[] }[] {
  const plain = values.map((value) => value && plainOf(value));
  if (!plain.some((value) => value?.kind === 'object') || plain.some((value) => value !== undefined && value.kind !== 'object')) {
    const refused = plain.find((value) => value?.kind === 'refused');
    if (refused?.kind === 'refused') throw new Refusal(refused.reason);
    return [{ path, values: plain }];
  }
  const names = new Set(plain.flatMap((value) => (value?.kind === 'object' ? [...value.members.keys()] : [])));
  return [...names].flatMap((name) =>
    partsOf(
      `${path}.${name}`,
      plain.map((value) => (value?.kind === 'object' ? value.members.get(name) : undefined)),
    ),
  );
}

interface OutputColumn {
  readonly type: ScalarType;
  /** What the header says behind the name. */
  readonly title: string;
  readonly cells: readonly string[];
  readonly isFilled: boolean;
  readonly hasNull: boolean;
  readonly domain: readonly ConstantValue[] | undefined;
  readonly isRounded: boolean;
}

const DOMAIN_MAX = 256;

/** A column of scalars of one type; undefined where it is none. */
function columnOf(values: readonly (Sym | undefined)[]): OutputColumn | undefined {
  let all: Scalar | Constant = NULL;
  const domain = new Map<string, ConstantValue>();
  let isDomain = true;
  let hasNull = false;
  let isRounded = false;
  for (const value of values) {
    if (value === undefined) continue;
    if (value.kind !== 'scalar' && value.kind !== 'constant') return undefined;
    if (value.kind === 'constant' && value.value === null) hasNull = true;
    if (value.kind === 'constant' && value.value !== null) {
      const known = isDecimalValue(value.value) ? trimmed(value.value) : value.value;
      domain.set(literal(known).text, known);
    }
    if (value.kind === 'scalar') {
      isDomain = false;
      hasNull ||= value.nullable;
      isRounded ||= value.isRounded === true;
    }
    const type = commonType(all, value);
    if (type === undefined && !(isNull(all) && isNull(value))) return undefined;
    if (type !== undefined) all = { kind: 'scalar', type, code: TRUE, nullable: false, needs: [], isPath: false };
  }
  if (all.kind === 'constant') return undefined;
  const { type } = all;
  return {
    type,
    title: type.kind === 'decimal' ? `: decimal(${Math.min(18, type.scale)})` : type.kind === 'float' ? ': number' : '',
    cells: values.map((value) => (value === undefined ? '' : outputCell(value as Scalar | Constant, type))),
    isFilled: !values.includes(undefined),
    hasNull,
    domain: isDomain && domain.size <= DOMAIN_MAX ? [...domain.values()] : undefined,
    isRounded,
  };
}

const isNull = (value: Sym): boolean => value.kind === 'constant' && value.value === null;

function outputCell(value: Scalar | Constant, type: ScalarType): string {
  if (value.kind === 'constant')
    return value.value === null ? '' : typeof value.value === 'string' ? textCell(value.value) : literal(value.value).text;
  const whole = totalCode(value).code;
  const isNumber = type.kind === 'float' && value.type.kind === 'decimal';
  const bare = !isNumber
    ? whole
    : value.nullable || value.needs.length > 0
      ? choice(and(...value.needs, compared('!==', value.code, atom('null'))), toFloat({ ...value, nullable: false }), atom('null'))
      : toFloat(value);
  // a name alone could be taken for a text
  return /^\w+$/.test(bare.text) ? `(${bare.text})` : bare.text;
}

/** What reads a column: its values, and where it has none, nothing. */
function ofColumn(column: OutputColumn, code: Code, isMatched: boolean, isFirst: boolean): Sym {
  const { type, domain, isRounded } = column;
  const isCertain = column.isFilled && isMatched;
  // a column says its type, and nothing of its bounds
  const scalar: Scalar = {
    kind: 'scalar',
    type: type.kind === 'decimal' ? { ...type, ...anyUnits(type.scale) } : type,
    ...(type.kind === 'decimal' ? { within: { low: type.low, high: type.high } } : {}),
    code,
    nullable: !isCertain || column.hasNull,
    needs: [],
    isPath: true,
    ...(domain === undefined ? {} : { domain }),
    ...(isRounded ? { isRounded } : {}),
  };
  if (isCertain && !column.hasNull) return scalar;
  // a value that is null takes the place of what was there, as an empty cell does not; in an answer the two are the same
  return { kind: 'maybe', when: isFirst ? compared('!==', code, atom('null')) : TRUE, value: scalar };
}

/** Values that no column can hold, by the number of the row. */
function byRow(values: readonly (Sym | undefined)[], row: Code): Sym {
  const groups = new Map<string, { value: Sym | undefined; rows: number[] }>();
  for (const [index, value] of values.entries()) {
    const key =
      value === undefined
        ? ''
        : JSON.stringify(value, (_, part: unknown) =>
            typeof part === 'bigint' ? String(part) : part instanceof Map ? [...part] : part,
          );
    const group = groups.get(key) ?? { value, rows: [] };
    group.rows.push(index + 1);
    groups.set(key, group);
  }
  let result: Sym = ABSENT;
  for (const { value, rows } of [...groups.values()].reverse()) {
    const when = or(...rows.map((number) => compared('===', row, atom(String(number)))));
    result = choose(when, value ?? ABSENT, result);
  }
  return result;
}

function uniqueName(path: string, taken: Set<string>): string {
  const wanted = path
    .split(/[^A-Za-z0-9_]+/)
    .filter((word) => word !== '')
    .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('')
    .replace(/^(?=[0-9])/, '_');
  const reserved = new Set(['score', 'outcome', 'reason', 'row', '']);
  let name = reserved.has(wanted) ? `${wanted}Value` : wanted;
  for (let i = 2; taken.has(name); i++) name = `${wanted}${i}`;
  taken.add(name);
  return name;
}

/** What a table computes of an element of a list: choices, as no table of the bundle is asked for each element. */
export function inlineTable(host: TableHost): Sym {
  const { content, scope } = host;
  if (content.hitPolicy !== 'first') throw new Refusal('a table that collects is asked for each element of a list');
  const columns = subjectsOf(host, false);
  const rows = readRows(host, columns);
  let result: Sym = NULL;
  const taken: { when: Code; value: Sym }[] = [];
  for (const row of rows) {
    const codes = row.tests.flatMap((test, at) =>
      test === undefined ? [] : [cellCondition(test, columns[at]!.subject ?? ABSENT, scope)],
    );
    const members = new Map<string, Sym>();
    for (const [at, { field }] of content.outputs.entries()) {
      const value = row.values[at];
      if (value === undefined) continue;
      const inner = plainOf(value);
      if (inner.kind === 'refused') throw new Refusal(inner.reason);
      if (inner.kind === 'scalar') codes.push(...inner.needs);
      insert(members, (field ?? '').split('.'), value);
    }
    const when = and(...codes);
    if (when.text === 'false') continue;
    taken.push({ when, value: { kind: 'object', members } });
    if (when.text === 'true') break;
  }
  for (const { when, value } of taken.reverse())
    result = isNull(result) ? (when.text === 'true' ? value : choose(when, value, emptyOf(value))) : choose(when, value, result);
  return result;
}

function emptyOf(value: Sym): Sym {
  return value.kind === 'object' ? { kind: 'object', members: new Map() } : NULL;
}
