// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { Request } from './request.js';


export class RequestBatch {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):RequestBatch {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsRequestBatch(bb:flatbuffers.ByteBuffer, obj?:RequestBatch):RequestBatch {
  return (obj || new RequestBatch()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsRequestBatch(bb:flatbuffers.ByteBuffer, obj?:RequestBatch):RequestBatch {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new RequestBatch()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

/**
 * Chosen by the caller; comes back in the answer frame.
 */
id():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

/**
 * Hash of the model the payloads were written with (GET .../model.fbs names it).
 */
model():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

bundle():string
bundle(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
bundle(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

requests(index: number, obj?:Request):Request|null {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? (obj || new Request()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

requestsLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

/**
 * Milliseconds from the arrival of the frame after which its answer is of no use: it is then not decided, and answered by the
 * error DEADLINE_EXCEEDED. 0: none.
 */
deadlineMillis():number {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * W3C Trace Context, `00-{trace id}-{parent id}-{flags}`. A malformed one is ignored.
 */
traceparent():string|null
traceparent(optionalEncoding:flatbuffers.Encoding):string|Uint8Array|null
traceparent(optionalEncoding?:any):string|Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 14);
  return offset ? this.bb!.__string(this.bb_pos + offset, optionalEncoding) : null;
}

static startRequestBatch(builder:flatbuffers.Builder) {
  builder.startObject(6);
}

static addId(builder:flatbuffers.Builder, id:bigint) {
  builder.addFieldInt64(0, id, BigInt('0'));
}

static addModel(builder:flatbuffers.Builder, model:bigint) {
  builder.addFieldInt64(1, model, BigInt('0'));
}

static addBundle(builder:flatbuffers.Builder, bundleOffset:flatbuffers.Offset) {
  builder.addFieldOffset(2, bundleOffset, 0);
}

static addRequests(builder:flatbuffers.Builder, requestsOffset:flatbuffers.Offset) {
  builder.addFieldOffset(3, requestsOffset, 0);
}

static createRequestsVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startRequestsVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static addDeadlineMillis(builder:flatbuffers.Builder, deadlineMillis:number) {
  builder.addFieldInt32(4, deadlineMillis, 0);
}

static addTraceparent(builder:flatbuffers.Builder, traceparentOffset:flatbuffers.Offset) {
  builder.addFieldOffset(5, traceparentOffset, 0);
}

static endRequestBatch(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 8) // bundle
  builder.requiredField(offset, 10) // requests
  return offset;
}

static finishRequestBatchBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset);
}

static finishSizePrefixedRequestBatchBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset, undefined, true);
}

static createRequestBatch(builder:flatbuffers.Builder, id:bigint, model:bigint, bundleOffset:flatbuffers.Offset, requestsOffset:flatbuffers.Offset, deadlineMillis:number, traceparentOffset:flatbuffers.Offset):flatbuffers.Offset {
  RequestBatch.startRequestBatch(builder);
  RequestBatch.addId(builder, id);
  RequestBatch.addModel(builder, model);
  RequestBatch.addBundle(builder, bundleOffset);
  RequestBatch.addRequests(builder, requestsOffset);
  RequestBatch.addDeadlineMillis(builder, deadlineMillis);
  RequestBatch.addTraceparent(builder, traceparentOffset);
  return RequestBatch.endRequestBatch(builder);
}
}
