// Membership in the tenant's lists.

import { Opcode } from '../../assembly/shared/opcode.js';
import type { Label } from './code-buffer.js';
import type { Emitter } from './emit-bytecode.js';
import type { MemberOfIr } from './ir.js';

/** Jumps to `target` where being a member is `sense`. Members have 64 bits, and so has the value: the checker sees to it. */
export function branchMemberOf(emitter: Emitter, ir: MemberOfIr, target: Label, sense: boolean): void {
  const index = emitter.lists.indexOf(ir.list);
  if (index < 0) throw new Error(`list ${ir.list.name} is not one of the program's`);
  emitter.marked(`asking the list \`${ir.list.name}\``, undefined, () => {
    const register = emitter.value(ir.value);
    emitter.test(sense ? Opcode.IF_MEMBER : Opcode.IF_NOT_MEMBER, target, register, 0, BigInt(index));
    emitter.registers.release(register);
  });
}
