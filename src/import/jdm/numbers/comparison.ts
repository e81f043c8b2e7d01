// Comparisons: of decimals, and of quotients by multiplying, which is exact.

import { and, type Code, compared, FALSE, Level, not, or, TRUE } from '../code.js';
import { compare as compareDecimals } from '../expression/decimal.js';
import { codeOf, needsOf, type Truth } from '../symbol.js';
import { exact } from './exact.js';
import { decimalType, isConstant, type Num, toFloat, union } from './number.js';
import { partsOf } from './quotient.js';

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
