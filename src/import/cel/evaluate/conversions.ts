// Conversions between CEL's types, as cel-go makes them.

import { floorDivide, formatDouble, formatDuration, formatTimestamp } from '../value/format.js';
import { parseDuration, parseTimestamp } from '../value/parse-time.js';
import { bool, CelError, type CelValue, double, int, string, timestamp, typeName, uint } from '../value/value.js';
import type { CelFunction } from './functions.js';

const TWO_TO_63 = 2 ** 63;
const TRUTHS: readonly string[] = ['1', 't', 'true', 'TRUE', 'True'];
const FALSEHOODS: readonly string[] = ['0', 'f', 'false', 'FALSE', 'False'];

/** A conversion: what it leaves undefined has none. */
function conversion(name: string, of: (value: CelValue) => CelValue | undefined): readonly [string, CelFunction] {
  return [
    name,
    (args) => {
      const [value] = args;
      if (value === undefined || args.length > 1) throw new CelError('overload', `\`${name}\` takes one value`);
      const result = of(value);
      if (result === undefined) throw new CelError('overload', `\`${name}\` does not take ${typeName(value)}`);
      return result;
    },
  ];
}

function unreadable(text: string, name: string): CelError {
  return new CelError('conversion', `\`${text}\` is no ${name}`);
}

function toInt(value: CelValue): CelValue | undefined {
  switch (value.kind) {
    case 'int':
    case 'uint':
      return int(value.value);
    case 'double':
      if (!(value.value > -TWO_TO_63 && value.value < TWO_TO_63))
        throw new CelError('overflow', 'the double is beyond the range of int');
      return int(BigInt(Math.trunc(value.value)));
    case 'string':
      if (!/^[+-]?[0-9]+$/.test(value.value)) throw unreadable(value.value, 'int');
      return int(BigInt(value.value.replace('+', '')));
    case 'timestamp':
      return int(floorDivide(value.nanos, 1_000_000_000n));
    default:
      return undefined;
  }
}

function toUint(value: CelValue): CelValue | undefined {
  switch (value.kind) {
    case 'int':
    case 'uint':
      return uint(value.value);
    case 'double':
      if (!(value.value >= 0 && value.value < 2 * TWO_TO_63))
        throw new CelError('overflow', 'the double is beyond the range of uint');
      return uint(BigInt(Math.trunc(value.value)));
    case 'string':
      if (!/^[0-9]+$/.test(value.value)) throw unreadable(value.value, 'uint');
      return uint(BigInt(value.value));
    default:
      return undefined;
  }
}

function toDouble(value: CelValue): CelValue | undefined {
  if (value.kind === 'string') return double(numberOf(value.value));
  return value.kind === 'int' || value.kind === 'uint' || value.kind === 'double' ? double(Number(value.value)) : undefined;
}

/** As Go's ParseFloat. */
function numberOf(text: string): number {
  const named = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (named !== null) {
    if (named[2] === undefined) return Number.NaN;
    return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (/^[+-]?0x/i.test(text)) throw new CelError('limit', 'hexadecimal floating-point numbers are not folded');
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$/i.test(text)) throw unreadable(text, 'double');
  const number = Number(text);
  if (!Number.isFinite(number)) throw unreadable(text, 'double');
  return number;
}

function toText(value: CelValue): CelValue | undefined {
  switch (value.kind) {
    case 'string':
      return value;
    case 'bool':
    case 'int':
    case 'uint':
      return string(String(value.value));
    case 'double':
      if (!Number.isFinite(value.value)) throw new CelError('limit', 'engines differ in how they write infinite doubles');
      return string(formatDouble(value.value));
    case 'bytes':
      try {
        return string(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.value));
      } catch {
        throw new CelError('conversion', 'the bytes are no UTF-8');
      }
    case 'timestamp':
      return string(formatTimestamp(value.nanos));
    case 'duration':
      return string(formatDuration(value.nanos));
    default:
      return undefined;
  }
}

function toBool(value: CelValue): CelValue | undefined {
  if (value.kind === 'bool') return value;
  if (value.kind !== 'string') return undefined;
  if (TRUTHS.includes(value.value)) return bool(true);
  if (FALSEHOODS.includes(value.value)) return bool(false);
  throw unreadable(value.value, 'bool');
}

export const CONVERSIONS: Readonly<Record<string, CelFunction>> = Object.fromEntries([
  conversion('int', toInt),
  conversion('uint', toUint),
  conversion('double', toDouble),
  conversion('string', toText),
  conversion('bool', toBool),
  conversion('bytes', (value) => {
    if (value.kind === 'string') return { kind: 'bytes', value: new TextEncoder().encode(value.value) };
    return value.kind === 'bytes' ? value : undefined;
  }),
  conversion('timestamp', (value) => {
    if (value.kind === 'string') return timestamp(parseTimestamp(value.value));
    if (value.kind === 'int') return timestamp(value.value * 1_000_000_000n);
    return value.kind === 'timestamp' ? value : undefined;
  }),
  conversion('duration', (value) => {
    if (value.kind === 'string') return parseDuration(value.value);
    return value.kind === 'duration' ? value : undefined;
  }),
]);
