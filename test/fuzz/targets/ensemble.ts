// Trained models. The first byte says what the others are: a file of one, which is refused with a reason or predicts on the engine
// what a second evaluator does; or the blob of an ensemble, which the verifier refuses or which is safe to run.

import {
  ENSEMBLE_HEADER_BYTES,
  ENSEMBLE_INPUTS,
  ENSEMBLE_NODE_BYTES,
  ENSEMBLE_RESULTS,
  ENSEMBLE_SET_BYTES,
  ENSEMBLE_UNITS,
  ResultKind,
} from '#assembly/shared/ensemble.js';
import { ImageError, Status } from '#assembly/shared/status.js';
import { encodeEnsemble, hasTooManySlots, usedFeatures } from '#src/ensembles/encode-ensemble.js';
import { type Ensemble, Test } from '#src/ensembles/ensemble.js';
import { readEnsemble } from '#src/ensembles/read-ensemble.js';
import { readHeader } from '#src/image/header.js';
import { author, lightgbmText, randomOf, writeUbjson, xgboostDocument } from '../../lib/ensemble-author.js';
import { type EnsembleImage, imageOfBlob, plainUse } from '../../lib/ensemble-engine.js';
import { predict } from '../../lib/ensemble-walker.js';
import { onnxModel } from '../../lib/onnx-author.js';
import { SMALL_LIGHTGBM, SMALL_XGBOOST } from '../../lib/small-models.js';
import { xgboostBinary } from '../../lib/xgboost-binary-author.js';
import { FuzzBox } from '../lib/engine.js';
import { plantedIn } from '../lib/planted.js';
import type { Random } from '../lib/random.js';
import { payloadRegions } from '../lib/regions.js';
import { checkSteps } from '../lib/steps.js';
import { must, type Target } from '../lib/target.js';

const IMAGE_BYTES_MAX = 1 << 20;
const box = new FuzzBox({ imageBytesMax: IMAGE_BYTES_MAX, inputBytes: 1 << 16, outputBytes: 1 << 16 });

/** What the first byte of an input says. */
const FILE = 0;
const BLOB = 1;
/** Registers of inputs and results that an image for a blob has: a blob that asks for more does not fit it. */
const REGISTERS_MAX = 256;
const NOTHING = new Float64Array(0);

/** Loads an image under the watch. @returns whether the verifier takes it */
function load({ image }: EnsembleImage): boolean {
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  return box.watch(() => box.load(image)) === ImageError.NONE;
}

/** Results for a row, inside what the image may touch and cost. */
function run(made: EnsembleImage, row: ArrayLike<number>): number[] {
  const payload = made.payload(row);
  box.allow(payloadRegions(box, made.image, [payload]));
  const { status, values } = box.watch(() => box.evaluate(payload));
  must(status === Status.OK, `status ${Status[status]}`);
  checkSteps('ensemble', box.steps, readHeader(made.image).costMax);
  return values as number[];
}

export function fuzz(data: Uint8Array): void {
  if (data.length === 0) return;
  if (data[0]! % 2 === BLOB) fuzzBlob(data.slice(1));
  else fuzzFile(data.slice(1));
}

function fuzzBlob(given: Uint8Array): void {
  const blob = given.slice(0, given.length & ~7);
  if (blob.length < ENSEMBLE_HEADER_BYTES) return;
  const view = new DataView(blob.buffer);
  const inputs = Math.min(view.getUint32(ENSEMBLE_INPUTS, true), REGISTERS_MAX);
  const results = Math.min(view.getUint32(ENSEMBLE_RESULTS, true), REGISTERS_MAX);
  const made = imageOfBlob(
    blob,
    Array.from({ length: inputs }, (_, index) => index),
    results,
  );
  if (!load(made)) return;
  for (const value of [0, -1.5, 3, 4e9, 1e300, Number.NaN]) {
    const row = new Float64Array(inputs).fill(value);
    must(run(made, row).length === results, 'another number of results');
  }
}

function fuzzFile(file: Uint8Array): void {
  const read = readEnsemble(file);
  if (!('ensemble' in read)) {
    must(read.message.length > 0 && read.message.length < 1000, `a message of ${read.message.length} characters`);
    return;
  }
  const { ensemble } = read;
  const inputs = usedFeatures(ensemble);
  if (hasTooManySlots(ensemble, inputs) || inputs.length > REGISTERS_MAX || ensemble.outputs > 32) return;
  const isExplained = file.length % 2 === 1;
  const use = plainUse(ensemble);
  const explained = inputs.map((_, index) => ({ kind: ResultKind.CONTRIBUTION, index }));
  const asked = isExplained ? { ...use, results: [...use.results, ...explained] } : use;
  const blob = encodeEnsemble(ensemble, asked);
  if (blob.length > IMAGE_BYTES_MAX / 2) return;
  const made = imageOfBlob(blob, inputs, asked.results.length);
  must(load(made), 'the verifier refuses an ensemble that was read');
  for (const row of rowsFor(ensemble)) {
    const results = run(made, row);
    const { margins } = predict(ensemble, row);
    for (const [output, margin] of margins.entries())
      must(Object.is(results[output]! + 0, margin + 0), `margin ${output}: ${results[output]} for ${margin}`);
  }
  plantedIn(() => ensemble.features.map(({ name }) => name).join('\n'));
}

