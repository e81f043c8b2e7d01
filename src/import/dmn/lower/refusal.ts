// Why a part of the source is not carried over, on its way to the decision that it belongs to.

import type { Place } from '../feel/ast.js';

/** Thrown inside the importer alone, and caught for each decision. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly advice: string,
    /** Where; the nearest place that is known is filled in on the way up. */
    public place: Place | undefined = undefined,
  ) {
    super(message);
  }
}
