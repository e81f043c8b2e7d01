// Bytes of a file -> ensemble of trees. The format is found from the bytes; whatever is wrong with them is said, never thrown.

import { ENSEMBLE_INPUTS_MAX } from '../../assembly/shared/limits.js';
import { type Ensemble, Test } from './ensemble.js';
import { EnsembleFault, fault } from './fault.js';
import type { Json } from './json-value.js';
import { isLightgbmJson, readLightgbmJson } from './lightgbm-json.js';
import { isLightgbmText, readLightgbmText } from './lightgbm-text.js';
import { MODEL_FILE_BYTES_MAX } from './limits.js';
import { isOnnx, readOnnx } from './onnx.js';
import type { ReadOptions } from './options.js';
import { readUbjson } from './ubjson.js';
import { isXgboostBinary, readXgboostBinary } from './xgboost-binary.js';
import { isXgboost, readXgboostJson } from './xgboost-json.js';

export type ReadResult = { ensemble: Ensemble } | { message: string; advice?: string };

/** Formats that are taken, in words. */
export const FORMATS = 'XGBoost (JSON, UBJSON, binary), LightGBM (text, JSON dump), ONNX (tree ensembles)';

/** Reads a trained model. @returns what is wrong with it otherwise */
export function readEnsemble(bytes: Uint8Array, options: ReadOptions = {}): ReadResult {
  try {
    if (bytes.length > MODEL_FILE_BYTES_MAX) fault(`the file has ${bytes.length} bytes, more than ${MODEL_FILE_BYTES_MAX}`);
    return { ensemble: checked(read(bytes, options)) };
  } catch (error) {
    if (!(error instanceof EnsembleFault)) throw error;
    return error.advice === undefined ? { message: error.message } : { message: error.message, advice: error.advice };
  }
}

function read(bytes: Uint8Array, options: ReadOptions): Ensemble {
  if (bytes.length === 0) fault('the file is empty');
  refusePickle(bytes);
  const first = firstText(bytes);
  // UBJSON begins as JSON does; in JSON, a quote, a brace or white space follows.
  if (first === '{' && /^\{\s*["}]/.test(head(bytes))) return readJson(bytes, options);
  if (bytes[0] === 0x7b) return readXgboost(readUbjson(bytes), 'XGBoost, UBJSON', options);
  if (first === '[') return refuseDump(bytes);
  if (isXgboostBinary(bytes)) return readXgboostBinary(bytes, options);
  if (isLightgbmText(head(bytes))) return readLightgbmText(new TextDecoder().decode(bytes), options);
  if (isOnnx(bytes)) return readOnnx(bytes, options);
  return fault('the format of the file is not known', `save the model as ${FORMATS}`);
}

function head(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 256)).replace(/^\u{feff}/u, '');
}

function firstText(bytes: Uint8Array): string {
  return head(bytes).trimStart().charAt(0);
}

/** Pickles are programs: they are named, and never read. */
function refusePickle(bytes: Uint8Array): void {
  const isProtocol = bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
  // Protocol 0, as text: `ccopy_reg\n_reconstructor`, `(dp0`, `cmodule\nname`.
  const isText = /^(c[\w.]+\r?\n[\w.]+\r?\n|\(d?p0\r?\n|\(i[\w.]+\r?\n)/.test(head(bytes));
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  const isZlib = bytes[0] === 0x78 && (bytes[1] === 0x01 || bytes[1] === 0x9c || bytes[1] === 0xda);
  if (isProtocol || isText || isZlib)
    fault('the file is a pickle of Python, which is a program and is never run', 'save the model with `save_model`, or as ONNX');
  if (isZip) fault('the file is a ZIP archive', 'give the file of the model itself');
}

function readJson(bytes: Uint8Array, options: ReadOptions): Ensemble {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fault('the file begins as JSON and is no UTF-8: it is damaged');
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fault(`the file begins as JSON and is none: ${(error as Error).message.slice(0, 120)}`);
  }
  if (isLightgbmJson(value)) return readLightgbmJson(value, options);
  return readXgboost(value, 'XGBoost, JSON', options);
}

function readXgboost(value: Json, format: string, options: ReadOptions): Ensemble {
  if (isXgboost(value)) return readXgboostJson(value, format, options);
  return fault('the document is neither a model of XGBoost nor a dump of LightGBM', `save the model as ${FORMATS}`);
}

/** `dump_model` of XGBoost lists trees alone. */
function refuseDump(bytes: Uint8Array): never {
  if (/"(nodeid|leaf)"/.test(head(bytes)))
    fault('the file is a dump of XGBoost, which lacks the objective and the base score', 'save it with `save_model("model.json")`');
  return fault('the format of the file is not known', `save the model as ${FORMATS}`);
}

/** What holds for every format. */
function checked(ensemble: Ensemble): Ensemble {
  const { trees, features } = ensemble;
  if (trees.length === 0) fault('the file has no trees');
  const used = new Uint8Array(features.length);
  for (const [index, tree] of trees.entries()) {
    for (let node = 0; node < tree.test.length; node++) {
      if (tree.test[node] === Test.LEAF) continue;
      const feature = tree.feature[node]!;
      if (feature >= features.length) fault(`tree ${index}: node ${node} tests feature ${feature} of ${features.length}`);
      used[feature] = 1;
    }
    if (tree.value.some((value) => !Number.isFinite(value))) fault(`tree ${index} has a leaf whose value is no finite number`);
  }
  const count = used.reduce((sum, one) => sum + one, 0);
  if (count > ENSEMBLE_INPUTS_MAX)
    fault(`the trees read ${count} features, more than ${ENSEMBLE_INPUTS_MAX}`, 'train with fewer of them');
  return ensemble;
}
