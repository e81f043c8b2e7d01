// What the lists of an image are bound to while a slot is decided: the slot's binding table, one entry a list.

import { IMAGE_LIST_COUNT, IMAGE_LISTS, LIST_BYTES, LIST_TYPE, LIST_VERSION_AT } from '../shared/image';
import { BINDING_ADDRESS, BINDING_BYTES, BINDING_VERSION } from '../shared/layout';
import { MEMBERS_TYPE } from '../shared/list';

/** Whether each list of the image is bound to a region with members of its type. */
export function listsAreBound(image: usize, lists: usize): bool {
  const count = load<u32>(image, IMAGE_LIST_COUNT);
  if (count === 0) return true;
  if (lists === 0) return false;
  const descriptors = image + load<u32>(image, IMAGE_LISTS);
  for (let index: u32 = 0; index < count; index++) {
    const region = load<u32>(lists + index * BINDING_BYTES, BINDING_ADDRESS) as usize;
    if (region === 0 || load<u32>(region, MEMBERS_TYPE) !== load<u32>(descriptors + index * LIST_BYTES, LIST_TYPE)) return false;
  }
  return true;
}

/** Writes the versions of the lists into a decision; of one that is not there the template's stays. */
export function writeListVersions(image: usize, lists: usize, decision: usize): void {
  const count = load<u32>(image, IMAGE_LIST_COUNT);
  const descriptors = image + load<u32>(image, IMAGE_LISTS);
  for (let index: u32 = 0; index < count; index++) {
    const binding = lists + index * BINDING_BYTES;
    if (load<u32>(binding, BINDING_ADDRESS) === 0) continue;
    const version = decision + load<u32>(descriptors + index * LIST_BYTES, LIST_VERSION_AT);
    store<u64>(version, load<u64>(binding, BINDING_VERSION));
    store<u64>(version, load<u64>(binding, BINDING_VERSION + 8), 8);
  }
}
