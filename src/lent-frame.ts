// A RequestBatch frame that is decided at once on this thread, as nearly all are. Nothing else can begin or end in between, so it
// needs no pin, no slot of its own and no object: it is copied into room that the ring lends, and what the host has to know of it
// is read there, in words.
//
//   | header | the frame, in a multiple of INPUT_ALIGN | the answer |
//
// Only frames as builders write them are taken: their tables at multiples of 4, without a deadline and without a trace. Of every
// other one, and of one that is malformed in a way that shows here, nothing is believed: decide.ts takes it, and has the last word.
// The engine checks each frame as a whole in any case.

import {
  ANSWER_BATCH_BYTES,
  ANSWER_BYTES,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_HEADER_BYTES,
  SLOT_ID_HIGH,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
  SLOT_UNTIL,
} from '../assembly/shared/layout.js';
import { SLOT_COUNT_MAX } from '../assembly/shared/limits.js';
import type { Status } from '../assembly/shared/status.js';
import type { IdWords } from './decide-options.js';
import type { FrameName } from './frame.js';
import { countFrame } from './frame-counts.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import type { TenantMemory } from './runtime/memory.js';
import { SlotCall } from './runtime/task.js';

/** Of frames that differ in little, answers lie at the same place: so they share views (runtime/lent-views.ts). */
const INPUT_ALIGN = 1024;

// Names of this module's own: V8 knows their values when it compiles.
const HEADER_BYTES = SLOT_HEADER_BYTES;
const COUNT_MAX = SLOT_COUNT_MAX;
/** Places in words. */
const IMAGE = SLOT_IMAGE >>> 2;
const COUNT = SLOT_COUNT >>> 2;
const CURSOR = SLOT_CURSOR >>> 2;
const ENTRIES = SLOT_ENTRIES >>> 2;
const INPUT = SLOT_INPUT >>> 2;
const INPUT_BYTES = SLOT_INPUT_BYTES >>> 2;
const OUTPUT = SLOT_OUTPUT >>> 2;
const OUTPUT_BYTES = SLOT_OUTPUT_BYTES >>> 2;
const OUTPUT_USED = SLOT_OUTPUT_USED >>> 2;
const UNTIL = SLOT_UNTIL >>> 2;
const LISTS = SLOT_LISTS >>> 2;
const PARAMETERS = SLOT_PARAMETERS >>> 2;
const ID = SLOT_ID_HIGH >>> 2;
const NOW = SLOT_NOW >>> 2;

// Places of the fields' entries in the vtable of a RequestBatch.
const ENTRY_MODEL = 6;
const ENTRY_BUNDLE = 8;
const ENTRY_REQUESTS = 10;
const ENTRY_DEADLINE = 12;
const ENTRY_TRACEPARENT = 14;

/** The u16 at a byte of what begins at a word. */
function half(words: Int32Array, at: number, byte: number): number {
  return ((words[at + (byte >>> 2)] as number) >>> ((byte & 2) << 3)) & 0xffff;
}

/** One serves all frames of a thread: what it says is of the one that was placed last, until anything else is decided. */
export class LentFrame {
  /** Requests. */
  count = 0;
  private memory!: TenantMemory;
  private slot = 0;
  private bytes = 0;
  /** Words of the model's hash, and where the name of the bundle begins, as a word of the memory. */
  private modelLow = 0;
  private modelHigh = 0;
  private bundle = 0;
  private output = 0;

  /** Copies a frame into lent room and reads its head. False where it is none that can be decided here. */
  place(memory: TenantMemory, frame: Uint8Array): boolean {
    const { length } = frame;
    if (length < 16 || (length & 3) !== 0) return false;
    const room = (length + (INPUT_ALIGN - 1)) & -INPUT_ALIGN;
    const slot = memory.ring.lend(HEADER_BYTES + room);
    if (slot === 0) return false;
    memory.bytes.set(frame, slot + HEADER_BYTES);
    this.memory = memory;
    this.slot = slot;
    this.bytes = length;
    this.output = slot + HEADER_BYTES + room;
    return this.read(memory.words, (slot + HEADER_BYTES) >>> 2, length);
  }

