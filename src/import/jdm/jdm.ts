// GoRules JDM to a bundle: a model from samples and expressions, features for what expression nodes compute, tables, and the answer
// as outputs.

import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import type { Importer, ImportOptions, ImportSource } from '../imported.js';
import { type Shape, shapeOf } from '../infer-model.js';
import { readJsonSource } from '../json-source.js';
import { writeAnswer } from './answer.js';
import { writeBundle } from './bundle.js';
import { type Graph, readGraph } from './document.js';
import { Emission } from './emission.js';
import { type ZenNode, ZenSyntaxError } from './expression/node.js';
import { parseZen, parseZenCell } from './expression/parser.js';
import { Expectations, payloadSymbol } from './payload.js';
import { Refusal } from './symbol.js';
import { Walk } from './walk.js';

/** Imports a JDM document. Samples are the payloads of its own tests, and those of the options. */
export const importJdm: Importer = (source: ImportSource, options: ImportOptions) => {
  const bag = new DiagnosticBag();
  const document = readJsonSource(source, bag);
  const graph = document && readGraph(document, bag);
  if (document === undefined || graph === undefined) return { files: new Map(), diagnostics: bag.items };
  const shape = shapeOf([...(options.payloads ?? []), ...graph.tests.map(({ input }) => input)]);
  expectOf(graph, shape);
  const emission = new Emission(shape.members.keys());
  const payload = payloadSymbol(shape, undefined, (wanted) => emission.parameter(wanted));
  try {
    const answer = new Walk(graph, document, emission, payload, bag).run();
    const written = writeAnswer(answer, payload, emission);
    for (const { path, reason } of written.refused) {
      bag.error('V7002', document.spanOf('/nodes'), `\`${path}\` of the answer is not carried over: ${reason}`);
    }
    return writeBundle({ source, options, document, graph, shape, emission, answer: written, bag });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    bag.error('V7002', document.spanOf('/nodes'), `the answer is not carried over: ${error.reason}`);
    return { files: new Map(), diagnostics: bag.items };
  }
};

/** Takes in what all expressions of a graph expect of the fields that they read. */
function expectOf(graph: Graph, shape: Shape): void {
  const computed = new Set<string>();
  for (const node of graph.nodes) {
    if (node.type !== 'expressionNode' && node.type !== 'decisionTableNode') continue;
    const { outputPath } = node.content;
    const keys =
      node.type === 'expressionNode'
        ? node.content.expressions.map(({ key }) => key)
        : node.content.outputs.map(({ field }) => field ?? '');
    for (const key of outputPath === undefined || outputPath === null ? keys : [outputPath]) computed.add(key.split('.')[0]!);
  }
  const known = new Set(shape.members.keys());
  const expectations = new Expectations(shape, (name) => known.has(name) || (!computed.has(name) && !name.startsWith('$')));
  const parsed = (text: string, isCell: boolean): ZenNode | undefined => {
    try {
      return isCell ? parseZenCell(text) : parseZen(text);
    } catch (error) {
      if (error instanceof ZenSyntaxError) return undefined;
      throw error;
    }
  };
  const visit = (text: string | null | undefined): void => {
    const node = text === undefined || text === null || text.trim() === '' ? undefined : parsed(text, false);
    if (node !== undefined) expectations.visit(node, undefined);
  };
  for (const node of graph.nodes) {
    if (node.type === 'switchNode') for (const { condition } of node.content.statements) visit(condition);
    if (node.type !== 'expressionNode' && node.type !== 'decisionTableNode') continue;
    if (node.content.executionMode === 'loop' || (node.content.inputField ?? '') !== '') {
      // names inside are those of an element
      visit(node.content.inputField);
      continue;
    }
    if (node.type === 'expressionNode') for (const { value } of node.content.expressions) visit(value);
    else visitTable(node.content, expectations, parsed, visit);
  }
}

function visitTable(
  content: (Graph['nodes'][number] & { type: 'decisionTableNode' })['content'],
  expectations: Expectations,
  parsed: (text: string, isCell: boolean) => ZenNode | undefined,
  visit: (text: string | null | undefined) => void,
): void {
  for (const { id, field } of content.inputs) {
    const column = field === undefined || field === null ? undefined : parsed(field, false);
    const subject = column && expectations.shapeOf(column, undefined);
    if (column !== undefined) expectations.visit(column, undefined);
    for (const text of new Set(content.rules.map((rule) => rule[id] ?? ''))) {
      if (text.trim() === '') continue;
      const cell = parsed(text, column !== undefined);
      if (cell !== undefined) expectations.visit(cell, subject);
    }
  }
  for (const { id } of content.outputs) for (const text of new Set(content.rules.map((rule) => rule[id]))) visit(text);
}
