// FEEL: what parses and how, what does not and where, and the importer's own decimals.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import type { Feel, UnaryTests } from '#src/import/dmn/feel/ast.js';
import { BUILTIN_NAMES } from '#src/import/dmn/feel/builtins.js';
import * as decimal from '#src/import/dmn/feel/decimal.js';
import { NameScope } from '#src/import/dmn/feel/names.js';
import { parseFeel, parseUnaryTests } from '#src/import/dmn/feel/parse.js';
import { readXml } from '#src/import/dmn/xml.js';

const NAMES = ['Age', 'Full Name', 'Full', 'risk', 'a-b', 'order'];
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A tree as nested lists, or the fault and the text that it points at. */
function shown(text: string, unary = false): string {
  const source = { name: 'x.dmn', text: `<t>${escaped(text)}</t>` };
  const bag = new DiagnosticBag();
  const element = readXml(source, bag)!;
  const scope = new NameScope([...BUILTIN_NAMES, ...NAMES]);
  const context = { source, bag, scope, members: new NameScope(['unit price']) };
  const found = unary ? parseUnaryTests(element, context) : parseFeel(element, context);
  const [fault] = bag.items;
  if (fault !== undefined) return `${fault.code}: ${fault.message} @${source.text.slice(fault.span.start, fault.span.end)}`;
  return unary ? testsText(found as UnaryTests) : treeText(found as Feel);
}

function testsText({ any, not, tests }: UnaryTests): string {
  if (any) return 'any';
  const all = tests.map((test) =>
    test.kind === 'compare' ? `${test.operator}${treeText(test.value)}` : treeText(test.kind === 'range' ? test.range : test.value),
  );
  return `${not ? 'not ' : ''}${all.join(' | ')}`;
}

function treeText(node: Feel): string {
  switch (node.kind) {
    case 'number':
      return decimal.decimalText(node.value);
    case 'text':
      return JSON.stringify(node.value);
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'at':
      return `@${node.value}`;
    case 'name':
      return `<${node.name}>`;
    case 'path':
      return `${treeText(node.of)}.${node.name}`;
    case 'negate':
      return `(- ${treeText(node.of)})`;
    case 'arithmetic':
    case 'comparison':
      return `(${node.operator} ${treeText(node.left)} ${treeText(node.right)})`;
    case 'logic':
      return `(${node.operator} ${node.parts.map(treeText).join(' ')})`;
    case 'between':
      return `(between ${[node.value, node.low, node.high].map(treeText).join(' ')})`;
    case 'in':
      return `(in ${treeText(node.value)} ${testsText(node.tests)})`;
    case 'instance':
      return `(instance ${treeText(node.value)} ${node.type})`;
    case 'if':
      return `(if ${[node.when, node.then, node.otherwise].map(treeText).join(' ')})`;
    case 'for':
      return `(for ${node.iterators.map(({ name, list }) => `${name}:${treeText(list)}`).join(' ')} ${treeText(node.body)})`;
    case 'quantified':
      return `(${node.quantifier} ${node.iterators.map(({ name, list }) => `${name}:${treeText(list)}`).join(' ')} ${treeText(node.body)})`;
    case 'function':
      return `(function [${node.parameters.join(' ')}] ${treeText(node.body)})`;
    case 'call':
      return `(call ${treeText(node.of)} ${node.values.map(({ name, value }) => (name === undefined ? '' : `${name}:`) + treeText(value)).join(' ')})`;
    case 'filter':
      return `(filter ${treeText(node.of)} ${treeText(node.test)})`;
    case 'list':
      return `[${node.items.map(treeText).join(' ')}]`;
    case 'context':
      return `{${node.entries.map(({ name, value }) => `${name}:${treeText(value)}`).join(' ')}}`;
    case 'range':
      return `${node.lowOpen ? '(' : '['}${treeText(node.low)}..${treeText(node.high)}${node.highOpen ? ')' : ']'}`;
    case 'table':
      return 'table';
  }
}

