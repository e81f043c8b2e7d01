// One engine instance on a memory of its own: what engine tests call. The memory map is the tests' own, with wide guards, so that
// a write outside scratch, slot and output is seen.

import { readFileSync } from 'node:fs';
import * as at from '#assembly/shared/layout.js';
import { ImageError, type ListError, type ParameterError, type Status } from '#assembly/shared/status.js';
import { generateModule } from '#src/codegen/generate.js';
import { readListHeader } from '#src/image/list.js';
import { fromWtf8 } from './wtf8.js';

// @types/node has no types for the global; this is what tests use of it.
interface Memory {
  readonly buffer: SharedArrayBuffer;
}

interface Imports {
  env: { memory: Memory; scratchBase: number };
  /** Of generated code: the engine's exports. */
  engine?: object;
}

interface WasmNamespace {
  Module: (new (
    bytes: Uint8Array,
  ) => object) & {
    imports(module: object): { module: string; name: string; kind: string }[];
    exports(module: object): { name: string; kind: string }[];
  };
  Memory: new (options: { initial: number; maximum: number; shared: true }) => Memory;
  Instance: new (module: object, imports: Imports) => { exports: unknown };
}

export const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmNamespace };

export interface EngineExports {
  verifyImage(address: number, bytes: number): ImageError;
  verifyList(address: number, bytes: number): ListError;
  verifyParameters(image: number, address: number, bytes: number): ParameterError;
  decide(slot: number): Status;
  decideFrame(slot: number): Status;
  decideJson(slot: number): Status;
  decideText(slot: number, image: number, text: number, textBytes: number, output: number): number;
  renderDecision(decision: number): number;
  splitJson(slot: number): Status;
  evaluate(slot: number): Status;
}

export const wasm = new WebAssembly.Module(readFileSync(new URL('../../dist/engine.wasm', import.meta.url)));

export interface Decided {
  status: Status;
  /** By payload: its status in the entry, and the bytes of its decision. */
  decisions: { status: Status; bytes: Uint8Array }[];
  outputUsed: number;
  cursor: number;
}

/** Written everywhere that nobody may touch. */
export const GUARD_BYTE = 0xa5;
const PAGE_BYTES = 65536;
const SCRATCH = 65536;
const SLOT = 393216;
const SLOT_END = SLOT + at.SLOT_HEADER_BYTES + 4096 * at.ENTRY_BYTES;
const INPUT = 524288;

/** Lays out: scratch | slot header and entries | input | image | output, with guards between. Sizes in bytes. `module`: an engine. */
export class EngineBox {
  readonly memory: Memory;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly exports: EngineExports;
  readonly scratch = SCRATCH;
  readonly slot = SLOT;
  readonly input = INPUT;
  readonly image: number;
  readonly output: number;
  readonly outputBytes: number;
  imageBytes = 0;
  readonly #module: object;
  /** Copies outside the shared memory, whose bytes `set` moves many times faster than `slice` and `fill` do. */
  readonly #before = new Uint8Array(SLOT_END - SLOT);
  readonly #slotOfVm = new Uint8Array(SLOT_END - SLOT);
  readonly #outputOfVm: Uint8Array;
  readonly #guard: Uint8Array;
  /** Code generated for the image, made at the first call: it runs after the VM in every call, and must leave the same bytes. */
  #generated: Partial<EngineExports> | null | undefined;

  constructor(options: { inputBytes?: number; imageBytesMax?: number; outputBytes?: number; module?: object } = {}) {
    this.#module = options.module ?? wasm;
    const align = (value: number): number => (value + 4095) & ~4095;
    this.image = align(INPUT + (options.inputBytes ?? PAGE_BYTES) + 4096);
    this.output = align(this.image + (options.imageBytesMax ?? 262144) + 4096);
    this.outputBytes = options.outputBytes ?? PAGE_BYTES;
    this.#outputOfVm = new Uint8Array(this.outputBytes);
    this.#guard = new Uint8Array(this.outputBytes).fill(GUARD_BYTE);
    const pages = Math.ceil((this.output + this.outputBytes + 4096) / PAGE_BYTES);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.bytes = new Uint8Array(this.memory.buffer).fill(GUARD_BYTE);
    this.view = new DataView(this.memory.buffer);
    this.exports = this.instantiate(SCRATCH);
  }

