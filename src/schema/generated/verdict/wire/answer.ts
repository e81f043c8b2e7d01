// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

export class Answer {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Answer {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsAnswer(bb:flatbuffers.ByteBuffer, obj?:Answer):Answer {
  return (obj || new Answer()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsAnswer(bb:flatbuffers.ByteBuffer, obj?:Answer):Answer {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Answer()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

id():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

/**
 * A Decision (decision.fbs), 8-byte aligned.
 */
decision(index: number):number|null {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.readUint8(this.bb!.__vector(this.bb_pos + offset) + index) : 0;
}

decisionLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

decisionArray():Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return new Uint8Array(this.bb!.bytes().buffer, this.bb!.bytes().byteOffset + this.bb!.__vector(this.bb_pos + offset), this.bb!.__vector_len(this.bb_pos + offset));
}

static startAnswer(builder:flatbuffers.Builder) {
  builder.startObject(2);
}

static addId(builder:flatbuffers.Builder, id:bigint) {
  builder.addFieldInt64(0, id, BigInt('0'));
}

static addDecision(builder:flatbuffers.Builder, decisionOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, decisionOffset, 0);
}

static createDecisionVector(builder:flatbuffers.Builder, data:number[]|Uint8Array):flatbuffers.Offset {
  builder.startVector(1, data.length, 1);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addInt8(data[i]!);
  }
  return builder.endVector();
}

static startDecisionVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(1, numElems, 1);
}

static endAnswer(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 6) // decision
  return offset;
}

static createAnswer(builder:flatbuffers.Builder, id:bigint, decisionOffset:flatbuffers.Offset):flatbuffers.Offset {
  Answer.startAnswer(builder);
  Answer.addId(builder, id);
  Answer.addDecision(builder, decisionOffset);
  return Answer.endAnswer(builder);
}
}
