// Expressions as FEEL. Only what FEEL says in the same way is written: the rest is refused with its place.

import type { ScalarText } from '../../bundle/scalar-text.js';
import {
  type ArrayExpression,
  type ArrowFunctionExpression,
  type BinaryExpression,
  type CallExpression,
  type ChainExpression,
  type ConditionalExpression,
  type EsNode,
  type Identifier,
  type Literal,
  type MemberExpression,
  type TemplateLiteral,
  type UnaryExpression,
  unwrap,
} from '../../compiler/estree.js';
import { parseExpression } from '../../compiler/parse.js';
import { FaultSink } from '../../compiler/source.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';

export type FeelKind = 'number' | 'text' | 'boolean' | 'date' | 'timestamp' | 'list' | 'object' | 'null';

export interface FeelText {
  readonly text: string;
  /** How tightly its outermost operator binds; 9 for what stands for itself. */
  readonly level: number;
  readonly kind: FeelKind;
  /** Of an object its members, of a list its elements. */
  readonly member?: (name: string) => FeelText | undefined;
  readonly element?: (name: string) => FeelText;
}

/** What a name stands for; undefined for what has no counterpart. */
export type Resolve = (name: string) => FeelText | undefined;

/** Why an expression is not written. */
export class NoFeel extends Error {
  constructor(
    message: string,
    readonly advice: string,
    public start: number | undefined = undefined,
    public end: number | undefined = undefined,
  ) {
    super(message);
  }
}

const LEVEL = { CHOICE: 0, OR: 1, AND: 2, COMPARISON: 3, SUM: 4, PRODUCT: 5, POWER: 6, SIGN: 7, PRIMARY: 9 } as const;
const COMPARISONS: Readonly<Record<string, string>> = { '===': '=', '!==': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };
const SUMS: Readonly<Record<string, number>> = { '+': LEVEL.SUM, '-': LEVEL.SUM, '*': LEVEL.PRODUCT, '/': LEVEL.PRODUCT };
const MATH: Readonly<Record<string, string>> = {
  abs: 'abs',
  min: 'min',
  max: 'max',
  floor: 'floor',
  ceil: 'ceiling',
  sqrt: 'sqrt',
  exp: 'exp',
  log: 'log',
};
const TEXT_METHODS: Readonly<Record<string, [name: string, kind: FeelKind]>> = {
  startsWith: ['starts with', 'boolean'],
  endsWith: ['ends with', 'boolean'],
  includes: ['contains', 'boolean'],
  toLowerCase: ['lower case', 'text'],
  toUpperCase: ['upper case', 'text'],
};
const DATE_MEMBERS: Readonly<Record<string, string>> = { year: 'year', month: 'month', day: 'day', dayOfWeek: 'weekday' };
const ROUNDINGS: Readonly<Record<string, string>> = {
  'half-even': 'decimal',
  'half-up': 'round half up',
  down: 'round down',
  up: 'round up',
};

/** Writes an expression as FEEL. Throws NoFeel. */
export function feelOf(source: ScalarText, resolve: Resolve): FeelText {
  const bag = new DiagnosticBag();
  const [root, ...more] = parseExpression(source.text, new FaultSink(source, bag)) ?? [];
  if (root === undefined || more.length > 0 || bag.hasErrors) throw new NoFeel('the expression has faults', 'see `verdict check`');
  return new Writer(resolve).write(root);
}

/** The text with parentheses where it binds less than `level`. */
export function within(level: number, { text, level: own }: FeelText): string {
  return own < level ? `(${text})` : text;
}

/** A text as FEEL's literal. */
export function feelLiteral(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
}

/** A text literal as the kind that stands beside it. */
export function literalAs(kind: FeelKind, value: string): FeelText {
  if (kind === 'date') return { text: `date(${feelLiteral(value)})`, level: LEVEL.PRIMARY, kind };
  if (kind === 'timestamp') return { text: `date and time(${feelLiteral(value)})`, level: LEVEL.PRIMARY, kind };
  return { text: feelLiteral(value), level: LEVEL.PRIMARY, kind: 'text' };
}

class Writer {
  readonly #locals = new Map<string, FeelText>();

