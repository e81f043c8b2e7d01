// JSON bytes to a payload and to a decision, beside JSON.parse alone on the same bytes: keys in the order of the model, in one
// other order for all, and in any of many orders.

import { JsonFault } from '../assembly/shared/json.js';
import {
  ENTRY_BYTES,
  ENTRY_DECISION,
  ENTRY_PAYLOAD,
  ENTRY_PAYLOAD_BYTES,
  SLOT_COUNT,
  SLOT_CURSOR,
  SLOT_ENTRIES,
  SLOT_HEADER_BYTES,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_LISTS,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
} from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { decideJson } from '../src/decide-json.js';
import type { LiveImage } from '../src/registry/live-image.js';
import { SlotCall } from '../src/runtime/task.js';
import { areaBytes } from '../src/schema/json-room.js';
import { bundleOf } from './bundle.js';
import { median, type TableFormat } from './report.js';
import { setUpVerdict } from './verdict-rows.js';
import { BLOCK_COUNT, makePayloads, makeRules, randomNumbers, type WorkloadPayload } from './workload.js';

export interface TranscodeRow {
  readonly name: string;
  /** Nanoseconds a text: keys in the order of the model, in another order, in any order. */
  readonly nanos: readonly number[];
  /** The same as parts of JSON.parse(buffer.toString()). */
  readonly ratios: readonly number[];
}

export interface TranscodeResult {
  readonly textBytes: number;
  readonly rows: readonly TranscodeRow[];
  /** What went wrong; null where all texts were taken and all ways found the same sums. */
  readonly wrong: string | null;
}

export interface TranscodeOptions {
  readonly rules: number;
  readonly runs: number;
  readonly msMin: number;
  readonly payloadCount: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

const ORDERS = ['given', 'shuffled', 'random'] as const;
type Order = (typeof ORDERS)[number];
/** Orders of keys that texts draw from: where each has its own, V8 makes hidden classes all the time, and is far slower. */
const RANDOM_ORDERS = 64;
const PARSE = 'JSON.parse(buffer.toString())';

/** A way to read a text: decides or reads the texts from `first` on, BLOCK_COUNT of them, and returns a sum of what it saw. */
interface Way {
  readonly name: string;
  /** Ways of one kind must find the same sums. */
  readonly kind: 'amount' | 'decision';
  readonly run: (first: number) => number;
}

function spell(payload: WorkloadPayload, order: Order, next: () => number, orders: readonly (readonly string[])[]): Buffer {
  const own = order === 'shuffled' ? orders[0]! : orders[Math.floor(next() * orders.length)]!;
  const keys = order === 'given' ? Object.keys(payload) : own;
  return Buffer.from(JSON.stringify(Object.fromEntries(keys.map((key) => [key, payload[key]]))));
}

function shuffle<T>(items: T[], next: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

/**
 * The engine alone: a slot that stays, texts copied into it one by one. With one rule, it is the transcoder and the verifier of
 * payloads that are measured.
 */
function engineWay(name: string, live: LiveImage, texts: readonly Buffer[]): Way {
  const { memory, inline } = live.tenant;
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  const area = areaBytes(live.jsonRoom, longest);
  const input = SLOT_HEADER_BYTES + ENTRY_BYTES;
  const areaAt = input + ((longest + 23) & ~7);
  const slot = memory.place(new Uint8Array(areaAt + area + live.decisionBytesMax));
  const bytes = new Uint8Array(memory.memory.buffer);
  const view = new DataView(memory.memory.buffer);
  const set = (at: number, value: number): void => view.setUint32(slot + at, value, true);
  set(SLOT_IMAGE, live.address);
  set(SLOT_LISTS, 0);
  set(SLOT_COUNT, 1);
  set(SLOT_ENTRIES, slot + SLOT_HEADER_BYTES);
  set(SLOT_INPUT, slot + areaAt);
  set(SLOT_INPUT_BYTES, area);
  set(SLOT_OUTPUT, slot + areaAt + area);
  set(SLOT_OUTPUT_BYTES, live.decisionBytesMax);
  const entry = SLOT_HEADER_BYTES;
  return {
    name,
    kind: 'decision',
    run: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        const text = texts[i]!;
        bytes.set(text, slot + input);
        view.setUint32(slot + entry + ENTRY_PAYLOAD, slot + input, true);
        view.setUint32(slot + entry + ENTRY_PAYLOAD_BYTES, text.length, true);
        view.setUint32(slot + SLOT_CURSOR, 0, true);
        if (inline.run(slot, SlotCall.DECIDE_JSON) !== Status.OK) return Number.NaN;
        if (view.getUint32(slot + entry + ENTRY_PAYLOAD_BYTES, true) !== JsonFault.NONE) return Number.NaN;
        sum += view.getFloat64(view.getUint32(slot + entry + ENTRY_DECISION, true) + 56, true);
      }
      return sum;
    },
  };
}

