// A list in an engine of its own, asked through an image that does nothing else.

import { Opcode } from '#assembly/shared/opcode.js';
import { type ListError, Status } from '#assembly/shared/status.js';
import { FieldKind, RegisterType } from '#assembly/shared/value-type.js';
import type { ListType } from '#src/image/list.js';
import { writeImage } from '#src/image/write-image.js';
import type { Model } from '#src/schema/model.js';
import { Assembler } from './image-assembler.js';
import { EngineBox } from './image-engine.js';
import { modelOf } from './image-model.js';
import { payloadOf } from './image-payload.js';

const MODELS: Record<ListType, Model> = {
  [RegisterType.TEXT]: modelOf([{ name: 'value', kind: FieldKind.TEXT, maximum: 1024 }]),
  [RegisterType.F64]: modelOf([{ name: 'value', kind: FieldKind.DOUBLE }]),
  [RegisterType.I64]: modelOf([{ name: 'value', kind: FieldKind.DECIMAL, scale: 0 }]),
};
const REGION_BYTES_MAX = 16777216;
/** Where the binding table lies behind the input's start, and the region behind that. */
const BINDING_AT = 4096;
const REGION_AT = BINDING_AT + 64;

export class ListBox {
  readonly #box = new EngineBox({ inputBytes: REGION_AT + REGION_BYTES_MAX, imageBytesMax: 8192, outputBytes: 64 });
  #asked: ListType | undefined;

  /** Copies a region in and verifies it. @param shift bytes off a multiple of 8 */
  load(region: Uint8Array, shift = 0): ListError {
    const address = this.#box.input + REGION_AT + shift;
    this.#box.bytes.set(region, address);
    return this.#box.exports.verifyList(address, region.length);
  }

  /** Whether the list that was loaded last has a member; it was accepted. */
  has(type: ListType, value: string | number | bigint): boolean {
    const model = MODELS[type];
    if (this.#asked !== type) {
      const assembler = new Assembler(model);
      const flag = assembler.temporary(RegisterType.BOOL);
      assembler.op(Opcode.CONST, { a: flag, imm: 1n }).op(Opcode.IF_MEMBER, { a: assembler.field('value'), to: 'yes' });
      assembler.op(Opcode.CONST, { a: flag }).label('yes').op(Opcode.OUT, { a: flag, b: RegisterType.BOOL });
      this.#box.mustLoad(writeImage(assembler.expressions(1, { lists: [{ name: 'list', type }] })));
      this.#asked = type;
    }
    const binding = this.#box.input + BINDING_AT;
    this.#box.bytes.fill(0, binding, binding + 64);
    this.#box.view.setUint32(binding, this.#box.input + REGION_AT, true);
    const { status, values } = this.#box.evaluate(payloadOf(model, { value }), { lists: binding });
    if (status !== Status.OK) throw new Error(`the question ended with ${Status[status]}`);
    return values[0] as boolean;
  }
}
