// Three judges of an expression over a payload: the engine through the compiler, the plain evaluator, and V8 where JavaScript means
// the same.

import { type Node, parseExpressionAt } from 'acorn';
import { PlainExpression } from './expression-evaluator.js';
import { Statics, staticOfShape } from './expression-statics.js';
import {
  Day,
  type Decimal,
  dayOf,
  decimalOf,
  Elements,
  type Instance,
  Instant,
  instantOf,
  type Value,
} from './expression-values.js';
import { type Field, ROOT, type Shape } from './expression-world.js';

const FIELDS = (ROOT.shape as Shape & { kind: 'object' }).fields;

/** Types of the model's fields and of `now`. */
export const worldStatics = new Statics(
  new Map([
    ['now', 'timestamp' as const],
    ...Object.entries(FIELDS).map(([name, { shape }]) => [name, staticOfShape(shape)] as const),
  ]),
);

/** A payload as the plain evaluator has it. */
export function instanceOf(payload: Readonly<Record<string, unknown>>, now: bigint): Map<string, Value> {
  const fields = objectOf(payload, FIELDS);
  return new Map([...Object.entries(fields), ['now', new Instant(now)]]);
}

function objectOf(payload: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, Field>>): Instance {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { shape, fallback }]) => [name, fieldValue(payload[name] ?? fallback ?? null, shape)]),
  );
}

const listOf = (values: readonly Value[]): Elements => new Elements(() => values);

function fieldValue(value: unknown, shape: Shape): Value {
  if (value === null) return null;
  switch (shape.kind) {
    case 'decimal':
      return decimalOf(value as string);
    case 'timestamp':
      return instantOf(value as string);
    case 'date':
      return dayOf(value as string);
    case 'list':
      return listOf((value as unknown[]).map((element) => fieldValue(element, shape.element)));
    case 'object':
      return objectOf(value as Record<string, unknown>, shape.fields);
    default:
      return value as Value;
  }
}

/** A value as the engine writes it for a type of compileExpressions: times and decimals as their units, enums by number. */
export function asEngine(value: Value, type: string): null | number | bigint | boolean | string {
  if (value === null) return null;
  const scale = /^decimal\((\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) {
    const { value: units, scale: own } = value as Decimal;
    const shift = Number(scale) - own;
    if (shift >= 0) return units * 10n ** BigInt(shift);
    const rest = 10n ** BigInt(-shift);
    if (units % rest !== 0n) throw new Error(`${units}e-${own} has more digits than ${type}`);
    return units / rest;
  }
  if (type.startsWith('enum')) return BigInt(['US', 'GB', 'DE'].indexOf(value as string));
  if (value instanceof Instant) return value.micros;
  if (value instanceof Day) return value.days;
  return value as number | boolean | string;
}

/** An expression for the plain evaluator. */
export const plainExpression = (source: string, statics: Statics = worldStatics): PlainExpression =>
  new PlainExpression(source, statics);

const matches = (text: string, pattern: string): boolean => new RegExp(pattern, 'u').test(text);
const NAMES = Object.keys(FIELDS);

/** An expression as V8 runs it: its very text, but for chains, which give null there. Takes the payload with nulls (withNulls). */
export function scriptOf(source: string): (fields: Readonly<Record<string, unknown>>) => unknown {
  const run = new Function('matches', ...NAMES, `"use strict"; return ${chainsGiveNull(source)};`);
  return (fields) => run(matches, ...NAMES.map((name) => fields[name])) as unknown;
}

/** `(chain)` becomes `((chain) ?? null)`. */
function chainsGiveNull(source: string): string {
  const places: [number, string][] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    else if (typeof node === 'object' && node !== null && 'type' in node) {
      const { type, start, end } = node as Node;
      if (type === 'ChainExpression') places.push([start, '(('], [end, ') ?? null)']);
      for (const each of Object.values(node)) visit(each);
    }
  };
  visit(parseExpressionAt(source, 0, { ecmaVersion: 2022 }));
  let text = source;
  for (const [at, put] of places.sort(([a], [b]) => b - a)) text = text.slice(0, at) + put + text.slice(at);
  return text;
}

/** A payload as V8 is to see it: what is absent is null, or its default. */
export function withNulls(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return nullsOf(payload, FIELDS);
}

function nullsOf(payload: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, Field>>): Record<string, unknown> {
  const complete = (value: unknown, shape: Shape): unknown => {
    if (value === null) return null;
    if (shape.kind === 'object') return nullsOf(value as Record<string, unknown>, shape.fields);
    return shape.kind === 'list' ? (value as unknown[]).map((element) => complete(element, shape.element)) : value;
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, { shape, fallback }]) => [name, complete(payload[name] ?? fallback ?? null, shape)]),
  );
}
