// The parser of ZEN expressions, and of the cells of its tables (unary expressions), after gorules/zen, core/expression/src/parser.

import { type Token, templateParts, tokenize } from './lexer.js';
import { type BinaryOperator, CLOSURES, type ClosureName, type ZenNode, ZenSyntaxError } from './node.js';

/** Binding of binary operators; a larger one binds more tightly. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 10,
  and: 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '<=': 20,
  '>=': 20,
  in: 20,
  'not in': 20,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '%': 60,
  '^': 70,
  '??': 80,
};
const NOT_PRECEDENCE = 50;
const SIGN_PRECEDENCE = 200;
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in']);
/** Levels of an expression; a hostile one must not come near the stack's end. */
const DEPTH_MAX = 128;
const CHARS_MAX = 65_536;

/** Functions whose result a bare cell compares with its subject by `in`; all others but these and tests by `==`. */
const IN_FUNCTIONS = new Set(['flatten', 'merge', 'mergeDeep', 'extract', 'split', 'keys', 'values']);
const TEST_FUNCTIONS = new Set(['contains', 'startsWith', 'endsWith', 'matches', 'isNumeric']);

class Parser {
  readonly #tokens: readonly Token[];
  readonly #offset: number;
  #at = 0;
  #depth = 0;
  #closures: number;
  /** In a cell, at its top: `and`, `or` and `,` end an expression. */
  readonly #isCell: boolean;
  #nested = 0;

  constructor(source: string, offset: number, isCell: boolean, closures = 0) {
    if (source.length > CHARS_MAX) throw new ZenSyntaxError('this expression is too long', offset, offset + source.length);
    this.#tokens = tokenize(source);
    this.#offset = offset;
    this.#isCell = isCell;
    this.#closures = closures;
  }

