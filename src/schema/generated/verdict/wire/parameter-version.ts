// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

/**
 * A set of parameters, as it was.
 */
export class ParameterVersion {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):ParameterVersion {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsParameterVersion(bb:flatbuffers.ByteBuffer, obj?:ParameterVersion):ParameterVersion {
  return (obj || new ParameterVersion()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsParameterVersion(bb:flatbuffers.ByteBuffer, obj?:ParameterVersion):ParameterVersion {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new ParameterVersion()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

name():string
name(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
name(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

version():string
version(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
version(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

static startParameterVersion(builder:flatbuffers.Builder) {
  builder.startObject(2);
}

static addName(builder:flatbuffers.Builder, nameOffset:flatbuffers.Offset) {
  builder.addFieldOffset(0, nameOffset, 0);
}

static addVersion(builder:flatbuffers.Builder, versionOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, versionOffset, 0);
}

static endParameterVersion(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 4) // name
  builder.requiredField(offset, 6) // version
  return offset;
}

static createParameterVersion(builder:flatbuffers.Builder, nameOffset:flatbuffers.Offset, versionOffset:flatbuffers.Offset):flatbuffers.Offset {
  ParameterVersion.startParameterVersion(builder);
  ParameterVersion.addName(builder, nameOffset);
  ParameterVersion.addVersion(builder, versionOffset);
  return ParameterVersion.endParameterVersion(builder);
}
}
