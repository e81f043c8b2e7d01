// Understands an expression that is half written: as it stands, or with what is missing at its end, or the part around the cursor.

import type { Type } from '../compiler/types.js';
import { CURSOR } from './cursor.js';
import { type Names, parsed, type Understood, understand } from './understand.js';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Understands a text that holds CURSOR; undefined where nothing around it can be parsed. */
export function mended(text: string, names: Names | undefined, locals: ReadonlyMap<string, Type>): Understood | undefined {
  for (const candidate of candidates(text)) {
    if (parsed(candidate) === undefined) continue;
    const understood = understand(candidate, names, locals);
    if (understood !== undefined) return understood;
  }
  return undefined;
}

function* candidates(text: string): Generator<string> {
  yield text;
  const end = text.indexOf(CURSOR) + CURSOR.length;
  const head = text.slice(0, end);
  const { open, starts } = openIn(head);
  yield head + open;
  // What follows the word on its line may close what the rest of the text needs.
  yield `${head}${open} || ${text.slice(end).replace(/^\W*/, '') || 'true'}`;
  // The innermost part that is an expression: behind an operator, a comma or an opening bracket.
  for (const start of starts.reverse()) yield head.slice(start) + openIn(head.slice(start)).open;
}

/** What has to follow a text so that its brackets and quotes are closed, and where parts of it begin. */
function openIn(text: string): { open: string; starts: number[] } {
  const open: string[] = [];
  const starts: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'" || character === '`') {
      let next = at + 1;
      while (next < text.length && text[next] !== character) next += text[next] === '\\' ? 2 : 1;
      if (next >= text.length) {
        open.push(character);
        break;
      }
      at = next;
    } else if (character in CLOSING) {
      open.push(CLOSING[character]!);
      starts.push(at + 1);
    } else if (character === open.at(-1)) open.pop();
    else if (',?:'.includes(character) || text.startsWith('&&', at) || text.startsWith('||', at))
      starts.push(at + (',?:'.includes(character) ? 1 : 2));
  }
  return { open: open.reverse().join(''), starts };
}
