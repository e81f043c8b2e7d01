// Operational errors: one table of stable codes. The server answers them as RFC 9457 problem documents, the library throws
// them, docs/ERRORS.md is made from this table. Codes are never renamed and never reused.

export interface ProblemKind {
  /** HTTP status. */
  status: number;
  title: string;
  /** What the caller should do, one or two sentences; printed in docs/ERRORS.md. */
  advice: string;
}

export const PROBLEMS = {
  INVALID_JSON: {
    status: 400,
    title: 'The body is not JSON',
    advice:
      'Send one JSON value in UTF-8. `detail` names the position, `errors` gives it as a JSON Pointer and an offset in bytes.',
  },
  INVALID_PAYLOAD: {
    status: 422,
    title: 'The payload does not fit the model',
    advice:
      '`errors` lists each field by JSON Pointer, and of JSON text its offset in bytes. GET .../model.schema.json shows the model.',
  },
  INVALID_FRAME: { status: 400, title: 'The body is not a request batch', advice: 'Send a RequestBatch of schemas/batch.fbs.' },
  MODEL_MISSING: {
    status: 400,
    title: 'The request does not name its model',
    advice: 'Send the model hash in the header Verdict-Model (16 hex digits, see GET .../model.fbs).',
  },
  MODEL_MISMATCH: {
    status: 409,
    title: 'The payload was written with another model',
    advice: 'Fetch GET .../model.fbs again and rebuild the payload with it.',
  },
  INVALID_BUNDLE: {
    status: 422,
    title: 'The bundle does not compile',
    advice: '`diagnostics` lists every problem with file, line and what to write instead. `verdict check` shows the same.',
  },
  INVALID_LIST: {
    status: 422,
    title: 'The entries of the list cannot be used',
    advice: '`errors` names the first lines that are wrong: its pointer is the number of the line.',
  },
  LIST_MISMATCH: {
    status: 409,
    title: 'The list does not fit a bundle that reads it',
    advice: 'Its type and its number of entries must fit what lists/NAME.yaml of every live bundle declares. `detail` names one.',
  },
  LIST_MISSING: {
    status: 422,
    title: 'The bundle reads a list that has no entries',
    advice: 'Put it with PUT /v1/{tenant}/lists/{name}, or bring its first entries in lists/NAME.txt or lists/NAME.csv.',
  },
  LIST_IN_USE: {
    status: 409,
    title: 'Live bundles read the list',
    advice: 'Publish versions of them that do not declare it, or put an empty list.',
  },
  INVALID_PARAMETERS: {
    status: 422,
    title: 'Values of parameters do not fit',
    advice:
      '`errors` names each by its pointer: its type and bounds are those that parameters/NAME.yaml of every live bundle declares.',
  },
  PARAMETERS_MISMATCH: {
    status: 409,
    title: 'The bundle does not take values of parameters that are set',
    advice: 'Set values that both the live bundles and this one take, or declare wider bounds. `detail` names one.',
  },
  PARAMETERS_DAMAGED: {
    status: 409,
    title: 'The stored values of parameters cannot be read',
    advice: 'Put the set again with PUT /v1/{tenant}/parameters/{name}: what reads it is live from then on.',
  },
  VERSION_EXISTS: {
    status: 409,
    title: 'This version has been published with other content',
    advice: 'Give the bundle a new `version`: a published version never changes.',
  },
  INVALID_IMAGE: {
    status: 422,
    title: 'The image is damaged or of another format',
    advice: 'Compile the bundle again with this version of Verdict.',
  },
  INVALID_ARCHIVE: {
    status: 400,
    title: 'The body is not a bundle',
    advice:
      'Send a .tar.gz of the bundle directory, or JSON {"files": {"path": "text or JSON value"}}; bytes are {"$base64": "..."}.',
  },
  INVALID_NAME: {
    status: 400,
    title: 'A name in the path is not allowed',
    advice: 'Tenants and bundles match [a-z0-9][a-z0-9-]{0,63}, lists and sets of parameters [A-Za-z_][A-Za-z0-9_]{0,63}.',
  },
  INVALID_REQUEST: {
    status: 400,
    title: 'The request is malformed',
    advice:
      'Send at most one Content-Length, of plain digits, no Transfer-Encoding, and a body only with POST, PUT and PATCH. The connection is closed.',
  },
  INVALID_HEADER: {
    status: 400,
    title: 'A header of the request is malformed',
    advice:
      'Verdict-Deadline is a number of milliseconds from 1 to 3600000; Idempotency-Key is one text in quotes, of 1 to 255 printable characters.',
  },
  INVALID_CONTROL: {
    status: 400,
    title: 'A control message of the stream is malformed',
    advice: 'Send a Control of schemas/control.fbs with its file identifier, or {"hello": {...}} or {"cancel": [...]} as text.',
  },
  PROTOCOL_UNSUPPORTED: {
    status: 400,
    title: 'No version of the protocol is common to client and server',
    advice: 'This server speaks version 1 of verdict.v1: see docs/PROTOCOL.md.',
  },
  SUBPROTOCOL_REQUIRED: {
    status: 400,
    title: 'The WebSocket subprotocol is not offered',
    advice: 'Offer `verdict.v1` in Sec-WebSocket-Protocol.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'The caller is not known',
    advice:
      'Send a token in `Authorization: Bearer`, or sign the request: docs/SECURITY.md. `detail` says what is wrong with what was sent.',
  },
  FORBIDDEN: {
    status: 403,
    title: 'The caller may not do this',
    advice: 'The token must name the tenant of the path, and a scope that the route asks for: decide, admin or metrics.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such resource',
    advice: 'Check the path: resources of a tenant begin with /v1/{tenant}/.',
  },
  TENANT_NOT_FOUND: {
    status: 404,
    title: 'There is no such tenant',
    advice: 'A tenant exists from its first published bundle or list.',
  },
  BUNDLE_NOT_FOUND: { status: 404, title: 'There is no such bundle', advice: 'Publish it with PUT /v1/{tenant}/bundles/{name}.' },
  LIST_NOT_FOUND: { status: 404, title: 'There is no such list', advice: 'Put it with PUT /v1/{tenant}/lists/{name}.' },
  PARAMETERS_NOT_FOUND: {
    status: 404,
    title: 'There is no such set of parameters, or no such version of it',
    advice: 'Publish a bundle that declares it in parameters/NAME.yaml; GET /v1/{tenant}/parameters shows the sets that there are.',
  },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here', advice: 'The header Allow lists the methods.' },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'None of the accepted media types can be sent',
    advice: 'Accept application/json or application/x-flatbuffers; of a batch application/x-ndjson too.',
  },
  LENGTH_REQUIRED: {
    status: 411,
    title: 'The request needs a Content-Length',
    advice: 'Send one Content-Length of plain digits and no Transfer-Encoding.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    advice: '`detail` names the limit. Split the batch, or use the WebSocket endpoint.',
  },
  BATCH_TOO_LARGE: { status: 413, title: 'The batch has too many payloads', advice: '`detail` names the limit. Split the batch.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The media type is not supported',
    advice:
      'Send application/json or application/x-flatbuffers, a batch as application/x-ndjson too; a list is text/plain, text/csv or application/octet-stream.',
  },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: 'A request with this Idempotency-Key is not answered yet',
    advice: 'Ask again after Retry-After seconds, with the same key and body: the answer will be that of the first request.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'The Idempotency-Key was sent with another request',
    advice: 'Take a new key for each request; the same only to send the very same request again.',
  },
  UPGRADE_REQUIRED: {
    status: 426,
    title: 'This is a WebSocket endpoint',
    advice: 'Connect with a WebSocket client that offers the subprotocol `verdict.v1`.',
  },
  BODY_TOO_SLOW: {
    status: 408,
    title: 'The body comes too slowly',
    advice: 'Send at least 4 KiB of it a second. The connection is closed.',
  },
  CANCELLED: {
    status: 499,
    title: 'The caller has cancelled the request',
    advice: 'Nothing: it was not decided, or what was decided of it is dropped.',
  },
  CREDIT_EXCEEDED: {
    status: 429,
    title: 'The client has more requests unanswered than its credit allows',
    advice: 'Count requests until they are answered, and send no more than the credit of the Welcome. The stream is closed.',
  },
  QUOTA_EXCEEDED: {
    status: 429,
    title: 'The tenant has used up its quota of cost',
    advice: 'Try again after Retry-After seconds, or ask for a larger quota.',
  },
  OVERLOADED: {
    status: 503,
    title: 'More requests wait than may wait',
    advice: 'Try again after Retry-After seconds, and less often: the server decides as much as it can.',
  },
  BUSY: { status: 503, title: 'The tenant has no room for another request', advice: 'Try again after Retry-After seconds.' },
  STOPPING: { status: 503, title: 'The server is stopping', advice: 'Try another server.' },
  DEADLINE_EXCEEDED: {
    status: 504,
    title: 'The deadline of the request was over before it was decided',
    advice: 'Give it more time, or send less at a time. Asking again at once makes a loaded server slower.',
  },
  OUT_OF_MEMORY: {
    status: 507,
    title: 'The tenant has reached its memory quota',
    advice:
      'Remove bundles and lists that are no longer used, or raise the quota. While a list is replaced, the old and the new version both take room.',
  },
  INTERNAL: {
    status: 500,
    title: 'A bug in Verdict',
    advice: 'Nothing is lost: the request was not decided. Please report it with the request.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One field of a payload that does not fit. */
export interface PayloadError {
  /** JSON Pointer (RFC 6901) of the value, '' for the whole payload. */
  pointer: string;
  /** Stable: REQUIRED, TYPE, UNKNOWN_FIELD, DUPLICATE_FIELD, ENUM, MINIMUM, MAXIMUM, MIN_LENGTH, MAX_LENGTH,
   * MIN_ITEMS, MAX_ITEMS, SCALE, FORMAT, UTF16; SYNTAX where the text is not JSON. */
  code: string;
  message: string;
  /**
   * Of a payload that is JSON text: how many bytes of UTF-8 stand before the value, or before what is not JSON; of a value that is
   * absent, before the object in which it is missing.
   */
  offset?: number;
}

/** An operational error on its way to the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    detail?: string,
    readonly errors?: readonly PayloadError[],
    /** Diagnostics of an INVALID_BUNDLE, ready to print. */
    readonly diagnostics?: readonly unknown[],
    /** Of a problem that passes: seconds after which asking again makes sense. */
    readonly retryAfterSeconds?: number,
  ) {
    super(detail ?? PROBLEMS[code].title);
  }

  /** A refusal that tells when to try again. */
  static until(code: ProblemCode, detail: string, retryAfterSeconds: number): Problem {
    return new Problem(code, detail, undefined, undefined, retryAfterSeconds);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}
