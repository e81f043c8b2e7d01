// The parts of a decision that are known before a payload comes: the decision without its reasons, and each rule's reason.
// The engine copies both and patches numbers (assembly/rules/decision.ts); schemas/decision.fbs is their schema. The places
// that the engine patches are drawn in assembly/shared/image.ts.

import * as at from '../../assembly/shared/image.js';

const utf8 = new TextEncoder();

// Places inside the template that only this file knows.
const ROOT = 32;
const VTABLE = 8;
const INPUTS_VTABLE = 88;
const INPUTS = 100;
const STRINGS = 120;
const DECISION_BUNDLE = 76;
const DECISION_VERSION = 80;
const DECISION_INPUTS = 84;
const INPUTS_LISTS = 112;

/** Rounds up to a multiple of 8. */
export function align8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Rounds up to a multiple of 4, where FlatBuffers strings and vectors start. */
function align4(bytes: number): number {
  return (bytes + 3) & ~3;
}

/** Bytes that a FlatBuffers string takes: length, text, terminator. */
function stringBytes(text: Uint8Array): number {
  return 4 + text.length + 1;
}

function writeString(out: Uint8Array, view: DataView, offset: number, text: Uint8Array): void {
  view.setUint32(offset, text.length, true);
  out.set(text, offset + 4);
}

/** Characters of a list's version: 16 hex digits. */
const LIST_VERSION_BYTES = 16;
/** vtable of a ListVersion, 8 bytes; its table, 12; its version, a string of 16 characters padded to a multiple of 4. */
const LIST_VTABLE_BYTES = 8;
const LIST_TABLE_BYTES = 12;
const LIST_STRING_BYTES = 24;

/** The decision template and where in it the version of each list is. */
export interface Template {
  /** A multiple of 8 bytes, at least DECISION_TEMPLATE_BYTES_MIN. */
  bytes: Uint8Array;
  /** By list: place of the 16 characters that the engine patches. */
  listVersions: number[];
}

/**
 * The decision template: a Decision whose reasons vector would start at its end, to be appended by the engine. Its `image` is 0;
 * the engine takes it from the image header, and the versions of lists from the slot. Behind the 120 bytes that are the same
 * everywhere, each part where the one before ends, rounded up to a multiple of 4:
 *
 *   bundle | version | lists: count, offsets | vtable of a ListVersion | for each: table 12, version 24, name
 *
 * @param lists names, in the order of their numbers
 */
export function buildTemplate(name: string, version: string, usesNow: boolean, lists: readonly string[] = []): Template {
  const bundle = utf8.encode(name);
  const versionText = utf8.encode(version);
  const bundleAt = STRINGS;
  const versionAt = align4(bundleAt + stringBytes(bundle));
  const listsAt = align4(versionAt + stringBytes(versionText));
  const names = lists.map((list) => utf8.encode(list));
  const listVtable = listsAt + 4 + 4 * names.length;
  const tables: number[] = [];
  let end = names.length === 0 ? listVtable : listVtable + LIST_VTABLE_BYTES;
  for (const text of names) {
    tables.push(end);
    end = align4(end + LIST_TABLE_BYTES + LIST_STRING_BYTES + stringBytes(text));
  }
  const out = new Uint8Array(align8(end));
  const view = new DataView(out.buffer);

  view.setUint32(0, ROOT, true);
  const vtable = [
    22, // bytes of this vtable
    INPUTS_VTABLE - ROOT, // bytes of the table
    at.DECISION_ID_HIGH - ROOT,
    at.DECISION_STATUS - ROOT,
    at.DECISION_OUTCOME - ROOT,
    at.DECISION_SCORE - ROOT,
    at.DECISION_REASONS - ROOT,
    DECISION_BUNDLE - ROOT,
    DECISION_VERSION - ROOT,
    at.DECISION_IMAGE - ROOT,
    DECISION_INPUTS - ROOT,
  ];
  for (const [index, entry] of vtable.entries()) view.setUint16(VTABLE + 2 * index, entry, true);
  view.setInt32(ROOT, ROOT - VTABLE, true);
  view.setUint32(at.DECISION_REASONS, out.length - at.DECISION_REASONS, true);
  view.setUint32(DECISION_BUNDLE, bundleAt - DECISION_BUNDLE, true);
  view.setUint32(DECISION_VERSION, versionAt - DECISION_VERSION, true);
  view.setUint32(DECISION_INPUTS, INPUTS - DECISION_INPUTS, true);

  const inputsVtable = [8, INPUTS_LISTS + 4 - INPUTS, usesNow ? at.DECISION_NOW - INPUTS : 0, INPUTS_LISTS - INPUTS];
  for (const [index, entry] of inputsVtable.entries()) view.setUint16(INPUTS_VTABLE + 2 * index, entry, true);
  view.setInt32(INPUTS, INPUTS - INPUTS_VTABLE, true);
  view.setUint32(INPUTS_LISTS, listsAt - INPUTS_LISTS, true);

  writeString(out, view, bundleAt, bundle);
  writeString(out, view, versionAt, versionText);
  view.setUint32(listsAt, names.length, true);
  const listVersions = tables.map((table, index) => {
    const entry = listsAt + 4 + 4 * index;
    view.setUint32(entry, table - entry, true);
    view.setInt32(table, table - listVtable, true);
    const nameField = table + 4;
    const versionField = table + 8;
    const versionText = table + LIST_TABLE_BYTES;
    const nameText = versionText + LIST_STRING_BYTES;
    view.setUint32(nameField, nameText - nameField, true);
    view.setUint32(versionField, versionText - versionField, true);
    writeString(out, view, versionText, utf8.encode('0'.repeat(LIST_VERSION_BYTES)));
    writeString(out, view, nameText, names[index]!);
    return versionText + 4;
  });
  if (tables.length > 0) {
    for (const [index, entry] of [LIST_VTABLE_BYTES, LIST_TABLE_BYTES, 4, 8].entries()) {
      view.setUint16(listVtable + 2 * index, entry, true);
    }
  }
  return { bytes: out, listVersions };
}

/** Where the table of a reason lies in its bytes: what the reasons vector points to. */
const REASON_TABLE = 12;

/**
 * One reason: a self-contained Reason table that may be copied to any multiple of 8.
 *
 *   0 vtable, 10 bytes   12 table: offset to vtable   16 score f64   24 -> code   28 -> rule   32 strings, padded to 8
 */
export function buildReason(code: string, rule: string, score: number): Uint8Array {
  const codeText = utf8.encode(code);
  const ruleText = utf8.encode(rule);
  const codeAt = 32;
  const ruleAt = align4(codeAt + stringBytes(codeText));
  const out = new Uint8Array(align8(ruleAt + stringBytes(ruleText)));
  const view = new DataView(out.buffer);
  const vtable = [10, 32 - REASON_TABLE, 24 - REASON_TABLE, 28 - REASON_TABLE, 16 - REASON_TABLE]; // code, rule, score
  for (const [index, entry] of vtable.entries()) view.setUint16(2 * index, entry, true);
  view.setInt32(REASON_TABLE, REASON_TABLE, true);
  view.setFloat64(16, score, true);
  view.setUint32(24, codeAt - 24, true);
  view.setUint32(28, ruleAt - 28, true);
  writeString(out, view, codeAt, codeText);
  writeString(out, view, ruleAt, ruleText);
  return out;
}
