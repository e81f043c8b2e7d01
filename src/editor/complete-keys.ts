// Keys of documents from their JSON Schemas, keys that are names (columns, fields, parameters), and words that a value may be.

import type { Field, Model } from '../schema/model.js';
import type { Completion } from './complete.js';
import type { Cursor } from './cursor.js';
import { fieldText } from './describe.js';
import type { FileKind } from './document-kind.js';
import { type Key, tolerantValue } from './document-tree.js';
import { type SchemaPart, schemaAt, wordsOf } from './schema-at.js';
import type { BundleSession } from './session.js';
import { fieldPath } from './symbol.js';

/** Keys that may be written where one is being written. */
export function completionsOfKeys(session: BundleSession, path: string, cursor: Cursor): Completion[] {
  const kind = session.kind(path)!;
  const parent = cursor.path.slice(0, -1);
  const named = namedKeys(session, path, kind, parent);
  const part = schemaAt(kind, parent);
  const keys = [...named, ...keysOf(part, cursor)];
  return keys.filter(({ label }) => !cursor.siblings.includes(label));
}

function keysOf(part: SchemaPart | undefined, cursor: Cursor): Completion[] {
  return Object.entries(part?.properties ?? {}).map(([label, schema]): Completion => {
    const isRequired = part?.required?.includes(label) === true;
    return {
      label,
      kind: 'key',
      ...(schema.description === undefined ? {} : { documentation: schema.description }),
      ...(isRequired ? { detail: 'required' } : {}),
      rank: isRequired ? 0 : label.startsWith('$') ? 2 : 1,
      // In a text in quotes the colon stands behind them.
      ...(cursor.style === 'plain' ? { text: `${label}: ` } : {}),
    };
  });
}

/** Keys that are no words of a schema but names of the bundle. */
function namedKeys(session: BundleSession, path: string, kind: FileKind, parent: readonly Key[]): Completion[] {
  const key = (label: string, detail?: string): Completion => ({
    label,
    kind: 'key',
    text: `${label}: `,
    ...(detail === undefined ? {} : { detail }),
  });
  const { model, bundle } = session;
  if (kind === 'tests' && parent[1] === 'payload')
    return fieldsIn(model, fieldPath(parent.slice(2))).map((field) => key(field.name, fieldText(field)));
  if (kind === 'tests' && parent[1] === 'parameters') {
    if (parent.length === 2) return bundle?.parameters.map(({ name }) => key(name)) ?? [];
    return bundle?.parameters.find(({ name }) => name === parent[2])?.values.map(({ name }) => key(name)) ?? [];
  }
  if (kind === 'input' && parent.length === 1 && parent[0] === 'columns')
    return (model?.fields ?? []).filter(({ child }) => child === undefined).map((field) => key(field.path, fieldText(field)));
  if (kind === 'table' && parent[0] === 'rows' && parent.length === 3) {
    const shape = session.shape(path);
    if (parent[2] === 'when') return shape?.inputs.map(({ value, label }) => key(label ?? value)) ?? [];
    return parent[2] === 'then' ? (shape?.outputs.map(({ name }) => key(name)) ?? []) : [];
  }
  return [];
}

/** The fields of the object at a path. */
function fieldsIn(model: Model | undefined, path: string): readonly Field[] {
  return model?.tables.find((table) => table.path === path || table.path === path.replace(/\[\]$/, ''))?.fields ?? [];
}

/** Words that a value may be. */
export function completionsOfWords(session: BundleSession, path: string, kind: FileKind, cursor: Cursor): Completion[] {
  const part = schemaAt(kind, cursor.path);
  const words = wordsOf(part).map((label): Completion => ({ label, kind: 'member' }));
  if (words.length > 0) return words;
  const last = cursor.path.at(-1);
  if (kind === 'bundle' && last === 'model')
    return session.paths
      .filter((file) => /^[^/]+\.(ya?ml|json)$/.test(file) && session.kind(file) === undefined)
      .map((label) => ({ label, kind: 'value' }));
  if (kind === 'ensemble' && last === 'model')
    return session.paths.filter((file) => file.startsWith('models/')).map((label) => ({ label, kind: 'value' }));
  if (kind === 'tests' && cursor.path[1] === 'payload') {
    const field = session.model?.fields.find((candidate) => candidate.path === fieldPath(cursor.path.slice(2)));
    return field?.members?.map(({ name }) => ({ label: name, kind: 'member' })) ?? [];
  }
  if (kind === 'model' && cursor.path.at(-2) === 'required') {
    const properties = propertiesBeside(session.text(path), cursor.path.slice(0, -2));
    return properties.map((label) => ({ label, kind: 'field' }));
  }
  return [];
}

function propertiesBeside(text: string, at: readonly Key[]): string[] {
  const root = tolerantValue(text);
  const found = at.reduce<unknown>((value, key) => (value as Record<Key, unknown> | undefined | null)?.[key], root);
  return Object.keys((found as { properties?: object } | undefined)?.properties ?? {});
}
