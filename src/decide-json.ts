// Payloads that are JSON text: one copy into a slot, where the engine makes the payload and decides it in the same call. A text
// that it does not take is read again by the encoder, which has the last word and says all that is wrong.
//
// Slot: | header | entries | texts, each at a multiple of 8 with TEXT_SPARE_BYTES behind | area for a payload | decisions |

import { isUtf8 } from 'node:buffer';
import { JsonFault, TEXT_SPARE_BYTES } from '../assembly/shared/json.js';
import {
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_DECISION_BYTES,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  SLOT_HEADER_BYTES,
} from '../assembly/shared/layout.js';
import { SLOT_COUNT_MAX } from '../assembly/shared/limits.js';
import { Status } from '../assembly/shared/status.js';
import { begin, type DecideOptions, decidePayloads, type Settled } from './decide.js';
import { Path, pathOf, run } from './dispatch.js';
import { Problem } from './errors.js';
import { Counter } from './observe/counters.js';
import type { LiveImage } from './registry/live-image.js';
import { admit, type Request } from './request.js';
import type { TenantMemory } from './runtime/memory.js';
import { SlotCall } from './runtime/task.js';
import { areaBytes } from './schema/json-room.js';
import { notUtf8 } from './schema/json-text.js';

/** JSON text: a string, or its UTF-8. */
export type JsonText = string | Uint8Array;

export interface SettledJson extends Settled {
  /** Why a text has no decision of its own (statusOf is then INVALID_PAYLOAD): INVALID_JSON or INVALID_PAYLOAD with all errors. */
  problemOf(index: number): Problem | undefined;
}

export interface DecideJsonOptions extends DecideOptions {
  /** A text that does not fit is answered by a decision all the same, as in a batch, and counted as one. */
  answersRefused?: boolean;
}

/** Where a text stopped being taken. */
interface Refused {
  index: number;
  fault: JsonFault;
}

/** Strings of more code units are measured; of others, three bytes a unit are kept free. */
const MEASURED_UNITS_MIN = 2048;
const NO_PAYLOAD = new Uint8Array(0);

/**
 * Decides payloads that are JSON text, in order, as one request; ids, paths and `settle` as decidePayloads. A text that does not fit
 * the model has a decision with status INVALID_PAYLOAD, and a problem.
 * Throws Problem: BUSY, BATCH_TOO_LARGE, OVERLOADED, QUOTA_EXCEEDED, STOPPING, DEADLINE_EXCEEDED, CANCELLED.
 */
export function decideJson(
  live: LiveImage,
  texts: readonly JsonText[],
  options: DecideJsonOptions,
  settle: (settled: SettledJson) => void,
): void {
  begin(live, texts.length, options);
  const sizes = texts.map(sizeOf);
  const longest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const area = areaBytes(live.jsonRoom, longest);
  const textsBytes = sizes.reduce((bytes, size) => bytes + slotTextBytes(size), 0);
  const bytes = SLOT_HEADER_BYTES + texts.length * (ENTRY_BYTES + live.decisionBytesMax) + textsBytes + area;
  if (bytes > live.tenant.memory.ring.bytes || texts.length > SLOT_COUNT_MAX) {
    decideEncoded(live, texts, options, settle);
    return;
  }
  const request = admit(live, bytes, texts.length, options);
  try {
    fill(request, texts, sizes, area, options);
  } catch (error) {
    request.end();
    throw error;
  }
  const path = pathOf(live, texts.length, options);
  // Of what a worker decides, the caller's bytes are gone when it is settled.
  const held = path === Path.INLINE ? texts : texts.map((text) => (typeof text === 'string' ? text : text.slice()));
  run(request, SlotCall.DECIDE_JSON, path, options, () => settleTexts(live, request, held, options, settle));
}

/** Bytes of a text at most. */
export function sizeOf(text: JsonText): number {
  if (typeof text !== 'string') return text.length;
  return text.length < MEASURED_UNITS_MIN ? 3 * text.length : Buffer.byteLength(text);
}

