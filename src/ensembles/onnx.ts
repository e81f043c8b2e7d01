// ONNX: a graph of one tree ensemble of the domain ai.onnx.ml, and of operators that only hand its input and output on. After the
// operators' reference (docs/Operators-ml.md) and onnxruntime's tree_ensemble_common.h.

import type { Ensemble } from './ensemble.js';
import { fault } from './fault.js';
import { OnnxNode } from './onnx-node.js';
import { readClassifier, readRegressor, readTreeEnsemble } from './onnx-operators.js';
import type { ReadOptions } from './options.js';
import { Message } from './protobuf.js';

// Fields of ModelProto and GraphProto.
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INPUT = 11;
const GRAPH_INITIALIZER = 5;

const TREES: Readonly<Record<string, (node: OnnxNode, features: number, options: ReadOptions) => Ensemble>> = {
  TreeEnsembleRegressor: readRegressor,
  TreeEnsembleClassifier: readClassifier,
  TreeEnsemble: readTreeEnsemble,
};

/** Operators that change no value on the way in or out. */
const PASSING = new Set(['Identity', 'Cast', 'ZipMap', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** Whether bytes begin as a model does: with its version of the format, a small integer. */
export function isOnnx(bytes: Uint8Array): boolean {
  return bytes.length > 16 && bytes[0] === 0x08 && bytes[1]! > 0 && bytes[1]! < 0x40 && (bytes[2]! & 7) <= 5 && bytes[2]! >= 0x0a;
}

export function readOnnx(bytes: Uint8Array, options: ReadOptions): Ensemble {
  const graph = new Message(bytes).message(MODEL_GRAPH) ?? fault('the file has no graph: it is no ONNX model');
  const nodes = graph.messages(GRAPH_NODE).map((message) => new OnnxNode(message));
  const found = nodes.filter(({ operator }) => Object.hasOwn(TREES, operator));
  const names = nodes.map(({ operator }) => `\`${operator}\``).slice(0, 8);
  if (found.length === 0) fault(`the graph has no tree ensemble, but ${names.join(', ') || 'nothing'}`, 'export trees alone');
  if (found.length > 1) fault(`the graph has ${found.length} tree ensembles`, 'give each a file of its own');
  for (const { operator } of nodes)
    if (!Object.hasOwn(TREES, operator) && !PASSING.has(operator))
      fault(
        `the graph computes \`${operator.slice(0, 40)}\` beside the trees`,
        'export the trees alone, and write the rest as expressions',
      );
  const [node] = found as [OnnxNode];
  return TREES[node.operator]!(node, featureCountOf(graph), options);
}

/** Columns of the only input: the second dimension of its tensor; 0 where the file does not say. */
function featureCountOf(graph: Message): number {
  const initializers = new Set(graph.messages(GRAPH_INITIALIZER).map((tensor) => tensor.text(8)));
  const inputs = graph.messages(GRAPH_INPUT).filter((input) => !initializers.has(input.text(1)));
  if (inputs.length !== 1) fault(`the graph has ${inputs.length} inputs`, 'export it with one input tensor of all features');
  const dimensions = inputs[0]!.message(2)?.message(1)?.message(2)?.messages(1) ?? [];
  return dimensions[1]?.integer(1) ?? 0;
}
