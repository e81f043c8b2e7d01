// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

/**
 * A live bundle.
 */
export class BundleModel {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):BundleModel {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

static getRootAsBundleModel(bb:flatbuffers.ByteBuffer, obj?:BundleModel):BundleModel {
  return (obj || new BundleModel()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

static getSizePrefixedRootAsBundleModel(bb:flatbuffers.ByteBuffer, obj?:BundleModel):BundleModel {
  bb.setPosition(bb.position() + flatbuffers.SIZE_PREFIX_LENGTH);
  return (obj || new BundleModel()).__init(bb.readInt32(bb.position()) + bb.position(), bb);
}

bundle():string
bundle(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
bundle(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 4);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

version():string
version(optionalEncoding:flatbuffers.Encoding):string|Uint8Array
version(optionalEncoding?:any):string|Uint8Array {
  const offset = this.bb!.__offset(this.bb_pos, 6);
  return this.bb!.__string(this.bb_pos + offset, optionalEncoding);
}

image():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 8);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

/**
 * Hash of its model: payloads are best written with it.
 */
model():bigint {
  const offset = this.bb!.__offset(this.bb_pos, 10);
  return offset ? this.bb!.readUint64(this.bb_pos + offset) : BigInt('0');
}

/**
 * Hashes of earlier models of the bundle, whose payloads are read as well.
 */
earlier(index: number):bigint|null {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.readUint64(this.bb!.__vector(this.bb_pos + offset) + index * 8) : BigInt(0);
}

earlierLength():number {
  const offset = this.bb!.__offset(this.bb_pos, 12);
  return offset ? this.bb!.__vector_len(this.bb_pos + offset) : 0;
}

static startBundleModel(builder:flatbuffers.Builder) {
  builder.startObject(5);
}

static addBundle(builder:flatbuffers.Builder, bundleOffset:flatbuffers.Offset) {
  builder.addFieldOffset(0, bundleOffset, 0);
}

static addVersion(builder:flatbuffers.Builder, versionOffset:flatbuffers.Offset) {
  builder.addFieldOffset(1, versionOffset, 0);
}

static addImage(builder:flatbuffers.Builder, image:bigint) {
  builder.addFieldInt64(2, image, BigInt('0'));
}

static addModel(builder:flatbuffers.Builder, model:bigint) {
  builder.addFieldInt64(3, model, BigInt('0'));
}

static addEarlier(builder:flatbuffers.Builder, earlierOffset:flatbuffers.Offset) {
  builder.addFieldOffset(4, earlierOffset, 0);
}

static createEarlierVector(builder:flatbuffers.Builder, data:bigint[]):flatbuffers.Offset {
  builder.startVector(8, data.length, 8);
  for (let i = data.length - 1; i >= 0; i--) {
    builder.addInt64(data[i]!);
  }
  return builder.endVector();
}

static startEarlierVector(builder:flatbuffers.Builder, numElems:number) {
  builder.startVector(8, numElems, 8);
}

static endBundleModel(builder:flatbuffers.Builder):flatbuffers.Offset {
  const offset = builder.endObject();
  builder.requiredField(offset, 4) // bundle
  builder.requiredField(offset, 6) // version
  return offset;
}

static createBundleModel(builder:flatbuffers.Builder, bundleOffset:flatbuffers.Offset, versionOffset:flatbuffers.Offset, image:bigint, model:bigint, earlierOffset:flatbuffers.Offset):flatbuffers.Offset {
  BundleModel.startBundleModel(builder);
  BundleModel.addBundle(builder, bundleOffset);
  BundleModel.addVersion(builder, versionOffset);
  BundleModel.addImage(builder, image);
  BundleModel.addModel(builder, model);
  BundleModel.addEarlier(builder, earlierOffset);
  return BundleModel.endBundleModel(builder);
}
}
