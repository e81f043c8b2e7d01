// Has the engine verify an image that is not going to decide in this process.

import { SCRATCH_BYTES } from '../../assembly/shared/layout.js';
import type { ImageError } from '../../assembly/shared/status.js';
import { PAGE_BYTES } from '../config.js';
import { InlineInstance } from './inline-instance.js';
import { TenantMemory } from './memory.js';

/** Pages beside the image: what every tenant has, with one scratch and hardly a ring. */
const PAGES_BESIDE = 16 + Math.ceil(SCRATCH_BYTES / PAGE_BYTES);

/** What the engine says of the deciding part of an image, in a memory of its own. */
export function checkImage(deciding: Uint8Array): ImageError {
  const pagesMax = Math.ceil(deciding.length / PAGE_BYTES) + PAGES_BESIDE;
  const memory = new TenantMemory({ scratchCount: 1, ringBytes: 64, pagesMax });
  const inline = new InlineInstance(memory);
  const error = inline.verifyImage(memory.place(deciding), deciding.length);
  inline.dispose();
  return error;
}
