// Texts as the engine holds them: UTF-8, and 3 bytes for half of a surrogate pair that stands alone.

/** The bytes of a string. */
export function toWtf8(text: string): Uint8Array {
  if (!/\p{Cs}/u.test(text)) return Buffer.from(text, 'utf8');
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return Uint8Array.from(bytes);
}

/** The string of some bytes. @throws Error where they are not well formed, or two halves stand side by side that make a pair */
export function fromWtf8(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes).toString('utf8');
  if (Buffer.compare(Buffer.from(plain, 'utf8'), bytes) === 0) return plain;
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    let point = size === 1 ? lead : lead & (0x7f >> size);
    for (let next = at + 1; next < at + size; next++) point = (point << 6) | (bytes[next]! & 63);
    text += String.fromCodePoint(point);
    at += size;
  }
  if (Buffer.compare(toWtf8(text), bytes) !== 0) throw new Error(`not well formed: ${Buffer.from(bytes).toString('hex')}`);
  return text;
}
