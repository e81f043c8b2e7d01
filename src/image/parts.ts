// What the compiler hands to the image writer: everything an image holds, not yet laid out.

import type { BlobKind, ImageKind } from '../../assembly/shared/image.js';
import type { Combine, Outcome } from '../../assembly/shared/outcome.js';
import type { FieldKind, RegisterType } from '../../assembly/shared/value-type.js';
import type { Model } from '../schema/model.js';
import type { ImageOutputs } from './outputs.js';

export interface ImageRule {
  id: string;
  score: number;
  /** NONE where the rule asks for no outcome of its own. */
  outcome: Outcome;
  /** Reason code, or null where the hit gives no reason. */
  reason: string | null;
  /** What the reason says as its score, where that is not the rule's: the points that an attribute of a scorecard loses. */
  reasonScore?: number;
}

/** What a register holds, see REGISTER_BYTES of assembly/shared/image.ts. */
export interface ImageRegister {
  type: RegisterType;
  /** LIST: kind of its elements. */
  element?: FieldKind;
  /** OBJECT, LIST: index of a table. */
  table?: number;
  /** TEXT: bytes; LIST: elements; CURSOR: rounds. At most. */
  max?: number;
}

export interface ImageBlob {
  kind: BlobKind;
  bytes: Uint8Array;
  /** INDEX: units of its MATCH, where they are known without the bytes. */
  matchUnits?: number;
  /** The bytes, where they depend on where they begin in the image. */
  bytesAt?(offset: number): Uint8Array;
}

export interface ImageList {
  name: string;
  /** TEXT, F64 or I64. */
  type: RegisterType;
}

/** A parameter, see PARAMETER_BYTES of assembly/shared/image.ts. */
export interface ImageParameter {
  /** Name of the set that it is in. */
  set: string;
  name: string;
  /** F64, I64, BOOL or TEXT. */
  type: RegisterType;
  /** Bits of the least and the largest value: f64 of F64, i64 of I64, else 0. */
  min: bigint;
  max: bigint;
  /** TEXT: bytes at most, else 0. */
  textMax: number;
}

export interface ImageParts {
  kind: ImageKind;
  model: Model;
  /** Register of each field by Field.index, or NO_REGISTER where no rule reads it. */
  registerOfField: Uint16Array;
  /** Register of `now`, or NO_REGISTER. */
  nowRegister: number;
  /** Those below fieldRegisterCount are filled before the program runs. */
  registers: readonly ImageRegister[];
  fieldRegisterCount: number;
  /** Instructions, INSTRUCTION_BYTES each; the last one is END. */
  code: Uint8Array;
  /** Bytes of the text constants, addressed by the code by offset; the writer appends what field descriptors need. */
  constants: Uint8Array;
  /** Data that calls of the code name by index. */
  blobs: readonly ImageBlob[];
  /** Lists that the code asks by index, in the order of their names. */
  lists: readonly ImageList[];
  /** Parameters that the code reads by index, in the order of their sets' names, then of their own. */
  parameters: readonly ImageParameter[];
  /** Of a decision; absent where it has none. */
  outputs?: ImageOutputs;
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
