// Where the rules stand in a source of json-rules-engine, and what the params of their events are called among the outputs.

/** A rule as the source has it, and its JSON Pointer. */
export interface PlacedRule {
  readonly value: unknown;
  readonly pointer: string;
}

/** What the name of an output cannot hold. */
const NOT_IN_NAMES = /[.'"`\p{Cc}]/gu;
const SEGMENT_CHARS_MAX = 64;

/** The rules of a source: a rule, a list of rules, or those of a document. */
export function placedRules(root: unknown): PlacedRule[] {
  if (Array.isArray(root)) return (root as unknown[]).map((value, index) => ({ value, pointer: `/${index}` }));
  const rules = isRecord(root) ? root.rules : undefined;
  if (Array.isArray(rules)) return (rules as unknown[]).map((value, index) => ({ value, pointer: `/rules/${index}` }));
  return [{ value: root, pointer: '' }];
}

/** The key of a param as a part of the name of its output. */
export function paramSegment(key: string): string {
  const segment = key.replace(NOT_IN_NAMES, '_').slice(0, SEGMENT_CHARS_MAX);
  return segment === '' ? '_' : segment;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
