// The ring of slots: where requests lie while they are decided. Slots have any length, never wrap around the end, and are
// released in any order.
//
//   base          head                     tail              end
//   | free        | slot | slot | slot ... | free            |        head < tail: room at the end, then before head
//   | slot | slot |      | free            | slot ...  | WRAP|        tail <= head: room between tail and head
//          tail          head
//
// Ordering: only the thread that owns the tenant claims and releases. It writes CLAIMED and FREE; READY when it hands a slot to
// the pool; a worker writes RUNNING and DONE (see pool.ts). SLOT_BYTES and the states FREE and WRAP are read by this thread only.
// `head` moves over slots that are FREE; a slot released before its elders waits for them. When the last slot is released, both
// positions go back to the base, so that a lightly loaded tenant touches the same few pages for ever.

import { SLOT_ALIGN, SLOT_BYTES, SLOT_HEADER_BYTES, SLOT_STATE } from '../../assembly/shared/layout.js';
import { SlotState } from '../../assembly/shared/status.js';
import { assert } from '../assert.js';

const STATE = SLOT_STATE >>> 2;
const BYTES = SLOT_BYTES >>> 2;

export class Ring {
  private readonly end: number;
  private head: number;
  private tail: number;
  private count = 0;
  private used = 0;
  /** Times that room was claimed or lent: while it stays the same, what was lent last lies there untouched. */
  given = 0;

  /**
   * @param words view of the memory from address 0, at least up to the ring's end
   * @param base absolute address, a multiple of SLOT_ALIGN
   * @param bytes a multiple of SLOT_ALIGN
   */
  constructor(
    private readonly words: Int32Array,
    readonly base: number,
    readonly bytes: number,
  ) {
    assert(base % SLOT_ALIGN === 0 && bytes % SLOT_ALIGN === 0 && bytes > 0, 'the ring is not aligned');
    this.end = base + bytes;
    this.head = base;
    this.tail = base;
  }

  /** Slots claimed and not yet released. */
  get slots(): number {
    return this.count;
  }

  /** Bytes of the claimed slots. */
  get bytesUsed(): number {
    return this.used;
  }

  /** Bytes a slot of `bytes` bytes takes. */
  static slotBytes(bytes: number): number {
    return Math.ceil(bytes / SLOT_ALIGN) * SLOT_ALIGN;
  }

  /** Address of a new slot of at least `bytes` bytes (header included) in state CLAIMED, or 0 where there is no room now. */
  claim(bytes: number): number {
    assert(bytes >= SLOT_HEADER_BYTES, 'a slot is at least its header');
    const need = Ring.slotBytes(bytes);
    if (this.count === 0) {
      this.head = this.base;
      this.tail = this.base;
      if (need > this.bytes) return 0;
    } else if (this.tail > this.head) {
      if (need > this.end - this.tail) {
        if (need > this.head - this.base) return 0;
        if (this.tail < this.end) this.mark(this.tail, this.end - this.tail, SlotState.WRAP);
        this.tail = this.base;
      }
    } else if (need > this.head - this.tail) {
      return 0;
    }
    const address = this.tail;
    this.given++;
    this.mark(address, need, SlotState.CLAIMED);
    this.tail = address + need;
    this.count++;
    this.used += need;
    return address;
  }

  /**
   * Address of room for a request that is over before anything else is claimed, or 0 where there is none now: where a slot of
   * `bytes` bytes would lie. Nothing is marked, and nothing has to be given back.
   */
  lend(bytes: number): number {
    this.given++;
    // The ring's end is aligned: what fits, fits with what a slot is rounded up by.
    if (this.count === 0) return bytes <= this.bytes ? this.base : 0;
    const need = Ring.slotBytes(bytes);
    if (this.tail <= this.head) return need <= this.head - this.tail ? this.tail : 0;
    if (need <= this.end - this.tail) return this.tail;
    return need <= this.head - this.base ? this.base : 0;
  }

  /** Gives a slot back. Views of it are dead from here on. */
  release(address: number): void {
    const words = this.words;
    const at = address >>> 2;
    const bytes = words[at + BYTES] as number;
    assert(this.isSlot(address, bytes), 'released an address that is no claimed slot');
    words[at + STATE] = SlotState.FREE;
    this.count--;
    this.used -= bytes;
    if (this.count > 0 && address === this.head) this.reclaim();
  }

  /** Moves head over what is free. Some slot is claimed, so it stops there at the latest. */
  private reclaim(): void {
    const words = this.words;
    while (true) {
      if (this.head === this.end) this.head = this.base;
      const at = this.head >>> 2;
      const state = words[at + STATE];
      if (state === SlotState.WRAP) {
        words[at + STATE] = SlotState.FREE;
        this.head = this.base;
      } else if (state === SlotState.FREE) {
        this.head += words[at + BYTES] as number;
      } else {
        return;
      }
    }
  }

  private mark(address: number, bytes: number, state: SlotState): void {
    const at = address >>> 2;
    this.words[at + BYTES] = bytes;
    this.words[at + STATE] = state;
  }

  private isSlot(address: number, bytes: number): boolean {
    const state = this.words[(address >>> 2) + STATE] as number;
    return (
      this.count > 0 &&
      address >= this.base &&
      address % SLOT_ALIGN === 0 &&
      bytes >= SLOT_HEADER_BYTES &&
      address + bytes <= this.end &&
      state !== SlotState.FREE &&
      state !== SlotState.WRAP
    );
  }
}
