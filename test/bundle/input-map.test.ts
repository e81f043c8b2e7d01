import { describe, expect, it } from 'vitest';
import { applyDate, parseDatePattern } from '#src/bundle/date-pattern.js';
import { readDocument } from '#src/bundle/document.js';
import { checkInputMap, createRowMapper, type InputMap, readInputMap } from '#src/bundle/input-map.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { modelOf } from '../lib/model.js';
import { filesOf, listed } from './files.js';

const model = modelOf({
  type: 'object',
  properties: {
    id: { type: 'string' },
    amount: { type: 'number', multipleOf: 0.01 },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    fraud: { type: 'boolean' },
    brand: { type: 'string', enum: ['VISA', 'AMEX'] },
    at: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    card: { type: 'object', properties: { country: { type: 'string' } } },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
    items: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } }, maxItems: 3 },
  },
});

function readMap(text: string): { input: InputMap | undefined; found: string[] } {
  const files = filesOf({ 'input.yaml': text });
  const bag = new DiagnosticBag();
  const document = readDocument('input.yaml', files.get('input.yaml')!, bag)!;
  const input = readInputMap(document, bag);
  if (input !== undefined) checkInputMap(input, model, bag);
  return { input, found: listed(bag, files) };
}

/** The payload of one row under the columns of an input.yaml. */
function map(columns: string, row: Record<string, string>): unknown {
  const { input, found } = readMap(`format: csv\ncolumns: ${columns}\n`);
  expect(found).toEqual([]);
  const { payload, faults } = createRowMapper(input!, model)(row);
  return faults.length > 0 ? faults.map(({ field, column, message }) => `${field}<${column}: ${message}`) : payload;
}

describe('rows', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['{ id: A }', { A: ' x ', B: 'y' }, { id: ' x ' }],
    ['{ id: A }', { A: '' }, {}],
    ['{ id: { from: A, empty: "" } }', { A: '' }, { id: '' }],
    ['{ id: { from: A, map: { "?": null } } }', { A: '?' }, {}],
    ['{ id: { combine: [A, B], separator: "-" } }', { A: 'x', B: 'y' }, { id: 'x-y' }],
    ['{ card.country: A }', { A: 'US' }, { card: { country: 'US' } }],
    ['{ amount: { from: A, strip: "$," } }', { A: '$1,234.50' }, { amount: '1234.5' }],
    ['{ amount: { from: A, strip: $ } }', { A: '$-99.00' }, { amount: '-99' }],
    ['{ amount: { from: A, scale: 2 } }', { A: '1999' }, { amount: '19.99' }],
    ['{ amount: { from: A, scale: 2 } }', { A: '-5' }, { amount: '-0.05' }],
    ['{ amount: A }', { A: '1.00E+05' }, { amount: '100000' }],
    ['{ amount: A }', { A: '1.5e-3' }, { amount: '0.0015' }],
    ['{ amount: A }', { A: '-0' }, { amount: '0' }],
    ['{ amount: A }', { A: '1.2.3' }, ['amount<A: `1.2.3` is not a number']],
    ['{ count: A }', { A: ' 42 ' }, { count: 42 }],
    ['{ ratio: A }', { A: '.5' }, { ratio: 0.5 }],
    ['{ ratio: A }', { A: 'NaN' }, ['ratio<A: `NaN` is not a number']],
    ['{ ratio: A }', { A: '0x10' }, ['ratio<A: `0x10` is not a number']],
    ['{ ratio: { from: A, empty: -1 } }', { A: '' }, { ratio: -1 }],
    ['{ fraud: A }', { A: 'Yes' }, { fraud: true }],
    ['{ fraud: A }', { A: '0' }, { fraud: false }],
    ['{ fraud: A }', { A: 'maybe' }, ['fraud<A: `maybe` is neither yes nor no']],
    ['{ fraud: { from: A, map: { bad: true, good: false } } }', { A: 'bad' }, { fraud: true }],
    ['{ brand: { from: A, map: { V: VISA } } }', { A: 'V' }, { brand: 'VISA' }],
    ['{ brand: A }', { A: 'AMEX' }, { brand: 'AMEX' }],
    ['{ at: A }', { A: '2018-06-11T00:00:24Z' }, { at: '2018-06-11T00:00:24Z' }],
    ['{ at: { from: A, date: ISO } }', { A: '2018-06-11 00:00:24.5' }, { at: '2018-06-11T00:00:24.500000Z' }],
    ['{ at: { from: A, date: ISO } }', { A: '2018-06-11T02:00:24+02:00' }, { at: '2018-06-11T00:00:24Z' }],
    [
      '{ at: { combine: [Y, M, D, T], date: YYYY M D HH:mm } }',
      { Y: '2002', M: '9', D: '1', T: '06:21' },
      { at: '2002-09-01T06:21:00Z' },
    ],
    ['{ day: { from: A, date: DD.MM.YYYY } }', { A: '31.12.1999' }, { day: '1999-12-31' }],
    [
      '{ day: { from: A, date: DD.MM.YYYY } }',
      { A: '31.02.1999' },
      ['day<A: `31.02.1999` does not fit the date pattern `DD.MM.YYYY`'],
    ],
    ['{ at: { from: A, date: epoch-seconds } }', { A: '1528675224' }, { at: '2018-06-11T00:00:24Z' }],
    ['{ count: { from: A, date: ISO, part: hour } }', { A: '2018-06-11T23:00:24Z' }, { count: 23 }],
    ['{ count: { from: A, date: ISO, part: weekday } }', { A: '2018-06-17' }, { count: 7 }],
    ['{ id: A }', { B: 'x' }, ['id<A: the table has no such column']],
  ])('%s of %o', (columns, row, expected) => expect(map(columns, row)).toEqual(expected));

  it('without columns take fields by name', () => {
    const { input } = readMap('format: csv\n');
    expect(
      createRowMapper(
        input!,
        model,
      )({ id: 'x', count: '2', other: 'y', 'card.country': 'US', tags: 'x', 'tags[]': 'x', 'items[].n': '1' }).payload,
    ).toEqual({
      id: 'x',
      count: 2,
      card: { country: 'US' },
    });
  });
});

