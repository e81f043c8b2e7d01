// CALL: from a FunctionId to the function. What each takes and gives stands in shared/function.ts, and the image verifier has
// held the registers to it.

import { blobAddress } from '../image/blobs';
import { scratchWork } from '../memory/scratch';
import { FunctionId } from '../shared/function';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_C, INSTRUCTION_IMM } from '../shared/opcode';
import { Status } from '../shared/status';
import { textLower, textUpper } from './case';
import { datePart } from './date';
import { decimalDivide, decimalFromNumber, decimalFromText, decimalRemainder, decimalRound, decimalToNumber } from './decimal';
import { timeSince } from './elapsed';
import { f64Cbrt, f64Exp, f64Expm1, f64Log, f64Log1p, f64Log2, f64Log10, f64Max, f64Min, f64Pow, f64Round, f64Sign } from './math';
import { textMatches } from './pattern';
import {
  textEndsWith,
  textIncludes,
  textIndexOf,
  textLength,
  textSlice,
  textStartsWith,
  textTrim,
  textTrimEnd,
  textTrimStart,
} from './text';
import { dateStart, timeDate, timeEndOfDay, timePart, timeStartOfDay } from './zone';

/** Where a CALL's imm holds the register d and the literal. */
const IMM_D = INSTRUCTION_IMM + 2;
const IMM_LITERAL = INSTRUCTION_IMM + 4;

/** Length of a text that did not fit its room. */
const TOO_LONG: u32 = 0xffffffff;

/** No status: those below are statuses, those from here on are addresses. */
const STATUS_END: usize = 256;

/** Whether the result of `callFunction` is a status. */
export function isStatus(result: usize): bool {
  return result < STATUS_END;
}

/**
 * Runs the CALL at `pc`.
 *
 * @param textTop where the text scratch is free
 * @param textEnd where it ends
 * @returns where the text scratch is free now; or a status, which ends the program
 */
