// The numbers that texts write, on bigints.

/** The units of a number that a text writes, with so many digits behind the point; undefined where it has none in 64 bits. */
export function writtenUnits(text: string, digits: number): bigint | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? [];
  if (whole === undefined || /[^0]/.test(fraction.slice(digits))) return undefined;
  const units = BigInt(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`) * (sign === '-' ? -1n : 1n);
  return BigInt.asIntN(64, units) === units ? units : undefined;
}
