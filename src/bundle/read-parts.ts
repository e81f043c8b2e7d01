// Files of features/, outputs/, tables/, scorecards/, lists/, ensembles/ and parameters/ -> the parts of a bundle beside its rules.

import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Bundle } from './bundle.js';
import { readCsvTable } from './csv-table.js';
import { isDocumentPath, readDocument } from './document.js';
import { readEnsembleDocument } from './ensembles.js';
import { readFeatures } from './features.js';
import type { BundleFiles } from './files.js';
import { readList } from './lists.js';
import { OUTPUTS_PATHS, readOutputs } from './outputs.js';
import { readParameters } from './parameters.js';
import { readScorecard } from './scorecards.js';
import { hasRows, readTableHead, readYamlTable } from './tables.js';

export type BundleParts = Pick<Bundle, 'features' | 'outputs' | 'tables' | 'scorecards' | 'lists' | 'ensembles' | 'parameters'>;

export const PART_FOLDERS = ['features', 'outputs', 'tables', 'scorecards', 'lists', 'ensembles', 'parameters'] as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

interface NamedFile {
  name: string;
  path: string;
}

/** Whether a file belongs to the parts. */
export function isPartPath(path: string): boolean {
  return OUTPUTS_PATHS.includes(path) || PART_FOLDERS.some((folder) => path.startsWith(`${folder}/`));
}

/** Reads everything that isPartPath takes. Problems go into the bag. */
export function readParts(files: BundleFiles, bag: DiagnosticBag): BundleParts {
  const paths = [...files.keys()].sort();
  const inFolder = (folder: string): string[] => paths.filter((path) => path.startsWith(`${folder}/`));
  const features = inFolder('features').flatMap((path) => {
    if (!isKnown(path, false, bag)) return [];
    const document = readDocument(path, files.get(path)!, bag);
    return document === undefined ? [] : readFeatures(document, bag);
  });
  const outputs = [...paths.filter((path) => OUTPUTS_PATHS.includes(path)), ...inFolder('outputs')].flatMap((path) => {
    if (!isKnown(path, false, bag)) return [];
    const document = readDocument(path, files.get(path)!, bag);
    return document === undefined ? [] : readOutputs(document, bag);
  });
  const scorecards = namedFiles(inFolder('scorecards'), [], bag).documents.flatMap(({ name, path }) => {
    const document = readDocument(path, files.get(path)!, bag);
    const scorecard = document === undefined ? undefined : readScorecard(name, document, bag);
    return scorecard === undefined ? [] : [scorecard];
  });
  const ensembles = namedFiles(inFolder('ensembles'), [], bag).documents.flatMap(({ name, path }) => {
    const document = readDocument(path, files.get(path)!, bag);
    const ensemble = document === undefined ? undefined : readEnsembleDocument(name, document, files, bag);
    return ensemble === undefined ? [] : [ensemble];
  });
  const parameters = namedFiles(inFolder('parameters'), [], bag).documents.flatMap(({ name, path }) => {
    const document = readDocument(path, files.get(path)!, bag);
    const set = document === undefined ? undefined : readParameters(name, document, bag);
    return set === undefined ? [] : [set];
  });
  return {
    features,
    outputs,
    tables: readTables(inFolder('tables'), files, bag),
    scorecards,
    lists: readLists(inFolder('lists'), files, bag),
    ensembles,
    parameters: parameters.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function readTables(paths: readonly string[], files: BundleFiles, bag: DiagnosticBag): BundleParts['tables'] {
  const { documents, others } = namedFiles(paths, ['csv'], bag);
  const fromCsv = new Map(others.map(({ name, path }) => [name, path]));
  const tables: BundleParts['tables'] = [];
  for (const { name, path } of documents) {
    const document = readDocument(path, files.get(path)!, bag);
    const csv = fromCsv.get(name);
    fromCsv.delete(name);
    if (document === undefined) continue;
    if (csv === undefined) {
      const table = readYamlTable(name, document, bag);
      if (table !== undefined) tables.push(table);
      continue;
    }
    if (hasRows(document))
      bag.error('V4102', document.keySpan('', 'rows'), `the rows stand in ${csv} too`, 'remove one of the two');
    const head = readTableHead(name, document, bag);
    const table = head === undefined ? undefined : readCsvTable(name, csv, files.get(csv)!, head, bag);
    if (table !== undefined) tables.push(table);
  }
  for (const [name, path] of fromCsv) {
    const table = readCsvTable(name, path, files.get(path)!, undefined, bag);
    if (table !== undefined) tables.push(table);
  }
  return tables.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function readLists(paths: readonly string[], files: BundleFiles, bag: DiagnosticBag): BundleParts['lists'] {
  const { documents, others } = namedFiles(paths, ['txt', 'csv'], bag);
  const contents = new Map<string, string>();
  for (const { name, path } of others) {
    const before = contents.get(name);
    if (before === undefined) contents.set(name, path);
    else bag.error('V1004', wholeOf(path), `${before} holds the entries of \`${name}\` already`, 'remove one of the two');
    if (documents.some((document) => document.name === name)) continue;
    bag.error(
      'V1001',
      wholeOf(path),
      `nothing declares the list \`${name}\``,
      `write lists/${name}.yaml with \`type: string\` or such`,
    );
  }
  return documents.flatMap(({ name, path }) => {
    const document = readDocument(path, files.get(path)!, bag);
    if (document === undefined) return [];
    const file = contents.get(name);
    const list = readList(name, document, file === undefined ? undefined : { file, bytes: files.get(file)! }, bag);
    return list === undefined ? [] : [list];
  });
}

/** Files by the name that they give, each name once; what plays no part is reported. */
function namedFiles(
  paths: readonly string[],
  extensions: readonly string[],
  bag: DiagnosticBag,
): { documents: NamedFile[]; others: NamedFile[] } {
  const documents: NamedFile[] = [];
  const others: NamedFile[] = [];
  for (const path of paths) {
    const base = path.slice(path.lastIndexOf('/') + 1);
    const dot = base.lastIndexOf('.');
    const isOther = extensions.includes(base.slice(dot + 1));
    if (!isKnown(path, isOther, bag)) continue;
    const name = base.slice(0, dot);
    if (!NAME.test(name)) {
      const better = name.replace(/[^A-Za-z0-9_]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
      const advice = NAME.test(better)
        ? `call it ${better}${base.slice(dot)}`
        : 'use letters, digits and `_`, beginning with a letter';
      bag.error('V3601', wholeOf(path), `${path} gives no name that expressions could use`, advice);
      continue;
    }
    const group = isOther ? others : documents;
    const twin = group.find(
      (other) => other.name === name && (isOther ? other.path.split('.').pop() === path.split('.').pop() : true),
    );
    if (twin === undefined) group.push({ name, path });
    else bag.error('V3600', wholeOf(path), `${twin.path} has the name \`${name}\` already`, 'rename one of the two');
  }
  return { documents, others };
}

/** A file in one of these folders that is no document would be silently left out; editors' and systems' own files are. */
function isKnown(path: string, isOther: boolean, bag: DiagnosticBag): boolean {
  if (isOther || isDocumentPath(path)) return true;
  if (!/(^|\/)(\.|README|.*\.md$)/.test(path))
    bag.warning('V1004', wholeOf(path), `${path} has no known role`, 'documents end in .yaml, .yml or .json');
  return false;
}

function wholeOf(file: string): { file: string; start: number; end: number } {
  return { file, start: 0, end: 0 };
}
