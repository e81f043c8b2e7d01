// Checks a payload and loads the fields that the program reads into locals: assembly/flatbuffers/payload.ts, unrolled over one
// model. It refuses exactly what that refuses; in which order does not show.

import { NO_REGISTER } from '../../assembly/shared/image.js';
import { SCRATCH_WORK } from '../../assembly/shared/layout.js';
import { MODEL_DEPTH_MAX, PAYLOAD_BYTES_MAX } from '../../assembly/shared/limits.js';
import { Status } from '../../assembly/shared/status.js';
import { FIELD_HAS_DEFAULT, FIELD_REQUIRED, FieldKind } from '../../assembly/shared/value-type.js';
import { Op, ValueType } from '../wasm/format.js';
import type { FunctionBody, Label } from './body.js';
import { engineFunction } from './engine-calls.js';
import { type Frame, keyOf, Parameter } from './frame.js';
import type { FieldPart } from './image-parts.js';
import { emitLoadedFields } from './payload-registers.js';
import { emitText } from './payload-text.js';
import { emitScalar, widthOf } from './payload-value.js';
import { Unsupported } from './unsupported.js';

/** Fields that are unrolled: a model in which objects share tables could have any number. */
const FIELDS_MAX = 2048;
/** Bytes of a vtable of `MODEL_FIELDS_MAX` fields, rounded up: its copies lie in the work area, one a depth. */
const VTABLE_ROOM_BYTES = 2056;

/** A table of the payload while its fields are checked. */
export interface OpenTable {
  /** Locals: address of the table, of its vtable, and one behind the payload's last byte, less 4. */
  readonly at: number;
  readonly vtable: number;
  readonly last: number;
  /** Local: bytes of the table. */
  readonly bytes: number;
  /** Locals by width: one more than the largest offset, less 4, at which such a value fits. */
  readonly limits: Map<number, number>;
  readonly depth: number;
}

/** Writes the loader. A payload that does not fit leaves with INVALID_PAYLOAD. */
export class PayloadLoader {
  private readonly body: FunctionBody;
  private fields = 0;
  private invalid!: Label;

  /** @param takesRegisters a payload at address 0 is one whose values are in the scratch's registers */
  constructor(
    private readonly frame: Frame,
    private readonly takesRegisters: boolean,
  ) {
    this.body = frame.body;
  }

  emit(): void {
    const { body, frame } = this;
    const loaded = body.block();
    if (this.takesRegisters) {
      body.get(Parameter.PAYLOAD);
      body.op(Op.I32_EQZ);
      body.if();
      emitLoadedFields(frame);
      body.br(loaded);
      body.end();
    }
    this.invalid = body.block();
    body.get(Parameter.BYTES);
    body.i32(8);
    body.op(Op.I32_SUB);
    body.i32(PAYLOAD_BYTES_MAX - 8);
    body.op(Op.I32_GT_U);
    body.brIf(this.invalid);
    const last = body.local(ValueType.I32);
    body.get(Parameter.PAYLOAD);
    body.get(Parameter.BYTES);
    body.op(Op.I32_ADD);
    body.i32(4);
    body.op(Op.I32_SUB);
    body.set(last);
    const position = body.local(ValueType.I32);
    body.get(Parameter.PAYLOAD);
    body.memory(Op.I32_LOAD);
    body.tee(position);
    body.get(Parameter.BYTES);
    body.i32(4);
    body.op(Op.I32_SUB, Op.I32_GT_U);
    body.brIf(this.invalid);
    body.get(Parameter.PAYLOAD);
    body.get(position);
    body.op(Op.I32_ADD);
    this.table(0, last, 0);
    body.br(loaded);
    body.end();
    body.i32(Status.INVALID_PAYLOAD);
    body.set(frame.status);
    body.br(frame.fail);
    body.end();
  }

