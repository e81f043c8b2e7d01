// The bench of requests: designs by which a server comes from the body of a request to the body of its answer, both JSON, beside
// each other in one process and without a socket. All must answer alike, byte for byte. Then, over sockets, what the library takes.

import { threadId } from 'node:worker_threads';
import { TEXT_SPARE_BYTES } from '../assembly/shared/json.js';
import {
  SLOT_HEADER_BYTES,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_OUTPUT,
  SLOT_OUTPUT_USED,
} from '../assembly/shared/layout.js';
import { FunctionBody } from '../src/codegen/body.js';
import { ModuleWriter } from '../src/codegen/module-writer.js';
import { begin, type DecideOptions } from '../src/decide.js';
import { decideJson } from '../src/decide-json.js';
import { decideText } from '../src/decide-text.js';
import type { LiveImage } from '../src/registry/live-image.js';
import { attachCode } from '../src/runtime/generated-code.js';
import { EngineInstance, engineModule } from '../src/runtime/instance.js';
import { claimScratch } from '../src/runtime/scratch.js';
import { wasm } from '../src/runtime/webassembly.js';
import { renderDecisionBytes } from '../src/schema/decision.js';
import { Op, ValueType } from '../src/wasm/format.js';
import { bundleOf } from './bundle.js';
import { type Design, timeBlock } from './design.js';
import { benchHeads, type HeadsRow } from './heads.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { computeTruth } from './truth.js';
import { setUpVerdict } from './verdict-rows.js';
import { makePayloads, makeRules } from './workload.js';

/** Requests of a timed block, the next ones each time. */
const BLOCK_COUNT = 1024;
/** Requests that come in one turn of the event loop, for the design that decides them together. */
const TURN_COUNT = 64;
const AT_ONCE: DecideOptions = { now: 0n, path: 'inline' };

