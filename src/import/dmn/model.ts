// Inputs of a DMN model as fields of a bundle's model. Every field may be null, as every input of DMN may.

import { boundOf, type Shape } from '../infer-model.js';
import { Namer } from '../names.js';
import type { Feel, Test } from './feel/ast.js';
import * as decimal from './feel/decimal.js';
import type { ItemType } from './item-type.js';
import { code } from './lower/code.js';
import { boolAt, guardsOfPath, type Path, pathOf, type ScalarType, scalarAt, type Value } from './lower/value.js';

/** Room for texts and lists of which nothing is known. */
const TEXT_CHARS = 256;
const LIST_ITEMS = 100;
/** Longest text that can be a member of an enum. */
const MEMBER_CHARS_MAX = 64;

export interface Field {
  /** JSON Schema. */
  readonly schema: Record<string, unknown>;
  /** What the field is in expressions. */
  value(path: Path): Value;
  /** Paths below it that have other names than in the source, and these. */
  readonly renamed?: ReadonlyMap<string, string>;
}

/** Paths of a field and below it that have other names than in the source, and these. */
export function renamedIn(source: string, name: string, { renamed }: Field): [string, string][] {
  const below = [...(renamed ?? [])].map(([was, is]): [string, string] => [joined(source, was), joined(name, is)]);
  return source === name ? below : [[source, name], ...below];
}

/** Paths of elements begin with `[]`. */
function joined(path: string, rest: string): string {
  return rest.startsWith('[]') ? path + rest : `${path}.${rest}`;
}

/**
 * The field of a type.
 * @param shape what samples say of it, where there are any
 * @returns why there is none, as a text
 */
export function fieldOf(type: ItemType, shape: Shape | undefined): Field | string {
  if (type.collection) return listOf(type, shape);
  switch (type.base) {
    case 'boolean':
      return { schema: { type: 'boolean' }, value: boolAt };
    case 'date':
      return scalar({ type: 'string', format: 'date' }, { kind: 'date' });
    case 'date and time':
      return scalar({ type: 'string', format: 'date-time' }, { kind: 'timestamp' });
    case 'string':
      return textOf(type, shape);
    case 'number':
      return numberOf(type, shape);
    case 'context':
      return objectOf(type, shape);
    case 'time':
      return 'a time without a date has no type in a model: give hours and minutes as numbers';
    case 'duration':
      return 'a duration has no type in a model: give it as a number of days or hours';
    case 'any':
      return 'nothing says of what type it is: name the type of its variable';
  }
}

function scalar(schema: Record<string, unknown>, type: ScalarType): Field {
  return { schema, value: (path) => scalarAt(type, path) };
}

function textOf(type: ItemType, shape: Shape | undefined): Field {
  const members = (type.allowed?.tests ?? []).map((test) =>
    test.kind === 'value' && test.value.kind === 'text' ? test.value.value : undefined,
  );
  const isEnum = members.length > 0 && !type.allowed!.not && members.every((member) => member !== undefined && isMember(member));
  if (isEnum) {
    const names = [...new Set(members as string[])];
    return scalar({ type: 'string', enum: names }, { kind: 'enum', members: names });
  }
  const maxLength = type.hints?.maxLength ?? Math.max(TEXT_CHARS, (shape?.charsMax ?? 0) * 4);
  return scalar({ type: 'string', maxLength }, { kind: 'text' });
}

