// NDJSON: one JSON text a line, by LF or CR LF. Blank lines are none: the i-th answer belongs to the i-th line that is not blank.

import { SLOT_COUNT_MAX } from '../../assembly/shared/limits.js';
import { Problem } from '../errors.js';

const LF = 0x0a;
/** Whitespace of JSON but LF. */
const [SPACE, TAB, CR] = [0x20, 0x09, 0x0d];

/**
 * The lines of a body that are not blank, as views of it. What is in them is not looked at: no JSON text holds a line feed but
 * between its tokens. Throws Problem BATCH_TOO_LARGE.
 */
export function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < body.length; ) {
    const found = body.indexOf(LF, start);
    const end = found < 0 ? body.length : found;
    if (!isBlank(body, start, end)) lines.push(body.subarray(start, end));
    if (lines.length > SLOT_COUNT_MAX) throw new Problem('BATCH_TOO_LARGE', `more than ${SLOT_COUNT_MAX} payloads`);
    start = end + 1;
  }
  return lines;
}

function isBlank(body: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = body[i];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}
