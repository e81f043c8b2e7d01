// A compiled bundle -> what its image holds.

import { ImageKind } from '../../assembly/shared/image.js';
import { Combine, Outcome } from '../../assembly/shared/outcome.js';
import type { Bundle, OutcomeName } from '../bundle/bundle.js';
import type { ImageParts, ImageRule } from '../image/parts.js';
import type { Model } from '../schema/model.js';
import type { HitRule } from './hit-rules.js';
import type { Program } from './program.js';

export interface CompiledBundle {
  bundle: Bundle;
  model: Model;
  /** What hits beside the rules, in order. */
  hits: readonly HitRule[];
  /** Rank of each rule, then of each of the hits. */
  ranks: readonly number[];
  program: Program;
}

const OUTCOMES: Readonly<Record<OutcomeName | 'fail', Outcome>> = {
  approve: Outcome.APPROVE,
  review: Outcome.REVIEW,
  decline: Outcome.DECLINE,
  fail: Outcome.NONE,
};

const COMBINES: Readonly<Record<Bundle['combine'], Combine>> = {
  score: Combine.SCORE,
  first: Combine.FIRST,
  collect: Combine.COLLECT,
};

/** The parts of the image of a bundle without faults. */
export function toParts({ bundle, model, hits, ranks, program }: CompiledBundle): ImageParts {
  const rules: ImageRule[] = [];
  const written: Pick<HitRule, 'id' | 'score' | 'outcome' | 'reason' | 'reasonScore'>[] = [...bundle.rules, ...hits];
  for (const [index, { id, score, outcome, reason, reasonScore }] of written.entries()) {
    rules[ranks[index]!] = {
      id,
      score,
      outcome: outcome === null ? Outcome.NONE : OUTCOMES[outcome],
      reason,
      ...(reasonScore === undefined ? {} : { reasonScore }),
    };
  }
  const thresholds = bundle.outcomes.flatMap(({ atLeast, outcome }) =>
    atLeast === undefined ? [] : [{ atLeast, outcome: OUTCOMES[outcome] }],
  );
  const { registers, code, constants, blobs, lists, parameters, outputs, costMax } = program;
  return {
    kind: ImageKind.DECISION,
    model,
    registerOfField: registers.ofField,
    nowRegister: registers.now,
    registers: registers.descriptors,
    fieldRegisterCount: registers.fieldCount,
    code,
    constants,
    blobs,
    lists,
    parameters,
    ...(outputs === undefined ? {} : { outputs }),
    rules,
    thresholds,
    combine: COMBINES[bundle.combine],
    onError: OUTCOMES[bundle.onError],
    outcomeDefault: OUTCOMES[bundle.outcomes[bundle.outcomes.length - 1]?.outcome ?? 'fail'],
    reasonsMax: bundle.reasonsMax,
    outCount: 0,
    costMax,
    name: bundle.name,
    version: bundle.version,
  };
}