  /** Another instance on the same memory. */
  instantiate(scratchBase: number): EngineExports {
    const instance = new WebAssembly.Instance(this.#module, { env: { memory: this.memory, scratchBase } });
    return instance.exports as EngineExports;
  }

  /**
   * Places list regions behind one another at `address`, after a binding table for them.
   *
   * @param regions undefined leaves a list unbound
   * @returns address of the binding table
   */
  bind(address: number, regions: readonly (Uint8Array | undefined)[]): number {
    let end = address + Math.ceil((regions.length * at.BINDING_BYTES) / 8) * 8;
    for (const [index, region] of regions.entries()) {
      const binding = address + index * at.BINDING_BYTES;
      this.bytes.fill(0, binding, binding + at.BINDING_BYTES);
      if (region === undefined) continue;
      this.bytes.set(region, end);
      this.view.setUint32(binding + at.BINDING_ADDRESS, end, true);
      this.bytes.set(new TextEncoder().encode(readListHeader(region).version), binding + at.BINDING_VERSION);
      end += region.length;
    }
    return address;
  }

  /** Copies an image in and verifies it. */
  load(image: Uint8Array): ImageError {
    if (this.image + image.length > this.output) throw new Error('image too large for the box');
    this.bytes.set(image, this.image);
    this.imageBytes = image.length;
    this.#generated = undefined;
    return this.exports.verifyImage(this.image, image.length);
  }

  /** As load, and throws where the image is refused. */
  mustLoad(image: Uint8Array): this {
    const error = this.load(image);
    if (error !== ImageError.NONE) throw new Error(`image refused: ${ImageError[error]}`);
    return this;
  }

  /** Writes slot header and entries for payloads that already lie in memory. */
  fillSlot(
    payloads: readonly { address: number; bytes: number }[],
    options: { now?: bigint; idHigh?: bigint; idLow?: bigint; outputBytes?: number; lists?: number; parameters?: number } = {},
  ): void {
    const { view, slot } = this;
    this.bytes.fill(0, slot, slot + at.SLOT_HEADER_BYTES);
    view.setUint32(slot + at.SLOT_BYTES, SLOT_END - SLOT, true);
    view.setUint32(slot + at.SLOT_IMAGE, this.image, true);
    view.setUint32(slot + at.SLOT_COUNT, payloads.length, true);
    view.setUint32(slot + at.SLOT_ENTRIES, slot + at.SLOT_HEADER_BYTES, true);
    view.setUint32(slot + at.SLOT_OUTPUT, this.output, true);
    view.setUint32(slot + at.SLOT_OUTPUT_BYTES, options.outputBytes ?? this.outputBytes, true);
    view.setUint32(slot + at.SLOT_LISTS, options.lists ?? 0, true);
    view.setUint32(slot + at.SLOT_PARAMETERS, options.parameters ?? 0, true);
    view.setBigInt64(slot + at.SLOT_NOW, options.now ?? 0n, true);
    view.setBigUint64(slot + at.SLOT_ID_HIGH, options.idHigh ?? 0n, true);
    view.setBigUint64(slot + at.SLOT_ID_LOW, options.idLow ?? 0n, true);
    for (const [index, payload] of payloads.entries()) {
      const entry = slot + at.SLOT_HEADER_BYTES + index * at.ENTRY_BYTES;
      view.setUint32(entry + at.ENTRY_PAYLOAD, payload.address, true);
      view.setUint32(entry + at.ENTRY_PAYLOAD_BYTES, payload.bytes, true);
      view.setUint32(entry + at.ENTRY_DECISION, 0, true);
      view.setUint32(entry + at.ENTRY_DECISION_BYTES, 0, true);
    }
  }

  /** Places payloads back to back at the input, `shift` bytes off a multiple of 8. */
  place(payloads: readonly Uint8Array[], shift = 0): { address: number; bytes: number }[] {
    let address = this.input + shift;
    return payloads.map((payload) => {
      this.bytes.set(payload, address);
      const placed = { address, bytes: payload.length };
      address += payload.length;
      if (address > this.image) throw new Error('input too large for the box');
      return placed;
    });
  }

  /** Decides payloads in one call. */
  decide(payloads: readonly Uint8Array[], options: Parameters<EngineBox['fillSlot']>[1] & { shift?: number } = {}): Decided {
    this.fillSlot(this.place(payloads, options.shift), options);
    const status = this.#run('decide');
    return this.decided(status, payloads.length);
  }

  /** The code generated for the image that is loaded; null where none is. */
  generated(): Partial<EngineExports> | null {
    if (this.#generated === undefined) {
      const { module } = generateModule(this.bytes.slice(this.image, this.image + this.imageBytes));
      if (module === undefined) {
        this.#generated = null;
      } else {
        const imports = { env: { memory: this.memory, scratchBase: SCRATCH }, engine: this.exports };
        this.#generated = new WebAssembly.Instance(new WebAssembly.Module(module), imports).exports as Partial<EngineExports>;
      }
    }
    return this.#generated;
  }

  /** Runs the VM, then generated code over the same slot, and holds the two to the same slot and output. @returns the status */
  #run(call: 'decide' | 'decideFrame' | 'evaluate'): Status {
    const slot = this.bytes.subarray(this.slot, SLOT_END);
    const output = this.bytes.subarray(this.output, this.output + this.outputBytes);
    const used =
      this.view.getUint32(this.slot + at.SLOT_CURSOR, true) === 0 ? 0 : this.view.getUint32(this.slot + at.SLOT_OUTPUT_USED, true);
    this.#before.set(slot);
    // Bytes that neither writes are to be the same for both.
    output.set(this.#guard.subarray(used), used);
    const status = this.exports[call](this.slot);
    const run = this.#module === wasm ? this.generated()?.[call] : undefined;
    if (run === undefined) return status;
    this.#slotOfVm.set(slot);
    this.#outputOfVm.set(output);
    slot.set(this.#before);
    output.set(this.#guard.subarray(used), used);
    const again = run(this.slot);
    const same = (what: string, vm: Uint8Array, code: Uint8Array): void => {
      if (Buffer.compare(vm, code) === 0) return;
      const first = vm.findIndex((byte, index) => byte !== code[index]);
      throw new Error(`generated code leaves another ${what}: byte ${first} is ${code[first]}, the VM's is ${vm[first]}`);
    };
    if (again !== status) throw new Error(`generated code answers ${again}, the VM ${status}`);
    same('slot', this.#slotOfVm, slot);
    if (status === 0) {
      const length = this.view.getUint32(this.slot + at.SLOT_OUTPUT_USED, true);
      same('output', this.#outputOfVm.subarray(0, length), output.subarray(0, length));
      same('guard behind the output', this.#guard.subarray(length), output.subarray(length));
    }
    return status;
  }

  /** Reads back what a call left in the slot. */
  decided(status: Status, count: number): Decided {
    const { view, slot } = this;
    const cursor = view.getUint32(slot + at.SLOT_CURSOR, true);
    const decisions: Decided['decisions'] = [];
    for (let index = 0; index < Math.min(count, cursor); index++) {
      const entry = slot + at.SLOT_HEADER_BYTES + index * at.ENTRY_BYTES;
      const address = view.getUint32(entry + at.ENTRY_DECISION, true);
      const packed = view.getUint32(entry + at.ENTRY_DECISION_BYTES, true);
      const length = packed & ((1 << at.ENTRY_STATUS_SHIFT) - 1);
      decisions.push({ status: packed >>> at.ENTRY_STATUS_SHIFT, bytes: this.bytes.slice(address, address + length) });
    }
    return { status, decisions, cursor, outputUsed: view.getUint32(slot + at.SLOT_OUTPUT_USED, true) };
  }

  /** Calls decideFrame. @returns its status and the answer frame */
  decideFrame(
    frame: Uint8Array,
    options: Parameters<EngineBox['fillSlot']>[1] & { entries?: number } = {},
  ): {
    status: Status;
    count: number;
    answer: Uint8Array;
  } {
    const { view, slot } = this;
    const [placed] = this.place([frame]);
    this.fillSlot([], options);
    view.setUint32(slot + at.SLOT_COUNT, options.entries ?? 0, true);
    view.setUint32(slot + at.SLOT_INPUT, placed!.address, true);
    view.setUint32(slot + at.SLOT_INPUT_BYTES, placed!.bytes, true);
    const status = this.#run('decideFrame');
    const used = view.getUint32(slot + at.SLOT_OUTPUT_USED, true);
    return { status, count: view.getUint32(slot + at.SLOT_COUNT, true), answer: this.bytes.slice(this.output, this.output + used) };
  }

  /** Evaluates an expression image over one payload. A text is a string, WIDE a bigint of 128 bits, null null. */
  evaluate(
    payload: Uint8Array,
    options: { now?: bigint; shift?: number; lists?: number; parameters?: number } = {},
  ): {
    status: Status;
    values: Value[];
  } {
    this.fillSlot(this.place([payload], options.shift), options);
    const status = this.#run('evaluate');
    const used = this.view.getUint32(this.slot + at.SLOT_OUTPUT_USED, true);
    const values: Value[] = [];
    for (let offset = 0; offset < used; offset += at.VALUE_BYTES) values.push(this.value(this.output + offset));
    return { status, values };
  }

  /** One value of the output of `evaluate`. */
  value(address: number): Value {
    const { view } = this;
    const tag = view.getUint32(address + at.VALUE_TAG, true);
    const low = address + at.VALUE_LOW;
    switch (tag) {
      case 0:
        return null;
      case 1:
        return view.getFloat64(low, true);
      case 2:
        return view.getBigInt64(low, true);
      case 3:
        return view.getUint32(low, true) === 1;
      case 4: {
        const text = view.getUint32(low, true);
        const bytes = this.bytes.slice(text, text + view.getUint32(low + 4, true));
        return fromWtf8(bytes);
      }
      case 6:
        return (view.getBigInt64(address + at.VALUE_HIGH, true) << 64n) | view.getBigUint64(low, true);
      default:
        throw new Error(`value with tag ${tag}`);
    }
  }
}

export type Value = null | number | bigint | boolean | string;
