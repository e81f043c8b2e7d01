// json-rules-engine itself, where it is installed.

import type { Imported, ImportSource } from '../imported.js';
import type { Original } from '../verify.js';
import { isRecord, paramSegment, placedRules } from './source-rules.js';

/** Not named in an import: the package is no part of an installation, and is looked for where somebody asks. */
const PACKAGE = 'json-rules-engine';
const SETTINGS = ['allowUndefinedFacts', 'allowUndefinedConditions', 'replaceFactsInEventParams'] as const;

interface RuleResult {
  readonly name: string;
  readonly event: { readonly params?: unknown };
}

interface RulesEngine {
  addRule(rule: object): void;
  setCondition(name: string, condition: unknown): void;
  run(facts: object): Promise<{ results: RuleResult[]; failureResults: RuleResult[] }>;
}

interface RulesModule {
  readonly Engine?: new (rules: object[], settings: object) => RulesEngine;
  readonly default?: RulesModule;
}

/**
 * The engine with the rules that came over, which it calls by the names of their outputs; undefined where the package is not
 * installed. Throws where the engine refuses a rule.
 */
export async function rulesOriginal(source: ImportSource, imported: Imported): Promise<Original | undefined> {
  let found: RulesModule;
  try {
    found = (await import(PACKAGE)) as RulesModule;
  } catch {
    return undefined;
  }
  const Engine = (found.Engine ?? found.default?.Engine)!;
  const root = JSON.parse(source.text) as unknown;
  const { options = {}, conditions = {} } = (isRecord(root) && Array.isArray(root.rules) ? root : {}) as Record<string, object>;
  const settings = Object.fromEntries(
    SETTINGS.map((key) => [key, (options as Readonly<Record<string, unknown>>)[key] === true] as const),
  );
  const engine = new Engine([], settings);
  for (const [name, condition] of Object.entries(conditions)) engine.setCondition(name, condition);
  for (const { value, pointer } of placedRules(root)) {
    const name = imported.cameOver?.get(pointer);
    if (name !== undefined) engine.addRule({ ...(value as object), name });
  }
  return {
    title: PACKAGE,
    answer: async (payload) => {
      const { results, failureResults } = await engine.run(payload);
      const emitted = results.map(({ name, event }) => [name, carriedParams(event.params)] as const);
      const rules = [
        ...results.map(({ name }) => [name, true] as const),
        ...failureResults.map(({ name }) => [name, false] as const),
      ];
      return { rules: Object.fromEntries(rules), events: Object.fromEntries(emitted) };
    },
  };
}

/** Params under the names that they have as outputs; lists are not carried over. */
function carriedParams(params: unknown): unknown {
  if (Array.isArray(params)) return undefined;
  if (!isRecord(params)) return params;
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [paramSegment(key), carriedParams(value)]));
}