/** Bytes of its place: what is behind a text is read, and overwritten. */
export function slotTextBytes(size: number): number {
  return (size + TEXT_SPARE_BYTES + 7) & ~7;
}

/** Copies a text to its place, where there are `size` bytes for it. Returns its bytes. */
export function copyText(memory: TenantMemory, text: JsonText, address: number, size: number): number {
  if (typeof text === 'string') return memory.text.write(text, address, size, 'utf8');
  memory.bytes.set(text, address);
  return text.length;
}

function fill(request: Request, texts: readonly JsonText[], sizes: readonly number[], area: number, options: DecideOptions): void {
  const { memory, slot } = request;
  const { words } = memory;
  const entries = slot + SLOT_HEADER_BYTES;
  let address = entries + texts.length * ENTRY_BYTES;
  let entry = entries >>> 2;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    const length = copyText(memory, text, address, sizes[i]!);
    words[entry + (ENTRY_PAYLOAD >>> 2)] = address;
    words[entry + (ENTRY_PAYLOAD_BYTES >>> 2)] = length;
    words[entry + (ENTRY_DECISION >>> 2)] = 0;
    words[entry + (ENTRY_DECISION_BYTES >>> 2)] = 0;
    address += slotTextBytes(sizes[i]!);
    entry += ENTRY_BYTES >>> 2;
  }
  request.fillTexts(texts.length, address, area, options);
}

/** Hands the decisions on, once the encoder has had its say about the texts that were not taken. */
function settleTexts(
  live: LiveImage,
  settled: Request,
  texts: readonly JsonText[],
  options: DecideJsonOptions,
  settle: (settled: SettledJson) => void,
): void {
  const refused = settled.status === Status.OK ? refusedOf(settled, texts) : [];
  if (refused.length === 0) {
    settle(new TextsSettled(settled, NO_PROBLEMS));
    return;
  }
  const problems = new Map<number, Problem>();
  const recovered: { index: number; payload: Uint8Array }[] = [];
  for (const { index, fault } of refused) {
    const payload = encode(live, texts[index]!, index, problems);
    if (payload === undefined) continue;
    if (isWrong(fault, texts[index]!)) live.tenant.host.counters.add(Counter.JSON_DISAGREED);
    recovered.push({ index, payload: payload.slice() });
  }
  if (options.answersRefused === true) for (const index of problems.keys()) settled.countDecision(index);
  if (recovered.length === 0) {
    settle(new TextsSettled(settled, problems));
    return;
  }
  // The slot is given back before what is decided once more is: the others are copied out of it.
  const copy = new TextsCopy(settled, problems);
  decideRecovered(live, recovered, options, copy, settle);
}

/** Decides one after the other, each with the id of its place. */
function decideRecovered(
  live: LiveImage,
  recovered: readonly { index: number; payload: Uint8Array }[],
  options: DecideOptions,
  copy: TextsCopy,
  settle: (settled: SettledJson) => void,
): void {
  const [first, ...rest] = recovered;
  if (first === undefined) {
    settle(copy);
    return;
  }
  const { idHigh = 0n, idLow = 0n } = options;
  const low = idHigh === 0n && idLow === 0n ? idLow : idLow + BigInt(first.index);
  const own = { ...options, idHigh, idLow: low, isUnmetered: true };
  const next = (part: Settled): void => {
    copy.replace(first.index, part);
    decideRecovered(live, rest, options, copy, settle);
  };
  try {
    decidePayloads(live, [first.payload], own, next);
  } catch (error) {
    // The ring has no room for it now. Whoever asked cannot be told by a throw any more.
    if (!(error instanceof Problem)) throw error;
    copy.problems.set(first.index, error);
    decideRecovered(live, rest, options, copy, settle);
  }
}

/** Texts that the transcoder has not taken, or whose payload the engine has refused. */
function refusedOf(settled: Request, texts: readonly JsonText[]): Refused[] {
  const refused: Refused[] = [];
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index]!;
    if (settled.statusOf(index) === Status.INVALID_PAYLOAD) {
      refused.push({ index, fault: settled.faultOf(index) });
    } else if (typeof text === 'string' && !isWellFormed(text)) {
      // Half of a surrogate pair became U+FFFD on its way into the slot: the encoder reads what was meant.
      refused.push({ index, fault: JsonFault.ROOM });
    }
  }
  return refused;
}

