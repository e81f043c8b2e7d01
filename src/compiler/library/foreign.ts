// Functions and methods that authors from JavaScript and other rule languages expect, and what to write instead.

import type { ReceiverKind } from './entry.js';

const DETERMINISTIC = 'decisions are deterministic: bring the value in the payload';
const NO_CONVERSION = 'values are never converted; declare the field in the model with the type it has';

const READ_NUMBER = '`text.toDecimal(2)` reads the one that a text writes';

const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['Date', 'compare a timestamp or date with a text: `at < "2026-01-01T00:00:00Z"`; `now` is the time of the decision'],
  ['parseInt', `${NO_CONVERSION}; ${READ_NUMBER}`],
  ['parseFloat', `${NO_CONVERSION}; ${READ_NUMBER}`],
  ['Number', `${NO_CONVERSION}; \`toNumber(decimal)\` gives the number of a decimal, and ${READ_NUMBER}`],
  ['String', NO_CONVERSION],
  ['Boolean', 'write a comparison'],
  ['BigInt', 'declare the field with `format: int64`: it is exact'],
  ['isNaN', 'write `x !== x`'],
  ['isFinite', 'write `x - x === 0`'],
  ['RegExp', 'write `matches(text, "pattern")`'],
  ['eval', 'an expression holds no code as text'],
  ['Function', 'an expression holds no code as text'],
  ['require', 'everything a condition can read is a field of the model'],
  ['fetch', DETERMINISTIC],
  ['abs', 'write `Math.abs(x)`'],
  ['min', 'write `Math.min(a, b)`'],
  ['max', 'write `Math.max(a, b)`'],
  ['floor', 'write `Math.floor(x)`, or of a decimal `round(a, 0, "down")`'],
  ['ceil', 'write `Math.ceil(x)`, or of a decimal `round(a, 0, "up")`'],
  ['sqrt', 'write `Math.sqrt(x)`'],
  ['sum', 'write `items.reduce((sum, item) => sum + item.price, 0)`'],
  ['count', 'write `items.filter(item => ...).length`'],
  ['len', 'write `x.length`'],
  ['length', 'write `x.length`'],
  ['contains', 'write `text.includes("x")` or `list.includes(x)`'],
  ['startsWith', 'write `text.startsWith("x")`'],
  ['endsWith', 'write `text.endsWith("x")`'],
  ['lower', 'write `text.toLowerCase()`'],
  ['upper', 'write `text.toUpperCase()`'],
  ['today', 'write `now.toDate("Europe/Paris")`'],
  ['coalesce', 'write `a ?? b`'],
  ['iff', 'write `a ? b : c`'],
]);

const MATH: ReadonlyMap<string, string> = new Map([
  ['random', DETERMINISTIC],
  ['hypot', 'write `Math.sqrt(a * a + b * b)`'],
  ['clamp', 'write `Math.min(Math.max(x, low), high)`'],
  ['fround', 'numbers are 64-bit floats throughout'],
]);

const TEXTS: ReadonlyMap<string, string> = new Map([
  ['substring', 'write `slice(start, end)`'],
  ['substr', 'write `slice(start, end)`'],
  ['charAt', 'write `slice(i, i + 1)`'],
  ['at', 'write `slice(i, i + 1)`'],
  ['charCodeAt', 'compare texts: they are ordered by code units'],
  ['codePointAt', 'compare texts: they are ordered by code units'],
  ['match', 'write `matches(text, "pattern")`'],
  ['matchAll', 'write `matches(text, "pattern")`'],
  ['test', 'write `matches(text, "pattern")`'],
  ['search', 'write `indexOf("x")`, or `matches(text, "pattern")`'],
  ['matches', 'write `matches(text, "pattern")`'],
  ['contains', 'write `includes("x")`'],
  ['lastIndexOf', 'write `endsWith("x")` or `indexOf("x", from)`'],
  ['concat', 'write `a + b`, or a template: `' + '$' + '{a}-' + '$' + '{b}` in backquotes'],
  ['replace', 'texts are not changed: bring the text as it is compared'],
  ['replaceAll', 'texts are not changed: bring the text as it is compared'],
  ['padStart', 'texts are not changed: bring the text as it is compared'],
  ['padEnd', 'texts are not changed: bring the text as it is compared'],
  ['repeat', 'texts are not changed: bring the text as it is compared'],
  ['normalize', 'bring the text in its normal form'],
  ['localeCompare', 'compare texts with `<` and `>`: by code units, in no language'],
  ['toLocaleLowerCase', 'write `toLowerCase()`'],
  ['toLocaleUpperCase', 'write `toUpperCase()`'],
  ['lower', 'write `toLowerCase()`'],
  ['upper', 'write `toUpperCase()`'],
]);

