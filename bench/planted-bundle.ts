// The planted tables as an author has them: a bundle of CSV files, each with a head in YAML. Every row is a rule, whose reason
// R<row> tells that it was taken.

import type { BundleFiles } from '../src/bundle/files.js';
import type { CellSet, DomainValue, Interval, TablePolicy } from '../src/compiler/proofs/table-form.js';
import { formatDecimal } from '../src/schema/decimal.js';
import { formatDate } from '../src/schema/time.js';
import { COLUMNS, type Planted, SEGMENTS } from './planted-table.js';

export interface PlantedCsv {
  /** Name of the table. */
  name: string;
  planted: Planted;
  hitPolicy: TablePolicy;
}

const MODEL = `type: object
required: [segment, country, amount, score, months, isNew, opened]
properties:
  segment: { type: string, enum: [${SEGMENTS.join(', ')}] }
  country: { type: string, minLength: 2, maxLength: 2 }
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 100000000 }
  score: { type: integer, minimum: 0, maximum: 1000 }
  months: { type: integer, minimum: 0, maximum: 480 }
  limit: { type: number, minimum: 0, maximum: 1 }
  isNew: { type: boolean }
  opened: { type: string, format: date }
`;

const HEAD = `name: planted
version: 1.0.0
model: payload.yaml
profile: standard
onError: fail
decide: { combine: score, reasonsMax: 64, outcomes: [{ outcome: approve }] }
`;

const AMOUNT = 2;
const OPENED = 7;
/** Output of a row of the table, by its key. */
const RATES = ['1.25', '1.5', '2', '2.75', '3.5', '4', '6.25'];

/** The bundle of some tables; where a table gives one value, a rule named after it, `NO_<TABLE>`, tells that it gave none. */
export function plantedBundle(tables: readonly PlantedCsv[]): BundleFiles {
  const files: Record<string, string> = { 'bundle.yaml': HEAD, 'payload.yaml': MODEL };
  const rules: string[] = [];
  for (const { name, planted, hitPolicy } of tables) {
    files[`tables/${name}.yaml`] = `hitPolicy: ${hitPolicy}\n`;
    files[`tables/${name}.csv`] = csvOf(planted);
    const isList = hitPolicy === 'ruleOrder' || hitPolicy === 'collect';
    const when = isList ? `${name}.rate.length === 0` : `${name}.rate === null`;
    rules.push(`- { id: no-${name}, when: ${JSON.stringify(when)}, then: { reason: NO_${name.toUpperCase()} } }`);
  }
  files['rules/none.yaml'] = `${rules.join('\n')}\n`;
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

function csvOf({ form }: Planted): string {
  const lines = form.rows.map(({ cells, outputsKey }, row) => {
    const rate = RATES[Number(outputsKey)] ?? '9.5';
    return [...cells.map((cell, column) => quoted(cellText(cell, column))), rate, `R${row + 1}`].join(',');
  });
  return `${[...COLUMNS, '-> rate: decimal(2)', '-> reason'].join(',')}\n${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellText(cell: CellSet | undefined, column: number): string {
  if (cell === undefined) return '-';
  if (cell.kind === 'opaque') throw new Error('an expression');
  const parts =
    cell.kind === 'members'
      ? cell.members.map((member) => valueText(member, column))
      : cell.intervals.filter((interval) => !isEmpty(interval)).map((interval) => intervalText(interval, column));
  if (cell.kind === 'members' && cell.except) return `not(${parts.join(', ')})`;
  return [...parts, ...(cell.null ? ['null'] : [])].join(', ');
}

function isEmpty({ low, high }: Interval): boolean {
  return low !== undefined && high !== undefined && low > high;
}

function intervalText({ low, high, lowOpen, highOpen }: Interval, column: number): string {
  if (low === undefined && high === undefined) return '-';
  if (low === undefined) return `${highOpen === true ? '<' : '<='} ${valueText(high!, column)}`;
  if (high === undefined) return `${lowOpen === true ? '>' : '>='} ${valueText(low, column)}`;
  if (low === high) return valueText(low, column);
  const [from, to] = [valueText(low, column), valueText(high, column)];
  return `${lowOpen === true ? '(' : '['}${from}..${to}${highOpen === true ? ')' : ']'}`;
}

/** As a cell has it. A text is quoted: it stands in a column of texts, where a word may be a name. */
function valueText(value: DomainValue, column: number): string {
  const json = jsonValue(value, column);
  return column === 1 ? JSON.stringify(json) : String(json);
}

/** A value of a column as a payload has it. */
export function jsonValue(value: DomainValue, column: number): unknown {
  if (column === 0) return SEGMENTS[value as number];
  if (column === AMOUNT) return formatDecimal(value as bigint, 2);
  if (column === OPENED) return formatDate(Number(value));
  return value;
}

/** The payload of a point. */
export function plantedPayload(point: readonly DomainValue[]): Record<string, unknown> {
  const entries = COLUMNS.flatMap((name, column) => (point[column] === null ? [] : [[name, jsonValue(point[column]!, column)]]));
  return Object.fromEntries(entries) as Record<string, unknown>;
}
