// Types of `+ - * / %` and of the minus sign: numbers, exact decimals, joined texts.

import { FunctionId } from '../../assembly/shared/function.js';
import type { ProfileName } from '../bundle/bundle.js';
import { arithmeticType, exactArithmetic, negatedType, remainderType } from './exact.js';
import type { ArithmeticOperator, ConstantIr, Ir } from './ir.js';
import { bothDecimal, failed, isDecimal, type Place, reportTooWide, requireValue, rescale } from './operands.js';
import type { FaultSink } from './source.js';
import { type DecimalType, ERROR, fitsWide, NUMBER, type Type, typePhrase } from './types.js';

/** Types `+ - * / %`. */
export function checkArithmetic(
  operator: ArithmeticOperator,
  left: Ir,
  right: Ir,
  node: Place,
  faults: FaultSink,
  profile: ProfileName,
): Ir {
  const { start, end } = node;
  if (left.type.kind === 'error' || right.type.kind === 'error') return failed(ERROR, node);
  const kinds = [left.type.kind, right.type.kind];
  if (operator === '+' && kinds.includes('text')) return checkConcat(left, right, node, faults);
  const wrong = [left, right].filter(({ type }) => type.kind !== 'number' && type.kind !== 'decimal');
  for (const operand of wrong) {
    const code = operand.type.kind === 'null' ? 'V3317' : 'V3301';
    faults.error(
      code,
      operand,
      `\`${operator}\` takes numbers, and this is ${typePhrase(operand.type)}`,
      arithmeticAdvice(operand.type),
    );
  }
  if (wrong.length > 0) return failed(ERROR, node);

  const a = requireValue(left, faults);
  const b = requireValue(right, faults);
  if (!kinds.includes('decimal')) {
    const exact =
      a.op === 'constant' && b.op === 'constant' && a.exact !== undefined && b.exact !== undefined
        ? exactArithmetic(operator, a.exact, b.exact)
        : undefined;
    if (exact === undefined) return { op: 'arithmetic', type: NUMBER, operator, left: a, right: b, start, end };
    const value = numberArithmetic(operator, (a as ConstantIr).value as number, (b as ConstantIr).value as number);
    return { op: 'constant', type: NUMBER, value, exact, start, end };
  }

  if (operator === '/' || (operator === '%' && profile === 'strict')) {
    reportRounding(operator, node, faults, profile);
    return failed(ERROR, node);
  }
  const pair = bothDecimal(a, b, faults);
  if (pair === undefined) return failed(ERROR, node);
  const scale = operator === '*' ? undefined : Math.max(pair[0].type.scale, pair[1].type.scale);
  const x = scale === undefined ? pair[0] : rescale(pair[0], scale);
  const y = scale === undefined ? pair[1] : rescale(pair[1], scale);
  if (operator === '%') return remainder(x, y, node, faults);
  const ir: Ir & { type: DecimalType } = {
    op: 'arithmetic',
    type: arithmeticType(operator, x.type, y.type),
    operator,
    left: x,
    right: y,
    start,
    end,
  };
  if ([x.type, y.type, ir.type].every(fitsWide)) return ir;
  reportTooWide(ir, faults);
  return failed(ERROR, node);
}

function reportRounding(operator: string, node: Place, faults: FaultSink, profile: ProfileName): void {
  if (profile === 'standard') {
    const advice = 'say how to round: `divide(a, b, 2, "half-even")`; or multiply the other side: `a > b * 2` for `a / b > 2`';
    faults.error('V3306', node, `\`${operator}\` on decimals needs a rounding`, advice);
    return;
  }
  const advice = operator === '/' ? 'multiply the other side instead: `a / b > 2` is `a > b * 2` for b above 0' : undefined;
  faults.error('V3306', node, `\`${operator}\` on decimals needs a rounding, which the profile \`strict\` does not have`, advice);
}

/** The exact remainder of two decimals of one scale, with the sign of the left one. */
function remainder(x: Ir & { type: DecimalType }, y: Ir & { type: DecimalType }, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  const type = remainderType(x.type, y.type);
  if (type === undefined) {
    faults.error('V3505', y, 'the divisor is always zero');
    return failed(ERROR, node);
  }
  if (fitsWide(x.type) && fitsWide(y.type)) {
    return { op: 'call', type, function: FunctionId.DECIMAL_REMAINDER, args: [x, y], start, end };
  }
  reportTooWide(fitsWide(x.type) ? y : x, faults);
  return failed(ERROR, node);
}

/** Types the minus sign. */
export function checkNegation(ir: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  if (ir.type.kind === 'error') return ir;
  if (ir.type.kind !== 'number' && ir.type.kind !== 'decimal') {
    faults.error('V3301', node, `\`-\` takes numbers, and this is ${typePhrase(ir.type)}`);
    return failed(ERROR, node);
  }
  const operand = requireValue(ir, faults);
  if (isDecimal(operand)) {
    const type = negatedType(operand.type);
    if (fitsWide(type)) return { op: 'negate', type, operand, start, end };
    reportTooWide(operand, faults);
    return failed(ERROR, node);
  }
  if (operand.op === 'constant' && operand.exact !== undefined) {
    const exact = { value: -operand.exact.value, scale: operand.exact.scale };
    return { op: 'constant', type: NUMBER, value: -(operand.value as number), exact, start, end };
  }
  return { op: 'negate', type: NUMBER, operand, start, end };
}

/** JavaScript's arithmetic on numbers. */
export function numberArithmetic(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function arithmeticAdvice(type: Type): string | undefined {
  if (type.kind === 'timestamp' || type.kind === 'date') return 'timestamps and dates can be compared, not computed with';
  if (type.kind === 'text') return 'declare the field as a number in the model, or remove the quotes of a literal';
  return undefined;
}

/** Types `+` on texts, and the holes of a template. */
export function checkConcat(left: Ir, right: Ir, node: Place, faults: FaultSink): Ir {
  const { start, end } = node;
  const wrong = [left, right].filter(({ type }) => type.kind !== 'text');
  for (const operand of wrong) {
    const advice = operand.type.kind === 'number' ? 'to add numbers, remove the quotes of the text' : undefined;
    faults.error('V3314', operand, `a text is joined with ${typePhrase(operand.type)}`, advice);
  }
  const a = requireValue(left, faults);
  const b = requireValue(right, faults);
  if (a.type.kind !== 'text' || b.type.kind !== 'text') return failed(ERROR, node);
  return { op: 'concat', type: { kind: 'text', bytesMax: a.type.bytesMax + b.type.bytesMax }, left: a, right: b, start, end };
}
