// Conditions on one register: which of its values make them true. An expression that reads one field, feature or list length, and
// constants beside, is a set of that register's values, whatever it is made of: comparisons, `includes`, `startsWith`, `??`, `?:`.

import { FunctionId } from '../../../assembly/shared/function.js';
import type { CallIr, CompareIr, ConstantValue, Ir, LocalRef, Relation, WalkIr } from '../ir.js';
import { swapRelation } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import {
  AFTER,
  AFTER_PREFIX,
  BEFORE,
  between,
  type Cut,
  complement,
  difference,
  EVERYTHING,
  intersection,
  NOTHING,
  ONLY_NULL,
  type Point,
  union,
  type ValueSet,
} from './domain.js';

/** What is tested: a field, a feature, the time, or the number of elements of one. */
export interface Subject {
  name: Extract<Ir, { op: 'field' | 'feature' | 'now' }>;
  /** The number of elements of the list. */
  count: boolean;
  /** It was read where it may be null. */
  nullable: boolean;
}

/** A test that an index can hold. */
export interface Atom {
  subject: Subject;
  /** Values with which it is true. */
  set: ValueSet;
}

/** A piece of a value: what it is on a set of the subject's values. */
interface Piece {
  where: ValueSet;
  /** The subject itself times a power of ten, or a constant. */
  what: { factor: bigint } | { constant: ConstantValue };
}

interface Value {
  pieces: readonly Piece[];
  /** Where it is null. */
  none: ValueSet;
}

/** Where a condition is true, and where it is null. */
interface Truth {
  yes: ValueSet;
  none: ValueSet;
}

/** Thrown where an expression reads two things, or something else. */
const OTHER = Symbol('no atom');

/** The condition as a test of one register; undefined where it is none. */
export function atomOf(condition: Ir): Atom | { always: boolean } | undefined {
  const simple = simpleAtom(condition);
  if (simple !== undefined) return simple;
  const reader = new Reader();
  try {
    const { yes } = reader.truth(condition);
    if (reader.subject === undefined) return { always: yes.low };
    return { subject: reader.subject, set: yes };
  } catch (error) {
    if (error === OTHER) return undefined;
    throw error;
  }
}

/** A comparison of what is never null with a constant: most tests are no more, and the reader's steps would be their cost. */
function simpleAtom(ir: Ir): Atom | undefined {
  if (ir.op !== 'compare' || ir.right.op !== 'constant') return undefined;
  const { left, right, relation } = ir;
  if ((left.op !== 'field' && left.op !== 'feature') || left.nullable) return undefined;
  const { kind } = left.type;
  if (kind !== 'number' && kind !== 'text') return undefined;
  const { value } = right;
  if (typeof value !== 'number' && (typeof value !== 'string' || !isWhole(value))) return undefined;
  return { subject: { name: left, count: false, nullable: false }, set: relationSet(relation, value) };
}

/** True where two subjects are read from one register. */
export function subjectKey({ name, count }: Subject): string | FeatureRef {
  const key = name.op === 'field' ? `field ${name.field.index}` : name.op === 'feature' ? name.feature : 'now';
  return count ? `count ${key as string}` : key;
}

class Reader {
  subject: Subject | undefined;
  readonly #locals = new Map<LocalRef, Value>();

