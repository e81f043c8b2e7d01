// The hash of a text, as assembly/index/search.ts computes it; and the key of a short one.

import { TEXT_KEY_BYTES_MAX } from '../../../assembly/shared/limits.js';
import {
  TEXT_HASH_FACTOR_HIGH,
  TEXT_HASH_FACTOR_LOW,
  TEXT_HASH_SEED_HIGH,
  TEXT_HASH_SEED_LOW,
} from '../../../assembly/shared/match-index.js';

const SEED = (BigInt(TEXT_HASH_SEED_HIGH) << 32n) | BigInt(TEXT_HASH_SEED_LOW);
const FACTOR = (BigInt(TEXT_HASH_FACTOR_HIGH) << 32n) | BigInt(TEXT_HASH_FACTOR_LOW);

function mixed(hash: bigint, word: bigint): bigint {
  const product = BigInt.asUintN(64, (hash ^ word) * FACTOR);
  return product ^ (product >> 29n);
}

/** The key of a text of up to TEXT_KEY_BYTES_MAX bytes, as a signed integer. */
export function keyOf(bytes: Uint8Array): bigint {
  let key = BigInt(bytes.length) << 56n;
  for (const [index, byte] of bytes.entries()) key |= BigInt(byte) << BigInt(8 * index);
  return BigInt.asIntN(64, key);
}

/** The hash of a text, as a signed integer. */
export function hashOf(bytes: Uint8Array): bigint {
  if (bytes.length <= TEXT_KEY_BYTES_MAX) return BigInt.asIntN(64, mixed(SEED, BigInt.asUintN(64, keyOf(bytes))));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = mixed(SEED, BigInt(bytes.length));
  const last = bytes.length - 8;
  for (let from = 0; from < last; from += 8) hash = mixed(hash, view.getBigUint64(from, true));
  return BigInt.asIntN(64, mixed(hash, view.getBigUint64(last, true)));
}
