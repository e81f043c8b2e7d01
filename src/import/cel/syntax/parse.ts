// A parser of CEL (github.com/google/cel-spec, doc/langdef.md and cel-go's grammar), with the syntax of optionals.

import type { BinaryOperator, CelItem, CelNode, CelShape, CelSpan } from './ast.js';
import { childrenOf, qualifiedName } from './ast.js';
import { CelSyntaxFault } from './fault.js';
import { numberLiteral } from './literals.js';
import { callOf, methodOf } from './macros.js';
import { type Token, tokensOf } from './tokens.js';

export interface ParseOptions {
  /** Levels of nodes, and of brackets. Default: 100. */
  readonly depthMax?: number;
  /** `a.?b`, `a[?b]`, `[?a]`, `{?a: b}`. Default: true. */
  readonly hasOptionals?: boolean;
  /** Fields in backticks. Default: true. */
  readonly hasQuotedFields?: boolean;
}

export type Parsed = { readonly node: CelNode } | { readonly fault: CelSyntaxFault };

const DEPTH_MAX = 100;
/** UTF-16 units of one expression. */
const CHARS_MAX = 100_000;
const RELATIONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];
/** Words that are no names of fields either. */
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);
/** Words that are no names of variables and functions. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace'],
  ...['return', 'var', 'void', 'while', ...WORDS],
]);

/** Parses one expression. */
export function parseCel(text: string, options: ParseOptions = {}): Parsed {
  try {
    if (text.length > CHARS_MAX)
      throw new CelSyntaxFault({ start: CHARS_MAX, end: text.length }, `the expression has more than ${CHARS_MAX} characters`);
    return { node: new Parser(tokensOf(text), options).whole() };
  } catch (error) {
    if (error instanceof CelSyntaxFault) return { fault: error };
    throw error;
  }
}

class Parser {
  #at = 0;
  #depth = 0;
  readonly #depthMax: number;
  readonly #hasOptionals: boolean;
  readonly #hasQuotedFields: boolean;

  constructor(
    private readonly tokens: readonly Token[],
    { depthMax = DEPTH_MAX, hasOptionals = true, hasQuotedFields = true }: ParseOptions,
  ) {
    this.#depthMax = depthMax;
    this.#hasOptionals = hasOptionals;
    this.#hasQuotedFields = hasQuotedFields;
  }

  whole(): CelNode {
    const node = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return node;
  }

  get #token(): Token {
    return this.tokens[this.#at]!;
  }

