// The library of functions for the plain evaluator.

import { localMicros, partsOfDay, startOfDate } from './expression-calendar.js';
import { alike, compare } from './expression-compare.js';
import {
  ArithmeticFault,
  aligned,
  Day,
  Decimal,
  dayOf,
  dayOfLocal,
  divide,
  Elements,
  Instant,
  instantOf,
  Meaningless,
  Numeral,
  nearestQuotient,
  type Rounding,
  round,
  toDecimal,
  toNumber,
  type Value,
} from './expression-values.js';
import { writtenUnits } from './written-number.js';

const number = (value: Value | undefined): number => {
  if (value instanceof Numeral) return value.number;
  if (typeof value === 'number') return value;
  throw new Meaningless('not a number');
};

const decimal = (value: Value | undefined): Decimal => {
  if (value instanceof Numeral) return value.exact;
  if (value instanceof Decimal) return value;
  throw new Meaningless('not a decimal');
};

const text = (value: Value | undefined): string => {
  if (typeof value === 'string') return value;
  throw new Meaningless('not a text');
};

/** A function without a receiver, `Math.` included. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const [a, b, c, d] = args;
  switch (name) {
    case 'divide':
      return divide(decimal(a), decimal(b), number(c), text(d) as Rounding);
    case 'round':
      return round(decimal(a), number(b), text(c) as Rounding);
    case 'toNumber':
      return toNumber(decimal(a));
    case 'toDecimal':
      return toDecimal(number(a), number(b), text(c) as Rounding);
    case 'matches':
      return new RegExp(text(b), 'u').test(text(a));
    case 'Math.min':
    case 'Math.max':
      if (args.some((value) => value instanceof Decimal)) return extreme(args.map(decimal), name === 'Math.min');
      return name === 'Math.min' ? Math.min(...args.map(number)) : Math.max(...args.map(number));
    case 'Math.abs':
      if (a instanceof Decimal) return a.value < 0n ? new Decimal(-a.value, a.scale) : a;
      return Math.abs(number(a));
    default: {
      const own = (Math as unknown as Record<string, (...numbers: number[]) => number>)[name.replace('Math.', '')];
      if (!name.startsWith('Math.') || own === undefined) throw new Meaningless(`no function ${name}`);
      return own(...args.map(number));
    }
  }
}

function extreme(values: readonly Decimal[], least: boolean): Decimal {
  return values.reduce((held, value) => {
    const [x, y] = aligned(value, held);
    return (least ? x < y : x > y) ? value : held;
  });
}

/** Whether a list has an element. */
export function includes({ each }: Elements, value: Value): boolean {
  for (const element of each()) {
    const [x, y] = alike(element, value);
    if ((typeof x === 'number' && Object.is(x, y)) || compare('===', x, y)) return true;
  }
  return false;
}

/** A method of a text, a timestamp or a date. */
export function callMethod(receiver: Value, name: string, args: readonly Value[]): Value {
  if (typeof receiver === 'string') return textMethod(receiver, name, args);
  if (receiver instanceof Instant) return instantMethod(receiver, name, args);
  if (receiver instanceof Day) return dayMethod(receiver, name, args);
  throw new Meaningless(`no method ${name}`);
}

function textMethod(receiver: string, name: string, args: readonly Value[]): Value {
  const [a, b] = args;
  switch (name) {
    case 'startsWith':
      return receiver.startsWith(text(a));
    case 'endsWith':
      return receiver.endsWith(text(a));
    case 'includes':
      return receiver.includes(text(a));
    case 'indexOf':
      return b === undefined ? receiver.indexOf(text(a)) : receiver.indexOf(text(a), number(b));
    case 'slice':
      return b === undefined ? receiver.slice(number(a)) : receiver.slice(number(a), number(b));
    case 'trim':
      return receiver.trim();
    case 'trimStart':
      return receiver.trimStart();
    case 'trimEnd':
      return receiver.trimEnd();
    case 'toLowerCase':
      return receiver.toLowerCase();
    case 'toUpperCase':
      return receiver.toUpperCase();
    case 'toDecimal': {
      const units = writtenUnits(receiver, number(a));
      if (units === undefined) throw new ArithmeticFault('no such number');
      return new Decimal(units, number(a));
    }
    case 'split': {
      const pieces = receiver.split(text(a));
      return new Elements(() => pieces);
    }
    default:
      throw new Meaningless(`no method ${name} of texts`);
  }
}

const SECOND = 1_000_000n;
const UNITS: Record<string, bigint> = {
  secondsSince: SECOND,
  minutesSince: 60n * SECOND,
  hoursSince: 3600n * SECOND,
  daysSince: 86_400n * SECOND,
};

function instantMethod({ micros }: Instant, name: string, args: readonly Value[]): Value {
  const [a] = args;
  const unit = UNITS[name];
  if (unit !== undefined) {
    const earlier = typeof a === 'string' ? instantOf(a) : a;
    if (!(earlier instanceof Instant)) throw new Meaningless('since what?');
    return nearestQuotient(micros - earlier.micros, unit);
  }
  const zone = text(a);
  const local = localMicros(micros, zone);
  const days = dayOfLocal(local);
  const seconds = Number((local - days * 86_400n * SECOND) / SECOND);
  switch (name) {
    case 'hour':
      return Math.floor(seconds / 3600);
    case 'minute':
      return Math.floor(seconds / 60) % 60;
    case 'second':
      return seconds % 60;
    case 'toDate':
      return new Day(days);
    case 'startOfDay':
      return new Instant(startOfDate(days, zone));
    case 'endOfDay':
      return new Instant(startOfDate(days + 1n, zone) - 1n);
    default:
      return dayPart(days, name);
  }
}

function dayMethod({ days }: Day, name: string, args: readonly Value[]): Value {
  const [a] = args;
  if (name === 'startOfDay') return new Instant(startOfDate(days, text(a)));
  if (name !== 'daysSince') return dayPart(days, name);
  const earlier = typeof a === 'string' ? dayOf(a) : a;
  if (!(earlier instanceof Day)) throw new Meaningless('since what?');
  return Number(days - earlier.days);
}

function dayPart(days: bigint, name: string): number {
  const parts = partsOfDay(days) as unknown as Record<string, number>;
  const part = parts[name];
  if (part === undefined) throw new Meaningless(`no method ${name} of times`);
  return part;
}
