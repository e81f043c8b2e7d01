// How much work constants are worth: nested macros over lists of literals could go on for years.

import { CelError } from '../value/value.js';

const STEPS_MAX = 1_000_000;

export class Budget {
  #left = STEPS_MAX;

  /** Counts work: a node, an element, a character of a text that is made. Throws CelError where it is used up. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new CelError('limit', `the constants take more than ${STEPS_MAX} steps to evaluate`);
  }
}
