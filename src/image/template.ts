// The parts of a decision that are known before a payload comes: the decision without its reasons, and each rule's reason.
// The engine copies both and patches numbers (assembly/rules/decision.ts); schemas/decision.fbs is their schema. The places
// that the engine patches are drawn in assembly/shared/image.ts.

import * as at from '../../assembly/shared/image.js';

const utf8 = new TextEncoder();

// Places inside the template that only this file knows.
const ROOT = 32;
const VTABLE = 8;
const INPUTS = 100;
const STRINGS = 120;
const STRINGS_WITH_OUTPUTS = 124;
const DECISION_INPUTS = 84;

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

/** Characters of the version of a list or a set of parameters: 16 hex digits. */
const VERSION_BYTES = 16;
/** vtable of a ListVersion or ParameterVersion, 8 bytes; its table, 12; its version, a string of 16 characters padded to 24. */
const VERSION_VTABLE_BYTES = 8;
const VERSION_TABLE_BYTES = 12;
const VERSION_STRING_BYTES = 24;

/** The decision template and where in it the versions are. */
export interface Template {
  /** A multiple of 8 bytes, at least DECISION_TEMPLATE_BYTES_MIN. */
  bytes: Uint8Array;
  /** By list: place of the 16 characters that the engine patches. */
  listVersions: number[];
  /** By set of parameters, likewise. */
  setVersions: number[];
}

/** A vector of ListVersions or ParameterVersions: `count, offsets | vtable | for each: table 12, version 24, name`. */
class VersionVector {
  /** Place of each table. */
  private readonly tables: number[] = [];
  private readonly vtable: number;
  private readonly texts: readonly Uint8Array[];
  /** Where the next part begins. */
  readonly end: number;

  /** @param start a multiple of 4 */
  constructor(
    private readonly start: number,
    names: readonly string[],
  ) {
    this.texts = names.map((name) => utf8.encode(name));
    this.vtable = start + 4 + 4 * names.length;
    let end = names.length === 0 ? this.vtable : this.vtable + VERSION_VTABLE_BYTES;
    for (const text of this.texts) {
      this.tables.push(end);
      end = align4(end + VERSION_TABLE_BYTES + VERSION_STRING_BYTES + stringBytes(text));
    }
    this.end = end;
  }

  /** @returns places of the characters of the versions */
  write(out: Uint8Array, view: DataView): number[] {
    view.setUint32(this.start, this.tables.length, true);
    if (this.tables.length > 0) {
      for (const [index, entry] of [VERSION_VTABLE_BYTES, VERSION_TABLE_BYTES, 4, 8].entries()) {
        view.setUint16(this.vtable + 2 * index, entry, true);
      }
    }
    return this.tables.map((table, index) => {
      const entry = this.start + 4 + 4 * index;
      view.setUint32(entry, table - entry, true);
      view.setInt32(table, table - this.vtable, true);
      const nameField = table + at.VERSION_NAME;
      const versionField = table + at.VERSION_TEXT;
      const versionText = table + VERSION_TABLE_BYTES;
      const nameText = versionText + VERSION_STRING_BYTES;
      view.setUint32(nameField, nameText - nameField, true);
      view.setUint32(versionField, versionText - versionField, true);
      writeString(out, view, versionText, utf8.encode('0'.repeat(VERSION_BYTES)));
      writeString(out, view, nameText, this.texts[index]!);
      return versionText + 4;
    });
  }
}

export interface TemplateContent {
  /** Of the bundle. */
  name: string;
  version: string;
  usesNow: boolean;
  /** Names, in the order of their numbers. */
  lists?: readonly string[];
  /** Names of the sets of parameters, in their order. */
  sets?: readonly string[];
  /** The engine appends outputs before the reasons. */
  hasOutputs?: boolean;
}

/**
 * The decision template: a Decision whose reasons vector would start at its end, to be appended by the engine. Its `image` is 0;
 * the engine takes it from the image header, and the versions of lists and parameters from the slot. Behind the 120 bytes that are
 * the same everywhere, each part where the one before ends, rounded up to a multiple of 4:
 *
 *   bundle | version | vector of ListVersions | vector of ParameterVersions, where there are sets
 */
