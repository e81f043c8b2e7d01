// What a call of the engine may touch.

import { BINDING_BYTES, ENTRY_BYTES, SLOT_HEADER_BYTES } from '#assembly/shared/layout.js';
import { readHeader } from '#src/image/header.js';
import type { FuzzBox, Region } from './engine.js';

/** Slot, entries, image, payloads as `place` puts them, and as much of the output as the image says it needs. */
export function payloadRegions(box: FuzzBox, image: Uint8Array, payloads: readonly Uint8Array[], shift = 0): Region[] {
  let address = box.input + shift;
  const regions: Region[] = payloads.map(({ length }) => {
    const region = { start: address, end: address + length };
    address += length;
    return region;
  });
  const output = readHeader(image).decisionBytesMax * payloads.length;
  return [
    { start: box.image, end: box.image + image.length },
    { start: box.slot, end: box.slot + SLOT_HEADER_BYTES + payloads.length * ENTRY_BYTES, writable: true },
    { start: box.output, end: box.output + Math.min(output, box.outputBytes), writable: true },
    ...regions,
  ];
}

/** A table of bindings at `address`, and the list regions behind it, as `bind` puts them. */
export function listRegions(address: number, regions: readonly (Uint8Array | undefined)[]): Region[] {
  const bytes = regions.reduce((sum, region) => sum + (region?.length ?? 0), Math.ceil((regions.length * BINDING_BYTES) / 8) * 8);
  return [{ start: address, end: address + bytes }];
}
