// Where in a JSON text the values of errors stand. What reads payloads knows no places: the text is read once more, and only when
// something is wrong with it.

import type { PayloadError } from '../errors.js';
import { closes, type JsonPlace, skipValue, take, takeKey } from './json-members.js';

const SPACE = /[ \t\n\r]*/y;

/** The steps of pointers that begin alike, once. */
interface Step {
  readonly next: Map<string, Step>;
  /** In UTF-16 code units; undefined where the text has no such value. */
  at: number | undefined;
}

/** An object or array that is open. */
interface Open {
  readonly step: Step;
  readonly bracket: '}' | ']';
  index: number;
}

/**
 * Gives each error the offset of its value in the text, in bytes of UTF-8: of a key that stands twice, the last; of a value that is
 * absent, that of the object in which it is missing. Takes time linear in the text and the pointers, whatever their depth.
 *
 * @param text JSON
 */
export function addOffsets(text: string, errors: readonly PayloadError[]): void {
  const root: Step = { next: new Map(), at: undefined };
  const ways = errors.map(({ pointer }) => wayTo(root, pointer));
  locate(text, root);
  const places = ways.map((steps) => steps.findLast(({ at }) => at !== undefined)?.at ?? 0);
  const bytes = byteOffsets(text, places);
  for (const [i, error] of errors.entries()) error.offset = bytes.get(places[i]!)!;
}

/** The steps of a pointer, the root first. */
function wayTo(root: Step, pointer: string): Step[] {
  const steps = [root];
  for (const token of pointer.split('/').slice(1)) {
    const { next } = steps.at(-1)!;
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = next.get(name) ?? { next: new Map<string, Step>(), at: undefined };
    next.set(name, step);
    steps.push(step);
  }
  return steps;
}

/** Notes where the values of all steps begin. */
function locate(text: string, root: Step): void {
  const place: JsonPlace = { text, at: 0 };
  take(place, SPACE);
  const open: Open[] = [];
  enter(place, root, open);
  while (open.length > 0) {
    const inner = open.at(-1)!;
    if (closes(place, inner.bracket)) open.pop();
    else enter(place, inner.step.next.get(inner.bracket === '}' ? takeKey(place) : String(inner.index++)), open);
  }
}

/** The value that is next: opened where something in it is looked for. */
function enter(place: JsonPlace, step: Step | undefined, open: Open[]): void {
  if (step !== undefined) step.at = place.at;
  const char = place.text[place.at];
  if (step === undefined || step.next.size === 0 || (char !== '{' && char !== '[')) {
    skipValue(place);
    return;
  }
  open.push({ step, bracket: char === '{' ? '}' : ']', index: 0 });
  place.at++;
}

/** Places in code units as places in bytes. */
function byteOffsets(text: string, places: readonly number[]): Map<number, number> {
  const offsets = new Map<number, number>();
  let from = 0;
  let bytes = 0;
  for (const at of [...new Set(places)].sort((a, b) => a - b)) {
    bytes += Buffer.byteLength(text.slice(from, at));
    from = at;
    offsets.set(at, bytes);
  }
  return offsets;
}
