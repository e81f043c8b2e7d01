// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

import { DecisionId } from './decision-id.js';
import { Inputs } from './inputs.js';
import { Outcome } from './outcome.js';
import { Reason } from './reason.js';
import { Status } from './status.js';


export class Decision {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):Decision {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsDecision(bb:flatbuffers.ByteBuffer, obj?:Decision):Decision {
  return (obj || new Decision()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsDecision(bb:flatbuffers.ByteBuffer, obj?:Decision):Decision {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new Decision()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

decisionId(obj?:DecisionId):DecisionId|null {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return offset ? (obj || new DecisionId()).__init(this.bb_pos + offset, this.bb!) : null;
}

status():Status {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return offset ? this.bb!.readUint8(this.bb_pos + offset) : Status.OK;
}

outcome():Outcome {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readUint8(this.bb_pos + offset) : Outcome.NONE;
}

score():number {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.readFloat64(this.bb_pos + offset) : 0.0;
}

/**
 * Largest score first; as many as the bundle's reasonsMax.
 */
reasons(index: number, obj?:Reason):Reason|null {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? (obj || new Reason()).__init(this.bb!.__indirect(this.bb!.__vector(this.bb_pos + offset) + index * 4), this.bb!) : null;
}

reasonsLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

bundle():string
bundle(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
bundle(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 14);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

version():string
version(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
version(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 16);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

/**
 * First 8 bytes of the image's sha256.
 */
image():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 18);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

inputs(obj?:Inputs):Inputs|null {
  const offset = this.bb!.__offset(this.bb_pos, 20);
  return offset ? (obj || new Inputs()).__init(this.bb!.__indirect(this.bb_pos + offset), this.bb!) : null;
}

/**
 * What the bundle declares as outputs: a FlatBuffer of its own, whose schema is GET .../outputs.fbs; absent where it declares
 * none, and where the status is not OK.
 */
outputs(index: number):number|null {
  const offset = this.bb!.__offset(this.bb_pos, 22);
  return offset ? this.bb!.readUint8(this.bb!.__vector(this.bb_pos + offset) + index) : 0;
}

outputsLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 22);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

outputsArray():Uint8Array|null {
  const offset = this.bb!.__offset(this.bb_pos, 22);
  return offset ? new Uint8Array(this.bb!.bytes().buffer, this.bb!.bytes().byteOffset + this.bb!.__vector(this.bb_pos + offset), this.bb!.__vector_len(this.bb_pos + offset)) : null;
}

static startDecision(builder:flatbuffers.Builder) {
  builder.startObject(10);
}

static addDecisionId(builder:flatbuffers.Builder, decisionIdOffset:flatbuffers.Offset) {
  builder.addFieldStruct(0, decisionIdOffset, 0);
}

static addStatus(builder:flatbuffers.Builder, status:Status) {
  builder.addFieldInt8(1, status, Status.OK);
}

static addOutcome(builder:flatbuffers.Builder, outcome:Outcome) {
  builder.addFieldInt8(2, outcome, Outcome.NONE);
}

static addScore(builder:flatbuffers.Builder, score:number) {
  builder.addFieldFloat64(3, score, 0.0);
}

static addReasons(builder:flatbuffers.Builder, reasonsOffset:flatbuffers.Offset) {
  builder.addFieldOffset(4, reasonsOffset, 0);
}

static createReasonsVector(builder:flatbuffers.Builder, data:flatbuffers.Offset[]):flatbuffers.Offset {
  builder.startVector(4, data.length, 4);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addOffset(data[i]!);
  }
  return builder.endVector();
}

static startReasonsVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(4, numElems, 4);
}

static addBundle(builder:flatbuffers.Builder, bundleOffset:flatbuffers.Offset) {
  builder.addFieldOffset(5, bundleOffset, 0);
}

static addVersion(builder:flatbuffers.Builder, versionOffset:flatbuffers.Offset) {
  builder.addFieldOffset(6, versionOffset, 0);
}

static addImage(builder:flatbuffers.Builder, image:bigint) {
  builder.addFieldInt64(7, image, BigInt('0'));
}

static addInputs(builder:flatbuffers.Builder, inputsOffset:flatbuffers.Offset) {
  builder.addFieldOffset(8, inputsOffset, 0);
}

static addOutputs(builder:flatbuffers.Builder, outputsOffset:flatbuffers.Offset) {
  builder.addFieldOffset(9, outputsOffset, 0);
}

static createOutputsVector(builder:flatbuffers.Builder, data:number[]|Uint8Array):flatbuffers.Offset {
  builder.startVector(1, data.length, 1);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addInt8(data[i]!);
  }
  return builder.endVector();
}

static startOutputsVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(1, numElems, 1);
}

static endDecision(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 12) // reasons
  builder.requiredField(offset, 14) // bundle
  builder.requiredField(offset, 16) // version
  builder.requiredField(offset, 20) // inputs
  return offset;
}

static finishDecisionBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset);
}

static finishSizePrefixedDecisionBuffer(builder:flatbuffers.Builder, offset:flatbuffers.Offset) {
  builder.finish(offset, undefined, true);
}

}
