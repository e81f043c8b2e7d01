// The file of generated code, beside its image: what it was made for and by, and a hash that proves it whole.
//
//   0 magic "VDCG" u32   4 generator version u32   8 engine, 16 hex digits   24 image, 16 hex digits   40 sha256 of the module
//  72 the module

import { createHash } from 'node:crypto';

const MAGIC = 0x47434456;
const ENGINE = 8;
const IMAGE = 24;
const SHA = 40;
const HEADER_BYTES = 72;

/** What code is for and by. Code of another engine or generator is not used: it is made anew. */
export interface CodeOrigin {
  readonly generator: number;
  /** First 8 bytes of the engine's sha256, 16 hex digits. */
  readonly engine: string;
  /** The image's name in every decision, 16 hex digits. */
  readonly image: string;
}

/** A file with a module in it. */
export function writeCodeFile(module: Uint8Array, origin: CodeOrigin): Uint8Array {
  const file = new Uint8Array(HEADER_BYTES + module.length);
  file.set(headOf(origin));
  file.set(createHash('sha256').update(module).digest(), SHA);
  file.set(module, HEADER_BYTES);
  return file;
}

/** The module of a file; undefined where it is damaged, or of another origin. */
export function readCodeFile(file: Uint8Array, origin: CodeOrigin): Uint8Array | undefined {
  if (file.length <= HEADER_BYTES) return undefined;
  if (Buffer.compare(file.subarray(0, SHA), headOf(origin)) !== 0) return undefined;
  const module = file.subarray(HEADER_BYTES);
  const sha = createHash('sha256').update(module).digest();
  return Buffer.compare(file.subarray(SHA, HEADER_BYTES), sha) === 0 ? module : undefined;
}

function headOf({ generator, engine, image }: CodeOrigin): Uint8Array {
  const head = Buffer.alloc(SHA);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(generator, 4);
  head.write(engine, ENGINE, 16, 'latin1');
  head.write(image, IMAGE, 16, 'latin1');
  return head;
}
