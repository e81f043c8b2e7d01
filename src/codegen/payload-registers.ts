// A payload whose values are in the scratch's registers already, where the engine has put them as it read JSON text
// (assembly/json/registers.ts): from there into the locals that the program reads.

import { NO_REGISTER } from '../../assembly/shared/image.js';
import { SCRATCH_NULLS } from '../../assembly/shared/layout.js';
import { FieldKind } from '../../assembly/shared/value-type.js';
import { Op } from '../wasm/format.js';
import type { Frame } from './frame.js';
import { pushTextKey } from './helpers.js';

/** Takes the fields of a table and of the objects in it. Texts with lists are never read that way. */
export function emitLoadedFields(frame: Frame, table = 0): void {
  const { body, image } = frame;
  const { first, count } = image.table(table);
  for (let i = 0; i < count; i++) {
    const { kind, register, aux } = image.field(first + i);
    const flag = register === NO_REGISTER ? undefined : frame.nullFlag(register);
    if (flag !== undefined) {
      frame.pushScratch();
      body.memory(Op.I32_LOAD8_U, SCRATCH_NULLS + register);
      body.set(flag);
    }
    if (kind === FieldKind.OBJECT) emitLoadedFields(frame, aux);
    else if (kind !== FieldKind.LIST && frame.fieldsRead.has(register)) {
      frame.unspill(register);
      const key = frame.key(register);
      if (key === undefined) continue;
      pushTextKey(body, frame.register(register));
      body.set(key);
    }
  }
}
