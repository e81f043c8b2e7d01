// A decision as bytes (schemas/decision.fbs), as an object, and as the one JSON text that every face prints.
//
// The bytes are read in place, by vtable, since rendering is on the path of every JSON answer. They come from the engine: a
// damaged decision may give nonsense or a RangeError, and never a read outside the buffer that holds it.

import { REASON_NUMBER, REASON_TABLE } from '../../assembly/shared/image.js';
import type { Outcome } from '../../assembly/shared/outcome.js';
import { Status } from '../../assembly/shared/status.js';
import {
  bigLongAt,
  byteAt,
  type CachedText,
  currentView,
  doubleAt,
  field,
  follow,
  hexAt,
  holdsText,
  longAt,
  open,
  openBuffer,
  textAt,
  u16,
  u32,
  vtableOf,
} from './decision-bytes.js';
import { begin, dropByte, type Piece, pieceOf, putAscii, putDouble, putHex, putPiece, taken, takenText } from './json-pieces.js';
import { type Outputs, readOutputsAt } from './outputs.js';
import { putOutputs } from './outputs-json.js';
import type { Reasons } from './reasons.js';
import { formatTimestamp } from './time.js';

export type StatusName = keyof typeof Status;
export type OutcomeName = 'approve' | 'review' | 'decline';

export interface Reason {
  code: string;
  /** Id of the rule. */
  rule: string;
  score: number;
}

/** A list or a set of parameters, and the version of it that was read: 16 hex digits. */
export interface NamedVersion {
  name: string;
  version: string;
}

export interface Decision {
  /** 32 hex digits; absent where none was given. */
  decisionId?: string;
  status: StatusName;
  /** null where the status is not OK and the bundle's `onError` is `fail`. */
  outcome: OutcomeName | null;
  score: number;
  /** Largest score first. */
  reasons: Reason[];
  /** What the bundle declares as outputs; absent where it declares none, and where the status is not OK. */
  outputs?: Outputs;
  bundle: string;
  version: string;
  /** 16 hex digits. */
  image: string;
  inputs: {
    /** RFC 3339, or null where the image does not read the time. */
    now: string | null;
    lists: NamedVersion[];
    /** Sets of parameters that the image reads; absent where it reads none. */
    parameters?: NamedVersion[];
  };
}

// Field ids of schemas/decision.fbs as offsets in a vtable: 4 + 2 * id.
const FIELD_DECISION_ID = 4;
const FIELD_STATUS = 6;
const FIELD_OUTCOME = 8;
const FIELD_SCORE = 10;
const FIELD_REASONS = 12;
const FIELD_BUNDLE = 14;
const FIELD_VERSION = 16;
const FIELD_IMAGE = 18;
const FIELD_INPUTS = 20;
const FIELD_OUTPUTS = 22;
const REASON_CODE = 4;
const REASON_RULE = 6;
const REASON_SCORE = 8;
const INPUTS_NOW = 4;
const INPUTS_LISTS = 6;
const INPUTS_PARAMETERS = 8;
// Of a ListVersion and a ParameterVersion.
const NAMED_NAME = 4;
const NAMED_VERSION = 6;

const OUTCOME_NAMES: readonly (OutcomeName | null)[] = [null, 'approve', 'review', 'decline'];
const STATUS_NAMES = Array.from({ length: Object.keys(Status).length / 2 }, (_, status) => Status[status] as StatusName);
/** `"status":..,"outcome":..,"score":`, by status and outcome. */
const HEADS: readonly Piece[] = STATUS_NAMES.flatMap((status) =>
  OUTCOME_NAMES.map((outcome) => pieceOf(`"status":"${status}","outcome":${JSON.stringify(outcome)},"score":`)),
);
const ID = pieceOf('{"decisionId":"');
const ID_END = pieceOf('",');
const NO_ID = pieceOf('{');
const REASONS = pieceOf(',"reasons":[');
const REASONS_END = pieceOf(']');
const OUTPUTS = pieceOf('],"outputs":');
const NULL = pieceOf('null');
const LISTS = pieceOf(',"lists":[');
const PARAMETERS = pieceOf('],"parameters":[');
const END = pieceOf(']}}');
const NO_IMAGE = '0000000000000000';
const MICROS_PER_SECOND = 1_000_000;

