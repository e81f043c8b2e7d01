// Functions of texts: those of CEL and of cel-go's extension for strings. Positions count code points.

import { bool, CelError, type CelValue, int, list, string } from '../value/value.js';
import type { Budget } from './budget.js';
import { formatTemplate } from './format-template.js';
import type { CelFunction, CelMethod } from './functions.js';
import { matchesPattern } from './matching.js';

/** White_Space of Unicode, which JavaScript's trim differs from by U+0085 and U+FEFF. */
const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const SPACE_AT_ENDS = new RegExp(`^${SPACE}|${SPACE}$`, 'g');
const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

type ParameterKind = 'string' | 'int' | 'list';
type Arguments = readonly (string | number)[];

/**
 * A method of texts. `kinds`: of its arguments; `optional`: how many of the last may be left out. Ints arrive as numbers: those
 * beyond 2^53 are beyond every text either way.
 */
function method(
  name: string,
  kinds: readonly ParameterKind[],
  optional: number,
  of: (text: string, args: Arguments, budget: Budget) => CelValue,
): readonly [string, CelMethod] {
  return [
    name,
    (target, args, budget) => {
      const fits = args.length <= kinds.length && args.length >= kinds.length - optional;
      if (target.kind !== 'string' || !fits || args.some(({ kind }, index) => kind !== kinds[index]))
        throw new CelError('overload', `\`${name}\` does not take ${[target, ...args].map(({ kind }) => kind).join(', ')}`);
      budget.spend(target.value.length);
      return of(
        target.value,
        args.map((arg) => (arg.kind === 'int' ? Number(arg.value) : (arg as { value: string }).value)),
        budget,
      );
    },
  ];
}

function outside(position: number): CelError {
  return new CelError('index', `the position ${position} is outside of the text`);
}

/** Where `searched` stands in code points, from `from` on in steps of `step`; -1 where it does not. */
function search(points: readonly string[], searched: readonly string[], from: number, step: 1 | -1): CelValue {
  for (let at = from; at >= 0 && at + searched.length <= points.length; at += step) {
    if (searched.every((point, index) => points[at + index] === point)) return int(BigInt(at));
  }
  return int(-1n);
}

function indexOf(text: string, [searched, from = 0]: Arguments): CelValue {
  const points = Array.from(text);
  const at = from as number;
  if (at < 0 || at > points.length) throw outside(at);
  return search(points, Array.from(searched as string), at, 1);
}

function lastIndexOf(text: string, [searched, from]: Arguments): CelValue {
  const points = Array.from(text);
  const pointsSearched = Array.from(searched as string);
  const at = (from as number | undefined) ?? points.length;
  if (at < 0 || at > points.length) throw outside(at);
  return search(points, pointsSearched, Math.min(at, points.length - pointsSearched.length), -1);
}

function substring(text: string, [start, end]: Arguments): CelValue {
  const points = Array.from(text);
  const from = start as number;
  const to = (end as number | undefined) ?? points.length;
  for (const position of [from, to]) if (position < 0 || position > points.length) throw outside(position);
  if (from > to) throw new CelError('index', `the text from ${from} to ${to} ends before it begins`);
  return string(points.slice(from, to).join(''));
}

/** As Go's strings.Replace: an empty text stands before each code point and at the end. */
function replace(text: string, [from, to, limit = -1]: Arguments, budget: Budget): CelValue {
  const max = (limit as number) < 0 ? Number.POSITIVE_INFINITY : (limit as number);
  const pieces = from === '' ? ['', ...Array.from(text), ''] : text.split(from as string);
  let made = pieces[0]!;
  for (const [index, piece] of pieces.slice(1).entries()) {
    made += (index < max ? to : from) + piece;
    budget.spend((to as string).length + 1);
  }
  return string(made);
}

