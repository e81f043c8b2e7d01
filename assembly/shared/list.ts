// A list region: the members of one version of a list, immutable, in the heap of a tenant. An open-addressing hash table.
//
//   | header 64 | buckets: u32 offset of an entry, or 0 | entries |
//
// Offsets are bytes from the region's first byte, which lies at a multiple of 8; the entries begin at a multiple of 8. The entry
// of a text: hash u32, bytes u32, the bytes, padded to a multiple of 4. Of a number: its 8 bytes (F64 with -0 as 0; NaN is no
// member), at a multiple of 8.
//
// A member's home is bucket (hash >>> 32 - log2 buckets), 0 where there is one bucket; it lies in the first free bucket from there
// on, around the end, and less than MEMBERS_PROBE_MAX buckets away. The hash is MurmurHash3 (x86, 32 bits) of the entry's bytes,
// with the header's seed: the smallest with which all members are near their homes.

export const MEMBERS_MAGIC_VALUE = 0x534c4456; // "VDLS"
export const MEMBERS_HEADER_BYTES = 64;
export const MEMBERS_MAGIC = 0; // u32
export const MEMBERS_TYPE = 4; // u32, RegisterType: TEXT, F64 or I64
export const MEMBERS_COUNT = 8; // u32
export const MEMBERS_BUCKETS = 12; // u32, a power of two, more than there are members
/** 16 characters: the first 8 bytes in hex of the sha256 of the region with these 16 bytes 0. */
export const MEMBERS_VERSION = 16;
export const MEMBERS_REGION_BYTES = 32; // u32, the whole region, a multiple of 8
export const MEMBERS_SEED = 36; // u32
export const MEMBERS_RESERVED = 40; // 24 bytes, 0

export const MEMBERS_VERSION_BYTES = 16;
/** Buckets that are looked into at most, which bounds the cost of a question. */
export const MEMBERS_PROBE_MAX = 64;
export const MEMBERS_BUCKETS_MAX = 0x8000000;

export const MEMBER_HASH = 0; // u32
export const MEMBER_BYTES = 4; // u32
export const MEMBER_TEXT = 8;

/** Constants of MurmurHash3_x86_32. */
export const HASH_C1 = 0xcc9e2d51;
export const HASH_C2 = 0x1b873593;
export const HASH_ADD = 0xe6546b64;
export const HASH_MIX1 = 0x85ebca6b;
export const HASH_MIX2 = 0xc2b2ae35;
