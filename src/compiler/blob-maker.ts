// The makers of blobs: what they are asked for has been checked.

import type { BlobMaker } from './blobs.js';
import { compilePattern } from './pattern/compile-pattern.js';
import { caseBlob } from './unicode/case-blob.js';
import { zoneBlob } from './zones/zone-blob.js';

export const blobMaker: BlobMaker = {
  zone(name) {
    const blob = zoneBlob(name);
    if (blob === undefined) throw new Error(`the time zone ${name} is not known`);
    return blob;
  },
  pattern(source) {
    const compiled = compilePattern(source);
    if ('error' in compiled) throw new Error(`the pattern ${source} cannot be compiled: ${compiled.error.message}`);
    return compiled.blob;
  },
  cases: caseBlob,
};