export function buildTemplate({ name, version, usesNow, lists = [], sets = [], hasOutputs = false }: TemplateContent): Template {
  const bundle = utf8.encode(name);
  const versionText = utf8.encode(version);
  const bundleAt = hasOutputs ? STRINGS_WITH_OUTPUTS : STRINGS;
  const versionAt = align4(bundleAt + stringBytes(bundle));
  const listsAt = align4(versionAt + stringBytes(versionText));
  const listVector = new VersionVector(listsAt, lists);
  const setVector = sets.length === 0 ? undefined : new VersionVector(listVector.end, sets);
  const out = new Uint8Array(align8(setVector?.end ?? listVector.end));
  const view = new DataView(out.buffer);

  view.setUint32(0, ROOT, true);
  const vtable = [
    hasOutputs ? 24 : 22, // bytes of this vtable; the entry of the outputs is the engine's
    (hasOutputs ? STRINGS_WITH_OUTPUTS : at.DECISION_INPUTS_VTABLE) - ROOT, // bytes of the table
    at.DECISION_ID_HIGH - ROOT,
    at.DECISION_STATUS - ROOT,
    at.DECISION_OUTCOME - ROOT,
    at.DECISION_SCORE - ROOT,
    at.DECISION_REASONS - ROOT,
    at.DECISION_BUNDLE - ROOT,
    at.DECISION_VERSION - ROOT,
    at.DECISION_IMAGE - ROOT,
    DECISION_INPUTS - ROOT,
  ];
  for (const [index, entry] of vtable.entries()) view.setUint16(VTABLE + 2 * index, entry, true);
  view.setInt32(ROOT, ROOT - VTABLE, true);
  view.setUint32(at.DECISION_REASONS, out.length - at.DECISION_REASONS, true);
  view.setUint32(at.DECISION_BUNDLE, bundleAt - at.DECISION_BUNDLE, true);
  view.setUint32(at.DECISION_VERSION, versionAt - at.DECISION_VERSION, true);
  view.setUint32(DECISION_INPUTS, INPUTS - DECISION_INPUTS, true);

  const now = usesNow ? at.DECISION_NOW - INPUTS : 0;
  const inputsVtable =
    setVector === undefined
      ? [8, at.DECISION_LISTS + 4 - INPUTS, now, at.DECISION_LISTS - INPUTS]
      : [10, at.DECISION_PARAMETERS + 4 - INPUTS, now, at.DECISION_LISTS - INPUTS, at.DECISION_PARAMETERS - INPUTS];
  for (const [index, entry] of inputsVtable.entries()) view.setUint16(at.DECISION_INPUTS_VTABLE + 2 * index, entry, true);
  view.setInt32(INPUTS, INPUTS - at.DECISION_INPUTS_VTABLE, true);
  view.setUint32(at.DECISION_LISTS, listsAt - at.DECISION_LISTS, true);
  if (setVector !== undefined) view.setUint32(at.DECISION_PARAMETERS, listVector.end - at.DECISION_PARAMETERS, true);

  writeString(out, view, bundleAt, bundle);
  writeString(out, view, versionAt, versionText);
  return { bytes: out, listVersions: listVector.write(out, view), setVersions: setVector?.write(out, view) ?? [] };
}

/**
 * One reason, as assembly/shared/image.ts draws it.
 *
 * @param rank of the rule
 */
export function buildReason(code: string, rule: string, score: number, rank: number): Uint8Array {
  const codeText = utf8.encode(code);
  const ruleText = utf8.encode(rule);
  const codeAt = at.REASON_TEXTS;
  const ruleAt = align4(codeAt + stringBytes(codeText));
  const out = new Uint8Array(align8(ruleAt + stringBytes(ruleText)));
  const view = new DataView(out.buffer);
  const places = [at.REASON_CODE, at.REASON_RULE, at.REASON_SCORE].map((place) => place - at.REASON_TABLE);
  const vtable = [10, at.REASON_TEXTS - at.REASON_TABLE, ...places];
  for (const [index, entry] of vtable.entries()) view.setUint16(2 * index, entry, true);
  view.setUint16(at.REASON_NUMBER, rank, true);
  view.setInt32(at.REASON_TABLE, at.REASON_TABLE, true);
  view.setFloat64(at.REASON_SCORE, score, true);
  view.setUint32(at.REASON_CODE, codeAt - at.REASON_CODE, true);
  view.setUint32(at.REASON_RULE, ruleAt - at.REASON_RULE, true);
  writeString(out, view, codeAt, codeText);
  writeString(out, view, ruleAt, ruleText);
  return out;
}
