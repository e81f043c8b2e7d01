// Whether a regular expression matches a constant text: all positions at once, so that no pattern takes exponential time.

import { PatternOp } from '../../../../assembly/shared/pattern.js';
import { PatternFault } from '../../../compiler/pattern/fault.js';
import type { PatternNode } from '../../../compiler/pattern/node.js';
import { parsePattern, WORD_POINTS } from '../../../compiler/pattern/syntax.js';
import type { PointSet } from '../../../compiler/unicode/code-points.js';
import { PatternRefusal, patternOf } from '../pattern.js';
import { CelError } from '../value/value.js';
import type { Budget } from './budget.js';

/** Whether a pattern of RE2 matches somewhere in a text. Throws CelError for patterns that have no counterpart. */
export function matchesPattern(text: string, re2: string, budget: Budget): boolean {
  const points = Array.from(text, (point) => point.codePointAt(0)!);
  const everywhere = new Set(Array.from({ length: points.length + 1 }, (_, index) => index));
  try {
    return endsOf(parsePattern(patternOf(re2)), everywhere, points, budget).size > 0;
  } catch (error) {
    if (error instanceof PatternRefusal || error instanceof PatternFault) throw new CelError('limit', error.message);
    throw error;
  }
}

/** Where a node may end that begins at any of these positions. */
function endsOf(node: PatternNode, starts: ReadonlySet<number>, points: readonly number[], budget: Budget): ReadonlySet<number> {
  budget.spend(starts.size + 1);
  switch (node.kind) {
    case 'set':
      return new Set([...starts].filter((at) => at < points.length && contains(node.set, points[at]!)).map((at) => at + 1));
    case 'assertion':
      return new Set([...starts].filter((at) => holds(node.op, points, at)));
    case 'sequence':
      return node.items.reduce((ends, item) => endsOf(item, ends, points, budget), starts);
    case 'choice':
      return new Set(node.items.flatMap((item) => [...endsOf(item, starts, points, budget)]));
    case 'repeat':
      return repeatEnds(node, starts, points, budget);
  }
}

function repeatEnds(
  { item, min, max }: PatternNode & { kind: 'repeat' },
  starts: ReadonlySet<number>,
  points: readonly number[],
  budget: Budget,
): ReadonlySet<number> {
  let ends = starts;
  for (let count = 0; count < min; count++) ends = endsOf(item, ends, points, budget);
  const all = new Set(ends);
  for (let count = min; count < max && ends.size > 0; count++) {
    ends = new Set([...endsOf(item, ends, points, budget)].filter((at) => !all.has(at)));
    for (const at of ends) all.add(at);
  }
  return all;
}

function holds(op: PatternOp, points: readonly number[], at: number): boolean {
  if (op === PatternOp.AT_START) return at === 0;
  if (op === PatternOp.AT_END) return at === points.length;
  const isWord = (index: number): boolean => index >= 0 && index < points.length && contains(WORD_POINTS, points[index]!);
  return (isWord(at - 1) !== isWord(at)) === (op === PatternOp.AT_WORD);
}

/** A point is inside where an odd number of the set's borders is not above it. */
function contains(set: PointSet, point: number): boolean {
  const above = set.findIndex((border) => border > point);
  return (above === -1 ? set.length : above) % 2 === 1;
}
