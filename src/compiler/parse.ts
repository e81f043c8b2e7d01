// Wraps acorn: an expression's text -> ESTree. The only file that knows the parser.

import { type Options, Parser, type Token, type TokenType, tokTypes } from 'acorn';
import { TYPESCRIPT_WORDS, writtenPath } from '../schema/field-name.js';
import { childrenOf, type EsNode } from './estree.js';
import { EXPRESSION_CHARS_MAX, EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX } from './limits.js';
import type { FaultSink } from './source.js';
import { refusalOf } from './whitelist.js';

/** Everything that can be parsed is, so that the whitelist can name it; what is allowed is the whitelist's matter alone. */
const OPTIONS: Options = {
  ecmaVersion: 2025,
  sourceType: 'module',
  preserveParens: true,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowImportExportEverywhere: true,
  allowHashBang: false,
  checkPrivateFields: false,
};

/** Part of acorn's message where an input exhausts the stack. */
const STACK_MESSAGE = 'stack space';

/** acorn's methods that call themselves along what is nested, and how deep they may; a level takes three of them at most. */
const NESTED_METHODS = ['parseMaybeAssign', 'parseMaybeUnary', 'parseExprAtom', 'parseStatement', 'parseBindingAtom'];
const NESTED_CALLS_MAX = 4 * EXPRESSION_DEPTH_MAX;
/** It calls itself for each operator of a chain, each of which is a node with one more beside it. */
const CHAIN_METHOD = 'parseExprOp';
const CHAIN_CALLS_MAX = EXPRESSION_NODES_MAX / 2 + EXPRESSION_DEPTH_MAX;
const TOO_DEEP = 'too deep';
const TOO_LONG = 'too long';

/**
 * acorn with an end to its recursion, well before that of the stack: where V8 has to compile a regular expression near the
 * stack's end, it aborts the process.
 */
const BoundedParser = Parser.extend((Base) => {
  class Bounded extends Base {
    nested = 0;
    chained = 0;
    /** Tokens alone are asked for: nothing takes a context back that a word has opened. */
    tokensOnly = false;
    declare type: TokenType & { keyword?: string };
    declare exprAllowed: boolean;
  }
  const methods = Bounded.prototype as unknown as Record<string, (this: Bounded, ...args: unknown[]) => unknown>;
  for (const name of NESTED_METHODS) {
    const method = methods[name]!;
    // No method of acorn's takes more, and an array for them at each call is what a call costs.
    methods[name] = function (a, b, c, d, e): unknown {
      if (this.nested === NESTED_CALLS_MAX) throw new RangeError(TOO_DEEP);
      this.nested++;
      const node = method.call(this, a, b, c, d, e);
      this.nested--; // a parser that has thrown is not used again
      return node;
    };
  }
  const chain = methods[CHAIN_METHOD]!;
  methods[CHAIN_METHOD] = function (a, b, c, d, e): unknown {
    if (this.chained === CHAIN_CALLS_MAX) throw new RangeError(TOO_LONG);
    this.chained++;
    const node = chain.call(this, a, b, c, d, e);
    this.chained--;
    return node;
  };
  // acorn knows that a word behind `.` is a name, so that `/` divides it; it does not know it behind `?.`.
  const update = methods.updateContext!;
  methods.updateContext = function (before): void {
    const isMember = this.type.keyword !== undefined && before === tokTypes.questionDot;
    if (!isMember || !this.tokensOnly) update.call(this, before);
    if (isMember) this.exprAllowed = false;
  };
  methods.validateRegExpPattern = () => undefined; // recurses along the groups, and every pattern is refused
  return Bounded;
});

type AcornFault = SyntaxError & { pos?: number; raisedAt?: number };

/**
 * Parses one expression. A text that is no expression but a statement or several is given back as those statements, for the
 * whitelist to refuse by name; a text that is neither is a syntax error.
 * @returns the root nodes: one for an expression; undefined where the text cannot be parsed (reported)
 */
export function parseExpression(text: string, faults: FaultSink): EsNode[] | undefined {
  const whole = { start: 0, end: text.length };
  if (text.length > EXPRESSION_CHARS_MAX) {
    const advice = 'split the condition over several rules';
    faults.error('V5001', whole, `the expression has ${text.length} characters, more than ${EXPRESSION_CHARS_MAX}`, advice);
    return undefined;
  }
  if (text.trim() === '') {
    faults.error('V3002', whole, 'the expression is empty', 'write a condition, or `true` for a rule that always holds');
    return undefined;
  }
  try {
    return parseWhole(text, faults);
  } catch (error) {
    if (error instanceof RangeError && error.message === TOO_LONG) {
      const advice = 'split the condition over several rules';
      faults.error('V5003', whole, `the expression has more than ${EXPRESSION_NODES_MAX} parts`, advice);
      return undefined;
    }
    // The whitelist's limits lie below those of the parser, which lie below the stack's.
    if (error instanceof RangeError || (error instanceof SyntaxError && error.message.includes(STACK_MESSAGE))) {
      faults.error('V5002', whole, 'the expression is nested too deeply');
      return undefined;
    }
    throw error;
  }
}

