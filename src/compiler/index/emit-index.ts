// An index in a program: MATCH, then for each part with code its ALIVE, what is left to test, and what it does.

import { SCRATCH_NULLS } from '../../../assembly/shared/layout.js';
import { DimensionKind, IndexMode, NEVER_NULL } from '../../../assembly/shared/match-index.js';
import { Opcode } from '../../../assembly/shared/opcode.js';
import { RegisterType } from '../../../assembly/shared/value-type.js';
import type { Emitter } from '../emit-bytecode.js';
import type { Dimension } from './dimension.js';
import type { IndexPlan } from './plan.js';
import type { SharedTest } from './share.js';
import { IndexBlob, type IndexSpec, longestText, type PlacedDimension } from './write-index.js';

/** An index while its code is emitted. */
export class IndexEmission {
  readonly plan: IndexPlan;
  readonly #emitter: Emitter;
  readonly #spec: IndexSpec;
  readonly #blob: number;
  readonly #first: number;
  /** Registers of tests that are made once: the index's parts may ask them too. */
  readonly #shared: readonly number[];

  /** Emits the tests that are made once, and the MATCH. What else the index tests has registers, and their values. */
  constructor(emitter: Emitter, plan: IndexPlan) {
    const { mode, parts, hits, dimensions, shared } = plan;
    this.plan = plan;
    this.#emitter = emitter;
    this.#shared = shared.map((test) => makeOnce(emitter, test));
    this.#spec = {
      mode,
      parts: parts.length,
      live: parts.map(({ source }) => source !== undefined),
      sure: parts.map(({ sure }) => sure),
      hits,
      dimensions: dimensions.map((dimension) => place(emitter, dimension)),
      entries: parts.map(() => 0),
      end: 0,
    };
    this.#blob = emitter.blobs.add(new IndexBlob(this.#spec));
    this.#first = emitter.code.count;
    emitter.emit(Opcode.MATCH, 0, 0, 0, BigInt(this.#blob));
  }

  /** True where the part's hit is made by MATCH, or it is never alive: it has no code. */
  isDone(part: number): boolean {
    const { source, sure } = this.plan.parts[part]!;
    return source === undefined || (sure && this.plan.mode === IndexMode.HITS);
  }

  /** Emits the ALIVE of a part that is not done; its tests and what it does come next. Parts come in their order. */
  lead(part: number): void {
    this.#spec.entries[part] = this.#emitter.code.count - this.#first;
    this.#emitter.emit(Opcode.ALIVE, part, 0, 0, BigInt(this.#blob));
  }

  /** Ends the index: code goes on here when no part is left. */
  end(): void {
    this.#spec.end = this.#emitter.code.count - this.#first;
    for (const register of this.#shared) {
      this.#emitter.registers.drop(register);
      this.#emitter.registers.release(register);
    }
  }
}

/** Leaves whether a test holds in a register of its own. */
function makeOnce(emitter: Emitter, { feature, ir }: SharedTest): number {
  const register = emitter.registers.take({ type: RegisterType.BOOL });
  emitter.registers.hold(register);
  emitter.declareAt(feature, register);
  const isFalse = emitter.code.label();
  emitter.emit(Opcode.CONST, register, 0, 0, 0n);
  emitter.branch(ir, isFalse, false);
  emitter.emit(Opcode.CONST, register, 0, 0, 1n);
  emitter.code.bind(isFalse);
  return register;
}

function place(emitter: Emitter, dimension: Dimension): PlacedDimension {
  const { name, nullable } = dimension.subject;
  if (name.op === 'now') return { ...dimension, register: emitter.registers.now, nullAt: NEVER_NULL, textBytes: 0 };
  if (name.op === 'feature') {
    const { register, nullRegister } = emitter.place(name.feature);
    const nullAt = nullable && nullRegister !== undefined ? 8 * nullRegister : NEVER_NULL;
    return { ...dimension, register, nullAt, textBytes: textBytesOf(emitter, dimension, register) };
  }
  const register = emitter.registers.ofField[name.field.index]!;
  const nullAt = nullable ? SCRATCH_NULLS + register : NEVER_NULL;
  return { ...dimension, register, nullAt, textBytes: textBytesOf(emitter, dimension, register) };
}

/** Bytes of a text that are looked at: no more than the longest constant has. */
function textBytesOf(emitter: Emitter, { kind, points }: Dimension, register: number): number {
  return kind < DimensionKind.TEXT_HASH ? 0 : Math.min(emitter.registers.maxOf(register), longestText(points));
}
