// Functions of timestamps and dates. A time zone is an IANA name, written as a literal: its transitions go into the image.

import { FunctionId } from '../../../assembly/shared/function.js';
import { DATE, NUMBER, TIMESTAMP, type Type } from '../types.js';
import { argument, invoke, type LibraryEntry, literal } from './entry.js';

const ZONE = { name: 'zone', type: 'zone' } as const;
const ZONE_COST = '100 units: the offset is searched among the transitions of the zone';

/** A part of a timestamp in a zone. */
function inZone(
  name: string,
  id: FunctionId,
  type: Type,
  result: string,
  semantics: string,
  examples: LibraryEntry['examples'],
  on: 'timestamp' | 'date' = 'timestamp',
): LibraryEntry {
  return {
    name,
    on,
    parameters: [ZONE],
    result,
    semantics,
    cost: ZONE_COST,
    examples,
    lower: (call) => invoke(call, id, type, [call.receiver!], { kind: 'zone', name: literal<string>(call, 0) }),
  };
}

/** A part of a date. */
function ofDate(name: string, id: FunctionId, semantics: string, examples: LibraryEntry['examples']): LibraryEntry {
  return {
    name,
    on: 'date',
    parameters: [],
    result: 'number',
    semantics,
    cost: '20 units',
    examples,
    lower: (call) => invoke(call, id, NUMBER, [call.receiver!]),
  };
}

/** The time from another timestamp. */
function since(name: string, unit: string, milliseconds: number, examples: LibraryEntry['examples']): LibraryEntry {
  return {
    name,
    on: 'timestamp',
    parameters: [{ name: 'earlier', type: 'timestamp' }],
    result: 'number',
    semantics: `${unit} from another timestamp to this one, with their fraction; below 0 where this one is earlier.`,
    cost: '6 units',
    examples,
    lower: (call) =>
      invoke(call, FunctionId.TIME_SINCE, NUMBER, [call.receiver!, argument(call, 0)], {
        kind: 'microseconds',
        count: milliseconds * 1000,
      }),
  };
}

export const TIME_FUNCTIONS: readonly LibraryEntry[] = [
  inZone('year', FunctionId.TIME_YEAR, NUMBER, 'number', 'The year there.', [['at.year("Europe/Berlin")', 2026]]),
  inZone('month', FunctionId.TIME_MONTH, NUMBER, 'number', 'The month there, 1 to 12.', [['at.month("Europe/Berlin")', 4]]),
  inZone('day', FunctionId.TIME_DAY, NUMBER, 'number', 'The day of the month there, 1 to 31.', [['at.day("Europe/Berlin")', 1]]),
  inZone('hour', FunctionId.TIME_HOUR, NUMBER, 'number', 'The hour there, 0 to 23.', [
    ['at.hour("Europe/Berlin")', 0],
    ['at.hour("UTC")', 22],
  ]),
  inZone('minute', FunctionId.TIME_MINUTE, NUMBER, 'number', 'The minute there, 0 to 59.', [['at.minute("Asia/Kolkata")', 0]]),
  inZone('second', FunctionId.TIME_SECOND, NUMBER, 'number', 'The second, 0 to 59, without its fraction.', [
    ['at.second("UTC")', 15],
  ]),
  inZone('dayOfWeek', FunctionId.TIME_DAY_OF_WEEK, NUMBER, 'number', 'The day of the week there: Monday is 1, Sunday is 7.', [
    ['at.dayOfWeek("Europe/Berlin")', 3],
  ]),
  inZone('dayOfYear', FunctionId.TIME_DAY_OF_YEAR, NUMBER, 'number', 'The day of the year there, from 1.', [
    ['at.dayOfYear("UTC")', 90],
  ]),
  inZone('toDate', FunctionId.TIME_DATE, DATE, 'date', 'The date there.', [['at.toDate("Europe/Berlin") === "2026-04-01"', true]]),
  inZone('startOfDay', FunctionId.TIME_START_OF_DAY, TIMESTAMP, 'timestamp', 'The first moment of the day there.', [
    ['at.startOfDay("UTC") === "2026-03-31T00:00:00Z"', true],
  ]),
  inZone('endOfDay', FunctionId.TIME_END_OF_DAY, TIMESTAMP, 'timestamp', 'The last microsecond of the day there.', [
    ['at.endOfDay("UTC") < "2026-04-01T00:00:00Z"', true],
  ]),
  since('secondsSince', 'Seconds', 1000, [['at.secondsSince("2026-03-31T22:30:00Z")', 15]]),
  since('minutesSince', 'Minutes', 60_000, [['at.minutesSince("2026-03-31T22:00:00Z")', 30.25]]),
  since('hoursSince', 'Hours', 3_600_000, [['at.hoursSince("2026-03-31T22:30:15Z")', 0]]),
  since('daysSince', 'Days of 24 hours', 86_400_000, [['at.daysSince("2026-03-29T22:30:15Z")', 2]]),
  ofDate('year', FunctionId.DATE_YEAR, 'The year.', [['birthday.year()', 1990]]),
  ofDate('month', FunctionId.DATE_MONTH, 'The month, 1 to 12.', [['birthday.month()', 2]]),
  ofDate('day', FunctionId.DATE_DAY, 'The day of the month, 1 to 31.', [['birthday.day()', 28]]),
  ofDate('dayOfWeek', FunctionId.DATE_DAY_OF_WEEK, 'The day of the week: Monday is 1, Sunday is 7.', [['birthday.dayOfWeek()', 3]]),
  ofDate('dayOfYear', FunctionId.DATE_DAY_OF_YEAR, 'The day of the year, from 1.', [['birthday.dayOfYear()', 59]]),
  inZone(
    'startOfDay',
    FunctionId.DATE_START,
    TIMESTAMP,
    'timestamp',
    'The first moment of the date there.',
    [['birthday.startOfDay("UTC") === "1990-02-28T00:00:00Z"', true]],
    'date',
  ),
  {
    name: 'daysSince',
    on: 'date',
    parameters: [{ name: 'earlier', type: 'date' }],
    result: 'number',
    semantics: 'Days from another date to this one; below 0 where this one is earlier.',
    cost: '6 units',
    examples: [['birthday.daysSince("1990-01-01")', 58]],
    lower: (call) => invoke(call, FunctionId.DATE_SINCE, NUMBER, [call.receiver!, argument(call, 0)]),
  },
];
