// Reads numbers and texts out of bytes, one behind the other; what would lie beyond the end is a fault.

import { fault } from './fault.js';

const utf8 = new TextDecoder();

export class Cursor {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    /** XGBoost's and protobuf's numbers are little-endian, UBJSON's big-endian. */
    readonly isLittle = true,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Goes on by `count` bytes. @returns where they begin */
  skip(count: number): number {
    if (!(count <= this.left)) fault(`the file ends in the middle: ${count} bytes are missing at ${this.at}`);
    const from = this.at;
    this.at += count;
    return from;
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  i8(): number {
    return this.#view.getInt8(this.skip(1));
  }

  i16(): number {
    return this.#view.getInt16(this.skip(2), this.isLittle);
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), this.isLittle);
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4), this.isLittle);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), this.isLittle);
  }

  /** A 64-bit integer as a number; one beyond 2^53 is a fault. */
  i64(): number {
    const value = Number(this.#view.getBigInt64(this.skip(8), this.isLittle));
    if (!Number.isSafeInteger(value)) fault(`a number at ${this.at - 8} is too large: the file is damaged`);
    return value;
  }

  f32(): number {
    return this.#view.getFloat32(this.skip(4), this.isLittle);
  }

  f64(): number {
    return this.#view.getFloat64(this.skip(8), this.isLittle);
  }

  /** UTF-8 of so many bytes. */
  text(length: number): string {
    const from = this.skip(length);
    return utf8.decode(this.bytes.subarray(from, from + length));
  }

  take(length: number): Uint8Array {
    const from = this.skip(length);
    return this.bytes.subarray(from, from + length);
  }
}
