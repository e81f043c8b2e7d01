// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

export enum Status {
  OK = 0,
  INVALID_PAYLOAD = 1,
  INVALID_FRAME = 2,
  OUTPUT_FULL = 3,
  WRONG_IMAGE = 4,
  INTERNAL = 5,

  /**
   * A decimal was divided by zero, or a declared result does not hold its value.
   */
  ARITHMETIC = 6,

  /**
   * Two rows of a table that allows one match, with different outputs.
   */
  CONFLICT = 7,

  /**
   * A list that the image reads is not there.
   */
  LIST_MISSING = 8
}