/** Rows that stand at, above and below thresholds, in categories, and where all is missing. */
function rowsFor({ features, trees }: Ensemble): Float64Array[] {
  const interesting = features.map((): number[] => [Number.NaN]);
  for (const { test, feature, threshold, sets } of trees.slice(0, 8)) {
    for (let node = 0; node < Math.min(test.length, 32); node++) {
      const own = test[node] === Test.LEAF ? undefined : interesting[feature[node]!];
      if (own === undefined) continue;
      if (test[node] === Test.LESS_EQUAL) own.push(threshold[node]!, threshold[node]! + 1);
      else own.push(...(sets.get(node) ?? NOTHING).subarray(0, 2), 0.5, 4e9);
    }
  }
  return Array.from({ length: 5 }, (_, row) => Float64Array.from(interesting, (own) => own[row % own.length]!));
}

const encoder = new TextEncoder();

/** Two trees, one of a threshold and one of a number. */
const REGRESSOR = onnxModel(
  'TreeEnsembleRegressor',
  {
    n_targets: 1,
    aggregate_function: 'SUM',
    nodes_treeids: [0, 0, 0, 1, 1, 1],
    nodes_nodeids: [0, 1, 2, 0, 1, 2],
    nodes_featureids: [0, 0, 0, 1, 0, 0],
    nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'BRANCH_EQ', 'LEAF', 'LEAF'],
    nodes_values: { floats: [2, 0, 0, 3, 0, 0] },
    nodes_missing_value_tracks_true: [1, 0, 0, 0, 0, 0],
    nodes_truenodeids: [1, 0, 0, 1, 0, 0],
    nodes_falsenodeids: [2, 0, 0, 2, 0, 0],
    target_treeids: [0, 0, 1, 1],
    target_nodeids: [1, 2, 1, 2],
    target_ids: [0, 0, 0, 0],
    target_weights: { floats: [10, 20, 1, 2] },
  },
  2,
);
const authored = [3, 4, 5].map((seed) => author(randomOf(seed), { trees: 3, depth: 2, features: 3 }));

function files(): Uint8Array[] {
  const [first, second, third] = authored as [(typeof authored)[0], (typeof authored)[0], (typeof authored)[0]];
  return [
    ...[SMALL_LIGHTGBM, SMALL_XGBOOST].map((text) => encoder.encode(text)),
    encoder.encode(JSON.stringify(xgboostDocument(first, 'binary:logistic'))),
    writeUbjson(xgboostDocument(second, 'reg:squarederror')),
    encoder.encode(lightgbmText(third, third.classes === 1 ? 'regression' : `multiclass num_class:${third.classes}`)),
    xgboostBinary({ ...author(randomOf(6), { trees: 3, depth: 2, features: 3 }), classes: 1 }, 'binary:logistic'),
    REGRESSOR,
  ];
}

function* seeds(): Generator<Uint8Array> {
  for (const file of files()) {
    yield Uint8Array.of(FILE, ...file);
    const read = readEnsemble(file);
    if ('ensemble' in read) yield Uint8Array.of(BLOB, ...encodeEnsemble(read.ensemble, plainUse(read.ensemble)));
  }
}

const TOKENS = [
  ...[
    '"left_children"',
    '"split_conditions"',
    '"categories"',
    '"default_left":',
    'num_cat=',
    'decision_type=',
    'threshold=',
    'inf',
  ],
  ...['nan', '-1', '0', '1', '1e38', '2147483647', '4294967296', 'Tree=', 'leaf_value=', '"tree_info":[', 'dart', 'gblinear'],
  ...['multi:softprob', 'binary:hinge', 'count:poisson', 'num_class=3', 'pandas_categorical:[["a"]]', 'cat_boundaries=0 1', 'null'],
];

/** A word of a blob becomes one that is dear, large or that of another place. */
function change(data: Uint8Array, random: Random): Uint8Array | undefined {
  if (data[0]! % 2 !== BLOB || data.length < 1 + ENSEMBLE_HEADER_BYTES) return undefined;
  const out = data.slice();
  const view = new DataView(out.buffer);
  const words = (out.length - 1) >> 2;
  const at = (): number => 1 + 4 * random.below(words);
  const values = [0, 1, 2, 3, 4, 8, 255, 0x7fffffff, 0xffffffff, 0x7f800000, 0xff800000, view.getUint32(at(), true)];
  view.setUint32(at(), values[random.below(values.length)]!, true);
  return out;
}

/** What a blob says of its own size and cost is made right again: else nothing behind that is ever reached. */
function repair(data: Uint8Array): Uint8Array {
  if (data.length < 1 + ENSEMBLE_HEADER_BYTES || data[0]! % 2 !== BLOB) return data;
  const out = data.slice();
  const view = new DataView(out.buffer);
  for (const place of [ENSEMBLE_SET_BYTES, ENSEMBLE_NODE_BYTES])
    view.setUint32(1 + place, view.getUint32(1 + place, true) & ~7, true);
  const units = view.getFloat64(1 + ENSEMBLE_UNITS, true);
  if (!(units >= 0 && units < 1e9)) view.setFloat64(1 + ENSEMBLE_UNITS, 1000, true);
  return out;
}

export const target: Target = { name: 'ensemble', fuzz, seeds, dictionary: TOKENS, bytesMax: 16384, mutate: change, repair };
