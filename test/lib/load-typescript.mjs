// Module hooks: TypeScript of test/ loses its types on its way in. For commands that run outside vitest. Runs in the thread of the
// hooks; imports nothing of the project.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const tests = new URL('../', import.meta.url).href;
const OPTIONS = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

/** Imports inside of test/ end in `.js`, and the files in `.ts`. */
export async function resolve(specifier, context, nextResolve) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.startsWith(tests)) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (existsSync(url)) return { url: url.href, shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

/** JavaScript of a TypeScript file of test/; undefined for any other. */
export function transpiled(url) {
  if (!url.startsWith(tests) || !url.endsWith('.ts')) return undefined;
  const text = readFileSync(fileURLToPath(url), 'utf8');
  return ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: url }).outputText;
}

export async function load(url, context, nextLoad) {
  const source = transpiled(url);
  return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true };
}
