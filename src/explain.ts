// Why a decision came out as it did: the truth of each single condition, recomputed by the engine off the deciding call.
//
// A rule's `when` is split at its `&&` and `||` into leaves; all leaves of all rules are compiled into EXPRESSIONS images, each
// leaf one output. A leaf that compiles only because of what stands before it (`x !== null && x > 5`) is compiled behind those
// conditions that speak of the same fields. What was not reached is told apart by walking the tree as the program does.

import { VALUE_BYTES, VALUE_LOW } from '../assembly/shared/layout.js';
import { Status } from '../assembly/shared/status.js';
import { FieldKind } from '../assembly/shared/value-type.js';
import { assert } from './assert.js';
import { compileExpressions } from './compiler/compile.js';
import {
  type BinaryExpression,
  childrenOf,
  type EsNode,
  type Identifier,
  type MemberExpression,
  unwrap,
} from './compiler/estree.js';
import { parseExpression } from './compiler/parse.js';
import { FaultSink, looseSource } from './compiler/source.js';
import { DiagnosticBag } from './diagnostic/diagnostic.js';
import { evaluateExpressions } from './evaluate.js';
import type { ManifestRule } from './image/manifest.js';
import type { LiveImage } from './registry/live-image.js';
import { formatDecimal } from './schema/decimal.js';
import type { Decision } from './schema/decision.js';
import type { Field, Model } from './schema/model.js';
import { type PayloadObject, type PayloadValue, readPayload } from './schema/reader.js';
import { formatDate, formatTimestamp } from './schema/time.js';

/** A value of a field as JSON callers write it: decimals as text with all their digits, timestamps and dates as RFC 3339. */
export type ExplainedValue = boolean | number | string | null;

/** A leaf of a rule's `when`. */
export interface ExplainedCondition {
  /** Source text. */
  text: string;
  /** null: not reached, because an earlier condition had settled the matter. */
  truth: boolean | null;
  /** Fields it names, by path, with their values. */
  values: Record<string, ExplainedValue>;
}

export interface ExplainedRule {
  id: string;
  when: string;
  /** Whether its condition holds. */
  hit: boolean;
  score: number;
  outcome: 'approve' | 'review' | 'decline' | null;
  reason: string | null;
  conditions: ExplainedCondition[];
}

export interface Explanation {
  decision: Decision;
  /** In the order written. Empty where the payload is invalid: then nothing was evaluated. */
  rules: ExplainedRule[];
}

/** Leaves of one image. */
const LEAVES_PER_IMAGE_MAX = 256;

interface Leaf {
  text: string;
  /** Paths of the fields it names. */
  paths: string[];
  /** What is compiled for it. */
  source: string;
  /** Its place among the outputs of all images. */
  output: number;
}

type Condition = Leaf | { operator: '&&' | '||'; left: Condition; right: Condition };

interface Placed {
  address: number;
  count: number;
}

/** Explains decisions of one live image. Compiles its conditions when made, and holds their images until `release`. */
export class Explainer {
  private readonly conditions: Condition[];
  private readonly placed: Placed[] = [];

