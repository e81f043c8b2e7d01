// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

export enum Outcome {
  NONE = 0,
  APPROVE = 1,
  REVIEW = 2,
  DECLINE = 3
}
