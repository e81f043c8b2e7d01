// Compiles functions of the engine on their own, so that they are tested over millions of calls without an image around them.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What is used of assemblyscript/asc. Its own types bring a global `console` along that would hide Node's. */
interface Compiler {
  main(
    args: readonly string[],
    host: {
      readFile(name: string, base: string): Promise<string | null>;
      writeFile(name: string, contents: string | Uint8Array): void;
      listFiles(): string[];
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}
const COMPILER: string = 'assemblyscript/asc';
const { default: asc } = (await import(COMPILER)) as { default: Compiler };

// @types/node has no types for the global; this is what is used of it.
interface Memory {
  readonly buffer: ArrayBuffer;
}
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Memory: new (options: { initial: number }) => Memory;
    Instance: new (module: object, imports: { env: { memory: Memory } }) => { exports: unknown };
  };
};

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface AssemblyModule {
  /** The exported functions: i64 as bigint, the rest as number. */
  readonly call: Record<string, (...values: never[]) => never>;
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** The compiled module. */
  readonly wasm: Uint8Array;
}

/**
 * Compiles the modules that `entry` exports (paths from the repository's root) as the engine is compiled.
 *
 * @param instead texts of files (paths from the root) that stand in place of those on disk
 * @throws Error with the compiler's messages
 */
export async function assemblyModule(
  entry: string,
  pages = 1,
  instead: Readonly<Record<string, string>> = {},
): Promise<AssemblyModule> {
  let wasm: Uint8Array | undefined;
  const options = [
    '--baseDir',
    root,
    '--outFile',
    'out.wasm',
    '--optimizeLevel',
    '3',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
  ];
  const memory = ['--importMemory', '--initialMemory', String(pages), '--enable', 'simd,bulk-memory'];
  const { error, stderr } = await asc.main(['entry.ts', ...options, ...memory], {
    readFile: async (name: string, base: string) => {
      if (name === 'entry.ts') return entry;
      // Its memory is shared, and has a maximum.
      if (name.endsWith('asconfig.json')) return null;
      if (name in instead) return instead[name]!;
      return readFile(`${base}/${name}`, 'utf8').catch(() => null);
    },
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === 'out.wasm') wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  const buffer = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory: buffer } });
  return {
    call: exports as unknown as AssemblyModule['call'],
    view: new DataView(buffer.buffer),
    bytes: new Uint8Array(buffer.buffer),
    wasm,
  };
}
