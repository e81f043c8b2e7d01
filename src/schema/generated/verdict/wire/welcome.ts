// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { BundleModel } from './bundle-model.js';


/**
 * From the server, in answer to a Hello.
 */
export class Welcome {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Welcome {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsWelcome(bb:flatbuffers.ByteBuffer, obj?:Welcome):Welcome {
  return (obj || new Welcome()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsWelcome(bb:flatbuffers.ByteBuffer, obj?:Welcome):Welcome {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Welcome()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

/**
 * The version that is spoken from now on.
 */
protocol():number {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readUint16(this.bb_pos + offset) : 0;
}

/**
 * Name and version of the server.
 */
server():string
server(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
server(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

/**
 * Requests that the client may have unanswered; more close the connection.
 */
credit():number {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * Bytes of a message at most.
 */
frameBytesMax():number {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * Requests of a RequestBatch at most.
 */
requestsMax():number {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * Seconds without a message or ping after which the connection is closed. 0: never.
 */
idleSecondsMax():number {
  const offset = this.bb!.__offset(this.bb_pos, 14);
  return offset ? this.bb!.readUint16(this.bb_pos + offset) : 0;
}

/**
 * Of the bundles that the Hello named, those that are live.
 */
bundles(index: number, obj?:BundleModel):BundleModel|null {
  const offset = this.bb!.__offset(this.bb_pos, 16);
  return offset ? (obj || new BundleModel()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

bundlesLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 16);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

static startWelcome(builder:flatbuffers.Builder) {
  builder.startObject(7);
}

static addProtocol(builder:flatbuffers.Builder, protocol:number) {
  builder.addFieldInt16(0, protocol, 0);
}

static addServer(builder:flatbuffers.Builder, serverOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, serverOffset, 0);
}

static addCredit(builder:flatbuffers.Builder, credit:number) {
  builder.addFieldInt32(2, credit, 0);
}

static addFrameBytesMax(builder:flatbuffers.Builder, frameBytesMax:number) {
  builder.addFieldInt32(3, frameBytesMax, 0);
}

static addRequestsMax(builder:flatbuffers.Builder, requestsMax:number) {
  builder.addFieldInt32(4, requestsMax, 0);
}

static addIdleSecondsMax(builder:flatbuffers.Builder, idleSecondsMax:number) {
  builder.addFieldInt16(5, idleSecondsMax, 0);
}

static addBundles(builder:flatbuffers.Builder, bundlesOffset:flatbuffers.Offset) {
  builder.addFieldOffset(6, bundlesOffset, 0);
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

static endWelcome(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 6) // server
  return offset;
}

static createWelcome(builder:flatbuffers.Builder, protocol:number, serverOffset:flatbuffers.Offset, credit:number, frameBytesMax:number, requestsMax:number, idleSecondsMax:number, bundlesOffset:flatbuffers.Offset):flatbuffers.Offset {
  Welcome.startWelcome(builder);
  Welcome.addProtocol(builder, protocol);
  Welcome.addServer(builder, serverOffset);
  Welcome.addCredit(builder, credit);
  Welcome.addFrameBytesMax(builder, frameBytesMax);
  Welcome.addRequestsMax(builder, requestsMax);
  Welcome.addIdleSecondsMax(builder, idleSecondsMax);
  Welcome.addBundles(builder, bundlesOffset);
  return Welcome.endWelcome(builder);
}
}
