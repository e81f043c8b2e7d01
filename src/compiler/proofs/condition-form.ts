// A condition as a union of boxes: for each value that it tests, the set in which the condition is true. Everything that is no
// comparison with a constant becomes a value of its own, which may be anything: what is proven of the boxes is so, since the space
// that they lie in has more points than there are payloads, never fewer.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Field, Model } from '../../schema/model.js';
import { floorAtScale } from '../exact.js';
import {
  type CompareIr,
  type ConditionalIr,
  type ConstantIr,
  type Ir,
  type LocalRef,
  mayBeNull,
  type Relation,
  swapRelation,
} from '../ir.js';
import type { Type } from '../types.js';
import { type CanonicalSet, canonicalContains, canonicalSet } from './canonical.js';
import type { KnownSet } from './classes.js';
import { domainOfField, domainOfType } from './domains.js';
import { expressionKey, IdentityNumbers } from './expression-key.js';
import type { ColumnDomain, Interval, IntervalSet } from './table-form.js';
import { commonSet, complement, joinSets } from './value-set.js';

/** Boxes of one condition; one that needs more is a value of its own. */
const BOXES_MAX = 24;

/** Something that conditions test: a field, a feature, an expression. */
export interface Subject {
  index: number;
  key: string;
  domain: ColumnDomain;
  /** The field that it is, where it is one. */
  field?: Field;
}

/** By subject (in order of their indices): where it must lie. Subjects that are not there may be anything. */
export type ConditionBox = ReadonlyMap<Subject, CanonicalSet>;

/** A condition is true exactly in its boxes. Empty: never. One box without subjects: always. */
export interface ConditionForm {
  boxes: readonly ConditionBox[];
  /** Equal keys: the same condition. */
  key: string;
}

const TRUTH: ColumnDomain = { kind: 'finite', members: [true, false], nullable: false };

/** Brings the conditions of one bundle into forms that can be compared with one another. */
export class ConditionForms {
  readonly #subjects = new Map<string, Subject>();
  /** What was looked at since it was last cleared, in that order. */
  readonly touched = new Set<Subject>();
  readonly #numbers = new IdentityNumbers();
  readonly #substitutes = new Map<LocalRef, Ir>();
  readonly #fieldSubjects = new Map<Field, Subject>();
  /** Fields that may be null, or that lie in an object that may be. */
  readonly #nullable = new Set<Field>();

  constructor(model: Model) {
    const tables = new Set<number>();
    // A child's table comes after its parent's, and so do its fields.
    for (const field of model.fields) {
      if (!field.nullable && !tables.has(field.table)) continue;
      this.#nullable.add(field);
      if (field.kind === FieldKind.OBJECT) tables.add(field.child!);
    }
  }

  /** The form of a condition. */
  formOf(ir: Ir): ConditionForm {
    this.#substitutes.clear();
    const boxes = this.#boxes(ir, true).map(inOrder);
    const keys = boxes.map((box) => [...box].map(([subject, { key }]) => `${subject.index}: ${key}`).join('; ')).sort();
    return { boxes, key: keys.join(' | ') };
  }

  /** The boxes in which an expression is `wanted`. */
  #boxes(ir: Ir, wanted: boolean): ConditionBox[] {
    switch (ir.op) {
      case 'constant':
        return ir.value === wanted ? [new Map()] : [];
      case 'not':
        return this.#boxes(ir.operand, !wanted);
      case 'and':
      case 'or': {
        const isUnion = (ir.op === 'or') === wanted;
        return this.#joined(ir.operands, wanted, isUnion) ?? [this.#opaque(ir, wanted)];
      }
      case 'conditional':
        return this.#conditional(ir, wanted) ?? [this.#opaque(ir, wanted)];
      case 'let':
        if (ir.optional) return [this.#opaque(ir, wanted)];
        this.#substitutes.set(ir.local, ir.value);
        return this.#boxes(ir.body, wanted);
      case 'is-null':
        return this.#box(this.#nullSubject(ir.operand), { kind: 'members', members: [], except: false, null: true }, wanted);
      case 'compare':
        return this.#compare(ir, wanted);
      default:
        return this.#truth(ir, wanted);
    }
  }

