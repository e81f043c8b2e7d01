// RuleSet: the library's face. A live image and synchronous calls on it.

import type { Explanation } from './explain.js';
import type { Manifest } from './image/manifest.js';
import type { Decision } from './schema/decision.js';
import type { Model } from './schema/model.js';

/** A value that fits the model; its JSON text; or the FlatBuffers bytes of a payload. */
export type Payload = object | string | Uint8Array;

export interface RuleSet {
  readonly name: string;
  readonly version: string;
  /** 16 hex digits. */
  readonly image: string;
  readonly manifest: Manifest;
  readonly model: Model;
  /** Decides one payload. Throws Problem INVALID_PAYLOAD or INVALID_JSON for an object or text that does not fit; bytes that do not fit give a decision with that status. */
  decide(payload: Payload, options?: { now?: bigint }): Decision;
  /** The same decision as bytes (schemas/decision.fbs), a copy. */
  decideBytes(payload: Payload, options?: { now?: bigint }): Uint8Array;
  /** Decides many; a payload that does not fit gives a decision with status INVALID_PAYLOAD, and does not hold up its neighbours. */
  decideBatch(payloads: readonly Payload[], options?: { now?: bigint }): Decision[];
  /** Every condition of every rule with its truth and the values it read. Slow: it compiles the conditions once, on first use. */
  explain(payload: Payload, options?: { now?: bigint }): Explanation;
  /** Frees the image's memory. Calls after it throw. */
  release(): void;
}
