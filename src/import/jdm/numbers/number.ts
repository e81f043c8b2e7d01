// Numbers of ZEN in the language: exact decimals with their bounds, or floats, of which a quotient keeps its two exact parts.

import { type Code, call, Level } from '../code.js';
import { type Decimal, numberOf } from '../expression/decimal.js';
import { type Constant, isDecimalValue, type Scalar, type ScalarType, type Sym, typeOf } from '../symbol.js';

/** A number that is not null where its needs hold. */
export type Num = Scalar | (Constant & { readonly value: Decimal });

export type DecimalType = ScalarType & { readonly kind: 'decimal' };

/** Units of a decimal fit 128 bits below it, with room. */
const WIDE_MAX = 1e37;
export function describe(sym: Sym): string {
  switch (sym.kind) {
    case 'constant':
      return sym.value === null
        ? 'null'
        : isDecimalValue(sym.value)
          ? 'a number'
          : typeof sym.value === 'string'
            ? 'a text'
            : 'a boolean';
    case 'scalar':
      return {
        bool: 'a boolean',
        text: 'a text',
        float: 'a number',
        decimal: 'a number',
        timestamp: 'a timestamp',
        date: 'a date',
      }[sym.type.kind];
    case 'object':
      return 'an object';
    case 'items':
    case 'list':
      return 'a list';
    default:
      return 'nothing';
  }
}

export function union(...lists: readonly (readonly Code[])[]): Code[] {
  const all: Code[] = [];
  for (const code of lists.flat()) if (!all.some(({ text }) => text === code.text)) all.push(code);
  return all;
}

export const isConstant = (value: Num): value is Constant & { readonly value: Decimal } => value.kind === 'constant';

export function decimalType(value: Num): DecimalType | undefined {
  const type = isConstant(value) ? typeOf(value.value) : value.quotient === undefined ? value.type : undefined;
  return type?.kind === 'decimal' ? type : undefined;
}

export function fits({ scale, low, high }: DecimalType): boolean {
  return Math.max(Math.abs(low), Math.abs(high)) * 10 ** scale < WIDE_MAX && scale <= 36;
}

export function decimal(code: Code, type: DecimalType, needs: readonly Code[]): Scalar {
  return { kind: 'scalar', type, code, nullable: false, needs, isPath: false };
}

export function float(code: Code, needs: readonly Code[], isRounded = true): Scalar {
  return { kind: 'scalar', type: { kind: 'float' }, code, nullable: false, needs, isPath: false, isRounded };
}

/** The number as a 64-bit float. */
export function toFloat(value: Num): Code {
  if (isConstant(value)) {
    const text = String(numberOf(value.value));
    return { text, level: text.startsWith('-') ? Level.UNARY : Level.PRIMARY };
  }
  return value.type.kind === 'decimal' ? call('toNumber', value.code) : value.code;
}

/** Without its needs: whoever uses it keeps those. */
export const bare = (value: Num): Num => (isConstant(value) ? value : { ...value, needs: [] });

export const isRoundedOf = (value: Num): boolean => !isConstant(value) && value.isRounded === true;
