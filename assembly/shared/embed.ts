// The memory of an exported module: one image, decided by one caller at a time. `verdict export` lays it out and writes it into
// the module's data, so that an instance is ready as soon as it is made.
//
//   0        1,024      scratch    slot + entry    lists bound    parameters   image     output       input ...
//   | guard  | this     | of the   | one payload   | 24 bytes a   | bound, and |         | one        | grows with what the   |
//   | no one | block    | engine   |               | list         | their texts|         | decision   | caller asks for       |
//
// Addresses are absolute; each part starts where the last ends, rounded up to a multiple of 64.

/** Number of the ABI: raised when a function of it changes its meaning. */
export const EMBED_ABI = 1;

export const EMBED_BASE = 1024;
export const EMBED_BYTES = 64;
export const EMBED_SLOT = 4; // u32, address of the slot
export const EMBED_IMAGE = 8; // u32, address of the image
export const EMBED_INPUT = 16; // u32, first address that is free, behind lists bound at run time; a multiple of 64
export const EMBED_INPUT_BYTES = 20; // u32, bytes that the caller has asked for
export const EMBED_ROOM_ONCE = 24; // u32, bytes of all tables of a payload that are there once
export const EMBED_ROOM_OFTEN = 28; // u32, bytes of the largest table that may be there often: in a list

export const EMBED_HASH = 32; // 16 characters: hash of the image, 16 hex digits
export const EMBED_PARAMETERS_ROOM = 48; // u32, bytes that the bindings of parameters may take, their texts included
export const EMBED_POINTER = 52; // u32, address of the JSON Pointer of what is wrong with the last text, UTF-8 with a zero; 0: none
export const EMBED_POINTER_BYTES = 56; // u32

/** A block of values of parameters for a module: | magic u32 | 0 u32 | hash of the image | bindings | texts |. */
export const PARAMETER_BLOCK_BYTES = 24;
export const PARAMETER_BLOCK_MAGIC = 0x52415056; // "VPAR"

/** Parts of an exported module's memory start at multiples of it. */
export const EMBED_ALIGN = 64;
/** Zeros behind an input: the reader of JSON text ends there and checks no bounds. */
export const EMBED_INPUT_PADDING = 16;
