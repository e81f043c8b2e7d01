// What a file of a bundle holds, as an editor lists it: rules, features, rows, fields.

import { readCsv } from '../bundle/csv.js';
import type { Span } from '../diagnostic/diagnostic.js';
import { isNamedByFile, nameOfFile } from './document-kind.js';
import { type Key, type Piece, type PlacedScalar, scalarsOf } from './document-tree.js';
import type { BundleSession } from './session.js';
import { csvColumns } from './table-shape.js';

export interface OutlineItem {
  name: string;
  kind: 'rule' | 'feature' | 'row' | 'field' | 'test' | 'parameter' | 'column' | 'characteristic' | 'key';
  detail?: string;
  /** All of it, and its name. */
  span: Span;
  nameSpan: Span;
  children: OutlineItem[];
}

/** Characters of a condition that are shown beside a name. */
const DETAIL_MAX = 80;

export function outlineOf(session: BundleSession, path: string): OutlineItem[] {
  switch (session.kind(path) as string | undefined) {
    case 'rules':
      return items(session, path, 'rule', 'id', 'when');
    case 'features':
      return items(session, path, 'feature', 'name', 'value');
    case 'outputs':
      return items(session, path, 'feature', 'name', 'value');
    case 'tests':
      return items(session, path, 'test', 'name', undefined);
    case 'csv':
      return csvOutline(session, path);
    case 'table':
      return [...members(session, path, ['outputs'], 'column'), ...members(session, path, ['rows'], 'row')];
    case 'scorecard':
      return members(session, path, ['characteristics'], 'characteristic');
    case 'parameters':
      return keysBelow(session, path, ['values'], 'parameter');
    case 'model':
      return modelOutline(scalarsOf(path, { text: session.text(path), start: 0 }), [], path);
    case undefined:
      return [];
    default:
      return keysBelow(session, path, [], 'key');
  }
}

/** An item for each entry of a list at the top of a document. */
function items(
  session: BundleSession,
  path: string,
  kind: OutlineItem['kind'],
  nameKey: string,
  detailKey: string | undefined,
): OutlineItem[] {
  return session.pieces(path).flatMap((piece) => {
    const scalars = scalarsOf(path, piece);
    const count = 1 + Math.max(-1, ...scalars.map(({ path: [index] }) => Number(index)));
    return Array.from({ length: count }, (_, index) => scalars.filter(({ path: [at] }) => at === index)).flatMap((own) => {
      const name = scalarOf(own, 1, nameKey);
      if (name === undefined) return [];
      const detail = detailKey === undefined ? undefined : scalarOf(own, 1, detailKey)?.source.text;
      return [itemOf(path, name, kind, own, detail, count === 1 ? piece : undefined)];
    });
  });
}

function scalarOf(scalars: readonly PlacedScalar[], depth: number, key: Key): PlacedScalar | undefined {
  return scalars.find(({ path, isKey }) => !isKey && path.length === depth + 1 && path[depth] === key);
}

function itemOf(
  file: string,
  name: PlacedScalar,
  kind: OutlineItem['kind'],
  own: readonly PlacedScalar[],
  detail?: string,
  piece?: Piece,
): OutlineItem {
  const start = piece?.start ?? Math.min(...own.map((scalar) => scalar.start));
  const end = piece === undefined ? Math.max(...own.map((scalar) => scalar.end)) : piece.start + piece.text.trimEnd().length;
  return {
    name: name.source.text || '-',
    kind,
    ...(detail === undefined ? {} : { detail: shortened(detail) }),
    span: { file, start: Math.min(start, name.start), end: Math.max(end, name.end) },
    nameSpan: { file, start: name.start, end: name.end },
    children: [],
  };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= DETAIL_MAX ? line : `${line.slice(0, DETAIL_MAX - 1)}\u2026`;
}

