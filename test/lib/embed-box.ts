// An exported module as its callers use it: no import, plain numbers in and out. And the same decisions by the library.

import type { BundleFiles } from '#src/bundle/files.js';
import { compile } from '#src/compiler/compile.js';
import { exportModule } from '#src/embed/export-module.js';
import { createEngine, type ListContent } from '#src/engine.js';
import { readImageFile } from '#src/image/file.js';
import { bindParameters } from '#src/registry/parameters.js';
import type { RuleSet } from '#src/ruleset.js';
import { embeddedTemplate } from '#src/runtime/embedded.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { VerdictModule } from '../../schemas/verdict-module.js';
import { WebAssembly } from './image-engine.js';

const instantiate = (module: object): { exports: unknown } =>
  new (WebAssembly.Instance as new (module: object) => { exports: unknown })(module);

export interface Said {
  status: number;
  bytes: Uint8Array;
}

/** One instance of an exported module. */
export class EmbedBox {
  readonly exports: VerdictModule;

  constructor(module: Uint8Array) {
    this.exports = instantiate(new WebAssembly.Module(module)).exports as unknown as VerdictModule;
  }

  /** Bytes of the memory as it is now. */
  get memory(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer);
  }

  /** Decides a FlatBuffers payload. */
  decide(payload: Uint8Array, now: bigint): Said {
    const at = this.exports.verdict_input(payload.length);
    if (at === 0) throw new Error('no room for the payload');
    this.memory.set(payload, at);
    return this.said(this.exports.verdict_decide(payload.length, now));
  }

  /** Decides a payload that is JSON text. */
  decideJson(text: Uint8Array, now: bigint): Said & { fault: number; faultAt: number; pointer: string | undefined } {
    const at = this.exports.verdict_input(text.length);
    if (at === 0) throw new Error('no room for the payload');
    this.memory.set(text, at);
    const said = this.said(this.exports.verdict_decide_json(text.length, now));
    const place = this.exports.verdict_fault_pointer();
    const bytes = this.memory.slice(place, place + this.exports.verdict_fault_pointer_bytes());
    const pointer = place === 0 ? undefined : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { ...said, fault: this.exports.verdict_fault(), faultAt: this.exports.verdict_fault_at(), pointer };
  }

  private said(status: number): Said {
    const at = this.exports.verdict_output();
    return { status, bytes: this.memory.slice(at, at + this.exports.verdict_output_bytes()) };
  }

  /** Binds a block of values of parameters. */
  bind(block: Uint8Array): number {
    const at = this.exports.verdict_input(block.length);
    this.memory.set(block, at);
    return this.exports.verdict_parameters(block.length);
  }

  text(address: number): string | undefined {
    if (address === 0) return undefined;
    const end = this.memory.indexOf(0, address);
    return new TextDecoder('utf-8', { fatal: true }).decode(this.memory.slice(address, end));
  }
}

export interface Embedded {
  ruleSet: RuleSet;
  encoder: PayloadEncoder;
  image: Uint8Array;
  /** With SIMD and without, of the same image. */
  simd: EmbedBox;
  scalar: EmbedBox;
  close(): Promise<void>;
}

/** Exports a bundle, and opens it in the library too. @param lists entries for the library; `regions` for the modules */
export async function embed(
  files: BundleFiles,
  lists: Record<string, ListContent> = {},
  regions: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Embedded> {
  const { image, diagnostics } = compile(files, { profileMax: 'standard' });
  if (image === undefined) throw new Error(`the bundle does not compile: ${diagnostics[0]?.message}`);
  const engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  const ruleSet = await engine.load(image, { lists });
  const parameters = bindParameters(readImageFile(image).head, {});
  const [simd, scalar] = [false, true].map(
    (each) => new EmbedBox(exportModule(embeddedTemplate(each), image, { lists: regions, parameters }).module),
  );
  const close = async (): Promise<void> => {
    ruleSet.release();
    await engine.close();
  };
  return { ruleSet, encoder: new PayloadEncoder(ruleSet.model), image, simd: simd!, scalar: scalar!, close };
}
