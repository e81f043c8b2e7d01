// A live image: a verified image in its tenant's memory, with what the host must know to decide with it. Immutable after its
// making, apart from its pins: a request in flight pins the image it began with, and a retired image's memory is freed when
// the last pin is gone. Pins are only touched by the thread that owns the registry.

import type { Manifest } from '../image/manifest.js';
import type { PayloadEncoder } from '../schema/encode.js';
import type { Model } from '../schema/model.js';
import type { Tenant } from './tenant.js';

export interface LiveImage {
  readonly tenant: Tenant;
  /** Of the bundle. */
  readonly name: string;
  readonly version: string;
  /** First 8 bytes of the image's sha256, 16 hex digits. */
  readonly image: string;
  readonly model: Model;
  readonly manifest: Manifest;
  /** Static worst case of one payload, in units. */
  readonly costMax: number;
  /** Bytes of the largest decision, a multiple of 8. */
  readonly decisionBytesMax: number;
  readonly encoder: PayloadEncoder;
  /** Whether a decision depends on `now`. */
  readonly usesNow: boolean;
  /** Absolute address and size of the deciding part in the tenant's memory. */
  readonly address: number;
  readonly bytes: number;
}
