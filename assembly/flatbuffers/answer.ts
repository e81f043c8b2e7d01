// Writes an AnswerBatch of schemas/batch.fbs front to back. The decisions lie in it at multiples of 8, so that they are the same
// bytes as everywhere else.
//
//   0 root offset   4 vtable of the batch, 8   12 vtable of an answer, 8   20 table: offset to vtable   24 id u64
//  32 -> answers   36 answers: count   40 offsets, padded to 8
//  then for each: 4 unused | table: offset to vtable | id u64 | -> decision | decision: length | its bytes

import { IMAGE_DECISION_BYTES_MAX } from '../shared/image';
import { ANSWER_BATCH_BYTES, ANSWER_BYTES, ANSWER_OFFSETS } from '../shared/layout';

const BATCH_VTABLE = 4;
const ANSWER_VTABLE = 12;
const BATCH_TABLE = 20;
const BATCH_ID = 24;
const BATCH_ANSWERS = 32;
const ANSWERS = 36;

/** The largest AnswerBatch of `count` decisions of an image, in bytes. */
export function answerBatchBytes(image: usize, count: u32): u64 {
  const each = (ANSWER_BYTES as u64) + (load<u32>(image, IMAGE_DECISION_BYTES_MAX) as u64);
  return (ANSWER_BATCH_BYTES as u64) + (((count as u64) * 4 + 7) & ~7) + (count as u64) * each;
}

/** Where the first of `count` answers starts, a multiple of 8 behind `output`. */
export function firstAnswer(output: usize, count: u32): usize {
  return output + ANSWER_BATCH_BYTES + ((((count as usize) << 2) + 7) & ~7);
}

/** Writes the head of the batch. */
export function beginAnswerBatch(output: usize, id: u64, count: u32): void {
  store<u32>(output, BATCH_TABLE);
  store<u16>(output, 8, BATCH_VTABLE); // bytes of the vtable
  store<u16>(output, ANSWERS - BATCH_TABLE, BATCH_VTABLE + 2); // bytes of the table
  store<u16>(output, BATCH_ID - BATCH_TABLE, BATCH_VTABLE + 4);
  store<u16>(output, BATCH_ANSWERS - BATCH_TABLE, BATCH_VTABLE + 6);
  store<u16>(output, 8, ANSWER_VTABLE);
  store<u16>(output, 16, ANSWER_VTABLE + 2);
  store<u16>(output, 4, ANSWER_VTABLE + 4); // id
  store<u16>(output, 12, ANSWER_VTABLE + 6); // decision
  store<u32>(output, BATCH_TABLE - BATCH_VTABLE, BATCH_TABLE);
  store<u64>(output, id, BATCH_ID);
  store<u32>(output, ANSWERS - BATCH_ANSWERS, BATCH_ANSWERS);
  store<u32>(output, count, ANSWERS);
  if (count & 1) store<u32>(output + (count << 2), 0, ANSWERS + 4);
}

/**
 * Writes answer `index` at `answer`, all but the decision and its length in the 4 bytes before it.
 *
 * @returns where the decision has to be written, a multiple of 8 behind `output`
 */
export function writeAnswer(output: usize, answer: usize, index: u32, id: u64): usize {
  const table = answer + 4;
  const element = output + ANSWER_OFFSETS + (index << 2);
  store<u32>(element, (table - element) as u32);
  store<u32>(answer, 0);
  store<u32>(table, (table - (output + ANSWER_VTABLE)) as u32);
  store<u64>(table, id, 4);
  store<u32>(table, 4, 12);
  return answer + ANSWER_BYTES;
}
