// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { Hello } from './hello.js';
import { Welcome } from './welcome.js';


export class Control {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Control {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsControl(bb:flatbuffers.ByteBuffer, obj?:Control):Control {
  return (obj || new Control()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsControl(bb:flatbuffers.ByteBuffer, obj?:Control):Control {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Control()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static bufferHasIdentifier(bb:flatbuffers.ByteBuffer):boolean {
  return bb.__has_identifier('VCTL');
}

hello(obj?:Hello):Hello|null {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? (obj || new Hello()).__init(this.bb!.__indirect(this.bb_pos + offset), this.bb!) : null;
}

welcome(obj?:Welcome):Welcome|null {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? (obj || new Welcome()).__init(this.bb!.__indirect(this.bb_pos + offset), this.bb!) : null;
}

/**
 * From the client: ids of RequestBatches whose answers it does not want any more. What is not decided yet is answered by the
 * error CANCELLED.
 */
cancel(index: number):bigint|null {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readUint64(this.bb!.__vector(this.bb_pos + offset) + index * 8) : BigInt(0);
}

cancelLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

/**
 * From the server: requests that the client should have unanswered from now on. 0: no change.
 */
credit():number {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.readUint32(this.bb_pos + offset) : 0;
}

/**
 * From the server: it is stopping. Send nothing more; what has been sent is answered.
 */
stopping():boolean {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? !!this.bb!.readInt8(this.bb_pos + offset) : false;
}

static startControl(builder:flatbuffers.Builder) {
  builder.startObject(5);
}

static addHello(builder:flatbuffers.Builder, helloOffset:flatbuffers.Offset) {
  builder.addFieldOffset(0, helloOffset, 0);
}

static addWelcome(builder:flatbuffers.Builder, welcomeOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, welcomeOffset, 0);
}

static addCancel(builder:flatbuffers.Builder, cancelOffset:flatbuffers.Offset) {
  builder.addFieldOffset(2, cancelOffset, 0);
}

static createCancelVector(builder:flatbuffers.Builder, data:bigint[]):flatbuffers.Offset {
  builder.startVector(8, data.length, 8);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addInt64(data[i]!);
  }
  return builder.endVector();
}

static startCancelVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(8, numElems, 8);
}

static addCredit(builder:flatbuffers.Builder, credit:number) {
  builder.addFieldInt32(3, credit, 0);
}

static addStopping(builder:flatbuffers.Builder, stopping:boolean) {
  builder.addFieldInt8(4, +stopping, +false);
}

static endControl(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  return offset;
}

static finishControlBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset, 'VCTL');
}

static finishSizePrefixedControlBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset, 'VCTL', true);
}

}
