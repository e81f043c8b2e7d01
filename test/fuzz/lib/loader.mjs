// Module hooks of the fuzzer. Two things happen to a module on its way in: TypeScript of test/ loses its types, and what is fuzzed
// (dist/src, and the planted bugs) gets a counter at each branch, and planted defects where they are asked for. Runs in the thread
// of the hooks; imports nothing of the project.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transpiled } from '../../lib/load-typescript.mjs';
import { plantDefects } from './defects.mjs';
import { instrument } from './instrument-js.mjs';

export { resolve } from '../../lib/load-typescript.mjs';

const root = new URL('../../../', import.meta.url).href;

/** Where the next module's counters begin. */
let nextEdge = 0;
let plants = false;

/** @param data whether defects are planted */
export function initialize(data) {
  plants = data.plants;
}

export async function load(url, context, nextLoad) {
  const isPlanted = url === `${root}test/fuzz/lib/planted.ts`;
  const isFuzzed = url.startsWith(`${root}dist/src/`) && url.endsWith('.js') && !url.includes('/generated/');
  let source = isFuzzed ? readFileSync(fileURLToPath(url), 'utf8') : transpiled(url);
  if (source === undefined) return nextLoad(url, context);
  if (isFuzzed && plants) source = plantDefects(url.slice(root.length), source);
  if (isFuzzed || isPlanted) {
    const { code, edges } = instrument(source, nextEdge);
    nextEdge += edges;
    source = code;
  }
  return { format: 'module', source, shortCircuit: true };
}
