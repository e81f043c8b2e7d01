// Optional values.

import { isZero } from '../value/collections.js';
import { bool, CelError, type CelValue } from '../value/value.js';
import type { CelFunction, CelMethod } from './functions.js';

const NONE: CelValue = { kind: 'optional', value: undefined };

function one(name: string, args: readonly CelValue[]): CelValue {
  if (args.length !== 1) throw new CelError('overload', `\`${name}\` takes one value`);
  return args[0]!;
}

export const OPTIONAL_FUNCTIONS: Readonly<Record<string, CelFunction>> = {
  'optional.none': (args) => {
    if (args.length > 0) throw new CelError('overload', '`optional.none` takes no value');
    return NONE;
  },
  'optional.of': (args) => ({ kind: 'optional', value: one('optional.of', args) }),
  'optional.ofNonZeroValue': (args) => {
    const value = one('optional.ofNonZeroValue', args);
    return isZero(value) ? NONE : { kind: 'optional', value };
  },
};

function method(name: string, of: (value: CelValue | undefined) => CelValue): readonly [string, CelMethod] {
  return [
    name,
    (target, args) => {
      if (target.kind !== 'optional' || args.length > 0) throw new CelError('overload', `\`${name}\` is of optional values`);
      return of(target.value);
    },
  ];
}

export const OPTIONAL_METHODS: Readonly<Record<string, CelMethod>> = Object.fromEntries([
  method('hasValue', (value) => bool(value !== undefined)),
  method('value', (value) => {
    if (value === undefined) throw new CelError('argument', 'the optional value is none');
    return value;
  }),
]);
