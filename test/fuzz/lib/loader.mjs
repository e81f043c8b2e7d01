// Module hooks of the fuzzer. Two things happen to a module on its way in: TypeScript of test/ loses its types, and what is fuzzed
// (dist/src, and the planted bugs) gets a counter at each branch, and planted defects where they are asked for. Runs in the thread
// of the hooks; imports nothing of the project.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { plantDefects } from './defects.mjs';
import { instrument } from './instrument-js.mjs';

const root = new URL('../../../', import.meta.url).href;
const OPTIONS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

/** Where the next module's counters begin. */
let nextEdge = 0;
let plants = false;

/** @param data whether defects are planted */
export function initialize(data) {
  plants = data.plants;
}

export async function resolve(specifier, context, nextResolve) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.startsWith(`${root}test/`)) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  const isTest = url.startsWith(`${root}test/`) && url.endsWith('.ts');
  const isPlanted = url === `${root}test/fuzz/lib/planted.ts`;
  const isFuzzed = url.startsWith(`${root}dist/src/`) && url.endsWith('.js') && !url.includes('/generated/');
  if (!isTest && !isFuzzed) return nextLoad(url, context);
  const text = readFileSync(fileURLToPath(url), 'utf8');
  let source = isTest ? ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: url }).outputText : text;
  if (isFuzzed && plants) source = plantDefects(url.slice(root.length), source);
  if (isFuzzed || isPlanted) {
    const { code, edges } = instrument(source, nextEdge);
    nextEdge += edges;
    source = code;
  }
  return { format: 'module', source, shortCircuit: true };
}
