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

/**
 * The bug of a target.
 *
 * @param text what has come through the checks of the target, as text or bytes
 */
export function plantedIn(text: () => string | Uint8Array): void {
  if (needed === 0) return;
  const given = text();
  const own = typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.length).toString('latin1');
  const length = longest(own);
  if (length >= needed) throw new PlantedBug('found');
  switch (length) {
    case 1:
      reached(1);
      break;
    case 2:
      reached(2);
      break;
    case 3:
      reached(3);
      break;
  }
}

/** A state of its own for each character that is right, as a parser would have. */
function reached(count: number): void {
  if (count > 4) throw new RangeError('no such state');
}

/** How much of the magic comes at best. */
function longest(text: string): number {
  for (let length = MAGIC.length; length > 0; length--) if (text.includes(MAGIC.slice(0, length))) return length;
  return 0;
}