/** What can stand for itself in a model. */
function isMember(text: string): boolean {
  return (
    text !== '' &&
    text !== '__proto__' &&
    text.length <= MEMBER_CHARS_MAX &&
    text === text.trim() &&
    !/[\p{Cc}\p{Cs}"\\]/u.test(text)
  );
}

interface Bounds {
  low: decimal.Decimal | undefined;
  lowOpen: boolean;
  high: decimal.Decimal | undefined;
  highOpen: boolean;
}

function numberOf(type: ItemType, shape: Shape | undefined): Field {
  const tests = type.allowed === undefined || type.allowed.not ? [] : type.allowed.tests;
  const bounds = boundsOf(tests);
  const listed = tests.map((test) => (test.kind === 'value' && test.value.kind === 'number' ? test.value.value : undefined));
  const isListed = listed.length > 0 && listed.every((value) => value !== undefined);
  const seen = Math.max(shape?.scaleMax ?? 0, ...(isListed ? listed.map((value) => decimal.scaleOf(value)) : []));
  const scale = type.hints?.scale ?? seen;
  const keywords: Record<string, number> = {};
  if (bounds?.low !== undefined) keywords[bounds.lowOpen ? 'exclusiveMinimum' : 'minimum'] = toNumber(bounds.low);
  if (bounds?.high !== undefined) keywords[bounds.highOpen ? 'exclusiveMaximum' : 'maximum'] = toNumber(bounds.high);
  if (type.hints?.scale === 0) {
    const bits = 64;
    return scalar({ type: 'integer', format: 'int64', ...keywords }, { kind: 'decimal', scale: 0, bits });
  }
  if (scale === 0) {
    const whole = type.hints?.integer ?? isListed;
    return scalar({ type: whole ? 'integer' : 'number', ...keywords }, { kind: 'number' });
  }
  if (type.hints?.scale !== undefined) {
    const units = Math.max(
      ...[bounds?.low, bounds?.high].map((bound) => (bound === undefined ? Number.POSITIVE_INFINITY : Math.abs(toNumber(bound)))),
    );
    const bits = Math.min(64, Math.ceil(Math.log2(Math.max(units, 1) * 10 ** scale)) + 1);
    return scalar({ type: 'number', multipleOf: Number(`1e-${scale}`), ...keywords }, { kind: 'decimal', scale, bits });
  }
  const limit = shape === undefined ? 10 ** (15 - scale) : boundOf(shape, scale);
  const low = bounds?.low === undefined ? -limit : toNumber(bounds.low);
  const high = bounds?.high === undefined ? limit : toNumber(bounds.high);
  if (bounds?.low === undefined) keywords.minimum = low;
  if (bounds?.high === undefined) keywords.maximum = high;
  const bits = Math.ceil(Math.log2(Math.max(Math.abs(low), Math.abs(high), 1) * 10 ** scale)) + 1;
  return scalar({ type: 'number', multipleOf: Number(`1e-${scale}`), ...keywords }, { kind: 'decimal', scale, bits });
}

function toNumber(value: decimal.Decimal): number {
  return Number(decimal.decimalText(value));
}

/** Bounds of everything that tests allow; undefined where a test is no constant. */
function boundsOf(tests: readonly Test[]): Bounds | undefined {
  let all: Bounds | undefined;
  for (const test of tests) {
    const one = boundsOfTest(test);
    if (one === undefined) return undefined;
    if (all === undefined) {
      all = one;
      continue;
    }
    const lower = wider(all.low, all.lowOpen, one.low, one.lowOpen, -1);
    const upper = wider(all.high, all.highOpen, one.high, one.highOpen, 1);
    all = { low: lower.bound, lowOpen: lower.open, high: upper.bound, highOpen: upper.open };
  }
  return all;
}

type Bound = decimal.Decimal | undefined;

function wider(a: Bound, aOpen: boolean, b: Bound, bOpen: boolean, sign: number): { bound: Bound; open: boolean } {
  if (a === undefined || b === undefined) return { bound: undefined, open: false };
  const order = decimal.compare(a, b) * sign;
  return order === 0 ? { bound: a, open: aOpen && bOpen } : order > 0 ? { bound: a, open: aOpen } : { bound: b, open: bOpen };
}

function boundsOfTest(test: Test): Bounds | undefined {
  const none = { low: undefined, lowOpen: false, high: undefined, highOpen: false };
  if (test.kind === 'range') {
    const low = constantNode(test.range.low);
    const high = constantNode(test.range.high);
    if (low === undefined || high === undefined) return undefined;
    return { low, lowOpen: test.range.lowOpen, high, highOpen: test.range.highOpen };
  }
  const value = constantNode(test.value);
  if (value === undefined) return undefined;
  if (test.kind === 'value' || test.operator === '=') return { ...none, low: value, high: value };
  if (test.operator === '!=') return none;
  const open = test.operator === '<' || test.operator === '>';
  return test.operator.startsWith('<') ? { ...none, high: value, highOpen: open } : { ...none, low: value, lowOpen: open };
}

function constantNode(node: Feel): decimal.Decimal | undefined {
  if (node.kind === 'number') return node.value;
  if (node.kind === 'negate' && node.of.kind === 'number') return decimal.negate(node.of.value);
  return undefined;
}

function objectOf(type: ItemType, shape: Shape | undefined): Field | string {
  const namer = new Namer(['__proto__']);
  const fields = new Map<string, { name: string; field: Field; nullable: boolean }>();
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  const renamed = new Map<string, string>();
  for (const [component, componentType] of type.components) {
    const name = namer.name(component);
    const field = fieldOf(componentType, shape?.members.get(component) ?? shape?.members.get(name));
    if (typeof field === 'string') continue;
    fields.set(component, { name, field, nullable: !componentType.hints?.required });
    properties[name] = name === component ? field.schema : { ...field.schema, description: component };
    if (componentType.hints?.required) required.push(name);
    for (const [was, is] of renamedIn(component, name, field)) renamed.set(was, is);
  }
  if (fields.size === 0) return 'none of its components has a type that a model has';
  return {
    schema: { type: 'object', ...(required.length === 0 ? {} : { required }), properties },
    renamed,
    value: (path) => ({
      kind: 'context',
      guards: guardsOfPath(path),
      named: path.code,
      members: new Map(
        Array.from(fields, ([component, { name, field, nullable }]) => {
          const inner: Path = {
            code: code(`${path.code.text}${guardsOfPath(path).length > 0 ? '?.' : '.'}${name}`),
            access: code(`${path.access.text}.${name}`),
            guards: guardsOfPath(path),
            nullable,
          };
          return [component, field.value(inner)];
        }),
      ),
    }),
  };
}

function listOf(type: ItemType, shape: Shape | undefined): Field | string {
  const items = fieldOf({ ...type, collection: false }, shape?.kinds.has('list') ? shape.elements : undefined);
  if (typeof items === 'string') return items;
  const maxItems = type.hints?.maxItems ?? Math.max(LIST_ITEMS, (shape?.itemsMax ?? 0) * 4);
  return {
    schema: { type: 'array', maxItems, items: items.schema },
    renamed: new Map([...(items.renamed ?? [])].map(([was, is]) => [`[].${was}`, `[].${is}`])),
    value: (path) => ({
      kind: 'list',
      code: path.access,
      guards: guardsOfPath(path),
      plain: true,
      element: (name) => items.value(pathOf(name, false)),
    }),
  };
}
