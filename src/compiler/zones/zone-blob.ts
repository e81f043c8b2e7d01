// Time zones as the engine reads them: the layout is drawn in assembly/functions/zone.ts. The data is text in a module of its own,
// read line by line as zones are asked for: a bundle that names no zone pays for none.

import { LINKS, VERSION, ZONES } from './generated/zone-data.js';

/** Version of the IANA time zone data, e.g. "2026f"; every blob carries it. */
export const ZONE_DATA_VERSION: string = VERSION;

const FORMAT = 1;
const HEADER_BYTES = 24;
const VERSION_BYTES = 8;

/** Name or alias -> line of the data. Made at the first question. */
let lines: Map<string, string> | undefined;

function zoneLines(): Map<string, string> {
  if (lines !== undefined) return lines;
  lines = new Map();
  for (const line of ZONES.trim().split('\n')) lines.set(line.slice(0, line.indexOf('|')), line);
  for (const link of LINKS.trim().split('\n')) {
    const [zone = '', alias = ''] = link.split('|');
    const line = lines.get(zone);
    if (line !== undefined) lines.set(alias, line);
  }
  return lines;
}

/** All names that {@link zoneBlob} knows, aliases too, sorted. */
export function zoneNames(): readonly string[] {
  return [...zoneLines().keys()].sort();
}

/**
 * The transitions of a time zone for the image.
 *
 * @param name IANA name or alias, in IANA's spelling, e.g. "Europe/Paris" or "UTC"
 * @returns bytes of the blob, a multiple of 8; undefined where the name is unknown
 */
export function zoneBlob(name: string): Uint8Array | undefined {
  const line = zoneLines().get(name);
  if (line === undefined) return undefined;
  const [, cycleYear = '0', offsetText = '', indices = '', stepText = ''] = line.split('|');
  const offsets = offsetText.split(' ').map(Number);
  const steps = stepText === '' ? [] : stepText.split(' ');

  const bytes = new Uint8Array((HEADER_BYTES + steps.length * 12 + 4 + 7) & ~7);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, FORMAT, true);
  view.setUint32(4, steps.length, true);
  view.setUint32(8, Number(cycleYear), true);
  bytes.set(new TextEncoder().encode(VERSION).subarray(0, VERSION_BYTES), 16);
  let seconds = 0;
  steps.forEach((step, index) => {
    seconds += Number.parseInt(step, 36);
    view.setBigInt64(HEADER_BYTES + index * 8, BigInt(seconds) * 1_000_000n, true);
  });
  [...indices].forEach((digit, index) => {
    const at = HEADER_BYTES + steps.length * 8 + index * 4;
    view.setInt32(at, offsets[Number.parseInt(digit, 36)] ?? 0, true);
  });
  return bytes;
}
