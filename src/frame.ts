// The host's own look at batch frames (schemas/batch.fbs): enough of a request frame to route and bound it, with every read
// checked against the frame. Deciding a frame is the engine's work.

import type { LiveImage } from './registry/live-image.js';
import { fieldOf, i32, rootOf, stringOf, u32, vectorOf } from './schema/flat-bytes.js';

const VTABLE_ID = 4;
const VTABLE_MODEL = 6;
const VTABLE_BUNDLE = 8;
const VTABLE_REQUESTS = 10;
const VTABLE_DEADLINE = 12;
const VTABLE_TRACEPARENT = 14;

/**
 * The head of a RequestBatch, read without making anything: 64-bit numbers are two words, texts are places. One view serves frame
 * after frame; what it says is of the last one read.
 */
export class FrameView {
  idLow = 0;
  idHigh = 0;
  modelLow = 0;
  modelHigh = 0;
  /** Where the name of the bundle begins, and its bytes. */
  bundleAt = 0;
  bundleBytes = 0;
  count = 0;
  deadlineMillis = 0;
  /** Place of the field, -1 where the frame has none. */
  private model = -1;
  private bundle = -1;
  private traceparent = -1;

  /** Reads the head of a frame. False where it is malformed: then only the id may be believed. Reads nothing outside the frame. */
  read(frame: Uint8Array): boolean {
    this.idLow = 0;
    this.idHigh = 0;
    const root = rootOf(frame);
    if (root < 0) return false;
    const id = fieldOf(frame, root, VTABLE_ID, 8);
    if (id >= 0) {
      this.idLow = i32(frame, id);
      this.idHigh = i32(frame, id + 4);
    }
    this.model = fieldOf(frame, root, VTABLE_MODEL, 8);
    this.modelLow = this.model < 0 ? 0 : i32(frame, this.model);
    this.modelHigh = this.model < 0 ? 0 : i32(frame, this.model + 4);
    this.bundle = fieldOf(frame, root, VTABLE_BUNDLE, 4);
    const bundle = vectorOf(frame, this.bundle, 1);
    const requests = vectorOf(frame, fieldOf(frame, root, VTABLE_REQUESTS, 4), 4);
    if (bundle < 0 || requests < 0) return false;
    this.bundleAt = bundle + 4;
    this.bundleBytes = u32(frame, bundle);
    this.count = u32(frame, requests);
    const deadline = fieldOf(frame, root, VTABLE_DEADLINE, 4);
    this.deadlineMillis = deadline < 0 ? 0 : u32(frame, deadline);
    this.traceparent = fieldOf(frame, root, VTABLE_TRACEPARENT, 4);
    return true;
  }

  get id(): bigint {
    return longOf(this.idLow, this.idHigh);
  }

  /** 16 hex digits. */
  get modelHash(): string {
    return hex(this.modelHigh) + hex(this.modelLow);
  }

  /** The name of the bundle, of the frame that was read last. */
  bundleName(frame: Uint8Array): string {
    return stringOf(frame, this.bundle) ?? '';
  }

  get hasTrace(): boolean {
    return this.traceparent >= 0;
  }

  /** The caller's trace, of the frame that was read last. */
  traceParent(frame: Uint8Array): string | undefined {
    return stringOf(frame, this.traceparent);
  }

  /**
   * Has the frame that was read last name another model. The host does so where it knows that both read the same bytes alike; the
   * engine then finds its own.
   */
  renameModel(frame: Uint8Array, modelLow: number, modelHigh: number): void {
    if (this.model < 0) return;
    new DataView(frame.buffer, frame.byteOffset + this.model).setInt32(0, modelLow, true);
    new DataView(frame.buffer, frame.byteOffset + this.model).setInt32(4, modelHigh, true);
  }
}

/** Two words, the low one first, as one number. */
export function longOf(low: number, high: number): bigint {
  return BigInt(low >>> 0) | (BigInt(high >>> 0) << 32n);
}

/** The two words of 16 hex digits, the low one first. */
export function wordsOf(hash: string): [low: number, high: number] {
  return [Number.parseInt(hash.slice(8), 16) | 0, Number.parseInt(hash.slice(0, 8), 16) | 0];
}

const utf8 = new TextEncoder();

/** What a frame for a live image names, as it stands in frames: so it is compared there, and nothing is looked up. */
export interface FrameName {
  /** The name of the bundle in UTF-8. */
  readonly bundle: Uint8Array;
  /** The same in words, with zeros behind it, as builders fill up. */
  readonly words: Int32Array;
  readonly bytes: number;
  readonly modelLow: number;
  readonly modelHigh: number;
}

/** What frames for an image name. */
export function frameNameOf({ name, model }: LiveImage): FrameName {
  const bundle = utf8.encode(name);
  const padded = new Uint8Array(Math.ceil(bundle.length / 4) * 4);
  padded.set(bundle);
  const [modelLow, modelHigh] = wordsOf(model.hash);
  return { bundle, words: new Int32Array(padded.buffer), bytes: bundle.length, modelLow, modelHigh };
}

/** Requests in a RequestBatch frame, or -1 where it is malformed. Each takes at least 4 bytes of the frame. */
export function countRequests(frame: Uint8Array): number {
  const root = rootOf(frame);
  if (root < 0) return -1;
  const requests = vectorOf(frame, fieldOf(frame, root, VTABLE_REQUESTS, 4), 4);
  return requests < 0 ? -1 : u32(frame, requests);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
