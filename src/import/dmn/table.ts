// A decision table of DMN as a table of a bundle: a CSV file of its rows, and a YAML file of what CSV cannot say.

import type { Aggregate, HitPolicy, OutputType } from '../../bundle/tables.js';
import { Namer } from '../names.js';
import { cellOf, type WriteText } from './cells.js';
import type { Feel, HitPolicyName, TableNode } from './feel/ast.js';
import * as decimal from './feel/decimal.js';
import { constantOf } from './lower/arithmetic.js';
import { code } from './lower/code.js';
import type { Lowering } from './lower/lower.js';
import { Refusal } from './lower/refusal.js';
import { isSimple } from './lower/simple.js';
import {
  commonType,
  isTotal,
  type ListValue,
  namedBool,
  namedScalar,
  rendered,
  type ScalarType,
  Scope,
  type SimpleValue,
  typeOf,
  type Value,
} from './lower/value.js';

export interface MadeTable {
  readonly name: string;
  /** Lines of the CSV file, header first. */
  readonly lines: readonly (readonly string[])[];
  /** The YAML file; undefined where CSV says everything. */
  readonly head: Record<string, unknown> | undefined;
}

const POLICIES: Readonly<Record<HitPolicyName, HitPolicy>> = {
  UNIQUE: 'unique',
  FIRST: 'first',
  PRIORITY: 'priority',
  ANY: 'any',
  COLLECT: 'collect',
  'RULE ORDER': 'ruleOrder',
  'OUTPUT ORDER': 'outputOrder',
};
/** Outputs of these names would decide. */
const TAKEN_COLUMNS = ['score', 'outcome', 'reason', 'id'];

interface Column {
  readonly name: string;
  readonly source: string;
  readonly type: ScalarType | 'bool';
  readonly cells: readonly string[];
  readonly default: string | undefined;
  /** All values in order, as cells write them. */
  readonly values: readonly string[] | undefined;
  /** No cell and no default is null. */
  readonly whole: boolean;
}

/** Makes a table of that name, and what reading it gives. Throws Refusal. */
export function tableOf(
  node: TableNode,
  name: string,
  scope: Scope,
  lowering: Lowering,
  write: WriteText,
  description: string | undefined,
): { table: MadeTable; value: Value } {
  const aggregate = node.aggregation?.toLowerCase() as Aggregate | undefined;
  const hitPolicy = POLICIES[node.hitPolicy];
  if (aggregate !== undefined && (hitPolicy !== 'collect' || node.outputs.length !== 1)) {
    throw new Refusal('an aggregation stands beside another hit policy, or several outputs', 'use COLLECT and one output');
  }
  const { header, rows, kept, matchesAlways } = inputsOf(node, scope, lowering, write);
  const namer = new Namer(TAKEN_COLUMNS);
  const columns = node.outputs.map((output, index) =>
    columnOf(node, index, kept, namer, scope, lowering, write, output.name || 'result'),
  );
  const several = columns.length > 1;
  const order = hitPolicy === 'priority' || hitPolicy === 'outputOrder';
  if (order && columns.every((column) => column.values === undefined)) {
    throw new Refusal(`the hit policy ${node.hitPolicy} needs the values of an output in order`, 'write them as `outputValues`');
  }
  const multiple = hitPolicy === 'ruleOrder' || hitPolicy === 'outputOrder' || (hitPolicy === 'collect' && aggregate === undefined);
  const hasDefault = columns.some((column) => column.default !== undefined);
  const isSingle = !multiple && aggregate === undefined;
  if (!isSingle && hasDefault && !matchesAlways) {
    lowering.surroundings.warn(
      { element: node.element, start: -1, end: -1 },
      `where no row matches, the table gives ${multiple ? 'an empty list' : '0 or null'} and not its default`,
      'add a row that matches what the others leave, and remove the default',
    );
  } else if (!matchesAlways && (multiple || aggregate === 'sum' || aggregate === 'count')) {
    const gives = multiple ? 'an empty list' : '0';
    lowering.surroundings.warn(
      { element: node.element, start: -1, end: -1 },
      `where no row matches, the table gives ${gives}; some engines of DMN give null there`,
      'add a row that always matches, or leave it so',
    );
  }
  const declared = (isSingle && hasDefault) || (order && columns.some((column) => column.values !== undefined));
  const notes = node.rows.map((row) => row.note);
  const noted = notes.some((note) => note !== undefined);
  const titles = columns.map((column) => (declared ? `-> ${column.name}` : `-> ${column.name}: ${typeWord(column.type)}`));
  const lines = [
    [...header, ...titles, ...(noted ? ['# note'] : [])],
    ...rows.map((cells, at) => [
      ...cells,
      ...columns.map((column) => column.cells[at]!),
      ...(noted ? [notes[kept[at]!] ?? ''] : []),
    ]),
  ];
  const head = {
    ...(description === undefined ? {} : { description }),
    ...(hitPolicy === 'first' ? {} : { hitPolicy }),
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(declared ? { outputs: columns.map((column) => outputEntry(column, order, isSingle)) } : {}),
  };
  const table: MadeTable = { name, lines, head: Object.keys(head).length === 0 ? undefined : head };
  const read = (column: Column): SimpleValue => {
    const path = code(`${name}.${column.name}`);
    // a row that always matches is not proven, so that the compiler takes the column for nullable
    const open = !column.whole || column.default === undefined;
    return column.type === 'bool' ? namedBool(path, open) : namedScalar(column.type, path, open);
  };
  if (aggregate === 'count') return { table, value: namedScalar({ kind: 'number' }, code(`${name}.${columns[0]!.name}`), false) };
  if (aggregate !== undefined) {
    const [column] = columns as [Column];
    if (column.type === 'bool') throw new Refusal('booleans are aggregated', 'give the output numbers');
    const type = column.type.kind === 'decimal' ? { ...column.type, bits: 100 } : column.type;
    return { table, value: namedScalar(type, code(`${name}.${column.name}`), aggregate !== 'sum') };
  }
  if (multiple) return { table, value: several ? rowsValue(name, columns) : listValue(name, columns[0]!) };
  if (!several) return { table, value: read(columns[0]!) };
  return {
    table,
    value: { kind: 'context', guards: [], members: new Map(columns.map((column) => [column.source, read(column)])) },
  };
}

