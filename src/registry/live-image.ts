// A live image: a verified image in its tenant's memory, with what the host must know to decide with it. It never changes, apart
// from its pins: a request in flight pins the image it began with, and the memory of a retired image is freed when the last pin
// is gone. Pins are plain numbers: only the thread that owns the tenant touches them.

import { ImageKind } from '../../assembly/shared/image.js';
import { ImageError } from '../../assembly/shared/status.js';
import { assert } from '../assert.js';
import { Problem } from '../errors.js';
import { readImageFile } from '../image/file.js';
import type { ImageHeader } from '../image/header.js';
import type { Manifest } from '../image/manifest.js';
import { PayloadEncoder } from '../schema/encode.js';
import type { Model } from '../schema/model.js';
import type { Tenant } from './tenant.js';

export class LiveImage {
  /** Of the bundle. */
  readonly name: string;
  readonly version: string;
  /** First 8 bytes of the image's sha256, 16 hex digits. */
  readonly image: string;
  readonly model: Model;
  /** Static worst case of one payload, in units. */
  readonly costMax: number;
  /** Bytes of the largest decision, a multiple of 8. */
  readonly decisionBytesMax: number;
  readonly encoder: PayloadEncoder;
  /** Whether a decision depends on `now`. */
  readonly usesNow: boolean;
  /**
   * Address of what its lists are bound to (BINDING_BYTES each, assembly/shared/layout.ts), 0 where it reads none. A request takes
   * it once, as it begins; who replaces it keeps the old one until those that have begun are settled.
   */
  listsAddress = 0;
  private pins = 0;
  private retired = false;
  private freed = false;

  private constructor(
    readonly tenant: Tenant,
    readonly manifest: Manifest,
    header: ImageHeader,
    /** Absolute address of the deciding part in the tenant's memory. */
    readonly address: number,
  ) {
    this.name = manifest.name;
    this.version = manifest.version;
    this.image = header.hash;
    this.model = manifest.model;
    this.costMax = header.costMax;
    this.decisionBytesMax = header.decisionBytesMax;
    this.usesNow = header.usesNow;
    this.encoder = new PayloadEncoder(manifest.model);
  }

  /**
   * Takes an image file apart, copies its deciding part into the tenant's memory and has the engine verify it there.
   * Throws Problem: INVALID_IMAGE for a damaged file or one of another kind, OUT_OF_MEMORY at the tenant's quota.
   */
  static place(tenant: Tenant, file: Uint8Array): LiveImage {
    const { deciding, manifest, header } = takeApart(file);
    const address = tenant.memory.place(deciding);
    try {
      const error = tenant.inline.verifyImage(address, deciding.length);
      if (error !== ImageError.NONE) throw new Problem('INVALID_IMAGE', `the engine refuses it: ${ImageError[error]}`);
      return new LiveImage(tenant, manifest, header, address);
    } catch (error) {
      tenant.memory.free(address);
      throw error;
    }
  }

  /** Requests in flight that decide with it. */
  get pinCount(): number {
    return this.pins;
  }

  /** Keeps its memory until `unpin`. */
  pin(): void {
    assert(!this.freed, 'decided with an image that has been released');
    this.pins++;
  }

  unpin(): void {
    this.pins--;
    if (this.retired && this.pins === 0) this.free();
  }

  /** No request will begin with it any more: its memory is freed as soon as the last one is settled. Idempotent. */
  retire(): void {
    this.retired = true;
    if (this.pins === 0 && !this.freed) this.free();
  }

  private free(): void {
    this.freed = true;
    this.tenant.memory.free(this.address);
  }
}

function takeApart(file: Uint8Array): { deciding: Uint8Array; manifest: Manifest; header: ImageHeader } {
  let parts: ReturnType<typeof readImageFile>;
  try {
    parts = readImageFile(file);
  } catch (error) {
    throw new Problem('INVALID_IMAGE', (error as Error).message);
  }
  if (parts.header.kind !== ImageKind.DECISION) throw new Problem('INVALID_IMAGE', 'it evaluates expressions, it does not decide');
  if (parts.manifest.model.hash !== parts.header.modelHash) throw new Problem('INVALID_IMAGE', 'its manifest is of another model');
  return parts;
}
