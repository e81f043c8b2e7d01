// Rounding of decimals and quotients.

import { type Code, call, choice, Level } from '../code.js';
import { roundTo } from '../expression/decimal.js';
import { codeOf, constant, Refusal, type Scalar } from '../symbol.js';
import { comparison } from './comparison.js';
import { decimal, decimalType, isConstant, type Num } from './number.js';

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
