// Everything that is wrong with a payload, once the encoder has found that something is.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { type PayloadError, Problem } from '../errors.js';
import { convertValue, countFault } from './convert.js';
import { nearest } from './keywords.js';
import type { Field, Model, Table } from './model.js';

/** Errors that are listed; a payload with more of them is not read to its end. */
const PAYLOAD_ERRORS_MAX = 100;

/** All errors of a payload by JSON Pointer, in the order of the model, unknown fields of an object after its known ones. */
export function payloadErrors(model: Model, value: unknown): PayloadError[] {
  const errors: PayloadError[] = [];
  if (isPlainObject(value)) collectTable(model, model.tables[0]!, value, '', errors);
  else errors.push({ pointer: '', code: 'TYPE', message: 'must be an object' });
  return errors.slice(0, PAYLOAD_ERRORS_MAX);
}

/** The problem of a payload with these errors, at least one. */
export function invalidPayload(errors: PayloadError[]): Problem {
  const [first] = errors;
  const where = first!.pointer === '' ? 'the payload' : first!.pointer;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  return new Problem('INVALID_PAYLOAD', `${where} ${first!.message}${more}`, errors);
}

/** An object in the sense of JSON: what may hold fields. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a field; what stands on Object.prototype is nobody's payload. */
export function fieldValue(value: Record<string, unknown>, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(value, name) ? undefined : value[name];
}

function collectTable(model: Model, table: Table, value: Record<string, unknown>, pointer: string, errors: PayloadError[]): void {
  for (const field of table.fields) {
    if (errors.length >= PAYLOAD_ERRORS_MAX) return;
    collectField(model, field, fieldValue(value, field.name), `${pointer}/${field.name}`, errors);
  }
  if (table.closed !== true) return;
  const names = new Set(table.fields.map(({ name }) => name));
  for (const key of Object.keys(value)) {
    if (errors.length >= PAYLOAD_ERRORS_MAX) return;
    if (names.has(key) || value[key] === undefined) continue;
    const near = nearest(key, names);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    errors.push({
      pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'UNKNOWN_FIELD',
      message: `the model has no such field${hint}`,
    });
  }
}

function collectField(model: Model, field: Field, value: unknown, pointer: string, errors: PayloadError[]): void {
  if (value === undefined || value === null) {
    if (field.required) errors.push({ pointer, code: 'REQUIRED', message: 'is required' });
    return;
  }
  if (field.kind === FieldKind.OBJECT) {
    if (isPlainObject(value)) collectTable(model, model.tables[field.child!]!, value, pointer, errors);
    else errors.push({ pointer, code: 'TYPE', message: 'must be an object' });
    return;
  }
  if (field.kind === FieldKind.LIST) {
    if (Array.isArray(value)) collectList(model, field, value, pointer, errors);
    else errors.push({ pointer, code: 'TYPE', message: 'must be a list' });
    return;
  }
  const converted = convertValue(field, value);
  if (!converted.ok) errors.push({ pointer, code: converted.code, message: converted.message });
}

function collectList(model: Model, list: Field, values: readonly unknown[], pointer: string, errors: PayloadError[]): void {
  const fault = countFault(list, values.length);
  if (fault !== undefined) errors.push({ pointer, ...fault });
  if (fault?.code === 'MAX_ITEMS') return;
  for (let i = 0; i < values.length && errors.length < PAYLOAD_ERRORS_MAX; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      errors.push({ pointer: `${pointer}/${i}`, code: 'REQUIRED', message: 'is required: a list has no null in it' });
    } else if (list.element !== undefined) {
      collectField(model, list.element, value, `${pointer}/${i}`, errors);
    } else if (isPlainObject(value)) {
      collectTable(model, model.tables[list.child!]!, value, `${pointer}/${i}`, errors);
    } else {
      errors.push({ pointer: `${pointer}/${i}`, code: 'TYPE', message: 'must be an object' });
    }
  }
}
