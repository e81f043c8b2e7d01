// Blocks of 16 bytes: with SIMD where the target has it, in words of 8 bytes where not (modules exported for runtimes that have
// none).

/** Copies 16 bytes. */
export function copy16(to: usize, from: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(to, v128.load(from));
  } else {
    const low = load<u64>(from);
    const high = load<u64>(from, 8);
    store<u64>(to, low);
    store<u64>(to, high, 8);
  }
}

/** Writes 16 zeros. */
export function zero16(at: usize): void {
  if (ASC_FEATURE_SIMD) {
    v128.store(at, i64x2.splat(0));
  } else {
    store<u64>(at, 0);
    store<u64>(at, 0, 8);
  }
}

/** Whether 16 bytes are the same. */
export function same16(left: usize, right: usize): bool {
  if (ASC_FEATURE_SIMD) return !v128.any_true(v128.xor(v128.load(left), v128.load(right)));
  return ((load<u64>(left) ^ load<u64>(right)) | (load<u64>(left, 8) ^ load<u64>(right, 8))) === 0;
}

/** Whether the first `count` of 16 bytes are the same, 0 to 15. */
export function sameHead(left: usize, right: usize, count: u32): bool {
  if (ASC_FEATURE_SIMD) {
    const differ = v128.xor(v128.load(left), v128.load(right));
    const kept = i8x16.lt_s(v128(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(count as i8));
    return !v128.any_true(v128.and(differ, kept));
  }
  const low = load<u64>(left) ^ load<u64>(right);
  if (count <= 8) return (low & below(count)) === 0;
  return (low | ((load<u64>(left, 8) ^ load<u64>(right, 8)) & below(count - 8))) === 0;
}

/** Ones in the first `count` bytes of a word, 0 to 8. */
function below(count: u32): u64 {
  return count >= 8 ? u64.MAX_VALUE : ((1 as u64) << ((count as u64) << 3)) - 1;
}

/** Bits of those of 16 bytes that are quotes, backslashes or control characters. */
export function stopsOf(at: usize): u32 {
  if (ASC_FEATURE_SIMD) {
    const block = v128.load(at);
    const marks = v128.or(i8x16.eq(block, i8x16.splat(34)), i8x16.eq(block, i8x16.splat(92)));
    return i8x16.bitmask(v128.or(marks, i8x16.lt_u(block, i8x16.splat(32)))) as u32;
  }
  return stops8(load<u64>(at)) | (stops8(load<u64>(at, 8)) << 8);
}

/** Bits of those of 16 bytes that are above 0x7f. */
export function highOf(at: usize): u32 {
  if (ASC_FEATURE_SIMD) return i8x16.bitmask(v128.load(at)) as u32;
  return bits8(load<u64>(at) & HIGH) | (bits8(load<u64>(at, 8) & HIGH) << 8);
}

const ONES: u64 = (0x01010101 << 32) | 0x01010101;
const HIGH: u64 = (0x80808080 << 32) | 0x80808080;

function stops8(word: u64): u32 {
  const control = zeros8(word & (ONES * 0xe0));
  return bits8(zeros8(word ^ (ONES * 34)) | zeros8(word ^ (ONES * 92)) | control);
}

/** The high bit of each byte that is 0, and of no other. */
function zeros8(word: u64): u64 {
  return ~(((word & ~HIGH) + ~HIGH) | word | ~HIGH);
}

/** The high bits of 8 bytes side by side: multiplied, each reaches a place of its own in the top byte. */
function bits8(high: u64): u32 {
  const spread: u64 = (0x00020408 << 32) | 0x10204081;
  return ((high * spread) >> 56) as u32;
}
