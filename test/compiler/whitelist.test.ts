import { describe, expect, it } from 'vitest';
import { REFUSED_OPERATORS, REFUSED_TYPES, REFUSED_UNARY } from '#src/compiler/whitelist.js';
import { DIAGNOSTIC_CODES } from '#src/diagnostic/codes.js';
import { check } from './check.js';
import { check as standard } from './check-standard.js';

/**
 * Every node type of ESTree ES2025 that an expression, or statements written in its place, can hold: an example, and the text
 * its own diagnostic points at. `Program` is never part of a text; acorn reads no JSX.
 */
const nodes: Record<string, [string, string]> = {
  ThisExpression: ['this.n > 1', 'this'],
  ArrayExpression: ['[n] === null', '[n]'],
  ObjectExpression: ['({ a: n }) === null', '{ a: n }'],
  Property: ['({ a: n }) === null', 'a: n'],
  FunctionExpression: ['(function () {}) === null', 'function () {}'],
  ArrowFunctionExpression: ['(() => n) === null', '() => n'],
  ClassExpression: ['(class {}) === null', 'class {}'],
  ClassBody: ['(class A { }) === null', '{ }'],
  MethodDefinition: ['(class { a() {} }) === null', 'a() {}'],
  PropertyDefinition: ['(class { a = 1 }) === null', 'a = 1'],
  StaticBlock: ['(class { static { n; } }) === null', 'static { n; }'],
  PrivateIdentifier: ['card.#limit > 1', '#limit'],
  UpdateExpression: ['n++ > 1', 'n++'],
  AssignmentExpression: ['n = 1', 'n = 1'],
  ConditionalExpression: ['flag ? other : flag', 'flag ? other : flag'],
  CallExpression: ['f(n) > 1', 'f(n)'],
  NewExpression: ['new f(n) === null', 'new f(n)'],
  SequenceExpression: ['(n, flag)', 'n, flag'],
  SpreadElement: ['[...s] === null', '...s'],
  TemplateLiteral: ['`a\x24{s}` === t', '`a\x24{s}`'],
  TemplateElement: ['`a` === t', 'a'],
  TaggedTemplateExpression: ['f`a` === t', 'f`a`'],
  Super: ['super.n > 1', 'super'],
  MetaProperty: ['import.meta === null', 'import.meta'],
  ImportExpression: ['import("n") === null', 'import("n")'],
  AwaitExpression: ['await flag', 'await flag'],
  YieldExpression: ['(function* () { yield n })() > 1', 'yield n'],
  ChainExpression: ['card?.limit > 1', 'card?.limit'],
  ObjectPattern: ['(({ a }) => n)(1) > 1', '{ a }'],
  ArrayPattern: ['(([a]) => n)(1) > 1', '[a]'],
  AssignmentPattern: ['((a = 1) => n)() > 1', 'a = 1'],
  RestElement: ['((...a) => n)() > 1', '...a'],
  ExpressionStatement: ['flag; other', 'flag;'],
  BlockStatement: ['{ flag; }', '{ flag; }'],
  EmptyStatement: ['flag;;', ';'],
  DebuggerStatement: ['debugger', 'debugger'],
  WithStatement: ['with (card) limit', 'with (card) limit'],
  ReturnStatement: ['return n > 1', 'return n > 1'],
  LabeledStatement: ['a: flag', 'a: flag'],
  BreakStatement: ['for (;;) break', 'break'],
  ContinueStatement: ['for (;;) continue', 'continue'],
  IfStatement: ['if (flag) other', 'if (flag) other'],
  SwitchStatement: ['switch (n) { case 1: flag }', 'switch (n) { case 1: flag }'],
  SwitchCase: ['switch (n) { case 1: flag }', 'case 1: flag'],
  ThrowStatement: ['throw n', 'throw n'],
  TryStatement: ['try { flag } catch { other }', 'try { flag } catch { other }'],
  CatchClause: ['try { flag } catch { other }', 'catch { other }'],
  WhileStatement: ['while (flag) other', 'while (flag) other'],
  DoWhileStatement: ['do flag; while (other)', 'do flag; while (other)'],
  ForStatement: ['for (;;) flag', 'for (;;) flag'],
  ForInStatement: ['for (const k in card) flag', 'for (const k in card) flag'],
  ForOfStatement: ['for (const k of s) flag', 'for (const k of s) flag'],
  FunctionDeclaration: ['flag; function f() {}', 'function f() {}'],
  VariableDeclaration: ['let a = n', 'let a = n'],
  VariableDeclarator: ['let a = n', 'a = n'],
  ClassDeclaration: ['flag; class A {}', 'class A {}'],
  ImportDeclaration: ['import "n"', 'import "n"'],
  ImportSpecifier: ['import { a } from "n"', 'a'],
  ImportDefaultSpecifier: ['import a from "n"', 'a'],
  ImportNamespaceSpecifier: ['import * as a from "n"', '* as a'],
  ImportAttribute: ['import "n" with { type: "json" }', 'type: "json"'],
  ExportNamedDeclaration: ['export { a } from "n"', 'export { a } from "n"'],
  ExportSpecifier: ['export { a } from "n"', 'a'],
  ExportDefaultDeclaration: ['export default n', 'export default n'],
  ExportAllDeclaration: ['export * from "n"', 'export * from "n"'],
};

