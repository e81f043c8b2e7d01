// Time zones against the runtime's own (Intl) for every zone from 1970 to 2037, against the packed source of the data up to 2498,
// and the starts of days against a definition of them. Set VERDICT_SEED to run another series.

import moment from 'moment-timezone';
import { beforeAll, describe, expect, test } from 'vitest';
import { FunctionId } from '#assembly/shared/function.js';
import { ZONE_DATA_VERSION, zoneBlob, zoneNames } from '#src/compiler/zones/zone-blob.js';
import { type AssemblyModule, assemblyModule } from '../../lib/assembly-module.js';
import { Random } from '../../lib/expression-model.js';
import { testSeed } from '../../lib/model.js';

interface Calls {
  verifyZone(blob: number, bytes: number): number;
  timePart(id: FunctionId, micros: bigint, zone: number): number;
  timeDate(micros: bigint, zone: number): bigint;
  timeStartOfDay(micros: bigint, zone: number): bigint;
  timeEndOfDay(micros: bigint, zone: number): bigint;
  dateStart(days: bigint, zone: number): bigint;
}

const SECOND = 1_000_000n;
const DAY_SECONDS = 86_400;
const DAY = 86_400n * SECOND;
const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);
const TIME_PARTS = [
  FunctionId.TIME_YEAR,
  FunctionId.TIME_MONTH,
  FunctionId.TIME_DAY,
  FunctionId.TIME_HOUR,
  FunctionId.TIME_MINUTE,
  FunctionId.TIME_SECOND,
  FunctionId.TIME_DAY_OF_WEEK,
  FunctionId.TIME_DAY_OF_YEAR,
] as const;

let module: AssemblyModule;
let call: Calls;
beforeAll(async () => {
  module = await assemblyModule("export * from './assembly/functions/zone';");
  call = module.call as unknown as Calls;
});

/** Lays a blob at the very end of the memory, so that reading behind it traps. @returns its address */
function place(blob: Uint8Array): number {
  const at = module.bytes.length - blob.length;
  module.bytes.set(blob, at);
  return at;
}

function load(name: string): number {
  const blob = zoneBlob(name);
  if (blob === undefined) throw new Error(`no zone ${name}`);
  const at = place(blob);
  expect(call.verifyZone(at, blob.length), name).toBe(1);
  return at;
}

/** Seconds since 1970 -> what the zone's clock shows, as if it were UTC, by all six parts. */
function shown(seconds: number, zone: number): number {
  const micros = BigInt(seconds) * SECOND;
  const [year, month, day, hour, minute, second] = TIME_PARTS.slice(0, 6).map((id) => call.timePart(id, micros, zone));
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) / 1000;
}

/** Names whose blob is that of a name before: looked at less often. */
const aliases = new Set<string>();
const contents = new Set<string>();
for (const name of zoneNames()) {
  const content = Buffer.from(zoneBlob(name)!).toString('latin1');
  if (contents.has(content)) aliases.add(name);
  contents.add(content);
}

interface Segment {
  /** Seconds since 1970; -Infinity and Infinity at the ends. */
  start: number;
  end: number;
  /** Seconds east of UTC. */
  offset: number;
}

/** The zone's segments by moment-timezone's own reading of its data, which reaches to 2499. */
function segments(name: string): Segment[] {
  const { untils, offsets } = moment.tz.zone(name)!;
  return offsets.map((offset, index) => ({
    start: index === 0 ? Number.NEGATIVE_INFINITY : untils[index - 1]! / 1000,
    end: (untils[index] ?? Number.POSITIVE_INFINITY) / 1000,
    offset: 0 - Math.round(offset * 60),
  }));
}

// Where the runtime's data differs from ours: zone names, the years in question, and what newer data says. `tz` tells the
// runtime's version; the test was written against 2025c.
const NEWER: [names: string[], from: number, to: number, why: string][] = [
  [['Africa/Casablanca', 'Africa/El_Aaiun'], 2026, 2037, 'Morocco gives up its summer time'],
  [
    ['America/Vancouver', 'Canada/Pacific', 'America/Edmonton', 'America/Yellowknife', 'America/Inuvik', 'Canada/Mountain'],
    2026,
    2037,
    'western Canada stays on its summer time',
  ],
  [['America/Winnipeg', 'America/Rainy_River', 'Canada/Central'], 2026, 2037, 'Manitoba stays on its summer time'],
  [['Europe/Chisinau', 'Europe/Tiraspol'], 2022, 2037, 'Moldova changes its clocks with the European Union'],
  [['America/Havana', 'Cuba'], 2026, 2027, 'Cuba stays on its summer time through a winter'],
  [['America/Bogota'], 1992, 1992, 'the summer time of 1992 began a day before'],
  [['Asia/Tehran', 'Iran'], 1979, 1979, 'the summer time of 1979 began earlier'],
];

