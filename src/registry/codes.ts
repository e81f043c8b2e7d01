// Gets images their generated code: from the store, or made on the compiler's thread and then stored. The VM decides until it is
// there; then one assignment lets the next request begin with it, and those in flight end as they began.

import { GENERATOR_VERSION, whyNoCode } from '../codegen/choice.js';
import type { Generated } from '../codegen/generate.js';
import { compileCode, GeneratedCode } from '../runtime/generated-code.js';
import { engineHash } from '../runtime/instance.js';
import type { TaskRunner } from '../runtime/task-pool.js';
import type { WasmModule } from '../runtime/webassembly.js';
import { type CodeOrigin, readCodeFile, writeCodeFile } from './code-file.js';
import type { GenerateTask, WarmTask } from './compile-worker.js';
import type { LiveImage } from './live-image.js';
import type { Store } from './store.js';
import type { CodeMaker } from './tenant.js';

export interface CodesOptions {
  store: Store | undefined;
  /** Runs registry/compile-worker.ts; or else who makes and stores code for an image of the store, which is then read. */
  compiler: TaskRunner | ((live: LiveImage) => Promise<void>);
}

/** Of a stored module: shorter ones are not worth a thread, their first call takes a millisecond. */
const WARM_BYTES_MIN = 65_536;

export class Codes implements CodeMaker {
  private readonly asked = new WeakMap<LiveImage, Promise<void>>();
  private readonly running = new Set<Promise<void>>();
  private closed = false;

  constructor(private readonly options: CodesOptions) {}

  want(live: LiveImage): Promise<void> {
    let task = this.asked.get(live);
    if (task !== undefined || this.closed) return task ?? Promise.resolve();
    task = this.get(live)
      .catch((error: unknown) => {
        // The VM goes on: a full disk or a thread that died is no reason to stop deciding.
        live.withoutCode = (error as Error).message;
      })
      .finally(() => this.running.delete(task as Promise<void>));
    this.asked.set(live, task);
    this.running.add(task);
    return task;
  }

  /** Waits for what is in hand and begins nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.running);
  }

  private async get(live: LiveImage): Promise<void> {
    live.withoutCode = whyNoCode(live);
    if (live.withoutCode !== undefined) return;
    const origin: CodeOrigin = { generator: GENERATOR_VERSION, engine: engineHash(), image: live.image };
    const stored = await this.read(live, origin);
    const module = stored ?? (await this.make(live, origin));
    if (module === undefined) return;
    const isLong = stored === undefined || stored.length >= WARM_BYTES_MIN;
    const code = isLong ? await this.warm(module, live) : await compileCode(module);
    if (!live.isRetired) live.code = code;
  }

  /** Compiles code and makes its first calls, on the compiler's thread where there is one here. */
  private async warm(bytes: Uint8Array, live: LiveImage): Promise<GeneratedCode> {
    const { compiler } = this.options;
    if (typeof compiler === 'function' || this.closed || live.isRetired) return compileCode(bytes);
    const task = { bytes, deciding: live.copyDeciding() };
    // Cold code decides as well: a thread that died is no reason to do without.
    const module = await compiler.run<WarmTask, WasmModule>('warm', task).catch(() => undefined);
    return module === undefined ? compileCode(bytes) : new GeneratedCode(module);
  }

  private async read(live: LiveImage, origin: CodeOrigin): Promise<Uint8Array | undefined> {
    if (!live.isStored) return undefined;
    const stored = await this.options.store?.readCode(live.tenant.name, live.name, live.version, live.image);
    return stored === undefined ? undefined : readCodeFile(stored, origin);
  }

  /** Undefined where there is none, or it is not wanted any more. */
  private async make(live: LiveImage, origin: CodeOrigin): Promise<Uint8Array | undefined> {
    const { store, compiler } = this.options;
    if (this.closed || live.isRetired) return undefined;
    if (typeof compiler === 'function') {
      await compiler(live);
      const module = await this.read(live, origin);
      if (module === undefined) live.withoutCode = 'nobody has made it';
      return module;
    }
    const made = await compiler.run<GenerateTask, Generated>('generateCode', { deciding: live.copyDeciding() });
    if (made.module === undefined) {
      live.withoutCode = made.unsupported;
      return undefined;
    }
    if (live.isStored) {
      await store?.writeCode(live.tenant.name, live.name, live.version, live.image, writeCodeFile(made.module, origin));
    }
    return made.module;
  }
}
