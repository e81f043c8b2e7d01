// The model of an imported bundle, from what is known of its payloads: samples, and what the rules of the source do with a field.
// Where little is known, the model is generous: a payload outside of it gets the status INVALID_PAYLOAD, never a wrong decision.

import { isBehindPayload, isFieldName, PAYLOAD_NAME } from '../schema/field-name.js';

/** What a value may be. */
export type ShapeKind = 'boolean' | 'number' | 'text' | 'timestamp' | 'date' | 'list' | 'object';

/** How numbers become fields: exact decimals with bounds, or 64-bit floats as JavaScript has them. */
export type NumberPolicy = 'decimal' | 'float';

export interface SchemaOptions {
  readonly numbers: NumberPolicy;
}

/** Digits behind the point that a decimal has at most; units of the model's bounds must fit 64 bits. */
const SCALE_MAX = 9;
/** A bound is a power of ten so many times what was seen. */
const BOUND_FACTOR = 1000;
const BOUND_MIN = 1_000_000;
/** Largest bound times 10^SCALE_MAX stays below 2^63. */
const DECIMAL_UNITS_MAX = 9e18;
/** Room for texts: the first that has four times what was seen. */
const TEXT_MAXIMA = [64, 256, 1024, 4096, 65_536] as const;
const ITEM_MAXIMA = [64, 256, 1024, 4096] as const;
const HEADROOM = 4;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is known of one value of payloads: grows by `see` and `expect`. */
export class Shape {
  readonly members = new Map<string, Shape>();
  readonly kinds = new Set<ShapeKind>();
  /** Largest absolute number, most digits behind the point. */
  magnitudeMax = 0;
  scaleMax = 0;
  charsMax = 0;
  itemsMax = 0;
  /** Samples seen here, and how many of them were null or absent. */
  seenCount = 0;
  nullCount = 0;
  /** All texts that were seen are timestamps of RFC 3339, or dates. */
  areTimestamps = true;
  areDates = true;
  /** What rules compare the value with. */
  readonly constants = new Set<string | number | boolean>();
  #elements: Shape | undefined;

  /** The shape of a list's elements. */
  get elements(): Shape {
    this.#elements ??= new Shape();
    return this.#elements;
  }

  /** Takes in a sample, as JSON.parse gives it. */
  see(value: unknown): void {
    this.seenCount++;
    if (value === null || value === undefined) this.nullCount++;
    else if (typeof value === 'boolean') this.kinds.add('boolean');
    else if (typeof value === 'number') this.seeNumber(value);
    else if (typeof value === 'string') {
      this.kinds.add('text');
      this.charsMax = Math.max(this.charsMax, value.length);
      this.areTimestamps &&= TIMESTAMP.test(value);
      this.areDates &&= DATE.test(value);
    } else if (Array.isArray(value)) {
      this.kinds.add('list');
      this.itemsMax = Math.max(this.itemsMax, value.length);
      for (const item of value) this.elements.see(item);
    } else {
      this.kinds.add('object');
      const entries = Object.entries(value as object);
      for (const [key, member] of entries) this.#memberSeen(key).see(member);
      const named = new Set(entries.map(([key]) => key));
      for (const [key, member] of this.members) if (!named.has(key)) member.see(undefined);
    }
  }

  /** Takes in a number that a sample has, or that rules compare the value with. */
  seeNumber(value: number): void {
    this.kinds.add('number');
    this.magnitudeMax = Math.max(this.magnitudeMax, Math.abs(value));
    this.scaleMax = Math.max(this.scaleMax, scaleOf(value));
  }

  /** Says what rules need the value to be. */
  expect(kind: ShapeKind): void {
    this.kinds.add(kind);
  }

  /** The shape of a member, which makes this an object. */
  member(name: string): Shape {
    this.kinds.add('object');
    let member = this.members.get(name);
    if (member === undefined) {
      member = new Shape();
      this.members.set(name, member);
    }
    return member;
  }

  /** A member of a sample: samples before this one did not have it. */
  #memberSeen(name: string): Shape {
    const isNew = !this.members.has(name);
    const member = this.member(name);
    if (isNew) {
      const before = this.seenCount - this.nullCount - 1;
      member.seenCount += before;
      member.nullCount += before;
    }
    return member;
  }

  /** Never null, as far as samples say; false where there are none. */
  get isRequired(): boolean {
    return this.seenCount > 0 && this.nullCount === 0;
  }

  /** The kind that wins where several were seen: undefined where values of different kinds were. */
  get kind(): ShapeKind | undefined {
    if (this.kinds.size <= 1) return [...this.kinds][0];
    // a date or timestamp is written as a text
    const more = [...this.kinds].filter((kind) => kind !== 'text');
    return this.kinds.has('text') && more.length === 1 && (more[0] === 'date' || more[0] === 'timestamp') ? more[0] : undefined;
  }
}