function rowsValue(table: string, columns: readonly Column[]): Value {
  return { kind: 'rows', table, columns: new Map(columns.map((column) => [column.source, column.name])) };
}

function listValue(table: string, column: Column): ListValue {
  if (!column.whole) throw new Refusal('a row of a list may give null', 'give every row a value');
  return {
    kind: 'list',
    code: code(`${table}.${column.name}`),
    guards: [],
    plain: true,
    element: (item) => (column.type === 'bool' ? namedBool(item, false) : namedScalar(column.type, item, false)),
  };
}

interface Inputs {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Which rows of the source these are: rows that never match are left out. */
  readonly kept: readonly number[];
  readonly matchesAlways: boolean;
}

function inputsOf(node: TableNode, scope: Scope, lowering: Lowering, write: WriteText): Inputs {
  const header: string[] = [];
  const columns: string[][] = [];
  /** Conditions that no cell can say, each a column of its own. */
  const extra = new Map<string, string[]>();
  const never = new Set<number>();
  for (const [index, input] of node.inputs.entries()) {
    const value = lowering.value(input.value, scope);
    const settled = isSimple(value) ? lowering.plain(value) : value;
    const inner = new Scope(scope);
    inner.set('?', isSimple(settled) ? lowering.settled(settled, `${lowering.hint} input`) : settled);
    const cells = node.rows.map((row, at) => {
      const cell = row.when[index]!;
      const made = cellOf(cell.tests, inner.get('?')!, inner, lowering, write);
      if ('cell' in made) return made.cell;
      const { text } = made.condition;
      if (text === 'true') return '-';
      if (text === 'false') never.add(at);
      else extra.set(text, (extra.get(text) ?? node.rows.map(() => '-')).with(at, 'true'));
      return '-';
    });
    // a column that nothing is tested in is kept where it can be: it says what the table is about
    const title = isSimple(settled) ? rendered(settled)?.text : undefined;
    if (title === undefined) continue;
    header.push(titled(title, header));
    columns.push(cells);
  }
  for (const [title, cells] of extra) {
    header.push(titled(title, header));
    columns.push(cells);
  }
  const kept = node.rows.flatMap((row, at) => {
    if (!never.has(at)) return [at];
    lowering.surroundings.warn({ element: row.element, start: -1, end: -1 }, 'the row never matches and is left out', 'remove it');
    return [];
  });
  if (kept.length === 0) throw new Refusal('the table has no row that can match', 'add one');
  if (header.length === 0) {
    header.push('true');
    columns.push(node.rows.map(() => '-'));
  }
  const rows = kept.map((at) => columns.map((cells) => cells[at]!));
  return { header, rows, kept, matchesAlways: rows.some((cells) => cells.every((cell) => cell === '-')) };
}

/** A title that no column has and that is read as an expression. */
function titled(text: string, taken: readonly string[]): string {
  let title = text === 'id' || text.startsWith('#') ? `(${text})` : text;
  while (taken.includes(title)) title = `(${title})`;
  return title;
}

