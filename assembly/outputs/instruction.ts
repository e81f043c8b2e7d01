// An image's outputs as its instructions see them, and what the verifier asks of an OUT.

import { blobAddress } from '../image/blobs';
import { typeOf } from '../image/registers';
import { IMAGE_OUTPUTS } from '../shared/image';
import { INSTRUCTION_A, INSTRUCTION_B, INSTRUCTION_C, INSTRUCTION_IMM } from '../shared/opcode';
import { OUT_STORES, OUTPUT_ELEMENT, OUTPUT_KIND, OUTPUTS_COUNT, OutputAction, OutputKind } from '../shared/outputs';
import { RegisterType } from '../shared/value-type';
import { outputAt } from './verify';

/** The image's blob of outputs, 0 where its decisions have none. */
export function outputsOf(image: usize): usize {
  const number = load<u32>(image, IMAGE_OUTPUTS);
  return number === 0 ? 0 : blobAddress(image, number - 1);
}

/** Whether the OUT of an image that decides stores a register that its output takes, or does something that its list can do. */
export function outFits(image: usize, pc: usize): bool {
  const outputs = outputsOf(image);
  const imm = load<u64>(pc, INSTRUCTION_IMM);
  const number = imm as u32;
  if (outputs === 0 || load<u16>(pc, INSTRUCTION_C) !== OUT_STORES || number >= load<u32>(outputs, OUTPUTS_COUNT)) return false;
  const output = outputAt(outputs, number);
  const action = (imm >> 32) as u32;
  const type = load<u16>(pc, INSTRUCTION_B) as u32;
  const kind = load<u8>(output, OUTPUT_KIND) as u32;
  const element = load<u8>(output, OUTPUT_ELEMENT) as u32;
  if (type === 0) {
    if (kind !== OutputKind.LIST || action === OutputAction.NONE || action > (OutputAction.END as u32)) return false;
    return action !== OutputAction.ELEMENT || element === OutputKind.OBJECT;
  }
  if (action !== 0 || typeOf(image, load<u16>(pc, INSTRUCTION_A)) !== type) return false;
  return type === registerOf(kind === OutputKind.LIST ? element : kind);
}

/** The type of register that gives a value; NONE for what no register gives. */
function registerOf(kind: u32): u32 {
  switch (kind) {
    case OutputKind.BOOL:
      return RegisterType.BOOL;
    case OutputKind.NUMBER:
      return RegisterType.F64;
    case OutputKind.LONG:
    case OutputKind.DATE:
    case OutputKind.MEMBER:
      return RegisterType.I64;
    case OutputKind.WIDE:
      return RegisterType.WIDE_LOW;
    case OutputKind.TEXT:
      return RegisterType.TEXT;
    default:
      return RegisterType.NONE;
  }
}
