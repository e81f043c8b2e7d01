// Verifies the decision template of an image: it has to be the Decision that shared/image.ts draws, so that what the engine
// patches is where readers look, and every offset in it leads inside it.

import {
  DECISION_ID_HIGH,
  DECISION_IMAGE,
  DECISION_NOW,
  DECISION_OUTCOME,
  DECISION_REASONS,
  DECISION_SCORE,
  DECISION_STATUS,
  DECISION_TEMPLATE_BYTES_MIN,
  IMAGE_NOW_REGISTER,
  IMAGE_TEMPLATE,
  IMAGE_TEMPLATE_BYTES,
  NO_REGISTER,
} from '../shared/image';
import { ImageError } from '../shared/status';

const ROOT = 32;
const VTABLE = 8;
const BUNDLE = 76;
const VERSION = 80;
const INPUTS = 84;
const INPUTS_VTABLE = 88;
const INPUTS_TABLE = 100;
const LISTS = 112;

/** Whether the FlatBuffers string that the offset at `field` leads to lies inside `bytes` bytes, terminator included. */
export function stringFits(base: usize, bytes: u32, field: u32): bool {
  const offset = load<u32>(base + field);
  if (offset > bytes || field + offset > bytes - 4) return false;
  const text = field + offset;
  const length = load<u32>(base + text);
  return length < bytes - text - 4 && load<u8>(base + text + 4 + length) === 0;
}

/** Whether entry `index` of a vtable (its two lengths counted) has a value. */
function entryIs(vtable: usize, index: u32, value: u32): bool {
  return load<u16>(vtable + (index << 1)) === value;
}

export function verifyTemplate(image: usize): ImageError {
  const bytes = load<u32>(image, IMAGE_TEMPLATE_BYTES);
  const template = image + load<u32>(image, IMAGE_TEMPLATE);
  if (bytes < (DECISION_TEMPLATE_BYTES_MIN as u32) || (bytes & 7) !== 0) return ImageError.BAD_TEMPLATE;
  const vtable = template + VTABLE;
  const rootFits =
    load<u32>(template) === ROOT &&
    load<u32>(template, ROOT) === ROOT - VTABLE &&
    entryIs(vtable, 0, 22) &&
    entryIs(vtable, 1, INPUTS_VTABLE - ROOT) &&
    entryIs(vtable, 2, DECISION_ID_HIGH - ROOT) &&
    entryIs(vtable, 3, DECISION_STATUS - ROOT) &&
    entryIs(vtable, 4, DECISION_OUTCOME - ROOT) &&
    entryIs(vtable, 5, DECISION_SCORE - ROOT) &&
    entryIs(vtable, 6, DECISION_REASONS - ROOT) &&
    entryIs(vtable, 7, BUNDLE - ROOT) &&
    entryIs(vtable, 8, VERSION - ROOT) &&
    entryIs(vtable, 9, DECISION_IMAGE - ROOT) &&
    entryIs(vtable, 10, INPUTS - ROOT);
  if (!rootFits) return ImageError.BAD_TEMPLATE;
  const inputs = template + INPUTS_VTABLE;
  const inputsFit =
    load<u32>(template, INPUTS) === INPUTS_TABLE - INPUTS &&
    load<u32>(template, INPUTS_TABLE) === INPUTS_TABLE - INPUTS_VTABLE &&
    entryIs(inputs, 0, 8) &&
    entryIs(inputs, 1, LISTS + 4 - INPUTS_TABLE) &&
    entryIs(inputs, 2, load<u32>(image, IMAGE_NOW_REGISTER) === NO_REGISTER ? 0 : DECISION_NOW - INPUTS_TABLE) &&
    entryIs(inputs, 3, LISTS - INPUTS_TABLE);
  if (!inputsFit) return ImageError.BAD_TEMPLATE;
  if (load<u32>(template, DECISION_REASONS) !== bytes - DECISION_REASONS) return ImageError.BAD_TEMPLATE;
  if (!stringFits(template, bytes, BUNDLE) || !stringFits(template, bytes, VERSION)) return ImageError.BAD_TEMPLATE;
  // The vector of lists is empty in this format.
  const lists = load<u32>(template, LISTS);
  if (lists > bytes - LISTS - 4 || load<u32>(template + LISTS + lists) !== 0) return ImageError.BAD_TEMPLATE;
  if (load<u8>(template, DECISION_STATUS) !== 0) return ImageError.BAD_TEMPLATE;
  return ImageError.NONE;
}