/** Reads a decision: what JSON.parse would make of renderDecision, without the text between. */
export function readDecision(bytes: Uint8Array): Decision {
  return readDecisionAt(bytes.buffer, bytes.byteOffset);
}

/**
 * The same, of a decision that lies somewhere in a buffer: no view of it is made.
 *
 * @param reasons its reasons, where they are known already
 */
export function readDecisionAt(buffer: ArrayBufferLike, at: number, reasons?: Reason[]): Decision {
  openBuffer(buffer);
  const table = root(at);
  const vtable = vtableOf(table);
  const idAt = field(vtable, FIELD_DECISION_ID);
  const reasonsAt = field(vtable, FIELD_REASONS);
  const imageAt = field(vtable, FIELD_IMAGE);
  const outputsAt = field(vtable, FIELD_OUTPUTS);
  const decision: Decision = {
    status: statusName(byteAt(table, field(vtable, FIELD_STATUS))),
    outcome: outcomeName(byteAt(table, field(vtable, FIELD_OUTCOME))),
    score: doubleAt(table, field(vtable, FIELD_SCORE)),
    reasons: reasons ?? (reasonsAt === 0 ? [] : readReasons(follow(table + reasonsAt))),
    ...(outputsAt === 0 ? {} : { outputs: readOutputsAt(currentView(), follow(table + outputsAt) + 4) }),
    bundle: textAt(follow(table + field(vtable, FIELD_BUNDLE))).text,
    version: textAt(follow(table + field(vtable, FIELD_VERSION))).text,
    image: imageAt === 0 ? NO_IMAGE : hexAt(table, imageAt),
    inputs: readInputs(follow(table + field(vtable, FIELD_INPUTS))),
  };
  return hasId(table, idAt) ? { decisionId: idText(table + idAt), ...decision } : decision;
}

function readReasons(vector: number): Reason[] {
  const reasons: Reason[] = [];
  const count = u32(vector);
  for (let i = 0; i < count; i++) {
    reasons.push(readReason(follow(vector + 4 + 4 * i)));
  }
  return reasons;
}

function readReason(table: number): Reason {
  const vtable = vtableOf(table);
  return {
    code: textAt(follow(table + field(vtable, REASON_CODE))).text,
    rule: textAt(follow(table + field(vtable, REASON_RULE))).text,
    score: doubleAt(table, field(vtable, REASON_SCORE)),
  };
}

/** Reads a reason whose table lies somewhere in a buffer. */
export function readReasonAt(buffer: ArrayBufferLike, table: number): Reason {
  openBuffer(buffer);
  return readReason(table);
}

function readInputs(table: number): Decision['inputs'] {
  const vtable = vtableOf(table);
  const now = field(vtable, INPUTS_NOW);
  const lists = field(vtable, INPUTS_LISTS);
  const parameters = field(vtable, INPUTS_PARAMETERS);
  return {
    now: now === 0 ? null : timestampAt(table + now),
    lists: lists === 0 ? [] : readVersions(follow(table + lists)),
    ...(parameters === 0 ? {} : { parameters: readVersions(follow(table + parameters)) }),
  };
}

function readVersions(vector: number): NamedVersion[] {
  const versions: NamedVersion[] = [];
  const count = u32(vector);
  for (let i = 0; i < count; i++) {
    const named = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(named);
    versions.push({
      name: textAt(follow(named + field(vtable, NAMED_NAME))).text,
      version: textAt(follow(named + field(vtable, NAMED_VERSION))).text,
    });
  }
  return versions;
}

/**
 * The JSON text of a decision: `{"decisionId","status","outcome","score","reasons","outputs","bundle","version","image","inputs"}` in this
 * order, without spaces; `decisionId` and `outputs` are left out where there are none.
 */
