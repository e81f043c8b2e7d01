// An imported bundle beside the original engine: payloads through both, and every difference between the answers.

import type { RuleSet } from '../ruleset.js';
import type { Imported } from './imported.js';

/** The engine that a source was written for. */
export interface Original {
  /** Its name and version, for people. */
  readonly title: string;
  /** What it answers. Rejects where it fails. */
  answer(payload: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Outputs that it does not know how to compute, and why, by name: they are not compared. */
  readonly unknown?: ReadonlyMap<string, string>;
}

export interface Difference {
  /** Number of the payload, from 1. */
  readonly payload: number;
  /** JSON Pointer in the answer; '' for the whole. */
  readonly path: string;
  readonly original: unknown;
  readonly imported: unknown;
}

export interface Verification {
  readonly payloads: number;
  /** Answers that are the same. */
  readonly same: number;
  /** Payloads on which the original fails: the bundle may answer what it likes, and does so in outputs that are null. */
  readonly failing: number;
  /** Payloads that the model of the bundle refuses: its bounds and lengths are narrower than what was given. */
  readonly refused: number;
  /** At most DIFFERENCES_MAX. */
  readonly differences: readonly Difference[];
  readonly differenceCount: number;
  /** Outputs that the original cannot compute, and what it says of them. */
  readonly notCompared: readonly { readonly output: string; readonly reason: string }[];
}

export const DIFFERENCES_MAX = 1000;
/** Quotients of engines that compute in decimals differ from floats in the last digit. */
const RELATIVE_ERROR_MAX = 1e-14;

/** What a bundle decides: undefined where the payload is refused or cannot be decided. */
export type Decide = (payload: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | undefined;

/** Decides with a rule set of the bundle. Where that fails it answers nothing: a difference where the original answers. */
export function decideWith(rules: Pick<RuleSet, 'decide'>): Decide {
  return (payload) => {
    try {
      const { status, outputs } = rules.decide(payload);
      return status === 'INVALID_PAYLOAD' ? undefined : (outputs ?? {});
    } catch {
      return undefined;
    }
  };
}

/** Runs payloads through both, and compares. */
export async function verifyImport(
  imported: Imported,
  original: Original,
  decide: Decide,
  payloads: Iterable<Readonly<Record<string, unknown>>>,
): Promise<Verification> {
  let [count, same, failing, refused, differenceCount] = [0, 0, 0, 0, 0];
  const differences: Difference[] = [];
  const unknown = [...(original.unknown ?? [])].map(([output, reason]) => ({ output, reason }));
  for (const payload of payloads) {
    count++;
    let wanted: unknown;
    try {
      wanted = await original.answer(payload);
    } catch {
      failing++;
      continue;
    }
    const outputs = decide(payload);
    if (outputs === undefined) {
      refused++;
      continue;
    }
    const found = compareAnswers(imported, payload, withoutOutputs(outputs, unknown), wanted);
    if (found.length === 0) same++;
    differenceCount += found.length;
    for (const difference of found) if (differences.length < DIFFERENCES_MAX) differences.push({ payload: count, ...difference });
  }
  return { payloads: count, same, failing, refused, differences, differenceCount, notCompared: unknown };
}

/**
 * The differences between what a bundle decides and what the original answers. What is absent, null, or an object without members
 * is the same; numbers are the same to 14 digits, integers that the original has as
 * bigint where the number nearest to them is.
 */
export function compareAnswers(
  imported: Pick<Imported, 'passesThrough' | 'isResult' | 'emptyLists'>,
  payload: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>>,
  wanted: unknown,
): Omit<Difference, 'payload'>[] {
  const answer = imported.passesThrough === true ? merged(payload, outputs) : outputs;
  const emptyLists = new Set((imported.emptyLists ?? []).map((path) => `/${path.replaceAll('.', '/')}`));
  const differences: Omit<Difference, 'payload'>[] = [];
  const visit = (a: unknown, b: unknown, path: string): void => {
    const [x, y] = [bare(a, emptyLists.has(path)), bare(b, emptyLists.has(path))];
    if (isObject(x) || isObject(y)) {
      if ((x !== undefined && !isObject(x)) || (y !== undefined && !isObject(y)))
        differences.push({ path, original: b, imported: a });
      else
        for (const key of new Set([...Object.keys(x ?? {}), ...Object.keys(y ?? {})])) visit(x?.[key], y?.[key], `${path}/${key}`);
      return;
    }
    if (Array.isArray(x) && Array.isArray(y) && x.length === y.length) {
      for (const [i, item] of x.entries()) visit(item, y[i], `${path}/${i}`);
      return;
    }
    const isNear =
      typeof x === 'number' && typeof y === 'number' && Math.abs(x - y) <= RELATIVE_ERROR_MAX * Math.max(Math.abs(x), Math.abs(y));
    const isInteger = typeof x === 'bigint' || typeof y === 'bigint';
    const isSame = isInteger ? isNumeric(x) && isNumeric(y) && Number(x) === Number(y) : isNear || x === y;
    if (!isSame) differences.push({ path, original: b, imported: a });
  };
  visit(answer, imported.isResult === true ? { result: wanted } : wanted, '');
  return differences;
}

const isNumeric = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Outputs without those of some names, whose parts stand inside one another. */
function withoutOutputs(
  outputs: Readonly<Record<string, unknown>>,
  left: readonly { readonly output: string }[],
): Readonly<Record<string, unknown>> {
  return left.reduce((rest, { output }) => withoutPath(rest, output.split('.')), outputs);
}

function withoutPath(value: Readonly<Record<string, unknown>>, [name, ...below]: string[]): Readonly<Record<string, unknown>> {
  const inner = value[name!];
  if (below.length > 0 && !isObject(inner)) return value;
  return { ...value, [name!]: below.length === 0 ? undefined : withoutPath(inner as Record<string, unknown>, below) };
}

/** Undefined for what is the same as nothing. */
function bare(value: unknown, isEmptyList: boolean): unknown {
  if (value === null) return undefined;
  if (isEmptyList && Array.isArray(value) && value.length === 0) return undefined;
  return isObject(value) && Object.values(value).every((member) => bare(member, false) === undefined) ? undefined : value;
}

function merged(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above;
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) result[key] = Object.hasOwn(below, key) ? merged(below[key], value) : value;
  return result;
}
