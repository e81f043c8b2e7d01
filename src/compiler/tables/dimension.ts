// What can be the value of an input: the dimension that it is in the proofs.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Field, Model } from '../../schema/model.js';
import type { Ir } from '../ir.js';
import { USUAL_DATE, USUAL_TIMESTAMP } from '../proofs/natural.js';
import type { ColumnDomain, OptionalObject, TableDimension } from '../proofs/table-form.js';
import type { Type } from '../types.js';

const MICROSECONDS = 1_000_000n;
/** Years 0001 to 9999, which is what a payload can hold. */
const DATE_LOW = -719_162n;
const DATE_HIGH = 2_932_896n;

/** Collects the optional objects in which fields of a model lie. */
export class OptionalObjects {
  readonly list: OptionalObject[] = [];
  readonly #model: Model;
  readonly #indexOf = new Map<Field, number>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** Index of the innermost optional object around a field; undefined where there is none. */
  around(field: Field): number | undefined {
    const parent = this.#model.fields.find(({ kind, child }) => kind === FieldKind.OBJECT && child === field.table);
    if (parent === undefined) return undefined;
    const outer = this.around(parent);
    if (!parent.nullable) return outer;
    let index = this.#indexOf.get(parent);
    if (index === undefined) {
      index = this.list.push(outer === undefined ? {} : { inside: outer }) - 1;
      this.#indexOf.set(parent, index);
    }
    return index;
  }
}

/**
 * The dimension of an input; undefined where the proofs have none for its type.
 * @param name as the author writes it
 */
export function dimensionOf(name: string, input: Ir, nullable: boolean, objects: OptionalObjects): TableDimension | undefined {
  if (input.op !== 'field') {
    const domain = domainOfType(input.type, nullable);
    return domain === undefined ? undefined : { name, domain, free: false };
  }
  const { field } = input;
  const object = objects.around(field);
  const domain = domainOfField(field, input.type, nullable || object !== undefined);
  if (domain === undefined) return undefined;
  return { name, domain, free: true, ...(object === undefined ? {} : { object, ownNull: field.nullable }) };
}

function domainOfField(field: Field, type: Type, nullable: boolean): ColumnDomain | undefined {
  const { kind, minimum, maximum } = field;
  switch (kind) {
    case FieldKind.INT:
    case FieldKind.LONG: {
      const [low, high] = [Number(minimum ?? Number.MIN_SAFE_INTEGER), Number(maximum ?? Number.MAX_SAFE_INTEGER)];
      return { kind: 'number', low, high, integer: true, nan: false, nullable };
    }
    case FieldKind.DOUBLE: {
      const [low, high] = [Number(minimum ?? Number.NEGATIVE_INFINITY), Number(maximum ?? Number.POSITIVE_INFINITY)];
      return { kind: 'number', low, high, integer: false, nan: minimum === undefined && maximum === undefined, nullable };
    }
    case FieldKind.TIMESTAMP: {
      const low = BigInt(minimum ?? DATE_LOW * 86_400n * MICROSECONDS);
      return {
        kind: 'exact',
        low,
        high: BigInt(maximum ?? (DATE_HIGH + 1n) * 86_400n * MICROSECONDS - 1n),
        unit: MICROSECONDS,
        usual: USUAL_TIMESTAMP,
        nullable,
      };
    }
    case FieldKind.DATE:
      return {
        kind: 'exact',
        low: BigInt(minimum ?? DATE_LOW),
        high: BigInt(maximum ?? DATE_HIGH),
        unit: 1n,
        usual: USUAL_DATE,
        nullable,
      };
    case FieldKind.TEXT:
      return { kind: 'text', charsMin: Number(minimum ?? 0), charsMax: Number(maximum ?? 0), nullable };
    default:
      return domainOfType(type, nullable);
  }
}

function domainOfType(type: Type, nullable: boolean): ColumnDomain | undefined {
  switch (type.kind) {
    case 'number':
      return { kind: 'number', low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, integer: false, nan: true, nullable };
    case 'decimal':
      return { kind: 'exact', low: type.low, high: type.high, unit: 10n ** BigInt(type.scale), nullable };
    case 'timestamp':
      return { kind: 'exact', low: -(2n ** 63n), high: 2n ** 63n - 1n, unit: MICROSECONDS, usual: USUAL_TIMESTAMP, nullable };
    case 'date':
      return { kind: 'exact', low: -(2n ** 31n), high: 2n ** 31n - 1n, unit: 1n, usual: USUAL_DATE, nullable };
    case 'text':
      return { kind: 'text', charsMin: 0, charsMax: type.bytesMax, nullable };
    case 'enum':
      return { kind: 'finite', members: type.members.map(({ number }) => number), nullable };
    case 'boolean':
      return { kind: 'finite', members: [true, false], nullable };
    default:
      return undefined;
  }
}
