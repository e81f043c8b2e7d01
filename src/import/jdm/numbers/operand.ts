// A value as a number to compute with: what is null, or no number, is where ZEN fails.

import { compared, Level } from '../code.js';
import { isDecimalValue, plainOf, Refusal, type Scalar, type Sym, ZenFailure } from '../symbol.js';
import { describe, type Num, union } from './number.js';
import { isNotZero, quotientCode } from './quotient.js';

/** Gives a value a name, so that a test of null narrows it. */
export type Hoist = (value: Scalar) => Scalar;

/** The value as a number; it needs not to be null. @throws Refusal for what is none, at which ZEN fails */
export function numberIn(sym: Sym, hoist: Hoist): Num {
  const value = plainOf(sym);
  if (value.kind === 'refused') throw new Refusal(value.reason);
  if (value.kind === 'constant' && isDecimalValue(value.value)) return value as Num;
  if (value.kind !== 'scalar' || (value.type.kind !== 'decimal' && value.type.kind !== 'float')) {
    throw new ZenFailure(`a number is needed, and this is ${describe(value)}: ZEN fails here`);
  }
  if (!value.nullable) return value;
  if (value.quotient !== undefined) return present(value);
  const path = value.isPath ? value : hoist(value);
  if (!path.nullable) return path;
  return {
    ...path,
    nullable: false,
    needs: union(path.needs, [compared('!==', path.code, { text: 'null', level: Level.PRIMARY })]),
  };
}

/** A quotient where its divisor is not 0. */
function present(value: Scalar): Scalar {
  const { divisor } = value.quotient!;
  return {
    ...value,
    code: value.isPath ? value.code : quotientCode(value.quotient!),
    nullable: false,
    needs: union(value.needs, [isNotZero(divisor)]),
  };
}
