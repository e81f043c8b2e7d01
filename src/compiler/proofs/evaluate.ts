// What an expression comes to for a payload, as far as examples are concerned: the finding that rests on it is confirmed by its
// value. Values are in register form. What is not computed here (lists of the tenant, time zones, patterns) is UNKNOWN, and then no
// example is given; a wrong value is never given.

import { FunctionId } from '../../../assembly/shared/function.js';
import type { Field } from '../../schema/model.js';
import { numberArithmetic } from '../arithmetic.js';
import { divideRounded, powerOfTen } from '../exact.js';
import type { ArithmeticIr, CallIr, CompareIr, Ir, LocalRef, LogicIr } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import type { DomainValue } from './table-form.js';

export const UNKNOWN = Symbol('unknown');

export type Evaluated = DomainValue | typeof UNKNOWN;

export interface Environment {
  /** The value of a field of the payload; its default where it is not there. */
  fieldValue(field: Field): Evaluated;
  /** What a feature is computed from, where that is known. */
  featureValue(feature: FeatureRef): Ir | undefined;
}

/** Nodes that are computed at most for one value. */
const NODES_MAX = 100_000;

/** The value of an expression. */
export function evaluate(ir: Ir, environment: Environment): Evaluated {
  return new Evaluation(environment).value(ir);
}

class Evaluation {
  readonly #environment: Environment;
  readonly #locals = new Map<LocalRef, Evaluated>();
  readonly #features = new Map<FeatureRef, Evaluated>();
  #nodes = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  value(ir: Ir): Evaluated {
    if (++this.#nodes > NODES_MAX) return UNKNOWN;
    switch (ir.op) {
      case 'constant':
        // Members of enums are their numbers.
        return ir.type.kind === 'enum' && ir.value !== null ? Number(ir.value) : ir.value;
      case 'field':
        return this.#environment.fieldValue(ir.field);
      case 'feature':
        return this.#feature(ir.feature);
      case 'local':
        return this.#locals.get(ir.local) ?? UNKNOWN;
      case 'not':
        return this.#one(ir.operand, (value) => !value);
      case 'and':
      case 'or':
        return this.#logic(ir);
      case 'is-null':
        return lift(this.value(ir.operand), (value) => value === null);
      case 'compare':
        return this.#compare(ir);
      case 'negate':
        return this.#one(ir.operand, (value) => (typeof value === 'bigint' ? -value : -(value as number)));
      case 'arithmetic':
        return this.#two(ir.left, ir.right, (a, b) => arithmetic(ir.operator, a, b));
      case 'concat':
        return this.#two(ir.left, ir.right, (a, b) => `${a as string}${b as string}`);
      case 'rescale':
        return this.#one(ir.operand, (value) => (value as bigint) * powerOfTen(ir.digits));
      case 'conditional': {
        const test = this.value(ir.test);
        return typeof test === 'boolean' ? this.value(test ? ir.whenTrue : ir.whenFalse) : UNKNOWN;
      }
      case 'coalesce':
        return this.#coalesce(ir.operands);
      case 'let': {
        const value = this.value(ir.value);
        if (value === UNKNOWN || value === null) return value;
        this.#locals.set(ir.local, value);
        return this.value(ir.body);
      }
      case 'call':
        return this.#call(ir);
      default:
        return UNKNOWN;
    }
  }

  #feature(feature: FeatureRef): Evaluated {
    const known = this.#features.get(feature);
    if (known !== undefined) return known;
    const ir = this.#environment.featureValue(feature);
    const value = ir === undefined ? UNKNOWN : this.value(ir);
    this.#features.set(feature, value);
    return value;
  }

  #one(operand: Ir, compute: (value: DomainValue) => Evaluated): Evaluated {
    const value = this.value(operand);
    return value === UNKNOWN || value === null ? UNKNOWN : compute(value);
  }

  #two(left: Ir, right: Ir, compute: (a: DomainValue, b: DomainValue) => Evaluated): Evaluated {
    return this.#one(left, (a) => this.#one(right, (b) => compute(a, b)));
  }

  #logic(ir: LogicIr): Evaluated {
    for (const operand of ir.operands) {
      const value = this.value(operand);
      if (typeof value !== 'boolean') return UNKNOWN;
      if (value === (ir.op === 'or')) return value;
    }
    return ir.op === 'and';
  }

  #coalesce(operands: readonly Ir[]): Evaluated {
    for (const operand of operands) {
      const value = this.value(operand);
      if (value !== null) return value;
    }
    return null;
  }

  #compare({ relation, left, right }: CompareIr): Evaluated {
    return this.#two(left, right, (x, y) => {
      const [a, b] = [x as number, y as number];
      switch (relation) {
        case '===':
          return a === b;
        case '!==':
          return a !== b;
        case '<':
          return a < b;
        case '<=':
          return a <= b;
        case '>':
          return a > b;
        case '>=':
          return a >= b;
      }
    });
  }

  #call(ir: CallIr): Evaluated {
    const args: DomainValue[] = [];
    for (const arg of ir.args) {
      const value = this.value(arg);
      if (value === UNKNOWN || value === null) return UNKNOWN;
      args.push(value);
    }
    return call(ir, args);
  }
}

