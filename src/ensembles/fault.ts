// What is wrong with a file of a trained model. Readers throw it inside this folder; readEnsemble catches it, so that nothing is
// thrown for a file.

export class EnsembleFault extends Error {
  override name = 'EnsembleFault';

  /** @param advice what to do instead */
  constructor(
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

/** Throws EnsembleFault. */
export function fault(message: string, advice?: string): never {
  throw new EnsembleFault(message, advice);
}
