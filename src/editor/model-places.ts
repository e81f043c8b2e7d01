// Where the fields of a model are declared: paths of fields beside places in the JSON Schema. A schema that several fields name by
// `$ref` declares all of them at once.

import type { Key } from './document-tree.js';

/** Levels of objects and lists that are followed; a model has fewer. */
const DEPTH_MAX = 10;
/** Places that are looked at: a schema that names itself again and again ends here. */
const PLACES_MAX = 20_000;

export class ModelPlaces {
  /** Key path of a property's name in the schema, joined, by the path of the field. */
  readonly #places = new Map<string, string>();
  #left = PLACES_MAX;

  constructor(readonly schema: unknown) {
    this.#object(schema, [], '', 0);
  }

  /** Names a declaration: fields that are declared in one place have the same one. */
  placeOf(path: string): string | undefined {
    return this.#places.get(path);
  }

  /** Paths of the fields that are declared at a place, in the order of the schema. */
  fieldsAt(place: string): string[] {
    return [...this.#places].flatMap(([path, other]) => (other === place ? [path] : []));
  }

  #object(schema: unknown, at: readonly Key[], prefix: string, depth: number): void {
    const [object, place] = this.#resolve(schema, at);
    const properties = record(record(object)?.properties);
    if (properties === undefined || depth > DEPTH_MAX) return;
    for (const [name, property] of Object.entries(properties)) {
      if (this.#left-- <= 0) return;
      const own = [...place, 'properties', name];
      this.#places.set(prefix + name, placeName(own));
      this.#below(property, own, prefix + name, depth);
    }
  }

  #below(schema: unknown, at: readonly Key[], path: string, depth: number): void {
    const [value, place] = this.#resolve(schema, at);
    const { properties, items } = record(value) ?? {};
    if (properties !== undefined) this.#object(value, place, `${path}.`, depth + 1);
    else if (items !== undefined && depth <= DEPTH_MAX) this.#below(items, [...place, 'items'], `${path}[]`, depth + 1);
  }

  /** What a `$ref` into the same document names, and where that is. */
  #resolve(schema: unknown, at: readonly Key[]): [unknown, readonly Key[]] {
    let value = schema;
    let place = at;
    for (let step = 0; step < DEPTH_MAX; step++) {
      const ref = record(value)?.$ref;
      if (typeof ref !== 'string' || !ref.startsWith('#/')) break;
      place = ref
        .slice(2)
        .split('/')
        .map((key) => decodeURIComponentSafe(key).replaceAll('~1', '/').replaceAll('~0', '~'));
      value = place.reduce<unknown>((found, key) => record(found)?.[key], this.schema);
    }
    return [value, place];
  }
}

/** Keys as one text. */
export function placeName(keys: readonly Key[]): string {
  return keys.join('\u0000');
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
