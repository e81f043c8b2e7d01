// Values of JSON and UBJSON documents, asked for by key: what is not there or of another kind is a fault that names the path.

import { fault } from './fault.js';

export type Json = unknown;

/** Lists of numbers come as arrays, or typed where a UBJSON file says so. */
export type NumberList = ArrayLike<number>;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

export function objectOf(value: Json, path: string): JsonObject {
  return isObject(value) ? value : fault(`${path} is no object`);
}

/** An own member; undefined where there is none. */
export function member(object: JsonObject, key: string): Json {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function objectAt(object: JsonObject, key: string, path: string): JsonObject {
  return objectOf(member(object, key), `${path}.${key}`);
}

export function listAt(object: JsonObject, key: string, path: string): ArrayLike<Json> {
  const value = member(object, key);
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as unknown as ArrayLike<Json>;
  return fault(`${path}.${key} is no list`);
}

/** A list of numbers (booleans count as 0 and 1), with as many as `count` where that is given. */
export function numbersAt(object: JsonObject, key: string, path: string, count?: number): NumberList {
  const list = listAt(object, key, path);
  if (count !== undefined && list.length !== count) fault(`${path}.${key} has ${list.length} values instead of ${count}`);
  if (ArrayBuffer.isView(list)) return list as unknown as NumberList;
  const numbers = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) numbers[i] = numberOf(list[i], `${path}.${key}[${i}]`);
  return numbers;
}

/** A number; files write some as texts, with `NaN` and `Infinity` among them. */
export function numberOf(value: Json, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return parseNumber(value, path);
  return fault(`${path} is no number`);
}

export function parseNumber(text: string, path: string): number {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) return Number(trimmed);
  const special = /^([-+]?)(nan|inf|infinity)$/i.exec(trimmed);
  if (special === null) return fault(`${path} is no number: ${JSON.stringify(trimmed.slice(0, 40))}`);
  if (special[2]!.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A whole number within bounds. */
export function integerAt(object: JsonObject, key: string, path: string, low: number, high: number, otherwise?: number): number {
  const value = member(object, key);
  if (value === undefined && otherwise !== undefined) return otherwise;
  const number = numberOf(value, `${path}.${key}`);
  if (!Number.isInteger(number) || number < low || number > high)
    fault(`${path}.${key} is ${number}, not a whole number from ${low} to ${high}`);
  return number;
}

export function textAt(object: JsonObject, key: string, path: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : fault(`${path}.${key} is no text`);
}

/** A list of texts; undefined where it is absent or empty. */
export function textsAt(object: JsonObject, key: string, path: string): string[] | undefined {
  if (member(object, key) === undefined) return undefined;
  const list = listAt(object, key, path);
  if (list.length === 0) return undefined;
  return Array.from(list, (value, index) => (typeof value === 'string' ? value : fault(`${path}.${key}[${index}] is no text`)));
}
