// Membership in a list region (shared/list.ts draws it): exact, by hash and then by bytes.

import { bytesEqual } from '../ops/text';
import {
  MEMBER_BYTES,
  MEMBER_HASH,
  MEMBER_TEXT,
  MEMBERS_BUCKETS,
  MEMBERS_HEADER_BYTES,
  MEMBERS_PROBE_MAX,
  MEMBERS_SEED,
} from '../shared/list';
import { RegisterType } from '../shared/value-type';
import { hashBits, hashBytes } from './hash';

/**
 * Whether a value is a member.
 *
 * @param list a verified region whose members are of this type
 * @param type TEXT, F64 or I64
 * @param bits of a register of that type
 */
export function listHas(list: usize, type: u32, bits: u64): bool {
  const seed = load<u32>(list, MEMBERS_SEED);
  if (type === RegisterType.TEXT) {
    const bytes = (bits >> 32) as u32;
    const hash = hashBytes(bits as usize, bytes, seed);
    return hasText(list, bits as usize, bytes, hash);
  }
  let value = bits;
  if (type === RegisterType.F64) {
    const number = reinterpret<f64>(bits);
    if (number !== number) return false;
    if (number === 0) value = 0;
  }
  return hasBits(list, value, hashBits(value, seed));
}

/** The bucket in which a member with this hash would be, were it free. */
export function homeOf(hash: u32, buckets: u32): u32 {
  return buckets === 1 ? 0 : hash >> (clz(buckets) + 1);
}

function hasText(list: usize, text: usize, bytes: u32, hash: u32): bool {
  const mask = load<u32>(list, MEMBERS_BUCKETS) - 1;
  let bucket = homeOf(hash, mask + 1);
  for (let probe: u32 = 0; probe < (MEMBERS_PROBE_MAX as u32); probe++) {
    const offset = load<u32>(list + (bucket << 2), MEMBERS_HEADER_BYTES) as usize;
    if (offset === 0) return false;
    const entry = list + offset;
    if (load<u32>(entry, MEMBER_HASH) === hash && load<u32>(entry, MEMBER_BYTES) === bytes) {
      if (bytesEqual(entry + MEMBER_TEXT, text, bytes)) return true;
    }
    bucket = (bucket + 1) & mask;
  }
  return false;
}

function hasBits(list: usize, value: u64, hash: u32): bool {
  const mask = load<u32>(list, MEMBERS_BUCKETS) - 1;
  let bucket = homeOf(hash, mask + 1);
  for (let probe: u32 = 0; probe < (MEMBERS_PROBE_MAX as u32); probe++) {
    const offset = load<u32>(list + (bucket << 2), MEMBERS_HEADER_BYTES) as usize;
    if (offset === 0) return false;
    if (load<u64>(list + offset) === value) return true;
    bucket = (bucket + 1) & mask;
  }
  return false;
}
