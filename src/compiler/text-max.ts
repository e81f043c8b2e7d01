// Bytes that a text has at most, as the engine's verifier counts them: what the register of each text declares. They follow from
// the operands of the instruction that makes the text, so that they may be larger than what the checker knows of a value.

import { functionTextBytes } from '../../assembly/shared/function.js';
import { fieldTextBytes } from '../image/registers.js';
import type { FeatureIr, Ir, LocalRef } from './ir.js';
import { utf8Bytes } from './types.js';

/**
 * The size that registers for texts of up to so many bytes have: rounded up by at most an eighth, so that a program of many
 * texts makes do with few registers.
 */
export function textClass(bytes: number): number {
  let step = 8;
  while (step * 16 < bytes) step *= 2;
  return Math.ceil(bytes / step) * step;
}

/** What is known of the registers that hold names. */
export interface TextNames {
  feature(ir: FeatureIr): number;
  /** Undefined where the local has no register yet. */
  local(local: LocalRef): number | undefined;
}

/** Adds up text sizes; an instance serves one question. */
export class TextMax {
  readonly #names: TextNames;
  readonly #locals = new Map<LocalRef, number>();

  constructor(names: TextNames) {
    this.#names = names;
  }

  /** Bytes of an expression's text at most; 0 for what is no text. */
  of(ir: Ir): number {
    if (ir.type.kind !== 'text' && ir.op !== 'let') return 0;
    switch (ir.op) {
      case 'constant':
        return typeof ir.value === 'string' ? textClass(utf8Bytes(ir.value)) : 0;
      case 'field':
      case 'member':
        return fieldTextBytes(ir.field);
      case 'feature':
        return this.#names.feature(ir);
      case 'local':
        return this.#locals.get(ir.local) ?? this.#names.local(ir.local) ?? 0;
      case 'parameter':
        return ir.parameter.bounds.textMax;
      case 'concat':
        return textClass(this.of(ir.left) + this.of(ir.right));
      case 'call':
        return textClass(functionTextBytes(ir.function, this.of(ir.args[0]!)));
      case 'conditional':
        return Math.max(this.of(ir.whenTrue), this.of(ir.whenFalse));
      case 'coalesce':
        return Math.max(...ir.operands.map((operand) => this.of(operand)));
      case 'let':
        this.#locals.set(ir.local, this.of(ir.value));
        return this.of(ir.body);
      // A `reduce` to a text: the checker lets none through, since it could grow from round to round.
      default:
        return 0;
    }
  }
}
