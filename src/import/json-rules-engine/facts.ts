// Facts: the fields of the payload that conditions read, with their types from samples and from what conditions compare them with.

import { writtenPath } from '../../schema/field-name.js';
import { atom, type Code } from '../expression-code.js';
import { type OnOmitted, type Shape, schemaOf, shapeOf } from '../infer-model.js';

/** What conditions can do with a value. */
export type FactType =
  | { readonly kind: 'number' | 'text' | 'boolean' | 'object' }
  | { readonly kind: 'list'; readonly element: FactType };

/** `never` null; `absent`: undefined to the engine; `null`; `either`: both, which Verdict does not tell apart. */
export type Nullness = 'never' | 'absent' | 'null' | 'either';

export interface Fact {
  readonly code: Code;
  readonly type: FactType;
  readonly nullness: Nullness;
}

/** A part of a payload: the fact, and the names below it. */
export type FactPath = readonly string[];

const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(?:'([^'\\\]]+)'|"([^"\\\]]+)")\]/y;

/** The names that a JSONPath goes through; undefined where it has more than names of fields. */
export function namesOfPath(path: string): string[] | undefined {
  const names: string[] = [];
  STEP.lastIndex = path.startsWith('$') ? 1 : 0;
  // jsonpath-plus takes a path without `$` and its point too.
  if (!path.startsWith('$') && /^[A-Za-z_]/.test(path)) return namesOfPath(`$.${path}`);
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    names.push(found[1] ?? found[2] ?? found[3]!);
  }
  return names;
}

type Schema = Readonly<Record<string, unknown>>;

export class Facts {
  readonly #shape: Shape;
  readonly #payloads: readonly Readonly<Record<string, unknown>>[];
  /** Facts by name, in the order in which conditions read them. */
  readonly #read = new Set<string>();
  #schema: Schema | undefined;

  constructor(
    payloads: readonly Readonly<Record<string, unknown>>[] | undefined,
    /** Whether a fact that is not given is undefined; else the engine refuses to run. */
    private readonly allowUndefined: boolean,
  ) {
    this.#payloads = payloads ?? [];
    this.#shape = shapeOf(this.#payloads);
  }

  /** Says that conditions read a part of a fact, and what they need it to be; what samples say has the last word. */
  expect(path: FactPath, compared: unknown): void {
    this.#read.add(path[0]!);
    const shape = path.reduce((parent, name) => parent.member(name), this.#shape);
    if (shape.seenCount > 0 || shape.kinds.size > 0) return;
    note(shape, compared);
  }

  /** The model. `onOmitted` is told of fields that it cannot have. */
  schema(onOmitted: OnOmitted): Schema {
    const schema = schemaOf(this.#shape, { numbers: 'float' }, onOmitted) as {
      properties: Record<string, object>;
      required?: string[];
    };
    const withNulls = this.#withNulls(schema, this.#payloads) as typeof schema;
    const names = Object.keys(withNulls.properties);
    // The engine refuses to run where a fact that it needs is not given.
    const required = this.allowUndefined
      ? (withNulls.required ?? [])
      : names.filter((name) => this.#read.has(name) || withNulls.required?.includes(name));
    const { required: _, ...rest } = withNulls;
    this.#schema = required.length === 0 ? rest : { type: 'object', required, properties: withNulls.properties };
    return this.#schema;
  }

  /** A part of a fact; undefined where the model has none of that name, or one without a type. */
  at(path: FactPath): Fact | undefined {
    let schema = this.#schema;
    let nullness: Nullness = 'never';
    let text = '';
    for (const name of path) {
      const { properties, required } = (schema ?? {}) as { properties?: Record<string, Schema>; required?: string[] };
      const member = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (member === undefined) return undefined;
      const mayBeNull = Array.isArray(member.type);
      const own: Nullness = mayBeNull
        ? required?.includes(name)
          ? 'null'
          : 'either'
        : required?.includes(name)
          ? 'never'
          : 'absent';
      // Below what is null or absent, everything is undefined.
      text += text === '' ? writtenPath(name) : `${nullness === 'never' ? '.' : '?.'}${name}`;
      nullness = nullness === 'never' ? own : own === 'never' || own === 'absent' ? 'absent' : 'either';
      schema = member;
    }
    return schema && { code: atom(text), type: typeOf(schema), nullness };
  }

  /** Fields that samples have null in may be null, and are required where samples always have them. */
  #withNulls(schema: object, samples: readonly unknown[]): object {
    const { type, properties, required, items } = schema as {
      type?: unknown;
      properties?: Record<string, object>;
      required?: string[];
      items?: object;
    };
    if (items !== undefined) {
      const elements = samples.flatMap((sample) => (Array.isArray(sample) ? (sample as unknown[]) : []));
      return { ...schema, items: this.#withNulls(items, elements) };
    }
    if (properties === undefined) return schema;
    const objects = samples.filter((sample): sample is Record<string, unknown> => typeof sample === 'object' && sample !== null);
    const made: Record<string, object> = {};
    const always = new Set(required ?? []);
    for (const [name, member] of Object.entries(properties)) {
      const values = objects.flatMap((object) => (Object.hasOwn(object, name) ? [object[name]] : []));
      const inner = this.#withNulls(member, values) as { type?: unknown };
      const isNull = values.includes(null);
      made[name] = isNull ? { ...inner, type: [inner.type, 'null'] } : inner;
      if (isNull && values.length === objects.length) always.add(name);
    }
    const names = Object.keys(properties).filter((name) => always.has(name));
    return { type, ...(names.length === 0 ? {} : { required: names }), properties: made };
  }
}

function typeOf(schema: Schema): FactType {
  const { type } = schema as { type: string | string[] };
  switch (Array.isArray(type) ? type[0] : type) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'string':
      return { kind: 'text' };
    case 'array':
      return { kind: 'list', element: typeOf((schema as { items: Schema }).items) };
    case 'object':
      return { kind: 'object' };
    default:
      return { kind: 'number' };
  }
}

/** Takes the kind of a constant for that of what is compared with it. */
function note(shape: Shape, compared: unknown): void {
  if (Array.isArray(compared)) {
    shape.expect('list');
    for (const item of compared as unknown[]) note(shape.elements, item);
  } else if (typeof compared === 'string') {
    shape.expect('text');
    shape.charsMax = Math.max(shape.charsMax, compared.length);
  } else if (typeof compared === 'boolean') shape.expect('boolean');
  else if (typeof compared === 'number') shape.seeNumber(compared);
}