export function renderDecision(bytes: Uint8Array): string {
  renderDecisionBytes(bytes);
  return takenText();
}

/** The same, of a decision of the image that has these reasons. */
export function renderDecisionOf(reasons: Reasons, bytes: Uint8Array): string {
  renderDecisionBytes(bytes, reasons);
  return takenText();
}

/** The same text as UTF-8; the bytes are valid until a decision is rendered again. */
export function renderDecisionBytes(bytes: Uint8Array, reasons?: Reasons): Uint8Array {
  return renderDecisionAt(bytes.buffer, bytes.byteOffset, reasons);
}

/**
 * The same of a decision that lies somewhere in a buffer.
 *
 * @param reasons of its image: what these have in common with an earlier decision of it is copied, and not read again
 */
export function renderDecisionAt(buffer: ArrayBufferLike, at: number, reasons?: Reasons): Uint8Array {
  openBuffer(buffer);
  const table = root(at);
  const vtable = vtableOf(table);
  begin();
  putId(table, field(vtable, FIELD_DECISION_ID));
  putPiece(headPiece(byteAt(table, field(vtable, FIELD_STATUS)), byteAt(table, field(vtable, FIELD_OUTCOME))));
  putDouble(doubleAt(table, field(vtable, FIELD_SCORE)));
  putPiece(REASONS);
  const reasonsAt = field(vtable, FIELD_REASONS);
  if (reasonsAt !== 0) putReasons(follow(table + reasonsAt), reasons);
  const outputsAt = field(vtable, FIELD_OUTPUTS);
  if (outputsAt === 0) putPiece(REASONS_END);
  else {
    putPiece(OUTPUTS);
    const plan = putOutputs(follow(table + outputsAt) + 4, reasons?.outputs);
    if (reasons !== undefined) reasons.outputs = plan;
  }
  putTail(table, vtable, reasons);
  putInputs(follow(table + field(vtable, FIELD_INPUTS)));
  return taken();
}

/** A copy of the decision without its id: equal bytes for equal decisions, whatever path they took. */
export function stripDecisionId(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes); // not slice(): a Buffer's is a view
  const start = open(copy);
  const table = start + u32(start);
  const at = field(vtableOf(table), FIELD_DECISION_ID);
  if (at !== 0) copy.fill(0, table - start + at, table - start + at + 16);
  return copy;
}

/** The status's name. */
export function statusName(status: Status): StatusName {
  return STATUS_NAMES[status] as StatusName;
}

/** The outcome's name, or null for NONE. */
export function outcomeName(outcome: Outcome): OutcomeName | null {
  return OUTCOME_NAMES[outcome] ?? null;
}

function putId(table: number, at: number): void {
  if (!hasId(table, at)) {
    putPiece(NO_ID);
    return;
  }
  putPiece(ID);
  const high = table + at;
  putHex(u32(high + 4));
  putHex(u32(high));
  putHex(u32(high + 12));
  putHex(u32(high + 8));
  putPiece(ID_END);
}

/** From the id to the score. */
function headPiece(status: number, outcome: number): Piece {
  const piece = outcome < OUTCOME_NAMES.length ? HEADS[status * OUTCOME_NAMES.length + outcome] : undefined;
  if (piece === undefined) throw new RangeError(`a decision has status ${status} and outcome ${outcome}`);
  return piece;
}

function hasId(table: number, at: number): boolean {
  if (at === 0) return false;
  const high = table + at;
  return (u32(high) | u32(high + 4) | u32(high + 8) | u32(high + 12)) !== 0;
}

function idText(at: number): string {
  return hexAt(at, 0) + hexAt(at, 8);
}

function root(start: number): number {
  return start + u32(start);
}

function putReasons(vector: number, known: Reasons | undefined): void {
  const count = u32(vector);
  for (let i = 0; i < count; i++) {
    const table = follow(vector + 4 + 4 * i);
    if (known === undefined) putPiece(reasonPiece(table));
    else {
      const number = u16(table - REASON_TABLE + REASON_NUMBER);
      putPiece(known.pieces[number] ?? known.keepPiece(number, reasonPiece(table)));
    }
  }
  if (count > 0) dropByte();
}