function lift(value: Evaluated, compute: (value: DomainValue) => DomainValue): Evaluated {
  return value === UNKNOWN ? UNKNOWN : compute(value);
}

function arithmetic(operator: ArithmeticIr['operator'], a: DomainValue, b: DomainValue): Evaluated {
  if (typeof a === 'number') return numberArithmetic(operator, a, b as number);
  const [x, y] = [a as bigint, b as bigint];
  if (operator === '+') return x + y;
  if (operator === '-') return x - y;
  return operator === '*' ? x * y : UNKNOWN;
}

const MATH: Partial<Record<FunctionId, (...args: number[]) => number>> = {
  [FunctionId.F64_ABS]: Math.abs,
  [FunctionId.F64_CEIL]: Math.ceil,
  [FunctionId.F64_FLOOR]: Math.floor,
  [FunctionId.F64_ROUND]: Math.round,
  [FunctionId.F64_TRUNC]: Math.trunc,
  [FunctionId.F64_SIGN]: Math.sign,
  [FunctionId.F64_MIN]: Math.min,
  [FunctionId.F64_MAX]: Math.max,
  [FunctionId.F64_SQRT]: Math.sqrt,
};

const TEXTS: Partial<Record<FunctionId, (text: string, ...args: never[]) => DomainValue>> = {
  [FunctionId.TEXT_LENGTH]: (text) => text.length,
  [FunctionId.TEXT_STARTS_WITH]: (text, start: string) => text.startsWith(start),
  [FunctionId.TEXT_ENDS_WITH]: (text, end: string) => text.endsWith(end),
  [FunctionId.TEXT_INCLUDES]: (text, part: string) => text.includes(part),
  [FunctionId.TEXT_INDEX_OF]: (text, part: string, from: number) => text.indexOf(part, from),
  [FunctionId.TEXT_SLICE]: (text, start: number, end: number) => text.slice(start, end),
  [FunctionId.TEXT_TRIM]: (text) => text.trim(),
  [FunctionId.TEXT_TRIM_START]: (text) => text.trimStart(),
  [FunctionId.TEXT_TRIM_END]: (text) => text.trimEnd(),
};

function call({ function: id, literal }: CallIr, args: readonly DomainValue[]): Evaluated {
  const math = MATH[id];
  if (math !== undefined) return math(...(args as number[]));
  const text = TEXTS[id];
  if (text !== undefined) return text(args[0] as string, ...(args.slice(1) as never[]));
  if (literal?.kind === 'rounding' && id === FunctionId.DECIMAL_ROUND) {
    return divideRounded(args[0] as bigint, powerOfTen(literal.digits), literal.rounding);
  }
  if (id === FunctionId.DECIMAL_REMAINDER) return args[1] === 0n ? UNKNOWN : (args[0] as bigint) % (args[1] as bigint);
  if (literal?.kind === 'microseconds' && id === FunctionId.TIME_SINCE) {
    const micros = (args[0] as bigint) - (args[1] as bigint);
    const isExact = micros <= BigInt(Number.MAX_SAFE_INTEGER) && micros >= BigInt(Number.MIN_SAFE_INTEGER);
    return isExact ? Number(micros) / literal.count : UNKNOWN;
  }
  return id === FunctionId.DATE_SINCE ? Number((args[0] as bigint) - (args[1] as bigint)) : UNKNOWN;
}
