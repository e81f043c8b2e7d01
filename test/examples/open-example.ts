// Opens a bundle of examples/ the way an embedding application would.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
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

/** Mean of the shares of bad and of good ones that are told right, where bad is to be anything but approve. */
export function balancedAccuracy(ruleSet: RuleSet, rows: readonly { payload: object; bad: boolean }[]): number {
  const counts = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  for (const { payload, bad } of rows) {
    const { status, outcome } = ruleSet.decide(payload);
    expect(status).toBe('OK');
    counts[outcome !== 'approve' ? (bad ? 'truePositive' : 'falsePositive') : bad ? 'falseNegative' : 'trueNegative']++;
  }
  const recall = counts.truePositive / (counts.truePositive + counts.falseNegative);
  const specificity = counts.trueNegative / (counts.trueNegative + counts.falsePositive);
  return (recall + specificity) / 2;
}
