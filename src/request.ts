// A request in its slot: claimed from the tenant's ring, filled, decided on one of two paths, read, and given back.

import { DECISION_OUTCOME, DECISION_STATUS } from '../assembly/shared/image.js';
import { JsonFault } from '../assembly/shared/json.js';
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
  SLOT_ID_HIGH,
  SLOT_ID_LOW,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_NOW,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
  SLOT_PARAMETERS,
  SLOT_STATUS,
  SLOT_UNTIL,
} from '../assembly/shared/layout.js';
import { PAYLOAD_BYTES_MAX, SLOT_COUNT_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import { assert } from './assert.js';
import { type DecideOptions, whyVoid } from './decide-options.js';
import { Problem, type ProblemCode } from './errors.js';
import { countFrame } from './frame-counts.js';
import { Counter } from './observe/counters.js';
import type { Bindings } from './registry/bindings.js';
import type { LiveImage } from './registry/live-image.js';
import type { GeneratedCode } from './runtime/generated-code.js';
import type { TenantMemory } from './runtime/memory.js';
import { type SlotCall, TaskResult } from './runtime/task.js';
import type { WorkOrder } from './scheduler/work.js';
import type { Settled } from './settled.js';

const EMPTY = new Uint8Array(0);
/** Of what is refused before any of it is decided. */
const WITHOUT_ROOM: ReadonlySet<ProblemCode> = new Set(['BUSY', 'OVERLOADED', 'STOPPING']);

/** Requests that are not in use: a decision makes no object but the views it hands out. */
const spare: Request[] = [];
const SPARE_MAX = 64;

/** A request of `count` payloads with its slot and its pin. Throws BUSY where the ring is full, and gives the quota back. */
export function admit(live: LiveImage, bytes: number, count: number, options: DecideOptions): Request {
  live.pin();
  const slot = live.tenant.memory.ring.claim(bytes);
  if (slot === 0) {
    live.unpin();
    live.tenant.host.counters.add(Counter.BUSY);
    const problem = new Problem('BUSY', 'the ring of requests is full');
    refund(live, count, options, problem);
    throw problem;
  }
  const request = spare.pop() ?? new Request();
  request.begin(live, slot);
  return request;
}

/** A request in its slot, from `begin` to `end`. */
export class Request implements Settled {
  status: Status = Status.OK;
  problem: Problem | undefined;
  count = 0;
  path: 'inline' | 'pooled' = 'inline';
  waitedMillis = 0;
  live!: LiveImage;
  memory!: TenantMemory;
  slot = 0;
  private bindings: Bindings | undefined;
  /** The code it began with: a switch in between does not touch it. */
  private code: GeneratedCode | undefined;
  private isFrame = false;
  /** Payloads are JSON text. */
  private isJson = false;

  begin(live: LiveImage, slot: number): void {
    this.live = live;
    this.memory = live.tenant.memory;
    this.slot = slot;
    this.bindings = live.bindings?.retain();
    this.code = live.code;
  }

  /** Copies payloads [first, first + count) into the slot. */
  fill(payloads: readonly Uint8Array[], first: number, count: number, options: DecideOptions): void {
    const { bytes, words } = this.memory;
    const entries = this.slot + SLOT_HEADER_BYTES;
    let address = entries + count * ENTRY_BYTES;
    let entry = entries >>> 2;
    for (let i = 0; i < count; i++) {
      const payload = payloads[first + i] as Uint8Array;
      const length = takenBytes(payload);
      if (length > 0) bytes.set(payload, address);
      words[entry + (ENTRY_PAYLOAD >>> 2)] = address;
      words[entry + (ENTRY_PAYLOAD_BYTES >>> 2)] = length;
      words[entry + (ENTRY_DECISION >>> 2)] = 0;
      words[entry + (ENTRY_DECISION_BYTES >>> 2)] = 0;
      address += align8(length);
      entry += ENTRY_BYTES >>> 2;
    }
    this.isFrame = false;
    this.isJson = false;
    this.writeHeader(count, 0, 0, address, count * this.live.decisionBytesMax, first, options);
  }

  /** Copies a frame of `count` requests into the slot. */
  fillFrame(frame: Uint8Array, count: number, outputBytes: number, options: DecideOptions): void {
    const input = this.slot + SLOT_HEADER_BYTES + count * ENTRY_BYTES;
    this.memory.bytes.set(frame, input);
    this.isFrame = true;
    this.isJson = false;
    this.writeHeader(count, input, frame.length, input + align8(frame.length), outputBytes, 0, options);
  }

  /** Payloads that are texts, which lie in the slot already; behind them, at `area`, room for one payload. */
  fillTexts(count: number, area: number, areaBytes: number, options: DecideOptions): void {
    this.isFrame = false;
    this.isJson = true;
    this.writeHeader(count, area, areaBytes, area + areaBytes, count * this.live.decisionBytesMax, 0, options);
  }

  /** Payloads that are not decided yet. */
  get remaining(): number {
    return this.word(SLOT_COUNT) - this.word(SLOT_CURSOR);
  }

  /** Decides the next `countMax` payloads at once. True where none is left, or none can be decided any more: then it is settled. */
  decideInline(call: SlotCall, countMax = SLOT_COUNT_MAX): boolean {
    const { inline, host } = this.live.tenant;
    const traps = inline.traps;
    const until = countMax < this.remaining ? this.word(SLOT_CURSOR) + countMax : 0;
    this.memory.words[(this.slot + SLOT_UNTIL) >>> 2] = until;
    const status = inline.run(this.slot, call, this.code);
    if (status === Status.OK && until !== 0 && this.remaining > 0) return false;
    this.path = 'inline';
    this.waitedMillis = 0;
    this.settleAs(status, Counter.REQUESTS_INLINE);
    if (inline.traps !== traps) host.counters.add(Counter.TRAPS);
    return true;
  }

  /** Calls `done` when a worker has decided it, or none will. Throws Problem OVERLOADED, STOPPING: then it is never called. */
  decidePooled(call: SlotCall, options: DecideOptions, done: () => void): void {
    const { live, memory, slot, code } = this;
    const { host, share } = live.tenant;
    assert(host.scheduler !== undefined && share !== undefined, 'there is no pool');
    const order: WorkOrder = {
      share,
      memory,
      slot,
      call,
      code,
      costEach: live.costMax,
      pace: live.pace,
      whyVoid: () => whyVoid(options),
      settle: (result, problem, waitedMillis) => {
        this.path = 'pooled';
        this.waitedMillis = waitedMillis;
        this.problem = problem;
        if (problem !== undefined) {
          refund(live, this.word(SLOT_COUNT), options, problem);
          this.fail(problem);
        } else {
          if (result === TaskResult.TRAPPED) host.counters.add(Counter.TRAPS);
          this.settleAs(result === TaskResult.DONE ? (this.word(SLOT_STATUS) as Status) : Status.INTERNAL, Counter.REQUESTS_POOLED);
        }
        done();
      },
    };
    try {
      host.scheduler.submit(order);
    } catch (error) {
      refund(live, this.word(SLOT_COUNT), options, error);
      throw error;
    }
  }

  decision(index: number): Uint8Array {
    assert(index >= 0 && index < this.count, 'there is no such decision');
    const entry = (this.slot + SLOT_HEADER_BYTES + index * ENTRY_BYTES) >>> 2;
    const address = (this.memory.words[entry + (ENTRY_DECISION >>> 2)] as number) >>> 0;
    const length = (this.memory.words[entry + (ENTRY_DECISION_BYTES >>> 2)] as number) & ((1 << ENTRY_STATUS_SHIFT) - 1);
    return this.memory.bytes.subarray(address, address + length);
  }

  statusOf(index: number): Status {
    assert(index >= 0 && index < this.count, 'there is no such decision');
    const entry = (this.slot + SLOT_HEADER_BYTES + index * ENTRY_BYTES) >>> 2;
    return ((this.memory.words[entry + (ENTRY_DECISION_BYTES >>> 2)] as number) >>> ENTRY_STATUS_SHIFT) as Status;
  }

  /** Why a text was not taken. */
  faultOf(index: number): JsonFault {
    const entry = (this.slot + SLOT_HEADER_BYTES + index * ENTRY_BYTES) >>> 2;
    return this.isJson ? (this.memory.words[entry + (ENTRY_PAYLOAD_BYTES >>> 2)] as JsonFault) : JsonFault.NONE;
  }

  get answer(): Uint8Array {
    if (!this.isFrame || this.status !== Status.OK) return EMPTY;
    const address = this.word(SLOT_OUTPUT);
    return this.memory.bytes.subarray(address, address + this.word(SLOT_OUTPUT_USED));
  }

  /** Gives the slot and the pin back, and itself. */
  end(): void {
    this.memory.ring.release(this.slot);
    this.bindings?.release();
    this.bindings = undefined;
    this.code = undefined;
    this.live.unpin();
    this.slot = 0;
    this.count = 0;
    this.problem = undefined;
    this.live = undefined as unknown as LiveImage; // what is spare keeps no tenant alive
    this.memory = undefined as unknown as TenantMemory;
    if (spare.length < SPARE_MAX) spare.push(this);
  }

  /** It was not decided, or not to its end, and that is no fault of ours. */
  private fail(problem: Problem): void {
    this.status = Status.INTERNAL;
    this.count = 0;
    countVoid(this.live, problem);
  }

  /** Frees the decisions of this part, so that the slot can take the next. */
  private settleAs(status: Status, counter: Counter): void {
    const { counters } = this.live.tenant.host;
    this.status = status;
    if (this.isFrame) {
      this.count = countFrame(this.live, this.memory, this.slot, status, counter);
      return;
    }
    this.count = status === Status.OK ? this.word(SLOT_COUNT) : 0;
    this.live.decided(this.count);
    counters.add(counter);
    counters.add(this.path === 'inline' ? Counter.COST_INLINE : Counter.COST_POOLED, this.live.costMax * this.count);
    if (status !== Status.OK) {
      counters.add(Counter.INTERNAL);
      counters.addStatus(status);
    }
    // A text that was not taken may not be answered by its decision: whoever answers it counts it.
    for (let i = 0; i < this.count; i++) if (!this.isJson || this.faultOf(i) === JsonFault.NONE) this.countDecision(i);
  }

  /** Counts a decision that is answered. */
  countDecision(index: number): void {
    const { counters } = this.live.tenant.host;
    const { bytes, words } = this.memory;
    const address = (words[(this.slot + SLOT_HEADER_BYTES + index * ENTRY_BYTES + ENTRY_DECISION) >>> 2] as number) >>> 0;
    counters.add(Counter.OUTCOME_NONE + (bytes[address + DECISION_OUTCOME] as number));
    const status = bytes[address + DECISION_STATUS] as Status;
    if (status !== Status.OK) counters.addStatus(status);
  }

  private writeHeader(
    count: number,
    input: number,
    inputBytes: number,
    output: number,
    outputBytes: number,
    idOffset: number,
    options: DecideOptions,
  ): void {
    const { longs } = this.memory;
    this.writeWords(count, input, inputBytes, output, outputBytes);
    const { idHigh = 0n, idLow = 0n } = options;
    const hasId = idHigh !== 0n || idLow !== 0n;
    longs[(this.slot + SLOT_NOW) >>> 3] = options.now;
    longs[(this.slot + SLOT_ID_HIGH) >>> 3] = idHigh;
    longs[(this.slot + SLOT_ID_LOW) >>> 3] = hasId && idOffset !== 0 ? idLow + BigInt(idOffset) : idLow;
  }

  private writeWords(count: number, input: number, inputBytes: number, output: number, outputBytes: number): void {
    const { words } = this.memory;
    const at = this.slot >>> 2;
    words[at + (SLOT_IMAGE >>> 2)] = this.live.address;
    words[at + (SLOT_COUNT >>> 2)] = count;
    words[at + (SLOT_CURSOR >>> 2)] = 0;
    words[at + (SLOT_ENTRIES >>> 2)] = this.slot + SLOT_HEADER_BYTES;
    words[at + (SLOT_LISTS >>> 2)] = this.bindings?.lists ?? 0;
    words[at + (SLOT_PARAMETERS >>> 2)] = this.bindings?.parameters ?? 0;
    words[at + (SLOT_INPUT >>> 2)] = input;
    words[at + (SLOT_INPUT_BYTES >>> 2)] = inputBytes;
    words[at + (SLOT_OUTPUT >>> 2)] = output;
    words[at + (SLOT_OUTPUT_BYTES >>> 2)] = outputBytes;
    words[at + (SLOT_OUTPUT_USED >>> 2)] = 0;
    words[at + (SLOT_STATUS >>> 2)] = Status.INTERNAL; // what stands there if nobody lives to write another
  }

  private word(field: number): number {
    return (this.memory.words[(this.slot + field) >>> 2] as number) >>> 0;
  }
}

/** Bytes of a payload that are copied: none of one that is too large, so that the engine finds it invalid like any other. */
export function takenBytes(payload: Uint8Array): number {
  return payload.length > PAYLOAD_BYTES_MAX ? 0 : payload.length;
}

export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Gives the quota back what a request of `count` payloads has taken, where it was refused for want of room. */
export function refund({ tenant, costMax }: LiveImage, count: number, { isUnmetered }: DecideOptions, error: unknown): void {
  if (isUnmetered === true || tenant.quota === undefined) return;
  if (error instanceof Problem && WITHOUT_ROOM.has(error.code)) tenant.quota.give(costMax * count);
}

/** Counts a request that nobody waits for any more. */
export function countVoid(live: LiveImage, { code }: Problem): void {
  const { counters } = live.tenant.host;
  if (code === 'DEADLINE_EXCEEDED') counters.add(Counter.DEADLINE_EXCEEDED);
  else if (code === 'CANCELLED') counters.add(Counter.CANCELLED);
}