function split(text: string, [separator, limit = -1]: Arguments): CelValue {
  const max = limit as number;
  if (max === 0) return list([]);
  const pieces = separator === '' ? Array.from(text) : text.split(separator as string);
  if (max < 0 || pieces.length <= max) return list(pieces.map(string));
  const rest = pieces.slice(max - 1).join(separator as string);
  return list([...pieces.slice(0, max - 1), rest].map(string));
}

function join(target: CelValue, args: readonly CelValue[], budget: Budget): CelValue {
  const [separator = string('')] = args;
  if (target.kind !== 'list' || separator.kind !== 'string' || args.length > 1)
    throw new CelError('overload', '`join` takes a list of strings, and a string');
  return string(
    target.items
      .map((item) => {
        if (item.kind !== 'string') throw new CelError('overload', `\`join\` takes strings, not ${item.kind}`);
        budget.spend(item.value.length + separator.value.length);
        return item.value;
      })
      .join(separator.value),
  );
}

const ascii = (text: string, pattern: RegExp, change: (letter: string) => string): CelValue =>
  string(text.replace(pattern, change));

export const TEXT_METHODS: Readonly<Record<string, CelMethod>> = {
  ...Object.fromEntries([
    method('contains', ['string'], 0, (text, [searched]) => bool(text.includes(searched as string))),
    method('startsWith', ['string'], 0, (text, [searched]) => bool(text.startsWith(searched as string))),
    method('endsWith', ['string'], 0, (text, [searched]) => bool(text.endsWith(searched as string))),
    method('matches', ['string'], 0, (text, [pattern], budget) => bool(matchesPattern(text, pattern as string, budget))),
    method('charAt', ['int'], 0, (text, [position]) => {
      const points = Array.from(text);
      const at = position as number;
      if (at < 0 || at > points.length) throw outside(at);
      return string(points[at] ?? '');
    }),
    method('indexOf', ['string', 'int'], 1, indexOf),
    method('lastIndexOf', ['string', 'int'], 1, lastIndexOf),
    method('substring', ['int', 'int'], 1, substring),
    method('replace', ['string', 'string', 'int'], 1, replace),
    method('split', ['string', 'int'], 1, split),
    method('lowerAscii', [], 0, (text) => ascii(text, /[A-Z]/g, (letter) => letter.toLowerCase())),
    method('upperAscii', [], 0, (text) => ascii(text, /[a-z]/g, (letter) => letter.toUpperCase())),
    method('trim', [], 0, (text) => string(text.replace(SPACE_AT_ENDS, ''))),
    method('reverse', [], 0, (text) => string(Array.from(text).reverse().join(''))),
  ]),
  join,
  format: (target, args, budget) => {
    const [values] = args;
    if (target.kind !== 'string' || args.length !== 1 || values!.kind !== 'list')
      throw new CelError('overload', '`format` takes a string and a list');
    return string(formatTemplate(target.value, values!.items, budget));
  },
};

export const TEXT_FUNCTIONS: Readonly<Record<string, CelFunction>> = {
  'strings.quote': (args) => {
    const [text] = args;
    if (text?.kind !== 'string' || args.length > 1) throw new CelError('overload', '`strings.quote` takes a string');
    return string(`"${Array.from(text.value, (point) => QUOTED[point] ?? point).join('')}"`);
  },
  matches: ([text, ...args], budget) => {
    if (text === undefined) throw new CelError('overload', '`matches` takes two strings');
    return TEXT_METHODS.matches!(text, args, budget);
  },
  'base64.encode': (args) => {
    const [bytes] = args;
    if (bytes?.kind !== 'bytes' || args.length > 1) throw new CelError('overload', '`base64.encode` takes bytes');
    return string(Buffer.from(bytes.value).toString('base64'));
  },
  'base64.decode': (args) => {
    const [text] = args;
    if (text?.kind !== 'string' || args.length > 1) throw new CelError('overload', '`base64.decode` takes a string');
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text.value))
      throw new CelError('conversion', 'the text is no base64');
    return { kind: 'bytes', value: new Uint8Array(Buffer.from(text.value, 'base64')) };
  },
};