function columnOf(
  node: TableNode,
  index: number,
  kept: readonly number[],
  namer: Namer,
  scope: Scope,
  lowering: Lowering,
  write: WriteText,
  source: string,
): Column {
  const output = node.outputs[index]!;
  const lower = (feel: Feel): SimpleValue => {
    const value = lowering.plain(lowering.simple(feel, scope));
    return value;
  };
  const values = kept.map((at) => lower(node.rows[at]!.then[index]!.value));
  const otherwise = output.default === undefined ? undefined : lower(output.default);
  const listed = output.values?.tests.map((test) => (test.kind === 'value' ? lower(test.value) : undefined));
  const order = listed?.every((value) => value?.kind === 'scalar' && value.constant !== undefined)
    ? (listed as SimpleValue[])
    : undefined;
  const known = [...values, ...(otherwise === undefined ? [] : [otherwise]), ...(order ?? [])];
  const type = columnType(known, output.typeRef);
  const toCell = (value: SimpleValue): string => cellText(value, type, write, lowering);
  const shown = otherwise === undefined || otherwise.kind === 'null' ? undefined : toCell(otherwise);
  return {
    name: namer.name(source),
    source,
    type,
    cells: values.map(toCell),
    default: shown,
    values: order?.map(toCell),
    whole: values.every(isTotal) && (otherwise === undefined || isTotal(otherwise)),
  };
}

/** The type of all values of a column. Numbers with digits behind the point that are all known become exact decimals. */
function columnType(values: readonly SimpleValue[], typeRef: string | undefined): ScalarType | 'bool' {
  const numeric = values.filter(
    (value) => value.kind === 'scalar' && (value.type.kind === 'number' || value.type.kind === 'decimal'),
  );
  const constants = numeric.map((value) => constantOf(value)).filter((value) => value !== undefined);
  const scale = Math.max(0, ...constants.map(decimal.scaleOf));
  const bits = Math.max(
    1,
    ...constants.map((value) => value.coefficient.toString(2).length + Math.ceil((scale + value.exponent) * 3.33)),
  );
  const exact: ScalarType = { kind: 'decimal', scale, bits };
  if (
    numeric.length > 0 &&
    constants.length === numeric.length &&
    numeric.length === values.filter((value) => value.kind !== 'null').length
  ) {
    return scale > 0 && scale <= 18 && bits <= 62 ? exact : { kind: 'number' };
  }
  let found: ScalarType | 'bool' | undefined;
  for (const value of values) {
    const own = typeOf(value);
    if (own === undefined) continue;
    const loose = own !== 'bool' && own.kind === 'enum' ? ({ kind: 'text' } as const) : own;
    if (found === undefined) found = loose;
    else if (found !== 'bool' && loose !== 'bool' && isNumber(found) && isNumber(loose) && found.kind !== loose.kind) {
      found = { kind: 'number' };
    } else found = commonType(found, loose);
    if (found === undefined) throw new Refusal('the values of an output have different types', 'give all of them one type');
  }
  if (found !== undefined) return found;
  const base = (typeRef ?? '').replace(/^.*:/, '');
  return base === 'boolean' ? 'bool' : { kind: base === 'string' ? 'text' : 'number' };
}

function isNumber(type: ScalarType): boolean {
  return type.kind === 'number' || type.kind === 'decimal';
}

function cellText(value: SimpleValue, type: ScalarType | 'bool', write: WriteText, lowering: Lowering): string {
  if (value.kind === 'null') return 'null';
  if (value.kind === 'scalar' && value.constant !== undefined) {
    if (typeof value.constant !== 'string') return value.code.text;
    return value.type.kind === 'text' ? write(value.constant) : value.constant;
  }
  let made: SimpleValue = value;
  if (value.kind === 'scalar' && type !== 'bool') {
    if (value.type.kind === 'enum') made = lowering.surroundings.textOf(lowering.named(value));
    else if (value.type.kind === 'decimal' && type.kind === 'number') {
      const text = rendered(value)!.text;
      if (value.guards.length > 0) throw new Refusal('exact and other numbers that may be null stand in one column', 'round them');
      return `toNumber(${text})`;
    }
  }
  const text = rendered(made)?.text ?? 'null';
  // a name alone could be a text
  return type !== 'bool' && type.kind === 'text' && /^[\w.]+$/.test(text) ? `(${text})` : text;
}

function typeWord(type: ScalarType | 'bool'): string {
  if (type === 'bool') return 'boolean';
  if (type.kind === 'decimal') return `decimal(${type.scale})`;
  return type.kind === 'text' || type.kind === 'enum' ? 'string' : type.kind;
}

function outputEntry(column: Column, order: boolean, isSingle: boolean): Record<string, unknown> {
  const { type } = column;
  const declared: OutputType =
    type !== 'bool' && type.kind === 'decimal' ? { decimal: type.scale } : (typeWord(type) as OutputType);
  return {
    name: column.name,
    type: declared,
    ...(order && column.values !== undefined ? { values: column.values.map(yamlScalar) } : {}),
    ...(isSingle && column.default !== undefined ? { default: yamlScalar(column.default) } : {}),
  };
}

/** A cell as YAML has it: numbers and booleans as such, so that they need no quotes. */
function yamlScalar(cell: string): unknown {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(cell) && String(Number(cell)) === cell ? Number(cell) : cell;
}
