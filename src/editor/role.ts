// What a scalar of a document is for, by its path: an expression, a cell, a name, a reason code. One place says it for completion,
// hover, references, tokens and formatting.

import type { DocumentKind } from '../bundle/schemas.js';
import type { FileKind } from './document-kind.js';
import type { Key } from './document-tree.js';
import type { TableShape } from './table-shape.js';

export type Role =
  /** An expression; `condition` where it must be a boolean. */
  | { kind: 'expression'; condition: boolean }
  /** A cell that tests the value of an expression. */
  | { kind: 'test'; input: string }
  /** A cell of an output of a table; `column` is undefined where the table says nothing of it. */
  | { kind: 'result'; column: string | undefined }
  | { kind: 'reason' }
  /** The path of a field of the model. */
  | { kind: 'field' };

/** The role of a value, or of a key where the key itself is an expression. @param shape of the table that the document is */
export function roleOf(kind: FileKind, path: readonly Key[], isKey: boolean, shape: TableShape | undefined): Role | undefined {
  if (isKey) return kind === 'input' && path.length === 2 && path[0] === 'columns' ? { kind: 'field' } : undefined;
  switch (kind as DocumentKind | 'outputs') {
    case 'rules':
      if (path.length === 2 && path[1] === 'when') return { kind: 'expression', condition: true };
      return path.length === 3 && path[1] === 'then' && path[2] === 'reason' ? { kind: 'reason' } : undefined;
    case 'features':
      return caseRole(path);
    case 'outputs':
      if (path.length === 2 && path[1] === 'each') return { kind: 'expression', condition: false };
      return path.length === 3 && path[1] === 'values' ? { kind: 'expression', condition: false } : caseRole(path);
    case 'table':
      return tableRole(path, shape);
    case 'scorecard':
      return scorecardRole(path, shape);
    case 'ensemble':
      if (path[0] === 'inputs' && (path.length === 2 || (path.length === 3 && path[2] === 'value')))
        return { kind: 'expression', condition: false };
      return path[0] === 'reasons' && path[1] === 'codes' && path.length === 3 ? { kind: 'reason' } : undefined;
    case 'parameters':
      return path[0] === 'values' && path[2] === 'type' && path[3] === 'enum' ? { kind: 'field' } : undefined;
    case 'tests':
      return path.length === 4 && path[1] === 'expect' && path[2] === 'reasons' ? { kind: 'reason' } : undefined;
    default:
      return undefined;
  }
}

function caseRole(path: readonly Key[]): Role | undefined {
  if (path.length === 2 && path[1] === 'value') return { kind: 'expression', condition: false };
  if (path.length !== 4 || path[1] !== 'cases') return undefined;
  if (path[3] === 'when') return { kind: 'expression', condition: true };
  return path[3] === 'value' ? { kind: 'expression', condition: false } : undefined;
}

function tableRole(path: readonly Key[], shape: TableShape | undefined): Role | undefined {
  const [part, at, below, last] = path;
  if (part === 'inputs' && (path.length === 2 || (path.length === 3 && below === 'value')))
    return { kind: 'expression', condition: false };
  if (part === 'outputs') {
    if (path.length === 3 && below === 'default') return { kind: 'result', column: shape?.outputs[Number(at)]?.name };
    if (path.length === 4 && below === 'values') return { kind: 'result', column: shape?.outputs[Number(at)]?.name };
    return path.length === 4 && below === 'type' && last === 'field' ? { kind: 'field' } : undefined;
  }
  if (part !== 'rows' || path.length !== 4 || shape === undefined) return undefined;
  if (below === 'when') {
    const input =
      typeof last === 'number' ? shape.inputs[last] : shape.inputs.find(({ label, value }) => label === last || value === last);
    return { kind: 'test', input: input?.value ?? '' };
  }
  if (below !== 'then') return undefined;
  return { kind: 'result', column: typeof last === 'number' ? shape.outputs[last]?.name : last };
}

function scorecardRole(path: readonly Key[], shape: TableShape | undefined): Role | undefined {
  if (path[0] !== 'characteristics') return undefined;
  if (path.length === 3 && path[2] === 'input') return { kind: 'expression', condition: false };
  if (path.at(-1) === 'reason') return { kind: 'reason' };
  if (path.length === 5 && path[2] === 'attributes' && path[4] === 'when')
    return { kind: 'test', input: shape?.inputs[Number(path[1])]?.value ?? '' };
  return undefined;
}
