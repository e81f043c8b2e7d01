// Functions of CEL by name: those of the standard library, and of cel-go's extensions for strings, numbers, encodings and
// optionals. A method is a function with a receiver.

import { CelError, type CelValue, int, typeName, typeValue } from '../value/value.js';
import type { Budget } from './budget.js';
import { CONVERSIONS } from './conversions.js';
import { MATH_FUNCTIONS } from './math.js';
import { OPTIONAL_FUNCTIONS, OPTIONAL_METHODS } from './optionals.js';
import { TEXT_FUNCTIONS, TEXT_METHODS } from './texts.js';
import { TIME_METHODS } from './times.js';

export type CelFunction = (args: readonly CelValue[], budget: Budget) => CelValue;
export type CelMethod = (target: CelValue, args: readonly CelValue[], budget: Budget) => CelValue;

const FUNCTIONS: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ...Object.entries(CONVERSIONS),
  ...Object.entries(MATH_FUNCTIONS),
  ...Object.entries(OPTIONAL_FUNCTIONS),
  ...Object.entries(TEXT_FUNCTIONS),
  ['size', ([value, ...rest]) => sizeOf(value, rest)],
  ['type', ([value, ...rest]) => typeValue(typeName(only('type', value, rest)))],
  ['dyn', ([value, ...rest]) => only('dyn', value, rest)],
]);

const METHODS: ReadonlyMap<string, CelMethod> = new Map<string, CelMethod>([
  ...Object.entries(OPTIONAL_METHODS),
  ...Object.entries(TEXT_METHODS),
  ...Object.entries(TIME_METHODS),
  ['size', (target, args) => sizeOf(target, args)],
]);

/** The value of a call. Throws CelError where there is no such function, or none for these values. */
export function callFunction(name: string, target: CelValue | undefined, args: readonly CelValue[], budget: Budget): CelValue {
  if (target === undefined) {
    const called = FUNCTIONS.get(name);
    if (called === undefined) throw new CelError('unknown', `there is no function \`${name}\``);
    return called(args, budget);
  }
  const called = METHODS.get(name);
  if (called === undefined) throw new CelError('unknown', `there is no method \`${name}\``);
  return called(target, args, budget);
}

/** Whether a function, or a method, of that name is known. */
export function isKnownFunction(name: string, isMethod: boolean): boolean {
  return (isMethod ? METHODS : FUNCTIONS).has(name);
}

function only(name: string, value: CelValue | undefined, rest: readonly CelValue[]): CelValue {
  if (value === undefined || rest.length > 0) throw new CelError('overload', `\`${name}\` takes one value`);
  return value;
}

/** Code points of a text, bytes, items, entries. */
function sizeOf(value: CelValue | undefined, rest: readonly CelValue[]): CelValue {
  const measured = only('size', value, rest);
  switch (measured.kind) {
    case 'string':
      return int(BigInt(Array.from(measured.value).length));
    case 'bytes':
      return int(BigInt(measured.value.length));
    case 'list':
      return int(BigInt(measured.items.length));
    case 'map':
      return int(BigInt(measured.entries.length));
    default:
      throw new CelError('overload', `${measured.kind} has no size`);
  }
}