/** Literals, operators and forms that are refused by more than their node type. */
const others: [string, string, string][] = [
  ['V3115', 'card["limit"] > 1', 'card["limit"]'],
  ['V3140', 's === /a/', '/a/'],
  ['V3141', 'open > 1n', '1n'],
  ['V3143', 'n == 1', ' == '],
  ['V3144', 'n != 1', ' != '],
  ['V3145', 'n ** 2 > 1', ' ** '],
  ['V3146', '"a" in card', ' in '],
  ['V3147', 'card instanceof f', ' instanceof '],
  ['V3148', 'n & 1', ' & '],
  ['V3149', 'n | 1', ' | '],
  ['V3150', 'n ^ 1', ' ^ '],
  ['V3151', 'n << 1', ' << '],
  ['V3152', 'n >> 1', ' >> '],
  ['V3153', 'n >>> 1', ' >>> '],
  ['V3154', 'maybe ?? 1', ' ?? '],
  ['V3155', '+n > 1', '+'],
  ['V3156', '~n > 1', '~'],
  ['V3157', 'typeof n === "x"', 'typeof'],
  ['V3158', 'void n === null', 'void'],
  ['V3159', 'delete card.limit', 'delete'],
  ['V3159', 'delete n', 'delete'],
  ['V3113', '--n > 1', '--n'],
  ['V3114', 'n += 1', 'n += 1'],
  ['V3114', 'maybe ??= 1', 'maybe ??= 1'],
  ['V3112', '#a in card', '#a'],
  ['V3125', '(function () { return new.target })() === null', 'new.target'],
  ['V3117', 's.endsWith("x")', 's.endsWith("x")'],
  ['V3117', 'card?.limit()', 'card?.limit()'],
  ['V3115', 'card?.["limit"] > 1', 'card?.["limit"]'],
];

describe('node types', () => {
  it('are all listed', () => expect(Object.keys(nodes).sort()).toEqual(Object.keys(REFUSED_TYPES).sort()));

  it.each(Object.entries(nodes))('%s is refused with its own code', (type, [text, place]) => {
    expect(check(text).faults).toContain(`${REFUSED_TYPES[type]!.code}@${place}`);
  });
});

describe('literals, operators and forms', () => {
  it.each(others)('%s: %s', (code, text, place) => expect(check(text).faults).toContain(`${code}@${place}`));

  it('cover every refused operator', () => {
    const tested = new Set(others.map(([code]) => code));
    const codes = [...Object.values(REFUSED_OPERATORS), ...Object.values(REFUSED_UNARY)].map(({ code }) => code);
    expect(codes.filter((code) => !tested.has(code))).toEqual([]);
  });
});

