// The text of a cell -> its tests. A cell holds `-` (any value), or tests of which one must hold, with commas between: values,
// `< 5`, `[18..21)`, `not(...)`, expressions. What an operand means depends on its column: it is parsed, not yet understood.

import type { ProfileName } from '../../bundle/bundle.js';
import { part } from '../../bundle/scalar-text.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import type { EsNode } from '../estree.js';
import type { Relation } from '../ir.js';
import { EXPRESSION_CHARS_MAX } from '../limits.js';
import { parseExpression } from '../parse.js';
import { FaultSink, type Source } from '../source.js';
import { checkWhitelist } from '../whitelist.js';

/** A part of a cell that stands for a value. */
export class Operand {
  #root: EsNode | undefined;

  constructor(
    /** Without blanks around it. */
    readonly source: Source,
  ) {}

  get text(): string {
    return this.source.text;
  }

  /** Its syntax tree, undefined where it has none that the profile allows (reported to `bag`). */
  parse(profile: ProfileName, bag: DiagnosticBag): EsNode | undefined {
    if (this.#root !== undefined) return this.#root;
    const faults = new FaultSink(this.source, bag);
    const roots = parseExpression(this.source.text, faults);
    // Several roots are statements, which the whitelist refuses by name.
    if (roots !== undefined && checkWhitelist(roots, profile, faults) && !faults.hasErrors) this.#root = roots[0];
    return this.#root;
  }

  /** Its syntax tree where it is an expression at all, for its names. */
  peek(profile: ProfileName): EsNode | undefined {
    return this.parse(profile, new DiagnosticBag());
  }
}

export type CellTest =
  | { kind: 'value'; operand: Operand }
  | { kind: 'compare'; relation: Relation; operand: Operand }
  | { kind: 'range'; low: Operand; lowOpen: boolean; high: Operand; highOpen: boolean; source: Source }
  | { kind: 'not'; tests: CellTest[]; source: Source };

/** `any`: the cell takes any value, null too. */
export type Cell = 'any' | CellTest[];

const RELATIONS: Readonly<Record<string, Relation>> = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '===': '===', '!==': '!==' };
const FOREIGN_RELATIONS: Readonly<Record<string, string>> = {
  '=': 'write the value alone',
  '==': 'write the value alone',
  '!=': 'write `!==`, or `not(...)`',
  '<>': 'write `!==`, or `not(...)`',
  '≤': 'write `<=`',
  '≥': 'write `>=`',
  '≠': 'write `!==`',
};

/**
 * Splits a cell into tests.
 * @returns undefined where it is not made of tests (reported)
 */
export function parseCell(cell: Source, bag: DiagnosticBag): Cell | undefined {
  const text = cell.text.trim();
  if (text === '' || text === '-' || text === '\u2013') return 'any';
  if (text.length > EXPRESSION_CHARS_MAX) {
    bag.error(
      'V5001',
      cell.span,
      `the cell has ${text.length} characters, more than ${EXPRESSION_CHARS_MAX}`,
      'ask a list: `lists.NAME.includes(value)`',
    );
    return undefined;
  }
  const start = cell.text.indexOf(text);
  const { tests, good } = parseTests(part(cell, start, start + text.length), 0, false, bag);
  return good ? tests : undefined;
}

/** All operands of a cell. */
export function operandsOfCell(cell: Cell): Operand[] {
  if (cell === 'any') return [];
  return cell.flatMap((test) => {
    if (test.kind === 'range') return [test.low, test.high];
    return test.kind === 'not' ? operandsOfCell(test.tests) : [test.operand];
  });
}

/** Tests from `from` on: to the end of the text, or in `not(` to its `)`. */
function parseTests(
  source: Source,
  from: number,
  inNot: boolean,
  bag: DiagnosticBag,
): { tests: CellTest[]; good: boolean; end: number } {
  const { text } = source;
  const tests: CellTest[] = [];
  let good = true;
  let at = from;
  for (;;) {
    at = skipBlanks(text, at);
    const next = parseTest(source, at, inNot, bag);
    if (next.test === undefined) good = false;
    else tests.push(next.test);
    at = skipBlanks(text, next.end);
    if (at >= text.length || (inNot && text[at] === ')')) return { tests, good, end: at };
    at++; // the comma
  }
}

interface ParsedTest {
  /** Undefined where there is none (reported). */
  test: CellTest | undefined;
  end: number;
}

