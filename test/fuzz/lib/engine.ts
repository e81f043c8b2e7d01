// A box with the instrumented engine, and the regions that each call may touch.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SCRATCH_BYTES } from '#assembly/shared/layout.js';
import { EngineBox, type EngineExports, WebAssembly } from '../../lib/image-engine.js';
import { SWITCH } from './defects.mjs';
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
  /** Of the engine with planted defects: which of them is on. */
  [SWITCH]?: { value: number };
}

let made: Instrumented | undefined;

/** Instruments an engine, once a build: kept in .cache by what it is made of. */
function instrumented(key: string, wasm: () => Uint8Array): Instrumented {
  const folder = new URL('.cache/fuzz/', root);
  const path = fileURLToPath(new URL(`engine-${key}.wasm`, folder));
  if (!existsSync(path)) {
    const { wasm: changed, edges } = instrumentWasm(wasm());
    const counted = new Uint8Array(changed.length + 4);
    counted.set(changed);
    new DataView(counted.buffer).setUint32(changed.length, edges, true);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, counted);
  }
  const bytes = new Uint8Array(readFileSync(path));
  const edges = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  return { module: new WebAssembly.Module(bytes.subarray(0, bytes.length - 4)), edges };
}

function keyOf(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

const shipped = readFileSync(new URL('dist/engine.wasm', root));
const instruments = readFileSync(new URL('test/fuzz/lib/instrument-wasm.ts', root));

function instrumentedEngine(): Instrumented {
  made ??= instrumented(keyOf(shipped, instruments), () => shipped);
  return made;
}

/** Has all boxes made from here on run the engine with planted defects, all of them switched off. */
export async function plantEngine(): Promise<void> {
  const { compilePlantedEngine, plantedSources } = await import('./planted-engine.js');
  const key = keyOf(shipped, instruments, plantedSources());
  const compiled = existsSync(new URL(`.cache/fuzz/engine-${key}.wasm`, root)) ? shipped : await compilePlantedEngine();
  made = instrumented(key, () => compiled);
}

/** Switches a planted defect on, by its number in DEFECTS; 0: none of them. */
export function switchDefect(number: number): void {
  (globalThis as unknown as Record<string, number>)[SWITCH] = number;
  for (const box of boxes) box.switchDefect(number);
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

  switchDefect(number: number): void {
    const global = this.#instruments[SWITCH];
    if (global !== undefined) global.value = number;
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
