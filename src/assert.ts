// Assertions for our own bugs only: what a caller can do wrong is a Problem, what an author can do wrong is a diagnostic.

/** A broken invariant of Verdict itself. Never caught to go on with the same object. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws an InvariantError where `condition` does not hold. Stays on in production: it stands at the edges, not in loops. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
