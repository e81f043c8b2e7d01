// GoRules' own engine, where it is installed.

import type { ImportSource } from '../imported.js';
import type { Original } from '../verify.js';

/** Not named in an import: the package is no part of an installation, and is looked for where somebody asks. */
const PACKAGE = '@gorules/zen-engine';

interface ZenModule {
  readonly ZenEngine: new () => { createDecision(content: Buffer): { evaluate(payload: unknown): Promise<{ result: unknown }> } };
}

/** The engine with the document loaded; undefined where the package is not installed. */
export async function zenOriginal(source: ImportSource): Promise<Original | undefined> {
  let zen: ZenModule;
  try {
    zen = (await import(PACKAGE)) as ZenModule;
  } catch {
    return undefined;
  }
  const decision = new zen.ZenEngine().createDecision(Buffer.from(source.text));
  return { title: PACKAGE, answer: async (payload) => (await decision.evaluate(payload)).result };
}
