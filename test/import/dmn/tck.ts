// Cases of the DMN TCK: inputs and expected results of decisions, as JSON has them.

import { parse } from 'yaml';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { childOf, childrenOf, readXml, type XmlElement } from '#src/import/dmn/xml.js';

export interface TckCase {
  id: string;
  inputs: Record<string, unknown>;
  /** By the name of the decision. */
  expected: Record<string, unknown>;
}

/** Reads a file of test cases. */
export function readCases(name: string, text: string): TckCase[] {
  const bag = new DiagnosticBag();
  const root = readXml({ name, text }, bag);
  if (root === undefined) throw new Error(bag.items[0]!.message);
  return childrenOf(root, 'testCase').map((element) => ({
    id: element.attributes.get('id') ?? '',
    inputs: Object.fromEntries(childrenOf(element, 'inputNode').map((node) => [node.attributes.get('name')!, contentOf(node)])),
    expected: Object.fromEntries(
      childrenOf(element, 'resultNode').map((node) => [node.attributes.get('name')!, contentOf(childOf(node, 'expected')!)]),
    ),
  }));
}

function contentOf(element: XmlElement): unknown {
  const list = childOf(element, 'list');
  if (list !== undefined) return childrenOf(list, 'item').map(contentOf);
  const components = childrenOf(element, 'component');
  if (components.length > 0) {
    return Object.fromEntries(components.map((component) => [component.attributes.get('name')!, contentOf(component)]));
  }
  const value = childOf(element, 'value');
  if (value === undefined || value.attributes.get('xsi:nil') === 'true') return null;
  const type = value.attributes.get('xsi:type')?.replace(/^.*:/, '');
  if (type === 'boolean') return value.text.trim() === 'true';
  return type === 'string' || type === undefined ? value.text : Number(value.text);
}

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
}

/** Inputs under the names of the imported model's fields, which keep the original as their description. */
export function payloadOf(inputs: unknown, schema: Schema | string): unknown {
  const { properties } = typeof schema === 'string' ? (parse(schema) as Schema) : schema;
  if (properties === undefined || typeof inputs !== 'object' || inputs === null) return inputs;
  const payload: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) {
    const field = Object.hasOwn(properties, name)
      ? name
      : Object.keys(properties).find((key) => properties[key]!.description?.split(':')[0] === name);
    if (field === undefined) throw new Error(`no field is named ${name}`);
    payload[field] = payloadOf(value, properties[field]!);
  }
  return payload;
}
