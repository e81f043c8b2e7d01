// Arithmetic and comparisons of ZEN's decimals in the language: exact as decimals, with their bounds, as long as 128 bits hold them.
// A quotient keeps its two exact parts: it is compared by multiplying, which is exact, and shown as the number nearest to it.

import { and, type Code, call, choice, compared, computed, FALSE, Level, not, or, TRUE } from './code.js';
import {
  add,
  compare as compareDecimals,
  type Decimal,
  divide as divideDecimals,
  dividesEvenly,
  multiply as multiplyDecimals,
  negate as negateDecimal,
  numberOf,
  remainder as remainderOf,
  roundTo,
  trimmed,
} from './expression/decimal.js';
import {
  type Constant,
  codeOf,
  constant,
  isDecimalValue,
  literal,
  needsOf,
  plainOf,
  Refusal,
  type Scalar,
  type ScalarType,
  type Sym,
  type Truth,
  typeOf,
  ZenFailure,
} from './symbol.js';

/** A number that is not null where its needs hold. */
export type Num = Scalar | (Constant & { readonly value: Decimal });

/** Gives a value a name, so that a test of null narrows it. */
export type Hoist = (value: Scalar) => Scalar;

type DecimalType = ScalarType & { readonly kind: 'decimal' };

/** Units of a decimal fit 128 bits below it, with room. */
const WIDE_MAX = 1e37;
/** Integers up to it are exact as numbers. */
const EXACT_MAX = 2 ** 53;

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

const isConstant = (value: Num): value is Constant & { readonly value: Decimal } => value.kind === 'constant';

export function decimalType(value: Num): DecimalType | undefined {
  const type = isConstant(value) ? typeOf(value.value) : value.quotient === undefined ? value.type : undefined;
  return type?.kind === 'decimal' ? type : undefined;
}

function fits({ scale, low, high }: DecimalType): boolean {
  return Math.max(Math.abs(low), Math.abs(high)) * 10 ** scale < WIDE_MAX && scale <= 36;
}

function decimal(code: Code, type: DecimalType, needs: readonly Code[]): Scalar {
  return { kind: 'scalar', type, code, nullable: false, needs, isPath: false };
}