function parseWhole(text: string, faults: FaultSink): EsNode[] | undefined {
  let fault: AcornFault | undefined;
  let rest: { start: number; end: number } | undefined;
  try {
    const node = BoundedParser.parseExpressionAt(text, 0, OPTIONS) as EsNode;
    rest = restAfter(text, node.end);
    if (rest === undefined) return [node];
  } catch (error) {
    if (!(error instanceof SyntaxError) || error.message.includes(STACK_MESSAGE)) throw error;
    fault = error;
  }

  const statements = parseStatements(text);
  if (statements !== undefined) {
    const [only] = statements;
    if (only === undefined) {
      faults.error('V3002', { start: 0, end: text.length }, 'the expression is empty', 'write a condition');
      return undefined;
    }
    if (statements.length > 1 || only.type !== 'ExpressionStatement') return statements;
    if (rest !== undefined) {
      faults.error('V3003', rest, 'something follows the expression', 'remove the `;`', { ...rest, text: '' });
      return undefined;
    }
    // Only sloppy code takes it (`delete n`, `010`): the whitelist must have something against it, or it is a syntax error.
    const expression = childrenOf(only)[0]!;
    if (holdsRefusal(expression)) return [expression];
  }
  if (rest !== undefined) {
    const advice = adviceAt(text, rest.start) ?? 'a condition is one expression; join several with `&&` or `||`';
    faults.error('V3003', rest, 'something follows the expression', advice);
    return undefined;
  }
  reportSyntax(text, fault!, faults);
  return undefined;
}

/** The tokens of an expression. Throws SyntaxError where it cannot be cut. @param comment is told where each comment stands */
export function tokenize(text: string, comment: (start: number, end: number) => void): Iterable<Token> {
  const options: Options = { ...OPTIONS, onComment: (_isBlock, _text, start, end) => comment(start, end) };
  return Object.assign(BoundedParser.tokenizer(text, options), { tokensOnly: true });
}

function holdsRefusal(node: EsNode): boolean {
  // What the widest profile refuses, the others refuse too.
  return refusalOf(node, 'standard') !== undefined || childrenOf(node).some(holdsRefusal);
}

function reportSyntax(text: string, fault: AcornFault, faults: FaultSink): void {
  const at = Math.min(fault.pos ?? 0, text.length);
  const message = fault.message.replace(/ \(\d+:\d+\)$/, '');
  const endOfText = at >= text.trimEnd().length;
  faults.error(
    'V3001',
    { start: at, end: Math.max(at + 1, wordEnd(text, at)) },
    endOfText ? 'the expression ends too early' : `syntax error: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    adviceAt(text, at) ?? wordAdvice(text, at),
  );
}

/** Words of TypeScript that an operand may be: where one of them stands, it is not what is wrong. */
const OPERANDS: ReadonlySet<string> = new Set('true false null this undefined NaN Infinity arguments eval'.split(' '));

/** The word of TypeScript at a place, or that what stands there follows on, as a field of that name is written. */
function wordAdvice(text: string, at: number): string | undefined {
  const before = /(?:^|[^.\w$])(\w+)\s*$/.exec(text.slice(0, at))?.[1];
  const word = [/^\w+/.exec(text.slice(at))?.[0], before].find((name = '') => TYPESCRIPT_WORDS.has(name) && !OPERANDS.has(name));
  return word === undefined ? undefined : `a field of this name is written \`${writtenPath(word)}\``;
}

/** The first token after `from`, or undefined where only white space and comments follow. */
function restAfter(text: string, from: number): { start: number; end: number } | undefined {
  let start = from;
  while (start < text.length && /\s/.test(text[start]!)) start++;
  if (start === text.length) return undefined;
  try {
    const token = BoundedParser.tokenizer(text.slice(start), OPTIONS).getToken();
    return token.type === tokTypes.eof ? undefined : { start: start + token.start, end: start + token.end };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { start, end: wordEnd(text, start) };
  }
}

/** The statements of a text, in module code or else in sloppy code; undefined where it is neither. */
function parseStatements(text: string): EsNode[] | undefined {
  for (const sourceType of ['module', 'script'] as const) {
    try {
      return BoundedParser.parse(text, { ...OPTIONS, sourceType }).body as EsNode[];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

function wordEnd(text: string, from: number): number {
  const word = /^(?:[\w$]+|\S)/.exec(text.slice(from));
  return from + (word?.[0].length ?? 0);
}

/** What an author who comes from another rule language most likely meant. */
function adviceAt(text: string, at: number): string | undefined {
  const rest = text.slice(at).toLowerCase();
  const before = text.slice(0, at).toLowerCase();
  if (/^and\b/.test(rest)) return 'write `&&` for and';
  if (/^or\b/.test(rest)) return 'write `||` for or';
  if (/\bnot\s+$/.test(before) || /^not\b/.test(rest)) return 'write `!` for not';
  if (/^(is|between|like|contains)\b/.test(rest))
    return 'conditions are TypeScript expressions, such as `amount > 100 && country === "US"`';
  if (/^<>|^>/.test(rest) && before.trimEnd().endsWith('<')) return 'write `!==` for not equal';
  if (/^=[^=]/.test(rest)) return 'write `===` for equal';
  return undefined;
}
