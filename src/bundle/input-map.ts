// input.yaml: how a table becomes payloads. Reading it needs no model; making payloads does, since a cell's text is read as its
// field's kind asks.

import { FieldKind } from '../../assembly/shared/value-type.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import type { Field, Model } from '../schema/model.js';
import { checkDocument } from './check-document.js';
import { applyDate, type DatePart, type DatePattern, parseDatePattern } from './date-pattern.js';
import { type BundleDocument, toPointer } from './document.js';

export type CellValue = string | number | boolean | null;

export interface InputColumn {
  /** Dotted path of a field of the model. */
  field: string;
  /** Columns whose texts make the value, in this order. */
  from: string[];
  separator: string;
  /** Characters that are removed wherever they stand. */
  strip: string;
  map: ReadonlyMap<string, CellValue> | undefined;
  date: DatePattern | undefined;
  part: DatePart | undefined;
  /** The cell counts units of 10^-scale. */
  scale: number | undefined;
  /** Value of an empty cell; undefined leaves the field out. */
  empty: CellValue | undefined;
  span: Span;
}

export interface InputMap {
  format: 'csv' | 'ndjson' | 'json';
  delimiter: string;
  /** null: the file has no quotes. */
  quote: string | null;
  /** Column names where the file's first line does not hold them. */
  header: true | string[];
  /** Undefined: columns are named like fields. */
  columns: InputColumn[] | undefined;
}

/** What `eval` takes where a bundle has no input.yaml. */
export const INPUT_MAP_DEFAULT: InputMap = { format: 'csv', delimiter: ',', quote: '"', header: true, columns: undefined };

interface ColumnEntry {
  from?: string;
  combine?: string[];
  separator?: string;
  strip?: string;
  map?: Record<string, CellValue>;
  date?: string;
  part?: DatePart;
  scale?: number;
  empty?: CellValue;
}

interface InputDocument {
  format: InputMap['format'];
  delimiter?: string;
  quote?: string | null;
  header?: boolean | string[];
  columns?: Record<string, string | ColumnEntry>;
}

/** Reads input.yaml; undefined where it does not fit its schema. */
export function readInputMap(document: BundleDocument, bag: DiagnosticBag): InputMap | undefined {
  if (!checkDocument(document, 'input', bag)) return undefined;
  const value = document.value as InputDocument;
  if (value.format !== 'csv') {
    for (const key of ['delimiter', 'quote', 'header', 'columns'] as const) {
      if (value[key] !== undefined)
        bag.error('V1010', document.keySpan('', key), `\`${key}\` has no meaning for ${value.format}`, 'remove it');
    }
  }
  if (value.header === false) {
    bag.error('V1010', document.spanOf('/header'), 'without a header line the columns need names', 'list them: header: [a, b, c]');
  }
  return {
    format: value.format,
    delimiter: value.delimiter ?? ',',
    quote: value.quote === undefined ? '"' : value.quote,
    header: Array.isArray(value.header) ? value.header : true,
    columns: value.columns === undefined ? undefined : readColumns(value.columns, document, bag),
  };
}

function readColumns(columns: Record<string, string | ColumnEntry>, document: BundleDocument, bag: DiagnosticBag): InputColumn[] {
  return Object.entries(columns).map(([field, entry]) => {
    const pointer = toPointer('columns', field);
    const span = document.keySpan('/columns', field);
    const column: ColumnEntry = typeof entry === 'string' ? { from: entry } : entry;
    if ((column.from === undefined) === (column.combine === undefined)) {
      bag.error('V1010', span, `\`${field}\` needs either \`from\` or \`combine\``);
    }
    let date: DatePattern | undefined;
    if (column.date !== undefined) {
      date = parseDatePattern(column.date);
      if (date === undefined) {
        const advice = 'write ISO, epoch-seconds, epoch-millis, or a pattern such as YYYY-MM-DD HH:mm:ss';
        bag.error('V1010', document.spanOf(`${pointer}/date`), `\`${column.date}\` is not a date pattern`, advice);
      }
    }
    if (column.part !== undefined && column.date === undefined) {
      bag.error('V1010', document.spanOf(`${pointer}/part`), '`part` needs `date`');
    }
    return {
      field,
      from: column.combine ?? (column.from === undefined ? [] : [column.from]),
      separator: column.separator ?? ' ',
      strip: column.strip ?? '',
      map: column.map === undefined ? undefined : new Map(Object.entries(column.map)),
      date,
      part: column.part,
      scale: column.scale,
      empty: column.empty,
      span,
    };
  });
}

/** Reports the columns that the model has no field for, or whose field's kind cannot be made in the way asked. */
export function checkInputMap(input: InputMap, model: Model, bag: DiagnosticBag): void {
  const fields = new Map(model.fields.map((field) => [field.path, field]));
  for (const column of input.columns ?? []) {
    const field = fields.get(column.field);
    const { kind } = field ?? { kind: FieldKind.NONE };
    if (field === undefined) {
      bag.error('V1010', column.span, `\`${column.field}\` is not a field of the model`, didYouMean(column.field, fields.keys()));
    } else if (kind === FieldKind.OBJECT) {
      bag.error('V1010', column.span, `\`${column.field}\` is an object`, 'map its fields: `object.field`');
    } else if (!isCell(field)) {
      bag.error(
        'V1010',
        column.span,
        `\`${column.field}\` is or belongs to a list`,
        'a list has no columns: write such rows as NDJSON',
      );
    } else if (column.scale !== undefined && kind !== FieldKind.DECIMAL) {
      bag.error('V1010', column.span, `\`scale\` needs a decimal field, and \`${column.field}\` is none`);
    } else if (column.part !== undefined && !isNumber(kind)) {
      bag.error('V1010', column.span, `\`part\` gives a number, and \`${column.field}\` is none`);
    } else if (column.date !== undefined && column.part === undefined && kind !== FieldKind.TIMESTAMP && kind !== FieldKind.DATE) {
      bag.error('V1010', column.span, `\`date\` needs a timestamp or date field, and \`${column.field}\` is none`);
    }
  }
}

