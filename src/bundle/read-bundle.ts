// Files -> Bundle: finds each file's role, reads the documents, checks them against their schemas. All problems of all files go
// into the bag in one run.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { readLock } from '../schema/lock.js';
import type { ModelLock } from '../schema/model.js';
import type { Bundle, BundleRule, CombineName, OutcomeName, ProfileName } from './bundle.js';
import { checkDocument } from './check-document.js';
import { type BundleDocument, isDocumentPath, toPointer } from './document.js';
import { MODELS_FOLDER } from './ensembles.js';
import type { BundleFiles } from './files.js';
import { type InputMap, readInputMap } from './input-map.js';
import { FILES_MAX } from './limits.js';
import { PLAIN_READ, type ReadMemo } from './memo.js';
import { isOutputsPath, OUTPUTS_PATHS } from './outputs.js';
import { type BundleParts, isPartPath, PART_FOLDERS, readParts } from './read-parts.js';
import { readRules } from './rules.js';
import type { ScalarText } from './scalar-text.js';
import { type BundleTest, readTests } from './tests.js';

const BUNDLE_PATHS = ['bundle.yaml', 'bundle.yml', 'bundle.json'];
const INPUT_PATHS = ['input.yaml', 'input.yml', 'input.json'];
export const LOCK_PATH = 'model.lock.json';

/** Folders whose meaning the language reserves; ignoring them would silently drop a part of what was meant. */
const RESERVED_FOLDERS = ['flows', 'forms'];

interface BundleHead {
  name: string;
  version: string;
  model: string;
  profile?: ProfileName;
  onError: OutcomeName | 'fail';
  /** Absent where the bundle has outputs and decides nothing else. */
  decide?: { combine: CombineName; outcomes: { atLeast?: number; outcome: OutcomeName }[]; reasonsMax?: number };
}

/**
 * Reads a bundle. Undefined where bundle.yaml is missing or no document; with other errors in the bag, the bundle holds what
 * could be read, so that a caller can go on and report more.
 */
export function readBundle(files: BundleFiles, bag: DiagnosticBag, memo: ReadMemo = PLAIN_READ): Bundle | undefined {
  const { readDocument } = memo;
  if (files.size > FILES_MAX) {
    bag.error('V5011', { file: 'bundle.yaml', start: 0, end: 0 }, `the bundle has ${files.size} files, more than ${FILES_MAX}`);
    return undefined;
  }
  const paths = [...files.keys()].sort();
  const head = readHead(files, bag, readDocument);
  const headFits = head !== undefined && checkDocument(head, 'bundle', bag);
  const modelPath = (head?.value as Partial<BundleHead> | undefined)?.model;
  const lock = readLockDocument(files, bag, readDocument);
  const model = readModelDocument(head, modelPath, files, bag, readDocument);
  const rules: BundleRule[] = [];
  const strayConditions: ScalarText[] = [];
  const tests: BundleTest[] = [];
  let input: InputMap | undefined;

  for (const path of paths) {
    if (BUNDLE_PATHS.includes(path) || path === LOCK_PATH || path === modelPath) continue;
    const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
    if (RESERVED_FOLDERS.includes(folder)) {
      bag.error('V1004', { file: path, start: 0, end: 0 }, `files in ${folder}/ are not supported by this version of Verdict`);
      continue;
    }
    if (isPartPath(path) || folder === MODELS_FOLDER) continue;
    const isInput = INPUT_PATHS.includes(path);
    if (!isInput && (!isDocumentPath(path) || (folder !== 'rules' && folder !== 'tests'))) {
      if (isDocumentPath(path) && headFits) reportUnknownFile(path, folder, bag);
      continue;
    }
    const document = readDocument(path, files.get(path)!, bag);
    if (document === undefined) continue;
    if (isInput) input = readInputMap(document, bag);
    else if (folder === 'tests') tests.push(...readTests(document, bag));
    else {
      const read = readRules(document, bag);
      for (const rule of read.rules) rules.push(rule);
      strayConditions.push(...read.strayConditions);
    }
  }

  const parts = memo.parts(files, bag, (own) => readParts(files, own));
  if (head === undefined) return undefined;
  const decides = !headFits || (head.value as BundleHead).decide !== undefined;
  // Outputs with faults are outputs too.
  const hasOutputs = parts.outputs.length > 0 || (bag.hasErrors && paths.some(isOutputsPath));
  if (!decides && !hasOutputs) {
    const advice = 'decide: how the rules become one outcome; a bundle without needs outputs';
    bag.error('V1003', head.spanOf(''), '`decide` is missing', advice);
  }
  return {
    headFits,
    decides,
    ...readHeadFields(head, headFits ? (head.value as BundleHead) : placeholderOf(head)),
    model: model === undefined ? undefined : { file: model.file, schema: model.value, spanOf: (at) => model.spanOf(at) },
    lock,
    rules,
    strayConditions,
    ...parts,
    tests,
    input,
  };
}

