// Code generated for an image, as a process runs it: one compiled module for all threads, and on each thread an instance of it
// beside the engine's. The two have the same memory and the same scratch; the code calls the engine's functions directly.

import type { EngineInstance } from './instance.js';
import { SlotCall } from './task.js';
import { type WasmModule, wasm } from './webassembly.js';

/** What a module of generated code exports; src/codegen/generate.ts. */
export interface CodeExports {
  /** One payload: bytes of its decision | status << ENTRY_STATUS_SHIFT. */
  decidePayload(slot: number, image: number, index: number, payload: number, bytes: number, output: number): number;
  /** One payload that is JSON text: as decidePayload, or 0 where it is not taken. */
  decideText(slot: number, image: number, text: number, textBytes: number, output: number): number;
  decide(slot: number): number;
  decideFrame(slot: number): number;
  decideJson(slot: number): number;
}

let made = 0;

/** Compiles a module of generated code, off this thread. Rejects where the bytes are no valid module. */
export async function compileCode(bytes: Uint8Array): Promise<GeneratedCode> {
  return new GeneratedCode(await wasm.compile(bytes));
}

/** An instance of generated code beside an engine instance. */
export function attachCode(module: WasmModule, engine: EngineInstance): CodeExports {
  const imports = { env: { memory: engine.memory, scratchBase: engine.scratch }, engine: engine.functions };
  return new wasm.Instance(module, imports).exports as unknown as CodeExports;
}

/** The code of one image. It is let go with the image: nothing else refers to it, but for the workers' bounded caches. */
export class GeneratedCode {
  /** Unique in this process, from 1: how workers know it again. */
  readonly id = ++made;
  private attached: { engine: EngineInstance; exports: CodeExports } | undefined;

  constructor(readonly module: WasmModule) {}

  /** Decides a slot with this code on the owner's thread, beside its engine instance. Throws what the code traps with. */
  run(slot: number, call: SlotCall, engine: EngineInstance): number {
    const exports = this.exportsFor(engine);
    if (call === SlotCall.DECIDE_JSON) return exports.decideJson(slot);
    return call === SlotCall.DECIDE ? exports.decide(slot) : exports.decideFrame(slot);
  }

  /** Its instance beside the owner's engine instance. */
  exportsFor(engine: EngineInstance): CodeExports {
    // An instance that trapped has been replaced, and its scratch may be another's by now.
    if (this.attached?.engine !== engine) this.attached = { engine, exports: attachCode(this.module, engine) };
    return this.attached.exports;
  }
}
