// Universal Binary JSON, draft 12, as XGBoost writes it: `save_model("model.ubj")`. Lists of numbers whose type is said once come
// as typed arrays. Iterative, so that no depth of nesting runs out of stack.

import { Cursor } from './cursor.js';
import { fault } from './fault.js';
import type { Json } from './json-value.js';
import { MODEL_NESTING_MAX } from './limits.js';

const CHARS = (text: string): number => text.charCodeAt(0);
const OBJECT = CHARS('{');
const LIST = CHARS('[');
const TYPE = CHARS('$');
const COUNT = CHARS('#');
const NOOP = CHARS('N');

interface Open {
  /** What it collects: values by key, or in a list. */
  object: Record<string, Json> | undefined;
  list: Json[];
  /** Values that are still to come; undefined where an end marker says it. */
  remaining: number | undefined;
  /** Type of all values, where it is said once. */
  type: number | undefined;
  key: string;
}

/** Values that cost no bytes (a counted list of `null`) are held to what a file of that size could hold otherwise. */
class Reader {
  readonly #cursor: Cursor;
  #free: number;

  constructor(bytes: Uint8Array) {
    this.#cursor = new Cursor(bytes, 0, false);
    this.#free = bytes.length;
  }

  read(): Json {
    const open: Open[] = [];
    let value = this.#value(this.#marker(), open);
    while (open.length > 0) {
      const top = open[open.length - 1]!;
      if (value !== PENDING) {
        if (top.object === undefined) top.list.push(value);
        else Object.defineProperty(top.object, top.key, { value, enumerable: true, configurable: true, writable: true });
        if (top.remaining !== undefined) top.remaining--;
      }
      if (this.#isOver(top)) {
        open.pop();
        value = top.object ?? top.list;
        continue;
      }
      if (top.object !== undefined) top.key = this.#cursor.text(this.#length());
      value = this.#value(top.type ?? this.#marker(), open);
    }
    if (this.#cursor.left > 0 && this.#cursor.bytes.subarray(this.#cursor.at).some((byte) => byte !== NOOP))
      fault('bytes follow the end of the document');
    return value;
  }

  #marker(): number {
    let marker = this.#cursor.u8();
    while (marker === NOOP) marker = this.#cursor.u8();
    return marker;
  }

  #isOver(top: Open): boolean {
    if (top.remaining !== undefined) return top.remaining === 0;
    const cursor = this.#cursor;
    while (cursor.left > 0 && cursor.bytes[cursor.at] === NOOP) cursor.at++;
    if (cursor.left === 0) return fault('the file ends inside a list or an object');
    if (cursor.bytes[cursor.at] !== (top.object === undefined ? CHARS(']') : CHARS('}'))) return false;
    cursor.at++;
    return true;
  }

  /** A length or count: an integer with its marker. */
  #length(): number {
    const value = this.#integer(this.#marker());
    if (value === undefined || value < 0) return fault(`no length at ${this.#cursor.at}`);
    return value;
  }

  #integer(marker: number): number | undefined {
    const cursor = this.#cursor;
    switch (String.fromCharCode(marker)) {
      case 'i':
        return cursor.i8();
      case 'U':
        return cursor.u8();
      case 'I':
        return cursor.i16();
      case 'l':
        return cursor.i32();
      case 'L':
        return cursor.i64();
      default:
        return undefined;
    }
  }

  /** A value, or PENDING where a list or object has been opened. */
  #value(marker: number, open: Open[]): Json {
    const integer = this.#integer(marker);
    if (integer !== undefined) return integer;
    const cursor = this.#cursor;
    switch (String.fromCharCode(marker)) {
      case 'd':
        return cursor.f32();
      case 'D':
        return cursor.f64();
      case 'S':
        return cursor.text(this.#length());
      case 'H': {
        const text = cursor.text(this.#length());
        return Number.isFinite(Number(text)) ? Number(text) : fault(`${JSON.stringify(text.slice(0, 40))} is no number`);
      }
      case 'C':
        return cursor.text(1);
      case 'T':
        return this.#costless(true);
      case 'F':
        return this.#costless(false);
      case 'Z':
        return this.#costless(null);
      case '{':
      case '[':
        return this.#open(marker, open);
      default:
        return fault(`an unknown kind of value, 0x${marker.toString(16)}, at ${cursor.at - 1}: no UBJSON`);
    }
  }

  #costless<T>(value: T): T {
    if (this.#free-- <= 0) fault('a list says it is longer than the file: it is damaged');
    return value;
  }

  #open(marker: number, open: Open[]): Json {
    if (open.length >= MODEL_NESTING_MAX) fault(`the file nests more than ${MODEL_NESTING_MAX} deep`);
    const cursor = this.#cursor;
    let type: number | undefined;
    let remaining: number | undefined;
    if (cursor.left > 0 && cursor.bytes[cursor.at] === TYPE) {
      cursor.at++;
      type = cursor.u8();
      if (cursor.left === 0 || cursor.bytes[cursor.at] !== COUNT) fault(`a list with a type has no count at ${cursor.at}`);
    }
    if (cursor.left > 0 && cursor.bytes[cursor.at] === COUNT) {
      cursor.at++;
      remaining = this.#length();
      if (type !== undefined && marker === LIST) {
        const numbers = this.#numbers(type, remaining);
        if (numbers !== undefined) return numbers;
      }
    }
    this.#costless(null);
    open.push({ object: marker === OBJECT ? {} : undefined, list: [], remaining, type, key: '' });
    return PENDING;
  }

  #numbers(type: number, count: number): Json | undefined {
    const sizes: Record<string, number> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };
    const kind = String.fromCharCode(type);
    const size = sizes[kind];
    if (size === undefined) return undefined;
    const cursor = this.#cursor;
    if (count * size > cursor.left) fault(`the file ends in the middle of a list of ${count} numbers`);
    if (kind === 'U') return Uint8Array.from(cursor.take(count));
    const numbers = new Float64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = kind === 'd' ? cursor.f32() : kind === 'D' ? cursor.f64() : this.#integer(type)!;
    return numbers;
  }
}

const PENDING = Symbol('pending');

/** Reads one document. Throws EnsembleFault. */
export function readUbjson(bytes: Uint8Array): Json {
  return new Reader(bytes).read();
}
