// An image -> one WebAssembly module without imports: the engine, with the image in its data. The engine's two imports become
// definitions of its own at the same indices, so that no instruction changes:
//
//   (import "env" "memory" (memory 1))            ->   (memory PAGES)
//   (import "env" "scratchBase" (global i32))     ->   (global i32 (i32.const SCRATCH))

import { readImageFile } from '../image/file.js';
import { jsonRoom } from '../schema/json-room.js';
import { layOutMemory, type MemoryLayout } from './memory-layout.js';
import { name, readSections, readUnsigned, type Section, SectionId, signed, unsigned, writeSections } from './wasm-sections.js';

const PAGE_BYTES = 65_536;
const I32 = 0x7f;
const I32_CONST = 0x41;
const END = 0x0b;

/** Name of the custom section that says what a module decides: JSON. */
export const EMBED_SECTION = 'verdict';

export interface ExportOptions {
  /** Region of lists that the image asks, by name. Those left out are bound by the caller, before the first decision. */
  lists?: ReadonlyMap<string, Uint8Array>;
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
  const { deciding, manifest, header } = readImageFile(file);
  const read = manifest.lists.filter(({ isRead }) => isRead).sort((a, b) => (a.name < b.name ? -1 : 1));
  const regions = read.map((list) => options.lists?.get(list.name));
  const layout = layOutMemory(deciding, header.decisionBytesMax, regions, jsonRoom(manifest.model));
  const sections = readSections(template);
  checkImports(sections);
  const { name: bundle, version } = manifest;
  const unbound = read.flatMap((list, index) =>
    regions[index] === undefined ? [{ index, name: list.name, type: list.type }] : [],
  );
  const about = { bundle, version, image: header.hash, model: header.modelHash, lists: read.map((list) => list.name) };
  const module = writeSections([
    ...sections.filter(({ id }) => id !== SectionId.IMPORT && id !== SectionId.CUSTOM),
    { id: SectionId.MEMORY, bytes: Uint8Array.of(1, 0, ...unsigned(Math.ceil(layout.bytes / PAGE_BYTES))) },
    { id: SectionId.GLOBAL, bytes: Uint8Array.of(1, I32, 0, I32_CONST, ...signed(layout.scratch), END) },
    { id: SectionId.DATA, bytes: dataSection(layout) },
    { id: SectionId.CUSTOM, bytes: Uint8Array.of(...name(EMBED_SECTION), ...new TextEncoder().encode(JSON.stringify(about))) },
  ]);
  return { module, name: bundle, version, image: header.hash, unbound, memoryBytes: layout.bytes };
}

/** The template must import what is defined here, and nothing else, and define none of it itself. */
function checkImports(sections: readonly Section[]): void {
  const imports = sections.find(({ id }) => id === SectionId.IMPORT)?.bytes;
  const own = sections.some(({ id }) => id === SectionId.MEMORY || id === SectionId.GLOBAL || id === SectionId.DATA);
  if (imports === undefined || own || readUnsigned(imports, 0).value !== 2) throw new Error('not a module to export images with');
}

/** Active segments of memory 0. */
function dataSection({ segments }: MemoryLayout): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(...unsigned(segments.length))];
  for (const { address, bytes } of segments) {
    parts.push(Uint8Array.of(0, I32_CONST, ...signed(address), END, ...unsigned(bytes.length)), bytes);
  }
  return new Uint8Array(Buffer.concat(parts));
}
