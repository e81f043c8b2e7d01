// What the compiler hands to the image writer: everything an image holds, not yet laid out.

import type { ImageKind } from '../../assembly/shared/image.js';
import type { Combine, Outcome } from '../../assembly/shared/outcome.js';
import type { Model } from '../schema/model.js';

export interface ImageRule {
  id: string;
  score: number;
  /** NONE where the rule asks for no outcome of its own. */
  outcome: Outcome;
  /** Reason code, or null where the hit gives no reason. */
  reason: string | null;
}

export interface ImageParts {
  kind: ImageKind;
  model: Model;
  /** Register of each field by Field.index, or NO_REGISTER where no rule reads it. */
  registerOfField: Uint16Array;
  /** Register of `now`, or NO_REGISTER. */
  nowRegister: number;
  /** RegisterType of each register; those below fieldRegisterCount are filled before the program runs. */
  registerTypes: Uint8Array;
  fieldRegisterCount: number;
  /** Instructions, INSTRUCTION_BYTES each; the last one is END. */
  code: Uint8Array;
  /** Bytes of the text constants, addressed by the code by offset; the writer appends what field descriptors need. */
  constants: Uint8Array;
  /** In rank order. */
  rules: readonly ImageRule[];
  /** By falling atLeast. */
  thresholds: readonly { atLeast: number; outcome: Outcome }[];
  combine: Combine;
  /** NONE = fail. */
  onError: Outcome;
  outcomeDefault: Outcome;
  reasonsMax: number;
  /** Values an EXPRESSIONS image writes, else 0. */
  outCount: number;
  /** Static worst case of one payload, in units. */
  costMax: number;
  /** Bundle name and version, written into every decision. */
  name: string;
  version: string;
}
