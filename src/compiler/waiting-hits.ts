// Hits that steps give, where the first hit in the order written decides the payload: steps run before all rules.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { Emitter } from './emit-bytecode.js';
import type { ProgramSource } from './program.js';
import { hitsOf } from './step-parts.js';

export interface WaitingHits {
  /** Takes down a hit that a step gives. */
  note(index: number): void;
  /** Emits the hit where the rule of this index is the first that a step has hit. */
  decide(index: number): void;
}

/**
 * Steps run before all rules. Where the first hit decides, and rules stand before what steps hit, those hits wait until it is
 * their turn; undefined where the first that a step gives is the first of all.
 */
export function waitingHits(emitter: Emitter, { steps, rules, ranks, outputs }: ProgramSource): WaitingHits | undefined {
  const given = steps.flatMap(hitsOf);
  const firstRule = rules.findIndex(({ condition }) => condition !== undefined);
  const inOrder = given.every((hit, index) => index === 0 || given[index - 1]! < hit);
  // With outputs, which come behind the steps, the program goes on.
  const mayEnd = outputs === undefined || outputs.length === 0;
  if (given.length === 0 || (mayEnd && inOrder && (firstRule < 0 || given[given.length - 1]! < firstRule))) return undefined;
  const asked = new Set(given);
  // One more than the smallest index that was hit, 0 for none.
  const register = emitter.registers.own({ type: RegisterType.I64 });
  const { code } = emitter;
  return {
    note(index) {
      const take = code.label();
      const done = code.label();
      emitter.test(Opcode.I64_EQ_I, take, register, 0, 0n);
      emitter.test(Opcode.I64_LE_I, done, register, 0, BigInt(index + 1));
      code.bind(take);
      emitter.emit(Opcode.CONST, register, 0, 0, BigInt(index + 1));
      code.bind(done);
    },
    decide(index) {
      if (!asked.has(index)) return;
      const next = code.label();
      emitter.test(Opcode.I64_NE_I, next, register, 0, BigInt(index + 1));
      emitter.hit(ranks[index]!, true);
      code.bind(next);
    },
  };
}