  /** The table whose address, at which 4 bytes can be read, is on the stack. */
  private table(index: number, last: number, depth: number): void {
    const { body, frame } = this;
    const { first, count } = frame.image.table(index);
    const fields = Array.from({ length: count }, (_, i) => frame.image.field(first + i));
    this.fields += count;
    if (this.fields > FIELDS_MAX || depth > MODEL_DEPTH_MAX) throw new Unsupported(`a model of more than ${FIELDS_MAX} fields`);
    const wanted = 4 + 2 * Math.max(0, ...fields.map(({ slot }) => slot + 1));
    if (wanted > VTABLE_ROOM_BYTES) throw new Unsupported('a model of more fields than a vtable may have');
    const local = (): number => body.local(ValueType.I32);
    const table: OpenTable = { at: local(), vtable: local(), last, bytes: local(), limits: new Map(), depth };
    const vtableBytes = local();

    // The vtable's position, from the payload's first byte: what is before it wraps around to a large number.
    body.tee(table.at);
    body.get(table.at);
    body.memory(Op.I32_LOAD);
    body.op(Op.I32_SUB);
    body.tee(table.vtable);
    body.get(Parameter.PAYLOAD);
    body.op(Op.I32_SUB);
    body.get(Parameter.BYTES);
    body.i32(4);
    body.op(Op.I32_SUB, Op.I32_GT_U);
    body.brIf(this.invalid);
    // Its length: even, at least 4, inside the payload.
    body.get(table.vtable);
    body.memory(Op.I32_LOAD16_U);
    body.tee(vtableBytes);
    body.i32(4);
    body.op(Op.I32_LT_U);
    body.get(vtableBytes);
    body.i32(1);
    body.op(Op.I32_AND, Op.I32_OR);
    body.get(vtableBytes);
    this.pushRoom(last, table.vtable);
    body.op(Op.I32_GT_U, Op.I32_OR);
    body.brIf(this.invalid);
    // The table's: at least 4, inside the payload.
    body.get(table.vtable);
    body.memory(Op.I32_LOAD16_U, 2);
    body.tee(table.bytes);
    body.i32(4);
    body.op(Op.I32_LT_U);
    body.get(table.bytes);
    this.pushRoom(last, table.at);
    body.op(Op.I32_GT_U, Op.I32_OR);
    body.brIf(this.invalid);

    // Writers cut off the entries of absent fields at the end. A copy with zeros in their place saves a test for each field.
    body.get(vtableBytes);
    body.i32(wanted);
    body.op(Op.I32_LT_U);
    body.if();
    body.get(table.vtable);
    body.get(vtableBytes);
    body.i32(wanted);
    frame.pushScratch();
    body.i32(SCRATCH_WORK + depth * VTABLE_ROOM_BYTES);
    body.op(Op.I32_ADD);
    body.call(frame.helpers.padVtable);
    body.set(table.vtable);
    body.end();

    for (const width of new Set(fields.map(({ kind }) => widthOf(kind)))) this.limit(table, width);
    for (const field of fields) this.field(table, field);
  }

  /** Bytes from an address to the payload's end. */
  private pushRoom(last: number, at: number): void {
    this.body.get(last);
    this.body.get(at);
    this.body.op(Op.I32_SUB);
    this.body.i32(4);
    this.body.op(Op.I32_ADD);
  }

  /** max(bytes of the table - 3 - width, 0): an offset fits where offset - 4 is below it, unsigned. */
  private limit(table: OpenTable, width: number): void {
    const { body } = this;
    const limit = body.local(ValueType.I32);
    body.get(table.bytes);
    body.i32(3 + width);
    body.op(Op.I32_SUB);
    body.i32(0);
    body.get(table.bytes);
    body.i32(3 + width);
    body.op(Op.I32_GT_U, Op.SELECT);
    body.set(limit);
    table.limits.set(width, limit);
  }

  private field(table: OpenTable, field: FieldPart): void {
    const { body } = this;
    const offset = body.local(ValueType.I32);
    const pushMisplaced = (): void => {
      body.get(table.vtable);
      body.memory(Op.I32_LOAD16_U, 4 + 2 * field.slot);
      body.tee(offset);
      body.i32(4);
      body.op(Op.I32_SUB);
      body.get(table.limits.get(widthOf(field.kind)) as number);
      body.op(Op.I32_GE_U);
    };
    if ((field.flags & FIELD_REQUIRED) !== 0) {
      pushMisplaced();
      body.brIf(this.invalid);
      this.value(table, field, offset);
      return;
    }
    const next = body.block();
    const absent = body.block();
    pushMisplaced();
    body.brIf(absent);
    this.value(table, field, offset);
    body.br(next);
    body.end();
    body.get(offset);
    body.brIf(this.invalid);
    this.absent(field);
    body.end();
  }

