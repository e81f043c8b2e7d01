// The ring of slots: where requests lie while they wait and are decided. Slots have any length, never wrap around the end, and are
// released in any order.
//
//   base                      cursor      limit                      end
//   | slot | free | slot | ... | open room | free | slot | free | ...  |
//
// A slot is taken off the front of the open room, which is all that most requests see of it. Where it is too short, it becomes a
// free slot like others, and the next run of free slots that is long enough, once around, is opened: a request that stays long
// holds its own bytes and nobody else's. A slot that is released right before the open room goes back to it, so that requests that
// are over at once use the same bytes again; when the last slot is released, all of the ring is open, from its base.
//
// Ordering: only the thread that owns the tenant claims and releases. It writes CLAIMED and FREE; READY when it hands a slot to
// the pool; a worker writes RUNNING and DONE (see pool.ts). SLOT_BYTES and the state FREE are read by this thread only.

import { SLOT_ALIGN, SLOT_BYTES, SLOT_HEADER_BYTES, SLOT_STATE, SLOT_UNTIL } from '../../assembly/shared/layout.js';
import { SlotState } from '../../assembly/shared/status.js';
import { assert } from '../assert.js';

const STATE = SLOT_STATE >>> 2;
const BYTES = SLOT_BYTES >>> 2;
const UNTIL = SLOT_UNTIL >>> 2;

export class Ring {
  private readonly end: number;
  /** The open room; what lies in it is nobody's. All else from base to end is slots, claimed or free. */
  private cursor: number;
  private limit: number;
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
    this.cursor = base;
    this.limit = this.end;
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

  /**
   * Address of a new slot of at least `bytes` bytes (header included) in state CLAIMED, without a bound (SLOT_UNTIL), or 0 where
   * there is no room now.
   */
  claim(bytes: number): number {
    assert(bytes >= SLOT_HEADER_BYTES, 'a slot is at least its header');
    const need = Ring.slotBytes(bytes);
    if (need > this.limit - this.cursor && !this.open(need)) return 0;
    const address = this.cursor;
    this.given++;
    this.mark(address, need, SlotState.CLAIMED);
    this.words[(address >>> 2) + UNTIL] = 0;
    this.cursor = address + need;
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
    // The room ends where a slot does: what fits, fits with what a slot is rounded up by.
    return bytes <= this.limit - this.cursor || this.open(Ring.slotBytes(bytes)) ? this.cursor : 0;
  }

  /** Gives a slot back. Views of it are dead from here on. */
  release(address: number): void {
    const at = address >>> 2;
    const bytes = this.words[at + BYTES] as number;
    assert(this.isSlot(address, bytes), 'released an address that is no claimed slot');
    this.words[at + STATE] = SlotState.FREE;
    this.count--;
    this.used -= bytes;
    if (this.count === 0) {
      this.cursor = this.base;
      this.limit = this.end;
    } else if (address + bytes === this.cursor) {
      this.cursor = address;
    } else if (address === this.limit) {
      this.limit = address + bytes;
    }
  }

  /** Opens a run of free slots of at least `need` bytes in the place of the open room; false, and it stays, where there is none. */
  private open(need: number): boolean {
    if (need > this.bytes - this.used) return false;
    const { words, base, end, cursor, limit } = this;
    if (cursor < limit) this.mark(cursor, limit - cursor, SlotState.FREE);
    // Twice around at most: a run may begin before the room that was open and end behind it.
    let run = cursor === end ? base : cursor;
    let at = run;
    for (let walked = 0; walked < 2 * this.bytes; ) {
      const bytes = words[(at >>> 2) + BYTES] as number;
      const isFree = words[(at >>> 2) + STATE] === SlotState.FREE;
      if (!isFree && at - run >= need) break;
      at += bytes;
      walked += bytes;
      if (!isFree) run = at;
      if (at < end) continue;
      if (at - run >= need) break;
      at = base;
      run = base;
    }
    if (at - run < need) return false;
    this.cursor = run;
    this.limit = at;
    return true;
  }

  private mark(address: number, bytes: number, state: SlotState): void {
    const at = address >>> 2;
    this.words[at + BYTES] = bytes;
    this.words[at + STATE] = state;
  }

  private isSlot(address: number, bytes: number): boolean {
    return (
      this.count > 0 &&
      address >= this.base &&
      address % SLOT_ALIGN === 0 &&
      !(address >= this.cursor && address < this.limit) &&
      bytes >= SLOT_HEADER_BYTES &&
      address + bytes <= this.end &&
      this.words[(address >>> 2) + STATE] !== SlotState.FREE
    );
  }
}
