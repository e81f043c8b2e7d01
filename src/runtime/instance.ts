// The engine's instances. This is the only place that makes one, through @assemblyscript/loader, from one module that is
// compiled once a process and handed to the workers.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import type { ImageError, ListError, ParameterError, Status } from '../../assembly/shared/status.js';
import { Problem } from '../errors.js';
import { releaseScratch } from './scratch.js';
import { type WasmMemory, type WasmModule, wasm } from './webassembly.js';

/** What the engine exports (assembly/index.ts). Addresses are absolute byte offsets in the memory. */
interface EngineExports extends Record<string, unknown> {
  /** Checks an image in one linear pass. */
  verifyImage(address: number, bytes: number): ImageError;
  /** Checks a list region in one pass. */
  verifyList(address: number, bytes: number): ListError;
  /** Checks a block of bound parameters for an image that has been checked. */
  verifyParameters(image: number, address: number, bytes: number): ParameterError;
  /** Decides one payload: bytes of its decision | status << ENTRY_STATUS_SHIFT. */
  decidePayload(slot: number, image: number, index: number, payload: number, bytes: number, output: number): number;
  /** Decides the payloads of a slot's entries, from its cursor to its count. */
  decide(slot: number): Status;
  /** Decides the RequestBatch of a slot and writes the AnswerBatch. */
  decideFrame(slot: number): Status;
  /** Decides the payloads of a slot's entries that are JSON text. */
  decideJson(slot: number): Status;
  /** Decides one payload that is JSON text as decidePayload does, or returns 0 and leaves it as it was. */
  decideText(slot: number, image: number, text: number, textBytes: number, output: number): number;
  /** Makes the payload of a JSON text in an area: its bytes, or -JsonFault. */
  transcodeText(image: number, text: number, textBytes: number, area: number, areaBytes: number): number;
  /** Writes the JSON text of a decision at SCRATCH_TEXT of the scratch: its bytes, or 0 where it is left to the host. */
  renderDecision(decision: number): number;
  /** Finds the items of a slot's JSON array. */
  splitJson(slot: number): Status;
  /** Runs an EXPRESSIONS image over the one payload of a slot. */
  evaluate(slot: number): Status;
}

let compiled: { module: WasmModule; hash: string } | undefined;

/** The engine's module, compiled at the first call. */
export function engineModule(): WasmModule {
  return load().module;
}

/** First 8 bytes of the engine's sha256, 16 hex digits: code that was generated for another engine is not for this one. */
export function engineHash(): string {
  return load().hash;
}

function load(): { module: WasmModule; hash: string } {
  if (compiled === undefined) {
    const bytes = readFileSync(new URL('../../engine.wasm', import.meta.url));
    compiled = { module: new wasm.Module(bytes), hash: createHash('sha256').update(bytes).digest('hex').slice(0, 16) };
  }
  return compiled;
}

/** One instance of the engine on one tenant's memory, with a scratch of its own. */
export class EngineInstance {
  readonly verifyImage: EngineExports['verifyImage'];
  readonly verifyList: EngineExports['verifyList'];
  readonly verifyParameters: EngineExports['verifyParameters'];
  readonly decidePayload: EngineExports['decidePayload'];
  readonly decide: EngineExports['decide'];
  readonly decideFrame: EngineExports['decideFrame'];
  readonly decideJson: EngineExports['decideJson'];
  readonly decideText: EngineExports['decideText'];
  readonly transcodeText: EngineExports['transcodeText'];
  readonly renderDecision: EngineExports['renderDecision'];
  readonly splitJson: EngineExports['splitJson'];
  readonly evaluate: EngineExports['evaluate'];

  /**
   * @param words view of the memory from address 0, over the control block at least
   * @param scratch of the calling thread (claimScratch), which becomes the instance's; 0 = none was free
   * Throws Problem OUT_OF_MEMORY where there is none.
   */
  constructor(
    module: WasmModule,
    readonly memory: WasmMemory,
    private readonly words: Int32Array,
    /** Address of its scratch. */
    readonly scratch: number,
  ) {
    if (scratch === 0) throw new Problem('OUT_OF_MEMORY', 'the tenant has no scratch for another instance');
    const { exports, instance } = instantiateSync<EngineExports>(module, {
      env: { memory, scratchBase: scratch } as Record<string, unknown>,
    });
    this.verifyImage = bare(exports.verifyImage);
    this.verifyList = bare(exports.verifyList);
    this.verifyParameters = bare(exports.verifyParameters);
    this.decidePayload = bare(exports.decidePayload);
    this.decide = bare(exports.decide);
    this.decideFrame = bare(exports.decideFrame);
    this.decideJson = bare(exports.decideJson);
    this.decideText = bare(exports.decideText);
    this.transcodeText = bare(exports.transcodeText);
    this.renderDecision = bare(exports.renderDecision);
    this.splitJson = bare(exports.splitJson);
    this.evaluate = bare(exports.evaluate);
    this.functions = instance.exports as Record<string, unknown>;
  }

  /** All its exports as they are, for code that is generated for an image. */
  readonly functions: Record<string, unknown>;

  /** Gives its scratch back. The instance must not be called again. */
  dispose(): void {
    releaseScratch(this.words, this.scratch);
  }
}

/** The export itself: the loader wraps each in a function that counts the arguments, which the engine has no use for. */
function bare<Call>(wrapped: Call): Call {
  return (wrapped as { original?: Call }).original ?? wrapped;
}
