// Typed IR -> bytecode. A condition becomes tests that branch, in the sense that is asked for; values live in registers. A value
// that may be null is code with a way out: where it is null, it jumps.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ImageRegister } from '../image/parts.js';
import { type BlobMaker, Blobs } from './blobs.js';
import { CodeBuffer, type Immediate, type Label } from './code-buffer.js';
import { leadConjunction } from './conjunction.js';
import { TextConstants } from './constants.js';
import { arithmetic, negate, rescale } from './emit-arithmetic.js';
import { call } from './emit-call.js';
import { branchCompare } from './emit-compare.js';
import { branchMemberOf } from './emit-member-of.js';
import { branchCoalesce, branchNull, coalesce, member, wayOut } from './emit-null.js';
import { branchWalk, walkValue } from './emit-walk.js';
import type { ConcatIr, ConditionalIr, ConstantIr, FeatureIr, Ir, LetIr, LocalRef } from './ir.js';
import { mayBeNull, visit } from './ir.js';
import { type Registers, registerTypeOf } from './registers.js';
import type { FeatureRef, ListRef, ParameterRef } from './scope.js';
import { keyedName } from './text-key.js';
import { TextMax, textClass } from './text-max.js';
import type { Type } from './types.js';
import { grouped, SHORTER_TEXTS } from './wording.js';

/** Where a feature's value lies. */
export interface FeaturePlace {
  register: number;
  /** BOOL: 1 where the feature is null. Undefined where it never is. */
  nullRegister: number | undefined;
}

/** A stretch of code that costs much, for reports: instructions [first, end). */
export interface Mark {
  first: number;
  end: number;
  what: string;
  hint?: string;
}

function descriptorFor(type: Type, textMax: number): ImageRegister {
  if (type.kind === 'object') return { type: RegisterType.OBJECT, table: type.table };
  return type.kind === 'text' ? { type: RegisterType.TEXT, max: textMax } : { type: registerTypeOf(type) };
}

/** Emits one program: conditions of rules, values of expressions, steps before them. */
export class Emitter {
  readonly code = new CodeBuffer();
  readonly constants = new TextConstants();
  readonly registers: Registers;
  readonly blobs: Blobs;
  readonly lists: readonly ListRef[];
  readonly parameters: readonly ParameterRef[];
  readonly marks: Mark[] = [];
  /** Bytes that texts which live to the end take of the room for texts. */
  keptBytes = 0;
  /** Bytes of the texts joined since the last resetText, at most. */
  joinedBytes = 0;
  /** Rounds of the loops around what is emitted now, multiplied. */
  rounds = 1;
  readonly #features = new Map<FeatureRef, FeaturePlace>();
  readonly #locals = new Map<LocalRef, { register: number } | { ir: Ir }>();
  /** Register of the key of a text that has a register of its own. */
  readonly #keys = new Map<number, number>();

  /** @param lists those that the program asks, in the image's order; @param parameters likewise, those that it reads */
  constructor(registers: Registers, maker: BlobMaker, lists: readonly ListRef[] = [], parameters: readonly ParameterRef[] = []) {
    this.registers = registers;
    this.blobs = new Blobs(maker);
    this.lists = lists;
    this.parameters = parameters;
  }

  /** HIT of a rule's rank where all conditions hold; then, where only the first hit counts, the end. */
  rule(conditions: readonly Ir[], rank: number, endAfterHit: boolean): void {
    // What stands in front of a constant may fail, and has to.
    if (conditions[0]?.op === 'constant' && conditions[0].value === false) return;
    const next = this.code.label();
    const first = this.code.count;
    for (const condition of conditions) this.branch(condition, next, false);
    if (!endAfterHit) leadConjunction(this.code, first, next);
    this.hit(rank, endAfterHit);
    this.code.bind(next);
  }

  hit(rank: number, endAfterHit: boolean): void {
    this.emit(Opcode.HIT, 0, 0, 0, BigInt(rank));
    if (endAfterHit) this.emit(Opcode.END);
  }

