// Verdict's own rows: the same rules through every way in that a library user has, and without the way in.

import { DECISION_OUTCOME, DECISION_SCORE } from '../assembly/shared/image.js';
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
  SLOT_LISTS,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
} from '../assembly/shared/layout.js';
import { Outcome } from '../assembly/shared/outcome.js';
import { Status } from '../assembly/shared/status.js';
import type { BundleFiles } from '../src/bundle/files.js';
import { compile } from '../src/compiler/compile.js';
import type { EngineOptions } from '../src/config.js';
import { createEngine, type Engine } from '../src/engine.js';
import type { LiveImage } from '../src/registry/live-image.js';
import type { CallOptions, RuleSet } from '../src/ruleset.js';
import type { TenantMemory } from '../src/runtime/memory.js';
import { SlotCall } from '../src/runtime/task.js';
import { PayloadEncoder } from '../src/schema/encode.js';
import type { Model } from '../src/schema/model.js';
import type { Row } from './row.js';
import { checksum, reasonChecksum } from './truth.js';
import { BLOCK_COUNT } from './workload.js';

export const IN_PLACE_ROW = 'Verdict, FlatBuffers in place';
export const SINGLE_ROW = 'Verdict, FlatBuffers, one a call, read in place';
export const JSON_ROW = 'Verdict, JSON bytes in, decision read in place';

const TENANT = 'bench';
/** Payloads of one engine call of the row in place: a usual frame. Divides BLOCK_COUNT. */
const BATCH_COUNT = 64;
const OUTCOMES = { approve: Outcome.APPROVE, review: Outcome.REVIEW, decline: Outcome.DECLINE } as const;

export interface VerdictSetup {
  readonly engine: Engine;
  readonly ruleSet: RuleSet;
  readonly live: LiveImage;
  /** Milliseconds that compile() took. */
  readonly compileMs: number;
  /** Bytes of the image file's deciding part and manifest. */
  readonly imageBytes: number;
}

/** An engine that takes every bundle. */
export function benchEngine(options: Pick<EngineOptions, 'dataDir'> = {}): Promise<Engine> {
  return createEngine({ ...options, poolThreads: 0, profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER });
}

/** Compiles a bundle and loads it, into an engine of its own where none is given. */
export async function setUpVerdict(files: BundleFiles, shared?: Engine): Promise<VerdictSetup> {
  const startMs = performance.now();
  const { image, diagnostics } = compile(files, { profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER });
  const compileMs = performance.now() - startMs;
  if (!image) throw new Error(`the workload does not compile: ${diagnostics[0]?.message}`);
  const engine = shared ?? (await benchEngine());
  const ruleSet = await engine.load(image, { tenant: TENANT });
  const { name } = await engine.publish(TENANT, files);
  const live = engine.live(TENANT, name);
  if (!live) throw new Error('the published workload is not live');
  await ruleSet.warmUp();
  await live.tenant.host.codes?.want(live);
  return { engine, ruleSet, live, compileMs, imageBytes: image.length };
}

/** FlatBuffers bytes of payloads, each a copy of its own. */
export function encodePayloads(model: Model, payloads: readonly object[]): Uint8Array[] {
  const encoder = new PayloadEncoder(model);
  return payloads.map((payload) => encoder.encode(payload).slice());
}

/** Objects to decisions, through RuleSet.decide. */
export function verdictObjects({ ruleSet }: VerdictSetup, payloads: readonly object[]): Row {
  return decideRow('Verdict, object', ruleSet, payloads);
}

/** JSON texts to decisions, through RuleSet.decide. */
export function verdictJson({ ruleSet }: VerdictSetup, texts: readonly string[]): Row {
  return decideRow('Verdict, JSON text', ruleSet, texts);
}

/** The bytes of JSON texts to a decision that is read where it lies, as verdictSingle does. */
export function verdictJsonBytes({ ruleSet }: VerdictSetup, buffers: readonly Buffer[]): Row {
  return viewRow(JSON_ROW, ruleSet, buffers, { isJson: true });
}

/** The bytes of JSON texts to the bytes of a decision, a copy. */
export function verdictJsonCopied({ ruleSet }: VerdictSetup, buffers: readonly Buffer[]): Row {
  return {
    name: 'Verdict, JSON bytes in, decision copied',
    covers: 'score and outcome',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) sum += checksumOf(ruleSet.decideBytes(buffers[i]!, { isJson: true }));
      return sum;
    },
  };
}

/** The bytes of a double, and the double: cheaper than a view of each decision. */
const scoreBytes = new Uint8Array(8);
const score = new Float64Array(scoreBytes.buffer);

function checksumOf(decision: Uint8Array): number {
  for (let i = 0; i < 8; i++) scoreBytes[i] = decision[DECISION_SCORE + i]!;
  return checksum(score[0]!, decision[DECISION_OUTCOME]!);
}

function decideRow(name: string, ruleSet: RuleSet, payloads: readonly (object | string)[]): Row {
  return {
    name,
    covers: 'score and outcome',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        const { score, outcome } = ruleSet.decide(payloads[i]!);
        sum += checksum(score, outcome === null ? Outcome.NONE : OUTCOMES[outcome]);
      }
      return sum;
    },
  };
}

/** FlatBuffers bytes to a decision that is read where it lies, one call each: status, outcome, score, and all of every reason. */
export function verdictSingle({ ruleSet }: VerdictSetup, payloads: readonly Uint8Array[]): Row {
  return viewRow(SINGLE_ROW, ruleSet, payloads, {});
}

