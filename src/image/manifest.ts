// The manifest: what the host must know of an image beside its deciding bytes. JSON, after the deciding part of an image file;
// never loaded into a tenant's memory.

import type { Model } from '../schema/model.js';

export interface ManifestRule {
  id: string;
  /** Where it was written. */
  file: string;
  line: number;
  /** Source text of its condition. */
  when: string;
  score: number;
  outcome: 'approve' | 'review' | 'decline' | null;
  reason: string | null;
  /** Static worst case in units. */
  cost: number;
}

export interface Manifest {
  format: 1;
  name: string;
  version: string;
  profile: 'strict' | 'standard';
  combine: 'score' | 'first' | 'collect';
  onError: 'decline' | 'review' | 'approve' | 'fail';
  /** bigint values inside are written as { "$int": "123" }. */
  model: Model;
  /** In the order written; `rank` gives the rule number in the engine: rules[i] has rank ranks[i]. */
  rules: ManifestRule[];
  ranks: number[];
  costMax: number;
  /** JSON Schema of the model as the author wrote it, for GET model.schema.json. */
  modelSchema: unknown;
}
