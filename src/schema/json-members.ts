// Parts of a JSON text as texts: what JSON.parse makes of them would no longer say how a decimal was written.

import { endOfText } from './json-text.js';

const SPACE = /[ \t\n\r]*/y;
/** Up to the next text or bracket. */
const PLAIN = /[^"[\]{}]*/y;
/** A number, true, false or null. */
const SCALAR = /[-+.\w]+/y;

/** A place in a text that is JSON. */
export interface JsonPlace {
  readonly text: string;
  at: number;
}

/** The texts of the items of an array. @param text JSON, an array */
export function itemTexts(text: string): string[] {
  const place = { text, at: text.indexOf('[') + 1 };
  const items: string[] = [];
  while (!closes(place, ']')) {
    const start = place.at;
    skipValue(place);
    items.push(text.slice(start, place.at));
  }
  return items;
}

/** The texts of the values of an object by key; of a key that stands twice, the last. @param text JSON, an object */
export function memberTexts(text: string): Map<string, string> {
  const place = { text, at: text.indexOf('{') + 1 };
  const members = new Map<string, string>();
  while (!closes(place, '}')) {
    const key = takeKey(place);
    const start = place.at;
    skipValue(place);
    members.set(key, text.slice(start, place.at));
  }
  return members;
}

/** Takes a closing bracket, if it is next; else what stands before the next item, a comma or nothing. */
export function closes(place: JsonPlace, bracket: string): boolean {
  take(place, SPACE);
  const char = place.text[place.at];
  if (char !== bracket && char !== ',') return false;
  place.at++;
  if (char === bracket) return true;
  take(place, SPACE);
  return false;
}

/** Takes a key and the colon behind it. A text alone is read by the standard, whatever JSON.parse makes of keys (json-text.ts). */
export function takeKey(place: JsonPlace): string {
  const end = endOfText(place.text, place.at) + 1;
  const key = JSON.parse(place.text.slice(place.at, end)) as string;
  place.at = end;
  take(place, SPACE);
  place.at++;
  take(place, SPACE);
  return key;
}

/** Takes a value of any depth. */
export function skipValue(place: JsonPlace): void {
  const { text } = place;
  let depth = 0;
  do {
    const char = text[place.at];
    if (char === '"') place.at = endOfText(text, place.at) + 1;
    else if (char === '{' || char === '[') {
      depth++;
      place.at++;
    } else if (char === '}' || char === ']') {
      depth--;
      place.at++;
    } else take(place, SCALAR);
    if (depth > 0) take(place, PLAIN);
  } while (depth > 0);
}

/** Takes what a pattern (sticky) matches here, which may be nothing. */
export function take(place: JsonPlace, pattern: RegExp): string {
  pattern.lastIndex = place.at;
  const [match = ''] = pattern.exec(place.text) ?? [];
  place.at += match.length;
  return match;
}
