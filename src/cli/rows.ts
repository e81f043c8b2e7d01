// Rows of a file as payloads, one by one: CSV by input.yaml or by its header, NDJSON, or one JSON array. Files of any size.

import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { createRowMapper, INPUT_MAP_DEFAULT, type InputMap } from '../bundle/input-map.js';
import type { Problem } from '../errors.js';
import { type ParsedJson, parseJson } from '../schema/json-text.js';
import type { Model } from '../schema/model.js';
import { Refusal, UsageError } from './errors.js';
import { JsonArraySplitter, type JsonPiece, LineSplitter } from './json-splitter.js';

export type RowFormat = 'csv' | 'ndjson' | 'json';

/** Bytes read at once. */
const CHUNK_BYTES = 1 << 18;
/** Faults behind which rows would be missing, so that the rest must not be taken for the whole. */
const SWALLOWS_ROWS: readonly string[] = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE'];
/** Characters of one row of a CSV: a stray quote must not swallow the file. */
const RECORD_CHARS_MAX = 1 << 24;

export interface RowFault {
  /** JSON Pointer of the value, '' for the whole row. */
  pointer: string;
  message: string;
  /** Of a row that is JSON text: where in it, in bytes. */
  offset?: number;
}

export interface Row {
  /** Line of the file, from 1; of several, the last for CSV and the first for JSON. */
  line: number;
  /** An object, or JSON text. Absent where the row could not be read. */
  payload?: object | string;
  faults: RowFault[];
  /** Text of the label column, where one was asked for. */
  label?: string;
}

export interface RowsOptions {
  format: RowFormat;
  /** How a CSV is read; undefined: comma-separated, columns named like fields. */
  map: InputMap | undefined;
  /** Column or key whose value is taken out of the row as its label. */
  label?: string;
}

/** A source of rows, with how far it is. */
export interface Rows extends AsyncIterable<Row> {
  /** Bytes of the whole, 0 where unknown. */
  readonly bytesTotal: number;
  readonly bytesRead: number;
  /** Columns of a CSV that nothing used. Complete once the first row is there. */
  readonly ignoredColumns: readonly string[];
}

/** The format of a file: by its name, else as input.yaml says. */
export function formatOf(path: string, map: InputMap | undefined): RowFormat {
  if (/\.(ndjson|jsonl)$/i.test(path)) return 'ndjson';
  if (/\.json$/i.test(path)) return 'json';
  if (/\.csv$/i.test(path)) return 'csv';
  if (map !== undefined) return map.format;
  throw new UsageError(
    `the format of ${path === '-' ? 'standard input' : path} is not known`,
    'say it: --format csv, ndjson or json',
  );
}

/**
 * Opens a file of rows. @param path `-` is standard input
 * @throws UsageError where it cannot be read, or a column or the label is missing
 */
export function openRows(path: string, model: Model, options: RowsOptions): Rows {
  let bytesTotal = 0;
  if (path !== '-') {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new UsageError(`there is no file ${path}`);
    if (stats.isDirectory()) throw new UsageError(`${path} is a directory`, 'name a file of rows, or - for standard input');
    bytesTotal = stats.size;
  }
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const progress = { bytesTotal, bytesRead: 0, ignoredColumns: [] as string[], isDamaged: false };
  const chunks = counted(stream, progress);
  const rows = options.format === 'csv' ? readCsv(chunks, model, options, progress) : readJson(chunks, model, options, progress);
  return Object.assign(progress, { [Symbol.asyncIterator]: () => rows[Symbol.asyncIterator]() });
}

/** How far the file is read. */
interface Progress {
  bytesRead: number;
  ignoredColumns: string[];
  /** Some byte so far was not UTF-8. Decoders put U+FFFD in its place, and no text may be decided that the file does not have. */
  isDamaged: boolean;
}