function float(code: Code, needs: readonly Code[], isRounded = true): Scalar {
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

/** `a + b`, `a - b`, `a * b`; exact where 128 bits hold it. */
export function arithmetic(operator: '+' | '-' | '*', a: Num, b: Num): Num {
  if (isConstant(a) && isConstant(b)) {
    const value =
      operator === '*' ? multiplyDecimals(a.value, b.value) : add(a.value, operator === '+' ? b.value : negateDecimal(b.value));
    if (value === undefined) throw new Refusal('this number is larger than ZEN has them');
    return constant(value) as Num;
  }
  const needs = union(needsOf(a), needsOf(b));
  for (const [p, q] of [
    [a, b],
    [bounded(a), bounded(b)],
  ] as const) {
    const [x, y] = [decimalType(p), decimalType(q)];
    if (x === undefined || y === undefined) break;
    const type = resultType(operator, x, y);
    if (fits(type)) return neutral(operator, a, b) ?? decimal(computed(operator, codeOf(p), codeOf(q)), type, needs);
  }
  const quotient = quotientOf(operator, a, b);
  if (quotient !== undefined) return quotient;
  return float(computed(operator, toFloat(a), toFloat(b)), needs, !(isWhole(a) && isWhole(b)));
}

/** The value with bounds that the language can see: those of the cells of a column, of which it knows the type only. */
function bounded(value: Num): Num {
  if (isConstant(value) || value.within === undefined || value.type.kind !== 'decimal') return value;
  const { low, high } = value.within;
  const bound = (number: number): Code => ({ text: String(number), level: Level.PRIMARY });
  const code = call('Math.min', call('Math.max', value.code, bound(low)), bound(high));
  return decimal(code, { ...value.type, low, high }, value.needs);
}

/** A whole number, which is exact as a float: a count, or a decimal without digits behind the point. */
function isWhole(value: Num): boolean {
  if (value.kind === 'scalar' && value.type.kind === 'float') return value.quotient === undefined && value.isRounded !== true;
  return decimalType(value)?.scale === 0;
}

/** `0 + a` and `1 * a` are a. */
function neutral(operator: string, a: Num, b: Num): Num | undefined {
  const unit = operator === '*' ? 1 : 0;
  if (isConstant(b) && numberOf(b.value) === unit) return a;
  if (operator !== '-' && isConstant(a) && numberOf(a.value) === unit) return b;
  return undefined;
}

function resultType(operator: '+' | '-' | '*', x: DecimalType, y: DecimalType): DecimalType {
  if (operator === '*') {
    const products = [x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high];
    return { kind: 'decimal', scale: x.scale + y.scale, low: Math.min(...products), high: Math.max(...products) };
  }
  const [low, high] = operator === '+' ? [x.low + y.low, x.high + y.high] : [x.low - y.high, x.high - y.low];
  return { kind: 'decimal', scale: Math.max(x.scale, y.scale), low, high };
}

/** Arithmetic in which a side is a quotient, as a quotient; undefined where it is none or 128 bits do not hold it. */
function quotientOf(operator: '+' | '-' | '*', a: Num, b: Num): Num | undefined {
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p === undefined || q === undefined || (p.divisor === undefined && q.divisor === undefined)) return undefined;
  const isExactStep =
    operator !== '*' ||
    [p, q].some(({ divisor, dividend }) => divisor === undefined && isConstant(dividend) && dividesEvenly(dividend.value));
  const isRounded = isRoundedOf(a) || isRoundedOf(b) || !isExactStep || (p.divisor !== undefined && q.divisor !== undefined);
  const needs = union(needsOf(a), needsOf(b));
  let dividend: Num | undefined;
  let divisor: Num | undefined;
  if (operator === '*') {
    dividend = exact('*', p.dividend, q.dividend);
    divisor = p.divisor === undefined ? q.divisor : q.divisor === undefined ? p.divisor : exact('*', p.divisor, q.divisor);
  } else if (p.divisor !== undefined && q.divisor !== undefined && codeOf(p.divisor).text === codeOf(q.divisor).text) {
    dividend = exact(operator, p.dividend, q.dividend);
    divisor = p.divisor;
  } else {
    const left = q.divisor === undefined ? p.dividend : exact('*', p.dividend, q.divisor);
    const right = p.divisor === undefined ? q.dividend : exact('*', q.dividend, p.divisor);
    dividend = left && right && exact(operator, left, right);
    divisor = p.divisor === undefined ? q.divisor : q.divisor === undefined ? p.divisor : exact('*', p.divisor, q.divisor);
  }
  if (dividend === undefined || divisor === undefined || isConstant(divisor)) return undefined;
  // A product keeps the divisor's sign only where that is known; the needs say already that it is not 0.
  return quotient(dividend, divisor as Scalar, needs, isRounded, true);
}

const isRoundedOf = (value: Num): boolean => !isConstant(value) && value.isRounded === true;

/** Dividend and divisor; undefined for floats. */
function partsOf(value: Num): { dividend: Num; divisor: Num | undefined } | undefined {
  if (decimalType(value) !== undefined) return { dividend: bare(value), divisor: undefined };
  if (isConstant(value) || value.quotient === undefined) return undefined;
  return { dividend: value.quotient.dividend as Num, divisor: value.quotient.divisor };
}

/** Without its needs: whoever uses it keeps those. */
const bare = (value: Num): Num => (isConstant(value) ? value : { ...value, needs: [] });

/** Exact arithmetic of decimals; undefined where 128 bits do not hold it. */
function exact(operator: '+' | '-' | '*', a: Num, b: Num): Num | undefined {
  if (decimalType(a) === undefined || decimalType(b) === undefined) return undefined;
  const result = arithmetic(operator, a, b);
  return decimalType(result) === undefined ? undefined : result;
}

