// A WebAssembly module as its sections, to add what an exported module has more than the engine. WebAssembly Core Specification
// 2.0, section 5.5 (binary format of modules).

import { ByteWriter } from '../wasm/byte-writer.js';
import { MAGIC_AND_VERSION, Section } from '../wasm/format.js';

export interface ModuleSection {
  id: number;
  /** Without id and size. */
  bytes: Uint8Array;
}

/** Where sections stand in a module; custom sections may stand anywhere, and here stand last. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11, Section.CUSTOM];

/** Sections of a module in their order. Throws Error for what is no module. */
export function readSections(module: Uint8Array): ModuleSection[] {
  if (module.length < MAGIC_AND_VERSION.length || MAGIC_AND_VERSION.some((byte, i) => module[i] !== byte))
    throw new Error('not a WebAssembly module');
  const sections: ModuleSection[] = [];
  for (let at: number = MAGIC_AND_VERSION.length; at < module.length; ) {
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
export function writeSections(sections: readonly ModuleSection[]): Uint8Array {
  const place = ({ id }: ModuleSection): number => ORDER.indexOf(id);
  const module = new ByteWriter();
  module.append(MAGIC_AND_VERSION);
  for (const { id, bytes } of [...sections].sort((left, right) => place(left) - place(right))) {
    module.byte(id);
    module.unsigned(bytes.length);
    module.append(bytes);
  }
  return module.finish();
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
