// AnswerBatch frames (schemas/batch.fbs) that the host builds or reads itself. The engine writes the answers of whole frames;
// these are for error answers, and for batches whose request and answer are of different media types.

import { Builder, ByteBuffer } from 'flatbuffers';
import { Answer, AnswerBatch } from '../schema/generated/verdict/wire.js';

/** A frame that could not be decided as a whole. */
export function writeErrorAnswer(id: bigint, code: string, detail: string): Uint8Array {
  const builder = new Builder(256);
  const errorOffset = builder.createString(code);
  const detailOffset = builder.createString(detail);
  AnswerBatch.startAnswerBatch(builder);
  AnswerBatch.addId(builder, id);
  AnswerBatch.addError(builder, errorOffset);
  AnswerBatch.addDetail(builder, detailOffset);
  builder.finish(AnswerBatch.endAnswerBatch(builder));
  return builder.asUint8Array();
}

/** Decisions in order; the i-th answer has the id i. */
export function writeAnswers(decisions: Iterable<Uint8Array>): Uint8Array {
  const builder = new Builder(1024);
  const answers: number[] = [];
  for (const decision of decisions) {
    builder.startVector(1, decision.length, 8);
    for (let i = decision.length - 1; i >= 0; i--) builder.addInt8(decision[i] as number);
    const bytes = builder.endVector();
    Answer.startAnswer(builder);
    Answer.addId(builder, BigInt(answers.length));
    Answer.addDecision(builder, bytes);
    answers.push(Answer.endAnswer(builder));
  }
  const vector = AnswerBatch.createAnswersVector(builder, answers);
  AnswerBatch.startAnswerBatch(builder);
  AnswerBatch.addAnswers(builder, vector);
  builder.finish(AnswerBatch.endAnswerBatch(builder));
  return builder.asUint8Array();
}

/** The decisions of an AnswerBatch that the engine wrote, in order. Views into `frame`. */
export function readAnswers(frame: Uint8Array): Uint8Array[] {
  const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(frame));
  return Array.from({ length: batch.answersLength() }, (_, i) => batch.answers(i)?.decisionArray() ?? new Uint8Array(0));
}
