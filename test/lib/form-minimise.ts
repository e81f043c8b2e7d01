// A difference made small: documents, rules, rows, attributes and parts of expressions are left out as long as some form still
// differs. What is left is written down as a bundle that one can run.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseExpressionAt } from 'acorn';
import { renderDecision } from '#src/schema/decision.js';
import type { Difference, FormEngines, FormInput } from './form-engines.js';
import type { FormPayload } from './form-payload.js';
import type { Found } from './form-run.js';

/** What decides differently, and how it was found. */
export interface Case extends FormInput {
  swapped: boolean;
  payloads: readonly FormPayload[];
  now: bigint;
}

/** Bundles that are tried; each takes about a tenth of a second. */
const TRIES_MAX = 600;

/** The first difference of a case; undefined where it decides alike, or its bundle is refused. */
export async function differenceOf(engines: FormEngines, each: Case): Promise<Difference | undefined> {
  const open = await engines.openBundle(each, each.swapped);
  if (typeof open === 'string') return undefined;
  try {
    const decided = open.decide(each.payloads, each.now);
    return 'difference' in decided ? decided.difference : undefined;
  } finally {
    open.release();
  }
}

/** The smallest case that was found to differ still. */
export async function minimiseCase(engines: FormEngines, found: Found): Promise<Case> {
  const { bundle, swapped, payloads, now, difference } = found;
  const { lists, parameters } = bundle;
  let small: Case = { files: bundle.files, lists, parameters, swapped, payloads, now };
  let tries = 0;
  const attempt = async (other: Case): Promise<boolean> => {
    if (tries++ >= TRIES_MAX) return false;
    try {
      if ((await differenceOf(engines, other)) === undefined) return false;
    } catch {
      return false; // what is refused in another way is another fault
    }
    small = other;
    return true;
  };
  await attempt({ ...small, payloads: [payloads[difference.index]!] });
  for (let before = ''; before !== JSON.stringify(small.files) && tries < TRIES_MAX; ) {
    before = JSON.stringify(small.files);
    for (const path of Object.keys(small.files)) {
      const { [path]: text, ...files } = small.files;
      if (text === undefined || (await attempt({ ...small, files }))) continue;
      for (let at = 0; ; at++) {
        const smaller = smallerText(path, small.files[path]!, at);
        if (smaller === undefined) break;
        // What was left out has moved what comes behind it to its place.
        if (smaller !== '' && (await attempt({ ...small, files: { ...small.files, [path]: smaller } }))) at--;
      }
    }
  }
  return small;
}

/** The document with its `at`-th part left out or made simpler; undefined where there is no such part, empty where it stays. */
function smallerText(path: string, text: string, at: number): string | undefined {
  if (path === 'bundle.yaml' || path === 'model.yaml' || path.startsWith('models/')) return undefined;
  if (path.endsWith('.csv')) {
    const lines = text.split('\n');
    return at + 1 >= lines.length ? undefined : lines.filter((_, line) => line !== at + 1).join('\n');
  }
  const changes: (() => void)[] = [];
  const document: unknown = JSON.parse(text);
  visit(document, changes);
  if (at >= changes.length) return undefined;
  changes[at]!();
  return JSON.stringify(document);
}

/** What may be done to a document: elements left out of its lists, expressions replaced by their parts. */
function visit(node: unknown, changes: (() => void)[]): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    if (node.length > 1) for (const element of node) changes.push(() => void node.splice(node.indexOf(element), 1));
    for (const element of node) visit(element, changes);
    return;
  }
  const record = node as Record<string, unknown>;
  for (const [name, member] of Object.entries(record)) {
    if (typeof member === 'string' && (name === 'when' || name === 'value')) {
      for (const part of partsOf(member)) {
        changes.push(() => {
          record[name] = part;
        });
      }
    }
    visit(member, changes);
  }
}

/** Expressions inside an expression, the longest first. */
function partsOf(source: string): string[] {
  const parts = new Set<string>();
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(collect);
    else if (typeof node === 'object' && node !== null) {
      const { type, start, end } = node as { type?: unknown; start?: number; end?: number };
      if (typeof type === 'string' && start !== undefined && end !== undefined && end - start < source.length) {
        parts.add(source.slice(start, end));
      }
      Object.values(node).forEach(collect);
    }
  };
  try {
    collect(parseExpressionAt(source, 0, { ecmaVersion: 2022 }));
  } catch {
    return []; // the cell of a table
  }
  return [...parts].sort((a, b) => b.length - a.length);
}

/** Writes a case to a directory: the bundle, its payloads, how to run it. Returns the text for people. */
export function writeCase(folder: string, small: Case, difference: Difference): string {
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const [path, text] of Object.entries(small.files)) {
    const isDocument = path.endsWith('.yaml') && path !== 'model.yaml';
    write(`bundle/${path}`, isDocument ? `${JSON.stringify(JSON.parse(text), undefined, 2)}\n` : text);
  }
  for (const [name, { entries }] of Object.entries(small.lists)) write(`bundle/lists/${name}.txt`, `${entries.join('\n')}\n`);
  for (const [at, { bytes, text }] of small.payloads.entries()) {
    write(`payloads/${at}.bin`, bytes);
    write(`payloads/${at}.json`, text);
  }
  const { swapped, lists, parameters, now, payloads } = small;
  write('case.json', JSON.stringify({ swapped, lists, parameters, now: String(now), alike: payloads.map(({ alike }) => alike) }));
  const time = new Date(Number(now / 1000n)).toISOString();
  const lines = [
    `${difference.form}, ${difference.way}, payload ${difference.index}:`,
    `  wanted ${shown(difference.wanted)}`,
    `  got    ${shown(difference.got)}`,
    `${folder} has the bundle and the payloads; all forms again: npm run differential -- --forms-replay ${folder}`,
    `the bundle alone: verdict eval ${join(folder, 'bundle')} --input ${join(folder, 'payloads/0.json')} --now ${time}`,
  ];
  write('README.md', `${lines.join('\n')}\n`);
  return lines.join('\n');
}

/** A case as writeCase wrote it. */
export function readCase(folder: string): Case {
  const { now, alike, ...rest } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  const files: Record<string, string> = {};
  for (const path of readdirSync(join(folder, 'bundle'), { recursive: true, encoding: 'utf8' })) {
    if (path.includes('.')) files[path] = readFileSync(join(folder, 'bundle', path), 'utf8');
  }
  // Entries are put beside the bundle.
  for (const name of Object.keys(rest.lists)) delete files[`lists/${name}.txt`];
  const payloads = (alike as boolean[]).map((each, at) => ({
    bytes: new Uint8Array(readFileSync(join(folder, `payloads/${at}.bin`))),
    text: new Uint8Array(readFileSync(join(folder, `payloads/${at}.json`))),
    alike: each,
  }));
  return { ...rest, files, payloads, now: BigInt(now) };
}

function shown(decision: Uint8Array): string {
  return decision.length > 64 ? renderDecision(decision) : Buffer.from(decision).toString('hex');
}
