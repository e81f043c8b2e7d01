// Planted bugs: each target has one, behind a switch, that is only reached by an input with the right structure and up to four rare
// bytes in the right place. The fuzzer has to find it, or it would not find others.

export class PlantedBug extends Error {
  override name = 'PlantedBug';
}

const MAGIC = 'qZ7~';
export const MAGIC_BYTES = MAGIC.length;

/** How many bytes of the magic bring the bug about; 0 where there is none. */
let needed = 0;

/** Puts the bugs in, to be found by so many bytes of the magic, or with 0 takes them out. */
export function plant(bytes: number): void {
  needed = bytes;
}

/** Counters of the states, at the end of those of the JavaScript: by how much of the magic is right, then by where it begins. */
const PLACES = 8;
const edges = (globalThis as unknown as { __fuzzEdges: Uint8Array }).__fuzzEdges;
const states = edges.subarray(edges.length - MAGIC_BYTES * PLACES);

/**
 * The bug of a target. Each character that is right is a state of its own, as a parser would have, and at another place another
 * one: a parser that is somewhere else is elsewhere in its code.
 *
 * @param text what has come through the checks of the target, as text or bytes
 */
export function plantedIn(text: () => string | Uint8Array): void {
  if (needed === 0) return;
  const given = text();
  const own = typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.length).toString('latin1');
  for (let at = own.indexOf(MAGIC[0]!); at >= 0; at = own.indexOf(MAGIC[0]!, at + 1)) {
    let length = 1;
    while (length < needed && own[at + length] === MAGIC[length]) length++;
    if (length >= needed) throw new PlantedBug('found');
    states[(length - 1) * PLACES + (at % PLACES)]!++;
  }
}