  #is(mark: string): boolean {
    const { kind, text } = this.#token;
    return text === mark && (kind === 'mark' || (kind === 'name' && mark === 'in'));
  }

  #take(mark: string): boolean {
    const found = this.#is(mark);
    if (found) this.#at++;
    return found;
  }

  #expect(mark: string): Token {
    const token = this.#token;
    if (!this.#take(mark)) throw this.#unexpected(`\`${mark}\``);
    return token;
  }

  #unexpected(wanted?: string): CelSyntaxFault {
    const { kind, text, start, end } = this.#token;
    const found = kind === 'end' ? 'the expression ends here' : `\`${text}\` has no place here`;
    return new CelSyntaxFault({ start, end }, wanted === undefined ? found : `${found}, where ${wanted} is expected`);
  }

  /** A node over a span; its depth is checked. */
  #node(shape: CelShape, start: number, end = this.tokens[this.#at - 1]!.end): CelNode {
    const depth = 1 + childrenOf(shape).reduce((most, child) => Math.max(most, child.depth), 0);
    if (depth > this.#depthMax) throw this.#tooDeep({ start, end });
    return { ...shape, start, end, depth };
  }

  #tooDeep(span: CelSpan): CelSyntaxFault {
    return new CelSyntaxFault(span, `the expression is more than ${this.#depthMax} levels deep`, 'split it into several');
  }

  /** expr = or ["?" or ":" expr] */
  #expression(): CelNode {
    const { start, end } = this.#token;
    if (++this.#depth > this.#depthMax) throw this.#tooDeep({ start, end });
    const test = this.#logic('||', () => this.#logic('&&', () => this.#relation()));
    let node = test;
    if (this.#take('?')) {
      const then = this.#logic('||', () => this.#logic('&&', () => this.#relation()));
      this.#expect(':');
      node = this.#node({ kind: 'choice', test, then, otherwise: this.#expression() }, test.start);
    }
    this.#depth--;
    return node;
  }

  #logic(operator: '&&' | '||', operand: () => CelNode): CelNode {
    const terms = [operand()];
    while (this.#take(operator)) terms.push(operand());
    return terms.length === 1 ? terms[0]! : this.#node({ kind: 'logic', operator, terms }, terms[0]!.start);
  }

  #relation(): CelNode {
    return this.#chain(RELATIONS, () => this.#chain(['+', '-'], () => this.#chain(['*', '/', '%'], () => this.#unary())));
  }

  /** Operators of one precedence, from left to right. */
  #chain(operators: readonly string[], operand: () => CelNode): CelNode {
    let left = operand();
    for (;;) {
      const operator = operators.find((mark) => this.#is(mark));
      if (operator === undefined) return left;
      this.#at++;
      left = this.#node({ kind: 'binary', operator: operator as BinaryOperator, left, right: operand() }, left.start);
    }
  }

  /** unary = member | "!"+ member | "-"+ member */
  #unary(): CelNode {
    const operator = this.#is('!') ? '!' : this.#is('-') ? '-' : undefined;
    const starts: number[] = [];
    while (operator !== undefined && this.#is(operator)) {
      if (operator === '-' && this.tokens[this.#at + 1]?.kind === 'number') break;
      starts.push(this.#token.start);
      this.#at++;
    }
    let node = this.#member();
    for (const start of starts.reverse()) node = this.#node({ kind: 'unary', operator: operator!, operand: node }, start);
    return node;
  }

  #member(): CelNode {
    let node = this.#primary();
    for (;;) {
      if (this.#take('.')) node = this.#selection(node);
      else if (this.#take('[')) {
        const optional = this.#optional();
        const index = this.#expression();
        this.#expect(']');
        node = this.#node({ kind: 'index', target: node, index, optional }, node.start);
      } else return node;
    }
  }

  /** Behind a dot: a field, a call of a method, or the rest of the name of a message. */
  #selection(target: CelNode): CelNode {
    const optional = this.#optional();
    const isQuoted = this.#token.kind === 'quoted';
    const { start, end } = this.#token;
    const field = this.#fieldName();
    if (!optional && !isQuoted && this.#is('(')) {
      const args = this.#args();
      return this.#node(methodOf(target, field, args, { start, end }), target.start);
    }
    const node = this.#node({ kind: 'select', target, field, optional }, target.start);
    return this.#is('{') && !isQuoted ? this.#message(node) : node;
  }

  #optional(): boolean {
    const { start, end } = this.#token;
    if (!this.#is('?')) return false;
    if (!this.#hasOptionals) throw new CelSyntaxFault({ start, end }, 'the syntax of optionals is turned off');
    this.#at++;
    return true;
  }

  #fieldName(): string {
    const { kind, text, start, end } = this.#token;
    if (kind === 'quoted' && !this.#hasQuotedFields) throw new CelSyntaxFault({ start, end }, 'fields in backticks are turned off');
    if ((kind !== 'name' && kind !== 'quoted') || (kind === 'name' && WORDS.has(text))) throw this.#unexpected('a field');
    this.#at++;
    return text;
  }

  #primary(): CelNode {
    const token = this.#token;
    const { start, end } = token;
    if (token.kind === 'literal') {
      this.#at++;
      return this.#node({ kind: 'literal', value: token.value }, start);
    }
    if (token.kind === 'number' || (this.#is('-') && this.tokens[this.#at + 1]?.kind === 'number')) return this.#number();
    if (this.#take('(')) {
      const node = this.#expression();
      this.#expect(')');
      return { ...node, start, end: this.tokens[this.#at - 1]!.end };
    }
    if (this.#is('[')) return this.#list();
    if (this.#is('{')) return this.#map();
    const isAbsolute = this.#take('.');
    const { kind, text: name } = this.#token;
    if (kind !== 'name') throw this.#unexpected('a value');
    if (WORDS.has(name)) {
      if (isAbsolute || name === 'in') throw this.#unexpected('a value');
      this.#at++;
      return this.#node(
        { kind: 'literal', value: name === 'null' ? { kind: 'null' } : { kind: 'bool', value: name === 'true' } },
        start,
      );
    }
    const nameSpan = { start: this.#token.start, end: this.#token.end };
    if (RESERVED.has(name)) throw new CelSyntaxFault(nameSpan, `\`${name}\` is reserved`, 'give it another name');
    this.#at++;
    if (this.#is('(')) return this.#node(callOf(name, this.#args(), nameSpan), start);
    const node = this.#node({ kind: 'name', name }, start, Math.max(end, nameSpan.end));
    return this.#is('{') ? this.#message(node) : node;
  }

  #number(): CelNode {
    const { start } = this.#token;
    const isNegative = this.#take('-');
    const { text, end } = this.#token;
    this.#at++;
    return this.#node({ kind: 'literal', value: numberLiteral(text, isNegative, { start, end }) }, start);
  }

  #args(): CelNode[] {
    this.#expect('(');
    const args: CelNode[] = [];
    if (this.#take(')')) return args;
    do args.push(this.#expression());
    while (this.#take(','));
    this.#expect(')');
    return args;
  }

  /** What stands between an open bracket and its close, with commas between, and one behind the last where it likes. */
  #items(open: string, close: string, item: () => void): void {
    this.#expect(open);
    while (!this.#take(close)) {
      item();
      if (this.#take(close)) return;
      if (!this.#take(',')) throw this.#unexpected(`\`,\` or \`${close}\``);
    }
  }

  #list(): CelNode {
    const { start } = this.#token;
    const items: CelItem[] = [];
    this.#items('[', ']', () => {
      const optional = this.#optional();
      items.push({ optional, value: this.#expression() });
    });
    return this.#node({ kind: 'list', items }, start);
  }

  #map(): CelNode {
    const { start } = this.#token;
    const entries: (CelItem & { key: CelNode })[] = [];
    this.#items('{', '}', () => {
      const optional = this.#optional();
      const key = this.#expression();
      this.#expect(':');
      entries.push({ optional, key, value: this.#expression() });
    });
    return this.#node({ kind: 'map', entries }, start);
  }

  #message(type: CelNode): CelNode {
    const name = qualifiedName(type);
    if (name === undefined) throw this.#unexpected();
    const fields: (CelItem & { field: string })[] = [];
    this.#items('{', '}', () => {
      const optional = this.#optional();
      const field = this.#fieldName();
      this.#expect(':');
      fields.push({ optional, field, value: this.#expression() });
    });
    return this.#node({ kind: 'message', name, fields }, type.start);
  }
}
