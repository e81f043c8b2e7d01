// Two payloads at a time, where a program is nothing but tests of fields: each is checked and loaded as ever, but what the program
// reads goes into a lane of vectors in the scratch; the tests are then made for both at once, and each gets its decision from the
// hit bits of its lane (paired-loop.ts). One that does not fit is left to the function that decides one payload, and so is the one
// in front of it.
//
//   scratch, from its registers on: | lanes: a vector for each value that is read | hits: a vector for each word |
//
// 100 rules of three comparisons, frames of 64, nanoseconds a payload in process (Intel Xeon, Node 20): 147 by pairs, 185 one by
// one.

import { IMAGE_LIST_COUNT, IMAGE_NOW_REGISTER, IMAGE_PARAMETER_COUNT, IMAGE_RULE_COUNT } from '../../assembly/shared/image.js';
import { SCRATCH_NULLS, SCRATCH_REGISTERS } from '../../assembly/shared/layout.js';
import { Opcode } from '../../assembly/shared/opcode.js';
import { Status } from '../../assembly/shared/status.js';
import { Op, ValueType } from '../wasm/format.js';
import type { FunctionBody } from './body.js';
import { emitDecision } from './decision.js';
import { Frame, Parameter } from './frame.js';
import type { Helpers } from './helpers.js';
import { emitId } from './id.js';
import type { ImageParts, Instruction } from './image-parts.js';
import type { ModuleWriter } from './module-writer.js';
import { hasOutputs } from './outputs.js';
import { isPairTest, LANES_BYTES, type Lane, PairTruths } from './pair-truths.js';
import { PayloadLoader } from './payload.js';
import { emitPredicated, isPredicable } from './predicated.js';
import { type Segment, segmentsOf } from './segments.js';

/** Tests from which on two at a time are quicker: 30, of 10 rules, take as long either way. */
const TESTS_MIN = 32;

export interface Pairs {
  /** (slot, image, index, payload, bytes, lane address) -> status: checks one and fills its lane. */
  readonly load: number;
  /** (address of the lanes, image): makes the tests of both. */
  readonly match: number;
  /** (slot, image, index, address of its hits, 0, output) -> bytes of its decision. */
  readonly write: number;
  /** Where hit bits lie, from the scratch's base. */
  readonly hits: number;
}

/** Adds the functions that decide two payloads of an image at a time to a module; undefined where one by one is as good. */
export function addPairs(module: ModuleWriter, image: ImageParts, helpers: Helpers): Pairs | undefined {
  const frame = new Frame(image, helpers);
  const parts = partsOf(frame);
  if (parts === undefined) return undefined;
  const truths = new PairTruths(frame);
  for (const [rule, segment] of parts.rules.entries()) {
    truths.begin(rule);
    emitPredicated(frame, segment, truths);
  }
  const words = Math.ceil(image.word(IMAGE_RULE_COUNT) / 64);
  const { lanes } = truths;
  if ((lanes.length + words) * LANES_BYTES > SCRATCH_NULLS - SCRATCH_REGISTERS) return undefined;
  truths.finish(words);
  emitLoad(frame, parts.values, lanes);
  return {
    load: module.add(frame.body, [ValueType.I32]),
    match: module.add(truths.body, []),
    write: module.add(writeBody(image, helpers, words), [ValueType.I32]),
    hits: SCRATCH_REGISTERS + lanes.length * LANES_BYTES,
  };
}

/** A program in two parts. */
interface Parts {
  /** What makes values of fields: of each payload by itself. */
  readonly values: readonly Segment[];
  /** Tests and hits alone, behind all values. */
  readonly rules: readonly Segment[];
}

/** The parts of a program; undefined where it has others, or too few tests to be worth it. */
function partsOf(frame: Frame): Parts | undefined {
  const { image } = frame;
  if (hasOutputs(image) || frame.hitsInScratch) return undefined;
  if (image.word(IMAGE_LIST_COUNT) > 0 || image.word(IMAGE_PARAMETER_COUNT) > 0) return undefined;
  if (frame.fieldsRead.has(image.word(IMAGE_NOW_REGISTER))) return undefined;
  const segments = segmentsOf(image);
  const codeOf = ({ first, end }: Segment): readonly Instruction[] => image.code.slice(first, end);
  const isEnd = (segment: Segment): boolean => codeOf(segment)[0]?.op === Opcode.END;
  const isHit = ({ op }: Instruction): boolean => op === Opcode.HIT;
  const firstRule = segments.findIndex((segment) => codeOf(segment).some(isHit));
  const behind = segments.findIndex(isEnd);
  const values = segments.slice(0, firstRule);
  const isAll = (segment: Segment): boolean => codeOf(segment).every(({ op }) => op === Opcode.ALL);
  const rules = segments.slice(firstRule, behind < 0 ? undefined : behind).filter((segment) => !isAll(segment));
  const isTest = (instruction: Instruction): boolean => isPairTest(frame, instruction);
  const isRule = (instruction: Instruction): boolean =>
    isHit(instruction) || isTest(instruction) || instruction.op === Opcode.ALL || instruction.op === Opcode.JUMP;
  const tests = rules.flatMap(codeOf);
  if (firstRule < 0 || tests.filter(isTest).length < TESTS_MIN || !tests.every(isRule)) return undefined;
  return [...values, ...rules].every((segment) => isPredicable(frame, segment)) ? { values, rules } : undefined;
}

/** Loads a payload, and puts what the tests read into its lane, at the address in the place of the output. */
function emitLoad(frame: Frame, values: readonly Segment[], lanes: readonly Lane[]): void {
  const { body } = frame;
  frame.fail = body.block();
  new PayloadLoader(frame, false).emit();
  frame.emitGuards();
  for (const segment of values) emitPredicated(frame, segment);
  for (const [index, lane] of lanes.entries()) {
    body.get(Parameter.OUTPUT);
    if (lane.kind === 'null') {
      body.i64(0n);
      body.get(frame.nullFlag(lane.register) as number);
      body.op(Op.I64_EXTEND_I32_U, Op.I64_SUB);
    } else {
      body.get(localOf(frame, lane));
    }
    const isDouble = (lane.kind === 'register' || lane.kind === 'guard') && frame.isDouble(lane.register);
    body.memory(isDouble ? Op.F64_STORE : Op.I64_STORE, index * LANES_BYTES);
  }
  body.i32(Status.OK);
  body.op(Op.RETURN);
  body.end();
  body.get(frame.status);
}

function localOf(frame: Frame, { kind, register }: Lane): number {
  if (kind === 'register') return frame.register(register);
  return (kind === 'key' ? frame.key(register) : frame.guard(register)) as number;
}

/** Writes the decision of the hits at the address in the place of the payload. */
function writeBody(image: ImageParts, helpers: Helpers, words: number): FunctionBody {
  const frame = new Frame(image, helpers);
  const { body } = frame;
  const id = { high: body.local(ValueType.I64), low: body.local(ValueType.I64) };
  emitId(frame, id);
  for (let word = 0; word < words; word++) {
    body.get(Parameter.PAYLOAD);
    body.memory(Op.I64_LOAD, word * LANES_BYTES);
    body.set(frame.hits(word));
  }
  emitDecision(frame, id);
  return body;
}
