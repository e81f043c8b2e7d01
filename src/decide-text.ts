// One payload that is JSON text, decided at once on this thread, as decide-one.ts does one that is a table: the engine makes the
// payload, then decides it, and nothing has a slot of its own.
//
//   | header, as there | text at a multiple of 8, TEXT_SPARE_BYTES behind | area for the payload | the decision |

import { DECISION_OUTCOME } from '../assembly/shared/image.js';
import { JsonFault, TEXT_SPARE_BYTES } from '../assembly/shared/json.js';
import { ENTRY_STATUS_SHIFT, SLOT_HEADER_BYTES } from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { isWellFormed, isWrong, type JsonText, jsonString, sizeOf } from './decide-json.js';
import { BYTES_MASK, beginLent, decideOne, lendRoom, runLent, trapped } from './decide-one.js';
import { DecisionView } from './decision-view.js';
import { Problem } from './errors.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import { areaBytes } from './schema/json-room.js';

// Names of this module's own: V8 knows their values when it compiles, and loads one that is imported at each use.
const HEADER_BYTES = SLOT_HEADER_BYTES;
const SPARE_BYTES = TEXT_SPARE_BYTES;
const STATUS_SHIFT = ENTRY_STATUS_SHIFT;
const DECISION_MASK = BYTES_MASK;
const OUTCOME = DECISION_OUTCOME;
const STATUS_OK = Status.OK;

/**
 * Decides a payload that is JSON text inline, without an id.
 *
 * @param now microseconds UTC
 * Throws Problem: INVALID_JSON, INVALID_PAYLOAD with all errors; BUSY, BATCH_TOO_LARGE, INTERNAL as decideOne.
 */
export function decideText(live: LiveImage, text: JsonText, now: bigint): DecisionView {
  const { tenant } = live;
  const { memory } = tenant;
  const size = sizeOf(text);
  const room = areaBytes(live.jsonRoom, size);
  const areaOffset = HEADER_BYTES + ((size + SPARE_BYTES + 7) & ~7);
  const bytes = areaOffset + room + live.decisionBytesMax;
  if (bytes > memory.ring.bytes) return decideEncoded(live, text, now, JsonFault.ROOM);
  const slot = lendRoom(live, bytes);
  const address = slot + HEADER_BYTES;
  let length = text.length;
  if (typeof text === 'string') {
    length = memory.text.write(text, address, size, 'utf8');
    // Of ASCII every code unit is a byte. Half of a surrogate pair is U+FFFD by now: the encoder reads what was meant.
    if (length !== text.length && !isWellFormed(text)) return decideEncoded(live, text, now, JsonFault.ROOM);
  } else memory.bytes.set(text, address);
  const output = slot + areaOffset + room;
  beginLent(live, slot, now);
  const packed = tenant.inline.decideText(slot, live.address, address, length, output, live.code);
  if (packed === 0) return decideMade(live, text, now, slot, length, areaOffset, room);
  const written = packed & DECISION_MASK;
  if (packed < 0 || written === 0) throw trapped(live);
  live.decided(1);
  const { counters } = tenant.host;
  counters.addOne(memory.bytes[output + OUTCOME] as number, live.costMax);
  const status: Status = packed >>> STATUS_SHIFT;
  if (status !== STATUS_OK) counters.addStatus(status);
  return new DecisionView(memory, live.reasons, output, written);
}

/** Decides a text that lies in a slot as the payload that the engine makes of it, or as the encoder's where it does not take it. */
function decideMade(
  live: LiveImage,
  text: JsonText,
  now: bigint,
  slot: number,
  length: number,
  areaOffset: number,
  room: number,
): DecisionView {
  const { memory, inline, host } = live.tenant;
  const area = slot + areaOffset;
  const made = inline.transcode(live.address, slot + HEADER_BYTES, length, area, room);
  if (made === 0) {
    host.counters.add(Counter.INTERNAL);
    host.counters.add(Counter.TRAPS);
    throw new Problem('INTERNAL', `the engine failed with status ${Status.INTERNAL}`);
  }
  if (made < 0) return decideEncoded(live, text, now, -made);
  const packed = runLent(live, slot, area, made, area + room, now);
  if (packed >>> ENTRY_STATUS_SHIFT === Status.INVALID_PAYLOAD) return decideEncoded(live, text, now, JsonFault.NONE);
  return new DecisionView(memory, live.reasons, area + room, packed & DECISION_MASK);
}

/** Decides a text that the engine did not take: the encoder has the last word, and says all that is wrong. */
function decideEncoded(live: LiveImage, text: JsonText, now: bigint, fault: JsonFault): DecisionView {
  const payload = live.encoder.encodeText(jsonString(text));
  if (isWrong(fault, text)) live.tenant.host.counters.add(Counter.JSON_DISAGREED);
  return decideOne(live, payload, now);
}