/** A reason and a comma; a rule mostly has the same code and score as the last time. */
function reasonPiece(table: number): Piece {
  const vtable = vtableOf(table);
  const codeAt = follow(table + field(vtable, REASON_CODE));
  const ruleAt = follow(table + field(vtable, REASON_RULE));
  const score = doubleAt(table, field(vtable, REASON_SCORE));
  const rule = textAt(ruleAt);
  const last = rule.reason;
  if (last !== undefined && last.score === score && holdsText(codeAt, last.code)) return last.piece;
  const code = textAt(codeAt);
  const text = `{"code":${code.json},"rule":${rule.json},"score":${Number.isFinite(score) ? score : null}},`;
  rule.reason = { code: { length: code.length, words: code.words }, score, piece: pieceOf(text) };
  return rule.reason.piece;
}

/** From the reasons to the inputs, the same for all decisions of an image. */
function putTail(table: number, vtable: number, known: Reasons | undefined): void {
  let piece = known?.tail;
  if (piece === undefined) {
    const bundle = textAt(follow(table + field(vtable, FIELD_BUNDLE)));
    const imageAt = field(vtable, FIELD_IMAGE);
    piece = tailPiece(bundle, follow(table + field(vtable, FIELD_VERSION)), imageAt === 0 ? 0 : table + imageAt);
    if (known !== undefined) known.tail = piece;
  }
  putPiece(piece);
}

/** @param imageAt 0: there is none */
function tailPiece(bundle: CachedText, versionAt: number, imageAt: number): Piece {
  const low = imageAt === 0 ? 0 : u32(imageAt);
  const high = imageAt === 0 ? 0 : u32(imageAt + 4);
  const last = bundle.tail;
  if (last !== undefined && last.low === low && last.high === high && holdsText(versionAt, last.version)) return last.piece;
  const version = textAt(versionAt);
  const image = imageAt === 0 ? NO_IMAGE : hexAt(imageAt, 0);
  const piece = pieceOf(`,"bundle":${bundle.json},"version":${version.json},"image":"${image}","inputs":{"now":`);
  bundle.tail = { version: { length: version.length, words: version.words }, low, high, piece };
  return piece;
}

function putInputs(table: number): void {
  const vtable = vtableOf(table);
  const now = field(vtable, INPUTS_NOW);
  const lists = field(vtable, INPUTS_LISTS);
  const parameters = field(vtable, INPUTS_PARAMETERS);
  if (now === 0) putPiece(NULL);
  else putAscii(`"${timestampAt(table + now)}"`);
  putPiece(LISTS);
  if (lists !== 0) putVersions(follow(table + lists));
  if (parameters !== 0) {
    putPiece(PARAMETERS);
    putVersions(follow(table + parameters));
  }
  putPiece(END);
}

function putVersions(vector: number): void {
  const count = u32(vector);
  for (let i = 0; i < count; i++) {
    const table = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(table);
    const name = textAt(follow(table + field(vtable, NAMED_NAME))).json;
    const version = textAt(follow(table + field(vtable, NAMED_VERSION))).json;
    putPiece(pieceOf(`${i === 0 ? '' : ','}{"name":${name},"version":${version}}`));
  }
}

// Decisions of one turn of the event loop share their second.
let secondCached = Number.NaN;
let secondText = '';

function timestampAt(at: number): string {
  const micros = longAt(at);
  // Years 1684 to 2255 are exact as a double.
  if (!Number.isSafeInteger(micros)) return formatTimestamp(bigLongAt(at));
  const second = Math.floor(micros / MICROS_PER_SECOND);
  if (second !== secondCached) {
    secondCached = second;
    secondText = formatTimestamp(BigInt(second) * BigInt(MICROS_PER_SECOND)).slice(0, -7);
  }
  return `${secondText}${`${micros - second * MICROS_PER_SECOND + MICROS_PER_SECOND}`.slice(1)}Z`;
}
