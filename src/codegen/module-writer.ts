// A WebAssembly module as bytes: the encoder that generated code goes through. It knows what such code needs and nothing more:
// imported functions, one shared memory, one i32 global, functions, exports, data that functions place.
//
// Own, and not binaryen, which AssemblyScript brings: loading that takes 370 ms and 69 MB, this 24 ms and 1 MB; optimising one
// module takes it 260 to 560 ms, and the code is a third smaller and no faster, since V8 optimises what it is given.

import { ByteWriter } from '../wasm/byte-writer.js';
import { ExternalKind, MAGIC_AND_VERSION, Section, ValueType } from '../wasm/format.js';
import type { FunctionBody } from './body.js';

/** Pages that the memory's import allows: any tenant's memory fits. */
const MEMORY_PAGES_MIN = 1;
const MEMORY_PAGES_MAX = 65536;
const LIMITS_SHARED_WITH_MAX = 3;
/** Of a segment of data: it is placed by functions alone. */
const PASSIVE = 1;

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface ImportedFunction extends Signature {
  readonly name: string;
}

export class ModuleWriter {
  private readonly types: string[] = [];
  private readonly typeBytes: Uint8Array[] = [];
  private readonly functions: { type: number; body: FunctionBody }[] = [];
  private readonly exports: { name: string; index: number }[] = [];
  private readonly data: Uint8Array[] = [];

  /**
   * @param namespace of the imported functions; the memory is env.memory, global 0 is env.scratchBase
   * @param imported functions 0, 1, ...
   */
  constructor(
    private readonly namespace: string,
    private readonly imported: readonly ImportedFunction[],
  ) {}

  /** Adds a function. @returns its number, for calls */
  add(body: FunctionBody, results: readonly ValueType[], exportedAs?: string): number {
    this.functions.push({ type: this.type({ params: body.params, results }), body });
    const index = this.imported.length + this.functions.length - 1;
    if (exportedAs !== undefined) this.exports.push({ name: exportedAs, index });
    return index;
  }

  /** Adds bytes that lie nowhere until a function places them. @returns their number */
  addData(bytes: Uint8Array): number {
    return this.data.push(bytes) - 1;
  }

  finish(): Uint8Array {
    const importTypes = this.imported.map((each) => this.type(each));
    const out = new ByteWriter();
    out.append(MAGIC_AND_VERSION);
    section(out, Section.TYPE, this.typeBytes.length, (to) => {
      for (const bytes of this.typeBytes) to.append(bytes);
    });
    section(out, Section.IMPORT, this.imported.length + 2, (to) => {
      this.imported.forEach(({ name }, index) => {
        to.name(this.namespace);
        to.name(name);
        to.byte(ExternalKind.FUNCTION);
        to.unsigned(importTypes[index] as number);
      });
      to.name('env');
      to.name('memory');
      to.byte(ExternalKind.MEMORY);
      to.byte(LIMITS_SHARED_WITH_MAX);
      to.unsigned(MEMORY_PAGES_MIN);
      to.unsigned(MEMORY_PAGES_MAX);
      to.name('env');
      to.name('scratchBase');
      to.byte(ExternalKind.GLOBAL);
      to.byte(ValueType.I32);
      to.byte(0); // immutable
    });
    section(out, Section.FUNCTION, this.functions.length, (to) => {
      for (const { type } of this.functions) to.unsigned(type);
    });
    section(out, Section.EXPORT, this.exports.length, (to) => {
      for (const { name, index } of this.exports) {
        to.name(name);
        to.byte(ExternalKind.FUNCTION);
        to.unsigned(index);
      }
    });
    if (this.data.length > 0) section(out, Section.DATA_COUNT, this.data.length, () => {});
    section(out, Section.CODE, this.functions.length, (to) => {
      for (const { body } of this.functions) to.append(body.finish());
    });
    if (this.data.length > 0) {
      section(out, Section.DATA, this.data.length, (to) => {
        for (const bytes of this.data) {
          to.byte(PASSIVE);
          to.unsigned(bytes.length);
          to.append(bytes);
        }
      });
    }
    return out.finish();
  }

  private type({ params, results }: Signature): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.types.indexOf(key);
    if (known >= 0) return known;
    const bytes = new ByteWriter();
    bytes.byte(0x60);
    for (const side of [params, results]) {
      bytes.unsigned(side.length);
      bytes.append(side);
    }
    this.typeBytes.push(bytes.finish());
    return this.types.push(key) - 1;
  }
}

/** A section: its id, its length, the number of its elements, the elements. */
function section(out: ByteWriter, id: Section, count: number, write: (to: ByteWriter) => void): void {
  const content = new ByteWriter();
  content.unsigned(count);
  write(content);
  out.byte(id);
  out.unsigned(content.length);
  out.append(content.finish());
}
