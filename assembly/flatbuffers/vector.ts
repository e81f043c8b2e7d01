// Lists of a payload: a vector whose elements lie in it as their kind does in a table. What is behind an element is checked once
// for each element that leads to it, as often as the list's maximum allows: two elements may share one table.

import {
  FIELD_AUX,
  FIELD_AUX2,
  FIELD_BYTES,
  FIELD_MAX,
  FIELD_MIN,
  IMAGE_FIELDS,
  IMAGE_TABLES,
  TABLE_BYTES,
  TABLE_FIRST_FIELD,
} from '../shared/image';
import { FieldKind } from '../shared/value-type';
import { loadTable } from './payload';
import { follow, NO_POSITION } from './table';
import { doubleFits, integerFits, loadText, memberFits, valueWidth } from './value';

/**
 * Checks the vector that the offset at `position` leads to, and everything in it.
 *
 * @param field descriptor of the LIST
 * @returns address of the first element | count << 32; 0 where it does not fit
 */
export function loadVector(image: usize, field: usize, payload: usize, bytes: u32, position: u32): u64 {
  const vector = follow(payload, bytes, position);
  if (vector === NO_POSITION) return 0;
  const count = load<u32>(payload + vector);
  if ((count as u64) < load<u64>(field, FIELD_MIN) || (count as u64) > load<u64>(field, FIELD_MAX)) return 0;
  const kind = load<u32>(field, FIELD_AUX2);
  // No product wraps: the image verifier holds FIELD_MAX to LIST_COUNT_MAX.
  if (count * valueWidth(kind) > bytes - 4 - vector) return 0;
  if (!elementsFit(image, load<u32>(field, FIELD_AUX), kind, payload, bytes, vector + 4, count)) return 0;
  return ((payload + vector + 4) as u64) | ((count as u64) << 32);
}

/** Whether `count` elements from `first` on are what their table says: an OBJECT's own table, or one whose only field they are. */
function elementsFit(image: usize, child: u32, kind: u32, payload: usize, bytes: u32, first: u32, count: u32): bool {
  const table = image + load<u32>(image, IMAGE_TABLES) + child * TABLE_BYTES;
  const field = image + load<u32>(image, IMAGE_FIELDS) + load<u32>(table, TABLE_FIRST_FIELD) * FIELD_BYTES;
  const start = payload + first;
  switch (kind) {
    case FieldKind.BOOL:
      for (let index: u32 = 0; index < count; index++) if (load<u8>(start + index) > 1) return false;
      return true;
    case FieldKind.INT:
    case FieldKind.DATE:
      for (let index: u32 = 0; index < count; index++) {
        if (!integerFits(field, load<i32>(start + (index << 2)) as i64)) return false;
      }
      return true;
    case FieldKind.LONG:
    case FieldKind.DECIMAL:
    case FieldKind.TIMESTAMP:
      for (let index: u32 = 0; index < count; index++) if (!integerFits(field, load<i64>(start + (index << 3)))) return false;
      return true;
    case FieldKind.DOUBLE:
      for (let index: u32 = 0; index < count; index++) if (!doubleFits(field, load<f64>(start + (index << 3)))) return false;
      return true;
    case FieldKind.ENUM:
      for (let index: u32 = 0; index < count; index++) {
        if (!memberFits(image, field, load<u16>(start + (index << 1)) as u32)) return false;
      }
      return true;
    case FieldKind.TEXT:
      for (let index: u32 = 0; index < count; index++) {
        if (loadText(field, payload, bytes, first + (index << 2)) === 0) return false;
      }
      return true;
    case FieldKind.OBJECT:
      for (let index: u32 = 0; index < count; index++) {
        const object = follow(payload, bytes, first + (index << 2));
        if (object === NO_POSITION || !loadTable(image, table, payload, bytes, object)) return false;
      }
      return true;
    default:
      return false;
  }
}
