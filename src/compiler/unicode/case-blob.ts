// The table of case mappings that an image carries where its rules map case: assembly/shared/case.ts draws it.

import * as at from '../../../assembly/shared/case.js';
import { POINTS_END } from './code-points.js';
import { CASE_TABLES, UNICODE_VERSION } from './generated/tables.js';
import { unpack, unpackSet } from './unpack.js';

export { UNICODE_VERSION };

/** Code points that are mapped alike: those from `first` to `last` by `step`; step 0: `first` becomes `expansion`. */
interface CaseRange {
  first: number;
  last: number;
  step: number;
  delta: number;
  expansion?: string;
}

let made: Uint8Array | undefined;

/** The blob; the same bytes each time. */
export function caseBlob(): Uint8Array {
  made ??= makeBlob();
  return made;
}

/** Ranges in rising order, from the packed tables of one direction. */
function rangesOf(single: string, several: string): CaseRange[] {
  const ranges: CaseRange[] = [];
  const numbers = unpack(single);
  let first = 0;
  for (let index = 0; index < numbers.length; index += 4) {
    const [distance, count, step, difference] = numbers.slice(index, index + 4) as [number, number, number, number];
    first += distance;
    ranges.push({
      first,
      last: first + (count - 1) * step,
      step,
      delta: difference % 2 === 1 ? -(difference + 1) / 2 : difference / 2,
    });
  }
  const points = unpack(several);
  for (let index = 0; index < points.length; index += 2 + points[index + 1]!) {
    const point = points[index]!;
    const expansion = String.fromCodePoint(...points.slice(index + 2, index + 2 + points[index + 1]!));
    ranges.push({ first: point, last: point, step: 0, delta: 0, expansion });
  }
  return ranges.sort((a, b) => a.first - b.first);
}

/** What each code point is to a sigma near it: the borders where that changes, as the blob has them. */
function kinds(): number[] {
  const cased = unpackSet(CASE_TABLES.cased);
  const ignorable = unpackSet(CASE_TABLES.ignorable);
  const borders = [...new Set([0, ...cased, ...ignorable])].filter((border) => border < POINTS_END).sort((a, b) => a - b);
  const has = (set: readonly number[], point: number): boolean => set.filter((border) => border <= point).length % 2 === 1;
  const runs: number[] = [];
  let last = -1;
  for (const border of borders) {
    const kind = has(ignorable, border) ? at.CaseKind.IGNORABLE : has(cased, border) ? at.CaseKind.CASED : at.CaseKind.NONE;
    if (kind !== last) runs.push(border + kind * 2 ** 24);
    last = kind;
  }
  return runs;
}

function makeBlob(): Uint8Array {
  const lower = rangesOf(CASE_TABLES.lower, CASE_TABLES.lowerSeveral);
  const upper = rangesOf(CASE_TABLES.upper, CASE_TABLES.upperSeveral);
  const runs = kinds();
  const expansions = Buffer.from([...lower, ...upper].map(({ expansion }) => expansion ?? '').join(''), 'utf8');
  const rangeBytes = (lower.length + upper.length) * at.CASE_RANGE_BYTES;
  const expansionsAt = at.CASE_RANGES + rangeBytes + runs.length * at.CASE_KIND_BYTES;
  const blob = new Uint8Array((expansionsAt + expansions.length + 7) & ~7);
  const view = new DataView(blob.buffer);
  const [major, minor] = UNICODE_VERSION.split('.').map(Number) as [number, number];
  view.setUint32(at.CASE_UNICODE, (major << 16) | minor, true);
  view.setUint32(at.CASE_LOWER_COUNT, lower.length, true);
  view.setUint32(at.CASE_UPPER_COUNT, upper.length, true);
  view.setUint32(at.CASE_KIND_COUNT, runs.length, true);
  view.setUint32(at.CASE_EXPANSION_BYTES, expansions.length, true);
  for (let point = 0; point < 128; point++) {
    const kind = runs.filter((run) => run % 2 ** 24 <= point).at(-1)!;
    blob[at.CASE_ASCII_KINDS + point] = kind / 2 ** 24;
  }
  let base = at.CASE_RANGES;
  let expanded = 0;
  for (const { first, last, step, delta, expansion } of [...lower, ...upper]) {
    view.setUint32(base + at.CASE_FIRST, first, true);
    view.setUint32(base + at.CASE_LAST, last + step * 2 ** 24, true);
    const bytes = Buffer.byteLength(expansion ?? '');
    view.setUint32(base + at.CASE_DELTA, expansion === undefined ? delta >>> 0 : expanded + bytes * 2 ** 16, true);
    expanded += bytes;
    base += at.CASE_RANGE_BYTES;
  }
  for (const run of runs) {
    view.setUint32(base, run, true);
    base += at.CASE_KIND_BYTES;
  }
  blob.set(expansions, expansionsAt);
  return blob;
}
