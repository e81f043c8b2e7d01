// What is not carried over, and why.

import type { CelSpan } from '../syntax/ast.js';

/** Why a part is not carried over: it names the type or function that is missing. */
export class CelRefusal extends Error {
  constructor(
    readonly span: CelSpan,
    message: string,
    readonly advice?: string,
    /** True where CEL refuses it as well. */
    readonly isMistake = false,
  ) {
    super(message);
  }
}

/** An expression that has no value for any payload. */
export class AlwaysFails extends CelRefusal {}

/** CEL's type checker refuses it as well. */
export function mismatch(span: CelSpan, message: string): CelRefusal {
  return new CelRefusal(span, message, undefined, true);
}

/** What a kind of values is refused with. */
export function missing(span: CelSpan, what: string, advice?: string): CelRefusal {
  return new CelRefusal(span, `${what} has no counterpart`, advice);
}
