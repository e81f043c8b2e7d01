// Planted bugs: each target has one, behind a flag, that is only reached by an input with the right structure and four rare bytes
// in the right place. The fuzzer has to find it, or it would not find others.

export class PlantedBug extends Error {
  override name = 'PlantedBug';
}

let isPlanted = false;

/** Puts the bugs in, or takes them out. */
export function plant(on: boolean): void {
  isPlanted = on;
}

const MAGIC = 'qZ7~';

/**
 * The bug of a target.
 *
 * @param text what has come through the checks of the target, as text or bytes
 */
export function plantedIn(text: () => string | Uint8Array): void {
  if (!isPlanted) return;
  const given = text();
  const own = typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.length).toString('latin1');
  switch (longest(own)) {
    case 1:
      reached(1);
      break;
    case 2:
      reached(2);
      break;
    case 3:
      reached(3);
      break;
    case 4:
      throw new PlantedBug('found');
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