export function callFunction(image: usize, registers: usize, pc: usize, textTop: usize, textEnd: usize): usize {
  const a = registers + ((load<u16>(pc, INSTRUCTION_A) as usize) << 3);
  const b = registers + ((load<u16>(pc, INSTRUCTION_B) as usize) << 3);
  const c = registers + ((load<u16>(pc, INSTRUCTION_C) as usize) << 3);
  const literal = load<u32>(pc, IMM_LITERAL);
  const id = load<u16>(pc, INSTRUCTION_IMM) as u32;
  switch (id) {
    case FunctionId.TEXT_LENGTH:
      store<f64>(a, textLength(load<u64>(b)));
      break;
    case FunctionId.TEXT_STARTS_WITH:
      store<u64>(a, textStartsWith(load<u64>(b), load<u64>(c)) as u64);
      break;
    case FunctionId.TEXT_ENDS_WITH:
      store<u64>(a, textEndsWith(load<u64>(b), load<u64>(c)) as u64);
      break;
    case FunctionId.TEXT_INCLUDES:
      store<u64>(a, textIncludes(load<u64>(b), load<u64>(c)) as u64);
      break;
    case FunctionId.TEXT_INDEX_OF:
      store<f64>(a, textIndexOf(load<u64>(b), load<u64>(c), load<f64>(registerD(registers, pc))));
      break;
    case FunctionId.TEXT_SLICE: {
      const to = load<f64>(registerD(registers, pc));
      return storeText(a, textSlice(load<u64>(b), load<f64>(c), to, textTop, (textEnd - textTop) as u32), textTop);
    }
    case FunctionId.TEXT_TRIM:
      store<u64>(a, textTrim(load<u64>(b)));
      break;
    case FunctionId.TEXT_TRIM_START:
      store<u64>(a, textTrimStart(load<u64>(b)));
      break;
    case FunctionId.TEXT_TRIM_END:
      store<u64>(a, textTrimEnd(load<u64>(b)));
      break;
    case FunctionId.TEXT_LOWER:
      return storeText(a, textLower(load<u64>(b), blobAddress(image, literal), textTop, (textEnd - textTop) as u32), textTop);
    case FunctionId.TEXT_UPPER:
      return storeText(a, textUpper(load<u64>(b), blobAddress(image, literal), textTop, (textEnd - textTop) as u32), textTop);
    case FunctionId.TEXT_MATCHES:
      store<u64>(a, textMatches(load<u64>(b), blobAddress(image, literal), scratchWork()) as u64);
      break;

    case FunctionId.F64_ABS:
      store<f64>(a, abs(load<f64>(b)));
      break;
    case FunctionId.F64_CEIL:
      store<f64>(a, ceil(load<f64>(b)));
      break;
    case FunctionId.F64_FLOOR:
      store<f64>(a, floor(load<f64>(b)));
      break;
    case FunctionId.F64_ROUND:
      store<f64>(a, f64Round(load<f64>(b)));
      break;
    case FunctionId.F64_TRUNC:
      store<f64>(a, trunc(load<f64>(b)));
      break;
    case FunctionId.F64_SIGN:
      store<f64>(a, f64Sign(load<f64>(b)));
      break;
    case FunctionId.F64_MIN:
      store<f64>(a, f64Min(load<f64>(b), load<f64>(c)));
      break;
    case FunctionId.F64_MAX:
      store<f64>(a, f64Max(load<f64>(b), load<f64>(c)));
      break;
    case FunctionId.F64_SQRT:
      store<f64>(a, sqrt(load<f64>(b)));
      break;
    case FunctionId.F64_CBRT:
      store<f64>(a, f64Cbrt(load<f64>(b)));
      break;
    case FunctionId.F64_EXP:
      store<f64>(a, f64Exp(load<f64>(b)));
      break;
    case FunctionId.F64_EXPM1:
      store<f64>(a, f64Expm1(load<f64>(b)));
      break;
    case FunctionId.F64_LOG:
      store<f64>(a, f64Log(load<f64>(b)));
      break;
    case FunctionId.F64_LOG1P:
      store<f64>(a, f64Log1p(load<f64>(b)));
      break;
    case FunctionId.F64_LOG2:
      store<f64>(a, f64Log2(load<f64>(b)));
      break;
    case FunctionId.F64_LOG10:
      store<f64>(a, f64Log10(load<f64>(b)));
      break;
    case FunctionId.F64_POW:
      store<f64>(a, f64Pow(load<f64>(b), load<f64>(c)));
      break;

    case FunctionId.DECIMAL_ROUND:
      return ended(decimalRound(a, b, literal & 255, literal >> 8), textTop);
    case FunctionId.DECIMAL_DIVIDE:
      return ended(decimalDivide(a, b, c, literal >> 8), textTop);
    case FunctionId.DECIMAL_REMAINDER:
      return ended(decimalRemainder(a, b, c), textTop);
    case FunctionId.DECIMAL_TO_NUMBER:
      store<f64>(a, decimalToNumber(b, literal & 255));
      break;
    case FunctionId.DECIMAL_FROM_NUMBER:
      return ended(decimalFromNumber(a, load<f64>(b), literal & 255, literal >> 8), textTop);
    case FunctionId.DECIMAL_FROM_TEXT:
      return ended(decimalFromText(a, load<u64>(b), literal & 255), textTop);

    case FunctionId.TIME_YEAR:
    case FunctionId.TIME_MONTH:
    case FunctionId.TIME_DAY:
    case FunctionId.TIME_HOUR:
    case FunctionId.TIME_MINUTE:
    case FunctionId.TIME_SECOND:
    case FunctionId.TIME_DAY_OF_WEEK:
    case FunctionId.TIME_DAY_OF_YEAR:
      store<f64>(a, timePart(id, load<i64>(b), blobAddress(image, literal)));
      break;
    case FunctionId.TIME_DATE:
      store<i64>(a, timeDate(load<i64>(b), blobAddress(image, literal)));
      break;
    case FunctionId.TIME_START_OF_DAY:
      store<i64>(a, timeStartOfDay(load<i64>(b), blobAddress(image, literal)));
      break;
    case FunctionId.TIME_END_OF_DAY:
      store<i64>(a, timeEndOfDay(load<i64>(b), blobAddress(image, literal)));
      break;
    case FunctionId.TIME_SINCE:
      store<f64>(a, timeSince(load<i64>(b), load<i64>(c), (literal as u64) * 1000));
      break;
    case FunctionId.DATE_YEAR:
    case FunctionId.DATE_MONTH:
    case FunctionId.DATE_DAY:
    case FunctionId.DATE_DAY_OF_WEEK:
    case FunctionId.DATE_DAY_OF_YEAR:
      store<f64>(a, datePart(id, load<i64>(b)));
      break;
    case FunctionId.DATE_START:
      store<i64>(a, dateStart(load<i64>(b), blobAddress(image, literal)));
      break;
    case FunctionId.DATE_SINCE:
      store<f64>(a, (load<i64>(b) - load<i64>(c)) as f64);
      break;
    default:
      // The image verifier lets no other function through.
      return Status.INTERNAL;
  }
  return textTop;
}

/** Address of the register that the CALL's d names. */
function registerD(registers: usize, pc: usize): usize {
  return registers + ((load<u16>(pc, IMM_D) as usize) << 3);
}

/** A function's status as a result of the call: what is not OK ends the program. */
function ended(status: Status, textTop: usize): usize {
  return status === Status.OK ? textTop : (status as usize);
}

/** Stores a text that may have been made at `textTop`. @returns where the text scratch is free now */
function storeText(a: usize, text: u64, textTop: usize): usize {
  const bytes = (text >> 32) as u32;
  if (bytes === TOO_LONG) return Status.INTERNAL;
  store<u64>(a, text);
  return (text as u32 as usize) === textTop ? textTop + bytes : textTop;
}