describe('refusals', () => {
  const all = [...Object.values(REFUSED_TYPES), ...Object.values(REFUSED_OPERATORS), ...Object.values(REFUSED_UNARY)];

  it('have a code each', () => expect(new Set(all.map(({ code }) => code)).size).toBe(all.length));

  it('name the profile that would allow the construct', () => {
    for (const { code, allowedBy } of all) expect(DIAGNOSTIC_CODES[code].includes('`standard`')).toBe(allowedBy === 'standard');
  });

  it('do not hide other faults', () => {
    expect(check('n == 1 && ammount > 2').faults).toEqual(['V3143@ == ', 'V3201@ammount']);
    expect(check('foo ?? 1').faults).toEqual(['V3154@ ?? ', 'V3201@foo']);
  });
});

describe('syntax', () => {
  it.each([
    ['', ['V3002@']],
    ['  ', ['V3002@  ']],
    ['/* nothing */', ['V3002@/* nothing */']],
    ['n >', ['V3001@']],
    ['(n > 1', ['V3001@']],
    ['n > 1)', ['V3003@)']],
    ['n > 1 and flag', ['V3003@and']],
    ['n > 1;', ['V3003@;']],
    ['n > 1 @', ['V3001@@']],
    ['n > 1 "x"', ['V3003@"x"']],
    ['"open', ['V3001@"']],
    ['010 > n', ['V3001@010']],
    ['n <> 1', ['V3001@>']],
    ['a b c', ['V3003@b']],
  ])('%s', (text, expected) => expect(check(text).faults).toEqual(expected));

  it.each([
    ['n > 1 and flag', 'write `&&` for and'],
    ['n <> 1', 'write `!==` for not equal'],
    ['n > 1;', 'remove the `;`'],
  ])('%s: %s', (text, advice) => expect(check(text).advice).toEqual([advice]));
});

describe('limits', () => {
  const code = (text: string): string[] => check(text).faults.map((fault) => fault.slice(0, 5));
  it.each([
    ['characters', `n > 1 ${'/'.repeat(20000)}`, ['V5001']],
    ['depth of parentheses', `${'('.repeat(300)}n${')'.repeat(300)} > 1`, ['V5002']],
    ['depth beyond the parser', `${'('.repeat(8000)}n${')'.repeat(8000)} > 1`, ['V5002']],
    ['depth of templates', '${'.repeat(8000).replaceAll('$', '`$').slice(0, 16000), ['V5002']],
    ['depth of what is no expression', '/a/['.repeat(4000), ['V5002']],
    ['depth of a regular expression', `/${'('.repeat(8000)}${')'.repeat(8000)}/`, ['V3140']],
    ['depth of assignments', 'n = '.repeat(4000), ['V5002']],
    ['depth of statements', 'if (n) '.repeat(2000), ['V5002']],
    ['a chain beyond the parser', `n > 1${' || n'.repeat(3000)}`, ['V5003']],
    ['depth of a sum', `n${' + n'.repeat(300)} > 1`, ['V5002']],
    ['a long sum', `n${' + n'.repeat(200)} > 1`, []],
    ['parts', `n > 1${' || n > 2'.repeat(1200)}`, ['V5003']],
    ['a long chain', `n > 1${' || n > 2'.repeat(1000)}`, []],
    ['minus signs', `${'- '.repeat(300)}n > 1`, ['V5002']],
  ])('%s', (_, text, expected) => expect(code(text)).toEqual(expected));
});

describe('the profile standard', () => {
  const roots = (text: string): string[] => standard(text).faults.map((fault) => fault.slice(0, 5));

  // What strict has no place for, with what the checker says of it where it stands alone.
  it.each(Object.entries(nodes).filter(([type]) => REFUSED_TYPES[type]!.allowedBy === 'standard'))('allows %s', (type, [text]) => {
    expect(roots(text)).not.toContain(REFUSED_TYPES[type]!.code);
  });

  it.each(Object.entries(nodes).filter(([type]) => REFUSED_TYPES[type]!.allowedBy === undefined))('refuses %s', (type, [text]) => {
    expect(roots(text)).toContain(REFUSED_TYPES[type]!.code);
  });

  it.each(others.filter(([code]) => !['V3117', 'V3154'].includes(code)))('refuses %s: %s', (code, text) => {
    expect(roots(text)).toContain(code);
  });

  it.each(['010', '[010].length > 1', 's.slice(08) === "x"', '`\\08` === s'])('%s is no number: a syntax error', (text) => {
    expect(roots(text)).toEqual(['V3001']);
  });
});
