// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

/**
 * From the client, at any time, usually first: answered by a Welcome.
 */
export class Hello {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Hello {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsHello(bb:flatbuffers.ByteBuffer, obj?:Hello):Hello {
  return (obj || new Hello()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsHello(bb:flatbuffers.ByteBuffer, obj?:Hello):Hello {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Hello()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

/**
 * The versions of the protocol that the client speaks.
 */
protocolMin():number {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readUint16(this.bb_pos + offset) : 1;
}

protocolMax():number {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.readUint16(this.bb_pos + offset) : 1;
}

/**
 * Requests that the client would like to have unanswered at a time. 0: as many as the server gives.
 */
credit():number {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * Bundles whose models it wants to know.
 */
bundles(index: number):string
bundles(index: number,optionalEncoding:flatbuffers.Encoding):string|Uint8Array
bundles(index: number,optionalEncoding?:any):string|Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.__string(this.bb!.__vector(this.bb_pos + offset) + index * 4, optionalEncoding) : null;
}

bundlesLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

/**
 * What it calls itself, for the server's log.
 */
client():string|null
client(optionalEncoding:flatbuffers.Encoding):string|Uint8Array|null
client(optionalEncoding?:any):string|Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.__string(this.bb_pos + offset, optionalEncoding) : null;
}

static startHello(builder:flatbuffers.Builder) {
  builder.startObject(5);
}

static addProtocolMin(builder:flatbuffers.Builder, protocolMin:number) {
  builder.addFieldInt16(0, protocolMin, 1);
}

static addProtocolMax(builder:flatbuffers.Builder, protocolMax:number) {
  builder.addFieldInt16(1, protocolMax, 1);
}

static addCredit(builder:flatbuffers.Builder, credit:number) {
  builder.addFieldInt32(2, credit, 0);
}

static addBundles(builder:flatbuffers.Builder, bundlesOffset:flatbuffers.Offset) {
  builder.addFieldOffset(3, bundlesOffset, 0);
}

static createBundlesVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startBundlesVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static addClient(builder:flatbuffers.Builder, clientOffset:flatbuffers.Offset) {
  builder.addFieldOffset(4, clientOffset, 0);
}

static endHello(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  return offset;
}

static createHello(builder:flatbuffers.Builder, protocolMin:number, protocolMax:number, credit:number, bundlesOffset:flatbuffers.Offset, clientOffset:flatbuffers.Offset):flatbuffers.Offset {
  Hello.startHello(builder);
  Hello.addProtocolMin(builder, protocolMin);
  Hello.addProtocolMax(builder, protocolMax);
  Hello.addCredit(builder, credit);
  Hello.addBundles(builder, bundlesOffset);
  Hello.addClient(builder, clientOffset);
  return Hello.endHello(builder);
}
}