describe('documents', () => {
  it('have defaults', () => {
    expect(readMap('format: csv\n').input).toEqual({ format: 'csv', delimiter: ',', quote: '"', header: true, columns: undefined });
    expect(readMap('{ format: csv, delimiter: " ", quote: null, header: [a, b] }').input).toMatchObject({
      delimiter: ' ',
      quote: null,
      header: ['a', 'b'],
    });
  });

  it.each([
    ['format: xml\n', ['input.yaml:1:9 V1003 `format` must be one of `csv`, `ndjson`, `json`']],
    ['{ format: json, delimiter: ";" }', ['input.yaml:1:17 V1010 `delimiter` has no meaning for json']],
    ['{ format: csv, header: false }', ['input.yaml:1:24 V1010 without a header line the columns need names']],
    ['format: csv\ncolumns:\n  idd: A\n', ['input.yaml:3:3 V1010 `idd` is not a field of the model']],
    ['format: csv\ncolumns:\n  card: A\n', ['input.yaml:3:3 V1010 `card` is an object']],
    ['format: csv\ncolumns:\n  tags: A\n', ['input.yaml:3:3 V1010 `tags` is or belongs to a list']],
    ['format: csv\ncolumns:\n  "items[].n": A\n', ['input.yaml:3:3 V1010 `items[].n` is or belongs to a list']],
    ['format: csv\ncolumns:\n  id: { from: A, combine: [B] }\n', ['input.yaml:3:3 V1010 `id` needs either `from` or `combine`']],
    ['format: csv\ncolumns:\n  id: { strip: A }\n', ['input.yaml:3:3 V1010 `id` needs either `from` or `combine`']],
    [
      'format: csv\ncolumns:\n  count: { from: A, scale: 2 }\n',
      ['input.yaml:3:3 V1010 `scale` needs a decimal field, and `count` is none'],
    ],
    [
      'format: csv\ncolumns:\n  id: { from: A, date: ISO }\n',
      ['input.yaml:3:3 V1010 `date` needs a timestamp or date field, and `id` is none'],
    ],
    [
      'format: csv\ncolumns:\n  at: { from: A, date: ISO, part: hour }\n',
      ['input.yaml:3:3 V1010 `part` gives a number, and `at` is none'],
    ],
    ['format: csv\ncolumns:\n  count: { from: A, part: hour }\n', ['input.yaml:3:27 V1010 `part` needs `date`']],
    ['format: csv\ncolumns:\n  at: { from: A, date: YYYY-QQ }\n', ['input.yaml:3:24 V1010 `YYYY-QQ` is not a date pattern']],
    ['format: csv\ncolumns:\n  at: { form: A }\n', ['input.yaml:3:9 V1005 `form` is not known here']],
  ])('%s', (text, expected) => expect(readMap(text).found).toEqual(expected));
});

describe('date patterns', () => {
  it.each(['YYYY', 'MM-DD', 'YYYY-MM-DD YYYY', 'YYYY-MM-DDxHH', ''])('%s is none', (text) =>
    expect(parseDatePattern(text)).toBeUndefined(),
  );

  it.each([
    ['YYYY-MM-DDTHH:mm:ss.SSS', '2020-02-29T23:59:58.123', '2020-02-29T23:59:58.123000Z'],
    ['M/D/YYYY H:mm', '2/3/2020 4:05', '2020-02-03T04:05:00Z'],
    ['YYYYMMDD', '20200203', '2020-02-03T00:00:00Z'],
    ['epoch-millis', '-1', '1969-12-31T23:59:59.999000Z'],
    ['YYYY-MM-DD', '2019-02-29', undefined],
    ['YYYY-MM-DD', '2019-2-28', undefined],
  ])('%s of %s', (pattern, text, expected) => expect(applyDate(parseDatePattern(pattern)!, text, 'timestamp')).toBe(expected));
});
