// WebAssembly as this folder uses it. @types/node has no types for the global, and those of the browser library would bring the
// whole browser with them, into the projects of everybody who embeds Verdict too.

/** A compiled module. Opaque; may be sent to other threads. */
export interface WasmModule {
  readonly __module?: never;
}

/** A shared linear memory. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB. Throws RangeError beyond the maximum or what the machine has. */
  grow(pages: number): number;
}

/** An instance of a module. */
export interface WasmInstance {
  readonly exports: Record<string, unknown>;
}

interface WasmNamespace {
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule, imports: Record<string, Record<string, unknown>>) => WasmInstance;
  /** Compiles off this thread. */
  compile(bytes: Uint8Array): Promise<WasmModule>;
  Memory: new (options: { initial: number; maximum: number; shared: true }) => WasmMemory;
}

export const wasm = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
