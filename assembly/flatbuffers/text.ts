// UTF-8 of payloads.

/** The high bit of each of 8 bytes: none set = all ASCII. */
const HIGH_BITS: u64 = (0x80808080 << 32) | 0x80808080;

/**
 * Code points of a text, or -1 where it is not valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 *
 * Reads nothing outside [address - 7, address + length). The 7 bytes before are those of the FlatBuffers length and of the
 * offset in front of it, so a caller that has found the text through an offset is inside its payload.
 */
export function countCodePoints(address: usize, length: u32): i32 {
  let at: u32 = 0;
  while (at + 8 <= length) {
    if (load<u64>(address + at) & HIGH_BITS) return countMixed(address, length, at);
    at += 8;
  }
  const rest = length - at;
  // The tail is read as the last 8 bytes, those before it shifted out.
  if (rest !== 0 && (load<u64>(address + length - 8) >> (u64(8 - rest) << 3)) & HIGH_BITS) return countMixed(address, length, at);
  return length;
}

/** As countCodePoints, from byte `at` on; the `at` bytes before are ASCII. */
function countMixed(address: usize, length: u32, at: u32): i32 {
  let count = at as i32;
  while (at < length) {
    const lead = load<u8>(address + at) as u32;
    if (lead < 0x80) {
      at += 1;
    } else {
      const size: u32 = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      if (lead < 0xc2 || lead > 0xf4 || size > length - at) return -1;
      const second = load<u8>(address + at, 1) as u32;
      // The first byte after the lead has a narrower range where a shorter form, a surrogate or more than U+10FFFF would begin.
      let low: u32 = 0x80;
      let high: u32 = 0xbf;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
      else if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
      if (second < low || second > high) return -1;
      if (size > 2 && (load<u8>(address + at, 2) & 0xc0) !== 0x80) return -1;
      if (size > 3 && (load<u8>(address + at, 3) & 0xc0) !== 0x80) return -1;
      at += size;
    }
    count += 1;
  }
  return count;
}
