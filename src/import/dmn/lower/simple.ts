// Values that are one thing: a number, a text, a boolean, or null.

import { Refusal } from './refusal.js';
import { type SimpleValue, typeOf, type Value } from './value.js';

export function isSimple(value: Value): value is SimpleValue {
  return value.kind === 'scalar' || value.kind === 'bool' || value.kind === 'cases' || value.kind === 'null';
}

/** A value that must be simple. Throws Refusal. */
export function needSimple(value: Value): SimpleValue {
  if (isSimple(value)) return value;
  throw new Refusal(`${phrase(value)} stands where one value is needed`, 'write a number, a text or a boolean');
}

/** How messages name a value. */
export function phrase(value: Value): string {
  if (value.kind === 'list' || value.kind === 'array' || value.kind === 'rows') return 'a list';
  if (value.kind === 'context') return 'a context';
  if (value.kind === 'function') return 'a function';
  const type = isSimple(value) ? typeOf(value) : undefined;
  return type === undefined ? 'null' : type === 'bool' ? 'a boolean' : `a ${type.kind === 'enum' ? 'text' : type.kind}`;
}
