// V8 also looks between the two halves of a pair when it searches, against the standard: there only the empty text can match,
// with no word character on either side. So `\B` alone is found in a text of one emoji. A rule means what V8 says.

import { PatternOp } from '../../../assembly/shared/pattern.js';
import { pointsBetween } from '../unicode/code-points.js';
import type { PatternNode } from './node.js';

/** A pattern that also matches each character beyond U+FFFF, if the given one would match inside of it. */
export function withInsideOfPairs(root: PatternNode): PatternNode {
  if (!matchesEmpty(root, true) || matchesEmpty(root, false)) return root;
  return { kind: 'choice', items: [root, { kind: 'set', set: pointsBetween(0x10000, 0x10ffff) }] };
}

/** Whether a node matches the empty text between any two characters; `\B` holds between them or not. */
function matchesEmpty(node: PatternNode, betweenNoWords: boolean): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assertion':
      return betweenNoWords && node.op === PatternOp.NOT_AT_WORD;
    case 'sequence':
      return node.items.every((item) => matchesEmpty(item, betweenNoWords));
    case 'choice':
      return node.items.some((item) => matchesEmpty(item, betweenNoWords));
    case 'repeat':
      return node.min === 0 || matchesEmpty(node.item, betweenNoWords);
  }
}
