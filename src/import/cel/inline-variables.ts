// Expressions that read variables of a policy, `variables.NAME`, with the expressions of these in their place.

import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { NamedExpression } from './named-expression.js';
import { type CelNode, type CelSpan, childrenOf } from './syntax/ast.js';
import { freeNames } from './syntax/free-names.js';
import { parseCel } from './syntax/parse.js';

const VARIABLES = 'variables';
/** A chain of variables that each read the one before twice doubles with each. */
const TEXT_CHARS_MAX = 65_536;

/** What a piece of the text that is written stands for in the text that was read. */
interface Piece {
  readonly at: CelSpan;
  readonly from: CelSpan;
  readonly isCopied: boolean;
}

/**
 * The expressions, each with the variables that stand before it written out in it; faults go into the bag.
 * @param variables in their order: each may read those before it
 */
export function inlineVariables(
  variables: readonly NamedExpression[],
  expressions: readonly NamedExpression[],
  bag: DiagnosticBag,
): NamedExpression[] {
  const known = new Map<string, string>();
  for (const variable of variables) {
    const inlined = inlineIn(variable, known, bag);
    if (inlined !== undefined) known.set(variable.name, inlined.text);
  }
  return expressions.flatMap((expression) => inlineIn(expression, known, bag) ?? []);
}

/** Where an expression reads a variable, and the macros around it. */
interface Read {
  readonly node: CelNode & { readonly kind: 'select' };
  /** Names that macros around it declare. */
  readonly declared: readonly string[];
}

function inlineIn(
  expression: NamedExpression,
  known: ReadonlyMap<string, string>,
  bag: DiagnosticBag,
): NamedExpression | undefined {
  const parsed = parseCel(expression.text);
  // whoever translates it says what is wrong with it
  if ('fault' in parsed) return expression;
  const reads = readsIn(parsed.node, []);
  if (reads.length === 0) return expression;
  const wrong = reads.filter((read) => !isSound(read, expression, known, bag));
  return wrong.length > 0 ? undefined : withVariables(expression, reads, known, bag);
}

/** In the order of the text. */
function readsIn(node: CelNode, declared: readonly string[]): Read[] {
  if (node.kind === 'select' && node.target.kind === 'name' && node.target.name === VARIABLES && !declared.includes(VARIABLES))
    return [{ node, declared }];
  const own = node.kind === 'macro' ? node.variables : node.kind === 'bind' ? [node.variable] : [];
  return childrenOf(node).flatMap((child) => {
    const isInside = (node.kind === 'macro' && child !== node.target) || (node.kind === 'bind' && child === node.body);
    return readsIn(child, isInside ? [...declared, ...own] : declared);
  });
}

function isSound(
  { node, declared }: Read,
  expression: NamedExpression,
  known: ReadonlyMap<string, string>,
  bag: DiagnosticBag,
): boolean {
  const text = known.get(node.field);
  if (text === undefined) {
    const message = `the policy has no variable \`${node.field}\` before this`;
    bag.error('V7002', expression.spanOf(node), message, 'declare it under `variables`');
    return false;
  }
  const inner = parseCel(text);
  const caught = 'fault' in inner ? undefined : declared.find((name) => freeNames(inner.node).has(name));
  if (caught === undefined) return true;
  const message = `\`${caught}\` is something else inside of \`${VARIABLES}.${node.field}\``;
  bag.error('V7002', expression.spanOf(node), message, 'rename the variable of the macro');
  return false;
}

function withVariables(
  expression: NamedExpression,
  reads: readonly Read[],
  known: ReadonlyMap<string, string>,
  bag: DiagnosticBag,
): NamedExpression | undefined {
  const pieces: Piece[] = [];
  let text = '';
  let read = 0;
  const take = (written: string, from: CelSpan, isCopied: boolean): void => {
    pieces.push({ at: { start: text.length, end: text.length + written.length }, from, isCopied });
    text += written;
    read = from.end;
  };
  for (const { node } of reads) {
    take(expression.text.slice(read, node.start), { start: read, end: node.start }, true);
    take(`(${known.get(node.field)})`, node, false);
  }
  take(expression.text.slice(read), { start: read, end: expression.text.length }, true);
  if (text.length > TEXT_CHARS_MAX) {
    const whole = expression.spanOf({ start: 0, end: expression.text.length });
    bag.error('V7002', whole, 'with its variables written out it is too long', 'read each of them less often');
    return undefined;
  }
  const spanOf = ({ start, end }: CelSpan): Span =>
    expression.spanOf({ start: placeOf(start, pieces, 'start'), end: placeOf(end, pieces, 'end') });
  return { ...expression, text, spanOf };
}

/** The offset in the text that was read; within a variable, an end of what reads it. */
function placeOf(offset: number, pieces: readonly Piece[], side: 'start' | 'end'): number {
  const piece = pieces.find(({ at }) => (side === 'start' ? offset < at.end : offset <= at.end)) ?? pieces.at(-1)!;
  return piece.isCopied ? piece.from.start + (offset - piece.at.start) : piece.from[side];
}