function viewRow(name: string, ruleSet: RuleSet, payloads: readonly Uint8Array[], options: CallOptions): Row {
  return {
    name,
    covers: 'score, outcome and reasons',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        const decision = ruleSet.decideView(payloads[i]!, options);
        const { outcome, reasonCount } = decision;
        if (decision.status !== 'OK') throw new Error(`payload ${i} is ${decision.status}`);
        sum += checksum(decision.score, outcome === null ? Outcome.NONE : OUTCOMES[outcome]);
        for (let index = 0; index < reasonCount; index++) {
          const { code, score } = decision.reason(index);
          sum += reasonChecksum(code, score);
        }
      }
      return sum;
    },
  };
}

/** FlatBuffers bytes to the bytes of a decision, one call each: a copy in, a copy out. */
export function verdictCopied({ ruleSet }: VerdictSetup, payloads: readonly Uint8Array[]): Row {
  return {
    name: 'Verdict, FlatBuffers, one a call, copied',
    covers: 'score and outcome',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) {
        sum += checksumOf(ruleSet.decideBytes(payloads[i]!));
      }
      return sum;
    },
  };
}

/** Puts all payloads side by side into the tenant's heap; returns their addresses. */
function placePayloads(memory: TenantMemory, payloads: readonly Uint8Array[]): { block: number; addresses: Uint32Array } {
  const addresses = new Uint32Array(payloads.length);
  let bytes = 0;
  payloads.forEach((payload, i) => {
    addresses[i] = bytes;
    bytes += Math.ceil(payload.length / 8) * 8;
  });
  const content = new Uint8Array(bytes);
  payloads.forEach((payload, i) => {
    content.set(payload, addresses[i]);
  });
  const block = memory.place(content);
  return { block, addresses: addresses.map((offset) => block + offset) };
}

/** What a decision at an address of the tenant's memory adds to a row's sum. */
export type ReadDecision = (decision: number) => number;

/** What a row in place reads of each decision. */
export interface Reading {
  readonly covers: Row['covers'];
  readonly readerOf: (buffer: ArrayBufferLike) => ReadDecision;
}

const SCORE_AND_OUTCOME: Reading = {
  covers: 'score and outcome',
  readerOf: (buffer) => {
    const bytes = new Uint8Array(buffer);
    const doubles = new Float64Array(buffer);
    return (decision) => checksum(doubles[(decision + DECISION_SCORE) >>> 3]!, bytes[decision + DECISION_OUTCOME]!);
  },
};

/** Payloads that lie in the tenant's memory already, BATCH_COUNT of them an engine call; whole decisions are written. */
export function verdictInPlace(
  { live }: Pick<VerdictSetup, 'live'>,
  payloads: readonly Uint8Array[],
  { covers, readerOf }: Reading = SCORE_AND_OUTCOME,
): Row {
  const { memory, inline } = live.tenant;
  const { block, addresses } = placePayloads(memory, payloads);
  const lengths = Uint32Array.from(payloads, (payload) => payload.length);
  const outputBytes = BATCH_COUNT * live.decisionBytesMax;
  // A slot for as long as the row lives: on the heap, since in the ring it would hold up every later one.
  const slot = memory.place(new Uint8Array(SLOT_HEADER_BYTES + BATCH_COUNT * ENTRY_BYTES + outputBytes));
  const { buffer } = memory.memory;
  const words = new Int32Array(buffer);
  const read = readerOf(buffer);
  const entries = slot + SLOT_HEADER_BYTES;
  const setWord = (address: number, value: number): void => {
    words[address >>> 2] = value;
  };
  setWord(slot + SLOT_IMAGE, live.address);
  setWord(slot + SLOT_LISTS, live.bindings?.lists ?? 0);
  setWord(slot + SLOT_COUNT, BATCH_COUNT);
  setWord(slot + SLOT_ENTRIES, entries);
  setWord(slot + SLOT_OUTPUT, entries + BATCH_COUNT * ENTRY_BYTES);
  setWord(slot + SLOT_OUTPUT_BYTES, outputBytes);

  const decideBatch = (first: number): number => {
    for (let i = 0, entry = entries; i < BATCH_COUNT; i++, entry += ENTRY_BYTES) {
      setWord(entry + ENTRY_PAYLOAD, addresses[first + i]!);
      setWord(entry + ENTRY_PAYLOAD_BYTES, lengths[first + i]!);
    }
    setWord(slot + SLOT_CURSOR, 0);
    setWord(slot + SLOT_OUTPUT_USED, 0);
    const status = inline.run(slot, SlotCall.DECIDE, live.code);
    if (status !== Status.OK) throw new Error(`the engine answered ${Status[status]}`);
    let sum = 0;
    for (let i = 0, entry = entries; i < BATCH_COUNT; i++, entry += ENTRY_BYTES) {
      sum += read(words[(entry + ENTRY_DECISION) >>> 2]! >>> 0);
    }
    return sum;
  };
  return {
    name: IN_PLACE_ROW,
    covers,
    decide: (first) => {
      let sum = 0;
      for (let batch = first; batch < first + BLOCK_COUNT; batch += BATCH_COUNT) sum += decideBatch(batch);
      return sum;
    },
    close: () => {
      memory.free(slot);
      memory.free(block);
    },
  };
}