  private read(words: Int32Array, at: number, length: number): boolean {
    const root = words[at] as number;
    if ((root & 3) !== 0 || root <= 0 || root > length - 4) return false;
    const vtable = root - (words[at + (root >>> 2)] as number);
    if ((vtable & 1) !== 0 || vtable < 0 || vtable > length - ENTRY_DEADLINE) return false;
    const vtableBytes = half(words, at, vtable);
    if (vtableBytes < ENTRY_DEADLINE || vtableBytes > length - vtable) return false;
    if (vtableBytes > ENTRY_DEADLINE && half(words, at, vtable + ENTRY_DEADLINE) !== 0) return false;
    if (vtableBytes > ENTRY_TRACEPARENT && half(words, at, vtable + ENTRY_TRACEPARENT) !== 0) return false;
    const model = half(words, at, vtable + ENTRY_MODEL);
    const bundle = half(words, at, vtable + ENTRY_BUNDLE);
    const requests = half(words, at, vtable + ENTRY_REQUESTS);
    if (model === 0 || bundle === 0 || requests === 0 || ((model | bundle | requests) & 3) !== 0) return false;
    if (Math.max(model + 4, bundle, requests) > length - 4 - root) return false;
    const modelAt = at + ((root + model) >>> 2);
    this.modelLow = words[modelAt] as number;
    this.modelHigh = words[modelAt + 1] as number;
    const bundleAt = follow(words, at, root + bundle, length);
    const requestsAt = follow(words, at, root + requests, length);
    if (bundleAt < 0 || requestsAt < 0) return false;
    this.bundle = at + (bundleAt >>> 2);
    this.count = words[at + (requestsAt >>> 2)] as number;
    return this.count >= 0 && this.count <= COUNT_MAX && this.count * 4 <= length - 4 - requestsAt;
  }

  /** Whether it is for a bundle, and written with its model. */
  names({ words: name, bytes, modelLow, modelHigh }: FrameName): boolean {
    const { words } = this.memory;
    const at = this.bundle;
    if (this.modelLow !== modelLow || this.modelHigh !== modelHigh || words[at] !== bytes) return false;
    if (((at + 1) << 2) + bytes > this.slot + HEADER_BYTES + this.bytes) return false;
    for (let i = 0; i < name.length; i++) if (words[at + 1 + i] !== name[i]) return false;
    return true;
  }

  /** Whether the ring has room for its answer too. */
  fits({ decisionBytesMax }: LiveImage): boolean {
    return this.memory.ring.lend(this.output - this.slot + this.outputBytes(decisionBytesMax)) === this.slot;
  }

  /**
   * Decides it, with an image that it names and room that fits, and counts its decisions. Returns what became of it: OK, and
   * there is an answer; INVALID_FRAME; INTERNAL, where the engine trapped.
   *
   * @param id of its first decision
   * @param now microseconds UTC; undefined where no decision depends on it
   */
  decide(live: LiveImage, id: IdWords, now: bigint | undefined): Status {
    const { memory, slot } = this;
    const { tenant, bindings } = live;
    const { words } = memory;
    const at = slot >>> 2;
    words[at + IMAGE] = live.address;
    words[at + COUNT] = 0; // no entries
    words[at + CURSOR] = 0;
    words[at + ENTRIES] = 0;
    words[at + INPUT] = slot + HEADER_BYTES;
    words[at + INPUT_BYTES] = this.bytes;
    words[at + OUTPUT] = this.output;
    words[at + OUTPUT_BYTES] = this.outputBytes(live.decisionBytesMax);
    words[at + OUTPUT_USED] = 0;
    words[at + UNTIL] = 0;
    words[at + LISTS] = bindings === undefined ? 0 : bindings.lists;
    words[at + PARAMETERS] = bindings === undefined ? 0 : bindings.parameters;
    words[at + ID] = id.highLow;
    words[at + ID + 1] = id.highHigh;
    words[at + ID + 2] = id.lowLow;
    words[at + ID + 3] = id.lowHigh;
    if (now === undefined) {
      words[at + NOW] = 0;
      words[at + NOW + 1] = 0;
    } else {
      memory.longs[(slot + SLOT_NOW) >>> 3] = now;
    }
    const { inline, host } = tenant;
    const { traps } = inline;
    const status = inline.run(slot, SlotCall.DECIDE_FRAME, live.code);
    countFrame(live, memory, slot, status, Counter.REQUESTS_INLINE);
    if (inline.traps !== traps) host.counters.add(Counter.TRAPS);
    return status;
  }

  /** The AnswerBatch, over shared memory: valid until anything else is decided. */
  get answer(): Uint8Array {
    const { memory, output, slot } = this;
    return memory.views.of(output, memory.words[(slot >>> 2) + OUTPUT_USED] as number);
  }

  /** assembly/flatbuffers/answer.ts */
  private outputBytes(decisionBytesMax: number): number {
    return ANSWER_BATCH_BYTES + ((this.count * 4 + 7) & ~7) + this.count * (ANSWER_BYTES + decisionBytesMax);
  }
}

/** The position that the offset at a position leads to, a multiple of 4 with 4 bytes; -1 where it is none. */
function follow(words: Int32Array, at: number, from: number, length: number): number {
  const offset = words[at + (from >>> 2)] as number;
  return offset < 4 || (offset & 3) !== 0 || offset > length - 4 - from ? -1 : from + offset;
}