  /** A field that is there, at an offset that fits. */
  private value(table: OpenTable, field: FieldPart, offset: number): void {
    const { body, frame } = this;
    const register = frame.fieldsRead.has(field.register) ? field.register : undefined;
    const pushAddress = (): void => {
      body.get(table.at);
      body.get(offset);
      body.op(Op.I32_ADD);
    };
    switch (field.kind) {
      case FieldKind.OBJECT:
        this.pushFollowed(table, pushAddress);
        this.table(field.aux, table.last, table.depth + 1);
        return;
      case FieldKind.LIST: {
        body.get(Parameter.IMAGE);
        body.get(Parameter.IMAGE);
        body.i32(field.offset);
        body.op(Op.I32_ADD);
        body.get(Parameter.PAYLOAD);
        body.get(Parameter.BYTES);
        pushAddress();
        body.get(Parameter.PAYLOAD);
        body.op(Op.I32_SUB);
        body.call(engineFunction('loadVector'));
        const list = register === undefined ? body.local(ValueType.I64) : frame.register(register);
        body.tee(list);
        body.op(Op.I64_EQZ);
        body.brIf(this.invalid);
        return;
      }
      case FieldKind.TEXT:
        this.pushFollowed(table, pushAddress);
        emitText(frame, field, register, table.last, this.invalid);
        return;
      default:
        pushAddress();
        emitScalar(frame, field, register, this.invalid);
    }
  }

  /** Follows the offset at an address; pushes where it leads, at which 4 bytes can be read. */
  private pushFollowed(table: OpenTable, pushAddress: () => void): void {
    const { body } = this;
    const from = body.local(ValueType.I32);
    const distance = body.local(ValueType.I32);
    pushAddress();
    body.tee(from);
    body.memory(Op.I32_LOAD);
    body.tee(distance);
    body.get(table.last);
    body.get(from);
    body.op(Op.I32_SUB, Op.I32_GT_U);
    body.brIf(this.invalid);
    body.get(from);
    body.get(distance);
    body.op(Op.I32_ADD);
  }

  /** An absent field: its default, or null; locals start as 0. */
  private absent(field: FieldPart): void {
    const { body, frame } = this;
    if ((field.flags & FIELD_HAS_DEFAULT) === 0) {
      this.null(field, 0);
      return;
    }
    if (!frame.fieldsRead.has(field.register)) return;
    const local = frame.register(field.register);
    if (field.kind === FieldKind.TEXT) {
      frame.pushTextConstant(field.fallback);
      body.set(local);
      const key = frame.key(field.register);
      if (key === undefined) return;
      const low = Number(field.fallback & 0xffffffffn);
      body.i64(keyOf(frame.image.constant(low, Number(field.fallback >> 32n))));
      body.set(key);
      return;
    }
    if (frame.isDouble(field.register)) body.f64(field.fallback);
    else body.i64(field.fallback);
    body.set(local);
  }

  /** Null, in the field's flag and in those of all fields below it. */
  private null(field: FieldPart, depth: number): void {
    const { body, frame } = this;
    const flag = field.register === NO_REGISTER ? undefined : frame.nullFlag(field.register);
    if (flag !== undefined) {
      body.i32(1);
      body.set(flag);
    }
    if (field.kind !== FieldKind.OBJECT) return;
    const { first, count } = frame.image.table(field.aux);
    this.fields += count;
    if (this.fields > FIELDS_MAX || depth > MODEL_DEPTH_MAX) throw new Unsupported(`a model of more than ${FIELDS_MAX} fields`);
    for (let i = 0; i < count; i++) this.null(frame.image.field(first + i), depth + 1);
  }
}