/** What stands in a text in place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';
const NOT_UTF8: RowFault = { pointer: '', message: 'is not UTF-8' };

async function* counted(stream: NodeJS.ReadableStream, progress: Progress): AsyncGenerator<Buffer, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isUtf16 = false;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // the CSV parser knows UTF-16 by its byte order mark
    if (progress.bytesRead === 0) isUtf16 = chunk[0] === 0xff && chunk[1] === 0xfe;
    progress.bytesRead += chunk.length;
    try {
      if (!isUtf16 && !progress.isDamaged) decoder.decode(chunk, { stream: true });
    } catch {
      progress.isDamaged = true;
    }
    yield chunk;
  }
}

async function* readCsv(
  chunks: AsyncIterable<Buffer>,
  model: Model,
  { map, label }: RowsOptions,
  progress: Progress,
): AsyncGenerator<Row, void, undefined> {
  const input = map?.format === 'csv' ? map : INPUT_MAP_DEFAULT;
  const toPayload = createRowMapper(input, model);
  const check = (header: string[]): string[] => checkHeader(header, input, model, label, progress);
  const skipped: Row[] = [];
  let damage: CsvError | undefined;
  const parser = parse({
    bom: true,
    delimiter: input.delimiter,
    quote: input.quote,
    info: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARS_MAX,
    skip_records_with_error: true,
    columns: input.header === true ? check : check(input.header),
    on_skip: (error) => {
      if (!(error instanceof CsvError)) return;
      if (SWALLOWS_ROWS.includes(error.code)) damage = error;
      skipped.push({ line: Number(error.lines ?? 0), faults: [{ pointer: '', message: error.message }] });
    },
  });
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let lineLast = 0;
  for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
    // the parser runs ahead of us: a row it has skipped may lie behind this one
    while (skipped[0] !== undefined && skipped[0].line <= info.lines) yield skipped.shift() as Row;
    const { payload, faults } = toPayload(record);
    const row: Row = {
      line: info.lines,
      faults: faults.map(({ field, column, message }) => ({
        pointer: `/${field.replaceAll('.', '/')}`,
        message: `${message} (column ${column})`,
      })),
    };
    if (progress.isDamaged && JSON.stringify(payload).includes(REPLACEMENT)) row.faults.push(NOT_UTF8);
    if (row.faults.length === 0) row.payload = payload;
    if (label !== undefined) row.label = record[label] ?? '';
    lineLast = row.line;
    yield row;
  }
  if (damage !== undefined)
    throw new Refusal('INVALID_CSV', damage.message, 'are the delimiter and the quote right? see input.yaml');
  for (const row of skipped) yield { ...row, line: row.line === 0 ? lineLast + 1 : row.line };
}

/** Checks the names of the columns against what is wanted of them. */
function checkHeader(
  header: string[],
  input: InputMap,
  model: Model,
  label: string | undefined,
  progress: { ignoredColumns: string[] },
): string[] {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`the column ${twice} is there twice`, 'give every column its own name');
  if (label !== undefined && !header.includes(label)) {
    throw new UsageError(`there is no column ${label} for --label`, `the columns are ${header.join(', ')}`);
  }
  const missing = input.columns?.flatMap(({ from }) => from).find((name) => !header.includes(name));
  if (missing !== undefined)
    throw new UsageError(`the file has no column ${missing}, which input.yaml names`, `the columns are ${header.join(', ')}`);
  const wanted = input.columns?.flatMap(({ from }) => from) ?? model.fields.map(({ path }) => path);
  const used = header.filter((name) => wanted.includes(name));
  if (used.length === 0) {
    throw new UsageError('no column of the file is a field of the model', 'map the columns in input.yaml, or check the delimiter');
  }
  progress.ignoredColumns = header.filter((name) => !used.includes(name) && name !== label);
  return header;
}

async function* readJson(
  chunks: AsyncIterable<Buffer>,
  model: Model,
  { format, label }: RowsOptions,
  progress: Progress,
): AsyncGenerator<Row, void, undefined> {
  const splitter = format === 'json' ? new JsonArraySplitter() : new LineSplitter();
  const isField = model.tables[0]!.fields.some(({ name }) => name === label);
  const toRow = ({ line, text }: JsonPiece): Row =>
    progress.isDamaged && text.includes(REPLACEMENT) ? { line, faults: [NOT_UTF8] } : jsonRow(line, text, label, isField);
  for await (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) yield toRow(piece);
  }
  for (const piece of splitter.end()) yield toRow(piece);
}

/** @param isField whether the label is a field of the model too, and so stays in the payload */
function jsonRow(line: number, text: string, label: string | undefined, isField: boolean): Row {
  if (label === undefined) return { line, payload: text, faults: [] };
  let parsed: ParsedJson;
  try {
    parsed = parseJson(text);
  } catch (error) {
    const [fault] = (error as Problem).errors ?? [];
    return { line, faults: [{ pointer: '', ...fault, message: `not JSON: ${(error as Error).message}` }] };
  }
  const { value, duplicates } = parsed;
  if (duplicates.length > 0) return { line, faults: duplicates };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, faults: [{ pointer: '', message: 'not an object' }] };
  }
  const { [label]: taken, ...payload } = value as Record<string, unknown>;
  return { line, payload: isField ? text : payload, faults: [], label: taken === undefined || taken === null ? '' : String(taken) };
}
