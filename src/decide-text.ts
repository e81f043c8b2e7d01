// One payload that is JSON text, decided at once on this thread, as decide-one.ts does one that is a table: the engine makes the
// payload, then decides it, and nothing has a slot of its own.
//
//   | header, as there | text at a multiple of 8, TEXT_SPARE_BYTES behind | area for the payload | the decision |

import { JsonFault } from '../assembly/shared/json.js';
import { ENTRY_STATUS_SHIFT, SLOT_HEADER_BYTES } from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { copyText, isWellFormed, isWrong, type JsonText, jsonString, sizeOf, slotTextBytes } from './decide-json.js';
import { BYTES_MASK, beginLent, decideOne, endLent, lendRoom, runLent } from './decide-one.js';
import { DecisionView } from './decision-view.js';
import { Problem } from './errors.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import { areaBytes } from './schema/json-room.js';

/**
 * Decides a payload that is JSON text inline, without an id.
 *
 * @param now microseconds UTC
 * Throws Problem: INVALID_JSON, INVALID_PAYLOAD with all errors; BUSY, BATCH_TOO_LARGE, INTERNAL as decideOne.
 */
export function decideText(live: LiveImage, text: JsonText, now: bigint): DecisionView {
  const { memory, inline, host } = live.tenant;
  const size = sizeOf(text);
  const room = areaBytes(live.jsonRoom, size);
  const areaOffset = SLOT_HEADER_BYTES + slotTextBytes(size);
  const bytes = areaOffset + room + live.decisionBytesMax;
  let fault = JsonFault.ROOM;
  if (bytes <= memory.ring.bytes) {
    const slot = lendRoom(live, bytes);
    const address = slot + SLOT_HEADER_BYTES;
    const length = copyText(memory, text, address, size);
    // Of ASCII every code unit is a byte. Half of a surrogate pair is U+FFFD by now: the encoder reads what was meant.
    if (typeof text !== 'string' || length === text.length || isWellFormed(text)) {
      const area = slot + areaOffset;
      beginLent(live, slot, now);
      const taken = inline.decideText(slot, live.address, address, length, area + room, live.code);
      if (taken !== 0) {
        return new DecisionView(memory, live.reasons, area + room, endLent(live, area + room, taken) & BYTES_MASK);
      }
      const made = inline.transcode(live.address, address, length, area, room);
      if (made > 0) {
        const output = area + room;
        const packed = runLent(live, slot, area, made, output, now);
        if (packed >>> ENTRY_STATUS_SHIFT !== Status.INVALID_PAYLOAD) {
          return new DecisionView(memory, live.reasons, output, packed & BYTES_MASK);
        }
        fault = JsonFault.NONE;
      } else if (made === 0) {
        host.counters.add(Counter.INTERNAL);
        host.counters.add(Counter.TRAPS);
        throw new Problem('INTERNAL', `the engine failed with status ${Status.INTERNAL}`);
      } else fault = -made;
    }
  }
  const payload = live.encoder.encodeText(jsonString(text));
  if (isWrong(fault, text)) host.counters.add(Counter.JSON_DISAGREED);
  return decideOne(live, payload, now);
}
