// Parts of timestamps and durations.

import { zoneBlob } from '../../../compiler/zones/zone-blob.js';
import { daysFromCivil, formatDate } from '../../../schema/time.js';
import { floorDivide } from '../value/format.js';
import { CelError, type CelValue, int } from '../value/value.js';
import type { CelMethod } from './functions.js';

const SECOND = 1_000_000_000n;
const ZONE_HEADER_BYTES = 24;
const ZONE_STEPS = 4;
const ZONE_CYCLE_YEAR = 8;

/** A local time: days since 1970, and seconds of the day. */
interface Local {
  readonly days: number;
  readonly seconds: number;
  readonly nanos: number;
}

function part(name: string, of: (local: Local) => number, ofDuration?: (nanos: bigint) => bigint): readonly [string, CelMethod] {
  return [
    name,
    (target, args) => {
      if (target.kind === 'timestamp' && args.length < 2) {
        const [zone] = args;
        if (zone !== undefined && zone.kind !== 'string') throw new CelError('overload', 'a time zone is a string');
        return int(BigInt(of(localTime(target.nanos, zone === undefined ? 'UTC' : zone.value))));
      }
      if (target.kind === 'duration' && args.length === 0 && ofDuration !== undefined) return int(ofDuration(target.nanos));
      throw new CelError('overload', `\`${name}\` is not of ${target.kind}`);
    },
  ];
}

const dateOf = ({ days }: Local): [number, number, number] => formatDate(days).split('-').map(Number) as [number, number, number];
const dayOfYear = (local: Local): number => local.days - daysFromCivil(dateOf(local)[0], 1, 1);

export const TIME_METHODS: Readonly<Record<string, CelMethod>> = Object.fromEntries([
  part('getFullYear', (local) => dateOf(local)[0]),
  part('getMonth', (local) => dateOf(local)[1] - 1),
  part('getDate', (local) => dateOf(local)[2]),
  part('getDayOfMonth', (local) => dateOf(local)[2] - 1),
  // 1970-01-01 was a Thursday.
  part('getDayOfWeek', ({ days }) => (((days + 4) % 7) + 7) % 7),
  part('getDayOfYear', dayOfYear),
  part(
    'getHours',
    ({ seconds }) => Math.trunc(seconds / 3600),
    (nanos) => nanos / (3600n * SECOND),
  ),
  part(
    'getMinutes',
    ({ seconds }) => Math.trunc(seconds / 60) % 60,
    (nanos) => nanos / (60n * SECOND),
  ),
  part(
    'getSeconds',
    ({ seconds }) => seconds % 60,
    (nanos) => nanos / SECOND,
  ),
  // Of a duration, implementations give all milliseconds or those behind the second.
  part('getMilliseconds', ({ nanos }) => Math.trunc(nanos / 1_000_000)),
]);

/** Seconds that a zone is ahead of UTC at a time. Throws CelError for a name that is none. */
function zoneOffset(zone: string, nanos: bigint): number {
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) return (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -60 : 60);
  const blob = zoneBlob(zone);
  if (blob === undefined) throw new CelError('argument', `\`${zone}\` is no time zone`);
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const steps = view.getUint32(ZONE_STEPS, true);
  const micros = floorDivide(nanos, 1000n);
  let passed = 0;
  while (passed < steps && view.getBigInt64(ZONE_HEADER_BYTES + passed * 8, true) <= micros) passed++;
  if (passed === steps && steps > 0 && view.getUint32(ZONE_CYCLE_YEAR, true) > 0)
    throw new CelError('limit', `how the clocks of \`${zone}\` change in that year is not folded`);
  return view.getInt32(ZONE_HEADER_BYTES + steps * 8 + passed * 4, true);
}

function localTime(nanos: bigint, zone: string): Local {
  const seconds = floorDivide(nanos, SECOND);
  const local = Number(seconds) + zoneOffset(zone, nanos);
  const days = Math.floor(local / 86_400);
  return { days, seconds: local - days * 86_400, nanos: Number(nanos - seconds * SECOND) };
}

/** The IANA zone of a CEL zone: of whole hours ahead there is one; undefined for others. */
export function zoneName(zone: string): string | undefined {
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed === null) return zoneBlob(zone) === undefined ? undefined : zone;
  const hours = Number(fixed[2]);
  if (fixed[3] !== '00') return undefined;
  // In these names the sign is the other way round.
  const name = hours === 0 ? 'UTC' : `Etc/GMT${fixed[1] === '-' ? '+' : '-'}${hours}`;
  return zoneBlob(name) === undefined ? undefined : name;
}

export function isTimestamp(value: CelValue): value is Extract<CelValue, { kind: 'timestamp' }> {
  return value.kind === 'timestamp';
}
