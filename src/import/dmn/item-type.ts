// Types as DMN declares them: FEEL's own, and item definitions with components and allowed values.

import type { UnaryTests } from './feel/ast.js';
import { plainName } from './feel/names.js';
import type { FieldHints } from './field-hints.js';
import type { XmlElement } from './xml.js';

export type BaseType = 'string' | 'number' | 'boolean' | 'date' | 'date and time' | 'time' | 'duration' | 'context' | 'any';

export interface ItemType {
  readonly base: BaseType;
  readonly collection: boolean;
  /** Of a context. */
  readonly components: ReadonlyMap<string, ItemType>;
  readonly allowed: UnaryTests | undefined;
  /** What the export of a bundle has left behind. */
  readonly hints?: FieldHints;
}

/** What an item definition, or a component of one, says. */
export interface ItemDefinition {
  readonly name: string;
  readonly typeRef: string | undefined;
  readonly collection: boolean;
  readonly components: readonly ItemDefinition[];
  readonly allowed: UnaryTests | undefined;
  readonly hints: FieldHints | undefined;
  readonly element: XmlElement;
}

const BASES: Readonly<Record<string, BaseType>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  long: 'number',
  double: 'number',
  boolean: 'boolean',
  date: 'date',
  'date and time': 'date and time',
  dateTime: 'date and time',
  time: 'time',
  'days and time duration': 'duration',
  'years and months duration': 'duration',
  dayTimeDuration: 'duration',
  yearMonthDuration: 'duration',
  context: 'context',
  Any: 'any',
  any: 'any',
};

export const ANY_TYPE: ItemType = { base: 'any', collection: false, components: new Map(), allowed: undefined };
/** Item definitions inside one another. */
const TYPE_DEPTH_MAX = 16;
/** Components that all types of a document come to: definitions that name another one twice, ten times over, never end. */
const COMPONENTS_MAX = 16_384;

/** Types by the names that a `typeRef` uses. */
export class TypeTable {
  readonly #definitions: ReadonlyMap<string, ItemDefinition>;
  #componentsLeft = COMPONENTS_MAX;

  constructor(definitions: readonly ItemDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  /** The type of a reference; undefined where nothing has that name, or definitions need one another or grow too large. */
  resolve(typeRef: string | undefined, depth = 0): ItemType | undefined {
    if (typeRef === undefined || depth > TYPE_DEPTH_MAX) return undefined;
    const name = plainName(typeRef);
    const definition = this.#definitions.get(name);
    if (definition !== undefined) return this.#typeOf(definition, depth + 1);
    const local = name.slice(name.lastIndexOf(':') + 1);
    const base = Object.hasOwn(BASES, local) ? BASES[local] : undefined;
    if (base !== undefined) return { ...ANY_TYPE, base };
    const prefixed = this.#definitions.get(local);
    return prefixed === undefined ? undefined : this.#typeOf(prefixed, depth + 1);
  }

  #typeOf(definition: ItemDefinition, depth: number): ItemType | undefined {
    const { collection, allowed } = definition;
    const hints = definition.hints === undefined ? {} : { hints: definition.hints };
    if (definition.components.length > 0) {
      const components = new Map<string, ItemType>();
      for (const component of definition.components) {
        const type = depth > TYPE_DEPTH_MAX || this.#componentsLeft-- <= 0 ? undefined : this.#typeOf(component, depth + 1);
        components.set(component.name, type ?? ANY_TYPE);
      }
      return { base: 'context', collection, components, allowed: undefined, ...hints };
    }
    const type = this.resolve(definition.typeRef, depth);
    if (type === undefined) return undefined;
    return { ...type, collection: collection || type.collection, allowed: allowed ?? type.allowed, ...hints };
  }
}