function parseTest(source: Source, at: number, inNot: boolean, bag: DiagnosticBag): ParsedTest {
  const { text } = source;
  const range = scanRange(text, at);
  if (range !== undefined) return { test: parseRange(source, at, range, bag), end: range.end };
  const not = /^not\s*\(/.exec(text.slice(at, at + 64));
  if (not !== null && !inNot) return parseNot(source, at, not[0].length, bag);
  const end = scanItem(text, at, inNot);
  return { test: parseItem(trimmedPart(source, at, end), bag), end };
}

function parseNot(source: Source, at: number, length: number, bag: DiagnosticBag): ParsedTest {
  const { text } = source;
  const { tests, good, end } = parseTests(source, at + length, true, bag);
  if (text[end] !== ')') {
    bag.error('V4105', source.spanAt(at, text.length), 'the parenthesis of `not(` is never closed', 'write `not(5, 7)` or such');
    return { test: undefined, end: text.length };
  }
  const after = skipBlanks(text, end + 1);
  if (after < text.length && text[after] !== ',') {
    const stop = scanItem(text, after, false);
    bag.error(
      'V4105',
      source.spanAt(after, stop),
      'something follows `not(...)`',
      'write an expression with `value`, such as `!(value === 5) && vip`',
    );
    return { test: undefined, end: stop };
  }
  return { test: good ? { kind: 'not', tests, source: part(source, at, end + 1) } : undefined, end: end + 1 };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text[at])) at++;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r' || character === '\u00a0';
}

function trimmedPart(source: Source, from: number, to: number): Source {
  let start = from;
  let end = to;
  while (start < end && isBlank(source.text[start])) start++;
  while (end > start && isBlank(source.text[end - 1])) end--;
  return part(source, start, end);
}

/** Offset behind a text or template that begins at `at`. */
function skipQuoted(text: string, at: number): number {
  const quote = text[at];
  let next = at + 1;
  while (next < text.length && text[next] !== quote) next += text[next] === '\\' ? 2 : 1;
  return Math.min(next + 1, text.length);
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'" || character === '`';
}

/** Offset of the comma that ends an item, in `not(` of its parenthesis, or of the text's end. */
function scanItem(text: string, from: number, inNot: boolean): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at]!;
    if (isQuote(character)) {
      at = skipQuoted(text, at);
      continue;
    }
    if (depth === 0 && (character === ',' || (inNot && character === ')'))) return at;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
    at++;
  }
  return text.length;
}

interface Range {
  /** Offset of `..`, and behind the closing bracket. */
  dots: number;
  end: number;
}

/** A range that begins at `from`: `[a..b]`, with `(` or `]` where a is not in it, `)` or `[` where b is not. */
function scanRange(text: string, from: number): Range | undefined {
  const opening = text[from];
  if (opening !== '[' && opening !== '(' && opening !== ']') return undefined;
  let dots = -1;
  let depth = 0;
  let at = from + 1;
  while (at < text.length) {
    const character = text[at]!;
    if (isQuote(character)) {
      at = skipQuoted(text, at);
      continue;
    }
    if (depth === 0 && dots === -1 && text.startsWith('..', at)) {
      dots = at;
      at += 2;
      continue;
    }
    if (depth === 0 && dots !== -1 && '])['.includes(character) && /^\s*([,)]|$)/.test(text.slice(at + 1, at + 64))) {
      return { dots, end: at + 1 };
    }
    if (depth === 0 && dots === -1 && ',])'.includes(character)) return undefined;
    if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    at++;
  }
  return undefined;
}

function parseRange(source: Source, from: number, { dots, end }: Range, bag: DiagnosticBag): CellTest | undefined {
  const low = trimmedPart(source, from + 1, dots);
  const high = trimmedPart(source, dots + 2, end - 1);
  const whole = part(source, from, end);
  if (low.text === '' || high.text === '') {
    const advice =
      low.text === ''
        ? `write \`<= ${high.text || 5}\` for a range without a beginning`
        : `write \`>= ${low.text}\` for a range without an end`;
    bag.error('V4105', whole.span, 'the range lacks one of its ends', advice);
    return undefined;
  }
  const lowOpen = source.text[from] !== '[';
  const highOpen = source.text[end - 1] !== ']';
  return { kind: 'range', low: new Operand(low), lowOpen, high: new Operand(high), highOpen, source: whole };
}

function parseItem(item: Source, bag: DiagnosticBag): CellTest | undefined {
  const { text } = item;
  if (text === '' || text === '-') {
    const advice = text === '-' ? '`-` stands alone: it takes any value' : 'remove the comma';
    bag.error('V4105', item.span, text === '-' ? '`-` stands among other tests' : 'a test is missing', advice);
    return undefined;
  }
  const sign = /^(===|!==|==|!=|<>|<=|>=|[<>=≤≥≠])/.exec(text)?.[0];
  if (sign === undefined) return { kind: 'value', operand: new Operand(item) };
  const relation = RELATIONS[sign];
  const operand = trimmedPart(item, sign.length, text.length);
  if (relation === undefined) {
    bag.error('V4105', item.spanAt(0, sign.length), `\`${sign}\` is no comparison of a cell`, FOREIGN_RELATIONS[sign]);
    return undefined;
  }
  if (operand.text === '') {
    bag.error('V4105', item.span, `\`${sign}\` has nothing to compare with`, `write \`${sign} 5\` or such`);
    return undefined;
  }
  return { kind: 'compare', relation, operand: new Operand(operand) };
}
