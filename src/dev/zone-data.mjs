// Generates src/compiler/zones/generated/zone-data.ts from the IANA time zone data that the development dependency moment-timezone
// packs (transitions up to the year 2499). The output is committed: users install no time zone package, and a new version of the
// data is a new version of that package and a run of this script.
//
//   node src/dev/zone-data.mjs           writes
//   node src/dev/zone-data.mjs --check   fails where the committed file differs

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'compiler', 'zones', 'generated', 'zone-data.ts');
const data = createRequire(import.meta.url)('moment-timezone/data/packed/latest.json');

const DAY = 86400;
/** Cycles begin no earlier, so that moments of the coming years are looked up as they are. */
const CYCLE_YEAR_MIN = 2026;
const CYCLE_YEARS = 28;
const CALENDARS = 14;
/** The last year of which the package has every transition. */
const YEAR_LAST = 2498;

/** A digit of base 60: 0-9 a-z A-X. */
function digit(code) {
  return code > 96 ? code - 87 : code > 64 ? code - 29 : code - 48;
}

/** Minutes in base 60, with a fraction of a minute, as seconds. */
function seconds(text) {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  let value = 0;
  for (const char of whole) value = value * 60 + digit(char.charCodeAt(0));
  if (fraction.length > 1) throw new Error(`finer than seconds: ${text}`);
  value = value * 60 + (fraction === '' ? 0 : digit(fraction.charCodeAt(0)));
  return text.startsWith('-') ? -value : value;
}

/** One packed zone: offsets in seconds east of UTC, transitions in seconds since 1970, only those that change the offset. */
function unpack(line) {
  const [name, , offsetText, indices, untilText] = line.split('|');
  const offsets = offsetText.split(' ').map((text) => 0 - seconds(text));
  const segments = [...indices].map((char) => offsets[digit(char.charCodeAt(0))]);
  const transitions = [];
  let moment = 0;
  let offset = segments[0];
  const untils = untilText === '' ? [] : untilText.split(' ');
  if (untils.length !== segments.length - 1)
    throw new Error(`${name}: ${untils.length} transitions of ${segments.length} segments`);
  untils.forEach((text, index) => {
    moment += seconds(text);
    if (segments[index + 1] !== offset) transitions.push({ moment, offset: segments[index + 1] });
    offset = segments[index + 1];
  });
  return { name, first: segments[0], transitions };
}

function firstDay(year) {
  return Date.UTC(year, 0, 1) / 1000 / DAY;
}

/** Weekday of the first of January and whether the year is leap. */
function calendar(year) {
  const first = firstDay(year);
  return `${(((first + 4) % 7) + 7) % 7}${firstDay(year + 1) - first === 366 ? 'L' : ''}`;
}

/** The first year from which on a year's transitions follow from its calendar, and 28 years have all; 0 where none is left. */
function cycleYear({ name, transitions }) {
  const byYear = new Map();
  for (const { moment, offset } of transitions) {
    const year = new Date(moment * 1000).getUTCFullYear();
    byYear.set(year, `${byYear.get(year) ?? ''} ${moment - firstDay(year) * DAY}:${offset}`);
  }
  const last = transitions.at(-1);
  if (last === undefined || last.moment < firstDay(CYCLE_YEAR_MIN) * DAY) return 0;
  // From the end backwards, for as long as each calendar has one pattern.
  const patterns = new Map();
  let start = YEAR_LAST + 1;
  while (start > CYCLE_YEAR_MIN) {
    const key = calendar(start - 1);
    const pattern = byYear.get(start - 1) ?? '';
    if (patterns.has(key) && patterns.get(key) !== pattern) break;
    patterns.set(key, pattern);
    start--;
  }
  if ([...patterns.values()].every((pattern) => pattern === '')) return 0;
  while (new Set(Array.from({ length: CYCLE_YEARS }, (_, index) => calendar(start + index))).size < CALENDARS) start++;
  if (start > 2400) throw new Error(`${name}: no cycle`);
  for (const { moment } of transitions) {
    const year = new Date(moment * 1000).getUTCFullYear();
    const edge = Math.min(moment - firstDay(year) * DAY, firstDay(year + 1) * DAY - moment);
    if (year >= start - 1 && edge < 2 * DAY) throw new Error(`${name}: a transition at the end of ${year}`);
  }
  return start;
}

/** name|cycle year|offsets|index of each segment's offset, base 36|seconds from each transition to the next, base 36 */
function pack(zone) {
  const cycle = cycleYear(zone);
  const end = cycle === 0 ? Number.POSITIVE_INFINITY : firstDay(cycle + CYCLE_YEARS) * DAY;
  const kept = zone.transitions.filter(({ moment }) => moment < end);
  const offsets = [...new Set([zone.first, ...kept.map(({ offset }) => offset)])];
  const indices = [zone.first, ...kept.map(({ offset }) => offset)].map((offset) => offsets.indexOf(offset).toString(36));
  const steps = kept.map(({ moment }, index) => (moment - (kept[index - 1]?.moment ?? 0)).toString(36));
  return [zone.name, cycle, offsets.join(' '), indices.join(''), steps.join(' ')].join('|');
}

const compare = (left, right) => (left < right ? -1 : left > right ? 1 : 0);
const zones = data.zones.map((line) => pack(unpack(line))).sort(compare);
const links = data.links.sort(compare);
const text = `// Generated from moment-timezone by src/dev/zone-data.mjs (npm run generate): do not edit.

/** Version of the IANA time zone data. */
export const VERSION = '${data.version}';

/**
 * A zone a line: name|cycle year|offsets in seconds east of UTC|the offset of each segment, base 36|seconds from each transition to
 * the next, the first from 1970, base 36.
 */
export const ZONES = \`
${zones.join('\n')}
\`;

/** An alias a line: zone|alias. */
export const LINKS = \`
${links.join('\n')}
\`;
`;

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error(`${target} is not what moment-timezone gives (run npm run generate)`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
