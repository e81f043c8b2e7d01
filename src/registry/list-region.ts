// Lists in a tenant's memory. A region is immutable and shared by whatever is bound to it; a binding table says for one image, or
// a part of one, which regions its lists are. Both are counted, and go with the last reference: a request that has begun holds the
// table it began with. Counts are plain numbers: only the thread that owns the tenant touches them.

import { BINDING_ADDRESS, BINDING_BYTES, BINDING_VERSION } from '../../assembly/shared/layout.js';
import { assert } from '../assert.js';
import type { TenantMemory } from '../runtime/memory.js';
import type { ListVersion } from './list-store.js';

/** Something in a tenant's memory that is freed with its last reference. Whoever makes it holds the first. */
abstract class Counted {
  private references = 1;

  constructor(
    private readonly memory: TenantMemory,
    /** Absolute address. */
    readonly address: number,
  ) {}

  retain(): this {
    assert(this.references > 0, 'a list that has been freed was asked for');
    this.references++;
    return this;
  }

  release(): void {
    assert(this.references > 0, 'a list was given back too often');
    if (--this.references > 0) return;
    this.memory.free(this.address);
    this.freed();
  }

  protected freed(): void {}
}

/** A verified region. */
export class ListRegion extends Counted {
  constructor(
    memory: TenantMemory,
    address: number,
    readonly list: ListVersion,
  ) {
    super(memory, address);
  }
}

/** What lists are bound to, in an image's order. */
export class ListBindings extends Counted {
  private constructor(
    memory: TenantMemory,
    address: number,
    readonly regions: readonly ListRegion[],
  ) {
    super(memory, address);
  }

  /** Writes a table; it holds its regions. Throws Problem OUT_OF_MEMORY. */
  static make(memory: TenantMemory, regions: readonly ListRegion[]): ListBindings {
    const table = new Uint8Array(regions.length * BINDING_BYTES);
    const view = new DataView(table.buffer);
    for (const [index, { address, list }] of regions.entries()) {
      view.setUint32(index * BINDING_BYTES + BINDING_ADDRESS, address, true);
      table.set(Buffer.from(list.version, 'latin1'), index * BINDING_BYTES + BINDING_VERSION);
    }
    const address = memory.place(table);
    return new ListBindings(
      memory,
      address,
      regions.map((region) => region.retain()),
    );
  }

  protected override freed(): void {
    for (const region of this.regions) region.release();
  }
}
