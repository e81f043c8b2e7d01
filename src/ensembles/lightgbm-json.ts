// LightGBM's JSON dump (dump_model): trees nested in one another. Iterative: a tree may be as deep as the dump nests.

import { ENSEMBLE_TREES_MAX } from '../../assembly/shared/limits.js';
import type { Ensemble, Tree } from './ensemble.js';
import { fault } from './fault.js';
import {
  integerAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  member,
  numberOf,
  objectAt,
  objectOf,
  parseNumber,
  textAt,
  textsAt,
} from './json-value.js';
import { buildTree, CATEGORICAL, categoriesOf, type LightgbmNode, namesOf, toEnsemble } from './lightgbm.js';
import { NodeBudget } from './node-budget.js';
import type { ReadOptions } from './options.js';

const CATEGORY_MAX = 33_554_432;

/** Whether a document looks like a dump of LightGBM. */
export function isLightgbmJson(value: Json): value is JsonObject {
  return isObject(value) && Object.hasOwn(value, 'tree_info');
}

export function readLightgbmJson(value: JsonObject, options: ReadOptions): Ensemble {
  const list = listAt(value, 'tree_info', 'model');
  if (list.length > ENSEMBLE_TREES_MAX) fault(`the file has ${list.length} trees, more than ${ENSEMBLE_TREES_MAX}`);
  const budget = new NodeBudget();
  const trees = Array.from({ length: list.length }, (_, index) => {
    const what = `tree_info[${index}]`;
    return readTree(objectAt(objectOf(list[index], what), 'tree_structure', what), what, budget);
  });
  const objective = member(value, 'objective');
  const average = member(value, 'average_output');
  const featureCount = integerAt(value, 'max_feature_idx', 'model', -1, 1_048_575) + 1;
  const names = namesOf(textsAt(value, 'feature_names', 'model') ?? [], featureCount);
  const isOld = /^v[12]$/.test(String(member(value, 'version')));
  if (objective === undefined && isOld && options.link === undefined)
    fault(
      'a dump of LightGBM before 3.0 does not say what becomes of the sums',
      'write `link: identity`, `logistic`, `softmax` or `exp`, or save it as a text',
    );
  return toEnsemble(
    {
      format: 'LightGBM, JSON',
      objective: objective === undefined ? undefined : textAt(value, 'objective', 'model'),
      treesPerIteration: integerAt(value, 'num_tree_per_iteration', 'model', 0, 1_000_000),
      isAverage: average === true || average === 1,
      isConverted: isOld && !JSON.stringify(list[0] ?? '').includes('"leaf_weight"'),
      featureNames: names,
      categories: categoriesOf(member(value, 'pandas_categorical'), infosOf(member(value, 'feature_infos'), names), names.length),
      trees,
    },
    options,
  );
}

/** As the text format has them; a dump lists the values of a feature of categories. */
function infosOf(infos: Json, names: readonly string[]): string[] | undefined {
  if (!isObject(infos)) return undefined;
  return names.map((name) => {
    const info = member(infos, name);
    if (!isObject(info)) return 'none';
    const values = member(info, 'values');
    return Array.isArray(values) && values.length > 0 ? values.join(':') : '[]';
  });
}

interface Waiting {
  value: JsonObject;
  path: string;
  /** Where the number of the node goes, once it has one. */
  place: (number: number) => void;
}

function readTree(root: JsonObject, what: string, budget: NodeBudget): Tree {
  const nodes: LightgbmNode[] = [];
  const leaves: number[] = [];
  const internalCover: number[] = [];
  const leafCover: number[] = [];
  let hasCover = true;
  const waiting: Waiting[] = [{ value: root, path: `${what}.tree_structure`, place: () => {} }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path, place } = next;
    budget.take(1);
    const isLeaf = member(value, 'split_feature') === undefined;
    const count = member(value, isLeaf ? 'leaf_count' : 'internal_count');
    if (count === undefined) hasCover = false;
    if (isLeaf) {
      if (member(value, 'leaf_coeff') !== undefined)
        fault(`${what} has linear functions in its leaves, which are not taken`, 'train with `linear_tree: false`');
      leaves.push(numberOf(member(value, 'leaf_value'), `${path}.leaf_value`));
      leafCover.push(count === undefined ? 0 : numberOf(count, `${path}.leaf_count`));
      place(-leaves.length);
      continue;
    }
    internalCover.push(count === undefined ? 0 : numberOf(count, `${path}.internal_count`));
    const node = { ...splitOf(value, path), left: 0, right: 0 };
    place(nodes.push(node) - 1);
    const child = (key: 'left' | 'right'): Waiting => ({
      value: objectAt(value, `${key}_child`, path),
      path: `${what}: ${key}_child of node ${nodes.length - 1}`,
      place: (number) => {
        node[key] = number;
      },
    });
    waiting.push(child('right'), child('left'));
  }
  // A tree of one leaf has no counts.
  const cover = hasCover && nodes.length > 0 ? { internal: internalCover, leaves: leafCover } : undefined;
  return buildTree(nodes, leaves, cover, what);
}

const MISSING_BITS: Readonly<Record<string, number>> = { None: 0, Zero: 4, NaN: 8 };

function splitOf(value: JsonObject, path: string): Omit<LightgbmNode, 'left' | 'right'> {
  const feature = integerAt(value, 'split_feature', path, 0, 1_048_575);
  const type = textAt(value, 'decision_type', path);
  const missing = MISSING_BITS[textAt(value, 'missing_type', path)];
  if (missing === undefined) fault(`${path}.missing_type is not None, Zero or NaN`);
  const decision = missing | (member(value, 'default_left') === true ? 2 : 0);
  const written = member(value, 'threshold');
  if (type === '<=') return { feature, decision, threshold: numberOf(written, `${path}.threshold`) };
  if (type !== '==') fault(`${path}.decision_type is ${JSON.stringify(type.slice(0, 20))}, not \`<=\` or \`==\``);
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string') return fault(`${path}.threshold lists no categories`);
  const members = (text === '' ? [] : text.split('||')).map((word) => {
    const category = parseNumber(word, `${path}.threshold`);
    return Number.isInteger(category) && category >= 0 && category < CATEGORY_MAX
      ? category
      : fault(`${path}.threshold: ${word} is no category`);
  });
  return { feature, decision: decision | CATEGORICAL, threshold: 0, categories: new Float64Array(new Set(members)).sort() };
}
