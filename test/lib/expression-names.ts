// What a random expression may name where it stands: fields of the model, parameters of arrow functions, what is known not to be
// null.

import { type Field, ROOT, type Shape } from './expression-world.js';

export type Kind = 'number' | 'decimal' | 'text' | 'boolean' | 'timestamp' | 'date' | 'enum';
export const KINDS: readonly Kind[] = ['number', 'decimal', 'text', 'boolean', 'timestamp', 'date', 'enum'];

/** What an expression may name: values that are there, values that may be null, lists and objects. */
export interface Names {
  values: Readonly<Record<Kind, readonly string[]>>;
  nullable: Readonly<Record<Kind, readonly string[]>>;
  lists: Readonly<Record<Kind, readonly string[]>>;
  items: readonly string[];
  parts: readonly string[];
}

type Lists = Record<Kind, string[]>;
const empty = (): Lists => ({ number: [], decimal: [], text: [], boolean: [], timestamp: [], date: [], enum: [] });

/** Fields of a table as names behind `prefix`; of objects below it that may be null, chains. */
function collect(fields: Readonly<Record<string, Field>>, prefix: string, behindNull: boolean, out: Collected): void {
  for (const [name, { shape, nullable }] of Object.entries(fields)) {
    const path = `${prefix}${behindNull ? '?.' : prefix === '' ? '' : '.'}${name}`;
    const mayBeNull = behindNull || nullable;
    if (shape.kind === 'object') collect(shape.fields, path, mayBeNull, out);
    else if (shape.kind !== 'list') out[mayBeNull ? 'nullable' : 'values'][shape.kind].push(path);
    else if (shape.element.kind !== 'object' && shape.element.kind !== 'list') {
      out[mayBeNull ? 'nullableLists' : 'lists'][shape.element.kind].push(path);
    }
  }
}

interface Collected {
  values: Lists;
  nullable: Lists;
  lists: Lists;
  nullableLists: Lists;
}

const collected = (): Collected => ({ values: empty(), nullable: empty(), lists: empty(), nullableLists: empty() });

const shapeOf = (name: string, fields: Readonly<Record<string, Field>>): Shape & { kind: 'object' } =>
  (fields[name]!.shape as Shape & { kind: 'list' }).element as Shape & { kind: 'object' };
const ROOT_FIELDS = (ROOT.shape as Shape & { kind: 'object' }).fields;
const ITEM = shapeOf('items', ROOT_FIELDS).fields;
const PART = shapeOf('parts', ITEM).fields;

export const root = collected();
collect(ROOT_FIELDS, '', false, root);
const without = (list: readonly string[], name: string): string[] => list.filter((each) => each !== name);

/** The names of the model. `far` is named where its calendar is known: nowhere by zone. */
export const rootNames = (): Names => ({
  values: { ...root.values, timestamp: [...without(root.values.timestamp, 'far'), 'now'] },
  nullable: root.nullable,
  lists: root.lists,
  items: [],
  parts: [],
});

/** What is nearest is named most: as often as all that there was before. */
export const nearest = (far: readonly string[], near: readonly string[]): string[] => {
  const times = near.length === 0 ? 0 : Math.ceil(far.length / near.length);
  return [...far, ...Array.from({ length: times }, () => near).flat()];
};

/** With a parameter of a kind. */
export const withValue = (names: Names, kind: Kind, name: string): Names => ({
  ...names,
  values: { ...names.values, [kind]: nearest(names.values[kind], [name]) },
});

/** With the fields of an element of `items`, or of one of its parts. */
export function withObject(names: Names, isPart: boolean, parameter: string): Names {
  const own = collected();
  collect(isPart ? PART : ITEM, parameter, false, own);
  const joined = (ours: Lists, theirs: Readonly<Record<Kind, readonly string[]>>): Lists => {
    const all = empty();
    for (const kind of KINDS) all[kind] = nearest(theirs[kind], ours[kind]);
    return all;
  };
  return {
    values: joined(own.values, names.values),
    nullable: joined(own.nullable, names.nullable),
    lists: joined(own.lists, names.lists),
    items: isPart ? names.items : [...names.items, parameter],
    parts: isPart ? [...names.parts, parameter] : names.parts,
  };
}
