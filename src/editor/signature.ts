// The function whose arguments are being written.

import { signatureOf } from '../compiler/checker/calls.js';
import type { CallExpression, EsNode, Identifier, MemberExpression } from '../compiler/estree.js';
import type { LibraryEntry } from '../compiler/library/entry.js';
import { functionOn } from '../compiler/library/library.js';
import type { Type } from '../compiler/types.js';
import { CURSOR, cursorsAt } from './cursor.js';
import { kindOfReceiver } from './hover.js';
import { mended } from './mend.js';
import type { BundleSession } from './session.js';
import { nodesAt, type Understood } from './understand.js';

export interface Signature {
  label: string;
  /** Markdown. */
  documentation: string;
  /** As they stand in the label. */
  parameters: string[];
  /** Index of the parameter that is being written. */
  active: number;
}

export function signatureAt(session: BundleSession, path: string, offset: number): Signature | undefined {
  for (const { role, text, isKey } of cursorsAt(session, path, offset)) {
    if (isKey || (role?.kind !== 'expression' && role?.kind !== 'test' && role?.kind !== 'result')) continue;
    const column = role.kind === 'test' ? session.typeOf(role.input) : undefined;
    const locals = new Map<string, Type>(column === undefined ? [] : [['value', column]]);
    const understood = mended(text, session.names, locals);
    const found = understood && callAround(understood);
    if (found !== undefined) return found;
  }
  return undefined;
}

function callAround(understood: Understood): Signature | undefined {
  const at = understood.text.indexOf(CURSOR) + 1;
  const around = nodesAt(understood.root, at);
  for (let index = around.length - 1; index >= 0; index--) {
    const node = around[index]!;
    if (node.type !== 'CallExpression') continue;
    const call = node as CallExpression;
    if (call.callee.end >= at) continue;
    const entry = entryOfCall(understood, call.callee);
    if (entry !== undefined) return signatureOfCall(entry, call, at);
  }
  return undefined;
}

function entryOfCall(understood: Understood, callee: EsNode): LibraryEntry | undefined {
  if (callee.type === 'Identifier') return functionOn('function', (callee as Identifier).name);
  if (callee.type !== 'MemberExpression') return undefined;
  const { object, property } = callee as MemberExpression;
  const kind = kindOfReceiver(understood, object);
  return kind && functionOn(kind, (property as Identifier).name);
}

function signatureOfCall(entry: LibraryEntry, call: CallExpression, at: number): Signature {
  const label = signatureOf(entry);
  const inside = label.slice(label.indexOf('(') + 1, label.lastIndexOf(')'));
  // A parameter that is a function has parentheses and commas of its own.
  const parameters = inside === '' ? [] : inside.split(/, (?=[\w.]+\??: )/);
  const index = call.arguments.findIndex(({ start, end }) => start <= at && at <= end);
  const active = Math.min(index === -1 ? call.arguments.length : index, Math.max(0, parameters.length - 1));
  return { label: `${label}: ${entry.result}`, documentation: entry.semantics, parameters, active };
}
