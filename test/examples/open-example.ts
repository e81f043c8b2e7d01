// Opens a bundle of examples/ the way an embedding application would.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, createEngine, type RuleSet } from '#src/index.js';
import type { ModelLock } from '#src/schema/model.js';

export interface OpenExample {
  ruleSet: RuleSet;
  lock: ModelLock | undefined;
  close(): Promise<void>;
}

/** Documents of a folder of examples/, by path. */
export function exampleFiles(name: string): Map<string, Uint8Array> {
  const root = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(yaml|json|csv)$/.test(path));
  return new Map(paths.sort().map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path))]));
}

export async function openExample(name: string): Promise<OpenExample> {
  const { image, lock, diagnostics } = compile(exampleFiles(name), { profileMax: 'standard' });
  if (image === undefined) throw new Error(JSON.stringify(diagnostics, null, 2));
  const engine = await createEngine({ poolThreads: 0 });
  return { ruleSet: await engine.load(image), lock, close: () => engine.close() };
}