  constructor(readonly resolve: Resolve) {}

  write(node: EsNode): FeelText {
    try {
      return this.#write(unwrap(node));
    } catch (error) {
      if (error instanceof NoFeel) {
        error.start ??= node.start;
        error.end ??= node.end;
      }
      throw error;
    }
  }

  #write(node: EsNode): FeelText {
    switch (node.type) {
      case 'Literal':
        return literal(node as Literal);
      case 'Identifier':
        return this.#name((node as Identifier).name);
      case 'ChainExpression':
        return this.write((node as ChainExpression).expression);
      case 'MemberExpression':
        return this.#member(node as MemberExpression);
      case 'UnaryExpression': {
        const { operator, argument } = node as UnaryExpression;
        const of = this.write(argument);
        if (operator === '!') return { text: `not(${of.text})`, level: LEVEL.PRIMARY, kind: 'boolean' };
        if (operator === '-') return { text: `-${within(LEVEL.PRIMARY, of)}`, level: LEVEL.SIGN, kind: 'number' };
        throw new NoFeel(`FEEL has no \`${operator}\``, 'write it in another way');
      }
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.#binary(node as BinaryExpression);
      case 'ConditionalExpression': {
        const { test, consequent, alternate } = node as ConditionalExpression;
        const [when, then, otherwise] = [test, consequent, alternate].map((part) => this.write(part));
        const text = `if ${when!.text} then ${within(LEVEL.OR, then!)} else ${otherwise!.text}`;
        return { text, level: LEVEL.CHOICE, kind: then!.kind === 'null' ? otherwise!.kind : then!.kind };
      }
      case 'ArrayExpression': {
        const items = (node as ArrayExpression).elements.map((element) => this.write(element as EsNode));
        const [first] = items;
        const element = (name: string): FeelText => ({ text: name, level: LEVEL.PRIMARY, kind: first?.kind ?? 'null' });
        return { text: `[${items.map((item) => item.text).join(', ')}]`, level: LEVEL.PRIMARY, kind: 'list', element };
      }
      case 'TemplateLiteral': {
        const { quasis, expressions } = node as TemplateLiteral;
        const parts = quasis.flatMap((quasi, at) => {
          const text = quasi.value.cooked ?? '';
          const hole = expressions[at];
          return [
            ...(text === '' ? [] : [feelLiteral(text)]),
            ...(hole === undefined ? [] : [within(LEVEL.PRODUCT, this.write(hole))]),
          ];
        });
        return {
          text: parts.length === 0 ? '""' : parts.join(' + '),
          level: parts.length > 1 ? LEVEL.SUM : LEVEL.PRIMARY,
          kind: 'text',
        };
      }
      case 'CallExpression':
        return this.#call(node as CallExpression);
      default:
        throw new NoFeel('FEEL has no such expression', 'write it in another way');
    }
  }

  #name(name: string): FeelText {
    const found = this.#locals.get(name) ?? this.resolve(name);
    if (found === undefined) throw new NoFeel(`\`${name}\` is not exported`, 'export what it is made of first');
    return found;
  }

  #member(node: MemberExpression): FeelText {
    const object = this.write(node.object);
    const name = (node.property as Identifier).name;
    if (name === 'length' && object.kind === 'list') return { text: `count(${object.text})`, level: LEVEL.PRIMARY, kind: 'number' };
    if (name === 'length')
      throw new NoFeel('the length of a text counts UTF-16 units, and characters in FEEL', 'leave the test to rules');
    const found = object.member?.(name);
    if (found === undefined) throw new NoFeel(`\`.${name}\` has no counterpart in FEEL`, 'write it in another way');
    return found;
  }

  #binary({ operator, left, right }: BinaryExpression): FeelText {
    let [a, b] = [this.write(left), this.write(right)];
    if (operator === '&&' || operator === '||') {
      const level = operator === '&&' ? LEVEL.AND : LEVEL.OR;
      return { text: `${within(level, a)} ${operator === '&&' ? 'and' : 'or'} ${within(level, b)}`, level, kind: 'boolean' };
    }
    if (operator === '??') {
      return {
        text: `if ${within(LEVEL.SUM, a)} != null then ${within(LEVEL.OR, a)} else ${b.text}`,
        level: LEVEL.CHOICE,
        kind: a.kind,
      };
    }
    const literals = [left, right].map((side) => {
      const node = unwrap(side) as Literal;
      return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
    });
    if (literals[1] !== undefined) b = literalAs(a.kind, literals[1]);
    else if (literals[0] !== undefined) a = literalAs(b.kind, literals[0]);
    const comparison = COMPARISONS[operator];
    if (comparison !== undefined) {
      const text = `${within(LEVEL.SUM, a)} ${comparison} ${within(LEVEL.SUM, b)}`;
      return { text, level: LEVEL.COMPARISON, kind: 'boolean' };
    }
    const level = SUMS[operator];
    if (level === undefined) throw new NoFeel(`FEEL has no \`${operator}\` of this meaning`, 'write it in another way');
    return { text: `${within(level, a)} ${operator} ${within(level + 1, b)}`, level, kind: a.kind === 'text' ? 'text' : 'number' };
  }

  #call({ callee, arguments: values }: CallExpression): FeelText {
    const called = unwrap(callee);
    if (called.type === 'Identifier') return this.#function((called as Identifier).name, values);
    if (called.type !== 'MemberExpression') throw new NoFeel('FEEL has no such call', 'write it in another way');
    const { object, property } = called as MemberExpression;
    const name = (property as Identifier).name;
    const of = unwrap(object);
    if (of.type === 'Identifier' && (of as Identifier).name === 'Math') {
      if (name === 'pow' && values.length === 2) {
        const [base, exponent] = values.map((value) => this.write(value)) as [FeelText, FeelText];
        return { text: `${within(LEVEL.PRIMARY, base)} ** ${within(LEVEL.SIGN, exponent)}`, level: LEVEL.POWER, kind: 'number' };
      }
      const found = Object.hasOwn(MATH, name) ? MATH[name] : undefined;
      if (found === undefined) throw new NoFeel(`\`Math.${name}\` has no counterpart in FEEL`, 'write it in another way');
      return this.#called(found, values, 'number');
    }
    const receiver = this.write(object);
    if (receiver.kind === 'list') return this.#overList(receiver, name, values);
    const text = receiver.kind === 'text' && Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
    if (text !== undefined) {
      const all = [receiver.text, ...values.map((value) => this.write(value).text)];
      return { text: `${text[0]}(${all.join(', ')})`, level: LEVEL.PRIMARY, kind: text[1] };
    }
    if (receiver.kind === 'date' && Object.hasOwn(DATE_MEMBERS, name)) {
      return { text: `${within(LEVEL.PRIMARY, receiver)}.${DATE_MEMBERS[name]}`, level: LEVEL.PRIMARY, kind: 'number' };
    }
    throw new NoFeel(`\`.${name}()\` has no counterpart in FEEL`, 'write it in another way');
  }

  #function(name: string, values: readonly EsNode[]): FeelText {
    const [first, second, third, fourth] = values;
    if (name === 'toNumber' && first !== undefined) return this.write(first);
    const mode = name === 'divide' ? fourth : third;
    const rounding = mode === undefined ? undefined : ROUNDINGS[String((unwrap(mode) as Literal).value)];
    if (rounding !== undefined && (name === 'round' || name === 'toDecimal') && first !== undefined && second !== undefined) {
      return { text: `${rounding}(${this.write(first).text}, ${this.write(second).text})`, level: LEVEL.PRIMARY, kind: 'number' };
    }
    if (rounding !== undefined && name === 'divide' && first !== undefined && second !== undefined && third !== undefined) {
      const quotient = `${within(LEVEL.PRODUCT, this.write(first))} / ${within(LEVEL.POWER, this.write(second))}`;
      return { text: `${rounding}(${quotient}, ${this.write(third).text})`, level: LEVEL.PRIMARY, kind: 'number' };
    }
    throw new NoFeel(`\`${name}\` has no counterpart in FEEL`, 'write it in another way');
  }

  #called(name: string, values: readonly EsNode[], kind: FeelKind): FeelText {
    return { text: `${name}(${values.map((value) => this.write(value).text).join(', ')})`, level: LEVEL.PRIMARY, kind };
  }

  #overList(list: FeelText, name: string, values: readonly EsNode[]): FeelText {
    const [first, second] = values;
    if (name === 'includes' && first !== undefined) {
      return { text: `list contains(${list.text}, ${this.write(first).text})`, level: LEVEL.PRIMARY, kind: 'boolean' };
    }
    const arrow = first === undefined ? undefined : (unwrap(first) as ArrowFunctionExpression);
    if (arrow?.type !== 'ArrowFunctionExpression')
      throw new NoFeel(`\`.${name}()\` of a list has no counterpart in FEEL`, 'write it in another way');
    const parameters = arrow.params.map((parameter) => (parameter as Identifier).name);
    if (name === 'reduce' && second !== undefined) return this.#sum(list, arrow, parameters, second);
    const parameter = parameters[0] ?? 'item';
    const body = this.#inside(parameter, list, () => this.write(arrow.body));
    if (name === 'some' || name === 'every') {
      const text = `${name} ${parameter} in ${within(LEVEL.PRIMARY, list)} satisfies ${within(LEVEL.OR, body)}`;
      return { text, level: LEVEL.CHOICE, kind: 'boolean' };
    }
    if (name === 'filter') {
      // the element is called `item` in FEEL's filters
      const test = this.#inside(parameter, list, () => this.write(arrow.body), 'item');
      return { ...list, text: `${within(LEVEL.PRIMARY, list)}[${test.text}]`, level: LEVEL.PRIMARY };
    }
    if (name === 'map') {
      const element = (inner: string): FeelText => ({ text: inner, level: LEVEL.PRIMARY, kind: body.kind });
      return {
        text: `for ${parameter} in ${within(LEVEL.PRIMARY, list)} return ${body.text}`,
        level: LEVEL.CHOICE,
        kind: 'list',
        element,
      };
    }
    throw new NoFeel(`\`.${name}()\` of a list has no counterpart in FEEL`, 'write it in another way');
  }

  /** `list.reduce((sum, item) => sum + f(item), 0)`. */
  #sum(list: FeelText, arrow: ArrowFunctionExpression, [sum, item]: readonly string[], initial: EsNode): FeelText {
    const body = unwrap(arrow.body) as BinaryExpression;
    const isSum = body.type === 'BinaryExpression' && body.operator === '+' && (unwrap(body.left) as Identifier).name === sum;
    if (!isSum || item === undefined || (unwrap(initial) as Literal).value !== 0) {
      throw new NoFeel('only sums of a list have a counterpart in FEEL', 'write `(sum, item) => sum + ...`, from 0');
    }
    const added = this.#inside(item, list, () => this.write(body.right));
    const text = `if count(${list.text}) = 0 then 0 else sum(for ${item} in ${within(LEVEL.PRIMARY, list)} return ${added.text})`;
    return { text, level: LEVEL.CHOICE, kind: 'number' };
  }

  #inside<T>(parameter: string, list: FeelText, write: () => T, named = parameter): T {
    const before = this.#locals.get(parameter);
    const element = list.element?.(named);
    if (element === undefined) throw new NoFeel('the elements of the list are not known', 'write it in another way');
    this.#locals.set(parameter, element);
    try {
      return write();
    } finally {
      if (before === undefined) this.#locals.delete(parameter);
      else this.#locals.set(parameter, before);
    }
  }
}

function literal({ value, raw, regex, bigint }: Literal): FeelText {
  if (regex !== undefined || bigint !== undefined) throw new NoFeel('FEEL has no such literal', 'write it in another way');
  if (value === null) return { text: 'null', level: LEVEL.PRIMARY, kind: 'null' };
  if (typeof value === 'boolean') return { text: String(value), level: LEVEL.PRIMARY, kind: 'boolean' };
  if (typeof value === 'string') return literalAs('text', value);
  // the spelling keeps digits that a float would lose
  return { text: /^[\d.]+$/.test(raw) ? raw : String(value), level: LEVEL.PRIMARY, kind: 'number' };
}
