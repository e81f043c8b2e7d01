// What takes of the room for texts that are made while a program runs.

import { makesText } from './emit-call.js';
import { type Ir, visit } from './ir.js';

/** True where a text is made at run time. */
export function joinsTexts(ir: Ir): boolean {
  let found = false;
  visit(ir, (node) => {
    found ||=
      node.op === 'concat' ||
      (node.op === 'call' && makesText(node.function)) ||
      (node.op === 'walk' && node.source.kind === 'pieces');
  });
  return found;
}
