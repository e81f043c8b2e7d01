// Membership in the tenant's lists.

import { Opcode } from '../../assembly/shared/opcode.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import { I64_MAX, I64_MIN } from '../schema/decimal.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import type { MemberOfIr } from './ir.js';

/** Jumps to `target` where being a member is `sense`. */
export function branchMemberOf(emitter: Emitter, ir: MemberOfIr, target: Label, sense: boolean): void {
  const index = emitter.lists.indexOf(ir.list);
  if (index < 0) throw new Error(`list ${ir.list.name} is not one of the program's`);
  emitter.marked(`asking the list \`${ir.list.name}\``, undefined, () => {
    let register = emitter.value(ir.value);
    const outside = emitter.code.label();
    if (emitter.registers.typeOf(register) === RegisterType.WIDE_LOW) {
      // Members have 64 bits: a value that needs more is none of them.
      const absent = sense ? outside : target;
      const low = emitter.wideConstant(I64_MIN);
      emitter.test(Opcode.WIDE_LT, absent, register, low);
      emitter.registers.release(low);
      const high = emitter.wideConstant(I64_MAX);
      emitter.test(Opcode.WIDE_LT, absent, high, register);
      emitter.registers.release(high);
      register = emitter.unary(Opcode.NARROW, register, { type: RegisterType.I64 });
    }
    emitter.test(sense ? Opcode.IF_MEMBER : Opcode.IF_NOT_MEMBER, target, register, 0, BigInt(index));
    emitter.registers.release(register);
    emitter.code.bind(outside);
  });
}
