// tables/NAME.csv: the header names the columns, each further line is a row.
//
//   id, country, amount, -> rate, -> reason, # note
//
// A cell of the header is `id` (the row's id), `-> NAME` (an output), `# ...` (a comment), or the expression or label of an input.

import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { lineIndexOf } from '../diagnostic/position.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { type CsvRecord, readCsv } from './csv.js';
import { DOCUMENT_BYTES_MAX } from './limits.js';
import { type ScalarText, trimmed } from './scalar-text.js';
import {
  type BundleTable,
  checkOutputName,
  type OutputType,
  plainHead,
  type TableHead,
  type TableInput,
  type TableOutput,
  type TableRow,
} from './tables.js';

type Column = { kind: 'id' | 'ignored' } | { kind: 'input' | 'output'; index: number } | { kind: 'unknown' };

const ROW_ID = /^[a-z0-9][a-z0-9-]{0,127}$/;

/**
 * Reads a table from CSV.
 * @param head what tables/NAME.yaml says; plain where there is none
 * @returns undefined where there is nothing to go on with (reported)
 */
export function readCsvTable(
  name: string,
  file: string,
  bytes: Uint8Array,
  head: TableHead | undefined,
  bag: DiagnosticBag,
): BundleTable | undefined {
  const whole = { file, start: 0, end: 0 };
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    bag.error('V1009', whole, `${file} has ${bytes.length} bytes, more than ${DOCUMENT_BYTES_MAX}`, 'split it into several tables');
    return undefined;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    bag.error('V1007', whole, `${file} is not UTF-8 text`, 'save it as CSV UTF-8');
    return undefined;
  }
  const { records, faults } = readCsv(file, text);
  for (const { span, message, advice } of faults) bag.error('V4100', span, message, advice);
  const [first, ...rest] = records;
  if (faults.length > 0) return undefined;
  if (first === undefined) {
    bag.error('V4102', whole, `the table \`${name}\` is empty`, 'write a header such as `country,amount,-> rate`');
    return undefined;
  }
  const plain = head ?? plainHead(name, file);
  const inputs: TableInput[] = [];
  const outputs: TableOutput[] = [];
  const columns = first.cells.map((cell) => readColumn(cell, plain, inputs, outputs, bag));
  for (const output of plain.outputs) {
    if (outputs.some(({ name: column }) => column === output.name)) continue;
    bag.error(
      'V4101',
      output.nameSpan,
      `the header of ${file} has no column \`-> ${output.name}\``,
      'add it, or remove the output',
    );
  }
  for (const input of plain.inputs) {
    if (inputs.some(({ value }) => value === input.value)) continue;
    bag.error('V4101', input.value.span, `the header of ${file} has no column for this input`, 'add it, or remove the input');
  }
  if (inputs.length === 0) bag.error('V4102', first.span, `the table \`${name}\` has no inputs`, 'name a field in the header');
  if (!first.cells.some(({ text: title }) => title.trim().startsWith('->')))
    bag.error('V4102', first.span, `the table \`${name}\` has no outputs`, 'write one as `-> rate`');
  const lines = lineIndexOf(bytes);
  const rows = rest
    .filter(({ cells }) => cells.some((cell) => cell.text.trim() !== ''))
    .map((record) => readRow(record, columns, inputs.length, outputs.length, lines.position(record.span.start).line, bag));
  if (rows.length === 0) bag.error('V4102', first.span, `the table \`${name}\` has no rows`);
  return { ...plain, span: head === undefined ? first.span : plain.span, file, inputs, outputs, rows };
}

function readColumn(cell: ScalarText, head: TableHead, inputs: TableInput[], outputs: TableOutput[], bag: DiagnosticBag): Column {
  const text = cell.text.trim();
  if (text.startsWith('#')) return { kind: 'ignored' };
  if (text === 'id') return { kind: 'id' };
  if (text === '') return { kind: 'unknown' };
  if (text.startsWith('->')) return readOutputColumn(cell, text, head, outputs, bag);
  const declared = head.inputs.find(({ label, value }) => label === text || value.text.trim() === text);
  inputs.push(declared ?? { value: trimmed(cell) });
  return { kind: 'input', index: inputs.length - 1 };
}