function quotient(dividend: Num, divisor: Scalar, needs: readonly Code[], isRounded: boolean, isKnown = false): Scalar {
  const parts = { dividend: bare(dividend) as Scalar | Constant, divisor: bare(divisor) as Scalar };
  const isNullable = !isKnown && mayBeZero(divisor);
  const bareCode = quotientCode(parts);
  return {
    kind: 'scalar',
    type: { kind: 'float' },
    code: isNullable ? choice(isNotZero(divisor), bareCode, { text: 'null', level: Level.PRIMARY }) : bareCode,
    nullable: isNullable,
    needs,
    isPath: false,
    quotient: parts,
    isRounded,
  };
}

function mayBeZero(value: Num): boolean {
  const type = decimalType(value);
  return type === undefined || (type.low <= 0 && type.high >= 0);
}

function isNotZero(value: Num): Code {
  return mayBeZero(value) ? compared('!==', codeOf(value), { text: '0', level: Level.PRIMARY }) : TRUE;
}

/** The number nearest to a quotient: both parts are whole numbers, so that they are exact as floats. */
function quotientCode({ dividend, divisor }: { dividend: Scalar | Constant; divisor: Scalar }): Code {
  const scales = [decimalType(dividend as Num)?.scale ?? 0, decimalType(divisor)?.scale ?? 0];
  const shift = Math.max(...scales);
  const largest = [dividend as Num, divisor].map((part) => {
    const type = decimalType(part);
    return type === undefined ? Number.POSITIVE_INFINITY : Math.max(Math.abs(type.low), Math.abs(type.high)) * 10 ** shift;
  });
  const isShifted = shift > 0 && Math.max(...largest) < EXACT_MAX * 1000;
  const whole = (part: Num): Code => {
    if (!isShifted) return toFloat(part);
    const scaled = arithmetic('*', part, constant({ units: 10n ** BigInt(shift), scale: 0 }) as Num);
    return toFloat(scaled);
  };
  return computed('/', whole(dividend as Num), whole(divisor));
}

/** `a / b`; null where b is 0. */
export function divided(a: Num, b: Num): Num | Constant {
  if (isConstant(b)) {
    if (b.value.units === 0n) return constant(null);
    if (isConstant(a)) {
      const value = divideDecimals(a.value, b.value);
      if (value === undefined) throw new Refusal('this number is larger than ZEN has them');
      return constant(value);
    }
    const inverse = dividesEvenly(b.value) ? divideDecimals({ units: 1n, scale: 0 }, b.value) : undefined;
    if (inverse !== undefined) return arithmetic('*', a, constant(inverse) as Num);
  }
  const needs = union(needsOf(a), needsOf(b));
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p !== undefined && q !== undefined) {
    const dividend = q.divisor === undefined ? p.dividend : exact('*', p.dividend, q.divisor);
    const divisor = p.divisor === undefined ? q.dividend : exact('*', p.divisor, q.dividend);
    if (dividend !== undefined && divisor !== undefined) {
      const isRounded = p.divisor !== undefined || q.divisor !== undefined;
      return quotient(dividend, isConstant(divisor) ? asScalar(divisor) : divisor, needs, isRounded);
    }
  }
  if (isConstant(b)) return float(computed('/', toFloat(a), toFloat(b)), needs);
  const isThere = compared('!==', codeOf(b), { text: '0', level: Level.PRIMARY });
  return { ...float(computed('/', toFloat(a), toFloat(b)), union(needs, [isThere])) };
}

function asScalar(value: Constant & { readonly value: Decimal }): Scalar {
  return decimal(literal(value.value), typeOf(value.value) as DecimalType, []);
}

