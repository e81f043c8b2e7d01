// The formats that can be imported. Each has a folder of its own, which only this file knows.

import { CEL_FORMAT } from './cel/format.js';
import { DMN_FORMAT } from './dmn/format.js';
import type { ImportFormat, ImportSource } from './imported.js';
import { JDM_FORMAT } from './jdm/format.js';
import { JSON_RULES_ENGINE_FORMAT } from './json-rules-engine/format.js';

/** In the order in which they are asked whether they recognise a source. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [JDM_FORMAT, DMN_FORMAT, CEL_FORMAT, JSON_RULES_ENGINE_FORMAT];

/** The format of that name; undefined where there is none. */
export function importFormat(id: string): ImportFormat | undefined {
  return IMPORT_FORMATS.find((format) => format.id === id);
}

/** The format that a source looks like; undefined where it looks like none. */
export function recogniseFormat(source: ImportSource): ImportFormat | undefined {
  return IMPORT_FORMATS.find((format) => format.recognises(source));
}
