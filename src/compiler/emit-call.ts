// Calls of the functions that CALL reaches: operands in the registers that a function's form asks for, its literal in the
// instruction.

import {
  FORM_B_SHIFT,
  FORM_LITERAL_SHIFT,
  FORM_RESULT_SHIFT,
  FunctionId,
  functionForm,
  functionTextBytes,
  LiteralKind,
} from '../../assembly/shared/function.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { Emitter } from './emit-bytecode.js';
import type { CallIr } from './ir.js';
import { textClass } from './text-max.js';
import { grouped, nameOf, shorterText } from './wording.js';

/** Bits of a form that one type takes. */
const FORM_TYPE_BITS = 4;
const FORM_TYPE_MASK = 15;

/** What the literal of TIME_SINCE counts in, in the microseconds of the IR. */
const MICROSECONDS_PER_MILLISECOND = 1000;

/** Texts that these give may be new ones; those of the others lie in their operand. */
const MAKES_TEXT: ReadonlySet<FunctionId> = new Set([FunctionId.TEXT_LOWER, FunctionId.TEXT_UPPER, FunctionId.TEXT_SLICE]);

/** True where a call may take room for a text. */
export function makesText(id: FunctionId): boolean {
  return MAKES_TEXT.has(id);
}

/** Emits a call. @returns the register of the result */
export function call(emitter: Emitter, ir: CallIr, into?: number): number {
  const form = functionForm(ir.function);
  const typeAt = (shift: number): RegisterType => (form >> shift) & FORM_TYPE_MASK;
  const operands = ir.args.map((arg, index) =>
    typeAt(FORM_B_SHIFT + FORM_TYPE_BITS * index) === RegisterType.WIDE_LOW ? emitter.wideValue(arg) : emitter.value(arg),
  );
  const type = typeAt(FORM_RESULT_SHIFT);
  const leftBytes = operands[0] === undefined ? 0 : emitter.registers.maxOf(operands[0]);
  const max = type === RegisterType.TEXT ? textClass(functionTextBytes(ir.function, leftBytes)) : 0;
  if (makesText(ir.function)) emitter.joined(ir.type.kind === 'text' ? Math.min(ir.type.bytesMax, max) : max);
  // Not straight into the caller's register: a function writes its result while it reads its operands.
  const result = emitter.registers.take(type === RegisterType.TEXT ? { type, max } : { type });
  const [b = 0, c = 0, d = 0] = operands;
  const imm = BigInt(ir.function) | (BigInt(d) << 16n) | (BigInt(literalOf(emitter, ir, form)) << 32n);
  emitter.marked(describe(ir, leftBytes), leftBytes > 0 ? shorterText(ir.args[0]!) : undefined, () =>
    emitter.emit(Opcode.CALL, result, b, c, imm),
  );
  for (const operand of operands) emitter.registers.release(operand);
  return emitter.settle(narrowed(emitter, ir, result), into);
}

/** A decimal as its type has it: functions give pairs. */
function narrowed(emitter: Emitter, ir: CallIr, result: number): number {
  if (emitter.registers.typeOf(result) !== RegisterType.WIDE_LOW || ir.type.kind !== 'decimal' || ir.type.wide) return result;
  return emitter.unary(Opcode.NARROW, result, { type: RegisterType.I64 });
}

function literalOf(emitter: Emitter, { literal }: CallIr, form: number): number {
  const kind: LiteralKind = form >> FORM_LITERAL_SHIFT;
  switch (literal?.kind) {
    case 'rounding':
      return literal.digits | (literal.rounding << 8);
    case 'microseconds':
      return kind === LiteralKind.MILLISECONDS ? literal.count / MICROSECONDS_PER_MILLISECOND : literal.count;
    case 'zone':
    case 'pattern':
    case 'case':
      return emitter.blobs.indexOf(literal);
    case undefined:
      // Case mappings need no literal in the source: there is one table.
      return kind === LiteralKind.CASE ? emitter.blobs.indexOf({ kind: 'case' }) : 0;
  }
}

/** Names of functions in reports, where they are not those of the enum. */
const WORDS: Readonly<Partial<Record<FunctionId, string>>> = {
  [FunctionId.TEXT_LENGTH]: 'length',
  [FunctionId.TEXT_STARTS_WITH]: 'startsWith',
  [FunctionId.TEXT_ENDS_WITH]: 'endsWith',
  [FunctionId.TEXT_INCLUDES]: 'includes',
  [FunctionId.TEXT_INDEX_OF]: 'indexOf',
  [FunctionId.TEXT_SLICE]: 'slice',
  [FunctionId.TEXT_TRIM]: 'trim',
  [FunctionId.TEXT_TRIM_START]: 'trimStart',
  [FunctionId.TEXT_TRIM_END]: 'trimEnd',
  [FunctionId.TEXT_LOWER]: 'toLowerCase',
  [FunctionId.TEXT_UPPER]: 'toUpperCase',
  [FunctionId.TEXT_MATCHES]: 'matches',
  [FunctionId.DECIMAL_ROUND]: 'round',
  [FunctionId.DECIMAL_DIVIDE]: 'divide',
  [FunctionId.DECIMAL_REMAINDER]: '%',
  [FunctionId.DECIMAL_TO_NUMBER]: 'toNumber',
  [FunctionId.DECIMAL_FROM_NUMBER]: 'toDecimal',
  [FunctionId.DECIMAL_FROM_TEXT]: 'toDecimal',
};

function describe(ir: CallIr, leftBytes: number): string {
  const word = WORDS[ir.function] ?? (FunctionId[ir.function] ?? '').toLowerCase().replace(/^f64_/, 'Math.').replaceAll('_', ' ');
  if (leftBytes === 0) return `\`${word}\``;
  return `\`${word}\` on up to ${grouped(leftBytes)} bytes of ${nameOf(ir.args[0]!, 'a text')}`;
}
