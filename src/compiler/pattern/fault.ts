// What is wrong with a regular expression.

/** A place in the source, in UTF-16 units. */
export interface PatternSpan {
  start: number;
  end: number;
}

/** What is wrong with a pattern and where, and what to write instead where that is known. */
export interface PatternError extends PatternSpan {
  message: string;
  advice?: string;
}

/** Ends the compilation of a pattern; compilePattern catches it. */
export class PatternFault extends Error {
  readonly error: PatternError;

  constructor(span: PatternSpan, message: string, advice?: string) {
    super(message);
    this.error = { message, start: span.start, end: span.end, ...(advice === undefined ? {} : { advice }) };
  }
}