/** Whether the transcoder should have taken a text that the encoder takes: it may leave one, but not refuse it. */
export function isWrong(fault: JsonFault, text: JsonText): boolean {
  return fault !== JsonFault.ROOM && fault !== JsonFault.DEPTH && (typeof text !== 'string' || isWellFormed(text));
}

/** The payload of a text by the encoder; undefined where it refuses it: the problem is then noted. */
function encode(live: LiveImage, text: JsonText, index: number, problems: Map<number, Problem>): Uint8Array | undefined {
  try {
    return live.encoder.encodeText(jsonString(text));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problems.set(index, error);
    return undefined;
  }
}

/** JSON text as a string. Throws Problem INVALID_JSON where it is not UTF-8. */
export function jsonString(text: JsonText): string {
  if (typeof text === 'string') return text;
  if (!isUtf8(text)) throw notUtf8(text);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8');
}

/** Whether no half of a surrogate pair is in it. */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** Texts that are more than a slot holds: by way of the encoder, in parts. */
function decideEncoded(
  live: LiveImage,
  texts: readonly JsonText[],
  options: DecideJsonOptions,
  settle: (settled: SettledJson) => void,
): void {
  const problems = new Map<number, Problem>();
  const payloads = texts.map((text, index) => encode(live, text, index, problems)?.slice() ?? NO_PAYLOAD);
  decidePayloads(live, payloads, { ...options, isUnmetered: true }, (settled) => settle(new TextsSettled(settled, problems)));
}

const NO_PROBLEMS: ReadonlyMap<number, Problem> = new Map();

class TextsSettled implements SettledJson {
  readonly answer = NO_PAYLOAD;

  constructor(
    private readonly settled: Settled,
    private readonly problems: ReadonlyMap<number, Problem>,
  ) {}

  get status(): Status {
    return this.settled.status;
  }

  get problem(): Problem | undefined {
    return this.settled.problem;
  }

  get count(): number {
    return this.settled.count;
  }

  get path(): 'inline' | 'pooled' {
    return this.settled.path;
  }

  get waitedMillis(): number {
    return this.settled.waitedMillis;
  }

  decision(index: number): Uint8Array {
    return this.settled.decision(index);
  }

  statusOf(index: number): Status {
    return this.settled.statusOf(index);
  }

  problemOf(index: number): Problem | undefined {
    return this.problems.get(index);
  }
}

/** Decisions outside their slot, some of which are replaced. */
class TextsCopy implements SettledJson {
  readonly answer = NO_PAYLOAD;
  readonly path: 'inline' | 'pooled';
  waitedMillis: number;
  status: Status;
  problem: Problem | undefined;
  private readonly decisions: Uint8Array[];
  private readonly statuses: Status[];

  constructor(
    settled: Settled,
    readonly problems: Map<number, Problem>,
  ) {
    this.status = settled.status;
    this.problem = settled.problem;
    this.path = settled.path;
    this.waitedMillis = settled.waitedMillis;
    this.decisions = Array.from({ length: settled.count }, (_, index) => settled.decision(index).slice());
    this.statuses = Array.from({ length: settled.count }, (_, index) => settled.statusOf(index));
  }

  get count(): number {
    return this.status === Status.OK ? this.decisions.length : 0;
  }

  replace(index: number, by: Settled): void {
    this.waitedMillis += by.waitedMillis;
    if (by.status !== Status.OK) {
      this.status = by.status;
      this.problem = by.problem;
      return;
    }
    this.decisions[index] = by.decision(0).slice();
    this.statuses[index] = by.statusOf(0);
  }

  decision(index: number): Uint8Array {
    return this.decisions[index]!;
  }

  statusOf(index: number): Status {
    return this.statuses[index]!;
  }

  problemOf(index: number): Problem | undefined {
    return this.problems.get(index);
  }
}
