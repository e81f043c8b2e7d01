// Local time by the runtime's own zones: transitions found by asking Intl day by day and halving, 1970 to 2038.

const DAY = 86_400_000;
export const DAY_MICROS = 86_400_000_000n;
const FROM = Date.UTC(1969, 11, 25);
const TO = Date.UTC(2038, 5, 1);

interface Zone {
  /** Milliseconds at which the offset changes, the first 0 for all that is before. */
  from: number[];
  /** Minutes east; fractions where a zone had seconds. */
  offsets: number[];
}

const zones = new Map<string, Zone>();

function makeZone(name: string): Zone {
  if (name === 'UTC') return { from: [-Infinity], offsets: [0] };
  const part = 'numeric' as const;
  const options = { year: part, month: part, day: part, hour: part, minute: part, second: part } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...options });
  const offsetAt = (millis: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(millis)) parts[type] = Number(value);
    return Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!) - millis;
  };
  const zone: Zone = { from: [-Infinity], offsets: [offsetAt(FROM)] };
  const step = 7 * DAY;
  for (let at = FROM; at < TO; at += step) {
    let left = at;
    for (;;) {
      const before = zone.offsets.at(-1)!;
      if (offsetAt(at + step) === before) break;
      let low = left;
      let high = at + step;
      while (high - low > 1000) {
        const middle = low + Math.floor((high - low) / 2000) * 1000;
        if (offsetAt(middle) === before) low = middle;
        else high = middle;
      }
      zone.from.push(high);
      zone.offsets.push(offsetAt(high));
      left = high;
    }
  }
  return zone;
}

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = makeZone(name);
    zones.set(name, zone);
  }
  return zone;
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** Milliseconds east of UTC at a moment. */
function offsetOf(zone: Zone, micros: bigint): number {
  const millis = Number(floorDivide(micros, 1000n));
  let low = 0;
  let high = zone.from.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (zone.from[middle]! <= millis) low = middle;
    else high = middle;
  }
  return zone.offsets[low]!;
}

/** Microseconds that a clock on the wall shows, counted as if it showed UTC. */
export function localMicros(micros: bigint, zone: string): bigint {
  return micros + BigInt(offsetOf(zoneOf(zone), micros)) * 1000n;
}

/** The first moment at which a day (since 1970-01-01) or a later one is there. */
export function startOfDate(days: bigint, name: string): bigint {
  const zone = zoneOf(name);
  const wall = days * DAY_MICROS;
  const found: bigint[] = [];
  for (const offset of new Set(zone.offsets)) {
    const moment = wall - BigInt(offset) * 1000n;
    if (offsetOf(zone, moment) === offset) found.push(moment);
  }
  // A transition that jumps over midnight, or to a time behind it, begins the day too.
  for (const [index, from] of zone.from.entries()) {
    if (index === 0) continue;
    const moment = BigInt(from) * 1000n;
    const before = moment + BigInt(zone.offsets[index - 1]!) * 1000n;
    const after = moment + BigInt(zone.offsets[index]!) * 1000n;
    if (before <= wall && after > wall) found.push(moment);
  }
  return found.sort((a, b) => (a < b ? -1 : 1))[0]!;
}

export interface CalendarParts {
  year: number;
  month: number;
  day: number;
  /** Monday is 1. */
  dayOfWeek: number;
  dayOfYear: number;
}

/** Parts of a day, by the runtime's calendar. */
export function partsOfDay(days: bigint): CalendarParts {
  const date = new Date(Number(days) * DAY);
  const year = date.getUTCFullYear();
  const newYear = new Date(0).setUTCFullYear(year, 0, 1);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfWeek: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
    dayOfYear: Math.round((date.getTime() - newYear) / DAY) + 1,
  };
}
