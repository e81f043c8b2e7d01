// tables/NAME.yaml and tables/NAME.csv: decision tables as they are written, cell by cell. What a cell means is the compiler's.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { checkDocument } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import type { ScalarText } from './scalar-text.js';

export type HitPolicy = 'unique' | 'any' | 'priority' | 'first' | 'ruleOrder' | 'outputOrder' | 'collect';
export type Aggregate = 'sum' | 'min' | 'max' | 'count';

/** What an author declares: `field` is the type of a field of the model. */
export type OutputType =
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | { decimal: number }
  | { enum: string[] }
  | { field: string };

export interface TableInput {
  /** The expression whose value the cells test. */
  value: ScalarText;
  /** What rows and headers may call it instead. */
  label?: string;
}

export interface TableOutput {
  name: string;
  nameSpan: Span;
  type?: OutputType;
  typeSpan: Span;
  /** The most important first. */
  values?: ScalarText[];
  default?: ScalarText;
}

export interface TableRow {
  id?: string;
  idSpan?: Span;
  /** First line of the row. */
  span: Span;
  /** Line (from 1) of the row. */
  line: number;
  description?: string;
  /** One for each input; undefined where the row says nothing of it. */
  when: (ScalarText | undefined)[];
  /** One for each output. */
  then: (ScalarText | undefined)[];
}

export interface BundleTable {
  name: string;
  /** Where it begins. */
  span: Span;
  /** File of its rows. */
  file: string;
  description?: string;
  hitPolicy: HitPolicy;
  hitPolicySpan: Span;
  aggregate?: Aggregate;
  aggregateSpan: Span;
  complete: boolean;
  inputs: TableInput[];
  outputs: TableOutput[];
  rows: TableRow[];
}

/** What stands beside the rows. */
export type TableHead = Omit<BundleTable, 'file' | 'rows'>;

interface HeadEntry {
  description?: string;
  hitPolicy?: HitPolicy;
  aggregate?: Aggregate;
  complete?: boolean;
  inputs?: (string | { value: string; label?: string })[];
  outputs?: (string | { name: string; type?: OutputType; values?: unknown[]; default?: unknown })[];
  rows?: RowEntry[];
}

interface RowEntry {
  id?: string;
  description?: string;
  when?: unknown[] | Record<string, unknown>;
  then?: unknown[] | Record<string, unknown>;
}

const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Reports a name of an output that cannot stand behind `TABLE.`; true where it can. */
export function checkOutputName(name: string, span: Span, bag: DiagnosticBag): boolean {
  if (COLUMN_NAME.test(name)) return true;
  bag.error(
    'V4101',
    span,
    `${JSON.stringify(name)} is no name of an output`,
    'use letters, digits and `_`, beginning with a letter',
  );
  return false;
}

/** The head of a table without any document of its own. */
export function plainHead(name: string, file: string): TableHead {
  const span = { file, start: 0, end: 0 };
  const spans = { span, hitPolicySpan: span, aggregateSpan: span };
  return { name, ...spans, hitPolicy: 'first', complete: false, inputs: [], outputs: [] };
}

/** Reads what a document says beside its rows; undefined where it does not match its schema (reported). */
export function readTableHead(name: string, document: BundleDocument, bag: DiagnosticBag): TableHead | undefined {
  if (!checkDocument(document, 'table', bag)) return undefined;
  const value = document.value as HeadEntry;
  const { description, aggregate } = value;
  const inputs = (value.inputs ?? []).map((entry, at): TableInput => {
    if (typeof entry === 'string') return { value: document.scalar(toPointer('inputs', at))! };
    const text = document.scalar(toPointer('inputs', at, 'value'))!;
    return { value: text, ...(entry.label === undefined ? {} : { label: entry.label }) };
  });
  const outputs = (value.outputs ?? []).flatMap((entry, at): TableOutput[] => {
    const pointer = (...keys: (string | number)[]): string => toPointer('outputs', at, ...keys);
    const short = typeof entry === 'string';
    const nameSpan = document.spanOf(short ? pointer() : pointer('name'));
    if (!checkOutputName(short ? entry : entry.name, nameSpan, bag)) return [];
    if (short) return [{ name: entry, nameSpan, typeSpan: nameSpan }];
    return [
      {
        name: entry.name,
        nameSpan,
        ...(entry.type === undefined ? {} : { type: entry.type }),
        typeSpan: document.spanOf(pointer('type', ...(typeof entry.type === 'object' ? Object.keys(entry.type) : []))),
        ...(entry.values === undefined ? {} : { values: entry.values.map((_, i) => document.scalar(pointer('values', i))!) }),
        ...(entry.default === undefined ? {} : { default: document.scalar(pointer('default'))! }),
      },
    ];
  });
  return {
    name,
    span: document.spanOf(''),
    ...(description === undefined ? {} : { description }),
    hitPolicy: value.hitPolicy ?? 'first',
    hitPolicySpan: value.hitPolicy === undefined ? document.spanOf('') : document.spanOf('/hitPolicy'),
    ...(aggregate === undefined ? {} : { aggregate }),
    aggregateSpan: document.spanOf('/aggregate'),
    complete: value.complete ?? false,
    inputs,
    outputs,
  };
}

