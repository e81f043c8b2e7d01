// What ends a command before its answer. Everything else that is thrown is a bug or a Problem of the engine.

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** What to do next. */
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** The answer is no, and there is no more to say than this: exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    /** Stable, upper case: a code of docs/ERRORS.md, or IO or NETWORK. */
    readonly code: string,
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** Exit codes of every command. */
export const EXIT_OK = 0;
export const EXIT_NO = 1;
export const EXIT_USAGE = 2;
