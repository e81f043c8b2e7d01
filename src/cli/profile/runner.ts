// Decides payloads that lie in a tenant's memory with images that lie there too, in rounds: every image once a round, so that what
// the machine does beside falls upon all alike.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_DECISION_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  ENTRY_STATUS_SHIFT,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_HEADER_BYTES,
  SLOT_IMAGE,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
} from '../../../assembly/shared/layout.js';
import { ImageError, Status } from '../../../assembly/shared/status.js';
import { generateModule } from '../../codegen/generate.js';
import type { PartImage } from '../../compiler/partial.js';
import { readHeader } from '../../image/header.js';
import type { Bindings } from '../../registry/bindings.js';
import type { LiveImage } from '../../registry/live-image.js';
import { compileCode, type GeneratedCode } from '../../runtime/generated-code.js';
import { SlotCall } from '../../runtime/task.js';
import { type Decision, readDecision } from '../../schema/decision.js';

/** Payloads of a measurement: the timer's own cost vanishes among them. */
export const BLOCK_COUNT = 1024;
/** Payloads of one engine call: a usual frame. Divides BLOCK_COUNT. */
const BATCH_COUNT = 64;
/** Bytes of payloads that are placed. */
const PAYLOAD_BYTES_MAX = 64 * 2 ** 20;

/** An image in the tenant's memory, ready to run. */
export interface Placed {
  address: number;
  decisionBytesMax: number;
  bindings: Bindings | undefined;
  /** What decides it in place of the VM. */
  code: GeneratedCode | undefined;
}

/** How an image is run: 64 payloads a call, one a call, or one a call without a decision. */
export type RunMode = 'batch' | 'single' | 'evaluate';

export class Runner {
  readonly count: number;
  readonly #live: LiveImage;
  readonly #payloads: number;
  readonly #addresses: Uint32Array;
  readonly #lengths: Uint32Array;
  #slot = 0;
  #outputBytes = 0;
  /** Views made anew where the memory has grown. */
  #words: Int32Array = new Int32Array(0);
  #longs: BigInt64Array = new BigInt64Array(0);
  #bytes: Uint8Array = new Uint8Array(0);

  /** Places the payloads, or as many blocks of them as there is room for. Throws Problem OUT_OF_MEMORY. */
  constructor(
    live: LiveImage,
    payloads: readonly Uint8Array[],
    readonly now: bigint,
  ) {
    this.#live = live;
    const addresses: number[] = [];
    let bytes = 0;
    for (const payload of payloads) {
      const end = bytes + ((payload.length + 7) & ~7);
      if (end > PAYLOAD_BYTES_MAX) break;
      addresses.push(bytes);
      bytes = end;
    }
    this.count = Math.floor(addresses.length / BLOCK_COUNT) * BLOCK_COUNT;
    const content = new Uint8Array(bytes);
    for (let i = 0; i < this.count; i++) content.set(payloads[i] as Uint8Array, addresses[i] as number);
    this.#payloads = live.tenant.memory.place(content);
    this.#addresses = Uint32Array.from(addresses, (offset) => this.#payloads + offset);
    this.#lengths = Uint32Array.from(payloads.slice(0, this.count), ({ length }) => length);
  }

