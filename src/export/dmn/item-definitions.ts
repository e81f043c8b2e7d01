// Fields of a model as item definitions. What DMN has no word for, such as digits behind the point and longest texts, stands in
// extension elements, which the importer of this project reads and others pass over.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import { formatDecimal } from '../../schema/decimal.js';
import type { Field, Model } from '../../schema/model.js';
import { feelLiteral } from './feel-text.js';
import { type XmlNode, xml } from './xml-text.js';

const BASES: Partial<Record<FieldKind, string>> = {
  [FieldKind.BOOL]: 'boolean',
  [FieldKind.TIMESTAMP]: 'date and time',
  [FieldKind.DATE]: 'date',
  [FieldKind.ENUM]: 'string',
  [FieldKind.TEXT]: 'string',
};

/** The item definition, or a component, of a field. */
export function definitionOf(model: Model, field: Field, element: 'itemDefinition' | 'itemComponent', name: string): XmlNode {
  const isList = field.kind === FieldKind.LIST;
  const of = isList && field.element !== undefined ? field.element : field;
  const children = field.child !== undefined && field.element === undefined ? model.tables[field.child]!.fields : [];
  const content: XmlNode[] = [xml('extensionElements', {}, [xml('verdict:field', extensionOf(field, of))])];
  if (children.length === 0) {
    content.push(xml('typeRef', {}, BASES[of.kind] ?? 'number'));
    const allowed = allowedOf(of);
    if (allowed !== undefined) content.push(xml('allowedValues', {}, [xml('text', {}, allowed)]));
  } else content.push(...children.map((child) => definitionOf(model, child, 'itemComponent', child.name)));
  return xml(element, { name, isCollection: isList ? 'true' : undefined }, content);
}

function extensionOf(field: Field, of: Field): Record<string, string | undefined> {
  const isDecimal = of.kind === FieldKind.DECIMAL;
  return {
    required: field.required ? 'true' : undefined,
    scale: isDecimal ? String(of.scale ?? 0) : undefined,
    integer: of.kind === FieldKind.INT || of.kind === FieldKind.LONG ? 'true' : undefined,
    maxLength: of.kind === FieldKind.TEXT ? String(of.maximum) : undefined,
    maxItems: field.kind === FieldKind.LIST ? String(field.maximum) : undefined,
  };
}

function allowedOf(field: Field): string | undefined {
  if (field.kind === FieldKind.ENUM) return field.members?.map(({ name }) => feelLiteral(name)).join(',');
  const isNumber = [FieldKind.INT, FieldKind.LONG, FieldKind.DOUBLE, FieldKind.DECIMAL].includes(field.kind);
  if (!isNumber) return undefined;
  const { minimum, maximum } = field;
  const text = (value: number | bigint): string =>
    typeof value === 'bigint' ? formatDecimal(value, field.scale ?? 0) : String(value);
  if (minimum !== undefined && maximum !== undefined) return `[${text(minimum)}..${text(maximum)}]`;
  if (minimum !== undefined) return `>= ${text(minimum)}`;
  return maximum === undefined ? undefined : `<= ${text(maximum)}`;
}