describe('against Intl', () => {
  const from = Date.UTC(1970, 0, 1) / 1000;
  const to = Date.UTC(2038, 0, 1) / 1000;

  function intlShown(name: string): ((seconds: number) => number) | undefined {
    const numeric = 'numeric';
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric } as const;
    let format: Intl.DateTimeFormat;
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...parts });
    } catch {
      return undefined;
    }
    return (seconds) => {
      const by = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]));
      const [year, month, day] = [by.get('year')!, by.get('month')!, by.get('day')!];
      return Date.UTC(year, month - 1, day, by.get('hour')!, by.get('minute')!, by.get('second')!) / 1000;
    };
  }

  test(`every zone shows the same time (data ${ZONE_DATA_VERSION}, runtime ${process.versions.tz})`, () => {
    const random = new Random(testSeed('zones against Intl'));
    const differing: string[] = [];
    let zones = 0;
    for (const name of zoneNames()) {
      const expected = intlShown(name);
      if (expected === undefined) continue;
      zones++;
      const zone = load(name);
      const moments = segments(name).flatMap(({ start }) => [start - 1, start, start + 1]);
      // Often enough to see a transition that only the runtime knows.
      const step = (aliases.has(name) ? 120 : 15) * DAY_SECONDS;
      for (let at = from; at < to; at += step) moments.push(at + random.below(step));
      for (const seconds of moments) {
        if (!(seconds >= from && seconds < to) || shown(seconds, zone) === expected(seconds)) continue;
        const year = new Date(seconds * 1000).getUTCFullYear();
        if (NEWER.some(([names, first, last]) => names.includes(name) && year >= first && year <= last)) continue;
        differing.push(`${name} ${new Date(seconds * 1000).toISOString()}`);
      }
    }
    expect(differing).toEqual([]);
    expect(zones).toBeGreaterThan(550);
  });

  test('every zone that Intl lists has a blob', () => {
    for (const name of Intl.supportedValuesOf('timeZone')) expect(zoneBlob(name), name).toBeDefined();
  });
});

/** The first moment at which the zone's clock shows midnight of the day or later, in seconds. */
function startOf(day: number, parts: Segment[]): number {
  for (const { start, end, offset } of parts) {
    const moment = Math.max(start, day * DAY_SECONDS - offset);
    if (moment < end) return moment;
  }
  throw new Error('unreachable: the last segment has no end');
}

test('offsets and starts of days around every transition up to 2498 are those of the packed source', () => {
  const random = new Random(testSeed('zones against their source'));
  const last = Date.UTC(2499, 0, 1) / 1000;
  for (const name of zoneNames()) {
    if (aliases.has(name)) continue;
    const zone = load(name);
    const parts = segments(name);
    for (let i = 0; i < 60; i++) {
      const seconds = Math.floor((random.word() / 2 ** 32 - 0.2) * last);
      const { offset } = parts.find(({ end }) => seconds < end)!;
      if (shown(seconds, zone) !== seconds + offset) expect.fail(`${name} at ${seconds}: ${shown(seconds, zone) - seconds}`);
    }
    for (const [index, { start, offset }] of parts.entries()) {
      if (index === 0 || start >= last) continue;
      const before = parts[index - 1]!.offset;
      if (shown(start - 1, zone) !== start - 1 + before)
        expect.fail(`${name} before ${start}: ${shown(start - 1, zone) - start + 1}`);
      if (shown(start, zone) !== start + offset) expect.fail(`${name} from ${start}: ${shown(start, zone) - start}`);
      // To the microsecond.
      const micros = BigInt(start) * SECOND;
      const seconds = [micros - 1n, micros].map((at) => call.timePart(FunctionId.TIME_SECOND, at, zone));
      const expected = [start - 1 + before, start + offset].map((at) => ((at % 60) + 60) % 60);
      if (seconds[0] !== expected[0] || seconds[1] !== expected[1])
        expect.fail(`${name}, seconds at ${start}: ${seconds}, not ${expected}`);

      const day = Math.floor((start + offset) / DAY_SECONDS);
      for (const near of [day - 1, day, day + 1]) {
        const actual = call.dateStart(BigInt(near), zone);
        const expected = BigInt(startOf(near, parts)) * SECOND;
        if (actual !== expected) expect.fail(`${name}, day ${near}: ${actual}, expected ${expected}`);
      }
      for (const at of [micros - 1n, micros, micros + 40_000n * SECOND]) {
        const date = Number(call.timeDate(at, zone));
        const ends = [call.timeStartOfDay(at, zone), call.timeEndOfDay(at, zone)];
        const expected = [BigInt(startOf(date, parts)) * SECOND, BigInt(startOf(date + 1, parts)) * SECOND - 1n];
        if (ends[0] !== expected[0] || ends[1] !== expected[1]) expect.fail(`${name} at ${at}: ${ends}, expected ${expected}`);
      }
    }
  }
});

