// A WebAssembly module as its sections, to add what an exported module has more than the engine. WebAssembly Core Specification
// 2.0, section 5.5 (binary format of modules).

export enum SectionId {
  CUSTOM = 0,
  IMPORT = 2,
  MEMORY = 5,
  GLOBAL = 6,
  DATA_COUNT = 12,
  CODE = 10,
  DATA = 11,
}

export interface Section {
  id: number;
  /** Without id and size. */
  bytes: Uint8Array;
}

const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Where sections stand in a module; custom sections may stand anywhere, and here stand last. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11, SectionId.CUSTOM];

/** Unsigned LEB128 of a whole number below 2^32. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const rest = Math.floor(left / 128);
    bytes.push((left % 128) | (rest > 0 ? 128 : 0));
    left = rest;
  } while (left > 0);
  return bytes;
}

/** Signed LEB128 of a whole number of 32 bits: the operand of i32.const. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let left = value | 0;
  for (;;) {
    const low = left & 127;
    left >>= 7;
    const ends = (left === 0 && (low & 64) === 0) || (left === -1 && (low & 64) !== 0);
    bytes.push(ends ? low : low | 128);
    if (ends) return bytes;
  }
}

/** A name: its length in bytes, then UTF-8. */
export function name(text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  return [...unsigned(bytes.length), ...bytes];
}

/** Sections of a module in their order. Throws Error for what is no module. */
export function readSections(module: Uint8Array): Section[] {
  if (module.length < PREAMBLE.length || PREAMBLE.some((byte, i) => module[i] !== byte))
    throw new Error('not a WebAssembly module');
  const sections: Section[] = [];
  for (let at = PREAMBLE.length; at < module.length; ) {
    const id = module[at] as number;
    const size = readUnsigned(module, at + 1);
    const end = size.next + size.value;
    if (end > module.length) throw new Error('a WebAssembly module that ends within a section');
    sections.push({ id, bytes: module.subarray(size.next, end) });
    at = end;
  }
  return sections;
}

/** The module of these sections, in the order that the format asks for. */
export function writeSections(sections: readonly Section[]): Uint8Array {
  const place = ({ id }: Section): number => ORDER.indexOf(id);
  const sorted = [...sections].sort((left, right) => place(left) - place(right));
  const heads = sorted.map(({ id, bytes }) => Uint8Array.of(id, ...unsigned(bytes.length)));
  return new Uint8Array(Buffer.concat([PREAMBLE, ...sorted.flatMap(({ bytes }, i) => [heads[i] as Uint8Array, bytes])]));
}

/** An unsigned LEB128 number and where the next byte is. */
export function readUnsigned(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, next = at; shift < 35; shift += 7, next++) {
    const byte = bytes[next];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return { value, next: next + 1 };
  }
  throw new Error('a WebAssembly module with a damaged number');
}
