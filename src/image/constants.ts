/**
 * The constant section while it grows: the program's texts first, whose offsets the code already holds, then what descriptors
 * need.
 */
export class ConstantPool {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(program: Uint8Array) {
    this.add(program);
  }

  /** Appends bytes. @returns their offset in the section */
  add(bytes: Uint8Array): number {
    const offset = this.#bytes;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    return offset;
  }

  /** The section, padded with zeros to a multiple of 8 bytes. */
  toBytes(): Uint8Array {
    const out = new Uint8Array((this.#bytes + 7) & ~7);
    let offset = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, offset);
      offset += chunk.length;
    }
    return out;
  }
}