  /** The boxes of all operands together; undefined where they are too many. */
  #joined(operands: readonly Ir[], wanted: boolean, isUnion: boolean): ConditionBox[] | undefined {
    let boxes: ConditionBox[] = isUnion ? [] : [new Map()];
    for (const operand of operands) {
      const next = this.#boxes(operand, wanted);
      const single = boxes.length === 1 && next.length === 1 && !isUnion ? meet(boxes[0]!, next[0]!) : null;
      if (single === undefined) return [];
      if (single !== null) {
        boxes = [single];
        continue;
      }
      boxes = isUnion
        ? this.#union(boxes, next)
        : this.#union(
            [],
            boxes.flatMap((a) => next.flatMap((b) => meet(a, b) ?? [])),
          );
      if (boxes.length > BOXES_MAX) return undefined;
    }
    return boxes;
  }

  #conditional({ test, whenTrue, whenFalse }: ConditionalIr, wanted: boolean): ConditionBox[] | undefined {
    const [yes, no] = [this.#boxes(test, true), this.#boxes(test, false)];
    const [one, other] = [this.#boxes(whenTrue, wanted), this.#boxes(whenFalse, wanted)];
    const both = (a: ConditionBox[], b: ConditionBox[]) => a.flatMap((x) => b.flatMap((y) => meet(x, y) ?? []));
    const boxes = this.#union(both(yes, one), both(no, other));
    return boxes.length > BOXES_MAX ? undefined : boxes;
  }

  /** Both, where boxes that differ in one subject alone, or of which one holds the other, are one box. */
  #union(boxes: readonly ConditionBox[], more: readonly ConditionBox[]): ConditionBox[] {
    const all = [...boxes];
    for (let box of more) {
      for (let i = 0; i < all.length; i++) {
        const joined = joinedBox(all[i]!, box);
        if (joined === undefined) continue;
        // The joined box may be one with another that was looked at already.
        all.splice(i, 1);
        box = joined;
        i = -1;
      }
      all.push(box);
      if (all.length > BOXES_MAX) break;
    }
    return all;
  }

  #subject(key: string, domain: ColumnDomain, field?: Field): Subject {
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = { index: this.#subjects.size, key, domain, ...(field === undefined ? {} : { field }) };
      this.#subjects.set(key, subject);
    }
    this.touched.add(subject);
    return subject;
  }

  #resolve(ir: Ir): Ir {
    const substitute = ir.op === 'local' ? this.#substitutes.get(ir.local) : undefined;
    return substitute === undefined ? ir : this.#resolve(substitute);
  }

  #key(ir: Ir): string {
    return expressionKey(ir, this.#numbers, this.#substitutes);
  }

  /** The boxes in which a subject lies in a set, or does not. */
  #box(subject: Subject, set: KnownSet, wanted: boolean): ConditionBox[] {
    const kept = set.kind === 'members' && isContinuous(subject.domain) ? onlyNull(set.null) : set;
    const canonical = canonicalSet(wanted ? kept : complement(kept), subject.domain);
    if (canonical.isEmpty) return [];
    return [canonical.isFull ? new Map() : new Map([[subject, canonical]])];
  }

  /** A boolean that is read, or computed by what is not looked into. */
  #truth(ir: Ir, wanted: boolean): ConditionBox[] {
    const resolved = this.#resolve(ir);
    if (resolved !== ir) return this.#boxes(resolved, wanted);
    const subject = this.#valueSubject(ir);
    if (subject === undefined) return [this.#opaque(ir, wanted)];
    return this.#box(subject, { kind: 'members', members: [true], except: false, null: false }, wanted);
  }

  #opaque(ir: Ir, wanted: boolean): ConditionBox {
    const subject = this.#subject(`truth ${this.#key(ir)}`, TRUTH);
    return new Map([[subject, canonicalSet({ kind: 'members', members: [wanted], except: false, null: false }, TRUTH)]]);
  }

  /** The subject that an expression is as a whole; undefined where no domain describes its values. */
  #valueSubject(ir: Ir): Subject | undefined {
    // A field has one domain wherever it stands, although it may be known there not to be null.
    if (ir.op === 'field') {
      const known = this.#fieldSubjects.get(ir.field);
      if (known !== undefined) {
        this.touched.add(known);
        return known;
      }
      const domain = domainOfField(ir.field, ir.type, this.#nullable.has(ir.field));
      if (domain === undefined) return undefined;
      const subject = this.#subject(this.#key(ir), domain, ir.field);
      this.#fieldSubjects.set(ir.field, subject);
      return subject;
    }
    if (ir.op === 'feature') {
      const domain = domainOfType(ir.type, ir.feature.nullable);
      return domain && this.#subject(this.#key(ir), domain);
    }
    const nullable = mayBeNull(ir);
    const domain = domainOfType(ir.type, nullable);
    return domain && this.#subject(`${this.#key(ir)}${nullable ? '?' : ''}`, domain);
  }

  #nullSubject(operand: Ir): Subject {
    const ir = this.#resolve(operand);
    const subject = this.#valueSubject(ir);
    if (subject !== undefined) return subject;
    return this.#subject(`there ${this.#key(ir)}`, { kind: 'finite', members: [true], nullable: true });
  }

  #compare(ir: CompareIr, wanted: boolean): ConditionBox[] {
    const [left, right] = [this.#resolve(ir.left), this.#resolve(ir.right)];
    if (right.op === 'constant' && right.value !== null)
      return this.#test(left, ir.relation, right, wanted) ?? [this.#opaque(ir, wanted)];
    if (left.op === 'constant' && left.value !== null) {
      return this.#test(right, swapRelation(ir.relation), left, wanted) ?? [this.#opaque(ir, wanted)];
    }
    return this.#order(left, ir.relation, right, wanted);
  }

  /** Two values against each other: the subject is how they stand, one of below, equal, above, and neither where one is NaN. */
  #order(left: Ir, relation: Relation, right: Ir, wanted: boolean): ConditionBox[] {
    const [a, b] = [this.#key(left), this.#key(right)];
    const test = a > b ? swapRelation(relation) : relation;
    const hasOrder = left.type.kind !== 'boolean' && left.type.kind !== 'enum';
    const members = [...(hasOrder ? [-1, 1] : [1]), 0, ...(left.type.kind === 'number' ? [2] : [])];
    const subject = this.#subject(`order ${a > b ? `${b} ${a}` : `${a} ${b}`}`, { kind: 'finite', members, nullable: false });
    const holds = members.filter((member) => standsAs(member, test));
    return this.#box(subject, { kind: 'members', members: holds, except: false, null: false }, wanted);
  }

  #test(left: Ir, relation: Relation, constant: ConstantIr, wanted: boolean): ConditionBox[] | undefined {
    const set = relationSet(left.type, relation, constant.value!);
    if (set === undefined) return this.#order(left, relation, constant, wanted);
    const found = this.#where(left, set);
    return found && this.#box(found.subject, found.set, wanted);
  }

  /** The subject of an expression and where it must lie for the expression to lie in a set. */
  #where(unresolved: Ir, set: KnownSet): { subject: Subject; set: KnownSet } | undefined {
    const ir = this.#resolve(unresolved);
    if (set.kind === 'intervals') {
      if (ir.op === 'rescale') {
        return this.#where(
          ir.operand,
          mapped(set, (bound, up) => {
            const { floor, whole } = floorAtScale({ value: bound as bigint, scale: ir.digits }, 0);
            return up && !whole ? floor + 1n : floor;
          }),
        );
      }
      if (ir.op === 'negate') return this.#where(ir.operand, mirrored(set));
      if (ir.op === 'arithmetic' && ir.type.kind === 'decimal' && (ir.operator === '+' || ir.operator === '-')) {
        const [left, right] = [this.#resolve(ir.left), this.#resolve(ir.right)];
        if (right.op === 'constant') {
          const by = ir.operator === '+' ? (right.value as bigint) : -(right.value as bigint);
          return this.#where(
            left,
            mapped(set, (bound) => (bound as bigint) - by),
          );
        }
        if (left.op === 'constant') {
          const by = left.value as bigint;
          const shifted = mapped(set, (bound) => (bound as bigint) - by);
          return this.#where(right, ir.operator === '+' ? shifted : mirrored(shifted));
        }
      }
    }
    if (ir.op === 'coalesce' && ir.operands.length === 2) {
      const [first, last] = [this.#resolve(ir.operands[0]!), this.#resolve(ir.operands[1]!)];
      const other = last.op === 'constant' && last.value !== null ? relationSet(ir.type, '===', last.value) : undefined;
      const found = other === undefined ? undefined : this.#where(first, set);
      if (found !== undefined && other !== undefined) {
        const isMember = !canonicalIsEmpty(commonSet(set, other), ir.type);
        return { subject: found.subject, set: { ...found.set, null: isMember } };
      }
    }
    const subject = this.#valueSubject(ir);
    return subject && { subject, set };
  }
}