export interface RequestsOptions {
  readonly rules: number;
  /** A multiple of BLOCK_COUNT. */
  readonly payloadCount: number;
  /** Blocks of each design that are timed, in turns. */
  readonly blocks: number;
  /** Times each server is measured, in turns, and for how long. */
  readonly rounds: number;
  readonly measureMs: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface RequestsRow {
  readonly design: string;
  /** Nanoseconds a request, of the median block. */
  readonly nanos: number;
  readonly wrong: string | null;
}

export interface RequestsResult {
  readonly machine: Machine;
  readonly rows: readonly RequestsRow[];
  readonly heads: readonly HeadsRow[];
}

/** Measures the designs in turns, and then the servers. */
export async function benchRequests(options: RequestsOptions): Promise<RequestsResult> {
  const { rules: ruleCount, payloadCount, blocks, rounds, measureMs, format, log } = options;
  const machine = describeMachine(undefined);
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; ${ruleCount} rules, medians of ${blocks} blocks`);
  const rules = makeRules(ruleCount);
  const payloads = makePayloads(payloadCount);
  const files = bundleOf('workload', rules, computeTruth(rules, payloads).thresholds);
  const { rows, meanBytes } = await measureDesigns();
  const heads = await benchHeads({ files, payloads, httpBytes: meanBytes, rounds, measureMs, format, log });
  return { machine, rows, heads };

  async function measureDesigns(): Promise<{ rows: RequestsRow[]; meanBytes: number }> {
    const { live, engine } = await setUpVerdict(files);
    try {
      const bodies = payloads.map((payload) => new TextEncoder().encode(JSON.stringify(payload)));
      const designs: readonly (readonly [string, Design])[] = [
        ['a slot for each request, text from JavaScript', slotDesign(live)],
        ['lent room, text from JavaScript', lentDesign(live, (body) => decideText(live, body, 0n).toJson())],
        ['bodies of a turn decided by one call, text from the engine', turnDesign(live, bodies)],
        ['lent room, text from the engine', lentDesign(live, (body) => decideText(live, body, 0n).toLentJson(live.tenant.inline))],
      ];
      const expected = answersOf(designs[0]![1], bodies);
      const contenders = designs.map(([design, run]) => ({ design, run, times: [] as number[] }));
      const rows = contenders.map(({ design, run }): RequestsRow & { nanos: number } => {
        const answers = answersOf(run, bodies);
        const first = expected.findIndex((answer, i) => answer !== answers[i]);
        const wrong = first < 0 && answers.length === expected.length ? null : `request ${first} has another answer`;
        return { design, nanos: 0, wrong };
      });
      for (let block = 0; block < blocks; block++) {
        const from = (block * BLOCK_COUNT) % bodies.length;
        const part = bodies.slice(from, from + BLOCK_COUNT);
        // Who comes first finds the bodies cold.
        contenders.push(contenders.shift()!);
        for (const { run, times } of contenders) times.push(timeBlock(run, part));
      }
      for (const { design, times } of contenders) rows.find((row) => row.design === design)!.nanos = median(times) / BLOCK_COUNT;
      const cells = rows.map(({ design, nanos, wrong }) => [design, formatNumber(nanos), wrong ?? '']);
      for (const line of ['', ...format(['without sockets', 'ns a request', ''], cells, ['left', 'right', 'left'])]) log(line);
      return { rows, meanBytes: Math.round(expected.reduce((sum, { length }) => sum + length, 0) / expected.length) };
    } finally {
      await engine.close();
    }
  }
}

function answersOf(design: Design, bodies: readonly Uint8Array[]): string[] {
  const answers: string[] = [];
  design(bodies, (answer) => answers.push(Buffer.from(answer).toString()));
  return answers;
}

/** src/decide-json.ts and src/schema/decision.ts: what is pooled, and what is more than one payload, is answered so. */
function slotDesign(live: LiveImage): Design {
  return (bodies, show) => {
    for (const body of bodies)
      decideJson(live, [body], AT_ONCE, (settled) => show(renderDecisionBytes(settled.decision(0), live.reasons)));
  };
}

/** src/decide-text.ts, with either way to a text; that of the engine is what the server does. */
function lentDesign(live: LiveImage, answer: (body: Uint8Array) => Uint8Array): Design {
  return (bodies, show) => {
    for (const body of bodies) {
      begin(live, 1, AT_ONCE);
      show(answer(body));
    }
  };
}

/**
 * Bodies wait until the turn is over; then one call of WebAssembly decides all of them. It leaves out what a server would have to
 * add: who is owed which answer, and a cork for each.
 */
function turnDesign(live: LiveImage, all: readonly Uint8Array[]): Design {
  const { memory } = live.tenant;
  const { words, bytes } = memory;
  const instance = new EngineInstance(engineModule(), memory.memory, words, claimScratch(words, threadId, memory.scratches));
  const { decideText: decideOne } = live.code === undefined ? instance : attachCode(live.code.module, instance);
  const imports = { env: { memory: memory.memory, scratchBase: 0 }, engine: { decideText: decideOne } };
  const decideAll = new wasm.Instance(new wasm.Module(callsModule()), imports).exports.decideAll as (
    first: number,
    bytes: number,
    count: number,
  ) => void;
  const room = (Math.max(...all.map(({ length }) => length)) + TEXT_SPARE_BYTES + 7) & ~7;
  const outputOffset = SLOT_HEADER_BYTES + room;
  const slotBytes = outputOffset + live.decisionBytesMax;
  const first = memory.ring.claim(TURN_COUNT * slotBytes);
  return (bodies, show) => {
    for (let from = 0; from < bodies.length; from += TURN_COUNT) {
      const count = Math.min(TURN_COUNT, bodies.length - from);
      for (let i = 0; i < count; i++) {
        const body = bodies[from + i]!;
        const slot = first + i * slotBytes;
        bytes.fill(0, slot, slot + SLOT_HEADER_BYTES);
        bytes.set(body, slot + SLOT_HEADER_BYTES);
        words[(slot + SLOT_IMAGE) >>> 2] = live.address;
        words[(slot + SLOT_INPUT) >>> 2] = slot + SLOT_HEADER_BYTES;
        words[(slot + SLOT_INPUT_BYTES) >>> 2] = body.length;
        words[(slot + SLOT_OUTPUT) >>> 2] = slot + outputOffset;
      }
      decideAll(first, slotBytes, count);
      for (let i = 0; i < count; i++) {
        const slot = first + i * slotBytes;
        const text = live.tenant.inline.renderDecision(slot + outputOffset);
        if (words[(slot + SLOT_OUTPUT_USED) >>> 2] === 0 || text === undefined) throw new Error('a body was refused');
        show(text);
      }
    }
  };
}

/** decideAll(first slot, bytes of a slot, count): decideText of each, what it returns in SLOT_OUTPUT_USED. */
function callsModule(): Uint8Array {
  const { I32 } = ValueType;
  const module = new ModuleWriter('engine', [{ name: 'decideText', params: [I32, I32, I32, I32, I32], results: [I32] }]);
  const body = new FunctionBody([I32, I32, I32]);
  const [slot, slotBytes, count] = [0, 1, 2];
  const again = body.loop();
  body.get(slot);
  body.get(slot);
  for (const field of [SLOT_IMAGE, SLOT_INPUT, SLOT_INPUT_BYTES, SLOT_OUTPUT]) {
    body.get(slot);
    body.memory(Op.I32_LOAD, field);
  }
  body.call(0);
  body.memory(Op.I32_STORE, SLOT_OUTPUT_USED);
  body.get(slot);
  body.get(slotBytes);
  body.op(Op.I32_ADD);
  body.set(slot);
  body.get(count);
  body.i32(1);
  body.op(Op.I32_SUB);
  body.tee(count);
  body.brIf(again);
  body.end();
  module.add(body, [], 'decideAll');
  return module.finish();
}
