// Lists in a tenant's memory. A region is immutable, shared by whatever is bound to it (bindings.ts), and goes with the last
// reference. Counts are plain numbers: only the thread that owns the tenant touches them.

import { assert } from '../assert.js';
import type { ListVersion } from './list-store.js';

/** Who takes back what lies in a tenant's memory: the memory itself, or where another thread owns it, that one. */
export interface Freer {
  free(address: number): void;
}

/** Something in a tenant's memory that is freed with its last reference. Whoever makes it holds the first. */
export abstract class Counted {
  private references = 1;

  constructor(
    private readonly memory: Freer,
    /** Absolute address. */
    readonly address: number,
  ) {}

  retain(): this {
    assert(this.references > 0, 'what has been freed was asked for');
    this.references++;
    return this;
  }

  release(): void {
    assert(this.references > 0, 'it was given back too often');
    if (--this.references > 0) return;
    this.memory.free(this.address);
    this.freed();
  }

  protected freed(): void {}
}

/** A verified region. */
export class ListRegion extends Counted {
  constructor(
    memory: Freer,
    address: number,
    readonly list: ListVersion,
  ) {
    super(memory, address);
  }
}
