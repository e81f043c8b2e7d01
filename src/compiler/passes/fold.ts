// Constant folding: what does not depend on the payload is computed once, with JavaScript's own operators, so that the result
// is the one the program would have had. Conditions that turn out constant are reported.

import { numberArithmetic } from '../arithmetic.js';
import type { ArithmeticIr, CompareIr, ConstantIr, ConstantValue, Ir, LogicIr, Relation } from '../ir.js';
import type { FaultSink } from '../source.js';
import { BOOLEAN } from '../types.js';

/** Folds an expression without faults. Warns of comparisons and of `&&` and `||` whose result never changes. */
export function fold(ir: Ir, faults: FaultSink): Ir {
  switch (ir.op) {
    case 'not':
      return foldNot(fold(ir.operand, faults), ir);
    case 'and':
    case 'or':
      return foldLogic(ir, faults);
    case 'compare':
      return foldCompare({ ...ir, left: fold(ir.left, faults), right: fold(ir.right, faults) }, faults);
    case 'negate': {
      const operand = fold(ir.operand, faults);
      if (operand.op !== 'constant') return { ...ir, operand };
      const { value } = operand;
      return {
        op: 'constant',
        type: ir.type,
        value: typeof value === 'bigint' ? -value : -(value as number),
        start: ir.start,
        end: ir.end,
      };
    }
    case 'arithmetic':
      return foldArithmetic({ ...ir, left: fold(ir.left, faults), right: fold(ir.right, faults) });
    case 'concat': {
      const left = fold(ir.left, faults);
      const right = fold(ir.right, faults);
      if (!isConstant(left) || !isConstant(right)) return { ...ir, left, right };
      return { op: 'constant', type: ir.type, value: `${left.value}${right.value}`, start: ir.start, end: ir.end };
    }
    case 'rescale': {
      const operand = fold(ir.operand, faults);
      if (!isConstant(operand)) return { ...ir, operand };
      return {
        op: 'constant',
        type: ir.type,
        value: (operand.value as bigint) * 10n ** BigInt(ir.digits),
        start: ir.start,
        end: ir.end,
      };
    }
    default:
      return ir;
  }
}

function isConstant(ir: Ir): ir is ConstantIr {
  return ir.op === 'constant';
}

function truth(value: boolean, { start, end }: Ir): ConstantIr {
  return { op: 'constant', type: BOOLEAN, value, start, end };
}

function foldNot(operand: Ir, ir: Ir): Ir {
  if (isConstant(operand)) return truth(!operand.value, ir);
  if (operand.op === 'not') return operand.operand;
  return { op: 'not', type: BOOLEAN, operand, start: ir.start, end: ir.end };
}

function foldLogic(ir: LogicIr, faults: FaultSink): Ir {
  const absorbing = ir.op === 'or';
  const operands: Ir[] = [];
  for (const written of ir.operands) {
    const operand = fold(written, faults);
    if (isConstant(operand)) {
      if (operand.value !== absorbing) continue;
      // A literal that decides the whole has not been reported yet; a folded comparison has.
      if (isConstant(written)) warnAlways(absorbing, ir, faults);
      return truth(absorbing, ir);
    }
    if (operand.op === ir.op) operands.push(...operand.operands);
    else operands.push(operand);
  }
  if (operands.length === 0) return truth(!absorbing, ir);
  return operands.length === 1 ? operands[0]! : { ...ir, operands };
}

function warnAlways(value: boolean, ir: Ir, faults: FaultSink): void {
  faults.warning('V3401', ir, `this is always ${value}`, 'remove it, or correct what it compares');
}

function foldCompare(ir: CompareIr, faults: FaultSink): Ir {
  const { left, right, relation } = ir;
  if (isConstant(left) && isConstant(right)) {
    const value = compareConstants(relation, left.value, right.value);
    warnAlways(value, ir, faults);
    return truth(value, ir);
  }
  // Booleans: `x === true` is x.
  if (ir.left.type.kind === 'boolean' && (isConstant(left) || isConstant(right))) {
    const [known, other] = isConstant(left) ? [left, right] : [right as ConstantIr, left];
    return (known.value === true) === (relation === '===') ? other : foldNot(other, ir);
  }
  return ir;
}

/** JavaScript's comparison; texts by UTF-16 code units. */
function compareConstants(relation: Relation, a: ConstantValue, b: ConstantValue): boolean {
  switch (relation) {
    case '===':
      return a === b;
    case '!==':
      return a !== b;
    case '<':
      return a! < b!;
    case '<=':
      return a! <= b!;
    case '>':
      return a! > b!;
    case '>=':
      return a! >= b!;
  }
}

function foldArithmetic(ir: ArithmeticIr): Ir {
  const { left, right, operator, start, end } = ir;
  if (!isConstant(left) || !isConstant(right)) return ir;
  if (typeof left.value === 'number') {
    return { op: 'constant', type: ir.type, value: numberArithmetic(operator, left.value, right.value as number), start, end };
  }
  const [a, b] = [left.value as bigint, right.value as bigint];
  return { op: 'constant', type: ir.type, value: operator === '+' ? a + b : operator === '-' ? a - b : a * b, start, end };
}
