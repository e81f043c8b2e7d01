// Writes what was decided into tests/*.yaml as what is expected. Only the values that change are replaced in the text, so that
// comments, order and spelling of everything else stay; what comes out is read again before it is given back.

import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** A part of one test's `expect`. */
export interface ExpectUpdate {
  /** Number of the test in its file, from 0. */
  test: number;
  /** Names of members: `['outputs', 'tier']`. */
  path: readonly string[];
  value: unknown;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

const YAML_OPTIONS = { version: '1.2', schema: 'core', logLevel: 'error', prettyErrors: false } as const;
/** A word that YAML reads as the text that it is, in flow and in block. */
const PLAIN_WORD = /^(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z_][A-Za-z0-9_-]*$/i;

/**
 * Changes expectations in a document of tests.
 * @param isJson the document is JSON, not YAML
 * @returns undefined where the text cannot be changed without changing anything else, as where values share an anchor
 */
export function updateTests(text: string, updates: readonly ExpectUpdate[], isJson: boolean): string | undefined {
  // Such a member would be the prototype of what it is written into.
  if (updates.some(({ path }) => path.includes('__proto__'))) return undefined;
  let changed = text;
  // One after the other: each finds the places as those before it have left them.
  for (const update of updates) {
    const edit = editOf(changed, update, isJson);
    if (edit === undefined) return undefined;
    changed = changed.slice(0, edit.start) + edit.text + changed.slice(edit.end);
  }
  return isDeepStrictEqual(plain(readValue(changed)), plain(wantedOf(text, updates))) ? changed : undefined;
}

function readValue(text: string): unknown {
  const document = parseDocument(text, YAML_OPTIONS);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** A copy of a value as JSON has it, without shared parts. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/** The value of the document with the updates. */
function wantedOf(text: string, updates: readonly ExpectUpdate[]): unknown {
  // What an alias repeats is changed in one place alone.
  const tests = plain(readValue(text)) as Record<string, unknown>[];
  for (const { test, path, value } of updates) {
    let parent = tests[test] as Record<string, unknown>;
    for (const key of ['expect', ...path.slice(0, -1)]) {
      parent[key] ??= {};
      parent = parent[key] as Record<string, unknown>;
    }
    parent[path.at(-1) as string] = value;
  }
  return tests;
}

function editOf(text: string, { test, path, value }: ExpectUpdate, isJson: boolean): Edit | undefined {
  const { contents } = parseDocument(text, YAML_OPTIONS);
  const item = isSeq(contents) ? contents.items[test] : undefined;
  if (!isMap(item)) return undefined;
  let map: YAMLMap = item;
  const keys = ['expect', ...path];
  for (const [depth, key] of keys.entries()) {
    const rest = keys.slice(depth + 1);
    const pair = pairOf(map, key);
    if (pair === undefined) return insertion(text, map, key, nested(rest, value), isJson);
    const inner = pair.value as Node | null;
    if (rest.length === 0 || !isMap(inner)) {
      // Members of an alias cannot be changed alone.
      return isAlias(inner) && rest.length > 0 ? undefined : replacement(text, pair, nested(rest, value), isJson);
    }
    map = inner;
  }
  return undefined;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** The value below members of these names. */
function nested(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value);
}

/** Another value for a key. What is written in block style becomes flow style, on the key's line. */
function replacement(text: string, { key, value }: Pair, next: unknown, isJson: boolean): Edit | undefined {
  const keyEnd = (key as Node).range?.[1];
  if (keyEnd === undefined) return undefined;
  const colon = text.indexOf(':', keyEnd);
  if (colon === -1) return undefined;
  const node = value as Node | null;
  const [start, end] = node?.range ?? [colon + 1, colon + 1];
  const written = render(next, isJson);
  if (isCollection(node) && node.flow !== true) return { start: colon + 1, end: endOf(node), text: ` ${written}` };
  // A block scalar ends with the end of its line.
  const tail = text.slice(start, end).endsWith('\n') ? '\n' : '';
  return { start, end, text: `${start === end ? ' ' : ''}${written}${tail}` };
}

/** A key more at the end of a map. */
function insertion(text: string, map: YAMLMap, key: string, value: unknown, isJson: boolean): Edit | undefined {
  const written = `${render(key, isJson)}: ${render(value, isJson)}`;
  const first = map.items[0]?.key as Node | undefined;
  if (map.flow === true) {
    const at = map.items.length === 0 ? (map.range?.[0] ?? 0) + 1 : lastEnd(map);
    return { start: at, end: at, text: map.items.length === 0 ? written : `, ${written}` };
  }
  const begin = first?.range?.[0];
  if (begin === undefined) return undefined;
  const indent = ' '.repeat(begin - (text.lastIndexOf('\n', begin - 1) + 1));
  const end = lastEnd(map);
  if (text[end - 1] === '\n') return { start: end, end, text: `${indent}${written}\n` };
  const newline = text.indexOf('\n', end);
  const at = newline === -1 ? text.length : newline - (text[newline - 1] === '\r' ? 1 : 0);
  return { start: at, end: at, text: `${text[newline - 1] === '\r' ? '\r\n' : '\n'}${indent}${written}` };
}

/** Where the last pair of a map ends. */
function lastEnd(map: YAMLMap): number {
  const { key, value } = map.items.at(-1) as Pair<Node, Node | null>;
  return Math.max(endOf(key), value === null ? 0 : endOf(value));
}

/** Where a node ends, without the blanks and comments behind it. */
function endOf(node: Node): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    const last = node.items.at(-1) as Node | Pair<Node, Node | null>;
    if (isMap(node)) return lastEnd(node);
    return endOf(last as Node);
  }
  return node.range?.[1] ?? 0;
}

function render(value: unknown, isJson: boolean): string {
  if (typeof value === 'string') return !isJson && PLAIN_WORD.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => render(one, isJson)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${render(key, isJson)}: ${render(member, isJson)}`);
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
  }
  return JSON.stringify(value);
}