/** `a % b`. ZEN ends where b is 0. */
export function remainder(a: Num, b: Num): Num {
  if (isConstant(a) && isConstant(b) && b.value.units !== 0n) return constant(remainderOf(a.value, b.value)) as Num;
  const [x, y] = [decimalType(a), decimalType(b)];
  if (x === undefined || y === undefined) throw new Refusal('the remainder of a quotient is not exact');
  if (isConstant(b) && b.value.units === 0n) throw new Refusal('the remainder of a division by 0');
  const most = Math.max(Math.abs(y.low), Math.abs(y.high));
  const type: DecimalType = {
    kind: 'decimal',
    scale: Math.max(x.scale, y.scale),
    low: x.low < 0 ? -most : 0,
    high: x.high > 0 ? most : 0,
  };
  return decimal(
    computed('%', codeOf(a), codeOf(b)),
    type,
    union(needsOf(a), needsOf(b), [isNotZero(b)]).filter((code) => code.text !== 'true'),
  );
}

export function negated(a: Num): Num {
  if (isConstant(a)) return constant(negateDecimal(a.value)) as Num;
  return arithmetic('-', constant({ units: 0n, scale: 0 }) as Num, a);
}

const ROUNDINGS = { away: 'half-up', down: 'down' } as const;

/** Rounded to so many digits behind the point: to the nearest, of two the one away from zero; or towards zero; or up or down. */
export function rounded(a: Num, scale: number, mode: 'away' | 'down' | 'floor' | 'ceil'): Num {
  if (isConstant(a)) return constant(roundTo(a.value, scale, mode)) as Num;
  const type = decimalType(a);
  if (type !== undefined && type.scale <= scale) return a;
  if (type === undefined && a.quotient === undefined)
    throw new Refusal('a number that is rounded already is rounded again: its last digits may differ');
  const low = type?.low ?? Number.NEGATIVE_INFINITY;
  const high = type?.high ?? Number.POSITIVE_INFINITY;
  const round = (mode_: string): Code => {
    if (type !== undefined) return call('round', a.code, digits(scale), { text: `"${mode_}"`, level: Level.PRIMARY });
    const { dividend, divisor } = a.quotient!;
    return call('divide', codeOf(dividend), codeOf(divisor), digits(scale), { text: `"${mode_}"`, level: Level.PRIMARY });
  };
  const towards = (isUp: boolean): Code => {
    const [below, above] = isUp ? ['down', 'up'] : ['up', 'down'];
    if (low >= 0) return round(above);
    return choice(signBelowZero(a), round(below), round(above));
  };
  const code = mode === 'away' || mode === 'down' ? round(ROUNDINGS[mode]) : towards(mode === 'ceil');
  const bounds = type === undefined ? quotientBounds(a) : { low: low - 1, high: high + 1 };
  return decimal(code, { kind: 'decimal', scale, ...bounds }, a.needs);
}

function digits(scale: number): Code {
  return { text: String(scale), level: Level.PRIMARY };
}

/** The bounds of a quotient of which it is known that the divisor is not 0: its smallest unit is the least that it can be. */
function quotientBounds(a: Scalar): { low: number; high: number } {
  const { dividend, divisor } = a.quotient!;
  const [x, y] = [decimalType(dividend as Num)!, decimalType(divisor)!];
  const least = y.low > 0 ? y.low : y.high < 0 ? -y.high : 10 ** -y.scale;
  const most = Math.max(Math.abs(x.low), Math.abs(x.high)) / least + 1;
  return { low: -most, high: most };
}

function signBelowZero(a: Scalar): Code {
  const zero = constant({ units: 0n, scale: 0 }) as Num;
  return comparison('<', a, zero).holds;
}

/** `a < b` and its like; a pair of conditions, in which the needs of both sides stand. */
export function comparison(operator: '<' | '<=' | '>' | '>=' | '===', a: Num, b: Num): Truth {
  if (isConstant(a) && isConstant(b)) {
    const sign = compareDecimals(a.value, b.value);
    const holds = { '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0, '===': sign === 0 }[operator];
    return holds ? { holds: TRUE, fails: FALSE } : { holds: FALSE, fails: TRUE };
  }
  const needs = union(needsOf(a), needsOf(b));
  const test = compareCode(operator, a, b);
  return { holds: and(...needs, test), fails: and(...needs, not(test)) };
}

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '===': '===' } as const;

