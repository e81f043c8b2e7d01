// Changes to JSON values: what they make is JSON again, and most of it is still accepted, so that what lies behind the first checks
// is reached too.

import type { Random } from './random.js';

const NUMBERS = [0, -0, 1, -1, 0.5, 0.01, 12.34, -0.005, 1e21, 1e-7, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 99999999.99, 7];
const TEXTS = [
  '',
  'x',
  'é',
  '😀',
  '\u2028',
  '\0',
  '"',
  '\\',
  '\ud83d',
  '__proto__',
  '2026-01-31',
  '2026-01-31T08:30:00.5Z',
  '12.34',
  '12.345',
  '\u0800',
];

/** Where a value stands. */
interface Place {
  holder: Record<string, unknown> | unknown[];
  step: string | number;
}

/**
 * The JSON text of a changed value; undefined where the text is no JSON object or array.
 *
 * @param names keys that members are given
 */
export function mutateJson(text: string, random: Random, names: readonly string[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (let left = 1 + random.below(3); left > 0; left--) {
    const places = placesOf(value);
    if (places.length === 0) break;
    change(random.pick(places), random, places, names);
  }
  const changed = JSON.stringify(value);
  return random.chance(20) ? changed.replace(/[^ -~]/g, escaped) : changed;
}

/** A code unit as JSON escapes it. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Everything below a value, itself aside. */
function placesOf(value: object): Place[] {
  const places: Place[] = [];
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const holder = next as Record<string, unknown> | unknown[];
    const steps = Array.isArray(holder) ? holder.keys() : Object.keys(holder);
    for (const step of steps) {
      places.push({ holder, step });
      const entry = read({ holder, step });
      if (typeof entry === 'object' && entry !== null) open.push(entry);
    }
  }
  return places;
}

const read = ({ holder, step }: Place): unknown => (holder as Record<string | number, unknown>)[step];

function write({ holder, step }: Place, entry: unknown): void {
  // `__proto__` is a key like others.
  Object.defineProperty(holder, step, { value: entry, enumerable: true, configurable: true, writable: true });
}

function change(place: Place, random: Random, places: readonly Place[], names: readonly string[]): void {
  const { holder, step } = place;
  const entry = read(place);
  const roll = random.below(100);
  if (roll < 10) {
    if (Array.isArray(holder)) holder.splice(Number(step), 1);
    else delete holder[step];
  } else if (roll < 20) write(place, structuredClone(read(random.pick(places))));
  else if (roll < 30) {
    if (Array.isArray(holder)) holder.splice(Number(step), 0, structuredClone(entry));
    else write({ holder, step: random.pick(names) }, structuredClone(entry));
  } else if (roll < 33) write(place, null);
  else if (typeof entry === 'string') write(place, changeText(entry, random));
  else if (typeof entry === 'number') write(place, random.chance(50) ? random.pick(NUMBERS) : entry + random.below(33) - 16);
  else if (typeof entry === 'boolean') write(place, !entry);
  else write(place, random.pick([random.pick(NUMBERS), random.pick(TEXTS), true, [], {}]));
}

/** A character put in, over another or away; seldom another text. */
function changeText(text: string, random: Random): string {
  if (random.chance(10)) return random.pick(TEXTS);
  const at = random.below(text.length + 1);
  const typed = random.chance(10) ? random.pick(TEXTS) : String.fromCharCode(32 + random.below(95));
  const removed = random.chance(50) ? 1 : 0;
  return text.slice(0, at) + (random.chance(15) ? '' : typed) + text.slice(at + removed);
}
