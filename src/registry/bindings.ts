// What an image is bound to while it decides: regions of lists, and values of parameters. A block is written once, verified, never
// changed, and goes with its last reference: a request that has begun holds the block it began with, so that it sees one version of
// each list and set to its end.
//
//   | lists: BINDING_BYTES each | parameters: PARAMETER_BINDING_BYTES each | texts of parameters |

import { BINDING_ADDRESS, BINDING_BYTES, BINDING_VERSION } from '../../assembly/shared/layout.js';
import { ParameterError } from '../../assembly/shared/status.js';
import { Problem } from '../errors.js';
import { type ParameterBinding, writeParameters } from '../image/parameter-block.js';
import { Counted, type Freer, type ListRegion } from './list-region.js';
import type { Tenant } from './tenant.js';

/** Where a block lies, and of how much it is. */
export interface BindingsPlace {
  readonly address: number;
  readonly listCount: number;
  readonly parameterCount: number;
}

export class Bindings extends Counted implements BindingsPlace {
  readonly listCount: number;
  readonly parameterCount: number;

  private constructor(
    memory: Freer,
    { address, listCount, parameterCount }: BindingsPlace,
    private readonly regions: readonly ListRegion[],
  ) {
    super(memory, address);
    this.listCount = listCount;
    this.parameterCount = parameterCount;
    const behindLists = address + listCount * BINDING_BYTES;
    this.lists = listCount === 0 ? 0 : address;
    this.parameters = parameterCount === 0 ? 0 : behindLists;
  }

  /** SLOT_LISTS and SLOT_PARAMETERS; 0 where there are none. */
  readonly lists: number;
  readonly parameters: number;

  /**
   * Writes a block for an image; it holds its regions.
   * @param image address of a verified image, which reads as many parameters, in this order
   * Throws Problem OUT_OF_MEMORY; INVALID_IMAGE where the image does not take the values.
   */
  static make(tenant: Tenant, image: number, regions: readonly ListRegion[], parameters: readonly ParameterBinding[]): Bindings {
    const { memory, inline } = tenant;
    const listBytes = regions.length * BINDING_BYTES;
    const bytes = listBytes + writeParameters(parameters, 0).length;
    const address = memory.reserve(bytes);
    const block = memory.viewHeap(address, bytes);
    const view = new DataView(block.buffer, block.byteOffset, bytes);
    for (const [index, { address: region, list }] of regions.entries()) {
      view.setUint32(index * BINDING_BYTES + BINDING_ADDRESS, region, true);
      block.set(Buffer.from(list.version, 'latin1'), index * BINDING_BYTES + BINDING_VERSION);
    }
    block.set(writeParameters(parameters, address + listBytes), listBytes);
    if (parameters.length > 0) {
      const error = inline.verifyParameters(image, address + listBytes, bytes - listBytes);
      if (error !== ParameterError.NONE) {
        memory.free(address);
        throw new Problem('INVALID_IMAGE', `the engine refuses its parameters: ${ParameterError[error]}`);
      }
    }
    const place = { address, listCount: regions.length, parameterCount: parameters.length };
    return new Bindings(
      memory,
      place,
      regions.map((region) => region.retain()),
    );
  }

  /** A block that another thread has made and holds, with its regions, until `freer` is told that the last reference here is gone. */
  static attach(freer: Freer, place: BindingsPlace): Bindings {
    return new Bindings(freer, place, []);
  }

  protected override freed(): void {
    for (const region of this.regions) region.release();
  }
}
