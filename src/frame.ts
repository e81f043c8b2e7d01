// The host's own look at batch frames (schemas/batch.fbs): enough of a request frame to route and bound it, with every read
// checked against the frame. Deciding a frame is the engine's work.

const VTABLE_ID = 4;
const VTABLE_MODEL = 6;
const VTABLE_BUNDLE = 8;
const VTABLE_REQUESTS = 10;

/** What stands at the head of a RequestBatch. */
export interface FrameHead {
  id: bigint;
  /** Model hash, 16 hex digits, as Model.hash. */
  model: string;
  bundle: string;
  /** Requests in it. */
  count: number;
}

/** Reads the head of a RequestBatch frame, or undefined where it is malformed. Reads nothing outside the frame. */
export function peekFrame(frame: Uint8Array): FrameHead | undefined {
  const root = rootOf(frame);
  const count = countRequests(frame);
  if (root < 0 || count < 0) return undefined;
  const bundle = vectorOf(frame, fieldOf(frame, root, VTABLE_BUNDLE, 4), 1);
  if (bundle < 0) return undefined;
  const length = u32(frame, bundle);
  return {
    id: readLong(frame, fieldOf(frame, root, VTABLE_ID, 8)),
    model: readLong(frame, fieldOf(frame, root, VTABLE_MODEL, 8))
      .toString(16)
      .padStart(16, '0'),
    bundle: Buffer.from(frame.buffer, frame.byteOffset + bundle + 4, length).toString('utf8'),
    count,
  };
}

/** Requests in a RequestBatch frame, or -1 where it is malformed. Each takes at least 4 bytes of the frame. */
export function countRequests(frame: Uint8Array): number {
  const root = rootOf(frame);
  if (root < 0) return -1;
  const requests = vectorOf(frame, fieldOf(frame, root, VTABLE_REQUESTS, 4), 4);
  return requests < 0 ? -1 : u32(frame, requests);
}

/** Position of the root table, or -1. Below, -1 is always "absent or outside the frame". */
function rootOf(frame: Uint8Array): number {
  if (frame.length < 8) return -1;
  const root = u32(frame, 0);
  return root + 4 <= frame.length ? root : -1;
}

/** Position of a field of `width` bytes of the table at `table`. */
function fieldOf(frame: Uint8Array, table: number, entry: number, width: number): number {
  const vtable = table - i32(frame, table);
  if (vtable < 0 || vtable + 4 > frame.length) return -1;
  const vtableBytes = u16(frame, vtable);
  if (entry + 2 > vtableBytes || vtable + vtableBytes > frame.length) return -1;
  const offset = u16(frame, vtable + entry);
  return offset === 0 || table + offset + width > frame.length ? -1 : table + offset;
}

/** Position of the length of a vector of elements of `width` bytes that lies wholly inside the frame. */
function vectorOf(frame: Uint8Array, field: number, width: number): number {
  if (field < 0) return -1;
  const vector = field + u32(frame, field);
  if (vector + 4 > frame.length) return -1;
  return vector + 4 + u32(frame, vector) * width > frame.length ? -1 : vector;
}

function readLong(frame: Uint8Array, at: number): bigint {
  return at < 0 ? 0n : BigInt(u32(frame, at)) | (BigInt(u32(frame, at + 4)) << 32n);
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function i32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) | (u16(bytes, at + 2) << 16);
}

function u32(bytes: Uint8Array, at: number): number {
  return i32(bytes, at) >>> 0;
}
