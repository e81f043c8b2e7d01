// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

export class Reason {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Reason {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsReason(bb:flatbuffers.ByteBuffer, obj?:Reason):Reason {
  return (obj || new Reason()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsReason(bb:flatbuffers.ByteBuffer, obj?:Reason):Reason {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Reason()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

code():string
code(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
code(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

rule():string
rule(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
rule(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

score():number {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readFloat64(this.bb_pos + offset) : 0.0;
}

static startReason(builder:flatbuffers.Builder) {
  builder.startObject(3);
}

static addCode(builder:flatbuffers.Builder, codeOffset:flatbuffers.Offset) {
  builder.addFieldOffset(0, codeOffset, 0);
}

static addRule(builder:flatbuffers.Builder, ruleOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, ruleOffset, 0);
}

static addScore(builder:flatbuffers.Builder, score:number) {
  builder.addFieldFloat64(2, score, 0.0);
}

static endReason(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 4) // code
  builder.requiredField(offset, 6) // rule
  return offset;
}

static createReason(builder:flatbuffers.Builder, codeOffset:flatbuffers.Offset, ruleOffset:flatbuffers.Offset, score:number):flatbuffers.Offset {
  Reason.startReason(builder);
  Reason.addCode(builder, codeOffset);
  Reason.addRule(builder, ruleOffset);
  Reason.addScore(builder, score);
  return Reason.endReason(builder);
}
}
