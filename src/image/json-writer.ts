// Bytes that grow at their end while their head is filled in.

const ALIGN = 16;

export class ByteWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private end: number;

  /** @param headBytes bytes at the start that are addressed by u8, u16, u32 and f64 */
  constructor(headBytes: number) {
    this.bytes = new Uint8Array(Math.max(4096, 2 * headBytes));
    this.view = new DataView(this.bytes.buffer);
    this.end = align(headBytes);
  }

  u8(offset: number, value: number): void {
    this.view.setUint8(offset, value);
  }

  u16(offset: number, value: number): void {
    this.view.setUint16(offset, value, true);
  }

  u32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  u64(offset: number, value: bigint): void {
    this.view.setBigUint64(offset, value, true);
  }

  f64(offset: number, value: number): void {
    this.view.setFloat64(offset, value, true);
  }

  /** Appends bytes, and zeros to a multiple of 16. @returns their offset, a multiple of 16 */
  append(content: Uint8Array): number {
    const offset = this.reserve(content.length);
    this.bytes.set(content, offset);
    return offset;
  }

  /** Appends zeros. @returns their offset, a multiple of 16 */
  reserve(bytes: number): number {
    const offset = this.end;
    this.end = align(offset + bytes);
    if (this.end > this.bytes.length) {
      const grown = new Uint8Array(2 * this.end);
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return offset;
  }

  /** All bytes, and 16 zeros: what is read in steps of 16 may end there. */
  finish(): Uint8Array {
    this.reserve(ALIGN);
    return this.bytes.slice(0, this.end);
  }
}

function align(bytes: number): number {
  return (bytes + ALIGN - 1) & -ALIGN;
}