/** A request as the server makes it: a slot of its own for each text. */
function requestWay(live: LiveImage, texts: readonly Buffer[]): Way {
  return {
    name: 'Verdict, JSON bytes to a decision',
    kind: 'decision',
    run: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        decideJson(live, [texts[i]!], { now: 0n, path: 'inline' }, (settled) => {
          const decision = settled.decision(0);
          sum += new DataView(decision.buffer, decision.byteOffset).getFloat64(56, true);
        });
      }
      return sum;
    },
  };
}

function parseWays(texts: readonly Buffer[], strings: readonly string[]): Way[] {
  const way = (name: string, parse: (i: number) => WorkloadPayload): Way => ({
    name,
    kind: 'amount',
    run: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += parse(i).amount as number;
      return sum;
    },
  });
  return [
    way(PARSE, (i) => JSON.parse(texts[i]!.toString()) as WorkloadPayload),
    way('JSON.parse(string)', (i) => JSON.parse(strings[i]!) as WorkloadPayload),
  ];
}

/** Nanoseconds a text of the median block, and the sum over all blocks. */
function time({ run }: Way, count: number, msMin: number): { nanos: number; sum: number } {
  const warm = performance.now() + msMin / 2;
  for (let first = 0; performance.now() < warm; first = (first + BLOCK_COUNT) % count) run(first);
  const blocks: number[] = [];
  const end = performance.now() + msMin;
  let sum = 0;
  for (let first = 0, isFirstRound = true; isFirstRound || performance.now() < end; ) {
    const start = performance.now();
    const found = run(first);
    blocks.push(performance.now() - start);
    if (isFirstRound) sum += found;
    first += BLOCK_COUNT;
    if (first >= count) {
      first = 0;
      isFirstRound = false;
    }
  }
  return { nanos: (median(blocks) * 1e6) / BLOCK_COUNT, sum };
}

/** Measures all ways in turns, `runs` times; the median of each counts. */
export async function benchTranscode(options: TranscodeOptions): Promise<TranscodeResult> {
  const payloads = makePayloads(options.payloadCount);
  const next = randomNumbers(5);
  const orders = Array.from({ length: RANDOM_ORDERS }, () => shuffle(Object.keys(payloads[0]!), next));
  const thresholds = { decline: 10 * options.rules, review: 5 * options.rules };
  const none = await setUpVerdict(bundleOf('one-rule', makeRules(1), thresholds));
  const many = await setUpVerdict(bundleOf('many-rules', makeRules(options.rules), thresholds));
  const samples = new Map<string, number[][]>();
  let wrong: string | null = null;
  let textBytes = 0;
  for (let run = 0; run < options.runs; run++) {
    for (const [column, order] of ORDERS.entries()) {
      const texts = payloads.map((payload) => spell(payload, order, next, orders));
      textBytes = texts.reduce((bytes, { length }) => bytes + length, 0) / texts.length;
      const strings = texts.map((text) => text.toString());
      const ways = [
        ...parseWays(texts, strings),
        engineWay('transcoder, verifier of payloads, one rule', none.live, texts),
        engineWay(`the same with ${options.rules} rules`, many.live, texts),
        requestWay(many.live, texts),
      ];
      const sums = new Map<string, number>();
      for (const way of ways) {
        const { nanos, sum } = time(way, options.payloadCount, options.msMin);
        const columns = samples.get(way.name) ?? ORDERS.map(() => []);
        columns[column]!.push(nanos);
        samples.set(way.name, columns);
        const before = sums.get(way.kind);
        const isEmpty = way.name.startsWith('transcoder');
        if (Number.isNaN(sum) || (!isEmpty && before !== undefined && before !== sum)) wrong ??= `${way.name}, ${order}: ${sum}`;
        if (!isEmpty) sums.set(way.kind, sum);
      }
      options.log(`run ${run + 1} of ${options.runs}, keys ${order}`);
    }
  }
  await none.engine.close();
  await many.engine.close();
  const parse = samples.get(PARSE)!.map(median);
  const rows = [...samples].map(([name, columns]): TranscodeRow => {
    const nanos = columns.map(median);
    return { name, nanos, ratios: nanos.map((each, column) => each / parse[column]!) };
  });
  const cell = ({ nanos, ratios }: TranscodeRow, i: number): string => `${Math.round(nanos[i]!)} (${ratios[i]!.toFixed(2)})`;
  options.log('');
  const lines = options.format(
    ['ns a text (JSON.parse of its bytes = 1)', ...ORDERS.map((order) => `keys ${order}`)],
    rows.map((row) => [row.name, ...ORDERS.map((_, i) => cell(row, i))]),
    ['left', 'right', 'right', 'right'],
  );
  for (const line of lines) options.log(line);
  options.log(`\n${options.payloadCount} texts of ${Math.round(textBytes)} bytes, ${options.rules} rules`);
  return { textBytes, rows, wrong };
}