describe('expressions', () => {
  it.each([
    ['1 + 2 * 3 ** 2', '(+ 1 (* 2 (** 3 2)))'],
    ['-2 ** 2', '(** (- 2) 2)'],
    ['2 ** -n', '(** 2 (- <n>))'],
    ['10--5', '(- 10 (- 5))'],
    ['.872', '0.872'],
    ['1.5e3', '1500'],
    ['"a\\nb\\u0041\\U01F40E"', '"a\\nbA\u{1F40E}"'],
    ['Full Name + Full', '(+ <Full Name> <Full>)'],
    ['Full   Name', '<Full Name>'],
    ['a-b - risk', '(- <a-b> <risk>)'],
    ['order.unit price * 2', '(* <order>.unit price 2)'],
    ['Age >= 18 and not(risk) or false', '(or (and (>= <Age> 18) (call <not> <risk>)) false)'],
    ['Age between 1 and 5 and true', '(and (between <Age> 1 5) true)'],
    ['Age in [1..5)', '(in <Age> [1..5))'],
    ['Age in (1..5]', '(in <Age> (1..5])'],
    ['Age in (1, >2, [3..4])', '(in <Age> 1 | >2 | [3..4])'],
    ['Age in ]1..5[', '(in <Age> (1..5))'],
    ['if Age > 5 then "x" else null', '(if (> <Age> 5) "x" null)'],
    ['for x in [1, 2] return x + 1', '(for x:[1 2] (+ <x> 1))'],
    ['for i in 1..3 return i', '(for i:[1..3] <i>)'],
    ['some x in order, y in x satisfies y = 1', '(some x:<order> y:<x> (= <y> 1))'],
    ['every net price in order satisfies net price > 0', '(every net price:<order> (> <net price> 0))'],
    ['function(a, b: number) a + b', '(function [a b] (+ <a> <b>))'],
    ['{a: 1, "b c": a}.b c', '{a:1 b c:<a>}.b c'],
    ['string length(Full Name)', '(call <string length> <Full Name>)'],
    ['substring(string: Full Name, start position: 2)', '(call <substring> string:<Full Name> start position:2)'],
    ['order[item.unit price > 5]', '(filter <order> (> <item>.unit price 5))'],
    ['@"2020-01-01"', '@2020-01-01'],
    ['date and time("2020-01-01T00:00:00Z")', '(call <date and time> "2020-01-01T00:00:00Z")'],
    ['risk instance of number', '(instance <risk> number)'],
    ['1 // a note\n+ /* more */ 2', '(+ 1 2)'],
    ['x.y(1).z', '(call <x>.y 1).z'],
  ])('%s', (text, tree) => {
    expect(shown(text)).toBe(tree);
  });

  it.each([
    ['1 +', 'V7202: this is not FEEL: the expression ends here @<'],
    ['Age > 5 then', 'V7202: this is not FEEL: something follows the expression @t'],
    ['"a', 'V7202: this is not FEEL: the text is never closed, or holds an escape that is none @"'],
    ['Age < (5', 'V7202: this is not FEEL: `)` is missing @<'],
    ['1 < 2 & 3', 'V7202: this is not FEEL: something follows the expression @&amp;'],
    ['[1..', 'V7202: this is not FEEL: the expression ends here @<'],
    ['if 1 then 2', 'V7202: this is not FEEL: `else` is missing @<'],
    [`${'('.repeat(200)}1`, 'V7202: this is not FEEL: more than 128 expressions stand inside one another @('],
    [`${'-'.repeat(200)}1`, 'V7202: this is not FEEL: too many signs @-'],
    [`1e99999`, 'V7202: this is not FEEL: the number is too large @1'],
  ])('%s', (text, fault) => {
    expect(shown(text)).toBe(fault);
  });
});

describe('unary tests', () => {
  it.each([
    ['-', 'any'],
    ['', 'any'],
    ['"A","B"', '"A" | "B"'],
    ['>= 18', '>=18'],
    ['[18..21), > 60', '[18..21) | >60'],
    ['not("A", < 5)', 'not "A" | <5'],
    ['? > 5 and contains(?, "x")', '(and (> <?> 5) (call <contains> <?> "x"))'],
    ['date("2020-01-01")', '(call <date> "2020-01-01")'],
  ])('%s', (text, tests) => {
    expect(shown(text, true)).toBe(tests);
  });
});

describe('decimals', () => {
  it.each([
    ['1', '/', '3', '0.3333333333333333333333333333333333'],
    ['2', '/', '3', '0.6666666666666666666666666666666667'],
    ['-2', '/', '3', '-0.6666666666666666666666666666666667'],
    ['0.1', '+', '0.2', '0.3'],
    ['1e34', '+', '1', '1e34'],
    ['1e35', '+', '0.1', '1e35'],
    ['1e6000', '*', '1e6000', 'none'],
    ['1', '/', '0', 'none'],
    ['1.2', '*', '10', '12'],
    ['10', '**', '-5', '0.00001'],
    ['0', '**', '-1', 'none'],
    ['7', '**', '5', '16807'],
  ] as const)('%s %s %s is %s', (a, operator, b, result) => {
    const apply = { '+': decimal.add, '*': decimal.multiply, '/': decimal.divide, '**': decimal.power }[operator];
    const found = apply(decimal.parseDecimal(a)!, decimal.parseDecimal(b)!);
    expect(found === undefined ? 'none' : decimal.decimalText(found)).toBe(result);
  });

  it('add, multiply and compare as integers do', () => {
    const integer = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n });
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const [x, y] = [decimal.decimalOf(a), decimal.decimalOf(b)];
        expect(decimal.toInteger(decimal.add(x, y)!)).toBe(a + b);
        expect(decimal.toInteger(decimal.multiply(x, y)!)).toBe(a * b);
        expect(Math.sign(decimal.compare(x, y))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('read what they write', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }),
        fc.integer({ min: -60, max: 60 }),
        (coefficient, exponent) => {
          const value = decimal.multiply(decimal.decimalOf(coefficient), decimal.parseDecimal(`1e${exponent}`)!)!;
          expect(decimal.parseDecimal(decimal.decimalText(value))).toEqual(value);
        },
      ),
    );
  });
});