const LISTS: ReadonlyMap<string, string> = new Map([
  ['find', 'write `some(item => ...)`, or `filter(...)` and `reduce(...)`'],
  ['findLast', 'write `some(item => ...)`, or `filter(...)` and `reduce(...)`'],
  ['findIndex', 'write `some(item => ...)`'],
  ['indexOf', 'write `includes(value)`'],
  ['lastIndexOf', 'write `includes(value)`'],
  ['at', 'elements have no numbers; ask with `some`, `every` or `reduce`'],
  ['any', 'write `some(item => ...)`'],
  ['all', 'write `every(item => ...)`'],
  ['contains', 'write `includes(value)`'],
  ['forEach', 'an expression changes nothing; write `some`, `every` or `reduce`'],
  ['flatMap', 'write `items.some(item => item.tags.some(tag => ...))`'],
  ['flat', 'write `items.some(item => item.tags.some(tag => ...))`'],
  ['join', 'texts of a list are not joined; ask with `includes` or `some`'],
  ['sort', 'the order of a list has no meaning in an expression; find the largest with `reduce`'],
  ['reverse', 'the order of a list has no meaning in an expression'],
  ['slice', 'limit the list with `maxItems` in the model'],
  ['concat', 'ask both lists: `a.some(...) || b.some(...)`'],
  ['reduceRight', 'write `reduce((sum, item) => ..., 0)`'],
  ['size', 'write `length`'],
  ['count', 'write `filter(item => ...).length`'],
  ['sum', 'write `reduce((sum, item) => sum + item, 0)`'],
  ['push', 'an expression changes nothing'],
]);

const TIMES: ReadonlyMap<string, string> = new Map([
  ['getFullYear', 'write `year("Europe/Paris")`'],
  ['getMonth', 'write `month("Europe/Paris")`: months count from 1'],
  ['getDate', 'write `day("Europe/Paris")`'],
  ['getDay', 'write `dayOfWeek("Europe/Paris")`: Monday is 1'],
  ['getHours', 'write `hour("Europe/Paris")`'],
  ['getMinutes', 'write `minute("Europe/Paris")`'],
  ['getSeconds', 'write `second("Europe/Paris")`'],
  ['getTime', 'compare timestamps, or write `a.secondsSince(b)`'],
  ['diff', 'write `a.daysSince(b)`'],
  ['weekday', 'write `dayOfWeek("Europe/Paris")`: Monday is 1'],
  ['toISOString', 'compare timestamps with texts: `at < "2026-01-01T00:00:00Z"`'],
]);

/** What an author writes instead of a function of another language; undefined where nothing is known. */
export function foreignAdvice(kind: ReceiverKind | undefined, name: string): string | undefined {
  if (name === 'toString' || name === 'toFixed' || name === 'valueOf' || name === 'toLocaleString') return NO_CONVERSION;
  switch (kind) {
    case undefined:
      return FUNCTIONS.get(name);
    case 'Math':
      return MATH.get(name);
    case 'text':
      return TEXTS.get(name);
    case 'enum':
      return TEXTS.has(name) || ENUM_TEXTS.has(name)
        ? 'compare members: `["US", "GB"].includes(country)`; enums have no methods of texts'
        : undefined;
    case 'list':
      return LISTS.get(name);
    case 'timestamp':
    case 'date':
      return TIMES.get(name);
    case 'lists':
      return 'write `lists.NAME.includes(value)`';
    default:
      return undefined;
  }
}

const ENUM_TEXTS: ReadonlySet<string> = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'slice',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'split',
]);
