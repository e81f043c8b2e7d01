// Bytes that a text has at most, as the engine's verifier counts them: what the register of each text declares. They follow from
// the operands of the instruction that makes the text, so that they may be larger than what the checker knows of a value.

import { functionTextBytes } from '../../assembly/shared/function.js';
import { fieldTextBytes } from '../image/registers.js';
import type { FeatureIr, Ir, LocalRef, WalkEnd, WalkIr, WalkSource } from './ir.js';
import { utf8Bytes } from './types.js';

/** Passes over the body of a `reduce` in which what it makes may still grow. */
const REDUCE_PASSES = 4;

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
      case 'walk':
        return this.reduced(ir).bytes;
      default:
        return 0;
    }
  }

  /** A `reduce` to a text: its size, and whether its text grows from round to round, so that it has none. */
  reduced(walk: WalkIr): { bytes: number; grows: boolean } {
    if (walk.result.kind !== 'reduce' || walk.type.kind !== 'text') return { bytes: 0, grows: false };
    let element = this.#elementMax(walk.source);
    for (const stage of walk.stages) {
      this.#locals.set(stage.local, element);
      if (stage.kind === 'map') element = this.of(stage.body);
    }
    const { accumulator, init, local, body } = walk.result satisfies WalkEnd;
    this.#locals.set(local, element);
    let bytes = this.of(init);
    for (let pass = 0; pass < REDUCE_PASSES; pass++) {
      this.#locals.set(accumulator, bytes);
      const next = this.of(body);
      if (next <= bytes) return { bytes, grows: false };
      bytes = next;
    }
    return { bytes, grows: true };
  }

  #elementMax(source: WalkSource): number {
    switch (source.kind) {
      case 'list': {
        const { type } = source.list;
        const element = type.kind === 'list' ? type.element : undefined;
        return element?.kind === 'text' ? element.bytesMax : 0;
      }
      case 'pieces':
        return this.of(source.text);
      case 'elements':
        return Math.max(0, ...source.elements.map(({ value }) => this.of(value)));
    }
  }
}