  standard(): ZenNode {
    const first = this.#token;
    const targets: { path: readonly string[]; value: ZenNode }[] = [];
    let result: ZenNode | undefined;
    while (true) {
      const node = this.#binary(0);
      if (this.#token.text === '=' && this.#token.kind === 'symbol') {
        const path = pathOf(node);
        if (path === undefined) throw this.#unexpected('the left side of `=` is a name, or names with points');
        this.#at++;
        targets.push({ path, value: this.#binary(0) });
      } else result = node;
      if (!this.#takes(';') || this.#token.kind === 'end' || result !== undefined) break;
    }
    if (this.#token.kind !== 'end') throw this.#unexpected('nothing more is expected here');
    if (targets.length === 0) return result!;
    return { kind: 'assignments', targets, result, ...this.#span(first) };
  }

  cell(): ZenNode {
    let left = this.#pair();
    while (this.#token.kind !== 'end') {
      const { text, kind } = this.#token;
      const operator =
        kind === 'symbol' && text === 'and' ? 'and' : kind === 'symbol' && (text === 'or' || text === ',') ? 'or' : undefined;
      if (operator === undefined) throw this.#unexpected('tests of a cell are joined by `,`, `or` or `and`');
      this.#at++;
      const right = this.#pair();
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  /** One test of a cell: a comparison with the subject, a value it equals, or a test of its own. */
  #pair(): ZenNode {
    const first = this.#token;
    const subject: ZenNode = { kind: 'name', name: '$', start: this.#offset + first.start, end: this.#offset + first.start };
    const left = this.#isComparison() ? subject : this.#binary(0);
    if (this.#isComparison()) {
      const operator = this.#next().text as BinaryOperator;
      const right = this.#binary(0);
      return { kind: 'binary', operator, left, right, ...this.#span(first) };
    }
    const behaviour = behaviourOf(left);
    if (behaviour === 'test') return { kind: 'call', name: 'bool', args: [left], start: left.start, end: left.end };
    return { kind: 'binary', operator: behaviour, left: subject, right: left, start: left.start, end: left.end };
  }

  #isComparison(): boolean {
    return this.#token.kind === 'symbol' && COMPARISONS.has(this.#token.text);
  }

  #binary(precedence: number): ZenNode {
    if (++this.#depth > DEPTH_MAX) throw this.#unexpected('this expression is nested too deeply');
    const first = this.#token;
    let left = this.#unary();
    while (this.#token.kind === 'symbol') {
      const operator = this.#token.text as BinaryOperator;
      if (this.#isCell && this.#nested === 0 && (operator === 'and' || operator === 'or')) break;
      const binding = PRECEDENCE[operator] as number | undefined;
      if (binding === undefined || binding < precedence) break;
      // At the top of a cell a comparison of its subject is left to #pair only where nothing stands before it.
      this.#at++;
      const right = this.#binary(operator === '^' ? binding : binding + 1);
      left = { kind: 'binary', operator, left, right, ...this.#span(first) };
    }
    if (precedence === 0 && this.#takes('?')) {
      this.#nested++;
      const yes = this.#binary(0);
      this.#expect(':');
      const no = this.#binary(0);
      this.#nested--;
      left = { kind: 'choice', test: left, yes, no, ...this.#span(first) };
    }
    this.#depth--;
    return left;
  }

  #unary(): ZenNode {
    const first = this.#token;
    if (first.kind === 'symbol') {
      const { text } = first;
      if (text === 'not' || text === '!') {
        this.#at++;
        return { kind: 'unary', operator: 'not', operand: this.#binary(NOT_PRECEDENCE), ...this.#span(first) };
      }
      if (text === '-' || text === '+') {
        this.#at++;
        return { kind: 'unary', operator: text, operand: this.#binary(SIGN_PRECEDENCE), ...this.#span(first) };
      }
      if (text === '[' || text === '(' || text === ']') {
        const interval = this.#interval();
        if (interval !== undefined) return interval;
      }
    }
    return this.#postfix(this.#primary(), first);
  }

  /** An interval where one stands here; undefined, and nothing taken, where it is a list or parentheses. */
  #interval(): ZenNode | undefined {
    if (!this.#hasRange()) return undefined;
    const from = this.#at;
    const depth = this.#depth;
    const nested = this.#nested;
    const first = this.#next();
    try {
      this.#nested++;
      const low = this.#binary(PRECEDENCE['+']);
      if (this.#takes('..')) {
        const high = this.#binary(PRECEDENCE['+']);
        const closing = this.#token;
        if (closing.kind === 'symbol' && /^[\])[]$/.test(closing.text)) {
          this.#at++;
          const ends = { opening: first.text as '[', closing: closing.text as ']' };
          this.#nested = nested;
          return { kind: 'interval', low, high, ...ends, ...this.#span(first) };
        }
      }
    } catch (error) {
      if (!(error instanceof ZenSyntaxError)) throw error;
    }
    this.#at = from;
    this.#depth = depth;
    this.#nested = nested;
    return undefined;
  }

  /** Whether `..` stands inside of the bracket here: looked for, since trying would take twice as long for each level. */
  #hasRange(): boolean {
    let depth = 0;
    for (let at = this.#at + 1; at < this.#tokens.length; at++) {
      const { kind, text } = this.#tokens[at]!;
      if (kind !== 'symbol') continue;
      if (text === '..' && depth === 0) return true;
      if (text === '(' || text === '[' || text === '{') depth++;
      else if ((text === ')' || text === ']' || text === '}') && depth-- === 0) return false;
    }
    return false;
  }

  #primary(): ZenNode {
    const token = this.#next();
    const span = { start: this.#offset + token.start, end: this.#offset + token.end };
    switch (token.kind) {
      case 'number':
        return { kind: 'number', text: token.text.replaceAll('_', ''), ...span };
      case 'string':
        return { kind: 'string', value: token.text, ...span };
      case 'template':
        return { kind: 'template', parts: this.#template(token), ...span };
      case 'name':
        return this.#name(token, span);
      case 'symbol':
        if (token.text === '(') {
          this.#nested++;
          const inner = this.#binary(0);
          this.#expect(')');
          this.#nested--;
          return { ...inner, ...this.#span(token) };
        }
        if (token.text === '[') return { kind: 'array', items: this.#list(']'), ...this.#span(token) };
        if (token.text === '{') return this.#object(token);
        break;
      default:
        break;
    }
    this.#at--;
    throw this.#unexpected('a value is expected here');
  }

  #template(token: Token): ZenNode[] {
    return templateParts(token.text).map(({ text, hole, start }): ZenNode => {
      const at = this.#offset + token.start + 1 + start;
      if (text !== undefined) return { kind: 'string', value: text, start: at, end: at + text.length };
      return new Parser(hole!, at, false, this.#closures).standard();
    });
  }

  #name(token: Token, span: { start: number; end: number }): ZenNode {
    const { text } = token;
    if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true', ...span };
    if (text === 'null') return { kind: 'null', ...span };
    if (text === '#') {
      if (this.#closures === 0) throw new ZenSyntaxError('`#` stands in closures only', span.start, span.end);
      return { kind: 'element', ...span };
    }
    if (this.#token.text !== '(' || this.#token.kind !== 'symbol') return { kind: 'name', name: text, ...span };
    this.#at++;
    if ((CLOSURES as readonly string[]).includes(text)) return this.#closure(text as ClosureName, token);
    return { kind: 'call', name: text, args: this.#list(')'), ...this.#span(token) };
  }

  #closure(name: ClosureName, first: Token): ZenNode {
    this.#nested++;
    const list = this.#binary(0);
    let alias: string | undefined;
    if (this.#token.kind === 'name' && this.#token.text === 'as') {
      this.#at++;
      alias = this.#next().text;
    }
    this.#expect(',');
    this.#closures++;
    const body = this.#binary(0);
    this.#closures--;
    this.#takes(',');
    this.#expect(')');
    this.#nested--;
    return { kind: 'closure', name, list, body, ...(alias === undefined ? {} : { alias }), ...this.#span(first) };
  }

  #object(first: Token): ZenNode {
    const entries: [ZenNode, ZenNode][] = [];
    this.#nested++;
    while (!this.#takes('}')) {
      const token = this.#token;
      let key: ZenNode;
      if (this.#takes('[')) {
        key = this.#binary(0);
        this.#expect(']');
      } else {
        this.#at++;
        if (token.kind === 'template') key = { kind: 'template', parts: this.#template(token), ...this.#span(token) };
        else if (token.kind === 'name' || token.kind === 'string' || token.kind === 'number') {
          key = { kind: 'string', value: token.text, ...this.#span(token) };
        } else {
          this.#at--;
          throw this.#unexpected('a key is expected here');
        }
      }
      this.#expect(':');
      entries.push([key, this.#binary(0)]);
      if (!this.#takes(',')) {
        this.#expect('}');
        break;
      }
    }
    this.#nested--;
    return { kind: 'object', entries, ...this.#span(first) };
  }

  /** Expressions with commas between, up to a bracket. */
  #list(closing: ']' | ')'): ZenNode[] {
    const items: ZenNode[] = [];
    this.#nested++;
    while (!this.#takes(closing)) {
      items.push(this.#binary(0));
      if (!this.#takes(',')) {
        this.#expect(closing);
        break;
      }
    }
    this.#nested--;
    return items;
  }

  #postfix(base: ZenNode, first: Token): ZenNode {
    let node = base;
    while (true) {
      if (this.#takes('.')) {
        const name = this.#next();
        if (name.kind !== 'name' && !(name.kind === 'symbol' && /^[a-z]/.test(name.text))) {
          this.#at--;
          throw this.#unexpected('a name is expected behind the point');
        }
        if (this.#takes('(')) node = { kind: 'method', object: node, name: name.text, args: this.#list(')'), ...this.#span(first) };
        else {
          const property: ZenNode = {
            kind: 'string',
            value: name.text,
            start: this.#offset + name.start,
            end: this.#offset + name.end,
          };
          node = { kind: 'member', object: node, property, ...this.#span(first) };
        }
      } else if (this.#takes('[')) node = this.#bracket(node, first);
      else return node;
    }
  }

  #bracket(object: ZenNode, first: Token): ZenNode {
    this.#nested++;
    const from = this.#token.text === ':' ? undefined : this.#binary(0);
    if (!this.#takes(':')) {
      this.#expect(']');
      this.#nested--;
      return { kind: 'member', object, property: from!, ...this.#span(first) };
    }
    const to = this.#token.text === ']' ? undefined : this.#binary(0);
    this.#expect(']');
    this.#nested--;
    return { kind: 'slice', object, from, to, ...this.#span(first) };
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]!;
  }

  #next(): Token {
    const token = this.#token;
    this.#at++;
    return token;
  }

  #takes(symbol: string): boolean {
    const { kind, text } = this.#token;
    if (kind !== 'symbol' || text !== symbol) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takes(symbol)) throw this.#unexpected(`\`${symbol}\` is expected here`);
  }

  #unexpected(message: string): ZenSyntaxError {
    const { start, end } = this.#token;
    return new ZenSyntaxError(message, this.#offset + start, this.#offset + end);
  }

  /** From a token to the last one taken. */
  #span(first: Token): { start: number; end: number } {
    return {
      start: this.#offset + first.start,
      end: this.#offset + this.#tokens[Math.min(this.#at, this.#tokens.length) - 1]!.end,
    };
  }
}

function pathOf(node: ZenNode): string[] | undefined {
  if (node.kind === 'name') return [node.name];
  if (node.kind !== 'member' || node.property.kind !== 'string') return undefined;
  const path = pathOf(node.object);
  return path && [...path, node.property.value];
}

/** What a cell without a comparison does with its value: compares its subject with it, or takes it as the test. */
function behaviourOf(node: ZenNode): '==' | 'in' | 'test' {
  switch (node.kind) {
    case 'array':
    case 'slice':
    case 'interval':
      return 'in';
    case 'closure':
    case 'element':
      return 'test';
    case 'unary':
      return behaviourOf(node.operand);
    case 'choice': {
      const yes = behaviourOf(node.yes);
      return yes === behaviourOf(node.no) ? yes : '==';
    }
    case 'binary': {
      if (!['+', '-', '*', '/', '%', '^'].includes(node.operator)) return 'test';
      const left = behaviourOf(node.left);
      return left === behaviourOf(node.right) ? left : '==';
    }
    case 'call':
      return TEST_FUNCTIONS.has(node.name) ? 'test' : IN_FUNCTIONS.has(node.name) ? 'in' : '==';
    case 'method':
      return /^is/.test(node.name) ? 'test' : '==';
    default:
      return '==';
  }
}

/** Parses an expression. @throws ZenSyntaxError */
export function parseZen(source: string): ZenNode {
  return new Parser(source, 0, false).standard();
}

/** Parses a cell of a table, whose subject is `$`. @throws ZenSyntaxError */
export function parseZenCell(source: string): ZenNode {
  return new Parser(source, 0, true).cell();
}
