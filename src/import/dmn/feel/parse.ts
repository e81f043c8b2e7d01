// The parser of FEEL, a recursive descent over characters: where a name ends depends on the names that are known there, so no
// tokens are made before there is a scope.

import type { DiagnosticBag } from '../../../diagnostic/diagnostic.js';
import type { ImportSource } from '../../imported.js';
import { textSpan, type XmlElement } from '../xml.js';
import type { Arithmetic, Entry, Feel, Iterator, Place, RangeNode, Test, UnaryTests } from './ast.js';
import { Cursor, FeelFault } from './cursor.js';
import { parseDecimal } from './decimal.js';
import { NameScope, plainName } from './names.js';
import { readString } from './strings.js';

/** Levels of an expression. */
export const FEEL_DEPTH_MAX = 128;
/** Characters of an expression. */
export const FEEL_CHARS_MAX = 65_536;

export interface ParseContext {
  readonly source: ImportSource;
  readonly bag: DiagnosticBag;
  /** Names of variables and functions. */
  readonly scope: NameScope;
  /** Names that may stand behind a point. */
  readonly members: NameScope;
}

/** Parses an element's text as an expression; undefined where it is none (reported: V7202). */
export function parseFeel(element: XmlElement, context: ParseContext): Feel | undefined {
  return attempt(element, context, (parser) => parser.whole(() => parser.expression()));
}

/** Parses an element's text as the unary tests of a cell. */
export function parseUnaryTests(element: XmlElement, context: ParseContext): UnaryTests | undefined {
  if (/^\s*(?:-|\u2013)?\s*$/.test(element.text)) return { any: true, not: false, tests: [] };
  return attempt(element, context, (parser) => parser.whole(() => parser.unaryTests()));
}

function attempt<T>(element: XmlElement, context: ParseContext, parse: (parser: FeelParser) => T): T | undefined {
  const { source, bag } = context;
  try {
    if (element.text.length > FEEL_CHARS_MAX) throw new FeelFault(0, 1, `more than ${FEEL_CHARS_MAX} characters`, 'split it');
    return parse(new FeelParser(element, context));
  } catch (error) {
    if (!(error instanceof FeelFault)) throw error;
    bag.error('V7202', textSpan(element, source, error.start, error.end), `this is not FEEL: ${error.message}`, error.advice);
    return undefined;
  }
}

