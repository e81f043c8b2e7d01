// Thread entry: compiles a bundle, and works on lists, away from the I/O thread. Ten thousand rules take seconds, and so
// does a million entries: decisions must not wait for them.

import type { BundleFiles } from '../bundle/files.js';
import { type Generated, generateModule } from '../codegen/generate.js';
import { compile } from '../compiler/compile.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { warmCode } from '../runtime/warm-code.js';
import type { WasmModule } from '../runtime/webassembly.js';
import type { ModelLock } from '../schema/model.js';

/** A copy of an image's deciding part. */
export interface GenerateTask {
  deciding: Uint8Array;
}

/** Generates code for an image. */
export function generateCode({ deciding }: GenerateTask): Generated {
  return generateModule(deciding);
}

/** A module of generated code, and a copy of the deciding part that it is for. */
export interface WarmTask {
  bytes: Uint8Array;
  deciding: Uint8Array;
}

/** Compiles generated code and makes its first calls. */
export function warm({ bytes, deciding }: WarmTask): WasmModule {
  return warmCode(bytes, deciding);
}

export { buildList, placeList } from './list-worker.js';

export interface CompileTask {
  files: BundleFiles;
  profileMax: 'strict' | 'standard';
  costMax: number | undefined;
  /** Ids that have been given before. */
  lock: ModelLock | undefined;
}

export interface Compiled {
  /** Absent where the diagnostics hold an error. */
  image?: Uint8Array;
  lock?: ModelLock;
  diagnostics: Diagnostic[];
}

/** Runs `compile` and returns what a registry needs of it. Never throws for a bad bundle. */
export function compileBundle(task: CompileTask): Compiled {
  const { image, lock, diagnostics } = compile(task.files, {
    profileMax: task.profileMax,
    ...(task.costMax === undefined ? {} : { costMax: task.costMax }),
    ...(task.lock === undefined ? {} : { lock: task.lock }),
  });
  return { diagnostics, ...(image === undefined ? {} : { image }), ...(lock === undefined ? {} : { lock }) };
}
