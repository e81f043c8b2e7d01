// Verifies a list region: after it, a question reads nothing outside the region, and finds every member there is.

import {
  MEMBER_BYTES,
  MEMBER_HASH,
  MEMBER_TEXT,
  MEMBERS_BUCKETS,
  MEMBERS_BUCKETS_MAX,
  MEMBERS_COUNT,
  MEMBERS_HEADER_BYTES,
  MEMBERS_MAGIC,
  MEMBERS_MAGIC_VALUE,
  MEMBERS_REGION_BYTES,
  MEMBERS_RESERVED,
  MEMBERS_SEED,
  MEMBERS_TYPE,
  MEMBERS_VERSION,
  MEMBERS_VERSION_BYTES,
} from '../shared/list';
import { ListError } from '../shared/status';
import { RegisterType } from '../shared/value-type';
import { hashBytes } from './hash';
import { listHas } from './list';

/**
 * Judges a list region.
 *
 * @param address a multiple of 8
 * @param bytes length that the host has for it
 * @returns NONE, or the first thing that is wrong
 */
export function verifyList(address: usize, bytes: u32): ListError {
  if (bytes < (MEMBERS_HEADER_BYTES as u32)) return ListError.TOO_SHORT;
  if (load<u32>(address, MEMBERS_MAGIC) !== MEMBERS_MAGIC_VALUE) return ListError.BAD_MAGIC;
  if (((address | bytes) & 7) !== 0 || load<u32>(address, MEMBERS_REGION_BYTES) !== bytes) return ListError.BAD_SIZE;
  const type = load<u32>(address, MEMBERS_TYPE);
  const count = load<u32>(address, MEMBERS_COUNT);
  const buckets = load<u32>(address, MEMBERS_BUCKETS);
  if (type !== RegisterType.TEXT && type !== RegisterType.F64 && type !== RegisterType.I64) return ListError.BAD_HEADER;
  if (popcnt(buckets) !== 1 || buckets > (MEMBERS_BUCKETS_MAX as u32) || count >= buckets) return ListError.BAD_HEADER;
  for (let at: usize = MEMBERS_RESERVED; at < (MEMBERS_HEADER_BYTES as usize); at += 8) {
    if (load<u64>(address + at) !== 0) return ListError.BAD_HEADER;
  }
  for (let at: usize = 0; at < (MEMBERS_VERSION_BYTES as usize); at++) {
    if (!isHexDigit(load<u8>(address + at, MEMBERS_VERSION) as u32)) return ListError.BAD_HEADER;
  }
  const entries = (MEMBERS_HEADER_BYTES as u64) + (((buckets as u64) * 4 + 7) & ~7);
  if (entries > (bytes as u64)) return ListError.BAD_SIZE;
  return verifyBuckets(address, bytes, entries as u32, buckets, count);
}

/** Lower case. */
function isHexDigit(byte: u32): bool {
  return byte - 0x30 < 10 || byte - 0x61 < 6;
}

/** First that all entries are inside the region, then that each is found: finding one looks at others. */
function verifyBuckets(list: usize, bytes: u32, entries: u32, buckets: u32, count: u32): ListError {
  const type = load<u32>(list, MEMBERS_TYPE);
  const first = list + MEMBERS_HEADER_BYTES;
  const end = first + (buckets << 2);
  let members: u32 = 0;
  for (let bucket = first; bucket < end; bucket += 4) {
    const offset = load<u32>(bucket);
    if (offset === 0) continue;
    members += 1;
    if (offset < entries || offset > bytes - 8) return ListError.BAD_ENTRY;
    if (type !== RegisterType.TEXT) {
      if ((offset & 7) !== 0) return ListError.BAD_ENTRY;
      continue;
    }
    if ((offset & 3) !== 0 || load<u32>(list + offset, MEMBER_BYTES) > bytes - 8 - offset) return ListError.BAD_ENTRY;
  }
  if (members !== count) return ListError.BAD_BUCKET;
  const seed = load<u32>(list, MEMBERS_SEED);
  // Texts that add up to more than the region overlap: no list is written so, and checking them could take for ever.
  let texts: u64 = 0;
  for (let bucket = first; bucket < end; bucket += 4) {
    const offset = load<u32>(bucket);
    if (offset === 0) continue;
    const entry = list + offset;
    let bits = load<u64>(entry);
    if (type === RegisterType.TEXT) {
      const length = load<u32>(entry, MEMBER_BYTES);
      texts += length as u64;
      if (texts > (bytes as u64)) return ListError.BAD_ENTRY;
      if (load<u32>(entry, MEMBER_HASH) !== hashBytes(entry + MEMBER_TEXT, length, seed)) return ListError.BAD_ENTRY;
      bits = ((entry + MEMBER_TEXT) as u64) | ((length as u64) << 32);
    }
    if (!listHas(list, type, bits)) return ListError.BAD_BUCKET;
  }
  return ListError.NONE;
}
