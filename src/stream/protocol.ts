// What both ends of the WebSocket protocol verdict.v1 know by heart: docs/PROTOCOL.md.

/** Of Sec-WebSocket-Protocol. */
export const SUBPROTOCOL = 'verdict.v1';
/** With a bearer token behind it, a subprotocol that stands for Authorization. */
export const BEARER_PROTOCOL = 'verdict.bearer.';
/** The versions of the protocol that this package speaks. */
export const PROTOCOL_MIN = 1;
export const PROTOCOL_MAX = 1;

/** Why a server closes a stream. 4000 to 4999 are for applications to define (RFC 6455, 7.4.2). */
export const CloseCode = {
  /** The client is done. */
  NORMAL: 1000,
  /** The server is stopping, and owes nothing. */
  GOING_AWAY: 1001,
  /** Never on the wire: the connection ended without a close frame. */
  ABNORMAL: 1006,
  /** No version of the protocol is common. */
  PROTOCOL_UNSUPPORTED: 4000,
  /** A control message is malformed. */
  INVALID_CONTROL: 4001,
  /** More requests unanswered than the credit allows. */
  CREDIT_EXCEEDED: 4002,
} as const;

/** Requests that a client may have unanswered where it has not asked, or has asked for more. */
export const CREDIT_DEFAULT = 65_536;
/** Names of bundles in a Hello, and ids in a cancel. */
export const HELLO_BUNDLES_MAX = 256;
export const CANCEL_IDS_MAX = 65_536;
