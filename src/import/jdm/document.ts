// The graph of a JDM document: its nodes and edges, checked, in an order in which each node comes after those it reads.

import type { BundleDocument } from '../../bundle/document.js';
import { toPointer } from '../../bundle/document.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';

export interface TransformAttributes {
  readonly passThrough?: boolean;
  readonly inputField?: string | null;
  readonly outputPath?: string | null;
  readonly executionMode?: 'single' | 'loop';
}

export interface TableColumn {
  readonly id: string;
  readonly name?: string;
  readonly field?: string | null;
}

export interface TableContent extends TransformAttributes {
  readonly hitPolicy: 'first' | 'collect';
  readonly inputs: readonly TableColumn[];
  readonly outputs: readonly TableColumn[];
  readonly rules: readonly Readonly<Record<string, string>>[];
}

export interface ExpressionContent extends TransformAttributes {
  readonly expressions: readonly { readonly id: string; readonly key: string; readonly value: string }[];
}

export interface SwitchContent {
  readonly hitPolicy?: 'first' | 'collect';
  readonly statements: readonly { readonly id: string; readonly condition: string }[];
}

interface NodeBase {
  readonly id: string;
  readonly name: string;
  /** JSON Pointer in the document. */
  readonly pointer: string;
}

export type GraphNode = NodeBase &
  (
    | { readonly type: 'inputNode' }
    | { readonly type: 'outputNode' }
    | { readonly type: 'decisionTableNode'; readonly content: TableContent }
    | { readonly type: 'expressionNode'; readonly content: ExpressionContent }
    | { readonly type: 'switchNode'; readonly content: SwitchContent }
    /** A node that is not carried over. */
    | { readonly type: 'unknown'; readonly reason: string }
  );

export interface GraphEdge {
  readonly source: string;
  readonly target: string;
  /** The statement of a switch. */
  readonly handle: string | undefined;
}

export interface Graph {
  /** As in the document: ends that are reached together are merged in this order. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes after those that they read. */
  readonly order: readonly GraphNode[];
  readonly tests: readonly {
    readonly input: Readonly<Record<string, unknown>>;
    readonly output: unknown;
    readonly pointer: string;
  }[];
}

const NODES_MAX = 2000;
const EDGES_MAX = 10_000;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** True for a JSON value that looks like a JDM document. */
export function looksLikeJdm(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.nodes) && Array.isArray(value.edges);
}

/** Reads and checks the graph; undefined, with diagnostics, where it is none. */
export function readGraph(document: BundleDocument, bag: DiagnosticBag): Graph | undefined {
  const { value } = document;
  const before = bag.errorCount;
  if (!looksLikeJdm(value)) {
    bag.error(
      'V7003',
      document.spanOf(''),
      'this is no JDM: an object with `nodes` and `edges`',
      'export the decision from its editor as JSON',
    );
    return undefined;
  }
  const { nodes: rawNodes, edges: rawEdges, tests: rawTests } = value as { nodes: unknown[]; edges: unknown[]; tests?: unknown };
  if (rawNodes.length > NODES_MAX || rawEdges.length > EDGES_MAX) {
    bag.error('V7002', document.spanOf(''), `the graph has more than ${NODES_MAX} nodes or ${EDGES_MAX} edges`);
    return undefined;
  }
  const nodes = rawNodes.flatMap((raw, index) => readNode(raw, toPointer('nodes', index), document, bag));
  const byId = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (byId.has(node.id)) bag.error('V7002', document.spanOf(node.pointer), `two nodes have the id \`${node.id}\``);
    byId.set(node.id, node);
  }
  const edges = rawEdges.flatMap((raw, index) => readEdge(raw, toPointer('edges', index), byId, document, bag));
  const inputs = nodes.filter(({ type }) => type === 'inputNode');
  if (inputs.length !== 1) {
    const advice = 'add the node of the request, and connect it';
    bag.error('V7002', document.spanOf('/nodes'), `the graph has ${inputs.length} input nodes, and needs one`, advice);
  }
  const order = sorted(nodes, edges, document, bag);
  const tests = listOf(rawTests).flatMap((test, index) =>
    isObject(test) && isObject(test.input) ? [{ input: test.input, output: test.output, pointer: toPointer('tests', index) }] : [],
  );
  return bag.errorCount > before || order === undefined ? undefined : { nodes, edges, order, tests };
}

