// Registers of one program: fields that are read, `now`, then temporaries. Each has one descriptor for the whole program, and a
// temporary is used again only for what its descriptor says: were its max to grow, whatever was computed from it before would
// have been declared too small.

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
    case 'list':
      return RegisterType.LIST;
    default:
      return RegisterType.NONE;
  }
}

/** What temporaries have in common that may stand in for one another. */
function poolKey({ type, element = 0, table = 0, max = 0 }: ImageRegister): string {
  return `${type} ${element} ${table} ${max}`;
}

export class Registers {
  /** What each register holds, as the image says it. */
  readonly descriptors: ImageRegister[] = [];
  /** By Field.index, or NO_REGISTER. */
  readonly ofField: Uint16Array;
  readonly now: number;
  /** Registers that are filled before the program runs. */
  readonly fieldCount: number;
  readonly #free = new Map<string, number[]>();
  /** How often a register has been given a name: it is not free while it has one. */
  readonly #holds = new Map<number, number>();

  /** Gives registers to every field that the expressions read, in the order of the model, and to `now`. */
  constructor(model: Model, expressions: Iterable<Ir>) {
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
      if (read.has(field.index)) this.ofField[field.index] = this.descriptors.push(fieldRegister(field)) - 1;
    }
    this.now = usesNow ? this.descriptors.push({ type: RegisterType.I64 }) - 1 : NO_REGISTER;
    this.fieldCount = this.descriptors.length;
  }

  /** True where more registers were asked for than there are. */
  get overflow(): boolean {
    return this.descriptors.length > REGISTERS_MAX;
  }

  typeOf(register: number): RegisterType {
    return this.descriptors[register]?.type ?? RegisterType.NONE;
  }

  /** Bytes of a TEXT, elements of a LIST, rounds of a CURSOR; at most. */
  maxOf(register: number): number {
    return this.descriptors[register]?.max ?? 0;
  }

  /** A temporary that nothing holds; of WIDE_LOW the first of a pair. */
  take(descriptor: ImageRegister): number {
    return this.#free.get(poolKey(descriptor))?.pop() ?? this.#add(descriptor);
  }

  /** A register that is never given back: it is 0 until something is written to it. */
  own(descriptor: ImageRegister): number {
    const register = this.#add(descriptor);
    this.hold(register);
    return register;
  }

  #add(descriptor: ImageRegister): number {
    const register = this.descriptors.push(descriptor) - 1;
    if (descriptor.type === RegisterType.WIDE_LOW) this.descriptors.push({ type: RegisterType.WIDE_HIGH });
    return register;
  }

  /** Gives a temporary back; a field's register stays, and so does one that is held. */
  release(register: number): void {
    const descriptor = this.descriptors[register];
    if (register < this.fieldCount || descriptor === undefined || this.#holds.has(register)) return;
    const key = poolKey(descriptor);
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [register]);
    else free.push(register);
  }

  /** Keeps a register from being given back until `drop` has been called as often. */
  hold(register: number): void {
    this.#holds.set(register, (this.#holds.get(register) ?? 0) + 1);
  }

  /** Undoes one `hold`; the register is not given back by it. */
  drop(register: number): void {
    const holds = (this.#holds.get(register) ?? 0) - 1;
    if (holds > 0) this.#holds.set(register, holds);
    else this.#holds.delete(register);
  }
}