const NUMBER = /(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** Words that end a name or an expression wherever they stand. */
const KEYWORDS = new Set([
  'and',
  'or',
  'between',
  'in',
  'then',
  'else',
  'return',
  'satisfies',
  'instance',
  'true',
  'false',
  'null',
]);

class FeelParser extends Cursor {
  readonly #element: XmlElement;
  readonly #members: NameScope;
  #scope: NameScope;
  #depth = 0;

  constructor(element: XmlElement, context: ParseContext) {
    super(element.text);
    this.#element = element;
    this.#scope = context.scope;
    this.#members = context.members;
  }

  whole<T>(parse: () => T): T {
    const result = parse();
    this.blanks();
    if (this.at < this.text.length) this.fail('something follows the expression', 'write one expression');
    return result;
  }

  // --- Unary tests ---

  unaryTests(): UnaryTests {
    this.blanks();
    const start = this.at;
    if (this.keyword('not') && this.sign('(')) {
      const tests = this.#tests();
      this.expect(')');
      return { any: false, not: true, tests };
    }
    this.at = start;
    return { any: false, not: false, tests: this.#tests() };
  }

  #tests(): Test[] {
    const tests = [this.#test()];
    while (this.sign(',')) tests.push(this.#test());
    return tests;
  }

  #test(): Test {
    this.blanks();
    const start = this.at;
    const operator = this.comparison();
    if (operator !== undefined) {
      const value = this.#additive();
      return { kind: 'compare', operator, value, place: this.#place(start) };
    }
    const value = this.expression();
    const place = this.#place(start);
    return value.kind === 'range' ? { kind: 'range', range: value, place } : { kind: 'value', value, place };
  }

  // --- Expressions, loosest first ---

  expression(): Feel {
    if (++this.#depth > FEEL_DEPTH_MAX) {
      this.fail(`more than ${FEEL_DEPTH_MAX} expressions stand inside one another`, 'split it into decisions');
    }
    this.blanks();
    const start = this.at;
    const result = this.keyword('if')
      ? this.#if(start)
      : this.keyword('for')
        ? this.#for(start)
        : this.keyword('some')
          ? this.#quantified(start, 'some')
          : this.keyword('every')
            ? this.#quantified(start, 'every')
            : this.#or();
    this.#depth--;
    return result;
  }

  #if(start: number): Feel {
    const when = this.expression();
    this.expectWord('then');
    const then = this.expression();
    this.expectWord('else');
    const otherwise = this.expression();
    return { kind: 'if', when, then, otherwise, place: this.#place(start) };
  }

  #for(start: number): Feel {
    return this.#scoped(() => {
      const iterators = this.#iterators();
      this.expectWord('return');
      const body = this.expression();
      return { kind: 'for', iterators, body, place: this.#place(start) };
    });
  }

  #quantified(start: number, quantifier: 'some' | 'every'): Feel {
    return this.#scoped(() => {
      const iterators = this.#iterators();
      this.expectWord('satisfies');
      const body = this.expression();
      return { kind: 'quantified', quantifier, iterators, body, place: this.#place(start) };
    });
  }

  #iterators(): Iterator[] {
    const iterators: Iterator[] = [];
    do {
      const name = this.newName(/\s+in\b/y);
      this.expectWord('in');
      let list = this.expression();
      if (this.sign('..')) {
        const high = this.expression();
        const place = { element: this.#element, start: list.place.start, end: this.at };
        list = { kind: 'range', low: list, lowOpen: false, high, highOpen: false, place };
      }
      iterators.push({ name, list });
      this.#scope.add(name);
    } while (this.sign(','));
    return iterators;
  }

  #or(): Feel {
    return this.#logic('or', () => this.#logic('and', () => this.#compared()));
  }

  #logic(operator: 'and' | 'or', part: () => Feel): Feel {
    this.blanks();
    const start = this.at;
    const parts = [part()];
    while (this.keyword(operator)) parts.push(part());
    return parts.length === 1 ? parts[0]! : { kind: 'logic', operator, parts, place: this.#place(start) };
  }

  #compared(): Feel {
    this.blanks();
    const start = this.at;
    let left = this.#additive();
    for (;;) {
      const operator = this.comparison();
      if (operator !== undefined) {
        const right = this.#additive();
        left = { kind: 'comparison', operator, left, right, place: this.#place(start) };
      } else if (this.keyword('between')) {
        const low = this.#additive();
        this.expectWord('and');
        const high = this.#additive();
        left = { kind: 'between', value: left, low, high, place: this.#place(start) };
      } else if (this.keyword('instance')) {
        this.expectWord('of');
        const from = this.skipBlanks();
        const type = /[^\s,)\]}]+(?:\s+and\s+time(?:\s+duration)?|\s+and\s+months\s+duration)?/y;
        type.lastIndex = from;
        const found = type.exec(this.text);
        if (found === null) this.fail('a type is missing', 'write `number`, `string` or such');
        this.at = from + found![0].length;
        left = { kind: 'instance', value: left, type: plainName(found![0]), place: this.#place(start) };
      } else if (this.keyword('in')) {
        left = { kind: 'in', value: left, tests: this.#inTests(), place: this.#place(start) };
      } else return left;
    }
  }

  /** What follows `in`: tests in parentheses, or one test. */
  #inTests(): UnaryTests {
    const from = this.skipBlanks();
    if (this.sign('(')) {
      const first = this.#test();
      if (first.kind === 'value' && this.sign('..')) {
        const range = this.#rangeFrom(from, first.value, true);
        return { any: false, not: false, tests: [{ kind: 'range', range, place: range.place }] };
      }
      const tests = [first];
      while (this.sign(',')) tests.push(this.#test());
      this.expect(')');
      return { any: false, not: false, tests };
    }
    const operator = this.comparison();
    const value = this.#additive();
    const place = this.#place(from);
    if (operator !== undefined) return { any: false, not: false, tests: [{ kind: 'compare', operator, value, place }] };
    const test: Test = value.kind === 'range' ? { kind: 'range', range: value, place } : { kind: 'value', value, place };
    return { any: false, not: false, tests: [test] };
  }

  #additive(): Feel {
    return this.#binary(['+', '-'], () => this.#binary(['*', '/'], () => this.#binary(['**'], () => this.#negation())));
  }

  #binary(operators: readonly Arithmetic[], part: () => Feel): Feel {
    this.blanks();
    const start = this.at;
    let left = part();
    for (;;) {
      const operator = operators.find((sign) => {
        const from = this.skipBlanks();
        if (sign === '*' && this.text.startsWith('**', from)) return false;
        return this.sign(sign);
      });
      if (operator === undefined) return left;
      const right = part();
      left = { kind: 'arithmetic', operator, left, right, place: this.#place(start) };
    }
  }

  /** A minus binds tighter than `**`. */
  #negation(): Feel {
    this.blanks();
    const start = this.at;
    if (!this.sign('-')) return this.#postfix();
    if (++this.#depth > FEEL_DEPTH_MAX) this.fail('too many signs', 'leave them out');
    const of = this.#negation();
    this.#depth--;
    return { kind: 'negate', of, place: this.#place(start) };
  }

  #postfix(): Feel {
    this.blanks();
    const start = this.at;
    let of = this.#primary();
    for (;;) {
      const from = this.skipBlanks();
      const sign = this.text[from];
      if (sign === '.' && this.text[from + 1] !== '.') {
        this.at = from + 1;
        of = { kind: 'path', of, name: this.#memberName(), place: this.#place(start) };
      } else if (sign === '(' && (of.kind === 'name' || of.kind === 'path' || of.kind === 'call' || of.kind === 'function')) {
        this.at = from + 1;
        of = { kind: 'call', of, values: this.#arguments(), place: this.#place(start) };
      } else if (sign === '[' && of.kind !== 'number' && of.kind !== 'range') {
        this.at = from + 1;
        const test = this.#scoped(() => {
          this.#scope.add('item');
          return this.expression();
        });
        this.expect(']');
        of = { kind: 'filter', of, test, place: this.#place(start) };
      } else return of;
    }
  }

  #arguments(): { name?: string; value: Feel }[] {
    const values: { name?: string; value: Feel }[] = [];
    if (this.sign(')')) return values;
    do {
      const named = this.#maybe(() => {
        const name = this.newName(/\s*:/y);
        this.expect(':');
        return name;
      });
      const value = this.expression();
      values.push(named === undefined ? { value } : { name: named, value });
    } while (this.sign(','));
    this.expect(')');
    return values;
  }

  #primary(): Feel {
    const start = this.at;
    const text = this.text;
    const first = text[start];
    if (first === undefined) this.fail('the expression ends here', 'write a value');
    if (first === '"') {
      const found = readString(text, start);
      if (found === undefined) this.fail('the text is never closed, or holds an escape that is none', 'close it with `"`');
      this.at = found!.end;
      return { kind: 'text', value: found!.value, place: this.#place(start) };
    }
    if (first === '@') {
      const found = text[start + 1] === '"' ? readString(text, start + 1) : undefined;
      if (found === undefined) this.fail('`@` stands before a text', 'write `@"2026-01-31"`');
      this.at = found!.end;
      return { kind: 'at', value: found!.value, place: this.#place(start) };
    }
    NUMBER.lastIndex = start;
    const digits = NUMBER.exec(text)?.[0];
    if (digits !== undefined) {
      this.at = start + digits.length;
      const value = parseDecimal(digits);
      if (value === undefined) this.fail('the number is too large', 'write one that decimal128 holds', start);
      return { kind: 'number', value: value!, place: this.#place(start) };
    }
    if (first === '(' || first === '[' || first === ']') return this.#bracketed(start);
    if (first === '{') return this.#context(start);
    for (const [word, make] of [
      ['true', (place: Place): Feel => ({ kind: 'boolean', value: true, place })],
      ['false', (place: Place): Feel => ({ kind: 'boolean', value: false, place })],
      ['null', (place: Place): Feel => ({ kind: 'null', place })],
    ] as const) {
      if (this.#scope.match(text, start) === undefined && this.keyword(word)) return make(this.#place(start));
    }
    if (this.#scope.match(text, start) === undefined && this.keyword('function')) return this.#function(start);
    return this.#name(start);
  }

  #name(start: number): Feel {
    const known = this.#scope.match(this.text, start);
    if (known !== undefined) {
      this.at = known.end;
      return { kind: 'name', name: known.name, place: this.#place(start) };
    }
    const name = this.word();
    if (name === undefined || KEYWORDS.has(name)) this.fail('a value is missing', 'write a number, a text or a name', start);
    return { kind: 'name', name: name!, place: this.#place(start) };
  }

  #memberName(): string {
    const from = this.skipBlanks();
    this.at = from;
    const known = this.#members.match(this.text, from);
    const plain = this.word();
    if (known !== undefined && known.end >= this.at) {
      this.at = known.end;
      return known.name;
    }
    if (plain === undefined) this.fail('a name is missing behind the point', 'write the name of a member');
    return plain!;
  }

  /** `(a)`, `(1..5)`, `[a, b]`, `[1..5]`, `]1..5[`. */
  #bracketed(start: number): Feel {
    const opener = this.text[start]!;
    this.at = start + 1;
    if (opener === '[' && this.sign(']')) return { kind: 'list', items: [], place: this.#place(start) };
    const first = this.expression();
    if (this.sign('..')) return this.#rangeFrom(start, first, opener !== '[');
    if (opener === ']') this.fail('a range is missing', 'write `]1..5[`', start);
    if (opener === '(') {
      this.expect(')');
      return first;
    }
    const items = [first];
    while (this.sign(',')) items.push(this.expression());
    this.expect(']');
    return { kind: 'list', items, place: this.#place(start) };
  }

  /** What follows the `..` of a range. */
  #rangeFrom(start: number, low: Feel, lowOpen: boolean): RangeNode {
    const high = this.expression();
    const closer = this.text[this.skipBlanks()];
    if (closer !== ')' && closer !== ']' && closer !== '[') this.fail('the range is never closed', 'close it with `)` or `]`');
    this.at = this.skipBlanks() + 1;
    return { kind: 'range', low, lowOpen, high, highOpen: closer !== ']', place: this.#place(start) };
  }

  #context(start: number): Feel {
    this.at = start + 1;
    const entries: Entry[] = [];
    return this.#scoped(() => {
      if (this.sign('}')) return { kind: 'context', entries, place: this.#place(start) };
      do {
        const from = this.skipBlanks();
        const quoted = this.text[from] === '"' ? readString(this.text, from) : undefined;
        if (quoted !== undefined) this.at = quoted.end;
        const name = quoted === undefined ? this.newName(/\s*:/y) : plainName(quoted.value);
        this.expect(':');
        entries.push({ name, value: this.expression() });
        this.#scope.add(name);
        this.#members.add(name);
      } while (this.sign(','));
      this.expect('}');
      return { kind: 'context', entries, place: this.#place(start) };
    });
  }

  #function(start: number): Feel {
    this.expect('(');
    return this.#scoped(() => {
      const parameters: string[] = [];
      if (!this.sign(')')) {
        do {
          const name = this.newName(/\s*[,):]/y);
          parameters.push(name);
          this.#scope.add(name);
          if (this.sign(':')) this.newName(/\s*[,)]/y);
        } while (this.sign(','));
        this.expect(')');
      }
      if (this.keyword('external')) this.fail('a function from outside', 'write its body in FEEL', start);
      const body = this.expression();
      return { kind: 'function', parameters, body, place: this.#place(start) };
    });
  }

  // --- Scopes and places ---

  #scoped<T>(parse: () => T): T {
    const outer = this.#scope;
    this.#scope = new NameScope([], outer);
    try {
      return parse();
    } finally {
      this.#scope = outer;
    }
  }

  /** Takes what `parse` takes, or nothing where it fails. */
  #maybe<T>(parse: () => T): T | undefined {
    const at = this.at;
    const depth = this.#depth;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof FeelFault)) throw error;
      this.at = at;
      this.#depth = depth;
      return undefined;
    }
  }

  #place(start: number): Place {
    return { element: this.#element, start, end: this.at };
  }
}