function readNode(raw: unknown, pointer: string, document: BundleDocument, bag: DiagnosticBag): GraphNode[] {
  const span = (): Span => document.spanOf(pointer);
  if (!isObject(raw) || !isText(raw.id) || !isText(raw.type)) {
    bag.error('V7003', span(), 'a node is an object with `id` and `type`');
    return [];
  }
  const base = { id: raw.id, name: isText(raw.name) && raw.name !== '' ? raw.name : raw.id, pointer };
  const content = isObject(raw.content) ? raw.content : {};
  switch (raw.type) {
    case 'inputNode':
      return [{ ...base, type: 'inputNode' }];
    case 'outputNode':
      return [{ ...base, type: 'outputNode' }];
    case 'decisionTableNode':
      return [{ ...base, type: 'decisionTableNode', content: readTable(content) }];
    case 'expressionNode': {
      const expressions = listOf(content.expressions).flatMap((entry) => {
        const { id, key, value } = isObject(entry) ? entry : {};
        return [{ id: isText(id) ? id : '', key: isText(key) ? key : '', value: isText(value) ? value : '' }];
      });
      return [{ ...base, type: 'expressionNode', content: { ...readAttributes(content), expressions } }];
    }
    case 'switchNode': {
      const statements = listOf(content.statements).flatMap((entry) => {
        const { id, condition } = isObject(entry) ? entry : {};
        return isText(id) ? [{ id, condition: isText(condition) ? condition : '' }] : [];
      });
      return [
        { ...base, type: 'switchNode', content: { hitPolicy: content.hitPolicy === 'collect' ? 'collect' : 'first', statements } },
      ];
    }
    default: {
      const reasons: Readonly<Record<string, string>> = {
        functionNode: 'is JavaScript, and an expression of the language has no program in it',
        customNode: 'is computed by a program outside of the document',
        decisionNode: 'is another document',
      };
      const reason = reasons[raw.type] ?? `is of a kind that is not known, \`${raw.type}\``;
      const advice =
        raw.type === 'decisionNode'
          ? 'import that document and copy its files, or put its nodes in the place of this one'
          : 'write what it computes as expressions, or compute it before and send it with the payload';
      bag.error('V7002', span(), `the node \`${base.name}\` ${reason}`, advice);
      return [{ ...base, type: 'unknown', reason: `it reads the node \`${base.name}\`, which ${reason}` }];
    }
  }
}

function readAttributes(content: Record<string, unknown>): TransformAttributes {
  const { passThrough, inputField, outputPath, executionMode } = content;
  return {
    passThrough: passThrough === true,
    ...(isText(inputField) && inputField !== '' ? { inputField } : {}),
    ...(isText(outputPath) && outputPath !== '' ? { outputPath } : {}),
    executionMode: executionMode === 'loop' ? 'loop' : 'single',
  };
}

function readTable(content: Record<string, unknown>): TableContent {
  const columns = (value: unknown): TableColumn[] =>
    listOf(value).flatMap((column) => {
      if (!isObject(column) || !isText(column.id)) return [];
      const { id, name, field } = column;
      return [{ id, ...(isText(name) ? { name } : {}), ...(isText(field) && field.trim() !== '' ? { field } : {}) }];
    });
  return {
    ...readAttributes(content),
    hitPolicy: content.hitPolicy === 'collect' ? 'collect' : 'first',
    inputs: columns(content.inputs),
    outputs: columns(content.outputs),
    rules: listOf(content.rules).map((rule) =>
      Object.fromEntries(Object.entries(isObject(rule) ? rule : {}).filter((entry): entry is [string, string] => isText(entry[1]))),
    ),
  };
}

function readEdge(
  raw: unknown,
  pointer: string,
  nodes: ReadonlyMap<string, GraphNode>,
  document: BundleDocument,
  bag: DiagnosticBag,
): GraphEdge[] {
  const { sourceId, targetId, sourceHandle } = isObject(raw) ? raw : {};
  if (!isText(sourceId) || !isText(targetId)) {
    bag.error('V7003', document.spanOf(pointer), 'an edge is an object with `sourceId` and `targetId`');
    return [];
  }
  const missing = [sourceId, targetId].find((id) => !nodes.has(id));
  if (missing !== undefined) {
    bag.error(
      'V7002',
      document.spanOf(pointer),
      `there is no node \`${missing}\` that this edge could lead from or to`,
      'remove the edge',
    );
    return [];
  }
  return [{ source: sourceId, target: targetId, handle: isText(sourceHandle) ? sourceHandle : undefined }];
}

/** The nodes, each after those that lead to it; undefined where they lead in a circle, which is named. */
function sorted(
  nodes: readonly GraphNode[],
  edges: readonly GraphEdge[],
  document: BundleDocument,
  bag: DiagnosticBag,
): GraphNode[] | undefined {
  const open = new Map(nodes.map(({ id }) => [id, 0]));
  const next = new Map<string, string[]>();
  for (const { source, target } of edges) {
    open.set(target, (open.get(target) ?? 0) + 1);
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ready = nodes.filter(({ id }) => open.get(id) === 0);
  const order: GraphNode[] = [];
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    order.push(node);
    for (const target of next.get(node.id) ?? []) {
      const left = open.get(target)! - 1;
      open.set(target, left);
      if (left === 0) ready.push(byId.get(target)!);
    }
  }
  const rest = nodes.filter((node) => !order.includes(node));
  if (rest.length === 0) return order;
  const names = rest.slice(0, 5).map(({ name }) => `\`${name}\``);
  bag.error(
    'V7002',
    document.spanOf(rest[0]!.pointer),
    `the graph goes in a circle: ${names.join(', ')}`,
    'remove an edge of the circle',
  );
  return undefined;
}