function compareCode(operator: '<' | '<=' | '>' | '>=' | '===', a: Num, b: Num): Code {
  const [p, q] = [partsOf(a), partsOf(b)];
  if (p === undefined || q === undefined) return compared(operator, toFloat(a), toFloat(b));
  if (p.divisor === undefined && q.divisor === undefined) return compared(operator, codeOf(a), codeOf(b));
  const left = q.divisor === undefined ? p.dividend : exact('*', p.dividend, q.divisor);
  const right = p.divisor === undefined ? q.dividend : exact('*', q.dividend, p.divisor);
  const divisor = p.divisor === undefined ? q.divisor : q.divisor === undefined ? p.divisor : exact('*', p.divisor, q.divisor);
  if (left === undefined || right === undefined || divisor === undefined) return compared(operator, toFloat(a), toFloat(b));
  const type = decimalType(divisor);
  if (type === undefined) return compared(operator, toFloat(a), toFloat(b));
  const above = compared(operator, codeOf(left), codeOf(right));
  if (operator === '===' || type.low > 0) return above;
  const below = compared(MIRRORED[operator], codeOf(left), codeOf(right));
  if (type.high < 0) return below;
  const zero = { text: '0', level: Level.PRIMARY };
  if (type.low >= 0) return above;
  return or(and(compared('>', codeOf(divisor), zero), above), and(compared('<', codeOf(divisor), zero), below));
}

/** The largest or smallest of several. */
export function extreme(name: 'min' | 'max', values: readonly Num[]): Num {
  if (values.every(isConstant)) {
    const sorted = values.map(({ value }) => value as Decimal).sort(compareDecimals);
    return constant(trimmed(sorted[name === 'min' ? 0 : sorted.length - 1]!)) as Num;
  }
  if (values.length === 1) return values[0]!;
  const needs = union(...values.map(needsOf));
  const types = values.map(decimalType);
  const codes = (code: (value: Num) => Code): Code => ({
    text: `Math.${name}(${values.map((value) => code(value).text).join(', ')})`,
    level: Level.PRIMARY,
  });
  if (types.some((type) => type === undefined)) return float(codes(toFloat), needs);
  const all = types as DecimalType[];
  const pick = name === 'min' ? Math.min : Math.max;
  const type: DecimalType = {
    kind: 'decimal',
    scale: Math.max(...all.map(({ scale }) => scale)),
    low: pick(...all.map(({ low }) => low)),
    high: pick(...all.map(({ high }) => high)),
  };
  return decimal(codes(codeOf), type, needs);
}

/** The absolute value. */
export function absolute(a: Num): Num {
  if (isConstant(a)) return a.value.units < 0n ? (constant(negateDecimal(a.value)) as Num) : a;
  const type = decimalType(a);
  const code = call('Math.abs', a.code);
  if (type === undefined) {
    const parts = a.quotient;
    if (parts === undefined) return float(code, a.needs, a.isRounded === true);
    const dividend = absolute(parts.dividend as Num);
    const divisor = absolute(parts.divisor) as Scalar;
    return quotient(dividend, divisor, a.needs, a.isRounded === true, true);
  }
  if (type.low >= 0) return a;
  const most = Math.max(Math.abs(type.low), Math.abs(type.high));
  return decimal(code, { ...type, low: 0, high: most }, a.needs);
}

/** `base ^ exponent` for small whole exponents. */
export function power(base: Num, exponent: Num): Num | Constant {
  if (!isConstant(exponent)) throw new Refusal('a power of which the exponent is not fixed is not exact in either language');
  const count = numberOf(exponent.value);
  if (!Number.isInteger(count) || Math.abs(count) > 64)
    throw new Refusal('a power with this exponent is not exact in either language');
  let result: Num = constant({ units: 1n, scale: 0 }) as Num;
  for (let i = 0; i < Math.abs(count); i++) result = arithmetic('*', result, base);
  return count < 0 ? divided(constant({ units: 1n, scale: 0 }) as Num, result) : result;
}
