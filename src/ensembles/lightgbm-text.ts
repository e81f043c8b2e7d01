// LightGBM's text model (save_model): `key=value` lines, a block for each tree, then parameters and the words of pandas.

import { ENSEMBLE_NODES_MAX, ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import type { Ensemble, Tree } from './ensemble.js';
import { fault } from './fault.js';
import { parseNumber } from './json-value.js';
import { buildTree, CATEGORICAL, categoriesOf, type LightgbmNode, namesOf, toEnsemble } from './lightgbm.js';
import { NodeBudget } from './node-budget.js';
import type { ReadOptions } from './options.js';

/** Words of 32 categories that one tree may name: most are 0 where categories are large numbers. */
const CATEGORY_WORDS_MAX = 16_777_216;

/** Lines as `key=value`; one without `=` is a key alone. */
type Lines = ReadonlyMap<string, string>;

interface Sections {
  head: Lines;
  trees: Lines[];
  pandas: unknown;
}

/** Whether a text is such a model: its first line is `tree`. */
export function isLightgbmText(text: string): boolean {
  return /^\s*tree\r?\n/.test(text.slice(0, 64));
}

export function readLightgbmText(text: string, options: ReadOptions): Ensemble {
  const { head, trees: blocks, pandas } = sectionsOf(text);
  if (blocks.length > ENSEMBLE_TREES_MAX) fault(`the file has ${blocks.length} trees, more than ${ENSEMBLE_TREES_MAX}`);
  const sizes = head.get('tree_sizes')?.trim();
  const said = sizes === undefined || sizes === '' ? blocks.length : sizes.split(/\s+/).length;
  if (said !== blocks.length) fault(`the file says it has ${said} trees, and has ${blocks.length}: it is not whole`);
  const names = (head.get('feature_names') ?? '').trim();
  const featureNames = namesOf(names === '' ? [] : names.split(/\s+/), integerOf(head, 'max_feature_idx', -1, 1_048_575) + 1);
  const budget = new NodeBudget();
  const trees = blocks.map((block, index) => readLightgbmTree(block, `tree ${index}`, budget));
  return toEnsemble(
    {
      format: 'LightGBM, text',
      objective: head.get('objective'),
      treesPerIteration: integerOf(head, 'num_tree_per_iteration', 0, 1_000_000),
      isAverage: head.has('average_output'),
      isConverted: /^v[12]$/.test(head.get('version') ?? '') && !blocks.some((block) => block.has('leaf_weight')),
      featureNames,
      categories: categoriesOf(pandas, head.get('feature_infos')?.trim().split(/\s+/), featureNames.length),
      trees,
    },
    options,
  );
}

function sectionsOf(text: string): Sections {
  const head = new Map<string, string>();
  const trees: Map<string, string>[] = [];
  let current: Map<string, string> | undefined = head;
  let pandas: unknown;
  let isEnded = false;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    at = end + 1;
    if (line.startsWith('pandas_categorical:')) pandas = parsePandas(line.slice('pandas_categorical:'.length));
    const equals = line.indexOf('=');
    const key = equals < 0 ? line.trim() : line.slice(0, equals);
    if (key === 'end of trees') {
      isEnded = true;
      current = undefined;
    } else if (key === 'feature importances:' || key === 'feature_importances:' || key === 'parameters:') {
      current = undefined;
    } else if (key === 'Tree' && !isEnded) {
      current = new Map();
      trees.push(current);
    } else if (key !== '' && current !== undefined) {
      current.set(key, equals < 0 ? '' : line.slice(equals + 1));
    }
  }
  return { head, trees, pandas };
}

function parsePandas(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fault('the line `pandas_categorical` is no JSON');
  }
}

function integerOf(lines: Lines, key: string, low: number, high: number, what = 'the file'): number {
  const text = lines.get(key);
  if (text === undefined) return fault(`${what} lacks \`${key}\``);
  const value = parseNumber(text, key);
  if (!Number.isInteger(value) || value < low || value > high)
    fault(`${what} has ${key}=${text.slice(0, 40)}, not ${low} to ${high}`);
  return value;
}

function numbersOf(lines: Lines, key: string, count: number, what: string): Float64Array {
  const text = lines.get(key);
  if (text === undefined) return fault(`${what} lacks \`${key}\``);
  const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
  if (words.length !== count) fault(`${what} has ${words.length} values of \`${key}\` instead of ${count}`);
  return Float64Array.from(words, (word) => parseNumber(word, `${what}, ${key}`));
}

/** Reads the lines of one tree. */
export function readLightgbmTree(lines: Lines, what: string, budget = new NodeBudget()): Tree {
  const leafCount = integerOf(lines, 'num_leaves', 1, ENSEMBLE_NODES_MAX, what);
  const nodeCount = leafCount - 1;
  budget.take(leafCount + nodeCount);
  if (lines.get('is_linear')?.trim() === '1')
    fault(`${what} has linear functions in its leaves (\`linear_tree\`), which are not taken`, 'train with `linear_tree: false`');
  const leaves = numbersOf(lines, 'leaf_value', leafCount, what);
  if (nodeCount === 0) return buildTree([], leaves, undefined, what);
  const feature = numbersOf(lines, 'split_feature', nodeCount, what);
  const threshold = numbersOf(lines, 'threshold', nodeCount, what);
  const decision = numbersOf(lines, 'decision_type', nodeCount, what);
  const left = numbersOf(lines, 'left_child', nodeCount, what);
  const right = numbersOf(lines, 'right_child', nodeCount, what);
  const sets = readSets(lines, what);
  const nodes = Array.from({ length: nodeCount }, (_, node): LightgbmNode => {
    const isCategory = (decision[node]! & CATEGORICAL) !== 0;
    return {
      feature: feature[node]!,
      decision: decision[node]!,
      threshold: threshold[node]!,
      left: left[node]!,
      right: right[node]!,
      ...(isCategory ? { categories: sets[threshold[node]!] ?? fault(`${what}: node ${node} has no categories`) } : {}),
    };
  });
  const hasCover = lines.has('leaf_count') && lines.has('internal_count');
  const cover = hasCover
    ? { internal: numbersOf(lines, 'internal_count', nodeCount, what), leaves: numbersOf(lines, 'leaf_count', leafCount, what) }
    : undefined;
  return buildTree(nodes, leaves, cover, what);
}

/** Bitsets of categories: those between two boundaries, 32 to a word. */
function readSets(lines: Lines, what: string): Float64Array[] {
  const count = lines.has('num_cat') ? integerOf(lines, 'num_cat', 0, ENSEMBLE_NODES_MAX, what) : 0;
  if (count === 0) return [];
  const boundaries = numbersOf(lines, 'cat_boundaries', count + 1, what);
  const wordCount = boundaries[count]!;
  if (!(wordCount >= 0 && wordCount <= CATEGORY_WORDS_MAX)) fault(`${what} has ${wordCount} words of categories`);
  const words = numbersOf(lines, 'cat_threshold', wordCount, what);
  return Array.from({ length: count }, (_, index) => {
    const first = boundaries[index]!;
    const end = boundaries[index + 1]!;
    if (!(first >= 0 && first <= end && end <= wordCount)) fault(`${what} has the cat_boundaries ${first} and ${end}`);
    const members: number[] = [];
    for (let word = first; word < end; word++) {
      const bits = words[word]!;
      if (!Number.isInteger(bits) || bits < 0 || bits > 0xffffffff) fault(`${what} has the cat_threshold ${bits}`);
      for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) members.push((word - first) * 32 + bit);
    }
    return Float64Array.from(members);
  });
}
