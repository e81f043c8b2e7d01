// A DMN document as it is written: inputs, decisions, functions and types, with every expression parsed. Diagrams, services and
// what vendors add are left alone.

import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { ImportSource } from '../imported.js';
import { BoxedReader } from './boxed.js';
import type { Feel, UnaryTests } from './feel/ast.js';
import { BUILTIN_NAMES } from './feel/builtins.js';
import { NameScope, plainName } from './feel/names.js';
import { fieldHints } from './field-hints.js';
import { type ItemDefinition, TypeTable } from './item-type.js';
import { childOf, childrenOf, readXml, tagSpan, type XmlElement } from './xml.js';

/** Namespaces of the model in DMN 1.1 to 1.5. */
const DMN_NAMESPACE = /^https?:\/\/www\.omg\.org\/spec\/DMN\/20\d{6}\/(?:MODEL\/|dmn\.xsd)$/;

export interface DmnInput {
  readonly name: string;
  readonly typeRef: string | undefined;
  readonly description: string | undefined;
  readonly element: XmlElement;
}

export interface DmnDecision {
  readonly name: string;
  readonly typeRef: string | undefined;
  readonly description: string | undefined;
  /** Undefined where it has none, or one that is no FEEL (reported). */
  readonly logic: Feel | undefined;
  readonly element: XmlElement;
}

export interface DmnFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Feel | undefined;
  readonly element: XmlElement;
}

export interface DmnModel {
  readonly name: string;
  readonly description: string | undefined;
  readonly types: TypeTable;
  readonly inputs: readonly DmnInput[];
  readonly decisions: readonly DmnDecision[];
  readonly functions: readonly DmnFunction[];
}

/** Reads a document; undefined where it is no DMN (reported). */
export function readDmn(source: ImportSource, bag: DiagnosticBag): DmnModel | undefined {
  const root = readXml(source, bag);
  if (root === undefined) return undefined;
  const at = (element: XmlElement): Span => tagSpan(element, source.name);
  if (root.local !== 'definitions' || !DMN_NAMESPACE.test(root.uri)) {
    const message = `the document is \`${root.local}\` of ${root.uri === '' ? 'no namespace' : root.uri}, not \`definitions\` of DMN`;
    bag.error('V7003', at(root), message, 'export the model as DMN 1.3 XML');
    return undefined;
  }
  const scope = new NameScope(BUILTIN_NAMES);
  const members = new NameScope();
  const inputs = root.children.filter((child) => child.local === 'inputData' && child.uri === root.uri);
  const decisions = childrenOf(root, 'decision');
  const functions = childrenOf(root, 'businessKnowledgeModel');
  for (const element of [...inputs, ...decisions, ...functions]) scope.add(nameOf(element));
  addMemberNames(root, members);
  const context = { source, bag, scope, members };
  const boxed = new BoxedReader(context);
  for (const element of root.children) {
    if (element.uri !== root.uri) continue;
    if (element.local === 'import') {
      bag.error('V7002', at(element), 'the model takes definitions from another file', 'put them into this file');
    } else if (element.local === 'decisionService') {
      bag.warning('V7001', at(element), 'a decision service is not carried over', 'its decisions are: ask for their outputs');
    }
  }
  const definitions = childrenOf(root, 'itemDefinition').map((element) => itemDefinition(element, boxed));
  const model: DmnModel = {
    name: root.attributes.get('name') ?? '',
    description: descriptionOf(root),
    types: new TypeTable(definitions),
    inputs: inputs.map((element) => ({
      name: nameOf(element),
      typeRef: typeRefOf(childOf(element, 'variable')),
      description: descriptionOf(element),
      element,
    })),
    decisions: decisions.map((element) => ({
      name: nameOf(element),
      typeRef: typeRefOf(childOf(element, 'variable')),
      description: descriptionOf(element),
      logic: boxed.of(element, 'the decision'),
      element,
    })),
    functions: functions.map((element) => {
      const body = childOf(element, 'encapsulatedLogic');
      const logic = body && boxed.functionOf(body);
      const parameters = logic?.kind === 'function' ? logic.parameters : [];
      return { name: nameOf(element), parameters, body: logic?.kind === 'function' ? logic.body : undefined, element };
    }),
  };
  return named(model, source, bag);
}

/** How an element is named in expressions: by its variable, as all tools write it, else by itself. */
export function nameOf(element: XmlElement): string {
  return plainName(childOf(element, 'variable')?.attributes.get('name') ?? element.attributes.get('name') ?? '');
}

function typeRefOf(element: XmlElement | undefined): string | undefined {
  // DMN 1.1 has an element in place of the attribute
  return element?.attributes.get('typeRef') ?? (element && childOf(element, 'typeRef')?.text.trim());
}

function descriptionOf(element: XmlElement): string | undefined {
  const text = childOf(element, 'description')?.text.replace(/\s+/g, ' ').trim();
  return text === undefined || text === '' ? undefined : text;
}

function itemDefinition(element: XmlElement, boxed: BoxedReader): ItemDefinition {
  const allowed = childOf(element, 'allowedValues') ?? childOf(element, 'typeConstraint');
  const tests: UnaryTests | undefined = allowed && boxed.testsOf(allowed);
  return {
    name: plainName(element.attributes.get('name') ?? ''),
    typeRef: typeRefOf(element),
    collection: element.attributes.get('isCollection') === 'true',
    components: childrenOf(element, 'itemComponent').map((component) => itemDefinition(component, boxed)),
    allowed: tests,
    hints: fieldHints(element),
    element,
  };
}

/** Everything that may stand behind a point: components, entries of contexts, columns of tables. */
function addMemberNames(element: XmlElement, members: NameScope): void {
  for (const child of element.children) {
    if (child.uri !== element.uri) continue;
    const name = child.attributes.get('name');
    if (name !== undefined && ['itemComponent', 'variable', 'output'].includes(child.local)) members.add(name);
    addMemberNames(child, members);
  }
}

/** The elements that have a name of their own; the others are reported. */
function named(model: DmnModel, source: ImportSource, bag: DiagnosticBag): DmnModel {
  const seen = new Set<string>();
  const isOwn = ({ name, element }: { name: string; element: XmlElement }): boolean => {
    const span = tagSpan(element, source.name);
    if (name === '') bag.error('V7203', span, 'this has no name', 'name it');
    else if (seen.has(name)) bag.error('V7203', span, `two elements are named \`${name}\``, 'rename one of them');
    else {
      seen.add(name);
      return true;
    }
    return false;
  };
  const { inputs, decisions, functions } = model;
  return { ...model, inputs: inputs.filter(isOwn), decisions: decisions.filter(isOwn), functions: functions.filter(isOwn) };
}
