// A payload in which some fields have given values: an example that an author can send. Required fields are filled, all others are
// left out.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import { formatValue } from '../../schema/convert.js';
import { formatDecimal, I64_MAX, I64_MIN, scaledFromNumber } from '../../schema/decimal.js';
import type { Field, FieldValue, Model } from '../../schema/model.js';
import { payloadErrors } from '../../schema/payload-errors.js';
import { freshText, naturalExact, naturalNumber, USUAL_DATE, USUAL_TIMESTAMP } from './natural.js';
import type { DomainValue } from './table-form.js';

/** A field of the payload and its value in register form; null: it is not there. */
export interface FieldAssignment {
  field: Field;
  value: DomainValue;
}

type PayloadObject = Record<string, unknown>;

/**
 * A payload, as JSON.parse gives it, that the encoder takes.
 * @returns undefined where there is none: a required field is to be null, a number is no JSON, a field lies in a list
 */
export function witnessPayload(model: Model, assignments: readonly FieldAssignment[]): PayloadObject | undefined {
  const values = new Map<Field, DomainValue>();
  for (const { field, value } of assignments) values.set(field, value);
  const present = new Set<number>([0]);
  const parentOf = new Map<number, Field>();
  for (const field of model.fields) if (field.kind === FieldKind.OBJECT) parentOf.set(field.child!, field);
  for (const { field, value } of assignments) {
    if (value === null) continue;
    for (let table = field.table; table !== 0; ) {
      const parent = parentOf.get(table);
      if (parent === undefined) return undefined;
      present.add(table);
      table = parent.table;
    }
  }
  const payload = fillTable(model, 0, values, present);
  return payload !== undefined && payloadErrors(model, payload).length === 0 ? payload : undefined;
}

function fillTable(
  model: Model,
  table: number,
  values: ReadonlyMap<Field, DomainValue>,
  present: ReadonlySet<number>,
): PayloadObject | undefined {
  const object: PayloadObject = {};
  for (const field of model.tables[table]!.fields) {
    const value = values.get(field);
    if (value === null) {
      if (field.required || field.default !== undefined) return undefined;
      continue;
    }
    let written: unknown;
    if (value !== undefined) written = jsonValue(field, value);
    else if (field.kind === FieldKind.OBJECT && (field.required || present.has(field.child!))) {
      written = fillTable(model, field.child!, values, present);
    } else if (!field.required) continue;
    else written = fillValue(model, field);
    if (written === undefined) return undefined;
    Object.defineProperty(object, field.name, { value: written, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** A value in register form as JSON has it; undefined where JSON has none. */
function jsonValue(field: Field, value: Exclude<DomainValue, null>): unknown {
  switch (field.kind) {
    case FieldKind.BOOL:
    case FieldKind.TEXT:
      return value;
    case FieldKind.INT:
    case FieldKind.LONG:
    case FieldKind.DOUBLE:
      return Number.isFinite(value) ? value : undefined;
    case FieldKind.DECIMAL: {
      const text = formatDecimal(value as bigint, field.scale ?? 0);
      const scaled = scaledFromNumber(Number(text), field.scale ?? 0);
      return typeof scaled === 'number' && BigInt(scaled) === value ? Number(text) : text;
    }
    default:
      return formatValue(field, value as FieldValue);
  }
}

/** A value that a field may have, in register form; undefined for objects and lists. */
export function anyValue(field: Field): Exclude<DomainValue, null> | undefined {
  const { minimum, maximum, kind } = field;
  switch (kind) {
    case FieldKind.BOOL:
      return false;
    case FieldKind.INT:
    case FieldKind.LONG:
      return Math.ceil(naturalNumber(Number(minimum ?? Number.MIN_SAFE_INTEGER), Number(maximum ?? Number.MAX_SAFE_INTEGER)));
    case FieldKind.DOUBLE:
      return naturalNumber(Number(minimum ?? Number.NEGATIVE_INFINITY), Number(maximum ?? Number.POSITIVE_INFINITY));
    case FieldKind.DECIMAL:
      return naturalExact(BigInt(minimum ?? I64_MIN), BigInt(maximum ?? I64_MAX), 10n ** BigInt(field.scale ?? 0));
    case FieldKind.TIMESTAMP:
      return within(USUAL_TIMESTAMP, minimum, maximum);
    case FieldKind.DATE:
      return within(USUAL_DATE, minimum, maximum);
    case FieldKind.ENUM:
      return field.members?.[0]?.number;
    case FieldKind.TEXT:
      return freshText(
        { kind: 'text', charsMin: Number(minimum ?? 0), charsMax: Number(maximum ?? 0), nullable: false },
        new Set(),
      );
    default:
      return undefined;
  }
}

function within(value: bigint, minimum: number | bigint | undefined, maximum: number | bigint | undefined): bigint {
  if (minimum !== undefined && value < minimum) return BigInt(minimum);
  return maximum !== undefined && value > maximum ? BigInt(maximum) : value;
}

function fillValue(model: Model, field: Field): unknown {
  if (field.kind === FieldKind.LIST) {
    const count = Number(field.minimum ?? 0);
    const element = (): unknown =>
      field.element === undefined ? fillTable(model, field.child!, new Map(), new Set()) : fillValue(model, field.element);
    const list = Array.from({ length: count }, element);
    return list.includes(undefined) ? undefined : list;
  }
  const value = anyValue(field);
  return value === undefined ? undefined : jsonValue(field, value);
}
