// A decision as bytes (schemas/decision.fbs), as an object, and as the one JSON text that every face prints.
//
// The bytes are read in place, by vtable, since rendering is on the path of every JSON answer. They come from the engine: a
// damaged decision may give nonsense or a RangeError, and never a read outside the buffer that holds it.

import type { Outcome } from '../../assembly/shared/outcome.js';
import { Status } from '../../assembly/shared/status.js';
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
const HEX = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'));
const MICROS_PER_SECOND = 1_000_000;

/** Reads a decision. */
export function readDecision(bytes: Uint8Array): Decision {
  return JSON.parse(renderDecision(bytes)) as Decision;
}

/**
 * The JSON text of a decision: `{"decisionId","status","outcome","score","reasons","bundle","version","image","inputs"}` in this
 * order, without spaces; `decisionId` is left out where there is none.
 */
export function renderDecision(bytes: Uint8Array): string {
  const start = open(bytes);
  const table = start + u32(start);
  const vtable = vtableOf(table);
  const id = renderId(table, field(vtable, FIELD_DECISION_ID));
  const status = STATUS_KEYS[byteAt(table, field(vtable, FIELD_STATUS))];
  const outcome = OUTCOME_KEYS[byteAt(table, field(vtable, FIELD_OUTCOME))];
  const score = doubleText(table, field(vtable, FIELD_SCORE));
  const reasonsAt = field(vtable, FIELD_REASONS);
  const reasons = reasonsAt === 0 ? '' : renderReasons(follow(table + reasonsAt));
  const bundle = textAt(follow(table + field(vtable, FIELD_BUNDLE)));
  const version = textAt(follow(table + field(vtable, FIELD_VERSION)));
  const imageAt = field(vtable, FIELD_IMAGE);
  const image = imageAt === 0 ? '0000000000000000' : hexAt(table, imageAt);
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
  if (at === 0) return '{';
  const high = table + at;
  if ((u32(high) | u32(high + 4) | u32(high + 8) | u32(high + 12)) === 0) return '{';
  return `{"decisionId":"${hexAt(high, 0)}${hexAt(high, 8)}",`;
}

function renderReasons(vector: number): string {
  const count = u32(vector);
  let out = '';
  for (let i = 0; i < count; i++) {
    const table = follow(vector + 4 + 4 * i);
    const vtable = vtableOf(table);
    const code = textAt(follow(table + field(vtable, REASON_CODE)));
    const rule = textAt(follow(table + field(vtable, REASON_RULE)));
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
    const name = textAt(follow(table + field(vtable, LIST_NAME)));
    const version = textAt(follow(table + field(vtable, LIST_VERSION)));
    out += `${i === 0 ? '' : ','}{"name":${name},"version":${version}}`;
  }
  return out;
}

// -- Reading ----------------------------------------------------------------------------------------------------------------
// A decision is a view on the tenant's memory, so one DataView over the whole buffer serves all decisions that follow each other
// there; it costs more to make than a decision costs to read. Positions below are absolute in that buffer.

let view: DataView = new DataView(new ArrayBuffer(8));

/** Makes `view` show the buffer of these bytes; returns where they start in it. */
function open(bytes: Uint8Array): number {
  if (bytes.buffer !== view.buffer) view = new DataView(bytes.buffer);
  return bytes.byteOffset;
}

function u32(at: number): number {
  return view.getUint32(at, true);
}

function vtableOf(table: number): number {
  return table - view.getInt32(table, true);
}

/** Place of a field in its table, 0 where it is absent. */
function field(vtable: number, entry: number): number {
  return entry < view.getUint16(vtable, true) ? view.getUint16(vtable + entry, true) : 0;
}

function follow(at: number): number {
  return at + view.getUint32(at, true);
}

function byteAt(table: number, at: number): number {
  return at === 0 ? 0 : view.getUint8(table + at);
}

/** A double as JSON has it; what JSON cannot write is null. */
function doubleText(table: number, at: number): string {
  if (at === 0) return '0';
  const value = view.getFloat64(table + at, true);
  return value - value === 0 ? `${value}` : 'null';
}

/** 16 hex digits of the ulong at base + at. */
function hexAt(base: number, at: number): string {
  const high = u32(base + at + 4);
  const low = u32(base + at);
  return HEX[high >>> 16]! + HEX[high & 0xffff]! + HEX[low >>> 16]! + HEX[low & 0xffff]!;
}

// Decisions of one turn of the event loop share their second.
let secondCached = Number.NaN;
let secondText = '';

function timestampAt(at: number): string {
  const micros = view.getInt32(at + 4, true) * 4_294_967_296 + u32(at);
  // Years 1684 to 2255 are exact as a double.
  if (!Number.isSafeInteger(micros)) return formatTimestamp(view.getBigInt64(at, true));
  const second = Math.floor(micros / MICROS_PER_SECOND);
  if (second !== secondCached) {
    secondCached = second;
    secondText = formatTimestamp(BigInt(second) * BigInt(MICROS_PER_SECOND)).slice(0, -7);
  }
  return `${secondText}${`${micros - second * MICROS_PER_SECOND + MICROS_PER_SECOND}`.slice(1)}Z`;
}

// -- Texts ------------------------------------------------------------------------------------------------------------------
// Names of bundles, rules and reasons repeat without end. A direct-mapped cache holds their JSON spelling beside their bytes; the
// bytes are compared in full, so a collision costs time and nothing else.

const TEXT_CACHE_BITS = 11;
const TEXT_CACHE_BYTES_MAX = 192;

interface CachedText {
  length: number;
  words: Int32Array;
  json: string;
}

const textCache: (CachedText | undefined)[] = new Array<CachedText | undefined>(1 << TEXT_CACHE_BITS).fill(undefined);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The JSON spelling, quotes included, of the string at `at`. Its last word is taken with the terminator shifted out. */
function textAt(at: number): string {
  const length = u32(at);
  const start = at + 4;
  if (length > TEXT_CACHE_BYTES_MAX || start + length + 4 > view.byteLength) return spell(start, length);
  const words = length >>> 2;
  let hash = length;
  for (let i = 0; i < words; i++) hash = mix(hash, view.getInt32(start + 4 * i, true));
  const last = tailWord(start + 4 * words, length & 3);
  const slot = mix(hash, last) >>> (32 - TEXT_CACHE_BITS);
  const cached = textCache[slot];
  if (cached !== undefined && cached.length === length && cached.words[words] === last) {
    let i = 0;
    while (i < words && cached.words[i] === view.getInt32(start + 4 * i, true)) i++;
    if (i === words) return cached.json;
  }
  const copy = new Int32Array(words + 1);
  for (let i = 0; i < words; i++) copy[i] = view.getInt32(start + 4 * i, true);
  copy[words] = last;
  const json = spell(start, length);
  textCache[slot] = { length, words: copy, json };
  return json;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** The last 0 to 3 bytes of a text as a word; what lies behind them is masked out. */
function tailWord(at: number, count: number): number {
  return count === 0 ? 0 : view.getInt32(at, true) & (0xffffff >>> (24 - 8 * count));
}

function spell(start: number, length: number): string {
  // A copy: TextDecoder refuses views of shared memory.
  return JSON.stringify(decoder.decode(new Uint8Array(view.buffer, start, length).slice()));
}
