/** The text constants of one image, each text once. */
export class TextConstants {
  readonly #parts: Uint8Array[] = [];
  readonly #places = new Map<string, { offset: number; bytes: number }>();
  readonly #encoder = new TextEncoder();
  #bytes = 0;

  /** Where the UTF-8 bytes of a text lie. */
  place(text: string): { offset: number; bytes: number } {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const encoded = this.#encoder.encode(text);
    const place = { offset: encoded.length === 0 ? 0 : this.#bytes, bytes: encoded.length };
    this.#parts.push(encoded);
    this.#bytes += encoded.length;
    this.#places.set(text, place);
    return place;
  }

  /** All of them, one after the other. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
