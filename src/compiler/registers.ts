// Registers of one program: fields that are read, `now`, then temporaries. Each has one type for the whole program.

import { NO_REGISTER } from '../../assembly/shared/image.js';
import { REGISTERS_MAX } from '../../assembly/shared/limits.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
import type { ImageRegister } from '../image/parts.js';
import { fieldRegister } from '../image/registers.js';
import type { Model } from '../schema/model.js';
import { type Ir, visit } from './ir.js';
import type { Type } from './types.js';

/** The type of the register that holds a value; a wide decimal takes a pair, of which this is the first. */
export function registerTypeOf(type: Type): RegisterType {
  switch (type.kind) {
    case 'boolean':
      return RegisterType.BOOL;
    case 'number':
      return RegisterType.F64;
    case 'decimal':
      return type.wide ? RegisterType.WIDE_LOW : RegisterType.I64;
    case 'timestamp':
    case 'date':
    case 'enum':
      return RegisterType.I64;
    case 'text':
      return RegisterType.TEXT;
    case 'object':
      return RegisterType.OBJECT;
    default:
      return RegisterType.NONE;
  }
}

export class Registers {
  /** RegisterType of each register. */
  readonly types: RegisterType[] = [];
  /** What each register holds, as the image says it. */
  readonly descriptors: ImageRegister[] = [];
  /** By Field.index, or NO_REGISTER. */
  readonly ofField: Uint16Array;
  readonly now: number;
  /** Registers that are filled before the program runs. */
  readonly fieldCount: number;
  /** By type and max: a register's max never grows, or it would have been too small for what was computed from it. */
  readonly #free = new Map<string, number[]>();

  /** Gives registers to every field that the expressions read, in the order of the model, and to `now`. */
  constructor(model: Model, expressions: readonly Ir[]) {
    const read = new Set<number>();
    let usesNow = false;
    for (const expression of expressions) {
      visit(expression, (node) => {
        if (node.op === 'field') read.add(node.field.index);
        if (node.op === 'now') usesNow = true;
      });
    }
    this.ofField = new Uint16Array(model.fields.length).fill(NO_REGISTER);
    for (const field of model.fields) {
      if (!read.has(field.index)) continue;
      this.ofField[field.index] = this.types.length;
      this.#add(fieldRegister(field));
    }
    this.now = usesNow ? this.types.length : NO_REGISTER;
    if (usesNow) this.#add({ type: RegisterType.I64 });
    this.fieldCount = this.types.length;
  }

  /** True where more registers were asked for than there are. */
  get overflow(): boolean {
    return this.types.length > REGISTERS_MAX;
  }

  /** A temporary that nothing holds; of WIDE_LOW the first of a pair. @param max bytes of a TEXT */
  take(type: RegisterType, max = 0): number {
    const free = this.#free.get(`${type} ${max}`)?.pop();
    if (free !== undefined) return free;
    const register = this.types.length;
    this.#add({ type, max });
    if (type === RegisterType.WIDE_LOW) this.#add({ type: RegisterType.WIDE_HIGH });
    return register;
  }

  #add(descriptor: ImageRegister): void {
    this.types.push(descriptor.type);
    this.descriptors.push(descriptor);
  }

  /** Gives a temporary back; a field's register stays. */
  release(register: number): void {
    if (register < this.fieldCount) return;
    const { type, max } = this.descriptors[register]!;
    const key = `${type} ${max}`;
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [register]);
    else free.push(register);
  }
}
