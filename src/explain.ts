// Why a decision came out as it did: the truth of each single condition, recomputed by the engine off the deciding call.
//
// A rule's `when` is split at its `&&` and `||` into leaves (src/conditions.ts); all leaves of all rules, and the values that
// features, tables and scorecards give, are compiled into EXPRESSIONS images, each one output. Which row of a table and which
// attribute of a scorecard is taken depends on those before it: that is an output too.

import { Status } from '../assembly/shared/status.js';
import { FieldKind } from '../assembly/shared/value-type.js';
import { assert } from './assert.js';
import { compileExpressions } from './compiler/compile.js';
import { compileTaken, definedNames, type Explained, explainedOf } from './compiler/explained.js';
import type { ExpressionsResult, ParameterName } from './compiler/expressions.js';
import { type Chooser, takenOf } from './compiler/taken.js';
import { type Condition, type Leaf, leavesOf, type Names, splitCondition, walkCondition } from './conditions.js';
import { type EvaluatedValue, evaluateExpressions } from './evaluate.js';
import type { ManifestRule } from './image/manifest.js';
import type { LiveImage } from './registry/live-image.js';
import { formatDecimal } from './schema/decimal.js';
import type { Decision } from './schema/decision.js';
import { isBehindPayload, readPath, writtenPath } from './schema/field-name.js';
import type { Field, Model } from './schema/model.js';
import { type PayloadObject, type PayloadValue, readPayload } from './schema/reader.js';
import { formatDate, formatTimestamp } from './schema/time.js';

/** A value as JSON callers write it: decimals as text with all their digits, timestamps and dates as RFC 3339. */
export type ExplainedValue = boolean | number | string | null;

/** A leaf of a rule's `when`. */
export interface ExplainedCondition {
  /** Source text. */
  text: string;
  /** null: not reached, because an earlier condition had settled the matter. */
  truth: boolean | null;
  /** Fields and other values that it names, by path. */
  values: Record<string, ExplainedValue>;
}

export interface ExplainedRule {
  id: string;
  when: string;
  /** Whether its condition holds; of a row of a table or an attribute of a scorecard, whether it counts. */
  hit: boolean;
  score: number;
  outcome: 'approve' | 'review' | 'decline' | null;
  reason: string | null;
  conditions: ExplainedCondition[];
}

/** Rows of a table that counted, or the attribute of a characteristic. */
export type ExplainedChoice = Chooser & {
  /** Numbers from 1, as they are written, in that order; 0 where a table's default was taken. */
  rows: number[];
};

export interface Explanation {
  decision: Decision;
  /** In the order written, then rows and attributes. Empty where the payload is invalid: then nothing was evaluated. */
  rules: ExplainedRule[];
  /** What features, tables and scorecards gave, by the name that rules use. */
  values: Record<string, ExplainedValue>;
  /** What each table and characteristic took, in the order in which they are computed. */
  taken: ExplainedChoice[];
}

/** Outputs of one image. */
const OUTPUTS_PER_IMAGE_MAX = 256;

interface Placed {
  address: number;
  count: number;
  /** The tenant's lists that it asks and parameters that it reads, in its order. */
  lists: readonly string[];
  parameters: readonly ParameterName[];
}

/** Explains decisions of one live image. Compiles its conditions when made, and holds their images until `release`. */
export class Explainer {
  private readonly conditions: Condition[];
  private readonly explained: Explained;
  private readonly names: string[];
  /** Place of a source among the outputs of all images, and its type. */
  private readonly outputs = new Map<string, { index: number; type: string }>();
  private readonly placed: Placed[] = [];
  private takenImage: Placed | undefined;