  /**
   * Gives keys to the texts that are compared with short texts more than once. Making a key costs about as much as one comparison
   * of bytes. Keys of fields are made at once, those of features by `keyFeature`.
   */
  textKeys(expressions: Iterable<Ir>): void {
    const uses = new Map<number, number>();
    const features = new Map<FeatureRef, number>();
    for (const expression of expressions) {
      visit(expression, (node) => {
        const name = node.op === 'compare' ? keyedName(node) : undefined;
        if (name?.op === 'field') uses.set(name.field.index, (uses.get(name.field.index) ?? 0) + 1);
        if (name?.op === 'feature') features.set(name.feature, (features.get(name.feature) ?? 0) + 1);
      });
    }
    for (const [index, count] of uses) if (count > 1) this.#key(this.registers.ofField[index]!);
    for (const [feature, count] of features) if (count > 1) this.#keyed.add(feature);
  }

  readonly #keyed = new Set<FeatureRef>();

  /** Makes the key of a feature whose value has just been set, where it is worth it. Of a null one, the key means nothing. */
  keyFeature(feature: FeatureRef): void {
    if (this.#keyed.has(feature)) this.#key(this.place(feature).register);
  }

  #key(register: number): void {
    if (this.#keys.has(register)) return;
    const key = this.registers.take({ type: RegisterType.I64 });
    this.emit(Opcode.TEXT_KEY, key, register);
    this.#keys.set(register, key);
  }

  /** Register of the key of what a comparison names, where it has one. */
  keyOf(name: Ir | undefined): number | undefined {
    if (name?.op === 'field') return this.#keys.get(this.registers.ofField[name.field.index]!);
    return name?.op === 'feature' ? this.#keys.get(this.place(name.feature).register) : undefined;
  }

  /** OUT of an expression's value. */
  output(ir: Ir): void {
    const isNull = this.code.label();
    const done = this.code.label();
    if (ir.op !== 'constant' || ir.value !== null) {
      const register = this.nullableValue(ir, isNull);
      this.emit(Opcode.OUT, register, this.registers.typeOf(register));
      this.registers.release(register);
      if (mayBeNull(ir)) this.test(Opcode.JUMP, done);
    }
    this.code.bind(isNull);
    if (mayBeNull(ir)) this.emit(Opcode.OUT_NULL);
    this.code.bind(done);
  }

  /** Forgets joined texts, but those that are kept. */
  resetText(): void {
    this.emit(Opcode.RESET_TEXT);
    this.joinedBytes = 0;
  }

  /** Keeps the texts joined so far to the end. */
  keepText(): void {
    this.emit(Opcode.RESET_TEXT, 0, 0, 0, 1n);
    this.keptBytes += this.joinedBytes;
    this.joinedBytes = 0;
  }

  /** The end of the program. */
  end(): void {
    this.emit(Opcode.END);
  }

  /** Gives a feature registers of its own, for all of the program. @param textMax bytes, where it is a text */
  declare(feature: FeatureRef, textMax: number): FeaturePlace {
    const register = this.registers.own(descriptorFor(feature.type, textMax));
    const nullRegister = feature.nullable ? this.registers.own({ type: RegisterType.BOOL }) : undefined;
    const place = { register, nullRegister };
    this.#features.set(feature, place);
    return place;
  }

  /** A feature that is never null, in a register that is held for it. */
  declareAt(feature: FeatureRef, register: number): void {
    this.#features.set(feature, { register, nullRegister: undefined });
  }

  place(feature: FeatureRef): FeaturePlace {
    const place = this.#features.get(feature);
    if (place === undefined) throw new Error(`feature ${feature.name} is read before it is computed`);
    return place;
  }

  /** Emits code that jumps to `target` where the boolean is `sense`, to `whenNull` where it is null, and else falls through. */
  branch(written: Ir, target: Label, sense: boolean, whenNull?: Label): void {
    const ir = this.resolve(written);
    switch (ir.op) {
      case 'constant':
        if (ir.value === null) this.test(Opcode.JUMP, wayOut(whenNull));
        else if (ir.value === sense) this.test(Opcode.JUMP, target);
        return;
      case 'not':
        this.branch(ir.operand, target, !sense, whenNull);
        return;
      case 'and':
      case 'or': {
        // The value that any single operand forces: false for and, true for or.
        const forced = ir.op === 'or';
        if (forced === sense) {
          for (const operand of ir.operands) this.branch(operand, target, sense);
          return;
        }
        const skip = this.code.label();
        const last = ir.operands.length - 1;
        for (let i = 0; i < last; i++) this.branch(ir.operands[i]!, skip, forced);
        this.branch(ir.operands[last]!, target, sense);
        this.code.bind(skip);
        return;
      }
      case 'is-null':
        branchNull(this, ir.operand, target, sense);
        return;
      case 'compare':
        branchCompare(this, ir, target, sense);
        return;
      case 'conditional':
        this.#fork(ir, whenNull, (side) => this.branch(side, target, sense, whenNull));
        return;
      case 'coalesce':
        branchCoalesce(this, ir, target, sense, whenNull);
        return;
      case 'let':
        this.bound(ir, whenNull, () => this.branch(ir.body, target, sense, whenNull));
        return;
      case 'walk':
        if (branchWalk(this, ir, target, sense)) return;
        break;
      case 'member-of':
        branchMemberOf(this, ir, target, sense);
        return;
    }
    const register = this.nullableValue(ir, whenNull);
    this.test(sense ? Opcode.IF_TRUE : Opcode.IF_FALSE, target, register);
    this.registers.release(register);
  }

  /** Emits code that leaves a value that is not null in a register, which the caller releases. @param into the register to take */
  value(ir: Ir, into?: number): number {
    return this.nullableValue(ir, undefined, into);
  }

  /** As value; jumps to `whenNull` where there is no value. */
  nullableValue(written: Ir, whenNull: Label | undefined, into?: number): number {
    const ir = this.resolve(written);
    switch (ir.op) {
      case 'field': {
        const register = this.registers.ofField[ir.field.index]!;
        if (ir.nullable) this.test(Opcode.IF_NULL, wayOut(whenNull), register);
        return this.copy(register, into);
      }
      case 'feature': {
        const { register, nullRegister } = this.place(ir.feature);
        if (ir.nullable && nullRegister !== undefined) this.test(Opcode.IF_TRUE, wayOut(whenNull), nullRegister);
        return this.copy(register, into);
      }
      case 'now':
        return this.copy(this.registers.now, into);
      case 'parameter': {
        const register = into ?? this.takeFor(ir.type, this.textMax(ir));
        this.emit(Opcode.PARAMETER, register, 0, 0, BigInt(this.parameters.indexOf(ir.parameter)));
        return register;
      }
      case 'local':
        return this.copy(this.#localRegister(ir.local), into);
      case 'constant':
        if (ir.value === null) {
          this.test(Opcode.JUMP, wayOut(whenNull));
          return into ?? this.takeFor(ir.type.kind === 'null' ? { kind: 'boolean' } : ir.type, 0);
        }
        return this.#constant(ir, into);
      case 'negate':
        return negate(this, ir, into);
      case 'arithmetic':
        return arithmetic(this, ir, into);
      case 'rescale':
        return rescale(this, ir, into);
      case 'concat':
        return this.#concat(ir, into);
      case 'conditional': {
        const result = into ?? this.takeFor(ir.type, this.textMax(ir));
        this.#fork(ir, whenNull, (side) => this.nullableValue(side, whenNull, result));
        return result;
      }
      case 'coalesce':
        return coalesce(this, ir, whenNull, into);
      case 'let':
        return this.bound(ir, whenNull, () => this.nullableValue(ir.body, whenNull, into));
      case 'member':
        return member(this, ir, whenNull, into);
      case 'call':
        return call(this, ir, into);
      case 'walk':
        return walkValue(this, ir, into) ?? this.#materialize(ir, whenNull, into);
      default:
        return this.#materialize(ir, whenNull, into);
    }
  }

  /** A decimal as a pair. */
  wideValue(ir: Ir): number {
    const known = this.resolve(ir);
    if (known.op === 'constant') return this.wideConstant(known.value as bigint);
    const register = this.value(known);
    return this.registers.typeOf(register) === RegisterType.WIDE_LOW
      ? register
      : this.unary(Opcode.WIDEN, register, { type: RegisterType.WIDE_LOW });
  }

  wideConstant(value: bigint, into?: number): number {
    const register = into ?? this.registers.take({ type: RegisterType.WIDE_LOW });
    this.emit(Opcode.CONST, register, 0, 0, BigInt.asUintN(64, value));
    this.emit(Opcode.CONST, register + 1, 0, 0, value >> 64n);
    return register;
  }

  emit(op: Opcode, a = 0, b = 0, c = 0, imm?: Immediate): void {
    this.code.emit(op, a, b, c, imm);
  }

  test(op: Opcode, target: Label, a = 0, b = 0, imm?: Immediate): void {
    this.code.branch(op, target, a, b, imm);
  }

  /**
   * a = b op c. The result's register is taken before the operands are given back, so that no instruction overwrites its
   * operands, unless the caller asks for that.
   */
  binary(op: Opcode, left: number, right: number, descriptor: ImageRegister, into?: number): number {
    const result = into ?? this.registers.take(descriptor);
    this.emit(op, result, left, right);
    this.registers.release(left);
    this.registers.release(right);
    return result;
  }

  /** a = op b. */
  unary(op: Opcode, operand: number, descriptor: ImageRegister, imm?: Immediate, into?: number): number {
    const result = into ?? this.registers.take(descriptor);
    this.emit(op, result, operand, 0, imm);
    this.registers.release(operand);
    return result;
  }

  /** A temporary for values of a type. @param textMax bytes, where it is a text */
  takeFor(type: Type, textMax: number): number {
    return this.registers.take(descriptorFor(type, textMax));
  }

  /** Bytes of the register of an expression's text, with the names that have registers now; 0 where it is none. */
  textMax(ir: Ir): number {
    return new TextMax({
      feature: (name: FeatureIr) => this.registers.maxOf(this.place(name.feature).register),
      local: (local) => {
        const held = this.#locals.get(local);
        if (held === undefined) return undefined;
        return 'register' in held ? this.registers.maxOf(held.register) : this.textMax(held.ir);
      },
    }).of(ir);
  }

  /** Counts bytes that are taken of the room for texts, in each round of the loops around. */
  joined(bytes: number): void {
    this.joinedBytes += bytes * this.rounds;
  }

  /** Names a register, or an expression that is emitted anew wherever the name stands, until `unbind`. */
  bind(local: LocalRef, to: { register: number } | { ir: Ir }): void {
    if ('register' in to) this.registers.hold(to.register);
    this.#locals.set(local, to);
  }

  /** Ends a name. @param result the value computed with it: its register is not given back where it is the named one */
  unbind(local: LocalRef, result?: number): void {
    const held = this.#locals.get(local);
    this.#locals.delete(local);
    if (held === undefined || !('register' in held)) return;
    this.registers.drop(held.register);
    if (held.register !== result) this.registers.release(held.register);
  }

  /** What a name stands for, where that is an expression. */
  resolve(ir: Ir): Ir {
    if (ir.op !== 'local') return ir;
    const held = this.#locals.get(ir.local);
    return held !== undefined && 'ir' in held ? this.resolve(held.ir) : ir;
  }

  /** Emits the body of a loop that goes round at most `rounds` times. */
  inLoop(rounds: number, body: () => void): void {
    const outer = this.rounds;
    this.rounds = outer * rounds;
    body();
    this.rounds = outer;
  }

  /** Emits code and marks it as something that costs. */
  marked<T>(what: string, hint: string | undefined, body: () => T): T {
    const first = this.code.count;
    const result = body();
    this.marks.push({ first, end: this.code.count, what, ...(hint === undefined ? {} : { hint }) });
    return result;
  }

  #localRegister(local: LocalRef): number {
    const held = this.#locals.get(local);
    if (held === undefined || !('register' in held)) throw new Error(`the name ${local.name} is not bound`);
    return held.register;
  }

  /** The register itself, or its value in another; decimals become wide or narrow as that asks. */
  copy(register: number, into: number | undefined): number {
    if (into === undefined || into === register) return register;
    const from = this.registers.typeOf(register);
    const to = this.registers.typeOf(into);
    if (from === to) {
      this.emit(Opcode.MOVE, into, register);
      if (to === RegisterType.WIDE_LOW) this.emit(Opcode.MOVE, into + 1, register + 1);
    } else {
      this.emit(to === RegisterType.WIDE_LOW ? Opcode.WIDEN : Opcode.NARROW, into, register);
    }
    return into;
  }

  /** As copy, and gives the register back. */
  settle(register: number, into: number | undefined): number {
    const result = this.copy(register, into);
    if (result !== register) this.registers.release(register);
    return result;
  }

  #constant(ir: ConstantIr, into: number | undefined): number {
    const { value } = ir;
    if (typeof value === 'string') {
      const text = this.constants.place(value);
      const register = into ?? this.registers.take({ type: RegisterType.TEXT, max: textClass(text.bytes) });
      this.emit(Opcode.CONST_TEXT, register, 0, 0, text);
      return register;
    }
    const type = into === undefined ? registerTypeOf(ir.type) : this.registers.typeOf(into);
    if (type === RegisterType.WIDE_LOW) return this.wideConstant(value as bigint, into);
    const register = into ?? this.registers.take({ type });
    this.emit(Opcode.CONST, register, 0, 0, typeof value === 'boolean' ? BigInt(value) : (value as number | bigint));
    return register;
  }

