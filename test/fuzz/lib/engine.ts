// A box with the instrumented engine, and the regions that each call may touch.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SCRATCH_BYTES } from '#assembly/shared/layout.js';
import { EngineBox, type EngineExports, WebAssembly } from '../../lib/image-engine.js';
import { EDGES_AT, instrumentWasm, writeRegions } from './instrument-wasm.js';

const root = new URL('../../../', import.meta.url);

interface Instrumented {
  module: object;
  edges: number;
}

interface Instruments {
  fuzzSteps: { value: bigint };
  fuzzBadAt: { value: bigint };
  fuzzBadBytes: { value: number };
}

let made: Instrumented | undefined;

/** The instrumented engine; made once a build and kept in .cache. */
function instrumentedEngine(): Instrumented {
  if (made !== undefined) return made;
  const shipped = readFileSync(new URL('dist/engine.wasm', root));
  const instruments = readFileSync(new URL('test/fuzz/lib/instrument-wasm.ts', root));
  const key = createHash('sha256').update(shipped).update(instruments).digest('hex').slice(0, 16);
  const folder = new URL('.cache/fuzz/', root);
  const path = fileURLToPath(new URL(`engine-${key}.wasm`, folder));
  if (!existsSync(path)) {
    const { wasm, edges } = instrumentWasm(shipped);
    const counted = new Uint8Array(wasm.length + 4);
    counted.set(wasm);
    new DataView(counted.buffer).setUint32(wasm.length, edges, true);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, counted);
  }
  const bytes = new Uint8Array(readFileSync(path));
  const edges = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  made = { module: new WebAssembly.Module(bytes.subarray(0, bytes.length - 4)), edges };
  return made;
}

export interface Region {
  start: number;
  end: number;
  writable?: boolean;
}

/** Boxes whose edges count: each target has few, and all are looked at after each input. */
export const boxes: FuzzBox[] = [];

/** An EngineBox whose engine is watched. */
export class FuzzBox extends EngineBox {
  readonly edges: Uint8Array;
  readonly #instruments: Instruments;

  constructor(options: ConstructorParameters<typeof EngineBox>[0] = {}) {
    const { module, edges } = instrumentedEngine();
    super({ ...options, module });
    this.#instruments = this.exports as EngineExports & Instruments;
    this.edges = this.bytes.subarray(EDGES_AT, EDGES_AT + edges).fill(0);
    boxes.push(this);
  }

  /** Sets what the next calls may touch beside the scratch. */
  allow(regions: readonly Region[]): void {
    // The text of a null field is at 0 and has no bytes; tests of it look at the 8 bytes there (assembly/vm/tests.ts).
    const always = [
      { start: this.scratch, end: this.scratch + SCRATCH_BYTES, writable: true },
      { start: 0, end: 8 },
    ];
    writeRegions(this.view, [...always, ...regions]);
  }

  /** Edges passed since the last call of `watch`. */
  get steps(): number {
    return Number(this.#instruments.fuzzSteps.value);
  }

  /** Calls the engine. @throws Error where it touches what it may not, or traps */
  watch<Result>(call: () => Result): Result {
    this.#instruments.fuzzSteps.value = 0n;
    this.#instruments.fuzzBadBytes.value = 0;
    try {
      return call();
    } catch (error) {
      const bytes = this.#instruments.fuzzBadBytes.value;
      if (bytes === 0) throw error;
      const stack = (error as Error).stack
        ?.split('\n')
        .filter((line) => line.includes('wasm'))
        .join('\n');
      const what = bytes < 0 ? 'wrote' : 'read';
      throw new Error(
        `the engine ${what} ${Math.abs(bytes)} bytes at ${this.#place(Number(this.#instruments.fuzzBadAt.value))}\n${stack}`,
      );
    }
  }

  #place(address: number): string {
    const places = { output: this.output, image: this.image, input: this.input, slot: this.slot, scratch: this.scratch };
    for (const [name, start] of Object.entries(places)) if (address >= start) return `${name} + ${address - start}`;
    return String(address);
  }
}
