// Constant folding: what does not depend on the payload is computed once, with JavaScript's own operators, so that the result is
// the one the program would have had. Conditions that turn out constant are reported.

import { numberArithmetic } from '../arithmetic.js';
import { canFail } from '../can-fail.js';
import type {
  ArithmeticIr,
  CoalesceIr,
  CompareIr,
  ConcatIr,
  ConditionalIr,
  ConstantIr,
  ConstantValue,
  Ir,
  LetIr,
  LogicIr,
  Relation,
} from '../ir.js';
import { mayBeNull } from '../ir.js';
import type { FaultSink } from '../source.js';
import { BOOLEAN, utf8Bytes } from '../types.js';
import { foldCall } from './fold-call.js';
import { foldWalk } from './fold-walk.js';
import { mapOperands, substitute } from './rewrite.js';

/** What folding reports to. */
export type WarningSink = Pick<FaultSink, 'warning'>;

/** For expressions that have been reported on before. */
export const SILENT: WarningSink = { warning: () => {} };

/** Folds an expression without faults. Warns of comparisons and of `&&` and `||` whose result never changes. */
export function fold(ir: Ir, faults: WarningSink): Ir {
  switch (ir.op) {
    case 'not':
      return foldNot(fold(ir.operand, faults), ir);
    case 'and':
    case 'or':
      return foldLogic(ir, faults);
    case 'is-null':
      return foldIsNull(fold(ir.operand, faults), ir);
    case 'compare':
      return foldCompare({ ...ir, left: fold(ir.left, faults), right: fold(ir.right, faults) }, faults);
    case 'negate': {
      const operand = fold(ir.operand, faults);
      if (!isConstant(operand)) return { ...ir, operand };
      const { value } = operand;
      return constant(typeof value === 'bigint' ? -value : -(value as number), ir);
    }
    case 'arithmetic':
      return foldArithmetic({ ...ir, left: fold(ir.left, faults), right: fold(ir.right, faults) });
    case 'concat':
      return foldConcat({ ...ir, left: fold(ir.left, faults), right: fold(ir.right, faults) });
    case 'rescale': {
      const operand = fold(ir.operand, faults);
      return isConstant(operand) ? constant((operand.value as bigint) * 10n ** BigInt(ir.digits), ir) : { ...ir, operand };
    }
    case 'conditional':
      return foldConditional(ir, faults);
    case 'coalesce':
      return foldCoalesce(ir, faults);
    case 'let':
      return foldLet(ir, faults);
    case 'call':
      return foldCall({ ...ir, args: ir.args.map((arg) => fold(arg, faults)) });
    case 'walk':
      return foldWalk(mapOperands(ir, (operand) => fold(operand, faults)) as typeof ir, faults, fold);
    case 'member':
    case 'member-of':
      return mapOperands(ir, (operand) => fold(operand, faults));
    default:
      return ir;
  }
}

/** True for a value that is known. */
export function isConstant(ir: Ir): ir is ConstantIr {
  return ir.op === 'constant';
}

/** A known value in the place of an expression. */
export function constant(value: ConstantValue, { type, start, end }: Ir): ConstantIr {
  if (typeof value === 'string') return { op: 'constant', type: { kind: 'text', bytesMax: utf8Bytes(value) }, value, start, end };
  return { op: 'constant', type, value, start, end };
}

/** Reports a condition whose result never changes. */
export function warnAlways(value: boolean, ir: Ir, faults: WarningSink): void {
  faults.warning('V3401', ir, `this is always ${value}`, 'remove it, or correct what it compares');
}

function truth(value: boolean, { start, end }: Ir): ConstantIr {
  return { op: 'constant', type: BOOLEAN, value, start, end };
}

function foldNot(operand: Ir, ir: Ir): Ir {
  if (isConstant(operand)) return truth(!operand.value, ir);
  if (operand.op === 'not') return operand.operand;
  return { op: 'not', type: BOOLEAN, operand, start: ir.start, end: ir.end };
}

