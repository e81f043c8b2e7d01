// Cells of tables as docs/TABLES.md says what they take, by the plain evaluator.

import { alike, compare } from './expression-compare.js';
import { PlainExpression } from './expression-evaluator.js';
import { type Static, Statics } from './expression-statics.js';
import { Decimal, Numeral, numeralOf, type Value } from './expression-values.js';

/** Whether a cell takes a value, where these names are known. */
export type Cell = (value: Value, names: ReadonlyMap<string, Value>) => boolean;

const NUMBER = /^-?\d+(\.\d+)?$/;

/** A cell's text as a test of an input of a type; `words`: members of its enum. */
export function cellOf(text: string, input: Static, statics: Statics, words: readonly string[]): Cell {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '-') return () => true;
  const items = splitItems(trimmed);
  const takesNull = items.includes('null');
  const inner = new Statics(new Map([...statics.names, ['value', input]]));
  const tests = items.filter((item) => item !== 'null').map((item) => testOf(item, inner, words));
  return (value, names) => (value === null ? takesNull : tests.some((test) => test(value, new Map(names).set('value', value))));
}

/** The items between commas that stand in no parentheses, brackets or quotes. */
function splitItems(text: string): string[] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"') quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    if (character === ',' && depth === 0 && quote === '') {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  return [...items, item.trim()];
}

function testOf(item: string, statics: Statics, words: readonly string[]): Cell {
  const not = /^not\((.*)\)$/.exec(item);
  if (not !== null) {
    const tests = splitItems(not[1]!)
      .filter((inner) => inner !== 'null')
      .map((inner) => testOf(inner, statics, words));
    return (value, names) => !tests.some((test) => test(value, names));
  }
  const range = /^([[(])(.+?)\.\.(.+)([\])])$/.exec(item);
  if (range !== null) {
    const [, opening, from, to, closing] = range as unknown as [string, string, string, string, string];
    const [low, high] = [operandOf(from, statics, words), operandOf(to, statics, words)];
    const [above, below] = [opening === '[' ? '>=' : '>', closing === ']' ? '<=' : '<'];
    return (value, names) => holds(above, value, low(names)) && holds(below, value, high(names));
  }
  const relation = /^(===|!==|<=|>=|<|>)(.+)$/.exec(item);
  if (relation !== null) {
    const operand = operandOf(relation[2]!, statics, words);
    return (value, names) => holds(relation[1]!, value, operand(names));
  }
  const operand = operandOf(item, statics, words);
  // An expression is a test by itself, a literal a value that is compared.
  const isTest = isExpression(item, words);
  return (value, names) => (isTest ? operand(names) === true : holds('===', value, operand(names)));
}

function holds(relation: string, value: Value, operand: Value): boolean {
  const [x, y] = alike(value, operand);
  return compare(relation, x, y);
}

const MOMENT = /^\d{4}-\d\d-\d\d(T.*)?$/;

const isExpression = (text: string, words: readonly string[]): boolean =>
  !NUMBER.test(text) &&
  !MOMENT.test(text) &&
  !/^"[^"]*"$/.test(text) &&
  text !== 'true' &&
  text !== 'false' &&
  !words.includes(text);

/** A literal, a word, or an expression. */
export function operandOf(
  written: string,
  statics: Statics,
  words: readonly string[],
): (names: ReadonlyMap<string, Value>) => Value {
  const text = written.trim();
  if (NUMBER.test(text)) {
    const numeral = numeralOf(text.replace('-', ''));
    const value = text.startsWith('-') ? new Numeral(-numeral.number, negative(numeral)) : numeral;
    return () => value;
  }
  if (MOMENT.test(text) || words.includes(text)) return () => text;
  if (/^"[^"]*"$/.test(text)) return () => text.slice(1, -1);
  if (text === 'true' || text === 'false') return () => text === 'true';
  const expression = new PlainExpression(text, statics);
  return (names) => expression.run(names);
}

const negative = ({ exact }: Numeral): Decimal => new Decimal(-exact.value, exact.scale);