/** An item for each member of a list in a document; it is called by its id, name or first scalar. */
function members(session: BundleSession, file: string, at: readonly Key[], kind: OutlineItem['kind']): OutlineItem[] {
  const scalars = scalarsOf(file, { text: session.text(file), start: 0 });
  const below = new Map<Key, PlacedScalar[]>();
  for (const scalar of scalars) {
    if (scalar.path.length <= at.length || !at.every((key, index) => scalar.path[index] === key)) continue;
    const index = scalar.path[at.length]!;
    if (typeof index !== 'number') continue;
    const own = below.get(index) ?? [];
    own.push(scalar);
    below.set(index, own);
  }
  return [...below].map(([index, own]) => {
    const depth = at.length + 1;
    const named = scalarOf(own, depth, 'id') ?? scalarOf(own, depth, 'name');
    const item = itemOf(file, named ?? own.find(({ isKey }) => !isKey) ?? own[0]!, kind, own);
    const cells = own.filter(({ isKey }) => !isKey).map(({ source }) => source.text);
    if (kind !== 'row') return item;
    return { ...item, name: named === undefined ? `${Number(index) + 1}` : item.name, detail: shortened(cells.join(' | ')) };
  });
}

function keysBelow(session: BundleSession, file: string, at: readonly Key[], kind: OutlineItem['kind']): OutlineItem[] {
  const scalars = scalarsOf(file, { text: session.text(file), start: 0 });
  return scalars
    .filter(({ path, isKey }) => isKey && path.length === at.length + 1 && at.every((key, index) => path[index] === key))
    .map((key) => itemOf(file, key, kind, [{ ...key, end: key.valueEnd }]));
}

/** Fields of a model, one below the other. */
function modelOutline(scalars: readonly PlacedScalar[], at: readonly Key[], file: string): OutlineItem[] {
  const own = [...at, 'properties'];
  const keys = scalars.filter(
    ({ path, isKey }) => isKey && path.length === own.length + 1 && own.every((key, index) => path[index] === key),
  );
  return keys.map((key) => {
    const type = scalarOf(
      scalars.filter(({ path }) => key.path.every((part, index) => path[index] === part)),
      key.path.length,
      'type',
    );
    const item = itemOf(file, key, 'field', [{ ...key, end: key.valueEnd }], type?.source.text);
    const children = [...modelOutline(scalars, key.path, file), ...modelOutline(scalars, [...key.path, 'items'], file)];
    return { ...item, children };
  });
}

function csvOutline(session: BundleSession, file: string): OutlineItem[] {
  const { records } = readCsv(file, session.text(file));
  const [header, ...rows] = records;
  const columns = csvColumns(header?.cells ?? [], session.headOf(file));
  const id = columns.findIndex(({ kind }) => kind === 'id');
  return rows.map(({ cells, span }, index): OutlineItem => {
    const name = cells[id]?.text.trim() || `${index + 1}`;
    const detail = shortened(cells.map(({ text }) => text.trim()).join(' | '));
    return { name, kind: 'row', detail, span, nameSpan: cells[id]?.span ?? span, children: [] };
  });
}

/** Names of a bundle that hold a text, letter case aside: for a search over everything. */
export function searchOutline(session: BundleSession, query: string, max: number): OutlineItem[] {
  const wanted = query.toLowerCase();
  const found: OutlineItem[] = [];
  const add = (item: OutlineItem): void => {
    if (found.length < max && item.name.toLowerCase().includes(wanted)) found.push(item);
    for (const child of item.children) add(child);
  };
  const { bundle } = session;
  // Rules are many, and known.
  for (const rule of bundle?.rules ?? []) {
    if (found.length >= max) break;
    if (!rule.id.includes(wanted)) continue;
    add({ name: rule.id, kind: 'rule', span: rule.idSpan, nameSpan: rule.idSpan, children: [] });
  }
  for (const path of session.paths.sort()) {
    const kind = session.kind(path);
    if (kind === undefined || kind === 'rules' || found.length >= max) continue;
    if (isNamedByFile(kind)) {
      const span = { file: path, start: 0, end: 0 };
      add({ name: nameOfFile(path), kind: 'key', span, nameSpan: span, children: [] });
    }
    if (kind === 'features' || kind === 'model' || kind === 'parameters') for (const item of outlineOf(session, path)) add(item);
  }
  return found;
}
