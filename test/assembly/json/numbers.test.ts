// Numbers of JSON: doubles bit by bit as V8 reads them, decimals and 64-bit integers against big integers.

import { expect, test } from 'vitest';
import { Random } from '../../lib/expression-model.js';
import { JsonBox } from '../../lib/json-box.js';
import { modelOf, objectSchema, testSeed } from '../../lib/model.js';

const doubles = new JsonBox(modelOf(objectSchema({ n: { type: 'number' } })), 4096);
const longs = new JsonBox(modelOf(objectSchema({ n: { type: 'integer', format: 'int64' } })), 4096);
const cents = new JsonBox(modelOf(objectSchema({ n: { type: 'number', multipleOf: 0.01 } })), 4096);

function asDouble(text: string): void {
  const { value } = doubles.transcode(`{"n":${text}}`);
  if (!Object.is(value?.n, Number(text))) throw new Error(`${text} is ${value?.n}, and not ${Number(text)}`);
}

/** value * 10^scale of a number as it is written, where 64 bits hold it and it is whole. */
function exactly(text: string, scale: number): bigint | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const places = Number(power) - fraction.length + scale;
  let digits = BigInt(whole + fraction);
  if (places >= 0) digits *= 10n ** BigInt(places);
  else if (digits % 10n ** BigInt(-places) !== 0n) return undefined;
  else digits /= 10n ** BigInt(-places);
  if (sign === '-') digits = -digits;
  return BigInt.asIntN(64, digits) === digits ? digits : undefined;
}

/** All decimal digits of a double's middle to the next: as hard as rounding gets. */
function middle(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const power = (biased === 0 ? 1 : biased) - 1076;
  const twice = 2n * fraction + 1n;
  if (power >= 0) return String(twice << BigInt(power));
  const digits = String(twice * 5n ** BigInt(-power)).padStart(1 - power, '0');
  return `${digits.slice(0, power)}.${digits.slice(power)}`;
}

function anyDouble(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.word() & 0x7fffffff);
  view.setUint32(4, random.word());
  const value = view.getFloat64(0);
  return Number.isFinite(value) ? value : 1.5;
}

test('doubles that are hard to read', () => {
  const hard =
    '0 -0 0.0 1e23 8.5e22 9007199254740993 9007199254740992.9999999999999999 5e-324 2.4703282292062327e-324 2.4703282292062328e-324 4.9406564584124654e-324 2.2250738585072011e-308 2.2250738585072014e-308 1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 1e400 -1e400 1e-400 0e999999999999 1e-99999999999999999999 123456789012345678901234567890 0.1000000000000000055511151231257827021181583404541015625 7.2057594037927933e16 6.9294956446009195e15 1.00000005960464477539062499 9214843084008499 0.500000000000000166533453693773481063544750213623046875 3.518437208883201171875e13 62.5364939768271845828 8.10109172351e-10 1.50000000000000011102230246251565 30078505129381147446200 1777820000000000000001 0.00000000000000000000000000000000000000000000000000000000000000000001'.split(
      ' ',
    );
  for (const text of hard) {
    asDouble(text);
    if (!text.startsWith('-')) asDouble(`-${text}`);
  }
  asDouble(`1${'0'.repeat(400)}e-400`);
  asDouble(`0.${'0'.repeat(400)}1e401`);
  asDouble(`9007199254740993.${'0'.repeat(900)}1`);
  asDouble(`9007199254740993.${'0'.repeat(900)}`);
});

test('random doubles, as they are printed, cut, and between two', () => {
  const random = new Random(testSeed('json-numbers'));
  for (let round = 0; round < 4000; round++) {
    const value = anyDouble(random);
    asDouble(String(value));
    asDouble(value.toExponential(random.below(25)));
    if (value < 1e21 && value > 1e-6) asDouble(value.toFixed(random.below(30)));
    if (round % 8 !== 0) continue;
    const text = middle(value);
    asDouble(text);
    asDouble(text.includes('.') ? `${text}000000000001` : `${text}.000000000001`);
    // A point with nothing behind it is no number.
    asDouble(text.slice(0, -1).replace(/\.$/, '') || '0');
  }
});

test('decimals and 64-bit integers are exact', () => {
  const random = new Random(testSeed('json-decimals'));
  const texts =
    '0 -0 1 1.0 1e2 1.5 0.01 0.001 12.3400 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 9007199254740993 92233720368547758.07 92233720368547758.08 -92233720368547758.08 1e18 1e19 1e-2 1e-3 100000000000000000000e-20 0.1000000000000000055 19.990000000000000001 19.99000000000000000000 1e400 1e-400 0e400'.split(
      ' ',
    );
  for (let round = 0; round < 3000; round++) {
    const digits = Array.from({ length: 1 + random.below(22) }, () => random.below(10)).join('');
    const whole = digits.replace(/^0+(?=\d)/, '');
    texts.push(`${random.below(2) === 0 ? '-' : ''}${whole}${random.below(2) === 0 ? '' : `.${random.below(200)}`}`);
  }
  for (const text of texts) {
    for (const [box, scale] of [
      [longs, 0],
      [cents, 2],
    ] as const) {
      const { value } = box.transcode(`{"n":${text}}`);
      const want = exactly(text, scale);
      if ((value?.n ?? undefined) !== want) throw new Error(`${text} at scale ${scale} is ${value?.n}, and not ${want}`);
      expect(box.encode(`{"n":${text}}`)).toEqual(value);
    }
  }
});