function canonicalIsEmpty(set: KnownSet, type: Type): boolean {
  return canonicalSet(set, domainOfType(type, false)!).isEmpty;
}

function isContinuous({ kind }: ColumnDomain): boolean {
  return kind === 'number' || kind === 'exact';
}

function onlyNull(isNull: boolean): KnownSet {
  return { kind: 'intervals', intervals: [], null: isNull, nan: false };
}

/** -1: the first is below, 0: equal, 1: above (or only different), 2: one of them is NaN. */
function standsAs(member: number, relation: Relation): boolean {
  switch (relation) {
    case '<':
      return member === -1;
    case '<=':
      return member === -1 || member === 0;
    case '>':
      return member === 1;
    case '>=':
      return member === 1 || member === 0;
    case '===':
      return member === 0;
    case '!==':
      return member !== 0;
  }
}

/** The values, not null, of a type that stand in a relation to a constant; undefined where no set describes them. */
function relationSet({ kind }: Type, relation: Relation, value: boolean | number | bigint | string): KnownSet | undefined {
  if (kind === 'boolean' || kind === 'enum' || kind === 'text') {
    if (relation !== '===' && relation !== '!==') return undefined;
    const member = typeof value === 'bigint' ? Number(value) : value;
    return { kind: 'members', members: [member], except: relation === '!==', null: false };
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const tail = { null: false, nan: relation === '!==' };
  // Nothing is equal to NaN, above or below it.
  if (Number.isNaN(value)) return { kind: 'intervals', intervals: relation === '!==' ? [{}] : [], ...tail };
  const below: Interval = { high: value, highOpen: true };
  const above: Interval = { low: value, lowOpen: true };
  switch (relation) {
    case '<':
      return { kind: 'intervals', intervals: [below], ...tail };
    case '<=':
      return { kind: 'intervals', intervals: [{ high: value }], ...tail };
    case '>':
      return { kind: 'intervals', intervals: [above], ...tail };
    case '>=':
      return { kind: 'intervals', intervals: [{ low: value }], ...tail };
    case '===':
      return { kind: 'intervals', intervals: [{ low: value, high: value }], ...tail };
    case '!==':
      return { kind: 'intervals', intervals: [below, above], ...tail };
  }
}

/** Whole numbers: the set of all x whose image lies in a set, where bounds map to the least (`up`) or greatest such x. */
function mapped(set: IntervalSet, bound: (value: number | bigint, up: boolean) => bigint): IntervalSet {
  const intervals = set.intervals.map(({ low, high, lowOpen, highOpen }): Interval => {
    const from = low === undefined ? undefined : lowOpen === true ? (low as bigint) + 1n : low;
    const to = high === undefined ? undefined : highOpen === true ? (high as bigint) - 1n : high;
    return { ...(from === undefined ? {} : { low: bound(from, true) }), ...(to === undefined ? {} : { high: bound(to, false) }) };
  });
  return { ...set, intervals };
}

function mirrored(set: IntervalSet): IntervalSet {
  const intervals = set.intervals.map(
    ({ low, high, lowOpen, highOpen }): Interval => ({
      ...(high === undefined ? {} : { low: opposite(high), lowOpen: highOpen === true }),
      ...(low === undefined ? {} : { high: opposite(low), highOpen: lowOpen === true }),
    }),
  );
  return { ...set, intervals };
}

function opposite(value: number | bigint): number | bigint {
  return typeof value === 'bigint' ? -value : 0 - value;
}

/** The points of both boxes; undefined where there are none. */
function meet(a: ConditionBox, b: ConditionBox): ConditionBox | undefined {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const sets = new Map(a);
  for (const [subject, set] of b) {
    const before = sets.get(subject);
    const common = before === undefined ? set : canonicalSet(commonSet(before.set, set.set), subject.domain);
    if (common.isEmpty) return undefined;
    sets.set(subject, common);
  }
  return sets;
}

function inOrder(sets: ConditionBox): ConditionBox {
  if (sets.size < 2) return sets;
  return new Map([...sets].sort(([a], [b]) => a.index - b.index));
}

/** One box with the points of both and no others; undefined where there is none. */
function joinedBox(a: ConditionBox, b: ConditionBox): ConditionBox | undefined {
  if (boxHolds(a, b)) return a;
  if (boxHolds(b, a)) return b;
  if (a.size !== b.size) return undefined;
  let differing: Subject | undefined;
  for (const [subject, { key }] of a) {
    const other = b.get(subject);
    if (other === undefined || (other.key !== key && differing !== undefined)) return undefined;
    if (other.key !== key) differing = subject;
  }
  const joined = new Map(a);
  const set = canonicalSet(joinSets(a.get(differing!)!.set, b.get(differing!)!.set), differing!.domain);
  if (set.isFull) joined.delete(differing!);
  else joined.set(differing!, set);
  return joined;
}

/** True where every point of `inner` lies in `outer`. */
export function boxHolds(outer: ConditionBox, inner: ConditionBox): boolean {
  if (outer.size > inner.size) return false;
  for (const [subject, { set, key }] of outer) {
    const other = inner.get(subject);
    if (other === undefined) return false;
    if (other.key !== key && !canonicalContains(set, other.set)) return false;
  }
  return true;
}
