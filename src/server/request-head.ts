// The head of a request, read once while the request object lives, and the framing rules: the parser of uWebSockets.js takes
// the first of two Content-Length headers, an empty one, and any Transfer-Encoding. A request whose length could be read in two
// ways is refused and its connection closed, so that left-over bytes are never taken for another request.

import { Problem } from '../errors.js';
import type { HttpRequest } from './uws.js';

export interface RequestHead {
  /** Declared length of the body in bytes, 0 where there is none. */
  contentBytes: number;
  /** '' where absent; repeated headers are joined by a comma. */
  contentType: string;
  accept: string;
  /** Verdict-Model. */
  model: string;
  /** Verdict-Deadline. */
  deadline: string;
  /** Idempotency-Key. */
  idempotencyKey: string;
  traceparent: string;
  authorization: string;
}

const LENGTH_DIGITS_MAX = 15;
const DIGIT_0 = 48;

// One request is read at a time, so one place serves all: no closure a request.
let lengths = 0;
let length = '';
let coded = false;
let contentType = '';
let accept = '';
let model = '';
let deadline = '';
let idempotencyKey = '';
let traceparent = '';
let authorization = '';

const joined = (before: string, value: string): string => (before === '' ? value : `${before}, ${value}`);

/** By length first: a header that is none of ours, as most are, is compared with one text at most. */
function visit(key: string, value: string): void {
  switch (key.length) {
    case 6:
      if (key === 'accept') accept = joined(accept, value);
      break;
    case 11:
      if (key === 'traceparent') traceparent = joined(traceparent, value);
      break;
    case 12:
      if (key === 'content-type') contentType = joined(contentType, value);
      break;
    case 13:
      if (key === 'verdict-model') model = joined(model, value);
      else if (key === 'authorization') authorization = joined(authorization, value);
      break;
    case 14:
      if (key !== 'content-length') break;
      lengths++;
      length = value;
      break;
    case 15:
      if (key === 'idempotency-key') idempotencyKey = joined(idempotencyKey, value);
      break;
    case 16:
      if (key === 'verdict-deadline') deadline = joined(deadline, value);
      break;
    case 17:
      if (key === 'transfer-encoding') coded = true;
      break;
  }
}

/** The number of a text of plain digits; -1 where it is none, or has too many. A regular expression takes three times as long. */
function plainNumber(text: string): number {
  if (text.length === 0 || text.length > LENGTH_DIGITS_MAX) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - DIGIT_0;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** What a route says about bodies; `any`: it answers without reading one. */
export type BodyRule = 'none' | 'required' | 'any';

/**
 * Reads the headers. Throws Problem INVALID_REQUEST (no or several readings of the length, a body that is not allowed) or
 * LENGTH_REQUIRED (Transfer-Encoding; no length where a body is required): after either the connection must be closed.
 */
export function readHead(request: HttpRequest, rule: BodyRule): RequestHead {
  lengths = 0;
  length = contentType = accept = model = deadline = idempotencyKey = traceparent = authorization = '';
  coded = false;
  request.forEach(visit);
  if (lengths > 1) throw new Problem('INVALID_REQUEST', 'there is more than one Content-Length');
  if (coded) throw new Problem(lengths > 0 ? 'INVALID_REQUEST' : 'LENGTH_REQUIRED', 'Transfer-Encoding is not supported');
  if (rule === 'required' && lengths === 0) throw new Problem('LENGTH_REQUIRED');
  const contentBytes = lengths === 0 ? 0 : plainNumber(length);
  if (contentBytes < 0) throw new Problem('INVALID_REQUEST', 'Content-Length is not a plain number');
  if (rule === 'none' && contentBytes > 0) throw new Problem('INVALID_REQUEST', 'a body is not allowed here');
  return { contentBytes, contentType, accept, model, deadline, idempotencyKey, traceparent, authorization };
}