test.each<[string, string, string, string]>([
  // Clocks leap from midnight to one.
  ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00Z', '2017-10-16T02:00:00Z'],
  ['Asia/Beirut', '2022-03-27', '2022-03-26T22:00:00Z', '2022-03-27T21:00:00Z'],
  ['America/Havana', '2024-03-10', '2024-03-10T05:00:00Z', '2024-03-11T04:00:00Z'],
  // Midnight twice: from one back to midnight, from 00:01 back to 23:01.
  ['America/Havana', '2024-11-03', '2024-11-03T04:00:00Z', '2024-11-04T05:00:00Z'],
  ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00Z', '2010-11-08T03:30:00Z'],
  // From midnight back to eleven: 23 hours are shown twice before the day begins.
  ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00Z', '2018-02-19T03:00:00Z'],
  // A day that was left out begins, and ends, with the leap over it.
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
  // Days of 25 and 23 hours, in this century and long after the data ends.
  ['Europe/Paris', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  ['Europe/Paris', '9997-03-28', '9997-03-27T23:00:00Z', '9997-03-28T23:00:00Z'],
  ['Europe/Paris', '9997-03-30', '9997-03-29T23:00:00Z', '9997-03-30T22:00:00Z'],
  ['Asia/Kolkata', '2400-02-29', '2400-02-28T18:30:00Z', '2400-02-29T18:30:00Z'],
  ['UTC', '1969-12-31', '1969-12-31T00:00:00Z', '1970-01-01T00:00:00Z'],
])('in %s, %s lasts from %s to %s', (name, date, start, end) => {
  const zone = load(name);
  const day = BigInt(Date.parse(date) / 86_400_000);
  const days = [day, day + 1n].map((at) => new Date(Number(call.dateStart(at, zone) / 1000n)).toISOString().replace('.000', ''));
  expect(days).toEqual([start, end]);
});

test('parts, dates and days at the ends of i64 do not overflow', () => {
  const floor = (value: bigint, by: bigint): bigint => value / by - (value % by < 0n ? 1n : 0n);
  for (const name of ['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Niue']) {
    const zone = load(name);
    for (const end of [I64_MIN, I64_MAX]) {
      for (const step of [0n, 1n, DAY - 1n, DAY, 2n * DAY]) {
        const at = end === I64_MAX ? end - step : end + step;
        const offsets = [-14n, -12n, -5n, -4n, 0n, 5n, 13n, 14n].flatMap((hour) => [floor(at + hour * 3600n * SECOND, DAY)]);
        const date = call.timeDate(at, zone);
        expect(date >= offsets[0]! && date <= offsets.at(-1)!, `${name} ${at}`).toBe(true);
        const [start, last] = [call.timeStartOfDay(at, zone), call.timeEndOfDay(at, zone)];
        expect(start <= at && at <= last, `${name} ${at}: ${start} ${last}`).toBe(true);
        expect(at - start <= DAY && last - at <= DAY).toBe(true);
        for (const id of TIME_PARTS) expect(call.timePart(id, at, zone)).not.toBeNaN();
      }
    }
    for (const day of [2n ** 31n - 1n, I64_MAX, 106_751_992n, 106_751_994n]) expect(call.dateStart(day, zone)).toBe(I64_MAX);
    for (const day of [-(2n ** 31n), I64_MIN, -106_751_993n, -106_751_995n]) expect(call.dateStart(day, zone)).toBe(I64_MIN);
    // The last whole days of i64 are a day apart, as all.
    for (const day of [106_751_989n, -106_751_990n, 100_000_000n, -100_000_000n]) {
      expect(call.dateStart(day + 1n, zone) - call.dateStart(day, zone), `${name} ${day}`).toBe(DAY);
    }
  }
  const utc = load('UTC');
  expect(call.dateStart(106_751_991n, utc)).toBe(106_751_991n * DAY);
  expect([call.timePart(FunctionId.TIME_YEAR, I64_MAX, utc), call.timePart(FunctionId.TIME_YEAR, I64_MIN, utc)]).toEqual([
    294247, -290308,
  ]);
  expect(TIME_PARTS.slice(3, 6).map((id) => call.timePart(id, I64_MAX, utc))).toEqual([4, 0, 54]);
});

test('days of the week and of the year are those of the date there', () => {
  const zone = load('Asia/Tokyo');
  for (let day = 0; day < 800; day++) {
    const micros = BigInt(Date.UTC(2023, 0, 1, 15) / 1000 + day * DAY_SECONDS) * SECOND;
    const there = new Date(Date.UTC(2023, 0, 2 + day));
    expect(call.timePart(FunctionId.TIME_DAY_OF_WEEK, micros, zone)).toBe(there.getUTCDay() || 7);
    const dayOfYear = (there.getTime() - Date.UTC(there.getUTCFullYear(), 0, 1)) / 86_400_000 + 1;
    expect(call.timePart(FunctionId.TIME_DAY_OF_YEAR, micros, zone)).toBe(dayOfYear);
  }
  for (const id of [FunctionId.NONE, FunctionId.TIME_DATE, FunctionId.DATE_YEAR]) expect(call.timePart(id, 0n, zone)).toBe(0);
});

describe('hostile blobs', () => {
  const bytesOf = (edit: (view: DataView) => void): Uint8Array => {
    const blob = zoneBlob('Europe/Paris')!.slice();
    edit(new DataView(blob.buffer));
    return blob;
  };
  const verdict = (blob: Uint8Array, bytes = blob.length): number => call.verifyZone(place(blob), bytes);

  test.each<[string, (view: DataView) => void]>([
    ['another format', (view) => view.setUint32(0, 2, true)],
    ['one transition more', (view) => view.setUint32(4, view.getUint32(4, true) + 1, true)],
    ['a count whose size overflows', (view) => view.setUint32(4, 0xffffffff, true)],
    ['a cycle before 1970', (view) => view.setUint32(8, 1969, true)],
    ['a cycle after 2400', (view) => view.setUint32(8, 2401, true)],
    ['something in the reserved place', (view) => view.setUint32(12, 1, true)],
    ['a transition out of order', (view) => view.setBigInt64(32, view.getBigInt64(24, true), true)],
    ['two transitions within a day', (view) => view.setBigInt64(32, view.getBigInt64(24, true) + DAY - 1n, true)],
    ['a first transition at the end of i64', (view) => view.setBigInt64(24, I64_MIN, true)],
    ['a last transition too late', (view) => view.setBigInt64(24 + 8 * (view.getUint32(4, true) - 1), 2n ** 60n + 1n, true)],
    ['an offset of a day', (view) => view.setInt32(24 + 8 * view.getUint32(4, true), DAY_SECONDS, true)],
    ['an offset of the least i32', (view) => view.setInt32(24 + 8 * view.getUint32(4, true), -(2 ** 31), true)],
  ])('%s is refused', (_, edit) => {
    expect(verdict(bytesOf(() => {}))).toBe(1);
    expect(verdict(bytesOf(edit))).toBe(0);
  });

  test('every other size is refused', () => {
    const blob = zoneBlob('Europe/Paris')!;
    for (let bytes = 0; bytes < blob.length; bytes++) expect(verdict(blob, bytes)).toBe(0);
    expect(call.verifyZone(module.bytes.length - blob.length - 8, blob.length + 8)).toBe(0);
  });

  test('what is accepted never traps', () => {
    const random = new Random(testSeed('zone blobs'));
    const names = ['UTC', 'Europe/Paris', 'Asia/Gaza', 'Asia/Tokyo', 'America/New_York'];
    let accepted = 0;
    for (let round = 0; round < 15_000; round++) {
      const blob = zoneBlob(random.pick(names))!.slice();
      const view = new DataView(blob.buffer);
      for (let edits = random.below(4); edits >= 0; edits--) {
        const count = view.getUint32(4, true);
        const segment = random.below(blob.length >> 4);
        const kind = random.below(4);
        if (kind === 0) blob[random.below(blob.length)] = random.word();
        else if (kind === 1) view.setUint32(8, random.pick([0, 1970, 2026, 2075, 2400, 2399]), true);
        else if (kind === 2 && segment < count && 32 + 8 * segment <= blob.length) {
          const step = BigInt(random.below(3_000_000)) * SECOND;
          view.setBigInt64(24 + 8 * segment, view.getBigInt64(24 + 8 * segment, true) + step, true);
        } else if (segment <= count && 28 + 8 * count + 4 * segment <= blob.length) {
          view.setInt32(24 + 8 * count + 4 * segment, random.below(2 * DAY_SECONDS - 1) - DAY_SECONDS + 1, true);
        }
      }
      const at = place(blob);
      if (call.verifyZone(at, blob.length) === 0) continue;
      accepted++;
      const micros = random.pick([
        BigInt.asIntN(64, (BigInt(random.word()) << 32n) | BigInt(random.word())),
        BigInt(random.word()) * SECOND * 4n,
        I64_MAX - BigInt(random.word()),
        I64_MIN + BigInt(random.word()),
      ]);
      for (const id of TIME_PARTS) if (!Number.isInteger(call.timePart(id, micros, at))) expect.fail(`part ${id} of ${micros}`);
      call.timeStartOfDay(micros, at);
      call.timeEndOfDay(micros, at);
      call.dateStart(micros / DAY, at);
      call.dateStart(micros, at);
    }
    expect(accepted).toBeGreaterThan(2000);
  });
});
