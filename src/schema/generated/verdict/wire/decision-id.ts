// Generated from schemas/*.fbs by src/dev/generate.mjs (npm run generate): do not edit.

/* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any, @typescript-eslint/no-non-null-assertion */

import * as flatbuffers from 'flatbuffers';

/**
 * 128 bits; both 0: none was given.
 */
export class DecisionId {
  bb: flatbuffers.ByteBuffer|null = null;
  bb_pos = 0;
  __init(i:number, bb:flatbuffers.ByteBuffer):DecisionId {
  this.bb_pos = i;
  this.bb = bb;
  return this;
}

high():bigint {
  return this.bb!.readUint64(this.bb_pos);
}

low():bigint {
  return this.bb!.readUint64(this.bb_pos + 8);
}

static sizeOf():number {
  return 16;
}

static createDecisionId(builder:flatbuffers.Builder, high: bigint, low: bigint):flatbuffers.Offset {
  builder.prep(8, 16);
  builder.writeInt64(BigInt(low ?? 0));
  builder.writeInt64(BigInt(high ?? 0));
  return builder.offset();
}

}