  /** Places an image and binds its lists and parameters; with code of its own, where `withCode`. Rejects with Problem OUT_OF_MEMORY. */
  async place({ image, lists, parameters }: PartImage, withCode: boolean): Promise<Placed> {
    const generated = withCode ? generateModule(image).module : undefined;
    const code = generated === undefined ? undefined : await compileCode(generated);
    const { memory, inline } = this.#live.tenant;
    const address = memory.place(image);
    const error = inline.verifyImage(address, image.length);
    if (error !== ImageError.NONE) throw new Error(`the engine refuses a part of the bundle: ${ImageError[error]}`);
    const { decisionBytesMax } = readHeader(image);
    this.#reserve(decisionBytesMax);
    const reads = lists.length + parameters.length > 0;
    return { address, decisionBytesMax, bindings: reads ? this.#live.bindFor(address, lists, parameters) : undefined, code };
  }

  free({ address, bindings }: Placed): void {
    bindings?.release();
    this.#live.tenant.memory.free(address);
  }

  /** Decides a block of payloads, from index `first`; nanoseconds a payload. */
  time(placed: Placed, mode: RunMode, first: number): number {
    const start = process.hrtime.bigint();
    const step = mode === 'batch' ? BATCH_COUNT : 1;
    for (let i = first; i < first + BLOCK_COUNT; i += step) this.#run(placed, mode, i, step);
    return Number(process.hrtime.bigint() - start) / BLOCK_COUNT;
  }

  /** Decides payloads [0, count) and hands over each decision. */
  decideAll(placed: Placed, count: number, take: (decision: Decision, index: number) => void): void {
    for (let first = 0; first < count; first += BATCH_COUNT) {
      this.#run(placed, 'batch', first, BATCH_COUNT);
      for (let i = 0; i < BATCH_COUNT; i++) {
        const entry = this.#slot + SLOT_HEADER_BYTES + i * ENTRY_BYTES;
        const address = (this.#words[(entry + ENTRY_DECISION) >>> 2] as number) >>> 0;
        const bytes = (this.#words[(entry + ENTRY_DECISION_BYTES) >>> 2] as number) & ((1 << ENTRY_STATUS_SHIFT) - 1);
        // A copy, since decoders take no views of shared memory.
        take(readDecision(this.#bytes.slice(address, address + bytes)), first + i);
      }
    }
  }

  close(): void {
    const { memory } = this.#live.tenant;
    memory.free(this.#payloads);
    if (this.#slot !== 0) memory.free(this.#slot);
  }

  /** A slot with room for a batch of the largest decisions. On the heap: in the ring it would hold up every later one. */
  #reserve(decisionBytesMax: number): void {
    const { memory } = this.#live.tenant;
    const outputBytes = BATCH_COUNT * decisionBytesMax;
    if (this.#slot === 0 || outputBytes > this.#outputBytes) {
      if (this.#slot !== 0) memory.free(this.#slot);
      this.#slot = memory.place(new Uint8Array(SLOT_HEADER_BYTES + BATCH_COUNT * ENTRY_BYTES + outputBytes));
      this.#outputBytes = outputBytes;
    }
    const { buffer } = memory.memory;
    this.#words = new Int32Array(buffer);
    this.#longs = new BigInt64Array(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  #run({ address, bindings, code }: Placed, mode: RunMode, first: number, count: number): void {
    const slot = this.#slot;
    const entries = slot + SLOT_HEADER_BYTES;
    this.#put(slot + SLOT_IMAGE, address);
    this.#put(slot + SLOT_LISTS, bindings?.lists ?? 0);
    this.#put(slot + SLOT_PARAMETERS, bindings?.parameters ?? 0);
    this.#put(slot + SLOT_COUNT, count);
    this.#put(slot + SLOT_CURSOR, 0);
    this.#put(slot + SLOT_ENTRIES, entries);
    this.#put(slot + SLOT_OUTPUT, entries + BATCH_COUNT * ENTRY_BYTES);
    this.#put(slot + SLOT_OUTPUT_BYTES, this.#outputBytes);
    this.#put(slot + SLOT_OUTPUT_USED, 0);
    this.#longs[(slot + SLOT_NOW) >>> 3] = this.now;
    for (let i = 0; i < count; i++) {
      this.#put(entries + i * ENTRY_BYTES + ENTRY_PAYLOAD, this.#addresses[first + i] as number);
      this.#put(entries + i * ENTRY_BYTES + ENTRY_PAYLOAD_BYTES, this.#lengths[first + i] as number);
    }
    const { inline } = this.#live.tenant;
    const status = mode === 'evaluate' ? inline.run(slot, SlotCall.EVALUATE) : inline.run(slot, SlotCall.DECIDE, code);
    if (status !== Status.OK) throw new Error(`the engine answered ${Status[status]}`);
  }

  #put(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }
}

/** Rows of rounds: of each, nanoseconds a payload by round. */
export type Rounds = readonly (readonly number[])[];

/** What is measured in turns. */
export interface Contestant {
  time(first: number): number;
}

/** Rounds at least, whatever they take: with fewer there is no interval of 95 %. */
const ROUNDS_MIN = 12;
const ROUNDS_MAX = 2000;
const WARM_UP_BLOCKS = 4;
const WARM_UP_MS = 50;

/**
 * Measures contestants in rounds for at least so long. Each takes another block of payloads every round, and the order in which
 * they run changes: none always comes behind the same neighbour.
 */
export async function runRounds(contestants: readonly Contestant[], payloads: number, seconds: number): Promise<Rounds> {
  const blocks = payloads / BLOCK_COUNT;
  const rounds = contestants.map((): number[] => []);
  // Rounds that do not count: memory is touched, and V8 sees what is worth optimising, which it then does on another thread.
  for (let block = 0; block < WARM_UP_BLOCKS; block++) {
    for (const contestant of contestants) contestant.time((block % blocks) * BLOCK_COUNT);
  }
  await sleep(WARM_UP_MS);
  const endMs = performance.now() + seconds * 1000;
  for (let round = 0; round < ROUNDS_MAX && (round < ROUNDS_MIN || performance.now() < endMs); round++) {
    for (let k = 0; k < contestants.length; k++) {
      const which = (round * 7 + k) % contestants.length;
      const block = (round + which * 5) % blocks;
      rounds[which]?.push((contestants[which] as Contestant).time(block * BLOCK_COUNT));
    }
  }
  return rounds;
}
