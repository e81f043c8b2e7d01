// Time between two timestamps.

/**
 * (later - earlier) / unit: the f64 nearest to the exact quotient, ties to even.
 *
 * @param unit 1 to 2^42
 */
export function timeSince(later: i64, earlier: i64, unit: u64): f64 {
  // A difference of two i64 has 65 bits: its sign, and a magnitude that fits 64.
  const negative = later < earlier;
  const distance = (negative ? earlier - later : later - earlier) as u64;
  let quotient = distance / unit;
  let rest = distance % unit;
  let scale: f64 = 1;
  // Binary places until the quotient has 55 bits: two more than an f64, of which the lower one stands for all that come after.
  while (rest !== 0 && quotient < 0x40000000000000) {
    rest <<= 10;
    quotient = (quotient << 10) | (rest / unit);
    rest %= unit;
    scale /= 1024;
  }
  if (rest !== 0) quotient |= 1;
  const value = (quotient as f64) * scale;
  return negative ? -value : value;
}
