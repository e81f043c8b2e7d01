// The files of an imported bundle, written as a person writes them: YAML in plain style, one paragraph for each entry of a list,
// comments where something needed care, tables as CSV.

import { Document, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { BundleFiles } from '../bundle/files.js';

const COLUMNS_MAX = 120;
/** Characters of a map or list that stands on one line. */
const FLOW_CHARS_MAX = 100;

/** A value of a YAML file with a comment in the lines above it; entries of lists and values of keys may have one. */
export class Commented {
  constructor(
    readonly value: unknown,
    readonly comment: string,
  ) {}
}

export interface YamlOptions {
  /** Comment at the head of the file. */
  readonly head?: string;
}

/** Gathers the files of a bundle. */
export class BundleText {
  readonly #files = new Map<string, string>();

  /** Adds a YAML file of a plain value (with Commented parts, where there is something to say). */
  yaml(path: string, value: unknown, options: YamlOptions = {}): void {
    this.text(path, yamlText(value, options));
  }

  /** Adds a CSV file, header first. */
  csv(path: string, rows: readonly (readonly string[])[]): void {
    this.text(path, csvText(rows));
  }

  /** Adds a file as it is. A path is given once. */
  text(path: string, text: string): void {
    if (this.#files.has(path)) throw new Error(`${path} is written twice`);
    this.#files.set(path, text);
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** The bundle, by path. */
  files(): BundleFiles {
    const encoder = new TextEncoder();
    return new Map([...this.#files].map(([path, text]) => [path, encoder.encode(text)]));
  }
}

/** A value as YAML: small maps and lists of scalars on one line, entries of a list at the top as paragraphs. */
export function yamlText(value: unknown, { head }: YamlOptions = {}): string {
  const document = new Document(undefined, { version: '1.2', schema: 'core' });
  const node = nodeOf(document, value);
  document.contents = node as typeof document.contents;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      if (index > 0) (item as Node).spaceBefore = true;
      if (isMap(item) && item.items.length > 0) item.flow = false;
    }
  }
  const text = document.toString({ lineWidth: COLUMNS_MAX, flowCollectionPadding: true, minContentWidth: 40 });
  return head === undefined
    ? text
    : `${head
        .split('\n')
        .map((line) => (line === '' ? '#' : `# ${line}`))
        .join('\n')}\n${text}`;
}

function nodeOf(document: Document, value: unknown): Node {
  if (value instanceof Commented) {
    const node = nodeOf(document, value.value);
    node.commentBefore = value.comment
      .split('\n')
      .map((line) => ` ${line}`)
      .join('\n');
    return node;
  }
  if (Array.isArray(value)) {
    const seq = document.createNode([]) as YAMLSeq;
    seq.items = value.map((item) => nodeOf(document, item));
    seq.flow = seq.items.length === 0 || (seq.items.every((item) => isPlain(item as Node)) && isShort(value));
    return seq;
  }
  if (typeof value === 'object' && value !== null) {
    const map = document.createNode({}) as YAMLMap;
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const node = nodeOf(document, member);
      const comment = node.commentBefore;
      // a comment of a value stands above its key
      const name = new Scalar(key);
      if (comment != null) {
        name.commentBefore = comment;
        node.commentBefore = null;
      }
      map.items.push(document.createPair(name, node));
    }
    const plain = map.items.every(({ key, value: item }) => (key as Node).commentBefore == null && isPlain(item as Node));
    map.flow = map.items.length === 0 || (plain && isShort(value));
    return map;
  }
  return document.createNode(value) as Node;
}

/** A scalar of one line, or an empty collection. */
function isPlain(node: Node): boolean {
  if (node.commentBefore != null) return false;
  if (isScalar(node)) return typeof node.value !== 'string' || !node.value.includes('\n');
  return (isMap(node) || isSeq(node)) && node.items.length === 0;
}

function isShort(value: object): boolean {
  return JSON.stringify(value).length <= FLOW_CHARS_MAX;
}

/** Rows as RFC 4180 has them, with commas, quotes where they are needed, and a line end behind each. */
export function csvText(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}
