import type { CelSpan } from './ast.js';

/** What is wrong with the syntax of an expression. Thrown inside this folder, and given back by parseCel. */
export class CelSyntaxFault extends Error {
  constructor(
    readonly span: CelSpan,
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}
