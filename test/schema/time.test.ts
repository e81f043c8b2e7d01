import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDate, formatTimestamp, parseDate, parseTimestamp } from '#src/schema/time.js';
import { testSeed } from '../lib/model.js';

test('days agree with Date, from year 0 to 9999', () => {
  for (let days = -719_528; days <= 2_932_896; days += 13) {
    const text = new Date(days * 86_400_000).toISOString().slice(0, 10);
    if (parseDate(text) !== days || formatDate(days) !== text) throw new Error(`${text} is not day ${days}`);
  }
});

test('milliseconds agree with Date', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      (date) => {
        const micros = BigInt(date.getTime()) * 1000n;
        expect(BigInt(parseTimestamp(date.toISOString())!)).toBe(micros);
        expect(formatTimestamp(micros)).toBe(date.toISOString().replace('Z', '000Z'));
      },
    ),
    { seed: testSeed('time'), numRuns: 5000 },
  );
});

test('offsets agree with Date', () => {
  for (const offset of ['+00:00', '-00:00', '+05:45', '-11:30', '+23:59', '-23:59']) {
    const text = `2026-03-01T12:34:56.789${offset}`;
    expect(parseTimestamp(text)).toBe(new Date(text).getTime() * 1000);
  }
});

test.each([
  ['2026-01-01T00:00:00.1Z', 1_767_225_600_100_000],
  ['2026-01-01T00:00:00.000001Z', 1_767_225_600_000_001],
  ['2026-01-01T00:00:00.123456Z', 1_767_225_600_123_456],
  ['0000-01-01T00:00:00Z', -62_167_219_200_000_000n],
  ['9999-12-31T23:59:59.999999Z', 253_402_300_799_999_999n],
  ['0000-01-01T00:00:00+23:59', -62_167_305_540_000_000n],
])('%s', (text, micros) => expect(parseTimestamp(text)).toBe(micros));

test.each([
  '',
  'Z',
  '2026',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00Z',
  '2026-01-01T00:00:00z1',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00,5Z',
  '2026-01-01T00:00:00+1:00',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+00:60',
  '2026-01-01T00:00:00+00-00',
  '2026-1-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2100-02-29T00:00:00Z',
  '2026/01/01T00:00:00Z',
  '-026-01-01T00:00:00Z',
  '+2026-01-01T00:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T23:59:60Z',
  '２026-01-01T00:00:00Z',
  ' 2026-01-01T00:00:00Z',
])('%j is no timestamp', (text) => expect(parseTimestamp(text)).toBeUndefined());

test('years that RFC 3339 cannot write are still printed', () => {
  expect(formatTimestamp(2n ** 63n - 1n)).toBe('+294247-01-10T04:00:54.775807Z');
  expect(formatTimestamp(-(2n ** 63n))).toBe('-290308-12-21T19:59:05.224192Z');
});
