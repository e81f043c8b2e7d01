// Has the engine verify a list on a thread that is neither the tenant's owner nor of the pool: a list of millions takes long.

import { ListError } from '../../assembly/shared/status.js';
import { EngineInstance, engineModule } from './instance.js';
import type { WasmMemory } from './webassembly.js';

/** A block of a tenant's memory for a list, reserved by the owner. */
export interface ListBlock {
  memory: WasmMemory;
  address: number;
  bytes: number;
  /** Lent by the owner (TenantMemory.lendScratch) until it is answered. */
  scratch: number;
}

/** A view of the block. */
export function viewBlock({ memory, address, bytes }: ListBlock): Uint8Array {
  return new Uint8Array(memory.buffer, address, bytes);
}

/** Verifies the region that lies in the block. A trap is BAD_ENTRY. */
export function verifyBlock({ memory, address, bytes, scratch }: ListBlock): ListError {
  const instance = new EngineInstance(engineModule(), memory, new Int32Array(memory.buffer), scratch);
  try {
    return instance.verifyList(address, bytes);
  } catch {
    return ListError.BAD_ENTRY;
  }
}
