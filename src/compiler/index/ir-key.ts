// Whether two expressions are the same computation, wherever they are written.

import type { Ir, LocalRef } from '../ir.js';
import type { Type } from '../types.js';

/** Names expressions: two that compute the same have one name. It holds for the expressions of one program. */
export class IrKeys {
  /** Fields, features, lists and parameters are themselves, and no other that looks alike. */
  readonly #numbers = new Map<object, number>();

  of(ir: Ir): string {
    const locals = new Map<LocalRef, number>();
    return JSON.stringify(ir, (key, value: unknown): unknown => {
      switch (key) {
        case 'start':
        case 'end':
        case 'exact':
          return undefined;
        case 'type':
          return typeName(value as Type);
        case 'local':
        case 'accumulator':
          return numberOf(locals, value as LocalRef);
        case 'field':
        case 'feature':
        case 'parameter':
          return numberOf(this.#numbers, value as object);
        case 'list':
          return 'op' in (value as object) ? value : numberOf(this.#numbers, value as object);
        case 'value':
          return plainValue(value);
        default:
          return value;
      }
    });
  }
}

function numberOf<T extends object>(numbers: Map<T, number>, what: T): number {
  const known = numbers.get(what);
  if (known !== undefined) return known;
  numbers.set(what, numbers.size);
  return numbers.size - 1;
}

/** What JSON has no word for, in words that no text is written with: a text keeps its quotes. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (typeof value === 'number') return { number: Object.is(value, -0) ? '-0' : String(value) };
  return value;
}

/** What two values of a type have in common beside their kind: the scale of a decimal, and whether it is wide. */
function typeName(type: Type): string {
  return type.kind === 'decimal' ? `decimal ${type.scale} ${type.wide}` : type.kind;
}
