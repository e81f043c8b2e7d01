// What the parts of a proof of one table share.

import type { Budget } from './budget.js';
import type { TableSpace } from './space.js';
import type { NotProven, Realized, Region, TableFinding, TableForm, Witness } from './table-form.js';

/** Payloads that are looked for to settle whether a row can be reached. */
export const REALIZED_MAX = 64;

export interface Proof {
  readonly form: TableForm;
  readonly space: TableSpace;
  /** Rows that match some input, as far as their cells alone say. */
  readonly rows: readonly number[];
  readonly budget: Budget;
  readonly findingsMax: number;
  readonly findings: TableFinding[];
  readonly notProven: NotProven[];
  realize(witness: Witness, region: Region): Realized | undefined;
}
