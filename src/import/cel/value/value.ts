// Values of CEL, as its specification has them: int, uint and double are different types, however alike they look.

import type { CelErrorKind } from './cel-error.js';

export type CelValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'uint'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly CelValue[] }
  | { readonly kind: 'map'; readonly entries: readonly CelEntry[] }
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  | { readonly kind: 'timestamp'; readonly nanos: bigint }
  | { readonly kind: 'duration'; readonly nanos: bigint }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'optional'; readonly value: CelValue | undefined };

export type CelEntry = readonly [key: CelValue, value: CelValue];
export type CelKind = CelValue['kind'];

export const INT_MIN = -(2n ** 63n);
export const INT_MAX = 2n ** 63n - 1n;
export const UINT_MAX = 2n ** 64n - 1n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, the first and last timestamps. */
export const TIMESTAMP_NANOS_MIN = -62_135_596_800n * 1_000_000_000n;
export const TIMESTAMP_NANOS_MAX = 253_402_300_800n * 1_000_000_000n - 1n;

export const NULL: CelValue = { kind: 'null' };
export const TRUE: CelValue = { kind: 'bool', value: true };
export const FALSE: CelValue = { kind: 'bool', value: false };

export const bool = (value: boolean): CelValue => (value ? TRUE : FALSE);
export const double = (value: number): CelValue => ({ kind: 'double', value });
export const string = (value: string): CelValue => ({ kind: 'string', value });
export const list = (items: readonly CelValue[]): CelValue => ({ kind: 'list', items });
export const typeValue = (name: string): CelValue => ({ kind: 'type', name });

/** What evaluating an expression of CEL ends in where it has no value. `&&`, `||`, `all` and `exists` may absorb it. */
export class CelError extends Error {
  constructor(
    readonly errorKind: CelErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** An int. Throws CelError where it does not fit 64 bits. */
export function int(value: bigint): CelValue {
  if (value < INT_MIN || value > INT_MAX) throw new CelError('overflow', 'the result is no 64-bit int');
  return { kind: 'int', value };
}

/** A uint. Throws CelError where it does not fit 64 bits. */
export function uint(value: bigint): CelValue {
  if (value < 0n || value > UINT_MAX) throw new CelError('overflow', 'the result is no 64-bit uint');
  return { kind: 'uint', value };
}

/** A timestamp of the years 1 to 9999. Throws CelError for others. */
export function timestamp(nanos: bigint): CelValue {
  if (nanos < TIMESTAMP_NANOS_MIN || nanos > TIMESTAMP_NANOS_MAX)
    throw new CelError('overflow', 'the timestamp is not of the years 1 to 9999');
  return { kind: 'timestamp', nanos };
}

/** A duration: 64 bits of nanoseconds, as cel-go has it. Throws CelError beyond. */
export function duration(nanos: bigint): CelValue {
  if (nanos < INT_MIN || nanos > INT_MAX) throw new CelError('overflow', 'the duration is no 64-bit count of nanoseconds');
  return { kind: 'duration', nanos };
}

/** The name of a value's type, as `type(x)` gives it. */
export function typeName(value: CelValue): string {
  switch (value.kind) {
    case 'null':
      return 'null_type';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'duration':
      return 'google.protobuf.Duration';
    case 'optional':
      return 'optional_type';
    default:
      return value.kind;
  }
}