  /** Throws Problem OUT_OF_MEMORY where the tenant has no room for the images. */
  constructor(private readonly live: LiveImage) {
    const { model, manifest } = live;
    this.conditions = manifest.rules.map((rule) => splitRule(rule, model));
    try {
      this.compileLeaves();
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
    const read = readPayload(this.live.model, payload);
    if (!read.ok || decision.status !== 'OK') return { decision, rules: [] };
    const truths = this.placed.flatMap(({ address, count }) => this.evaluate(address, count, payload, now));
    const rules = this.live.manifest.rules.map((rule, index): ExplainedRule => {
      const conditions: ExplainedCondition[] = [];
      const valuesOf = (leaf: Leaf) =>
        Object.fromEntries(leaf.paths.map((path) => [path, valueAt(this.live.model, read.value, path, now)]));
      const hit = walk(this.conditions[index] as Condition, true, truths, (leaf, truth) => {
        conditions.push({ text: leaf.text, truth, values: valuesOf(leaf) });
      });
      const { id, when, score, outcome, reason } = rule;
      return { id, when, hit, score, outcome, reason, conditions };
    });
    return { decision, rules };
  }

  /** Frees the images. */
  release(): void {
    for (const { address } of this.placed.splice(0)) this.live.tenant.memory.free(address);
  }

  private evaluate(address: number, count: number, payload: Uint8Array, now: bigint): boolean[] {
    const { status, values } = evaluateExpressions(this.live.tenant, address, count, payload, now);
    assert(status === Status.OK, `conditions could not be evaluated: ${Status[status]}`);
    return Array.from({ length: count }, (_, index) => values[index * VALUE_BYTES + VALUE_LOW] === 1);
  }

  private compileLeaves(): void {
    const outputs = new Map<string, number>();
    const sources: string[] = [];
    const leaves: Leaf[] = this.conditions.flatMap(leavesOf);
    for (const leaf of leaves) {
      let output = outputs.get(leaf.source);
      if (output === undefined) {
        output = sources.push(leaf.source) - 1;
        outputs.set(leaf.source, output);
      }
      leaf.output = output;
    }
    for (let first = 0; first < sources.length; first += LEAVES_PER_IMAGE_MAX) {
      this.compilePart(sources.slice(first, first + LEAVES_PER_IMAGE_MAX));
    }
  }

  /** Compiles sources into one image, or two where they are too many for one, e.g. for the texts that they join. */
  private compilePart(sources: readonly string[]): void {
    const { image, diagnostics } = compileExpressions(this.live.model, sources);
    if (image === undefined) {
      assert(sources.length > 1, `a condition does not compile by itself: ${diagnostics[0]?.message}: ${sources[0]}`);
      this.compilePart(sources.slice(0, sources.length >>> 1));
      this.compilePart(sources.slice(sources.length >>> 1));
      return;
    }
    const { memory, inline } = this.live.tenant;
    const address = memory.place(image);
    this.placed.push({ address, count: sources.length });
    const error = inline.verifyImage(address, image.length);
    assert(error === 0, `the engine refuses the conditions: ${error}`);
  }
}

/** Splits a rule's condition into a tree of leaves. */
function splitRule(rule: ManifestRule, model: Model): Condition {
  const roots = parseExpression(rule.when, new FaultSink(looseSource(rule.id, rule.when), new DiagnosticBag()));
  const root = roots?.[0];
  assert(root !== undefined, `the condition of rule ${rule.id} cannot be parsed again`);
  return split(root, rule.when, model, []);
}

/** A condition that must hold for a leaf to be reached. */
interface Guard {
  source: string;
  roots: Set<string>;
}

function split(node: EsNode, text: string, model: Model, guards: readonly Guard[]): Condition {
  const inner = unwrap(node);
  const { operator, left, right } = inner as BinaryExpression;
  if (inner.type === 'LogicalExpression' && (operator === '&&' || operator === '||')) {
    const source = text.slice(left.start, left.end);
    // As short as can be: with the leaf it must stay within the limits that the rule itself fits. What stands left of && binds so.
    const guard = { source: operator === '&&' ? source : `!(${source})`, roots: new Set(pathsOf(left).map(rootOf)) };
    return { operator, left: split(left, text, model, guards), right: split(right, text, model, [...guards, guard]) };
  }
  const paths = [...new Set(pathsOf(inner))].filter((path) => path === 'now' || fieldAt(model, path) !== undefined);
  const own = text.slice(inner.start, inner.end);
  const needed = guards.filter(({ roots }) => paths.some((path) => isNullable(model, path) && roots.has(rootOf(path))));
  return { text: own, paths, source: [...needed.map((guard) => guard.source), own].join('&&'), output: -1 };
}

function leavesOf(condition: Condition): Leaf[] {
  return 'operator' in condition ? [...leavesOf(condition.left), ...leavesOf(condition.right)] : [condition];
}

/** Truth of a condition; reports each leaf, null where the program does not reach it. */
function walk(
  condition: Condition,
  reached: boolean,
  truths: readonly boolean[],
  report: (leaf: Leaf, truth: boolean | null) => void,
): boolean {
  if (!('operator' in condition)) {
    const truth = truths[condition.output] as boolean;
    report(condition, reached ? truth : null);
    return truth;
  }
  const left = walk(condition.left, reached, truths, report);
  const goesOn = condition.operator === '&&' ? left : !left;
  const right = walk(condition.right, reached && goesOn, truths, report);
  return goesOn ? right : left;
}

/** Dotted paths of what an expression names. */
function pathsOf(node: EsNode): string[] {
  const path = pathOf(node);
  return path === undefined ? childrenOf(node).flatMap(pathsOf) : [path];
}

function pathOf(node: EsNode): string | undefined {
  if (node.type === 'Identifier') return (node as Identifier).name;
  if (node.type !== 'MemberExpression') return undefined;
  const { object, property } = node as MemberExpression;
  const before = pathOf(unwrap(object));
  return before === undefined ? undefined : `${before}.${(property as Identifier).name}`;
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] as string;
}

function fieldAt(model: Model, path: string): Field | undefined {
  return model.fields.find((field) => field.path === path);
}

/** Whether a field or an object that it lies in may be null. */
function isNullable(model: Model, path: string): boolean {
  const parts = path.split('.');
  return parts.some((_part, index) => fieldAt(model, parts.slice(0, index + 1).join('.'))?.nullable === true);
}

function valueAt(model: Model, payload: PayloadObject, path: string, now: bigint): ExplainedValue {
  if (path === 'now') return formatTimestamp(now);
  let value: PayloadValue = payload;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object') return null;
    value = value[name] ?? null;
  }
  if (typeof value === 'bigint') return formatLong(fieldAt(model, path), value);
  return value !== null && typeof value === 'object' ? '{...}' : value;
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
