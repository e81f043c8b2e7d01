// What is sent, byte for byte as it goes over the wire, in one buffer: encoded once, before anything is timed.
//
// WebSocket messages of a client must be masked (RFC 6455, 5.3). The mask here is 0, which leaves the bytes as they are: that masks
// cannot be foreseen protects proxies from scripts in a browser (10.3), and no script writes these. A server pays for unmasking all
// the same.

import { SUBPROTOCOL } from '../stream/protocol.js';
import { idAt } from './frame.js';

/** Messages in one buffer; structured clone takes it from process to process. */
export interface Messages {
  readonly bytes: Uint8Array;
  /** Where each message begins, and behind the last where it ends. */
  readonly offsets: Uint32Array;
  /** Where in a message its frame id stands; empty where messages have none, as in HTTP. */
  readonly idOffsets: Uint32Array;
  /** Payloads in each message. */
  readonly payloads: number;
}

/** Bytes of all messages at most: offsets are 32 bits wide, and every process holds its share. */
export const MESSAGES_BYTES_MAX = 1 << 30;

/** Packs messages. Throws RangeError where they are too large together. */
export function packMessages(messages: readonly Uint8Array[], payloads: number, idOffsets: readonly number[] = []): Messages {
  const total = messages.reduce((sum, { length }) => sum + length, 0);
  if (total > MESSAGES_BYTES_MAX) throw new RangeError(`the messages take ${total} bytes, at most ${MESSAGES_BYTES_MAX}`);
  const bytes = new Uint8Array(total);
  const offsets = new Uint32Array(messages.length + 1);
  let at = 0;
  for (const [i, message] of messages.entries()) {
    bytes.set(message, at);
    at += message.length;
    offsets[i + 1] = at;
  }
  return { bytes, offsets, idOffsets: Uint32Array.from(idOffsets), payloads };
}

/** Every `shares`-th message, from number `share` on: what one process sends. At least one. */
export function shareOf({ bytes, offsets, idOffsets, payloads }: Messages, share: number, shares: number): Messages {
  const count = offsets.length - 1;
  const first = share % count;
  const chosen: number[] = [];
  for (let i = first; i < count; i += shares) chosen.push(i);
  return packMessages(
    chosen.map((i) => bytes.subarray(offsets[i], offsets[i + 1])),
    payloads,
    idOffsets.length === 0 ? [] : chosen.map((i) => idOffsets[i] as number),
  );
}

/** Frames as WebSocket messages. */
export function webSocketMessages(frames: readonly Uint8Array[], payloads: number): Messages {
  const messages = frames.map((frame) => webSocketMessage(OPCODE_BINARY, frame));
  const idOffsets = frames.map((frame, i) => idAt(frame) + (messages[i] as Uint8Array).length - frame.length);
  return packMessages(messages, payloads, idOffsets);
}

export const OPCODE_TEXT = 1;
export const OPCODE_BINARY = 2;
export const OPCODE_CLOSE = 8;
export const OPCODE_PING = 9;
export const OPCODE_PONG = 10;

/** One WebSocket message of a client, in one frame. */
export function webSocketMessage(opcode: number, payload: Uint8Array): Uint8Array {
  const head = payload.length < 126 ? 2 : payload.length < 65536 ? 4 : 10;
  const message = Buffer.alloc(head + 4 + payload.length);
  message[0] = 0x80 | opcode;
  message[1] = 0x80 | (head === 2 ? payload.length : head === 4 ? 126 : 127);
  if (head === 4) message.writeUInt16BE(payload.length, 2);
  if (head === 10) message.writeBigUInt64BE(BigInt(payload.length), 2);
  message.set(payload, head + 4);
  return message;
}

/** Bodies as POST requests of one path. @param authorization value of the header, or how it comes of a body; '' = none */
export function httpMessages(
  path: string,
  host: string,
  bodies: readonly string[],
  payloads: number,
  authorization: string | ((body: string) => string) = '',
): Messages {
  const authorizationOf = typeof authorization === 'string' ? () => authorization : authorization;
  const messages = bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n${authorizationLine(authorizationOf(body))}\r\n${body}`,
    ),
  );
  return packMessages(messages, payloads);
}

/** The handshake of a WebSocket with the subprotocol verdict.v1. Its key is a constant: nothing is cached on the way. */
export function upgradeRequest(path: string, host: string, authorization = ''): Uint8Array {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dmVyZGljdCBsb2FkdGVzdA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n` +
      `${authorizationLine(authorization)}\r\n`,
  );
}

function authorizationLine(value: string): string {
  return value === '' ? '' : `Authorization: ${value}\r\n`;
}