/** Stands for a bundle.yaml that does not match its schema; only its profile is taken, by which the rules are to be read. */
function placeholderOf(head: BundleDocument): BundleHead {
  const profile = (head.value as Partial<BundleHead> | null)?.profile === 'standard' ? 'standard' : 'strict';
  return { name: '', version: '', model: '', profile, onError: 'fail', decide: { combine: 'score', outcomes: [] } };
}

function readHeadFields(
  head: BundleDocument,
  value: BundleHead,
): Omit<Bundle, 'headFits' | 'decides' | 'model' | 'lock' | 'rules' | 'strayConditions' | keyof BundleParts | 'tests' | 'input'> {
  return {
    name: value.name,
    nameSpan: head.spanOf('/name'),
    version: value.version,
    profile: value.profile ?? 'strict',
    profileSpan: head.spanOf('/profile'),
    onError: value.onError,
    combine: value.decide?.combine ?? 'score',
    combineSpan: head.spanOf('/decide/combine'),
    outcomes: (value.decide?.outcomes ?? []).map((entry, i) => ({
      ...entry,
      span: head.spanOf(toPointer('decide', 'outcomes', i)),
    })),
    outcomesSpan: head.keySpan('/decide', 'outcomes'),
    reasonsMax: value.decide === undefined ? 0 : (value.decide.reasonsMax ?? 8),
  };
}

function readHead(files: BundleFiles, bag: DiagnosticBag, readDocument: ReadMemo['readDocument']): BundleDocument | undefined {
  const found = BUNDLE_PATHS.filter((path) => files.has(path));
  const path = found[0];
  if (path === undefined) {
    const near = [...files.keys()].find((name) => BUNDLE_PATHS.some((known) => name.endsWith(`/${known}`)));
    const advice =
      near === undefined ? 'every bundle has a bundle.yaml at its top' : `${near} lies too deep: it must be at the top`;
    bag.error('V1001', { file: 'bundle.yaml', start: 0, end: 0 }, 'bundle.yaml is missing', advice);
    return undefined;
  }
  for (const other of found.slice(1))
    bag.error('V1004', { file: other, start: 0, end: 0 }, `${path} is there already`, 'remove one of the two');
  return readDocument(path, files.get(path)!, bag);
}

function readLockDocument(files: BundleFiles, bag: DiagnosticBag, readDocument: ReadMemo['readDocument']): ModelLock | undefined {
  const bytes = files.get(LOCK_PATH);
  if (bytes === undefined) return undefined;
  const document = readDocument(LOCK_PATH, bytes, bag);
  if (document === undefined || !checkDocument(document, 'lock', bag)) return undefined;
  // what no JSON Schema can say: ids and numbers are given once, which a merge of two branches easily breaks
  return readLock(document.value, document.spanOf(''), bag);
}

function readModelDocument(
  head: BundleDocument | undefined,
  path: unknown,
  files: BundleFiles,
  bag: DiagnosticBag,
  readDocument: ReadMemo['readDocument'],
): BundleDocument | undefined {
  if (head === undefined || typeof path !== 'string') return undefined;
  const bytes = files.get(path);
  if (bytes !== undefined) return readDocument(path, bytes, bag, { exactIntegers: true });
  const span: Span = head.spanOf('/model');
  bag.error(
    'V1001',
    span,
    `the model ${path} is missing`,
    didYouMean(path, files.keys()) ?? 'paths start at the top of the bundle',
  );
  return undefined;
}

/** A document at the top, or in a folder with nearly the name of one, that plays no part is most likely misspelled. */
function reportUnknownFile(path: string, folder: string, bag: DiagnosticBag): void {
  const near =
    folder === ''
      ? didYouMean(path, [...BUNDLE_PATHS, ...INPUT_PATHS, ...OUTPUTS_PATHS, LOCK_PATH])
      : didYouMean(`${folder}/`, ['rules/', 'tests/', ...PART_FOLDERS.map((name) => `${name}/`)]);
  if (folder !== '' && near === undefined) return;
  const advice = near ?? 'rules lie in rules/, tests in tests/, features in features/';
  bag.warning('V1004', { file: path, start: 0, end: 0 }, `${path} has no known role`, advice);
}
