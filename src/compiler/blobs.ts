// Data that functions of a program need, each once in an image: transitions of time zones, compiled patterns, the table of case
// mappings.

import { BlobKind } from '../../assembly/shared/image.js';
import type { ImageBlob } from '../image/parts.js';
import type { CallLiteral } from './ir.js';

/** Makes the bytes of blobs. The checker has asked before whether they can be made. */
export interface BlobMaker {
  zone(name: string): Uint8Array;
  pattern(source: string): Uint8Array;
  cases(): Uint8Array;
}

type BlobLiteral = Extract<CallLiteral, { kind: 'zone' | 'pattern' | 'case' }>;

export class Blobs {
  readonly items: ImageBlob[] = [];
  readonly #maker: BlobMaker;
  readonly #indices = new Map<string, number>();

  constructor(maker: BlobMaker) {
    this.#maker = maker;
  }

  /** Index of a blob that is made already. */
  add(blob: ImageBlob): number {
    return this.items.push(blob) - 1;
  }

  /** Index of the blob that a literal names. */
  indexOf(literal: BlobLiteral): number {
    const name = literal.kind === 'zone' ? literal.name : literal.kind === 'pattern' ? literal.source : '';
    const key = `${literal.kind} ${name}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.items.push(this.#make(literal)) - 1;
    this.#indices.set(key, index);
    return index;
  }

  #make(literal: BlobLiteral): ImageBlob {
    switch (literal.kind) {
      case 'zone':
        return { kind: BlobKind.ZONE, bytes: this.#maker.zone(literal.name) };
      case 'pattern':
        return { kind: BlobKind.PATTERN, bytes: this.#maker.pattern(literal.source) };
      case 'case':
        return { kind: BlobKind.CASE, bytes: this.#maker.cases() };
    }
  }
}
