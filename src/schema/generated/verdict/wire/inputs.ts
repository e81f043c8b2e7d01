// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { ListVersion } from './list-version.js';
import { ParameterVersion } from './parameter-version.js';


/**
 * What entered beside the payload, so that the decision can be made again.
 */
export class Inputs {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Inputs {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsInputs(bb:flatbuffers.ByteBuffer, obj?:Inputs):Inputs {
  return (obj || new Inputs()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsInputs(bb:flatbuffers.ByteBuffer, obj?:Inputs):Inputs {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Inputs()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

/**
 * Microseconds UTC; absent where the image does not read it.
 */
now():bigint|null {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readInt64(this.bb_pos + offset) : null;
}

lists(index: number, obj?:ListVersion):ListVersion|null {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? (obj || new ListVersion()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

listsLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

/**
 * Sets of parameters that the image reads; absent where it reads none.
 */
parameters(index: number, obj?:ParameterVersion):ParameterVersion|null {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? (obj || new ParameterVersion()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

parametersLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

static startInputs(builder:flatbuffers.Builder) {
  builder.startObject(3);
}

static addNow(builder:flatbuffers.Builder, now:bigint) {
  builder.addFieldInt64(0, now, null);
}

static addLists(builder:flatbuffers.Builder, listsOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, listsOffset, 0);
}

static createListsVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startListsVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static addParameters(builder:flatbuffers.Builder, parametersOffset:flatbuffers.Offset) {
  builder.addFieldOffset(2, parametersOffset, 0);
}

static createParametersVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startParametersVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static endInputs(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  return offset;
}

static createInputs(builder:flatbuffers.Builder, now:bigint|null, listsOffset:flatbuffers.Offset, parametersOffset:flatbuffers.Offset):flatbuffers.Offset {
  Inputs.startInputs(builder);
  if (now !== null)
    Inputs.addNow(builder, now);
  Inputs.addLists(builder, listsOffset);
  Inputs.addParameters(builder, parametersOffset);
  return Inputs.endInputs(builder);
}
}
