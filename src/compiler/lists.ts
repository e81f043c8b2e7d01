// Lists of the tenant that a bundle declares.

import { TEXT_CHARS_MAX } from '../../assembly/shared/limits.js';
import type { ListType } from '../bundle/lists.js';
import { I64_MAX, I64_MIN } from '../schema/decimal.js';
import { DATE, decimalType, NUMBER, TIMESTAMP, type Type } from './types.js';

/** The type of a list's entries. */
export function declaredListType(declared: ListType): Type {
  switch (declared) {
    case 'string':
      return { kind: 'text', bytesMax: 4 * TEXT_CHARS_MAX };
    case 'number':
      return NUMBER;
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMP;
    default:
      return decimalType(declared.decimal, I64_MIN, I64_MAX);
  }
}
