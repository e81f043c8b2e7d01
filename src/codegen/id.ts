// The id of a decision.

import { SLOT_ID_HIGH, SLOT_ID_LOW } from '../../assembly/shared/layout.js';
import { Op, ValueType } from '../wasm/format.js';
import { type Frame, Parameter } from './frame.js';

/** Sets the decision's id, by locals of its two halves: of a slot without one 0 and 0, else that of the slot's first payload counted on. */
export function emitId({ body }: Frame, id: { high: number; low: number }): void {
  const both = body.local(ValueType.I64);
  body.get(Parameter.SLOT);
  body.memory(Op.I64_LOAD, SLOT_ID_HIGH);
  body.tee(id.high);
  body.get(Parameter.SLOT);
  body.memory(Op.I64_LOAD, SLOT_ID_LOW);
  body.tee(id.low);
  body.op(Op.I64_OR);
  body.set(both);
  body.get(id.low);
  body.get(Parameter.INDEX);
  body.op(Op.I64_EXTEND_I32_U);
  body.i64(0n);
  body.get(both);
  body.op(Op.I64_EQZ, Op.I32_EQZ, Op.SELECT, Op.I64_ADD);
  body.set(id.low);
}
