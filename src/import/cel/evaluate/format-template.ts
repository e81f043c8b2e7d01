// `"...".format([...])`: cel-go's templates.

import { formatDouble, formatDuration, formatFixed, formatScientific, formatTimestamp } from '../value/format.js';
import { CelError, type CelValue } from '../value/value.js';
import type { Budget } from './budget.js';

const DIGITS_DEFAULT = 6;
const DIGITS_MAX = 1000;

/** Fills a template. Throws CelError for a clause that is none, or that does not take its value. */
export function formatTemplate(template: string, values: readonly CelValue[], budget: Budget): string {
  let next = 0;
  return template.replace(/%(?:(%)|(?:\.(\d+))?([a-zA-Z])|)/g, (clause, percent?: string, digits?: string, letter?: string) => {
    if (percent !== undefined) return '%';
    if (letter === undefined) throw new CelError('argument', `\`${clause}\` is no clause of a template`);
    const value = values[next++];
    if (value === undefined) throw new CelError('index', `the list has no value for \`${clause}\``);
    const count = digits === undefined ? DIGITS_DEFAULT : Number(digits);
    if (count > DIGITS_MAX) throw new CelError('limit', `\`${clause}\` has more than ${DIGITS_MAX} digits`);
    const text = clauseText(letter, value, count, budget);
    budget.spend(text.length);
    return text;
  });
}

function clauseText(letter: string, value: CelValue, digits: number, budget: Budget): string {
  switch (letter) {
    case 's':
      return textOf(value, budget);
    case 'd':
      if (value.kind === 'int' || value.kind === 'uint') return String(value.value);
      if (value.kind === 'double') return doubleText(value.value);
      throw misfit('d', 'integers', value);
    case 'f':
    case 'e': {
      if (value.kind !== 'double') {
        if (value.kind === 'int' || value.kind === 'uint')
          throw new CelError('limit', `engines differ on \`%${letter}\` of integers`);
        throw misfit(letter, 'doubles', value);
      }
      if (!Number.isFinite(value.value)) return doubleText(value.value);
      return letter === 'f' ? formatFixed(value.value, digits) : formatScientific(value.value, digits);
    }
    case 'b':
      if (value.kind === 'bool') return value.value ? '1' : '0';
      return inBase(value, 2, 'b');
    case 'o':
      return inBase(value, 8, 'o');
    case 'x':
      return hexText(value);
    case 'X':
      return hexText(value).toUpperCase();
    default:
      throw new CelError('argument', `\`%${letter}\` is no clause of a template`);
  }
}

function misfit(letter: string, wanted: string, { kind }: CelValue): CelError {
  return new CelError('overload', `\`%${letter}\` takes ${wanted}, not ${kind}`);
}

function inBase(value: CelValue, base: number, letter: string): string {
  if (value.kind !== 'int' && value.kind !== 'uint') throw misfit(letter, 'integers', value);
  return value.value.toString(base);
}

function hexText(value: CelValue): string {
  if (value.kind === 'string') return Buffer.from(value.value).toString('hex');
  if (value.kind === 'bytes') return Buffer.from(value.value).toString('hex');
  return inBase(value, 16, 'x');
}

function doubleText(value: number): string {
  return Number.isFinite(value) ? formatDouble(value) : String(value);
}

/** What `%s` makes of a value; entries of maps in the order of their keys' texts. */
function textOf(value: CelValue, budget: Budget): string {
  budget.spend(1);
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'bool':
    case 'int':
    case 'uint':
      return String(value.value);
    case 'double':
      return doubleText(value.value);
    case 'bytes':
      return Buffer.from(value.value).toString('utf8');
    case 'null':
      return 'null';
    case 'type':
      return value.name;
    case 'timestamp':
      return formatTimestamp(value.nanos);
    case 'duration':
      return formatDuration(value.nanos);
    case 'list':
      return `[${value.items.map((item) => textOf(item, budget)).join(', ')}]`;
    case 'map': {
      const entries = value.entries.map(([key, item]) => [textOf(key, budget), textOf(item, budget)] as const);
      entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return `{${entries.map(([key, item]) => `${key}: ${item}`).join(', ')}}`;
    }
    default:
      throw misfit('s', 'values', value);
  }
}
