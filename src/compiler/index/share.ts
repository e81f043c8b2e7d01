// Tests that several parts make and that no index can hold as they are: `email.endsWith("@example.com")`, `amount > 2 * average`.
// Such a test is made once, before the index, which then holds it as a boolean. It cannot fail, so that making it early changes
// no decision; it is never null, so that a boolean says all of it.

import { writtenPath } from '../../schema/field-name.js';
import { canFail } from '../can-fail.js';
import { type ConstantValue, type FeatureIr, type Ir, mayBeNull, visit } from '../ir.js';
import { joinsTexts } from '../joins-texts.js';
import type { FeatureRef } from '../scope.js';
import { BOOLEAN } from '../types.js';
import { type Subject, subjectKey } from './atom.js';
import { expressionNanos, SHARE_NANOS } from './cost-model.js';
import { AFTER, BEFORE, between, complement, intersection, type ValueSet } from './domain.js';
import { IrKeys } from './ir-key.js';
import type { Conjunct, Split } from './split.js';

/** Tests of one index that are made once: each takes a register while it is emitted. */
export const SHARED_TESTS_MAX = 32;

/** Instructions of making a boolean of a test, beside the test. */
export const SHARE_INSTRUCTIONS = 4;

/** A test that is made once. */
export interface SharedTest {
  /** Named after what it reads. */
  feature: FeatureRef;
  ir: Ir;
}

/** A condition whose tests may be shared. */
export interface SharingPart {
  split: Split;
  /** Tests by subject, joined. */
  sets: Map<object | string, { set: ValueSet; from: Conjunct[] }>;
}

/** Where a boolean is true: it lies in its register as 0 or 1. */
const IS_TRUE: ValueSet = between({ point: 1n, side: BEFORE }, { point: 1n, side: AFTER });

/** A test of one part. */
interface Use {
  part: number;
  conjunct: Conjunct;
  /** The test without the `!` before it. */
  ir: Ir;
  isNegated: boolean;
}

/**
 * Chooses the tests that are made once, and puts a test of their boolean in their place.
 *
 * @param alive how likely each part is asked for its tests, by what the index holds without them
 * @param always shares whatever two parts have in common
 */
export function shareTests(parts: readonly SharingPart[], alive: ArrayLike<number>, always: boolean): SharedTest[] {
  const worth: { uses: readonly Use[]; saved: number }[] = [];
  for (const uses of usesOf(parts)) {
    const { ir } = uses[0]!;
    if (mayBeNull(ir) || canFail(ir) || joinsTexts(ir)) continue;
    const times = uses.reduce((sum, { part }) => sum + alive[part]!, 0);
    const saved = (times - 1) * expressionNanos(ir) - SHARE_NANOS;
    if (always || saved > 0) worth.push({ uses, saved });
  }
  worth.sort((a, b) => b.saved - a.saved);
  return worth.slice(0, SHARED_TESTS_MAX).map(({ uses }) => {
    const { ir } = uses[0]!;
    const feature: FeatureRef = { name: nameOf(ir), type: BOOLEAN, nullable: false };
    for (const use of uses) replace(parts[use.part]!, use, feature);
    return { feature, ir };
  });
}

/** The tests that no index can hold and that are made more than once, each with all its uses. */
function usesOf(parts: readonly SharingPart[]): Use[][] {
  const alike = new Map<number, Use[]>();
  for (const [part, { split }] of parts.entries()) {
    if (split.never) continue;
    for (const conjunct of split.free) {
      if (conjunct.atom !== undefined) continue;
      const isNegated = conjunct.ir.op === 'not';
      const ir = conjunct.ir.op === 'not' ? conjunct.ir.operand : conjunct.ir;
      add(alike, sketchOf(ir), { part, conjunct, ir, isNegated });
    }
  }
  const keys = new IrKeys();
  return [...alike.values()].flatMap((uses) => {
    if (uses.length < 2) return [];
    const same = new Map<string, Use[]>();
    for (const use of uses) add(same, keys.of(use.ir), use);
    return [...same.values()].filter(({ length }) => length > 1);
  });
}

function add<Key>(groups: Map<Key, Use[]>, key: Key, use: Use): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [use]);
  else group.push(use);
}

/** A number that tests which are the same have in common. Most tests are unlike all others, and are told so by it. */
function sketchOf(ir: Ir): number {
  let sketch = 0;
  visit(ir, (node) => {
    let own = node.op.length + 16 * node.op.charCodeAt(0);
    if (node.op === 'field') own += 4096 * (node.field.index + 1);
    else if (node.op === 'constant') own += sketchOfConstant(node.value);
    sketch = (Math.imul(sketch, 31) + own) | 0;
  });
  return sketch;
}

function sketchOfConstant(value: ConstantValue): number {
  if (typeof value === 'string') return value.length === 0 ? 1 : 64 * value.length + value.charCodeAt(value.length - 1);
  return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : Number(value) * 1000;
}

/** What a test reads, for people. */
function nameOf(ir: Ir): string {
  const names = new Set<string>();
  visit(ir, (node) => {
    if (node.op === 'field') names.add(writtenPath(node.field.path));
    else if (node.op === 'feature') names.add(node.feature.name);
    else if (node.op === 'member-of') names.add(`lists.${node.list.name}`);
  });
  return `a test of ${[...names].join(', ')}`;
}

/** Puts a test of the boolean in the place of the test. */
function replace({ sets }: SharingPart, { conjunct, isNegated }: Use, feature: FeatureRef): void {
  const { start, end } = conjunct.ir;
  const name: FeatureIr = { op: 'feature', type: BOOLEAN, feature, nullable: false, start, end };
  const subject: Subject = { name, count: false, nullable: false };
  const set = isNegated ? complement(IS_TRUE) : IS_TRUE;
  conjunct.ir = isNegated ? { op: 'not', type: BOOLEAN, operand: name, start, end } : name;
  conjunct.atom = { subject, set };
  const key = subjectKey(subject);
  const known = sets.get(key);
  if (known === undefined) sets.set(key, { set, from: [conjunct] });
  else {
    known.set = intersection(known.set, set);
    known.from.push(conjunct);
  }
}
