// A regular expression without its spelling: what the automata are made from.

import type { PatternOp } from '../../../assembly/shared/pattern.js';
import type { PointSet } from '../unicode/code-points.js';
import type { PatternSpan } from './fault.js';

/** Ops of an instruction that takes no character. */
export type AssertionOp = PatternOp.AT_START | PatternOp.AT_END | PatternOp.AT_WORD | PatternOp.NOT_AT_WORD;

export type PatternNode =
  /** One character of the set. */
  | { kind: 'set'; set: PointSet }
  | { kind: 'assertion'; op: AssertionOp }
  /** One after the other; of none: the empty text. */
  | { kind: 'sequence'; items: readonly PatternNode[] }
  /** Any of them; at least one. */
  | { kind: 'choice'; items: readonly PatternNode[] }
  /** From `min` to `max` times, Infinity included. */
  | { kind: 'repeat'; item: PatternNode; min: number; max: number; span: PatternSpan };