  truth(ir: Ir): Truth {
    switch (ir.op) {
      case 'not': {
        const { yes, none } = this.truth(ir.operand);
        return { yes: difference(complement(yes), none), none };
      }
      case 'and':
        return { yes: joined(ir.operands, (operand) => this.truth(operand).yes, intersection), none: NOTHING };
      case 'or':
        return { yes: joined(ir.operands, (operand) => this.truth(operand).yes, union), none: NOTHING };
      case 'is-null':
        return { yes: this.value(ir.operand).none, none: NOTHING };
      case 'compare':
        return { yes: this.#compare(ir), none: NOTHING };
      case 'call':
        return { yes: this.#startsWith(ir), none: NOTHING };
      case 'walk':
        return { yes: this.#elements(ir), none: NOTHING };
      default: {
        const { pieces, none } = this.value(ir);
        const yes = pieces.map(({ where, what }) => {
          if ('constant' in what) return what.constant === true ? where : NOTHING;
          return intersection(where, relationSet('===', 1n));
        });
        return { yes: joined(yes, (set) => set, union), none };
      }
    }
  }

  value(ir: Ir): Value {
    switch (ir.op) {
      case 'constant':
        if (ir.value === null) return { pieces: [], none: EVERYTHING };
        return { pieces: [{ where: EVERYTHING, what: { constant: ir.value } }], none: NOTHING };
      case 'field':
      case 'feature':
      case 'now': {
        const { kind } = ir.type;
        if (kind === 'object' || kind === 'list' || (ir.type.kind === 'decimal' && ir.type.wide)) throw OTHER;
        return this.#named({ name: ir, count: false, nullable: ir.op !== 'now' && ir.nullable });
      }
      case 'local': {
        const value = this.#locals.get(ir.local);
        if (value === undefined) throw OTHER;
        return value;
      }
      case 'rescale':
        return this.#rescaled(this.value(ir.operand), 10n ** BigInt(ir.digits));
      case 'coalesce': {
        const pieces: Piece[] = [];
        let rest = EVERYTHING;
        for (const operand of ir.operands) {
          const value = this.value(operand);
          pieces.push(...within(value.pieces, rest));
          rest = intersection(rest, value.none);
        }
        return { pieces, none: rest };
      }
      case 'conditional': {
        const { yes } = this.truth(ir.test);
        const [left, right] = [this.value(ir.whenTrue), this.value(ir.whenFalse)];
        const no = complement(yes);
        return {
          pieces: [...within(left.pieces, yes), ...within(right.pieces, no)],
          none: union(intersection(left.none, yes), intersection(right.none, no)),
        };
      }
      case 'let': {
        const value = this.value(ir.value);
        this.#locals.set(ir.local, { pieces: value.pieces, none: NOTHING });
        const body = this.value(ir.body);
        const present = complement(value.none);
        return { pieces: within(body.pieces, present), none: union(value.none, intersection(body.none, present)) };
      }
      case 'walk':
        if (ir.result.kind === 'count') return this.#count(ir);
        return this.#boolean(ir);
      case 'not':
      case 'and':
      case 'or':
      case 'is-null':
      case 'compare':
      case 'call':
        return this.#boolean(ir);
      default:
        throw OTHER;
    }
  }

  /** A condition as a value. */
  #boolean(ir: Ir): Value {
    const { yes, none } = this.truth(ir);
    return {
      pieces: [
        { where: yes, what: { constant: true } },
        { where: difference(complement(yes), none), what: { constant: false } },
      ],
      none,
    };
  }

  #named(subject: Subject): Value {
    if (this.subject === undefined) this.subject = subject;
    else if (subjectKey(this.subject) !== subjectKey(subject)) throw OTHER;
    else if (subject.nullable && !this.subject.nullable) this.subject = subject;
    const itself = { factor: 1n };
    if (!subject.nullable) return { pieces: [{ where: EVERYTHING, what: itself }], none: NOTHING };
    return { pieces: [{ where: complement(ONLY_NULL), what: itself }], none: ONLY_NULL };
  }

  #rescaled({ pieces, none }: Value, factor: bigint): Value {
    const scaled = pieces.map(({ where, what }): Piece => {
      if ('factor' in what) return { where, what: { factor: what.factor * factor } };
      if (typeof what.constant !== 'bigint') throw OTHER;
      return { where, what: { constant: what.constant * factor } };
    });
    return { pieces: scaled, none };
  }

