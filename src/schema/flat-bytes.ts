// FlatBuffers tables of strangers, read by the host where the engine does not: every position is checked against the buffer before
// it is read, so that nothing outside is looked at, whatever the bytes say. -1 is always "absent, or outside the buffer".

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Position of the root table. */
export function rootOf(bytes: Uint8Array): number {
  if (bytes.length < 8) return -1;
  const root = u32(bytes, 0);
  return root + 4 <= bytes.length ? root : -1;
}

/** Position of a field of `width` bytes of the table at `table`; `entry` is its place in the vtable, 4 + 2 x its id. */
export function fieldOf(bytes: Uint8Array, table: number, entry: number, width: number): number {
  const vtable = table - i32(bytes, table);
  if (vtable < 0 || vtable + 4 > bytes.length) return -1;
  const vtableBytes = u16(bytes, vtable);
  if (entry + 2 > vtableBytes || vtable + vtableBytes > bytes.length) return -1;
  const offset = u16(bytes, vtable + entry);
  return offset === 0 || table + offset + width > bytes.length ? -1 : table + offset;
}

/** Position of the table that an offset field leads to. */
export function tableOf(bytes: Uint8Array, field: number): number {
  if (field < 0) return -1;
  const table = field + u32(bytes, field);
  return table + 4 > bytes.length ? -1 : table;
}

/** Position of the length of a vector of elements of `width` bytes that lies wholly inside the buffer. */
export function vectorOf(bytes: Uint8Array, field: number, width: number): number {
  const vector = tableOf(bytes, field);
  if (vector < 0) return -1;
  return vector + 4 + u32(bytes, vector) * width > bytes.length ? -1 : vector;
}

/** The string that an offset field leads to; undefined where there is none. What is not UTF-8 reads as U+FFFD. */
export function stringOf(bytes: Uint8Array, field: number): string | undefined {
  const vector = vectorOf(bytes, field, 1);
  return vector < 0 ? undefined : utf8.decode(bytes.subarray(vector + 4, vector + 4 + u32(bytes, vector)));
}

/** The strings of a vector of at most `countMax`, each of at most `bytesMax`; undefined where it is not such. */
export function stringsOf(bytes: Uint8Array, field: number, countMax: number, bytesMax: number): string[] | undefined {
  const vector = vectorOf(bytes, field, 4);
  if (vector < 0 || u32(bytes, vector) > countMax) return undefined;
  const strings: string[] = [];
  for (let at = vector + 4; strings.length < u32(bytes, vector); at += 4) {
    const place = vectorOf(bytes, at, 1);
    const string = place < 0 || u32(bytes, place) > bytesMax ? undefined : stringOf(bytes, at);
    if (string === undefined) return undefined;
    strings.push(string);
  }
  return strings;
}

/** The ulong at `at`; 0 where it is absent. */
export function longAt(bytes: Uint8Array, at: number): bigint {
  return at < 0 ? 0n : BigInt(u32(bytes, at)) | (BigInt(u32(bytes, at + 4)) << 32n);
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

export function i32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) | (u16(bytes, at + 2) << 16);
}

export function u32(bytes: Uint8Array, at: number): number {
  return i32(bytes, at) >>> 0;
}