function foldLogic(ir: LogicIr, faults: WarningSink): Ir {
  const absorbing = ir.op === 'or';
  const operands: Ir[] = [];
  for (const written of ir.operands) {
    const operand = fold(written, faults);
    if (isConstant(operand)) {
      if (operand.value !== absorbing) continue;
      // A literal that decides the whole has not been reported yet; a folded comparison has.
      if (isConstant(written)) warnAlways(absorbing, ir, faults);
      return operands.some(canFail) ? { ...ir, operands: [...operands, operand] } : truth(absorbing, ir);
    }
    if (operand.op === ir.op) operands.push(...operand.operands);
    else operands.push(operand);
  }
  if (operands.length === 0) return truth(!absorbing, ir);
  return operands.length === 1 ? operands[0]! : { ...ir, operands };
}

function foldIsNull(operand: Ir, ir: Ir): Ir {
  if (isConstant(operand)) return truth(operand.value === null, ir);
  if (!mayBeNull(operand) && !canFail(operand)) return truth(false, ir);
  return { op: 'is-null', type: BOOLEAN, operand, start: ir.start, end: ir.end };
}

function foldCompare(ir: CompareIr, faults: WarningSink): Ir {
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
  const { left, right, operator } = ir;
  if (!isConstant(left) || !isConstant(right)) return ir;
  if (typeof left.value === 'number') return constant(numberArithmetic(operator, left.value, right.value as number), ir);
  const [a, b] = [left.value as bigint, right.value as bigint];
  return constant(operator === '+' ? a + b : operator === '-' ? a - b : a * b, ir);
}

function foldConcat(ir: ConcatIr): Ir {
  const { left, right } = ir;
  if (isConstant(left) && left.value === '') return right;
  if (isConstant(right) && right.value === '') return left;
  return isConstant(left) && isConstant(right) ? constant(`${left.value}${right.value}`, ir) : ir;
}

function foldConditional(ir: ConditionalIr, faults: WarningSink): Ir {
  const test = fold(ir.test, faults);
  if (isConstant(test)) {
    // A folded comparison has been reported.
    if (isConstant(ir.test)) warnAlways(test.value === true, ir.test, faults);
    return fold(test.value === true ? ir.whenTrue : ir.whenFalse, faults);
  }
  const whenTrue = fold(ir.whenTrue, faults);
  const whenFalse = fold(ir.whenFalse, faults);
  const plain: Ir = { ...ir, test, whenTrue, whenFalse };
  if (ir.type.kind !== 'boolean' || mayBeNull(plain)) return plain;
  // `a ? b : false` is `a && b`, and its likes.
  const not = foldNot(test, ir);
  if (isConstant(whenTrue)) return either(whenTrue.value === true, whenTrue.value === true ? test : not, whenFalse, ir);
  if (isConstant(whenFalse)) return either(whenFalse.value === true, whenFalse.value === true ? not : test, whenTrue, ir);
  return plain;
}

/** `a || b` or `a && b`, where b may be known. */
function either(or: boolean, a: Ir, b: Ir, ir: Ir): Ir {
  return foldLogic({ op: or ? 'or' : 'and', type: BOOLEAN, operands: [a, b], start: ir.start, end: ir.end }, SILENT);
}

function foldCoalesce(ir: CoalesceIr, faults: WarningSink): Ir {
  const operands: Ir[] = [];
  for (const written of ir.operands) {
    const operand = fold(written, faults);
    if (isConstant(operand) && operand.value === null) continue;
    if (operand.op === 'coalesce') operands.push(...operand.operands);
    else operands.push(operand);
    if (!mayBeNull(operand)) break;
  }
  if (operands.length === 0) return constant(null, ir);
  return operands.length === 1 ? operands[0]! : { ...ir, operands };
}

function foldLet(ir: LetIr, faults: WarningSink): Ir {
  const value = fold(ir.value, faults);
  if (isConstant(value) && value.value === null) return constant(null, ir);
  // Reading these twice costs nothing.
  const simple = isConstant(value) || value.op === 'now' || value.op === 'local' || (value.op === 'field' && !value.nullable);
  if (simple) return fold(substitute(ir.body, ir.local, value), faults);
  return { ...ir, value, body: fold(ir.body, faults), optional: ir.optional && mayBeNull(value) };
}
