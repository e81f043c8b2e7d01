// Checking a bundle again and again, as an editor does: each check costs what has changed since the one before.

import type { BundleFiles } from '../bundle/files.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import { CompileMemo } from './cache.js';
import { type CompileOptions, check, type Understood } from './compile.js';
import type { OpenQuestions } from './open-questions.js';

export interface CheckResult extends Understood {
  /** What compile() would report, in the same order. */
  diagnostics: Diagnostic[];
  /** What proofs have not settled, as compile() lists it. */
  notProven: OpenQuestions[];
}

export interface Checker {
  /** Checks a bundle. It is best given whole, also where little of it has changed. The bytes are kept and must not change. */
  check(files: BundleFiles): CheckResult;
}

/** Makes a checker, which remembers the bundle that it checked last. */
export function createChecker(options: CompileOptions = {}): Checker {
  let memo = new CompileMemo();
  return {
    check(files) {
      memo.begin();
      try {
        const result = check(files, options, memo);
        memo.end();
        return result;
      } catch (error) {
        // What is half done is not to be built upon.
        memo = new CompileMemo();
        throw error;
      }
    },
  };
}
