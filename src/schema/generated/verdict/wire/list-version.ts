// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

export class ListVersion {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):ListVersion {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsListVersion(bb:flatbuffers.ByteBuffer, obj?:ListVersion):ListVersion {
  return (obj || new ListVersion()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsListVersion(bb:flatbuffers.ByteBuffer, obj?:ListVersion):ListVersion {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new ListVersion()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
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

static startListVersion(builder:flatbuffers.Builder) {
  builder.startObject(2);
}

static addName(builder:flatbuffers.Builder, nameOffset:flatbuffers.Offset) {
  builder.addFieldOffset(0, nameOffset, 0);
}

static addVersion(builder:flatbuffers.Builder, versionOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, versionOffset, 0);
}

static endListVersion(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 4) // name
  builder.requiredField(offset, 6) // version
  return offset;
}

static createListVersion(builder:flatbuffers.Builder, nameOffset:flatbuffers.Offset, versionOffset:flatbuffers.Offset):flatbuffers.Offset {
  ListVersion.startListVersion(builder);
  ListVersion.addName(builder, nameOffset);
  ListVersion.addVersion(builder, versionOffset);
  return ListVersion.endListVersion(builder);
}
}
