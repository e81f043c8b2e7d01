// The bench of frames: designs by which a server comes from the bytes of a RequestBatch to those of its AnswerBatch, beside each
// other in one process and without a socket. Each decides the same frames, and all must answer alike, byte for byte.

import { threadId } from 'node:worker_threads';
import {
  ANSWER_BATCH_BYTES,
  ANSWER_BYTES,
  SLOT_HEADER_BYTES,
  SLOT_IMAGE,
  SLOT_INPUT,
  SLOT_INPUT_BYTES,
  SLOT_OUTPUT,
  SLOT_OUTPUT_BYTES,
  SLOT_OUTPUT_USED,
} from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { FunctionBody } from '../src/codegen/body.js';
import { generateModule } from '../src/codegen/generate.js';
import { ModuleWriter } from '../src/codegen/module-writer.js';
import { begin, type DecideOptions, decideFrame } from '../src/decide.js';
import { frameNameOf } from '../src/frame.js';
import { LentFrame } from '../src/lent-frame.js';
import type { LiveImage } from '../src/registry/live-image.js';
import { attachCode, compileCode, type GeneratedCode } from '../src/runtime/generated-code.js';
import { EngineInstance, engineModule } from '../src/runtime/instance.js';
import { claimScratch } from '../src/runtime/scratch.js';
import { wasm } from '../src/runtime/webassembly.js';
import { writeRequestBatch } from '../src/stream/request-batch.js';
import { Op, ValueType } from '../src/wasm/format.js';
import { bundleOf } from './bundle.js';
import { type Design, timeBlock } from './design.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { computeTruth } from './truth.js';
import { encodePayloads, setUpVerdict } from './verdict-rows.js';
import { makePayloads, makeRules } from './workload.js';

/** Payloads of a frame. */
const COUNTS = [1, 64, 256] as const;
/** Payloads of a timed block: frames come and go in the caches as behind a socket. */
const BLOCK_PAYLOADS = 1024;
/** Frames that come in one turn of the event loop, for the design that decides them together. */
const TURN_FRAMES = 64;
const NO_ID = { highLow: 0, highHigh: 0, lowLow: 0, lowHigh: 0 };
const AT_ONCE: DecideOptions = { now: 0n, path: 'inline' };

