// Values of parameters: what is read as what, in which form it is kept, and what does not fit.

import { describe, expect, it, test } from 'vitest';
import {
  boundsOf,
  type DeclaredParameter,
  parameterTypeText,
  parseParameterType,
  readParameter,
} from '#src/bundle/parameter-value.js';
import { I64_MAX, I64_MIN } from '#src/schema/decimal.js';

const MEMBERS = new Map([
  ['web', 1],
  ['app', 4],
]);

function read(declared: string | DeclaredParameter, value: unknown): string {
  const reading = readParameter(typeof declared === 'string' ? { type: declared } : declared, value, MEMBERS);
  if ('fault' in reading) return reading.fault.code;
  const { content } = reading;
  return `${JSON.stringify(reading.value)} ${typeof content === 'bigint' ? `${content}n` : JSON.stringify(content)}`;
}

describe('a value', () => {
  const cases: [string | DeclaredParameter, unknown, string][] = [
    ['boolean', true, 'true true'],
    ['boolean', 'false', 'false false'],
    ['boolean', 'yes', 'TYPE'],
    ['boolean', 1, 'TYPE'],
    ['number', 0.1, '0.1 0.1'],
    ['number', '1e3', '1000 1000'],
    ['number', -0, '0 0'],
    ['number', '-0', '0 0'],
    ['number', Number.NaN, 'TYPE'],
    ['number', '0x10', 'TYPE'],
    ['number', '', 'TYPE'],
    ['number', '1e999', 'TYPE'],
    ['number', null, 'TYPE'],
    ['integer', 5, '5 5'],
    ['integer', '5.0', '5 5'],
    ['integer', 5.5, 'TYPE'],
    ['integer', 2 ** 53, 'TYPE'],
    ['string', 'a b', '"a b" "a b"'],
    ['string', '', '"" ""'],
    ['string', '\ud800', 'TYPE'],
    ['string', 5, 'TYPE'],
    ['date', '2026-01-31', '"2026-01-31" 20484n'],
    ['date', '2026-02-30', 'TYPE'],
    ['date', 20484, 'TYPE'],
    ['timestamp', '2026-01-01T01:00:00+01:00', '"2026-01-01T00:00:00.000000Z" 1767225600000000n'],
    ['timestamp', '2026-01-01', 'TYPE'],
    ['decimal(2)', 19.9, '"19.90" 1990n'],
    ['decimal(2)', '-0.05', '"-0.05" -5n'],
    ['decimal(2)', 19.905, 'TYPE'],
    ['decimal(2)', '92233720368547758.07', '"92233720368547758.07" 9223372036854775807n'],
    ['decimal(2)', '92233720368547758.08', 'TYPE'],
    ['decimal(0)', '9007199254740993', '"9007199254740993" 9007199254740993n'],
    ['enum(channel)', 'app', '"app" 4n'],
    ['enum(channel)', 'App', 'ENUM'],
    ['enum(channel)', 4, 'TYPE'],
    [{ type: 'decimal(2)', minimum: '0.00', maximum: '10.00' }, 10, '"10.00" 1000n'],
    [{ type: 'decimal(2)', minimum: '0.00', maximum: '10.00' }, '10.01', 'MAXIMUM'],
    [{ type: 'decimal(2)', minimum: '0.00', maximum: '10.00' }, -0.01, 'MINIMUM'],
    [{ type: 'number', minimum: 0, maximum: 1 }, 1.5, 'MAXIMUM'],
    [{ type: 'date', minimum: '2026-01-01' }, '2025-12-31', 'MINIMUM'],
    [{ type: 'timestamp', maximum: '2026-01-01T00:00:00Z' }, '2026-01-01T00:00:00.000001Z', 'MAXIMUM'],
    [{ type: 'string', maxLength: 2 }, '😀😀', '"😀😀" "😀😀"'],
    [{ type: 'string', maxLength: 2 }, 'abc', 'MAX_LENGTH'],
    [{ type: 'string', maxLength: 0 }, '', '"" ""'],
  ];
  test.each(cases)('%j: %j', (declared, value, expected) => expect(read(declared, value)).toBe(expected));
});

describe('the form of a value', () => {
  const forms = [
    'boolean true',
    'number 0.30000000000000004',
    'decimal(3) -1.5',
    'date 1969-12-31',
    'timestamp 2026-01-01T00:00:00.5Z',
  ];
  it.each(forms)('is read as itself: %s', (text) => {
    const [type, given] = text.split(' ') as [string, string];
    const first = readParameter({ type }, given);
    if (!('value' in first)) throw new Error(first.fault.message);
    expect(readParameter({ type }, first.value)).toEqual(first);
    expect(readParameter({ type }, JSON.parse(JSON.stringify(first.value)))).toEqual(first);
  });
});

it('a type is written as it is read', () => {
  for (const text of [
    'boolean',
    'number',
    'integer',
    'string',
    'date',
    'timestamp',
    'decimal(0)',
    'decimal(18)',
    'enum(card.brand)',
  ])
    expect(parameterTypeText(parseParameterType(text)!)).toBe(text);
  for (const text of ['', 'text', 'decimal', 'decimal(19)', 'decimal(-1)', 'enum()'])
    expect(parseParameterType(text)).toBeUndefined();
});

it('bounds are those declared, else those of the type', () => {
  expect(boundsOf({ type: 'decimal(2)', minimum: '-1.00' })).toEqual({ low: -100n, high: I64_MAX });
  expect(boundsOf({ type: 'date' })).toEqual({ low: I64_MIN, high: I64_MAX });
  expect(boundsOf({ type: 'number', maximum: 1 })).toEqual({ low: Number.NEGATIVE_INFINITY, high: 1 });
  expect(boundsOf({ type: 'integer' })).toEqual({ low: -Number.MAX_SAFE_INTEGER, high: Number.MAX_SAFE_INTEGER });
  expect(boundsOf({ type: 'enum(channel)' })).toEqual({ low: 0n, high: 65535n });
});
