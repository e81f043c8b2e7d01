// JSON text as UTF-8 bytes, put together from pieces in one buffer that is used again. The text of an answer as a string would
// be built as a tree of parts, flattened, measured and converted before it is bytes; this takes half as long.

const BUFFER_BYTES_MIN = 4096;
/** Texts up to which views are kept. */
const VIEW_BYTES_MAX = 2048;
const DIGIT_0 = 48;

/**
 * A part of a text: its UTF-8 bytes as doubles, 8 bytes each, the last filled up with zeros. None of them is a NaN, whose bits a
 * store may change: that would take a byte 0xff, or 0x7f behind one above 0xef, and UTF-8 has neither.
 */
export interface Piece {
  readonly length: number;
  readonly doubles: Float64Array;
}

/** The UTF-8 bytes of a text. */
export function pieceOf(text: string): Piece {
  const bytes = new TextEncoder().encode(text);
  const padded = new DataView(new ArrayBuffer((bytes.length + 7) & -8));
  new Uint8Array(padded.buffer).set(bytes);
  return {
    length: bytes.length,
    doubles: Float64Array.from({ length: padded.byteLength / 8 }, (_, i) => padded.getFloat64(8 * i, true)),
  };
}

/** Two hex digits of a byte, in the order they are written, as a little-endian number. */
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, i) => {
  const text = i.toString(16).padStart(2, '0');
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

let bytes = Buffer.allocUnsafeSlow(BUFFER_BYTES_MIN);
let view = new DataView(bytes.buffer);
let end = 0;
/** Views of the buffer from its beginning, by their length: one costs 37 ns, an answer has a few hundred bytes. */
let views = noViews();

function noViews(): (Uint8Array | undefined)[] {
  return new Array<Uint8Array | undefined>(VIEW_BYTES_MAX + 1).fill(undefined);
}

/** Begins a new text; the one before is gone. */
export function begin(): void {
  end = 0;
}

/** What has been put since `begin`; valid until the next `begin`, and a view that later texts of this length share. */
export function taken(): Uint8Array {
  if (end > VIEW_BYTES_MAX) return new Uint8Array(bytes.buffer, 0, end);
  let text = views[end];
  if (text === undefined) {
    text = new Uint8Array(bytes.buffer, 0, end);
    views[end] = text;
  }
  return text;
}

/** The same as a string. */
export function takenText(): string {
  return bytes.toString('utf8', 0, end);
}

export function putPiece({ length, doubles }: Piece): void {
  reserve(length + 8);
  const to = view;
  const at = end;
  for (let i = 0; i < doubles.length; i++) to.setFloat64(at + 8 * i, doubles[i]!, true);
  end = at + length;
}

/** Takes back the last byte: of pieces that all end in a comma the last has none. */
export function dropByte(): void {
  end--;
}

/** Puts characters below 0x80. */
export function putAscii(text: string): void {
  reserve(text.length);
  for (let i = 0; i < text.length; i++) bytes[end + i] = text.charCodeAt(i);
  end += text.length;
}

/** Puts any text. */
export function putUtf8(text: string): void {
  // A code unit takes 3 bytes at most.
  reserve(3 * text.length);
  end += bytes.write(text, end);
}

/** Puts a double as JSON has it; what JSON cannot write is null. */
export function putDouble(value: number): void {
  if (value >= 0 && value < 1000 && (value | 0) === value) {
    reserve(3);
    if (value >= 100) bytes[end++] = DIGIT_0 + ((value / 100) | 0);
    if (value >= 10) bytes[end++] = DIGIT_0 + (((value / 10) | 0) % 10);
    bytes[end++] = DIGIT_0 + (value % 10);
  } else putAscii(value - value === 0 ? `${value}` : 'null');
}

/** Puts 8 hex digits of a 32-bit number. */
export function putHex(value: number): void {
  reserve(8);
  view.setUint16(end, HEX_PAIRS[value >>> 24]!, true);
  view.setUint16(end + 2, HEX_PAIRS[(value >>> 16) & 0xff]!, true);
  view.setUint16(end + 4, HEX_PAIRS[(value >>> 8) & 0xff]!, true);
  view.setUint16(end + 6, HEX_PAIRS[value & 0xff]!, true);
  end += 8;
}

function reserve(more: number): void {
  if (end + more <= bytes.length) return;
  const grown = Buffer.allocUnsafeSlow(2 * (end + more));
  grown.set(bytes.subarray(0, end));
  bytes = grown;
  view = new DataView(grown.buffer);
  views = noViews();
}
