// What DMN has no word for of a field: whether it must be given, digits behind the point, longest texts and lists. The export
// writes it as extension elements of item definitions, so that a bundle that is exported and imported again has the same model.

import { childOf, type XmlElement } from './xml.js';

/** Namespace of the extension elements. */
export const FIELD_NAMESPACE = 'urn:verdict:dmn';

export interface FieldHints {
  readonly required: boolean;
  readonly integer: boolean;
  /** Digits behind the point, of an exact decimal. */
  readonly scale: number | undefined;
  readonly maxLength: number | undefined;
  readonly maxItems: number | undefined;
}

/** The hints of an item definition; undefined where it has none. */
export function fieldHints(definition: XmlElement): FieldHints | undefined {
  const extensions = childOf(definition, 'extensionElements');
  const hints = extensions?.children.find((child) => child.local === 'field' && child.uri === FIELD_NAMESPACE);
  if (hints === undefined) return undefined;
  const number = (name: string, max: number): number | undefined => {
    const text = hints.attributes.get(name) ?? '';
    return /^\d{1,9}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
  };
  return {
    required: hints.attributes.get('required') === 'true',
    integer: hints.attributes.get('integer') === 'true',
    scale: number('scale', 18),
    maxLength: number('maxLength', 65_536),
    maxItems: number('maxItems', 65_536),
  };
}
