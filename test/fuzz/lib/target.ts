// What the fuzzer asks of a target.

import type { Random } from './random.js';

export interface Target {
  name: string;
  /** Throws on a defect, and on nothing else: what an input of anybody's may bring about is no defect. */
  fuzz(data: Uint8Array): void | Promise<void>;
  /** Inputs to begin with, beside the corpus. */
  seeds(): Iterable<Uint8Array | string>;
  /** Tokens that inputs are made of. */
  dictionary?: readonly (string | Uint8Array)[];
  bytesMax: number;
  keepsLength?: boolean;
  /** Inputs are texts: single changes are printable characters. */
  isText?: boolean;
  /** A change that knows the structure; undefined where it has none for this input. */
  mutate?(data: Uint8Array, random: Random): Uint8Array | undefined;
  /** Drops what the code keeps of earlier inputs: made while a planted defect was on, it would be wrong behind it. */
  forget?(): void;
  /** The input as a file keeps it, and back: without what all inputs share. */
  pack?(data: Uint8Array): Uint8Array;
  unpack?(data: Uint8Array): Uint8Array;
  /** Mends a changed input, e.g. its checksum. */
  repair?(data: Uint8Array): Uint8Array;
}

/** Thrown by targets: an invariant does not hold. */
export class Defect extends Error {
  override name = 'Defect';
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Defect(what);
}