/** The shape of all payloads. */
export function shapeOf(payloads: Iterable<Readonly<Record<string, unknown>>>): Shape {
  const shape = new Shape();
  shape.expect('object');
  for (const payload of payloads) shape.see(payload);
  return shape;
}

/** What rules compare values with, by path; the elements of a list behind `[]`. */
export function constantsOf(
  shape: Shape,
  path = '',
  all = new Map<string, (string | number | boolean)[]>(),
): Map<string, (string | number | boolean)[]> {
  if (shape.constants.size > 0) all.set(path, [...shape.constants]);
  for (const [name, member] of shape.members) constantsOf(member, path === '' ? name : `${path}.${name}`, all);
  if (shape.kind === 'list') constantsOf(shape.elements, `${path}[]`, all);
  return all;
}

/** Digits behind the point of a number as it is written; SCALE_MAX at most. */
export function scaleOf(value: number): number {
  const match = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return 0;
  const scale = (match[1]?.length ?? 0) - Number(match[2] ?? 0);
  return Math.min(SCALE_MAX, Math.max(0, scale));
}

/** The bound of a number's absolute value: a power of ten with room. */
export function boundOf(shape: Shape, scale: number): number {
  const wanted = Math.max(BOUND_MIN, 10 ** Math.ceil(Math.log10(Math.max(1, shape.magnitudeMax) * BOUND_FACTOR)));
  return Math.min(wanted, 10 ** Math.floor(Math.log10(DECIMAL_UNITS_MAX / 10 ** scale)));
}

/** Is told the path of what is left out of a model, and why. */
export type OnOmitted = (path: string, reason: string) => void;

/**
 * A shape as JSON Schema. Values of kinds that no field can have (several kinds, lists of lists, objects without members) are
 * left out, and so are names that no field can have: `onOmitted` is told their paths.
 */
export function schemaOf(shape: Shape, options: SchemaOptions, onOmitted: OnOmitted = () => undefined): object {
  return objectSchema(shape, options, '', onOmitted);
}

function objectSchema(shape: Shape, options: SchemaOptions, path: string, onOmitted: OnOmitted): object {
  const properties: Record<string, object> = {};
  const required: string[] = [];
  for (const [name, member] of shape.members) {
    const at = path === '' ? name : `${path}.${name}`;
    const hides = path === '' && isBehindPayload(name) && shape.members.has(PAYLOAD_NAME);
    if (!isFieldName(name) || hides) {
      const reason = hides ? `the field \`${PAYLOAD_NAME}\` hides it from expressions` : 'no field can have its name';
      onOmitted(at, reason);
      continue;
    }
    const schema = valueSchema(member, options, at, onOmitted);
    if (schema === undefined) {
      onOmitted(at, 'samples show no single type of it');
      continue;
    }
    properties[name] = schema;
    if (member.isRequired) required.push(name);
  }
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties };
}

function valueSchema(
  shape: Shape,
  options: SchemaOptions,
  path: string,
  onOmitted: OnOmitted,
): Record<string, unknown> | undefined {
  switch (shape.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return numberSchema(shape, options.numbers);
    case 'text':
      return { type: 'string', maxLength: roomFor(shape.charsMax, TEXT_MAXIMA) };
    case 'timestamp':
      return { type: 'string', format: 'date-time' };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'list': {
      const { elements } = shape;
      // Of elements without members nothing is read; but they are counted.
      const isOpaque = elements.kind === 'object' && elements.members.size === 0;
      const items = isOpaque
        ? { type: 'object', properties: {} }
        : elements.kind === 'list'
          ? undefined
          : valueSchema(elements, options, `${path}[]`, onOmitted);
      return items && { type: 'array', maxItems: roomFor(shape.itemsMax, ITEM_MAXIMA), items };
    }
    case 'object':
      return shape.members.size === 0 ? undefined : { ...objectSchema(shape, options, path, onOmitted) };
    default:
      return undefined;
  }
}

/** The schema of a number by the digits that were seen. */
export function numberSchema(shape: Shape, policy: NumberPolicy): Record<string, unknown> {
  if (policy === 'float') return { type: 'number' };
  const scale = shape.scaleMax;
  const bound = boundOf(shape, scale);
  const bounds = { minimum: -bound, maximum: bound };
  return scale === 0
    ? { type: 'integer', format: 'int64', ...bounds }
    : { type: 'number', multipleOf: Number(`1e-${scale}`), ...bounds };
}

function roomFor(seen: number, maxima: readonly number[]): number {
  return maxima.find((max) => seen * HEADROOM <= max) ?? Math.max(seen, maxima[maxima.length - 1]!);
}
