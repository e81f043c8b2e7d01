// An image -> one WebAssembly module without imports: the engine, with the image in its data. The engine's two imports become
// definitions of its own at the same indices, so that no instruction changes:
//
//   (import "env" "memory" (memory 1))            ->   (memory PAGES)
//   (import "env" "scratchBase" (global i32))     ->   (global i32 (i32.const SCRATCH))

import { readImageFile } from '../image/file.js';
import type { ParameterBinding } from '../image/parameter-block.js';
import { jsonRoom } from '../schema/json-room.js';
import { ByteWriter } from '../wasm/byte-writer.js';
import { Op, Section, ValueType } from '../wasm/format.js';
import { layOutMemory, type MemoryLayout } from './memory-layout.js';
import { type ModuleSection, readSections, readUnsigned, writeSections } from './wasm-sections.js';

const PAGE_BYTES = 65_536;

/** Name of the custom section that says what a module decides: JSON. */
export const EMBED_SECTION = 'verdict';

export interface ExportOptions {
  /** Region of lists that the image asks, by name. Those left out are bound by the caller, before the first decision. */
  lists?: ReadonlyMap<string, Uint8Array>;
  /** Values of the parameters that the rules read, in the order of the manifest: all of them. */
  parameters?: readonly ParameterBinding[];
}

export interface ExportedModule {
  module: Uint8Array;
  name: string;
  version: string;
  /** First 8 bytes of the image's sha256, 16 hex digits. */
  image: string;
  /** What the caller has to bind, by index. */
  unbound: { index: number; name: string; type: string }[];
  /** Bytes of the memory that an instance starts with. */
  memoryBytes: number;
}

/**
 * Exports an image as a module.
 *
 * @param template dist/embedded.wasm, or dist/embedded-scalar.wasm: the engine with the ABI of assembly/embed/index.ts
 * @param file an image file that the engine has verified: an exported module does not verify it again
 * Throws Error where the file is damaged, or the template is something else.
 */
export function exportModule(template: Uint8Array, file: Uint8Array, options: ExportOptions = {}): ExportedModule {
  const { deciding, head, header } = readImageFile(file);
  const read = head.lists.filter(({ isRead }) => isRead).sort((a, b) => (a.name < b.name ? -1 : 1));
  const regions = read.map((list) => options.lists?.get(list.name));
  const { parameters = [] } = options;
  if (parameters.length !== header.parameterCount) {
    throw new Error(`the rules read ${header.parameterCount} parameters, and ${parameters.length} have a value`);
  }
  const layout = layOutMemory(deciding, header.decisionBytesMax, regions, jsonRoom(head.model), header.hash, parameters);
  const sections = readSections(template);
  checkImports(sections);
  const { name: bundle, version } = head;
  const unbound = read.flatMap((list, index) =>
    regions[index] === undefined ? [{ index, name: list.name, type: list.type }] : [],
  );
  const about = { bundle, version, image: header.hash, model: header.modelHash, lists: read.map((list) => list.name) };
  const module = writeSections([
    ...sections.filter(({ id }) => id !== Section.IMPORT && id !== Section.CUSTOM),
    { id: Section.MEMORY, bytes: memorySection(layout) },
    { id: Section.GLOBAL, bytes: globalSection(layout) },
    { id: Section.DATA, bytes: dataSection(layout) },
    { id: Section.CUSTOM, bytes: customSection(JSON.stringify(about)) },
  ]);
  return { module, name: bundle, version, image: header.hash, unbound, memoryBytes: layout.bytes };
}

/** The template must import what is defined here, and nothing else, and define none of it itself. */
function checkImports(sections: readonly ModuleSection[]): void {
  const imports = sections.find(({ id }) => id === Section.IMPORT)?.bytes;
  const own = sections.some(({ id }) => id === Section.MEMORY || id === Section.GLOBAL || id === Section.DATA);
  if (imports === undefined || own || readUnsigned(imports, 0).value !== 2) throw new Error('not a module to export images with');
}

/** One memory without a maximum. */
function memorySection({ bytes }: MemoryLayout): Uint8Array {
  const section = new ByteWriter();
  section.append([1, 0]);
  section.unsigned(Math.ceil(bytes / PAGE_BYTES));
  return section.finish();
}

/** One constant: the address of the scratch. */
function globalSection({ scratch }: MemoryLayout): Uint8Array {
  const section = new ByteWriter();
  section.append([1, ValueType.I32, 0]);
  constant(section, scratch);
  return section.finish();
}

/** Active segments of memory 0. */
function dataSection({ segments }: MemoryLayout): Uint8Array {
  const section = new ByteWriter();
  section.unsigned(segments.length);
  for (const { address, bytes } of segments) {
    section.byte(0);
    constant(section, address);
    section.unsigned(bytes.length);
    section.append(bytes);
  }
  return section.finish();
}

function customSection(content: string): Uint8Array {
  const section = new ByteWriter();
  section.name(EMBED_SECTION);
  section.append(new TextEncoder().encode(content));
  return section.finish();
}

/** The expression that is an i32. */
function constant(section: ByteWriter, value: number): void {
  section.byte(Op.I32_CONST);
  section.signed(value);
  section.byte(Op.END);
}
