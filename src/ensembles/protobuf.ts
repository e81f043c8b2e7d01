// The wire format of protocol buffers, as much of it as ONNX needs: fields of a message by number.

import { Cursor } from './cursor.js';
import { fault } from './fault.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A field as it stands on the wire. */
interface Field {
  number: number;
  wire: number;
  /** VARINT: its value as a signed 64-bit integer; lost where it is beyond 2^53. */
  value: number;
  /** The other kinds. */
  bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const utf8 = new TextDecoder();

/** A message, split into its fields. */
export class Message {
  readonly #fields: Field[] = [];

  constructor(bytes: Uint8Array) {
    const cursor = new Cursor(bytes);
    while (cursor.left > 0) {
      const tag = varint(cursor);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (tag < 8 || number > 536_870_911) fault(`no field of a message at ${cursor.at}`);
      if (wire === VARINT) this.#fields.push({ number, wire, value: varint(cursor), bytes: NO_BYTES });
      else if (wire === BYTES) this.#fields.push({ number, wire, value: 0, bytes: cursor.take(length(cursor)) });
      else if (wire === FIXED64) this.#fields.push({ number, wire, value: 0, bytes: cursor.take(8) });
      else if (wire === FIXED32) this.#fields.push({ number, wire, value: 0, bytes: cursor.take(4) });
      else fault(`a field of the kind ${wire}, which is no longer in use, at ${cursor.at}`);
    }
  }

  /** The last value of an integer field. */
  integer(number: number): number | undefined {
    return this.#of(number, VARINT).at(-1)?.value;
  }

  float(number: number): number | undefined {
    const bytes = this.#of(number, FIXED32).at(-1)?.bytes;
    return bytes === undefined ? undefined : new Cursor(bytes).f32();
  }

  text(number: number): string | undefined {
    const bytes = this.bytes(number);
    return bytes === undefined ? undefined : utf8.decode(bytes);
  }

  bytes(number: number): Uint8Array | undefined {
    return this.#of(number, BYTES).at(-1)?.bytes;
  }

  texts(number: number): string[] {
    return this.#of(number, BYTES).map(({ bytes }) => utf8.decode(bytes));
  }

  message(number: number): Message | undefined {
    const bytes = this.bytes(number);
    return bytes === undefined ? undefined : new Message(bytes);
  }

  messages(number: number): Message[] {
    return this.#of(number, BYTES).map(({ bytes }) => new Message(bytes));
  }

  /** Repeated integers, packed or not. */
  integers(number: number): number[] {
    const values: number[] = [];
    for (const field of this.#fields) {
      if (field.number !== number) continue;
      if (field.wire === VARINT) values.push(field.value);
      else if (field.wire === BYTES) for (const cursor = new Cursor(field.bytes); cursor.left > 0; ) values.push(varint(cursor));
    }
    return values;
  }

  floats(number: number): number[] {
    return this.#fixed(number, FIXED32, 4).map((cursor) => cursor.f32());
  }

  doubles(number: number): number[] {
    return this.#fixed(number, FIXED64, 8).map((cursor) => cursor.f64());
  }

  #of(number: number, wire: number): Field[] {
    return this.#fields.filter((field) => field.number === number && field.wire === wire);
  }

  #fixed(number: number, wire: number, size: number): Cursor[] {
    return this.#fields.flatMap((field) => {
      if (field.number !== number || (field.wire !== wire && field.wire !== BYTES)) return [];
      if (field.bytes.length % size !== 0) fault(`a list of numbers has ${field.bytes.length} bytes, no multiple of ${size}`);
      return Array.from({ length: field.bytes.length / size }, (_, index) => new Cursor(field.bytes, index * size));
    });
  }
}

/** Up to 64 bits, seven to a byte, the lowest first; a signed integer. */
function varint(cursor: Cursor): number {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.u8();
    // Nearly all take a byte or two.
    if (shift === 0n && byte < 0x80) return byte;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return Number(BigInt.asIntN(64, value));
  }
  return fault(`no integer at ${cursor.at}`);
}

function length(cursor: Cursor): number {
  const value = varint(cursor);
  return value >= 0 ? value : fault(`no length at ${cursor.at}`);
}