/** True where the document brings rows of its own. */
export function hasRows(document: BundleDocument): boolean {
  return (document.value as HeadEntry | null)?.rows !== undefined;
}

/** Reads a table whose rows stand in the document too; undefined where it does not match its schema (reported). */
export function readYamlTable(name: string, document: BundleDocument, bag: DiagnosticBag): BundleTable | undefined {
  const head = readTableHead(name, document, bag);
  if (head === undefined) return undefined;
  const { rows = [] } = document.value as HeadEntry;
  for (const [missing, found] of [
    ['inputs', head.inputs],
    ['outputs', head.outputs],
    ['rows', rows],
  ] as const) {
    if (found.length > 0) continue;
    const advice = missing === 'rows' ? `write \`rows\`, or put them into tables/${name}.csv` : `write \`${missing}\``;
    bag.error('V4102', head.span, `the table \`${name}\` has no ${missing}`, advice);
  }
  const whenNames = head.inputs.map(({ value, label }) => [value.text.trim(), ...(label === undefined ? [] : [label])]);
  const thenNames = head.outputs.map((output) => [output.name]);
  return {
    ...head,
    file: document.file,
    rows: rows.map((entry, at): TableRow => {
      const span = document.spanOf(toPointer('rows', at));
      return {
        ...(entry.id === undefined ? {} : { id: entry.id, idSpan: document.spanOf(toPointer('rows', at, 'id')) }),
        span,
        line: document.lineOf(span.start),
        ...(entry.description === undefined ? {} : { description: entry.description }),
        when: readCells(document, at, 'when', entry.when ?? {}, whenNames, bag),
        then: readCells(document, at, 'then', entry.then ?? {}, thenNames, bag),
      };
    }),
  };
}

/** The cells of a row in the order of the columns, from a list or from a map by the names of the columns. */
function readCells(
  document: BundleDocument,
  row: number,
  part: 'when' | 'then',
  cells: unknown[] | Record<string, unknown>,
  columns: readonly (readonly string[])[],
  bag: DiagnosticBag,
): (ScalarText | undefined)[] {
  const pointer = toPointer('rows', row, part);
  if (Array.isArray(cells)) {
    if (cells.length !== columns.length) {
      const what = part === 'when' ? 'inputs' : 'outputs';
      const message = `the row has ${cells.length} cells for ${columns.length} ${what}`;
      bag.error(
        'V4103',
        document.spanOf(pointer),
        message,
        part === 'when' ? 'write `"-"` for any value' : 'write `null` for none',
      );
    }
    return columns.map((_, at) => document.scalar(`${pointer}/${at}`));
  }
  for (const key of Object.keys(cells)) {
    if (columns.some((names) => names.includes(key))) continue;
    const advice = didYouMean(key, columns.flat());
    const fix = document.keyFix(pointer, key, columns.flat());
    bag.error('V4101', document.keySpan(pointer, key), `${JSON.stringify(key)} is no column of the table`, advice, fix);
  }
  return columns.map((names) => {
    const key = names.find((name) => Object.hasOwn(cells, name));
    return key === undefined ? undefined : document.scalar(pointer + toPointer(key));
  });
}
