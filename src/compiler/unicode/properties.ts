// General categories and scripts: what `\p{...}` of a regular expression may name.

import { complementOf, NO_POINTS, POINTS_END, type PointSet, pointsBetween } from './code-points.js';
import { CATEGORIES, SCRIPTS } from './generated/tables.js';
import { unpackSet } from './unpack.js';

function byName(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([names, packed]) => names.split(' ').map((name) => [name, packed] as const)));
}

const categories = byName(CATEGORIES);
const scripts = byName(SCRIPTS);

/** The code points of a general category by any of its names; undefined where there is none. */
export function categoryPoints(name: string): PointSet | undefined {
  const packed = categories.get(name);
  return packed === undefined ? undefined : unpackSet(packed);
}

/** The code points of a script by any of its names; undefined where there is none. */
export function scriptPoints(name: string): PointSet | undefined {
  const packed = scripts.get(name);
  return packed === undefined ? undefined : unpackSet(packed);
}

/** The code points of the properties that need no table: `Any`, `ASCII`, `Assigned`; undefined for every other. */
export function simplePoints(name: string): PointSet | undefined {
  if (name === 'Any') return pointsBetween(0, POINTS_END - 1);
  if (name === 'ASCII') return pointsBetween(0, 0x7f);
  return name === 'Assigned' ? complementOf(categoryPoints('Cn') ?? NO_POINTS) : undefined;
}