/** `-> rate` or `-> rate: decimal(2)`. */
function readOutputColumn(cell: ScalarText, text: string, head: TableHead, outputs: TableOutput[], bag: DiagnosticBag): Column {
  const colon = text.indexOf(':');
  const name = text.slice(2, colon === -1 ? undefined : colon).trim();
  const at = cell.text.indexOf(name, cell.text.indexOf('->') + 2);
  const nameSpan = cell.spanAt(at, at + name.length);
  if (!checkOutputName(name, nameSpan, bag)) return { kind: 'ignored' };
  const declared = head.outputs.find((output) => output.name === name);
  if (declared === undefined && head.outputs.length > 0) {
    const names = head.outputs.map((output) => output.name);
    bag.error(
      'V4101',
      nameSpan,
      `${head.span.file} declares no output \`${name}\``,
      didYouMean(name, names) ?? 'add it to `outputs`',
    );
  }
  const output = declared ?? { name, nameSpan, typeSpan: nameSpan };
  if (colon === -1) {
    outputs.push(output);
    return { kind: 'output', index: outputs.length - 1 };
  }
  const word = text.slice(colon + 1).trim();
  const typeAt = cell.text.lastIndexOf(word);
  const typeSpan = cell.spanAt(typeAt, typeAt + word.length);
  const type = typeOfWord(word);
  if (type === undefined) {
    const advice = 'write number, string, boolean, date, timestamp or decimal(2), or declare it in the YAML file of the table';
    bag.error('V4101', typeSpan, `\`${word}\` is no type`, advice);
  } else if (output.type !== undefined) {
    bag.error('V4101', typeSpan, `${head.span.file} declares a type for \`${name}\` too`, 'remove one of the two');
  }
  outputs.push(type === undefined ? output : { ...output, type, typeSpan });
  return { kind: 'output', index: outputs.length - 1 };
}

function typeOfWord(word: string): OutputType | undefined {
  const scale = /^decimal\(\s*(\d|1[0-8])\s*\)$/.exec(word)?.[1];
  if (scale !== undefined) return { decimal: Number(scale) };
  return ['number', 'string', 'boolean', 'date', 'timestamp'].includes(word) ? (word as OutputType) : undefined;
}

function readRow(
  record: CsvRecord,
  columns: readonly Column[],
  inputCount: number,
  outputCount: number,
  line: number,
  bag: DiagnosticBag,
): TableRow {
  const when: (ScalarText | undefined)[] = new Array(inputCount).fill(undefined);
  const outputs: (ScalarText | undefined)[] = new Array(outputCount).fill(undefined);
  let id: ScalarText | undefined;
  const { cells, span } = record;
  if (cells.length < columns.length) {
    const message = `the row has ${cells.length} cells, and the header ${columns.length}`;
    bag.error('V4103', span, message, 'leave no cell out; an empty one takes any value');
  }
  for (const [at, cell] of cells.entries()) {
    const column = columns[at] ?? { kind: 'unknown' };
    if (column.kind === 'input') when[column.index] = cell;
    else if (column.kind === 'output') outputs[column.index] = cell;
    else if (column.kind === 'id') id = cell;
    else if (column.kind === 'unknown' && cell.text.trim() !== '') {
      const advice =
        'name the column, or begin its name with `#` where it is a comment; put a cell with a separator in it into quotes';
      bag.error('V4103', cell.span, 'the cell stands in a column that the header does not name', advice);
    }
  }
  const row: TableRow = { span, line, when, then: outputs };
  const name = id?.text.trim() ?? '';
  if (id === undefined || name === '') return row;
  if (!ROW_ID.test(name)) {
    bag.error(
      'V1003',
      id.span,
      '`id` has a form that is not allowed',
      'use small letters, digits and `-`, beginning with a letter or digit',
    );
    return row;
  }
  return { ...row, id: name, idSpan: id.span };
}