  /** Throws Problem OUT_OF_MEMORY where the tenant has no room for the images. */
  constructor(private readonly live: LiveImage) {
    const { manifest, model } = live;
    this.explained = explainedOf(manifest);
    this.names = definedNames(this.explained.scope, manifest.profile);
    const names = namesOf(model, new Set(this.names));
    this.conditions = manifest.rules.map(({ id, when }) => splitCondition(id, when, names));
    try {
      const sources = new Set([...this.conditions.flatMap(leavesOf).map(({ source }) => source), ...this.names]);
      this.compileAll([...sources]);
      const { taken, reasons } = this.explained;
      if (taken.length + reasons.length > 0) this.takenImage = this.place(compileTaken(manifest, this.explained));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /**
   * @param payload bytes of a payload
   * @param decision what was decided for it, with the same `now`
   */
  explain(payload: Uint8Array, now: bigint, decision: Decision): Explanation {
    const { model, manifest } = this.live;
    const read = readPayload(model, payload);
    if (!read.ok || decision.status !== 'OK') return { decision, rules: [], values: {}, taken: [] };
    const outputs = this.placed.flatMap((placed) => this.evaluate(placed, payload, now));
    const { taken, reasonHits } = this.takenBy(payload, now);
    const shown = (path: string): ExplainedValue => {
      const output = this.outputs.get(path);
      return output === undefined || !this.names.includes(path)
        ? valueAt(model, read.value, path, now)
        : showValue(outputs[output.index] as EvaluatedValue, output.type, model);
    };
    const truthOf = ({ source }: Leaf): boolean => outputs[this.outputs.get(source)?.index as number] === true;
    let reasonIndex = 0;
    const rules = manifest.rules.map((rule, index): ExplainedRule => {
      const conditions: ExplainedCondition[] = [];
      const holds = walkCondition(this.conditions[index] as Condition, truthOf, ({ text, paths }, truth) => {
        conditions.push({ text, truth, values: Object.fromEntries(paths.map((path) => [path, shown(path)])) });
      });
      const hit = rule.ensemble === undefined ? (isTaken(rule, taken) ?? holds) : reasonHits[reasonIndex++] === true;
      const { id, when, score, outcome, reason } = rule;
      return { id, when, hit, score, outcome, reason, conditions };
    });
    const values = Object.fromEntries(this.names.map((name) => [name, shown(name)]));
    const choices = [...taken.values()].map(({ of, rows }) => ({ ...of, rows: [...rows].sort((a, b) => a - b) }));
    return { decision, rules, values, taken: choices };
  }

  /** Frees the images. */
  release(): void {
    const placed = this.placed.splice(0);
    if (this.takenImage !== undefined) placed.push(this.takenImage);
    this.takenImage = undefined;
    for (const { address } of placed) this.live.tenant.memory.free(address);
  }

  /** Rows and attributes that a payload takes, and which reasons of ensembles hit. */
  private takenBy(payload: Uint8Array, now: bigint): { taken: Map<string, Taken>; reasonHits: EvaluatedValue[] } {
    const values = this.takenImage === undefined ? [] : this.evaluate(this.takenImage, payload, now);
    const taken = new Map<string, Taken>();
    let at = 0;
    for (const choice of this.explained.taken) {
      const numbers = values.slice(at, at + choice.features.length) as number[];
      at += numbers.length;
      taken.set(chooserKey(choice.of), { of: choice.of, rows: takenOf(choice, numbers) });
    }
    return { taken, reasonHits: values.slice(at) };
  }

  private evaluate({ address, count, lists, parameters }: Placed, payload: Uint8Array, now: bigint): EvaluatedValue[] {
    // Bound anew for each explanation, to what the decision has just read.
    const reads = lists.length + parameters.length > 0;
    const bindings = reads ? this.live.bindFor(address, lists, parameters) : undefined;
    try {
      const { status, values } = evaluateExpressions(this.live.tenant, address, count, payload, now, bindings);
      assert(status === Status.OK, `conditions could not be evaluated: ${Status[status]}`);
      return values;
    } finally {
      bindings?.release();
    }
  }

  private compileAll(sources: readonly string[]): void {
    for (let first = 0; first < sources.length; first += OUTPUTS_PER_IMAGE_MAX) {
      this.compilePart(sources.slice(first, first + OUTPUTS_PER_IMAGE_MAX));
    }
  }

  /** Compiles sources into one image, or two where they are too many for one, e.g. for the texts that they join. */
  private compilePart(sources: readonly string[]): void {
    const { scope, steps } = this.explained;
    const { profile } = this.live.head;
    const result = compileExpressions(this.live.model, sources, { profile, scope, steps, costMax: Number.MAX_SAFE_INTEGER });
    if (result.image === undefined) {
      const problem = result.diagnostics[0]?.message;
      assert(sources.length > 1, `a condition does not compile by itself: ${problem}: ${sources[0]}`);
      this.compilePart(sources.slice(0, sources.length >>> 1));
      this.compilePart(sources.slice(sources.length >>> 1));
      return;
    }
    const before = this.placed.reduce((sum, { count }) => sum + count, 0);
    for (const [index, source] of sources.entries()) {
      this.outputs.set(source, { index: before + index, type: result.types[index] as string });
    }
    this.placed.push(this.place(result));
  }

  private place({ image, lists = [], parameters = [], types, diagnostics }: ExpressionsResult): Placed {
    assert(image !== undefined, `conditions do not compile: ${diagnostics[0]?.message}`);
    const { memory, inline } = this.live.tenant;
    const address = memory.place(image);
    const error = inline.verifyImage(address, image.length);
    assert(error === 0, `the engine refuses the conditions: ${error}`);
    return { address, count: types.length, lists, parameters };
  }
}

interface Taken {
  of: Chooser;
  rows: Set<number>;
}

function chooserKey(of: Chooser): string {
  return JSON.stringify('table' in of ? [of.table] : [of.scorecard, of.characteristic]);
}

/** Whether a row or an attribute counts; undefined for a rule that is neither. */
function isTaken({ table, scorecard }: ManifestRule, taken: ReadonlyMap<string, Taken>): boolean | undefined {
  if (table !== undefined) return taken.get(chooserKey({ table: table.name }))?.rows.has(table.row) === true;
  if (scorecard === undefined) return undefined;
  const { name, characteristic, attribute } = scorecard;
  // attribute 0 is the initial score, which always counts
  return attribute === 0 || taken.get(chooserKey({ scorecard: name, characteristic }))?.rows.has(attribute) === true;
}

/** What conditions may name: fields of the payload's own objects, `now`, and what the bundle defines. */
function namesOf(model: Model, defined: ReadonlySet<string>): Names {
  const fields = new Map(model.fields.filter(({ path }) => !path.includes('[]')).map((field) => [field.path, field]));
  const groups = new Set([...defined].map((name) => name.split('.', 1)[0]!));
  const read = (written: string): string => readPath(written, (root) => fields.has(root) || groups.has(root));
  return {
    find(written) {
      if (written === 'now' || defined.has(written)) return written;
      const path = read(written);
      const isAlone = path === written && isBehindPayload(written.split('.', 1)[0]!);
      return fields.has(path) && !isAlone ? writtenPath(path) : undefined;
    },
    mayBeNull(written) {
      if (defined.has(written)) return true;
      const parts = read(written).split('.');
      return parts.some((_part, index) => fields.get(parts.slice(0, index + 1).join('.'))?.nullable === true);
    },
  };
}

function fieldAt(model: Model, path: string): Field | undefined {
  return model.fields.find((field) => field.path === path);
}

function valueAt(model: Model, payload: PayloadObject, written: string, now: bigint): ExplainedValue {
  if (written === 'now') return formatTimestamp(now);
  const path = readPath(written, (root) => fieldAt(model, root) !== undefined);
  let value: PayloadValue = payload;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    value = (value as PayloadObject)[name] ?? null;
  }
  if (typeof value === 'bigint') return formatLong(fieldAt(model, path), value);
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value) ? `[${value.length} elements]` : '{...}';
}

function formatLong(field: Field | undefined, value: bigint): string {
  switch (field?.kind) {
    case FieldKind.TIMESTAMP:
      return formatTimestamp(value);
    case FieldKind.DATE:
      return formatDate(Number(value));
    default:
      return formatDecimal(value, field?.scale ?? 0);
  }
}

/** An output by the name of its type, see ExpressionsResult. */
function showValue(value: EvaluatedValue, type: string, model: Model): ExplainedValue {
  if (typeof value !== 'bigint') return value;
  if (type === 'timestamp') return formatTimestamp(value);
  if (type === 'date') return formatDate(Number(value));
  if (type.startsWith('enum(')) {
    const field = fieldAt(model, type.slice('enum('.length, -1));
    return field?.members?.find(({ number }) => BigInt(number) === value)?.name ?? String(value);
  }
  return formatDecimal(value, Number(/^decimal\((\d+)\)$/.exec(type)?.[1] ?? 0));
}
