// Spells JSON values in the ways that JSON allows, and damages texts: documents for the transcoder.

import type { Random } from './expression-model.js';

const SPACES = ['', '', '', '', ' ', '\n', '\t ', '\r\n  '];
const NUMBERS =
  '0 -0 -0.0 1 1.0 1e0 10e-1 0.1 1E2 -1.5e+3 1e400 -1e400 1e-400 5e-324 2.4703282292062327e-324 2.4703282292062328e-324 4.9e-324 1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 2147483647 2147483648 -2147483648 -2147483649 9007199254740991 9007199254740992 9007199254740993 -9007199254740991 -9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615 18446744073709551616 1e18 1e19 123456789012345678 0.30000000000000004 0.1000000000000000055511151231257827021181583404541015625 19.99 19.990 19.9900000000000000000000001 100000000000000000000 1.00000000000000000000000 4503599627370497.5 4503599627370496.5 9007199254740992.5 00 01 1. .5 -  +1 1e 1e+ 0x1 NaN Infinity'.split(
    ' ',
  );
const WORDS = [
  'null',
  'true',
  'false',
  'nul',
  'tru',
  'falsee',
  '""',
  '"a"',
  '"\\u0000"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"\\ude00\\ud83d"',
  '"\\uD83D\\u0041"',
  '"\\x"',
  '"\\u12g4"',
  '"é"',
  '"😀"',
  '"\u2028"',
  '"2026-01-01"',
  '"2024-02-29"',
  '"2023-02-29"',
  '"1900-02-29"',
  '"0000-01-01"',
  '"9999-12-31"',
  '"2026-13-01"',
  '"2026-01-31T08:30:00Z"',
  '"2026-01-31t08:30:00.123456+01:00"',
  '"2026-01-31T24:00:00Z"',
  '"2026-06-30T23:59:60Z"',
  '"0000-01-01T00:00:00+23:59"',
  '"2026-01-31T08:30:00.1234567Z"',
  '"19.99"',
  '"-0"',
  '"007.10"',
  '"9223372036854775807"',
  '"-9223372036854775808"',
  '"9223372036854775808"',
  '"1e2"',
  '"1."',
  '"A"',
  '"B-1"',
  '"für"',
  '"f\\u00fcr"',
  '"x y"',
  '"x\\u0020y"',
  '[]',
  '{}',
  '[null]',
  '[1,]',
  '[,1]',
  '[[[[]]]]',
  '{"a":1,"a":2}',
  '{"a":{"b":1,"\\u0062":2}}',
  '[{"a":1,"b":[{"c":1,"c":1}]}]',
];

export class JsonAuthor {
  constructor(readonly random: Random) {}

  /** A spelling of the value. */
  spell(value: unknown): string {
    const { random } = this;
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number') return random.below(12) === 0 ? random.pick(NUMBERS) : this.#number(value);
    if (Array.isArray(value)) return `[${value.map((each) => this.#spaced(this.spell(each))).join(',')}]`;
    if (typeof value === 'object' && value !== null) return this.#object(Object.entries(value));
    return JSON.stringify(value) ?? 'null';
  }

  #object(entries: [string, unknown][]): string {
    const { random } = this;
    if (random.below(3) === 0) entries.sort(() => random.below(3) - 1);
    const members = entries.map(([key, value]) => `${this.#spaced(this.#text(key))}:${this.#spaced(this.spell(value))}`);
    for (let more = random.below(8) === 0 ? 1 + random.below(12) : 0; more > 0; more--) {
      const key =
        random.below(4) === 0 ? random.pick(['__proto__', 'a\\u0062', '', 'constructor', 'Amount']) : `x${random.below(40)}`;
      members.splice(random.below(members.length + 1), 0, `"${key}":${this.spell(this.#stray())}`);
    }
    return `{${members.join(',')}}`;
  }

  #stray(): unknown {
    const { random } = this;
    const pick = random.below(8);
    if (pick < 2) return random.below(1000) / 4;
    if (pick < 4) return 'stray é "quoted" \n';
    if (pick < 5) return null;
    return pick < 6 ? [1, 'a', { deep: [true, {}] }] : { a: { b: {} }, c: [[]], amount: 'x' };
  }

  #spaced(text: string): string {
    const { random } = this;
    return random.below(6) === 0 ? `${random.pick(SPACES)}${text}${random.pick(SPACES)}` : text;
  }

  #number(value: number): string {
    const text = JSON.stringify(value);
    if (text === 'null') return text;
    if (Object.is(value, -0)) return '-0';
    switch (this.random.below(10)) {
      case 0:
        return value.toExponential();
      case 1:
        return /[.e]/.test(text) ? text : `${text}.0`;
      case 2:
        return value.toPrecision(1 + this.random.below(30));
      case 3:
        return `${text}${text.includes('e') ? '' : 'E0'}`;
      default:
        return text;
    }
  }

  #text(value: string): string {
    const { random } = this;
    const plain = JSON.stringify(value);
    if (random.below(8) !== 0) return plain;
    let text = '';
    for (const unit of value.split('')) {
      const code = unit.charCodeAt(0);
      const isEscaped = random.below(3) === 0 || code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code < 0xe000);
      text += isEscaped ? `\\u${code.toString(16).padStart(4, '0')}` : unit;
    }
    return `"${text}"`;
  }

  /** A text with a few places changed: bytes, words, parts left out or doubled. */
  damage(text: string): Uint8Array {
    const { random } = this;
    let damaged = text;
    for (let left = 1 + random.below(2); left > 0; left--) {
      const at = random.below(damaged.length + 1);
      const word = random.below(2) === 0 ? random.pick(WORDS) : random.pick(NUMBERS);
      switch (random.below(7)) {
        case 0:
          damaged =
            damaged.slice(0, at) +
            random.pick([...'{}[]",:\\ 0129.-+eEuntf\u0000\u001f\u007fé']) +
            damaged.slice(at + random.below(2));
          break;
        case 1:
          damaged = damaged.slice(0, at) + damaged.slice(at + 1 + random.below(12));
          break;
        case 2:
          damaged = damaged.slice(0, at) + damaged.slice(Math.max(0, at - random.below(24)), at) + damaged.slice(at);
          break;
        case 3:
          damaged = damaged.slice(0, at);
          break;
        default:
          damaged = this.#replaceValue(damaged, word);
      }
    }
    const bytes = new TextEncoder().encode(damaged);
    if (random.below(10) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  }

  /** Puts a word in place of some value. */
  #replaceValue(text: string, word: string): string {
    const values = [...text.matchAll(/(?<=[:[,]\s*)(?:"(?:[^"\\]|\\.)*"|[-\w.+]+)/g)];
    if (values.length === 0) return text;
    const { index, 0: value } = this.random.pick(values);
    return text.slice(0, index) + word + text.slice(index + value.length);
  }
}
