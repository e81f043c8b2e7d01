// The tables of generated/tables.ts are whole numbers of 7 bits a byte, the lowest first, in base64.

import type { PointSet } from './code-points.js';

/** The numbers of a packed table. */
export function unpack(packed: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  let factor = 1;
  for (const byte of Buffer.from(packed, 'base64')) {
    number += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) continue;
    numbers.push(number);
    number = 0;
    factor = 1;
  }
  return numbers;
}

/** A packed set: the distances between its borders. */
export function unpackSet(packed: string): PointSet {
  let border = 0;
  return unpack(packed).map((distance) => {
    border += distance;
    return border;
  });
}
