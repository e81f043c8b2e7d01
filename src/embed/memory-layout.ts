// The first bytes of an exported module's memory: where everything lies, and what it holds (assembly/shared/embed.ts draws it).

import * as at from '../../assembly/shared/embed.js';
import { IMAGE_PARAMETER_COUNT, IMAGE_PARAMETERS, PARAMETER_BYTES, PARAMETER_TEXT_MAX } from '../../assembly/shared/image.js';
import * as slot from '../../assembly/shared/layout.js';
import { readListHeader } from '../image/list.js';
import { type ParameterBinding, writeParameters } from '../image/parameter-block.js';
import type { JsonRoom } from '../schema/json-room.js';

/** A part of the memory that does not start as zeros. */
export interface DataSegment {
  address: number;
  bytes: Uint8Array;
}

export interface MemoryLayout {
  /** Address of the engine's scratch. */
  scratch: number;
  /** Sorted by address. */
  segments: DataSegment[];
  /** Bytes that the memory has to have at the start. */
  bytes: number;
}

/**
 * Lays out the memory of a module that decides one image.
 *
 * @param deciding the image, verified
 * @param lists region of each list that the image asks, in its order; undefined for those that the caller binds
 * @param room what payloads of the model need that are made of JSON text
 * @param hash of the image, 16 hex digits
 * @param parameters that it reads, in its order
 */
export function layOutMemory(
  deciding: Uint8Array,
  decisionBytesMax: number,
  lists: readonly (Uint8Array | undefined)[],
  room: JsonRoom,
  hash: string,
  parameters: readonly ParameterBinding[],
): MemoryLayout {
  let end = at.EMBED_BASE + at.EMBED_BYTES;
  const take = (bytes: number): number => {
    const address = align(end);
    end = address + bytes;
    return address;
  };
  const scratch = take(slot.SCRATCH_BYTES);
  const head = take(slot.SLOT_HEADER_BYTES + slot.ENTRY_BYTES);
  const bindings = take(lists.length * slot.BINDING_BYTES);
  const parametersRoom = parameterRoom(deciding);
  const bound = take(parametersRoom);
  const image = take(deciding.length);
  const regions = lists.map((region) => (region === undefined ? 0 : take(region.length)));
  const output = take(decisionBytesMax);
  const input = align(end);

  const control = words({
    [at.EMBED_SLOT]: head,
    [at.EMBED_IMAGE]: image,
    [at.EMBED_INPUT]: input,
    [at.EMBED_ROOM_ONCE]: room.once,
    [at.EMBED_ROOM_OFTEN]: room.often,
    [at.EMBED_PARAMETERS_ROOM]: parametersRoom,
  });
  control.set(new TextEncoder().encode(hash), at.EMBED_HASH);
  const slotWords = words({
    [slot.SLOT_IMAGE]: image,
    [slot.SLOT_COUNT]: 1,
    [slot.SLOT_ENTRIES]: head + slot.SLOT_HEADER_BYTES,
    [slot.SLOT_OUTPUT]: output,
    [slot.SLOT_OUTPUT_BYTES]: decisionBytesMax,
    [slot.SLOT_LISTS]: lists.length === 0 ? 0 : bindings,
    [slot.SLOT_PARAMETERS]: parameters.length === 0 ? 0 : bound,
  });
  const segments: DataSegment[] = [
    { address: at.EMBED_BASE, bytes: control },
    { address: head, bytes: slotWords },
    { address: bindings, bytes: bindingTable(lists, regions) },
    { address: bound, bytes: writeParameters(parameters, bound) },
    { address: image, bytes: deciding },
  ];
  for (const [index, region] of lists.entries()) {
    if (region !== undefined) segments.push({ address: regions[index] as number, bytes: region });
  }
  return { scratch, segments: segments.filter(({ bytes }) => bytes.length > 0), bytes: input };
}

/** Bytes of the bindings of its parameters at most, with their texts. */
function parameterRoom(deciding: Uint8Array): number {
  const view = new DataView(deciding.buffer, deciding.byteOffset, deciding.length);
  const count = view.getUint32(IMAGE_PARAMETER_COUNT, true);
  const first = view.getUint32(IMAGE_PARAMETERS, true);
  let bytes = count * slot.PARAMETER_BINDING_BYTES;
  for (let index = 0; index < count; index++) bytes += view.getUint32(first + index * PARAMETER_BYTES + PARAMETER_TEXT_MAX, true);
  return bytes;
}

function align(address: number): number {
  return Math.ceil(address / at.EMBED_ALIGN) * at.EMBED_ALIGN;
}

/** Words by their offsets. */
function words(values: Readonly<Record<number, number>>): Uint8Array {
  const offsets = Object.keys(values).map(Number);
  const view = new DataView(new ArrayBuffer(Math.max(...offsets) + 4));
  for (const offset of offsets) view.setUint32(offset, values[offset] as number, true);
  return new Uint8Array(view.buffer);
}

function bindingTable(lists: readonly (Uint8Array | undefined)[], regions: readonly number[]): Uint8Array {
  const table = new Uint8Array(lists.length * slot.BINDING_BYTES);
  const view = new DataView(table.buffer);
  for (const [index, region] of lists.entries()) {
    if (region === undefined) continue;
    view.setUint32(index * slot.BINDING_BYTES + slot.BINDING_ADDRESS, regions[index] as number, true);
    table.set(new TextEncoder().encode(readListHeader(region).version), index * slot.BINDING_BYTES + slot.BINDING_VERSION);
  }
  return table;
}
