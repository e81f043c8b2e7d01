// Reads the plain part of JSON from its bytes: texts of ASCII without escapes, numbers of up to 15 digits without an exponent.
// What is not plain is not read; JSON.parse is asked then. What is read is exactly what JSON.parse gives.

import { POWERS_OF_TEN } from './decimal.js';

/** Whole numbers of so many digits are exact in a double, as is the power of ten: their division is rounded once, as it must be. */
const DIGITS_MAX = 15;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const NONE = new Uint8Array(0);

/** A place in JSON text. A method that fails leaves the place anywhere. */
export class JsonCursor {
  bytes: Uint8Array = NONE;
  at = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
  }

  /** Keeps nothing alive. */
  close(): void {
    this.bytes = NONE;
  }

  /** The next byte that is not white space, not taken; -1 at the end. */
  peek(): number {
    const { bytes } = this;
    while (this.at < bytes.length) {
      const byte = bytes[this.at]!;
      if (byte > SPACE || (byte !== SPACE && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB)) return byte;
      this.at++;
    }
    return -1;
  }

  /** Takes one byte behind white space, if it is this one. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  /** Takes these bytes, if they come next. */
  takeAll(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + expected.length > bytes.length) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.at = at + expected.length;
    return true;
  }

  /** Takes a number. NaN where none that is plain comes next. */
  takeNumber(): number {
    const { bytes } = this;
    const end = bytes.length;
    let { at } = this;
    const isNegative = at < end && bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let value = 0;
    while (at < end) {
      const digit = bytes[at]! - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      at++;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === DIGIT_0)) return Number.NaN;
    let places = 0;
    if (at < end && bytes[at] === POINT) {
      const point = at++;
      while (at < end) {
        const digit = bytes[at]! - DIGIT_0;
        if (!(digit >= 0 && digit <= 9)) break;
        value = value * 10 + digit;
        at++;
      }
      places = at - point - 1;
      if (places === 0) return Number.NaN;
    }
    if (whole + places > DIGITS_MAX) return Number.NaN;
    if (at < end && (bytes[at] === LOWER_E || bytes[at] === UPPER_E)) return Number.NaN;
    this.at = at;
    if (places > 0) value /= POWERS_OF_TEN[places]!;
    return isNegative ? -value : value;
  }

  /**
   * Items of the array whose [ has just been taken; none of it is taken. -1: not plain. Only the commas and brackets are looked
   * at: what is between them is for whoever takes the items.
   */
  countItems(): number {
    if (this.peek() === CLOSE_BRACKET) return 0;
    const { bytes } = this;
    const end = bytes.length;
    let count = 1;
    let depth = 0;
    for (let at = this.at; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        do if (++at >= end || bytes[at] === BACKSLASH) return -1;
        while (bytes[at] !== QUOTE);
      } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) depth++;
      else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
        if (depth-- === 0) return count;
      } else if (byte === COMMA && depth === 0) count++;
    }
    return -1;
  }

  /** Takes a text with its quotes and returns how many characters it has; they end before the last byte taken. -1: not plain. */
  takeText(): number {
    const { bytes } = this;
    const end = bytes.length;
    let { at } = this;
    if (at >= end || bytes[at] !== QUOTE) return -1;
    const start = ++at;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return at - start;
      }
      if (byte < SPACE || byte > 0x7f || byte === BACKSLASH) return -1;
      at++;
    }
    return -1;
  }
}
