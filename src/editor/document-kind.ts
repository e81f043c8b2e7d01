// What a file of a bundle is, by its path.

import { PART_FOLDERS } from '../bundle/read-parts.js';
import { DOCUMENT_SCHEMAS, type DocumentKind } from '../bundle/schemas.js';

/** Beside the documents that have a schema of ours: the model, and tables in CSV. */
export type FileKind = DocumentKind | 'model' | 'csv';

const FOLDER_KINDS: Readonly<Record<string, FileKind>> = {
  rules: 'rules',
  tests: 'tests',
  features: 'features',
  tables: 'table',
  scorecards: 'scorecard',
  lists: 'list',
  ensembles: 'ensemble',
  parameters: 'parameters',
};

/** Kinds whose documents are lists at their top: what is below `- ` at the beginning of a line is independent of all else. */
const LIST_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['rules', 'tests', 'features', 'outputs']);

const TOP = /^(bundle|input|outputs)\.(ya?ml|json)$/;
const LOCK_FILE = 'model.lock.json';

/** The kind of a file; undefined where it plays no part. @param modelPath as bundle.yaml names it */
export function kindOf(path: string, modelPath: string | undefined): FileKind | undefined {
  if (path === LOCK_FILE) return 'lock';
  if (path === modelPath) return 'model';
  const top = TOP.exec(path)?.[1];
  if (top !== undefined) return known(top);
  const slash = path.indexOf('/');
  const folder = path.slice(0, Math.max(0, slash));
  if (/\.csv$/.test(path)) return folder === 'tables' ? 'csv' : undefined;
  return /\.(ya?ml|json)$/.test(path) ? (FOLDER_KINDS[folder] ?? known(folder)) : undefined;
}

/** A kind that is called as its file or folder is. */
function known(name: string): FileKind | undefined {
  return Object.hasOwn(DOCUMENT_SCHEMAS, name) ? (name as DocumentKind) : undefined;
}

export function isListKind(kind: FileKind): boolean {
  return LIST_KINDS.has(kind);
}

/** Kinds of which the name of a file is a name of the bundle. */
export function isNamedByFile(kind: FileKind): boolean {
  return ['table', 'csv', 'scorecard', 'list', 'ensemble', 'parameters'].includes(kind);
}

/** The name that a file gives: `tables/limit.csv` gives `limit`. */
export function nameOfFile(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return base.slice(0, Math.max(0, base.lastIndexOf('.')));
}

/** Folders of a bundle. */
export const BUNDLE_FOLDERS: readonly string[] = ['rules', 'tests', ...PART_FOLDERS];