  /** The number of elements of a list of the payload. */
  #count({ source, stages }: WalkIr): Value {
    if (source.kind !== 'list' || stages.length > 0 || source.list.op !== 'field') throw OTHER;
    return this.#named({ name: source.list, count: true, nullable: source.list.nullable });
  }

  #compare({ left, right, relation }: CompareIr): ValueSet {
    const [a, b] = [this.value(left).pieces, this.value(right).pieces];
    return joined(
      a.flatMap((x) => b.map((y) => [x, y] as const)),
      ([x, y]) => intersection(intersection(x.where, y.where), related(x, relation, y)),
      union,
    );
  }

  #startsWith(call: CallIr): ValueSet {
    const [text, prefix] = call.args;
    if (call.function !== FunctionId.TEXT_STARTS_WITH || text === undefined || prefix?.op !== 'constant') throw OTHER;
    const begin = prefix.value;
    if (typeof begin !== 'string' || !isWhole(begin)) throw OTHER;
    const sets = this.value(text).pieces.map(({ where, what }) => {
      if ('constant' in what) return String(what.constant).startsWith(begin) ? where : NOTHING;
      if (begin === '') return where;
      return intersection(where, between({ point: begin, side: BEFORE }, { point: begin, side: AFTER_PREFIX }));
    });
    return joined(sets, (set) => set, union);
  }

  /** `some` and `every` over elements that are written down. */
  #elements({ source, stages, result }: WalkIr): ValueSet {
    if (source.kind !== 'elements' || stages.length > 0) throw OTHER;
    if (result.kind !== 'some' && result.kind !== 'every') throw OTHER;
    const some = result.kind === 'some';
    return joined(
      source.elements,
      ({ guard, value }) => {
        this.#locals.set(result.local, this.value(value));
        const { yes } = this.truth(result.body);
        if (guard === undefined) return yes;
        const counts = this.truth(guard).yes;
        return some ? intersection(counts, yes) : union(complement(counts), yes);
      },
      some ? union : intersection,
      some ? NOTHING : EVERYTHING,
    );
  }
}

function within(pieces: readonly Piece[], where: ValueSet): Piece[] {
  return pieces.map((piece) => ({ ...piece, where: intersection(piece.where, where) }));
}

/** Joins sets two by two, so that thousands of constants take no square of steps. */
function joined<T>(
  items: readonly T[],
  setOf: (item: T) => ValueSet,
  join: (a: ValueSet, b: ValueSet) => ValueSet,
  none: ValueSet = NOTHING,
): ValueSet {
  let sets = items.map(setOf);
  if (sets.length === 0) return none;
  while (sets.length > 1) {
    const next: ValueSet[] = [];
    for (let i = 0; i < sets.length; i += 2) next.push(i + 1 < sets.length ? join(sets[i]!, sets[i + 1]!) : sets[i]!);
    sets = next;
  }
  return sets[0]!;
}

/** Values of the subject with which two pieces have a relation. */
function related(left: Piece, relation: Relation, right: Piece): ValueSet {
  const [a, b] = [left.what, right.what];
  if ('factor' in a) return 'factor' in b ? throwOther() : selfSet(a.factor, relation, b.constant);
  if ('factor' in b) return selfSet(b.factor, swapRelation(relation), a.constant);
  return holds(a.constant, relation, b.constant) ? EVERYTHING : NOTHING;
}

function throwOther(): never {
  throw OTHER;
}

/** Two constants of one type: JavaScript's own operators, which order texts by code units and integers exactly. */
function holds(a: ConstantValue, relation: Relation, b: ConstantValue): boolean {
  if (a === null || b === null) throw OTHER;
  switch (relation) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '===':
      return a === b;
    case '!==':
      return a !== b;
  }
}

/** Values v with which v x factor has a relation to a constant. */
function selfSet(factor: bigint, relation: Relation, constant: ConstantValue): ValueSet {
  if (constant === null) throw OTHER;
  if (factor === 1n) return relationSet(relation, typeof constant === 'boolean' ? BigInt(constant) : constant);
  if (typeof constant !== 'bigint') throw OTHER;
  const floor = constant / factor - (constant % factor < 0n ? 1n : 0n);
  if (floor * factor === constant) return relationSet(relation, floor);
  if (relation === '===') return NOTHING;
  if (relation === '!==') return EVERYTHING;
  return relationSet(relation === '<' || relation === '<=' ? '<=' : '>', floor);
}

/** Values of a register that have a relation to a constant. */
function relationSet(relation: Relation, constant: Point): ValueSet {
  if (typeof constant === 'string' && !isWhole(constant)) throw OTHER;
  if (Number.isNaN(constant)) return relation === '!==' ? EVERYTHING : NOTHING;
  // 0 and -0 are equal, and order alike.
  const point = constant === 0 ? 0 : constant;
  const before: Cut = { point, side: BEFORE };
  const after: Cut = { point, side: AFTER };
  switch (relation) {
    case '<':
      return between(undefined, before);
    case '<=':
      return between(undefined, after);
    case '>':
      return between(after, undefined);
    case '>=':
      return between(before, undefined);
    case '===':
      return between(before, after);
    case '!==':
      return complement(between(before, after));
  }
}

/** No half of a pair stands alone in the text: only then do its bytes begin all texts that its code units begin. */
function isWhole(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
