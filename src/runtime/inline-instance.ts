// The instance that the owner of a tenant calls itself, without a thread hop. Made at first use; after a trap it is replaced at
// the next, because an instance that trapped may be in the middle of anything.

import { threadId } from 'node:worker_threads';
import { SCRATCH_TEXT } from '../../assembly/shared/layout.js';
import { ImageError, ListError, ParameterError, Status } from '../../assembly/shared/status.js';
import type { GeneratedCode } from './generated-code.js';
import { EngineInstance, engineModule } from './instance.js';
import { LentViews } from './lent-views.js';
import type { TenantMemory } from './memory.js';
import { claimScratch } from './scratch.js';
import { SlotCall } from './task.js';

/** Texts of decisions up to which views are kept. */
const TEXT_VIEW_BYTES_MAX = 1024;

export class InlineInstance {
  private instance: EngineInstance | undefined;
  private trapCount = 0;
  private readonly texts: LentViews;

  constructor(private readonly memory: TenantMemory) {
    this.texts = new LentViews(memory.buffer, 1, TEXT_VIEW_BYTES_MAX);
  }

  /** Instances that trapped and were replaced. */
  get traps(): number {
    return this.trapCount;
  }

  /**
   * Decides a slot, with generated code where there is some for its image, else with the VM. INTERNAL where it trapped: then
   * nothing in the slot may be believed.
   */
  run(slot: number, call: SlotCall, code?: GeneratedCode): Status {
    try {
      const instance = this.instance ?? this.start();
      if (code !== undefined) return code.run(slot, call, instance);
      switch (call) {
        case SlotCall.DECIDE:
          return instance.decide(slot);
        case SlotCall.DECIDE_FRAME:
          return instance.decideFrame(slot);
        case SlotCall.DECIDE_JSON:
          return instance.decideJson(slot);
        case SlotCall.SPLIT_JSON:
          return instance.splitJson(slot);
        case SlotCall.EVALUATE:
          return instance.evaluate(slot);
      }
    } catch (error) {
      return this.trapped(error, Status.INTERNAL);
    }
  }

  /**
   * Decides one payload into `output`: of the slot only SLOT_NOW, the id and the bindings are read. Returns its bytes | status <<
   * ENTRY_STATUS_SHIFT, no bytes where it trapped: then nothing at `output` may be believed.
   */
  decideOne(slot: number, image: number, payload: number, bytes: number, output: number, code?: GeneratedCode): number {
    try {
      const instance = this.instance ?? this.start();
      if (code !== undefined) return code.exportsFor(instance).decidePayload(slot, image, 0, payload, bytes, output);
      return instance.decidePayload(slot, image, 0, payload, bytes, output);
    } catch (error) {
      return this.trapped(error, 0);
    }
  }

  /**
   * Decides one JSON text into `output`, as decideOne does a payload. Returns 0 where the text is one that `transcode` has to see
   * first, which is then as it was; -1 where it trapped.
   */
  decideText(slot: number, image: number, text: number, textBytes: number, output: number, code?: GeneratedCode): number {
    try {
      const instance = this.instance ?? this.start();
      if (code !== undefined) return code.exportsFor(instance).decideText(slot, image, text, textBytes, output);
      return instance.decideText(slot, image, text, textBytes, output);
    } catch (error) {
      return this.trapped(error, -1);
    }
  }

  /**
   * Makes the payload of a JSON text, for an image that decides, in an area of the memory. Returns its bytes; -JsonFault where the
   * text is not taken; 0 where it trapped.
   */
  transcode(image: number, text: number, textBytes: number, area: number, areaBytes: number): number {
    try {
      return (this.instance ?? this.start()).transcodeText(image, text, textBytes, area, areaBytes);
    } catch (error) {
      return this.trapped(error, 0);
    }
  }

  /**
   * The JSON text of a decision that the engine wrote, as UTF-8 in shared memory: valid until it decides again. Undefined where
   * the engine does not write it, and the host has to.
   */
  renderDecision(decision: number): Uint8Array | undefined {
    try {
      const instance = this.instance ?? this.start();
      const bytes = instance.renderDecision(decision);
      return bytes === 0 ? undefined : this.texts.of(instance.scratch + SCRATCH_TEXT, bytes);
    } catch (error) {
      return this.trapped(error, undefined);
    }
  }

  /** Checks an image that lies in the memory. */
  verifyImage(address: number, bytes: number): ImageError {
    try {
      return (this.instance ?? this.start()).verifyImage(address, bytes);
    } catch (error) {
      return this.trapped(error, ImageError.BAD_SECTION);
    }
  }

  /** Checks a list region that lies in the memory. */
  verifyList(address: number, bytes: number): ListError {
    try {
      return (this.instance ?? this.start()).verifyList(address, bytes);
    } catch (error) {
      return this.trapped(error, ListError.BAD_ENTRY);
    }
  }

  /** Checks a block of bound parameters that lies in the memory, for an image that has been checked. */
  verifyParameters(image: number, address: number, bytes: number): ParameterError {
    try {
      return (this.instance ?? this.start()).verifyParameters(image, address, bytes);
    } catch (error) {
      return this.trapped(error, ParameterError.BAD_SIZE);
    }
  }

  /** Gives the scratch back. A later call makes another instance. */
  dispose(): void {
    this.instance?.dispose();
    this.instance = undefined;
  }

  private start(): EngineInstance {
    const { memory, words, scratches } = this.memory;
    this.instance = new EngineInstance(engineModule(), memory, words, claimScratch(words, threadId, scratches));
    return this.instance;
  }

  /** Only what the engine itself threw is a trap; that no instance could be made is for the caller to hear. */
  private trapped<T>(error: unknown, result: T): T {
    if (this.instance === undefined) throw error;
    this.trapCount++;
    this.dispose();
    return result;
  }
}