export interface FramesOptions {
  readonly rules: number;
  /** A multiple of BLOCK_PAYLOADS. */
  readonly payloadCount: number;
  /** Blocks of each design that are timed, in turns. */
  readonly rounds: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface FramesRow {
  readonly design: string;
  /** Nanoseconds a payload by payloads of a frame, of the median block. */
  readonly nanos: Readonly<Record<number, number>>;
  readonly wrong: string | null;
}

export interface FramesResult {
  readonly machine: Machine;
  readonly rows: readonly FramesRow[];
}

/** Measures each design with each size of frame, in turns. */
export async function benchFrames({ rules: ruleCount, payloadCount, rounds, format, log }: FramesOptions): Promise<FramesResult> {
  const machine = describeMachine(undefined);
  log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}; ${ruleCount} rules, medians of ${rounds} blocks`);
  const rules = makeRules(ruleCount);
  const payloads = makePayloads(payloadCount);
  const { live, engine } = await setUpVerdict(bundleOf('workload', rules, computeTruth(rules, payloads).thresholds));
  try {
    const bytes = encodePayloads(live.model, payloads);
    const framesOf = (count: number): Uint8Array[] =>
      Array.from({ length: payloadCount / count }, (_, i) =>
        writeRequestBatch(BigInt(i), live.model.hash, live.name, bytes.slice(i * count, i * count + count), {
          firstId: i * count,
        }).slice(),
      );
    const [byTests, byRanks] = [await codeOf(live, false), await codeOf(live, true)];
    const designs: Readonly<Record<string, Design>> = {
      'a slot for each frame': slotDesign(live, byRanks),
      'lent room, tests of all rules': lentDesign(live, byTests),
      'slots of a turn, decided by one call': turnDesign(live, byRanks, Math.max(...framesOf(1).map(({ length }) => length))),
      'lent room, rules by ranks': lentDesign(live, byRanks),
    };
    const rows = Object.keys(designs).map((design) => ({
      design,
      nanos: {} as Record<number, number>,
      wrong: null as string | null,
    }));
    for (const count of COUNTS) {
      const frames = framesOf(count);
      const expected = answersOf(Object.values(designs)[0]!, frames);
      const taking = rows.filter(({ design }) => count === 1 || !design.startsWith('slots of a turn'));
      for (const row of taking) {
        const answers = answersOf(designs[row.design]!, frames);
        const first = answers.findIndex((answer, i) => Buffer.compare(answer, expected[i]!) !== 0);
        if (first >= 0 || answers.length !== expected.length)
          row.wrong ??= `frame ${first} of ${count} payloads has another answer`;
      }
      const times = new Map(taking.map((row) => [row, [] as number[]]));
      const blockFrames = BLOCK_PAYLOADS / count;
      for (let round = 0; round < rounds; round++) {
        const from = (round * blockFrames) % frames.length;
        const block = frames.slice(from, from + blockFrames);
        // Who comes first finds the frames cold.
        taking.push(taking.shift()!);
        for (const row of taking) times.get(row)!.push(timeBlock(designs[row.design]!, block));
      }
      for (const row of taking) row.nanos[count] = median(times.get(row)!) / BLOCK_PAYLOADS;
    }
    const head = ['ns a payload, of frames of', ...COUNTS.map(String), ''];
    const cells = rows.map(({ design, nanos, wrong }) => [
      ...[design, ...COUNTS.map((count) => (nanos[count] === undefined ? '-' : formatNumber(nanos[count])))],
      wrong ?? '',
    ]);
    for (const line of ['', ...format(head, cells, ['left', 'right', 'right', 'right', 'left'])]) log(line);
    return { machine, rows };
  } finally {
    await engine.close();
  }
}

async function codeOf(live: LiveImage, byRanks: boolean): Promise<GeneratedCode> {
  const { module, unsupported } = generateModule(live.copyDeciding(), byRanks);
  if (module === undefined) throw new Error(`the workload has no code: ${unsupported}`);
  return compileCode(module);
}

function answersOf(design: Design, frames: readonly Uint8Array[]): Uint8Array[] {
  const answers: Uint8Array[] = [];
  design(frames, (answer) => answers.push(Uint8Array.from(answer)));
  return answers;
}

/** src/decide.ts: a slot of the ring, a pin, a request that is settled. What is pooled or has a deadline is decided so. */
function slotDesign(live: LiveImage, code: GeneratedCode): Design {
  return (frames, show) => {
    live.code = code;
    for (const frame of frames) decideFrame(live, frame, AT_ONCE, ({ answer }) => show(answer));
  };
}

/** src/lent-frame.ts: what the server does. */
function lentDesign(live: LiveImage, code: GeneratedCode): Design {
  const lent = new LentFrame();
  const name = frameNameOf(live);
  const { memory } = live.tenant;
  return (frames, show) => {
    live.code = code;
    for (const frame of frames) {
      if (!lent.place(memory, frame) || !lent.names(name) || !lent.fits(live)) throw new Error('the frame is not taken');
      begin(live, lent.count, AT_ONCE);
      if (lent.decide(live, NO_ID, undefined) !== Status.OK) throw new Error('the frame was refused');
      show(lent.answer);
    }
  };
}

/**
 * Frames of one payload wait until the turn is over; then one call of WebAssembly decides all of them. It leaves out what a server
 * would have to add: who is owed which answer, and a cork for each.
 */
function turnDesign(live: LiveImage, code: GeneratedCode, frameBytes: number): Design {
  const { memory } = live.tenant;
  const { words, bytes } = memory;
  const instance = new EngineInstance(engineModule(), memory.memory, words, claimScratch(words, threadId, memory.scratches));
  const { decideFrame: decideOne } = attachCode(code.module, instance);
  const imports = { env: { memory: memory.memory, scratchBase: 0 }, engine: { decideFrame: decideOne } };
  const decideAll = new wasm.Instance(new wasm.Module(callsModule()), imports).exports.decideAll as (
    first: number,
    bytes: number,
    count: number,
  ) => Status;
  const room = (frameBytes + 7) & ~7;
  const output = ANSWER_BATCH_BYTES + 8 + ANSWER_BYTES + live.decisionBytesMax;
  const slotBytes = SLOT_HEADER_BYTES + room + output;
  const first = memory.ring.claim(TURN_FRAMES * slotBytes);
  return (frames, show) => {
    for (let from = 0; from < frames.length; from += TURN_FRAMES) {
      const count = Math.min(TURN_FRAMES, frames.length - from);
      for (let i = 0; i < count; i++) {
        const frame = frames[from + i]!;
        const slot = first + i * slotBytes;
        bytes.fill(0, slot, slot + SLOT_HEADER_BYTES);
        bytes.set(frame, slot + SLOT_HEADER_BYTES);
        words[(slot + SLOT_IMAGE) >>> 2] = live.address;
        words[(slot + SLOT_INPUT) >>> 2] = slot + SLOT_HEADER_BYTES;
        words[(slot + SLOT_INPUT_BYTES) >>> 2] = frame.length;
        words[(slot + SLOT_OUTPUT) >>> 2] = slot + SLOT_HEADER_BYTES + room;
        words[(slot + SLOT_OUTPUT_BYTES) >>> 2] = output;
      }
      if (decideAll(first, slotBytes, count) !== Status.OK) throw new Error('a frame was refused');
      for (let i = 0; i < count; i++) {
        const slot = first + i * slotBytes;
        show(
          bytes.subarray(
            slot + SLOT_HEADER_BYTES + room,
            slot + SLOT_HEADER_BYTES + room + words[(slot + SLOT_OUTPUT_USED) >>> 2]!,
          ),
        );
      }
    }
  };
}

/** decideAll(first slot, bytes of a slot, count): decideFrame of each; their statuses in one. */
function callsModule(): Uint8Array {
  const { I32 } = ValueType;
  const module = new ModuleWriter('engine', [{ name: 'decideFrame', params: [I32], results: [I32] }]);
  const body = new FunctionBody([I32, I32, I32]);
  const [slot, slotBytes, count, status] = [0, 1, 2, body.local(I32)];
  const again = body.loop();
  body.get(slot);
  body.call(0);
  body.get(status);
  body.op(Op.I32_OR);
  body.set(status);
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
  body.get(status);
  module.add(body, [I32], 'decideAll');
  return module.finish();
}
