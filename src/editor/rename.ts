// Gives a name of a bundle another one, in all files. model.lock.json stays as it is: it is append-only, so that a field that is
// renamed is a field of a new name, which `verdict check --write-lock` gives an id of its own, and the id of the old name stays
// given. What was written in FlatBuffers with the old name is so never read as something else.

import { reservedNames } from '../compiler/checker.js';
import type { Span } from '../diagnostic/diagnostic.js';
import { isBehindPayload, isFieldName, PAYLOAD_NAME, TYPESCRIPT_WORDS } from '../schema/field-name.js';
import { localAt, occurrencesOf, symbolAt } from './occurrences.js';
import type { BundleSession } from './session.js';
import type { BundleSymbol } from './symbol.js';

export interface Rename {
  /** What is replaced, and by what: the new name, behind `payload` where it is a field that cannot stand alone. */
  edits: { span: Span; text: string }[];
  /** Files that get another path, in the order of their paths. */
  files: { from: string; to: string }[];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const FORMS: Readonly<Record<string, readonly [form: RegExp, advice: string]>> = {
  rule: [/^[a-z0-9][a-z0-9-]{0,127}$/, 'small letters, digits and `-`'],
  reason: [/^[A-Z][A-Z0-9_]{0,63}$/, 'capital letters, digits and `_`'],
  result: [/^\p{L}[\p{L}\p{N} _-]{0,62}[\p{L}\p{N}_]$|^\p{L}$/u, 'letters, digits, blanks, `-` and `_`, beginning with a letter'],
};

/** The name at a place that can be renamed, and where it stands. */
export function renamableAt(session: BundleSession, path: string, offset: number): { name: string; span: Span } | undefined {
  const local = localAt(session, path, offset)?.find(({ start, end }) => start <= offset && offset <= end);
  if (local !== undefined) return { name: session.text(path).slice(local.start, local.end), span: local };
  const found = symbolAt(session, path, offset);
  if (found === undefined || (found.symbol.kind === 'output' && isMeaningful(found.symbol.name))) return undefined;
  return { name: found.symbol.name, span: found.span };
}

/** Outputs of tables whose names decide. */
function isMeaningful(name: string): boolean {
  return ['score', 'outcome', 'reason'].includes(name);
}

/**
 * Renames what stands at a place.
 * @returns a sentence where the new name cannot be taken; undefined where nothing there has a name
 */
export function renameAt(session: BundleSession, path: string, offset: number, name: string): Rename | string | undefined {
  const local = localAt(session, path, offset);
  if (local !== undefined) {
    if (!NAME.test(name)) return formFault(NAME, name);
    return takenBy(session, name) ?? { edits: local.map((span) => ({ span, text: name })), files: [] };
  }
  const target = renamableAt(session, path, offset);
  const found = target && symbolAt(session, path, offset);
  if (found === undefined) return undefined;
  const { symbol } = found;
  const [form, advice] = FORMS[symbol.kind] ?? [NAME, undefined];
  if (!form.test(name)) return formFault(form, name, advice);
  const fault = collision(session, symbol, name);
  if (fault !== undefined) return fault;
  const occurrences = occurrencesOf(session, symbol);
  const files = occurrences
    .filter(({ isFile }) => isFile === true)
    .map(({ span: { file } }) => ({
      from: file,
      to: `${file.slice(0, file.lastIndexOf('/') + 1)}${name}${file.slice(file.lastIndexOf('.'))}`,
    }));
  const taken = files.find(({ to }) => session.has(to));
  if (taken !== undefined) return `${taken.to} is there already`;
  const alone = symbol.kind === 'field' && isBehindPayload(name) ? `${PAYLOAD_NAME}.${name}` : name;
  const edits = occurrences
    .filter(({ isFile }) => isFile !== true)
    .map(({ span, isAlone }) => ({ span, text: isAlone === true ? alone : name }));
  return { edits, files };
}

function formFault(form: RegExp, name: string, advice = 'letters, digits and `_`, beginning with a letter'): string {
  return `\`${name}\` is no name here: use ${form === NAME ? 'letters, digits and `_`, beginning with a letter' : advice}`;
}

/** Why a name is not free. */
function collision(session: BundleSession, symbol: BundleSymbol, name: string): string | undefined {
  if (name === symbol.name) return undefined;
  const { bundle, model } = session;
  switch (symbol.kind) {
    case 'field': {
      if (!isFieldName(name)) return `\`${name}\` is no name of a field`;
      const { places } = session.symbols;
      for (const path of places?.fieldsAt(symbol.id) ?? []) {
        const sibling = path.slice(0, path.lastIndexOf('.') + 1) + name;
        if (model?.fields.some((field) => field.path === sibling)) return `the model has the field \`${sibling}\` already`;
        if (path.includes('.')) continue;
        const taken = isBehindPayload(name) ? payloadTakenBy(session, symbol.name) : takenBy(session, name);
        if (taken !== undefined) return taken;
      }
      return undefined;
    }
    case 'feature':
    case 'table':
    case 'scorecard':
    case 'ensemble':
    case 'list':
      return takenBy(session, name);
    case 'output': {
      const table = symbol.id.slice(0, symbol.id.lastIndexOf('.'));
      const outputs = bundle?.tables.find((candidate) => candidate.name === table)?.outputs ?? [];
      return outputs.some((output) => output.name === name)
        ? `the table \`${table}\` has an output \`${name}\` already`
        : undefined;
    }
    case 'set':
      return bundle?.parameters.some((set) => set.name === name) ? `there is a set \`${name}\` already` : undefined;
    case 'parameter': {
      const [own] = symbol.id.split('.');
      const set = bundle?.parameters.find((candidate) => candidate.name === own);
      return set?.values.some((value) => value.name === name) ? `\`${own}\` has a parameter \`${name}\` already` : undefined;
    }
    case 'result': {
      const path = symbol.id.slice(0, symbol.id.length - symbol.name.length) + name;
      const isTaken = bundle?.outputs.some((output) => output.name === path || output.name.startsWith(`${path}.`));
      return isTaken === true ? `there is an output \`${path}\` already` : undefined;
    }
    case 'rule':
      return bundle?.rules.some(({ id }) => id === name) ? `there is a rule \`${name}\` already` : undefined;
    default:
      return undefined;
  }
}

/** What hides the name of the payload, behind which a field would have to be written. @param own the field's own name until now */
function payloadTakenBy(session: BundleSession, own: string): string | undefined {
  const taken = own === PAYLOAD_NAME ? undefined : definedBy(session, PAYLOAD_NAME);
  return taken && `a field of this name is written behind \`${PAYLOAD_NAME}\`, and ${taken}`;
}

function takenBy(session: BundleSession, name: string): string | undefined {
  if (TYPESCRIPT_WORDS.has(name) || reservedNames(session.model).includes(name)) return `\`${name}\` is a word of the language`;
  return definedBy(session, name);
}

function definedBy({ names, model }: BundleSession, name: string): string | undefined {
  if (model?.tables[0]?.fields.some((field) => field.name === name)) return `the model has the field \`${name}\` already`;
  const isTaken = names?.scope.names.has(name) === true || names?.scope.lists.has(name) === true;
  return isTaken ? `the bundle has the name \`${name}\` already` : undefined;
}
