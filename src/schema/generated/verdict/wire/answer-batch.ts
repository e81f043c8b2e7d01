// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { Answer } from './answer.js';


export class AnswerBatch {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):AnswerBatch {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsAnswerBatch(bb:flatbuffers.ByteBuffer, obj?:AnswerBatch):AnswerBatch {
  return (obj || new AnswerBatch()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsAnswerBatch(bb:flatbuffers.ByteBuffer, obj?:AnswerBatch):AnswerBatch {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new AnswerBatch()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

id():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

answers(index: number, obj?:Answer):Answer|null {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? (obj || new Answer()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

answersLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

/**
 * A stable code of docs/ERRORS.md where the frame as a whole could not be decided; `answers` is then empty.
 */
error():string|null
error(optionalEncoding:flatbuffers.Encoding):string|Uint8Array|null
error(optionalEncoding?:any):string|Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.__string(this.bb_pos + offset, optionalEncoding) : null;
}

detail():string|null
detail(optionalEncoding:flatbuffers.Encoding):string|Uint8Array|null
detail(optionalEncoding?:any):string|Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.__string(this.bb_pos + offset, optionalEncoding) : null;
}

static startAnswerBatch(builder:flatbuffers.Builder) {
  builder.startObject(4);
}

static addId(builder:flatbuffers.Builder, id:bigint) {
  builder.addFieldInt64(0, id, BigInt('0'));
}

static addAnswers(builder:flatbuffers.Builder, answersOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, answersOffset, 0);
}

static createAnswersVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startAnswersVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static addError(builder:flatbuffers.Builder, errorOffset:flatbuffers.Offset) {
  builder.addFieldOffset(2, errorOffset, 0);
}

static addDetail(builder:flatbuffers.Builder, detailOffset:flatbuffers.Offset) {
  builder.addFieldOffset(3, detailOffset, 0);
}

static endAnswerBatch(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  return offset;
}

static createAnswerBatch(builder:flatbuffers.Builder, id:bigint, answersOffset:flatbuffers.Offset, errorOffset:flatbuffers.Offset, detailOffset:flatbuffers.Offset):flatbuffers.Offset {
  AnswerBatch.startAnswerBatch(builder);
  AnswerBatch.addId(builder, id);
  AnswerBatch.addAnswers(builder, answersOffset);
  AnswerBatch.addError(builder, errorOffset);
  AnswerBatch.addDetail(builder, detailOffset);
  return AnswerBatch.endAnswerBatch(builder);
}
}
