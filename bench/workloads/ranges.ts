// Wide tables: rows of ranges and sets over fields that hang together, each row taking about 30 % of the payloads. The worst that
// an index can be given: what one field leaves possible the next one does too, and a hundred and more rows hit.

import type { Thresholds } from '../truth.js';
import { randomNumbers } from '../workload.js';
import { all, fieldOf, number, type Test } from './expression.js';
import { bundleFiles, type Work, type WorkPayload } from './work.js';

const NUMBERS = ['amount', 'balance', 'income', 'age', 'tenure', 'velocity', 'distance', 'risk', 'trust', 'spend'];
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  country: ['CN', 'US', 'GB', 'NG', 'RU', 'BR', 'IN', 'DE', 'FR', 'JP', 'ID', 'MX'],
  channel: ['web', 'app', 'atm', 'pos', 'call', 'mail'],
  segment: ['mass', 'gold', 'plat', 'black', 'staff'],
};
const SCALES = [10_000, 50_000, 200_000, 90, 40, 1_000, 20_000, 100, 1, 90_000];
/** Share of a field's own chance; the rest is what the two causes behind all fields say. */
const OWN_SHARE = 0.3;
const CELLS_PER_ROW = 5;
/** Share of the payloads that a cell takes, so that a row of them takes about 30 %. */
const CELL_SHARE = 0.75;

interface Range {
  readonly field: string;
  readonly low: number;
  readonly high: number;
}

interface SetCell {
  readonly field: string;
  readonly values: readonly string[];
}

type Cell = Range | SetCell;

interface Row {
  readonly id: string;
  readonly cells: readonly Cell[];
  readonly score: number;
}

/** Fields follow one of two causes, so that knowing one tells much of the others. */
function makePayloads(count: number): WorkPayload[] {
  const next = randomNumbers(29);
  return Array.from({ length: count }, () => {
    const causes = [next(), next()];
    const follow = (index: number): number => (1 - OWN_SHARE) * causes[index % 2]! + OWN_SHARE * next();
    const payload: Record<string, number | string> = {};
    for (const [index, name] of NUMBERS.entries()) payload[name] = Math.round(follow(index) * SCALES[index]! * 100) / 100;
    for (const [index, [name, values]] of Object.entries(TEXTS).entries())
      payload[name] = values[Math.floor(follow(index) * values.length)]!;
    return payload;
  });
}

/** The table. Bounds are values that payloads have, so that each cell takes its share of them whatever their distribution. */
function makeRows(count: number, payloads: readonly WorkPayload[]): Row[] {
  const next = randomNumbers(31);
  const sorted = new Map(NUMBERS.map((name) => [name, Float64Array.from(payloads, (payload) => payload[name] as number).sort()]));
  const range = (field: string): Range => {
    const column = sorted.get(field)!;
    const from = next() * (1 - CELL_SHARE);
    const at = (share: number): number => column[Math.floor(share * (column.length - 1))]!;
    return { field, low: at(from), high: at(from + CELL_SHARE) };
  };
  const set = (field: string): SetCell => {
    const values = TEXTS[field]!;
    const kept = values.filter(() => next() < CELL_SHARE + 0.05);
    return { field, values: kept.length === 0 ? [values[0]!] : kept };
  };
  const fields = [...NUMBERS, ...Object.keys(TEXTS)];
  return Array.from({ length: count }, (_, row) => {
    const left = [...fields];
    const cells = Array.from({ length: CELLS_PER_ROW }, (): Cell => {
      const [field] = left.splice(Math.floor(next() * left.length), 1) as [string];
      return NUMBERS.includes(field) ? range(field) : set(field);
    });
    return { id: `r${row}`, cells, score: Math.floor(next() * 20) };
  });
}

const isRange = (cell: Cell): cell is Range => 'low' in cell;

function testOf(cell: Cell): Test {
  if (!isRange(cell)) return { kind: 'among', field: cell.field, values: cell.values };
  const value = fieldOf(cell.field);
  return all(
    { kind: 'compare', operator: '>=', left: value, right: number(cell.low) },
    { kind: 'compare', operator: '<', left: value, right: number(cell.high) },
  );
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '-';
  return isRange(cell) ? `[${cell.low}..${cell.high})` : cell.values.map((value) => JSON.stringify(value)).join(', ');
}

/** A table of so many rows. */
export function rangesWork(rowCount: number, payloadCount: number): Work {
  const payloads = makePayloads(payloadCount);
  const rows = makeRows(rowCount, payloads);
  const texts = Object.keys(TEXTS);
  const model = {
    properties: {
      ...Object.fromEntries(NUMBERS.map((name) => [name, { type: 'number' }])),
      ...Object.fromEntries(texts.map((name) => [name, { type: 'string', maxLength: 8 }])),
    },
    required: [...NUMBERS, ...texts],
  };
  const fields = [...NUMBERS, ...texts];
  const filesOf = (thresholds: Thresholds) =>
    bundleFiles('ranges', model, thresholds, {
      'tables/wide.json': {
        hitPolicy: 'collect',
        inputs: fields,
        outputs: ['score', 'reason'],
        rows: rows.map(({ id, cells, score }) => ({
          id,
          when: fields.map((field) => cellText(cells.find((cell) => cell.field === field))),
          then: [score, `REASON_${id.slice(1)}`],
        })),
      },
    });
  const rules = rows.map(({ id, cells, score }) => ({ id, test: all(...cells.map(testOf)), score }));
  return { name: `wide table of ranges and sets, ${rowCount} rows, 30 % hits`, rules, payloads, filesOf };
}
