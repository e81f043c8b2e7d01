// What can be the value of a field or an expression, as far as bounds and types say.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Field } from '../../schema/model.js';
import type { Type } from '../types.js';
import { USUAL_DATE, USUAL_TIMESTAMP } from './natural.js';
import type { ColumnDomain } from './table-form.js';

const MICROSECONDS = 1_000_000n;

/** The values of a field. */
export function domainOfField(field: Field, type: Type, nullable: boolean): ColumnDomain | undefined {
  const { kind, minimum, maximum } = field;
  switch (kind) {
    case FieldKind.INT:
    case FieldKind.LONG: {
      const low = Number(minimum ?? Number.MIN_SAFE_INTEGER);
      const high = Number(maximum ?? Number.MAX_SAFE_INTEGER);
      return { kind: 'number', low, high, integer: true, nan: false, nullable };
    }
    case FieldKind.DOUBLE: {
      const low = Number(minimum ?? Number.NEGATIVE_INFINITY);
      const high = Number(maximum ?? Number.POSITIVE_INFINITY);
      // A bound refuses NaN too.
      return { kind: 'number', low, high, integer: false, nan: minimum === undefined && maximum === undefined, nullable };
    }
    case FieldKind.TIMESTAMP:
    case FieldKind.DATE: {
      // Where the model says nothing: all that a FlatBuffers payload can hold, more than JSON can spell.
      const bits = kind === FieldKind.DATE ? 31n : 63n;
      const [low, high] = [BigInt(minimum ?? -(2n ** bits)), BigInt(maximum ?? 2n ** bits - 1n)];
      return kind === FieldKind.DATE
        ? { kind: 'exact', low, high, unit: 1n, usual: USUAL_DATE, nullable }
        : { kind: 'exact', low, high, unit: MICROSECONDS, usual: USUAL_TIMESTAMP, nullable };
    }
    case FieldKind.TEXT:
      return { kind: 'text', charsMin: Number(minimum ?? 0), charsMax: Number(maximum ?? 0), nullable };
    default:
      return domainOfType(type, nullable);
  }
}

/** The values of a type; undefined for objects and lists. */
export function domainOfType(type: Type, nullable: boolean): ColumnDomain | undefined {
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
