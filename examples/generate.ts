// Writes rows of a sample bundle to standard output, with their label in a column of its own:
//
//   node dist/examples/generate.js card-risk --count 20000 --seed 7 > payments.csv
//   verdict eval examples/card-risk --input payments.csv --label fraud --positive 1,2,3
//
// Rows with lists have no columns; they are written as one JSON object a line.

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { generateTransactions } from './card-risk/generator.js';
import { generateApplications } from './credit/generator.js';
import { generateLoans } from './lending/generator.js';

interface LabelledRow {
  payload: object;
  label: Record<string, number>;
}

const SOURCES: Readonly<Record<string, (options: { seed: number; count: number }) => Iterable<LabelledRow>>> = {
  *'card-risk'({ seed, count }) {
    const customers = Math.max(100, Math.round(count / 20));
    const terminals = Math.max(40, Math.round(count / 50));
    for (const { payload, fraud } of generateTransactions({ seed, count, customers, terminals }))
      yield { payload, label: { fraud } };
  },
  *credit(options) {
    for (const { payload, bad } of generateApplications(options)) yield { payload, label: { bad: bad ? 1 : 0 } };
  },
  *lending(options) {
    for (const { payload, bad } of generateLoans(options)) yield { payload, label: { bad: bad ? 1 : 0 } };
  },
};

/** Sources whose rows have lists. */
const WITH_LISTS: readonly string[] = ['lending'];

/** Leaves of a payload by dotted path. */
function* leaves(value: object, prefix = ''): Generator<[string, unknown], void, undefined> {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null) yield* leaves(item, `${prefix}${key}.`);
    else yield [prefix + key, item];
  }
}

function csvCell(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV with a line of column names; the rows are generated twice, since optional columns are only known at the end. */
function* csvLines(rows: () => Iterable<LabelledRow>): Generator<string, void, undefined> {
  const columns = new Set<string>();
  const labels = new Set<string>();
  for (const { payload, label } of rows()) {
    for (const [path] of leaves(payload)) columns.add(path);
    for (const name of Object.keys(label)) labels.add(name);
  }
  yield [...columns, ...labels].join(',');
  for (const { payload, label } of rows()) {
    const cells = new Map(leaves({ ...payload, ...label }));
    yield [...columns, ...labels].map((column) => csvCell(cells.get(column))).join(',');
  }
}

function* ndjsonLines(rows: () => Iterable<LabelledRow>): Generator<string, void, undefined> {
  for (const { payload, label } of rows()) yield JSON.stringify({ ...payload, ...label });
}

/** What the command line asks for; undefined where it is not understood. */
function readArguments(): { name: string; count: number; seed: number; isCsv: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        count: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        format: { type: 'string' },
      },
    });
    const [name = '', ...rest] = positionals;
    const [count, seed] = [Number(values.count), Number(values.seed)];
    const format = values.format ?? (WITH_LISTS.includes(name) ? 'ndjson' : 'csv');
    const isKnown =
      Object.hasOwn(SOURCES, name) &&
      rest.length === 0 &&
      (format === 'ndjson' || (format === 'csv' && !WITH_LISTS.includes(name)));
    if (!isKnown || !Number.isInteger(count) || count < 0 || !Number.isInteger(seed)) return undefined;
    return { name, count, seed, isCsv: format === 'csv' };
  } catch {
    return undefined; // an option that is not known, or has no value
  }
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given === undefined) {
    process.stderr.write(
      `usage: node dist/examples/generate.js <${Object.keys(SOURCES).join(' | ')}> [--count N] [--seed N] [--format csv|ndjson]\n`,
    );
    process.exitCode = 2;
    return;
  }
  const { name, count, seed, isCsv } = given;
  process.stderr.write(`${name}: ${count} rows, seed ${seed}\n`);
  const rows = (): Iterable<LabelledRow> => SOURCES[name]!({ seed, count });
  for (const line of isCsv ? csvLines(rows) : ndjsonLines(rows)) {
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  }
}

await main();
