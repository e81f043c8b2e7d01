// The engine as a module of its own, with the ABI of assembly/embed/index.ts: what an image is exported with.

import { readFileSync } from 'node:fs';

/** @param scalar without SIMD */
export function embeddedTemplate(scalar: boolean): Uint8Array {
  const file = scalar ? 'embedded-scalar.wasm' : 'embedded.wasm';
  return readFileSync(new URL(`../../${file}`, import.meta.url));
}