  #concat(ir: ConcatIr, into: number | undefined): number {
    const left = this.value(ir.left);
    const right = this.value(ir.right);
    const max = textClass(this.registers.maxOf(left) + this.registers.maxOf(right));
    this.joined(Math.min(ir.type.bytesMax, max));
    return this.marked(`joining texts of up to ${grouped(max)} bytes`, SHORTER_TEXTS, () =>
      this.binary(Opcode.TEXT_CONCAT, left, right, { type: RegisterType.TEXT, max }, into),
    );
  }

  /** Code of `test ? a : b` around that of the two sides; a side that is null is a way out alone. */
  #fork({ test, whenTrue, whenFalse }: ConditionalIr, whenNull: Label | undefined, side: (ir: Ir) => void): void {
    const nulls = [whenTrue, whenFalse].map((ir) => ir.op === 'constant' && ir.value === null);
    if (nulls.includes(true)) {
      this.branch(test, wayOut(whenNull), nulls[0]!);
      side(nulls[0] ? whenFalse : whenTrue);
      return;
    }
    const otherwise = this.code.label();
    const done = this.code.label();
    this.branch(test, otherwise, false);
    side(whenTrue);
    this.test(Opcode.JUMP, done);
    this.code.bind(otherwise);
    side(whenFalse);
    this.code.bind(done);
  }

  /** Emits the value of a `let` and its body, and ends the name. @param body gives the register of its result, where it has one */
  bound<T>(ir: LetIr, whenNull: Label | undefined, body: () => T): T {
    const value = this.resolve(ir.value);
    if (value.op === 'constant' && value.value !== null) this.bind(ir.local, { ir: value });
    else this.bind(ir.local, { register: this.nullableValue(value, ir.optional ? whenNull : undefined) });
    const result = body();
    this.unbind(ir.local, typeof result === 'number' ? result : undefined);
    return result;
  }

  /** A condition as 1 or 0 in a register. */
  #materialize(ir: Ir, whenNull: Label | undefined, into: number | undefined): number {
    const otherwise = this.code.label();
    const done = this.code.label();
    this.branch(ir, otherwise, false, whenNull);
    const register = into ?? this.registers.take({ type: RegisterType.BOOL });
    this.emit(Opcode.CONST, register, 0, 0, 1n);
    this.test(Opcode.JUMP, done);
    this.code.bind(otherwise);
    this.emit(Opcode.CONST, register, 0, 0, 0n);
    this.code.bind(done);
    return register;
  }
}
