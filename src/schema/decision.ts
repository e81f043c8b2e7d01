// A decision as bytes (schemas/decision.fbs), as an object, and as the one JSON text that every face prints.
//
// The bytes are read in place, by vtable, since rendering is on the path of every JSON answer. They come from the engine: a
// damaged decision may give nonsense or a RangeError, and never a read outside the buffer that holds it.

import type { Outcome } from '../../assembly/shared/outcome.js';
import { Status } from '../../assembly/shared/status.js';
import { bigLongAt, byteAt, doubleAt, field, follow, hexAt, longAt, open, textAt, u32, vtableOf } from './decision-bytes.js';
import { formatTimestamp } from './time.js';

export type StatusName = keyof typeof Status;
export type OutcomeName = 'approve' | 'review' | 'decline';

export interface Reason {
  code: string;
  /** Id of the rule. */
  rule: string;
  score: number;
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
  bundle: string;
  version: string;
  /** 16 hex digits. */
  image: string;
  inputs: {
    /** RFC 3339, or null where the image does not read the time. */
    now: string | null;
    lists: { name: string; version: string }[];
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
const REASON_CODE = 4;
const REASON_RULE = 6;
const REASON_SCORE = 8;
const INPUTS_NOW = 4;
const INPUTS_LISTS = 6;
const LIST_NAME = 4;
const LIST_VERSION = 6;

const STATUS_KEYS: readonly string[] = [0, 1, 2, 3, 4, 5].map((status) => `"status":"${Status[status]}"`);
const OUTCOME_KEYS: readonly string[] = [
  ',"outcome":null,"score":',
  ',"outcome":"approve","score":',
  ',"outcome":"review","score":',
  ',"outcome":"decline","score":',
];
const OUTCOME_NAMES: readonly (OutcomeName | null)[] = [null, 'approve', 'review', 'decline'];
const NO_IMAGE = '0000000000000000';
const MICROS_PER_SECOND = 1_000_000;

/** Reads a decision: what JSON.parse would make of renderDecision, without the text between. */
export function readDecision(bytes: Uint8Array): Decision {
  const table = root(open(bytes));
  const vtable = vtableOf(table);
  const idAt = field(vtable, FIELD_DECISION_ID);
  const reasonsAt = field(vtable, FIELD_REASONS);
  const imageAt = field(vtable, FIELD_IMAGE);
  const decision: Decision = {
    status: Status[byteAt(table, field(vtable, FIELD_STATUS))] as StatusName,
    outcome: OUTCOME_NAMES[byteAt(table, field(vtable, FIELD_OUTCOME))] as OutcomeName | null,
    score: doubleAt(table, field(vtable, FIELD_SCORE)),
    reasons: reasonsAt === 0 ? [] : readReasons(follow(table + reasonsAt)),
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
    const table = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(table);
    reasons.push({
      code: textAt(follow(table + field(vtable, REASON_CODE))).text,
      rule: textAt(follow(table + field(vtable, REASON_RULE))).text,
      score: doubleAt(table, field(vtable, REASON_SCORE)),
    });
  }
  return reasons;
}

function readInputs(table: number): Decision['inputs'] {
  const vtable = vtableOf(table);
  const now = field(vtable, INPUTS_NOW);
  const listsAt = field(vtable, INPUTS_LISTS);
  const lists: Decision['inputs']['lists'] = [];
  const vector = listsAt === 0 ? 0 : follow(table + listsAt);
  const count = vector === 0 ? 0 : u32(vector);
  for (let i = 0; i < count; i++) {
    const list = follow(vector + 4 + 4 * i);
    const listVtable = vtableOf(list);
    lists.push({
      name: textAt(follow(list + field(listVtable, LIST_NAME))).text,
      version: textAt(follow(list + field(listVtable, LIST_VERSION))).text,
    });
  }
  return { now: now === 0 ? null : timestampAt(table + now), lists };
}

/**
 * The JSON text of a decision: `{"decisionId","status","outcome","score","reasons","bundle","version","image","inputs"}` in this
 * order, without spaces; `decisionId` is left out where there is none.
 */
export function renderDecision(bytes: Uint8Array): string {
  const table = root(open(bytes));
  const vtable = vtableOf(table);
  const id = renderId(table, field(vtable, FIELD_DECISION_ID));
  const status = STATUS_KEYS[byteAt(table, field(vtable, FIELD_STATUS))];
  const outcome = OUTCOME_KEYS[byteAt(table, field(vtable, FIELD_OUTCOME))];
  const score = doubleText(table, field(vtable, FIELD_SCORE));
  const reasonsAt = field(vtable, FIELD_REASONS);
  const reasons = reasonsAt === 0 ? '' : renderReasons(follow(table + reasonsAt));
  const bundle = textAt(follow(table + field(vtable, FIELD_BUNDLE))).json;
  const version = textAt(follow(table + field(vtable, FIELD_VERSION))).json;
  const imageAt = field(vtable, FIELD_IMAGE);
  const image = imageAt === 0 ? NO_IMAGE : hexAt(table, imageAt);
  const inputs = renderInputs(follow(table + field(vtable, FIELD_INPUTS)));
  return `${id}${status}${outcome}${score},"reasons":[${reasons}],"bundle":${bundle},"version":${version},"image":"${image}","inputs":${inputs}}`;
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

/** The outcome's name, or null for NONE. */
export function outcomeName(outcome: Outcome): OutcomeName | null {
  return OUTCOME_NAMES[outcome] ?? null;
}

function renderId(table: number, at: number): string {
  return hasId(table, at) ? `{"decisionId":"${idText(table + at)}",` : '{';
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

/** A double as JSON has it; what JSON cannot write is null. */
function doubleText(table: number, at: number): string {
  const value = doubleAt(table, at);
  return value - value === 0 ? `${value}` : 'null';
}

function renderReasons(vector: number): string {
  const count = u32(vector);
  let out = '';
  for (let i = 0; i < count; i++) {
    const table = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(table);
    const code = textAt(follow(table + field(vtable, REASON_CODE))).json;
    const rule = textAt(follow(table + field(vtable, REASON_RULE))).json;
    const score = doubleText(table, field(vtable, REASON_SCORE));
    out += `${i === 0 ? '' : ','}{"code":${code},"rule":${rule},"score":${score}}`;
  }
  return out;
}

function renderInputs(table: number): string {
  const vtable = vtableOf(table);
  const now = field(vtable, INPUTS_NOW);
  const lists = field(vtable, INPUTS_LISTS);
  const start = now === 0 ? '{"now":null,"lists":[' : `{"now":"${timestampAt(table + now)}","lists":[`;
  return lists === 0 ? `${start}]}` : `${start}${renderLists(follow(table + lists))}]}`;
}

function renderLists(vector: number): string {
  const count = u32(vector);
  let out = '';
  for (let i = 0; i < count; i++) {
    const table = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(table);
    const name = textAt(follow(table + field(vtable, LIST_NAME))).json;
    const version = textAt(follow(table + field(vtable, LIST_VERSION))).json;
    out += `${i === 0 ? '' : ','}{"name":${name},"version":${version}}`;
  }
  return out;
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