/** Whether one text is enough for the field: neither an object nor a list, nor below one. */
function isCell({ kind, path }: Field): boolean {
  return kind !== FieldKind.OBJECT && kind !== FieldKind.LIST && !path.includes('[]');
}

function isNumber(kind: FieldKind): boolean {
  return kind === FieldKind.INT || kind === FieldKind.LONG || kind === FieldKind.DOUBLE;
}

export interface CellFault {
  field: string;
  /** Column, or columns joined by `+`. */
  column: string;
  message: string;
}

export interface MappedRow {
  /** As it would be sent as JSON; fields with a fault are left out. */
  payload: Record<string, unknown>;
  faults: CellFault[];
}

/** Makes a payload of a row: column name -> text. Columns that nothing names are ignored. */
export type RowMapper = (row: Readonly<Record<string, string>>) => MappedRow;

/** Prepares the mapping of rows to payloads of a model; columns without a field in the model are left out (see checkInputMap). */
export function createRowMapper(input: InputMap, model: Model): RowMapper {
  const fields = new Map(model.fields.map((field) => [field.path, field]));
  const columns = input.columns ?? model.fields.filter(isCell).map((field) => plainColumn(field.path));
  const cells = columns.flatMap((column) => {
    const field = fields.get(column.field);
    return field === undefined || !isCell(field) ? [] : [{ column, field, path: column.field.split('.') }];
  });
  const optional = input.columns === undefined;
  return (row) => {
    const payload: Record<string, unknown> = {};
    const faults: CellFault[] = [];
    for (const { column, field, path } of cells) {
      const missing = column.from.find((name) => !Object.hasOwn(row, name));
      if (missing !== undefined) {
        if (!optional) faults.push({ field: column.field, column: missing, message: 'the table has no such column' });
        continue;
      }
      const value = readCell(column, field, row);
      if (value instanceof Fault) faults.push({ field: column.field, column: column.from.join('+'), message: value.message });
      else if (value !== undefined) place(payload, path, value);
    }
    return { payload, faults };
  };
}

function plainColumn(path: string): InputColumn {
  const span = { file: 'input.yaml', start: 0, end: 0 };
  return {
    field: path,
    from: [path],
    separator: ' ',
    strip: '',
    map: undefined,
    date: undefined,
    part: undefined,
    scale: undefined,
    empty: undefined,
    span,
  };
}

/** Sets a value at a path; names of a model are plain (no `__proto__`), so that each step is an own property. */
function place(payload: Record<string, unknown>, path: readonly string[], value: CellValue): void {
  let target = payload;
  for (const name of path.slice(0, -1)) {
    let child = target[name] as Record<string, unknown> | undefined;
    if (child === undefined) {
      child = {};
      target[name] = child;
    }
    target = child;
  }
  target[path[path.length - 1]!] = value;
}

class Fault {
  constructor(readonly message: string) {}
}

/** The value of one field, undefined where it is absent. */
function readCell(column: InputColumn, field: Field, row: Readonly<Record<string, string>>): CellValue | undefined | Fault {
  let text = column.from.length === 1 ? row[column.from[0]!]! : column.from.map((name) => row[name]!).join(column.separator);
  for (const character of column.strip) text = text.replaceAll(character, '');
  if (field.kind !== FieldKind.TEXT) text = text.trim();
  const mapped = column.map?.get(text);
  if (mapped !== undefined) return mapped ?? undefined;
  const empty = column.from.length === 1 ? text === '' : column.from.every((name) => row[name]!.trim() === '');
  if (empty) return column.empty ?? undefined;
  if (column.date !== undefined) {
    const shape = column.part ?? (field.kind === FieldKind.DATE ? 'date' : 'timestamp');
    return applyDate(column.date, text, shape) ?? new Fault(`\`${text}\` does not fit the date pattern \`${column.date.source}\``);
  }
  switch (field.kind) {
    case FieldKind.BOOL:
      return readBoolean(text);
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      return NUMBER_TEXT.test(text) ? Number(text) : new Fault(`\`${text}\` is not a number`);
    case FieldKind.DECIMAL:
      return plainDecimal(text, column.scale ?? 0) ?? new Fault(`\`${text}\` is not a number`);
    default:
      return text;
  }
}

const NUMBER_TEXT = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const TRUE_TEXT = /^(true|t|yes|y|1)$/i;
const FALSE_TEXT = /^(false|f|no|n|0)$/i;

function readBoolean(text: string): boolean | Fault {
  if (TRUE_TEXT.test(text)) return true;
  return FALSE_TEXT.test(text) ? false : new Fault(`\`${text}\` is neither yes nor no`);
}

/**
 * A number's text (exponent allowed) divided by 10^scale, exactly, without exponent and needless zeros; undefined for other
 * texts.
 */
function plainDecimal(text: string, scale: number): string | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null || !NUMBER_TEXT.test(text)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent) - scale;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const integer = padded.slice(0, Math.max(point, 0)).replace(/^0+/, '') || '0';
  const rest = padded.slice(Math.max(point, 0)).replace(/0+$/, '');
  const minus = sign === '-' && (integer !== '0' || rest !== '') ? '-' : '';
  return `${minus}${integer}${rest === '' ? '' : `.${rest}`}`;
}
