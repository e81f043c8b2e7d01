// Powers of ten to 128 bits, as the engine multiplies with them to find the double nearest to a decimal number
// (assembly/json/float.ts). They are part of a plan because the engine has no static data, and because each power has to be the
// exact one cut off at 128 bits, which no shorter table gives without the work of big numbers.

import { WIDE_POWER_BYTES, WIDE_POWER_MAX, WIDE_POWER_MIN } from '../../assembly/shared/json.js';

const BITS = 128;
/** From here up to 10^-1 the reciprocal is rounded up: a division that is exact then comes out as such (Lemire 2021, section 5). */
const ROUNDED_UP_MIN = -27;

let table: Uint8Array | undefined;

/** 10^WIDE_POWER_MIN to 10^WIDE_POWER_MAX, WIDE_POWER_BYTES each. Made at the first call. */
export function widePowers(): Uint8Array {
  if (table !== undefined) return table;
  table = new Uint8Array((WIDE_POWER_MAX - WIDE_POWER_MIN + 1) * WIDE_POWER_BYTES);
  const view = new DataView(table.buffer);
  for (let exponent = WIDE_POWER_MIN; exponent <= WIDE_POWER_MAX; exponent++) {
    const bits = widePower(exponent);
    const at = (exponent - WIDE_POWER_MIN) * WIDE_POWER_BYTES;
    view.setBigUint64(at, BigInt.asUintN(64, bits), true);
    view.setBigUint64(at + 8, bits >> 64n, true);
  }
  return table;
}

/** The 128 bits of 10^exponent from the highest that is set on: those of 5^exponent, which differs by a power of two. */
function widePower(exponent: number): bigint {
  const five = 5n ** BigInt(Math.abs(exponent));
  const bits = five.toString(2).length;
  if (exponent >= 0) return bits > BITS ? five >> BigInt(bits - BITS) : five << BigInt(BITS - bits);
  if (exponent >= ROUNDED_UP_MIN) return (1n << BigInt(bits + BITS - 1)) / five + 1n;
  const long = (1n << BigInt(2 * bits + BITS)) / five + 1n;
  return long >> BigInt(long.toString(2).length - BITS);
}
