// Registers of one program: fields that are read, `now`, then temporaries. Each has one type for the whole program.

import { NO_REGISTER } from '../../assembly/shared/image.js';
import { REGISTERS_MAX } from '../../assembly/shared/limits.js';
import { RegisterType } from '../../assembly/shared/value-type.js';
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
  /** By Field.index, or NO_REGISTER. */
  readonly ofField: Uint16Array;
  readonly now: number;
  /** Registers that are filled before the program runs. */
  readonly fieldCount: number;
  readonly #free = new Map<RegisterType, number[]>();

  /** Gives registers to every field that the expressions read, in the order of the model, and to `now`. */
  constructor(model: Model, expressions: readonly Ir[]) {
    const read = new Map<number, RegisterType>();
    let usesNow = false;
    for (const expression of expressions) {
      visit(expression, (node) => {
        if (node.op === 'field') read.set(node.field.index, registerTypeOf(node.type));
        if (node.op === 'now') usesNow = true;
      });
    }
    this.ofField = new Uint16Array(model.fields.length).fill(NO_REGISTER);
    for (const field of model.fields) {
      const type = read.get(field.index);
      if (type === undefined) continue;
      this.ofField[field.index] = this.types.length;
      this.types.push(type);
    }
    this.now = usesNow ? this.types.length : NO_REGISTER;
    if (usesNow) this.types.push(RegisterType.I64);
    this.fieldCount = this.types.length;
  }

  /** True where more registers were asked for than there are. */
  get overflow(): boolean {
    return this.types.length > REGISTERS_MAX;
  }

  /** A temporary that nothing holds; of WIDE_LOW the first of a pair. */
  take(type: RegisterType): number {
    const free = this.#free.get(type)?.pop();
    if (free !== undefined) return free;
    const register = this.types.length;
    this.types.push(type);
    if (type === RegisterType.WIDE_LOW) this.types.push(RegisterType.WIDE_HIGH);
    return register;
  }

  /** Gives a temporary back; a field's register stays. */
  release(register: number): void {
    if (register < this.fieldCount) return;
    const type = this.types[register]!;
    const free = this.#free.get(type);
    if (free === undefined) this.#free.set(type, [register]);
    else free.push(register);
  }
}
