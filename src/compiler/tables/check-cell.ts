// A cell on its input: syntax -> a condition, and the set of values that it takes.
//
// Null: a cell takes a null input where it is empty or `-`, or where `null` stands among its tests; every other test is false for
// null, `!== 5`, `not(5)` and expressions with `value` too.

import type { ProfileName } from '../../bundle/bundle.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { isBehindPayload, PAYLOAD_NAME } from '../../schema/field-name.js';
import { checkInScope } from '../checker.js';
import { compareWith } from '../comparison.js';
import { exactOfLiteral } from '../exact.js';
import { type ConstantIr, type Ir, type LocalRef, mayBeNull, type Relation, visit } from '../ir.js';
import { fold } from '../passes/fold.js';
import type { CellSet } from '../proofs/table-form.js';
import type { Scope } from '../scope.js';
import { FaultSink, looseSource, type Source } from '../source.js';
import { BOOLEAN, NULL, NUMBER, type Type, typePhrase, utf8Bytes } from '../types.js';
import { complement, intersect, nullSet, OPAQUE, setOfComparison, unite } from './cell-set.js';
import { type Cell, type CellTest, type Operand, parseCell } from './cell-syntax.js';

/** What the cells of one column are tested against. */
export interface Subject {
  /** A field, a feature or `now`: it costs nothing to name it often. */
  ir: Ir;
  nullable: boolean;
  /** The same where it is known not to be null. */
  present: Ir;
}

/** How an expression of a cell names the input. */
export const VALUE_NAME = 'value';

export interface CheckedCell {
  /** Absent where the cell takes any value. */
  condition?: Ir;
  set?: CellSet;
}

const ANY: CheckedCell = {};

const NUMBER_LITERAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const TEXT_LITERAL = /^"([^"\\\n\r\ud800-\udfff]*)"$/;
const MOMENT = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[zZ]|[+-]\d\d:\d\d))?$/;
const WORD = /^[\p{L}_][\p{L}\p{N}_]*(?:[ ./-]+[\p{L}\p{N}_]+)*$/u;

/** A value that stands for itself, undefined where the text is an expression. Texts beside enums and dates become theirs later. */
export function literalOf(text: string): ConstantIr | undefined {
  const place = { start: 0, end: text.length };
  if (NUMBER_LITERAL.test(text)) {
    const negative = text.startsWith('-');
    const exact = exactOfLiteral(negative ? text.slice(1) : text);
    const signed = exact === undefined ? {} : { exact: negative ? { ...exact, value: -exact.value } : exact };
    return { op: 'constant', type: NUMBER, value: Number(text), ...signed, ...place };
  }
  const quoted = TEXT_LITERAL.exec(text)?.[1] ?? (MOMENT.test(text) ? text : undefined);
  if (quoted !== undefined) return textConstant(quoted, text.length);
  if (text === 'true' || text === 'false') return { op: 'constant', type: BOOLEAN, value: text === 'true', ...place };
  return text === 'null' ? { op: 'constant', type: NULL, value: null, ...place } : undefined;
}

/** A text that is written without quotes. */
export function textConstant(value: string, length: number): ConstantIr {
  return { op: 'constant', type: { kind: 'text', bytesMax: utf8Bytes(value) }, value, start: 0, end: length };
}

/** True for words that may be a text without quotes. */
export function isWord(text: string): boolean {
  return WORD.test(text);
}

/** The first of the names in a word that stands for something. */
export function namedIn(text: string, scope: Scope): string | undefined {
  const root = scope.model.tables[0]!;
  const isField = (name: string): boolean => root.fields.some((field) => field.name === name);
  const isName = (name: string): boolean => name === 'now' || scope.names.has(name) || (isField(name) && !isBehindPayload(name));
  for (const word of text.split(/[ /-]+/)) {
    // `card.limit` is named by its first part; of `gold card` each word may be a name.
    const [first, second = ''] = word.split('.') as [string, string?];
    if (isName(first)) return first;
    if (first === PAYLOAD_NAME && isField(second)) return `${first}.${second}`;
  }
  return undefined;
}

/** Checks the cells of one column; equal texts are checked once. */
export class CellChecker {
  readonly #good = new Map<string, CheckedCell>();

  constructor(
    readonly subject: Subject,
    readonly scope: Scope,
    readonly profile: ProfileName,
    readonly bag: DiagnosticBag,
  ) {}

  /**
   * Checks one cell.
   * @param parsed its syntax, where it has been parsed before
   * @returns undefined where it has faults (reported)
   */
  check(source: Source, parsed?: Cell): CheckedCell | undefined {
    const known = this.#good.get(source.text);
    if (known !== undefined) return known;
    const before = this.bag.items.length;
    const cell = parsed ?? parseCell(source, this.bag);
    if (cell === undefined) return undefined;
    const checked = cell === 'any' ? ANY : this.#tests(cell, source);
    // What has warnings is checked again, so that each place is told.
    if (checked !== undefined && this.bag.items.length === before) this.#good.set(source.text, checked);
    return checked;
  }

  #tests(tests: readonly CellTest[], source: Source): CheckedCell | undefined {
    const { type } = this.subject.ir;
    const conditions: Ir[] = [];
    let set: CellSet | undefined;
    let takesNull = false;
    for (const test of tests) {
      if (isNullTest(test)) {
        takesNull = true;
        const faults = new FaultSink(source, this.bag);
        const whole = { start: 0, end: source.text.length };
        if (!this.subject.nullable) faults.warning('V3402', whole, 'the input is never null', 'remove `null`');
        continue;
      }
      const checked = this.#test(test);
      if (checked === undefined) return undefined;
      conditions.push(checked.condition);
      set = set === undefined ? checked.set : unite(set, checked.set);
    }
    const { nullable, ir } = this.subject;
    const place = { start: 0, end: source.text.length };
    if (nullable) {
      const isNull: Ir = { op: 'is-null', type: BOOLEAN, operand: ir, ...place };
      if (takesNull) conditions.unshift(isNull);
      else {
        const present: Ir = { op: 'not', type: BOOLEAN, operand: isNull, ...place };
        const either = anyOf(conditions, place);
        const condition: Ir = {
          op: 'and',
          type: BOOLEAN,
          operands: either.op === 'and' ? [present, ...either.operands] : [present, either],
          ...place,
        };
        return { condition: foldQuietly(condition), set: set! };
      }
    }
    const whole = takesNull ? (set === undefined ? nullSet(type) : unite(set, nullSet(type))) : set!;
    return { condition: foldQuietly(anyOf(conditions, place)), set: whole };
  }

  #test(test: CellTest): { condition: Ir; set: CellSet } | undefined {
    switch (test.kind) {
      case 'value':
        return this.#value(test.operand);
      case 'compare':
        return this.#compare(test.relation, test.operand, true);
      case 'range':
        return this.#range(test);
      case 'not': {
        const inner = test.tests.filter((one) => !isNullTest(one)).map((one) => this.#test(one));
        const place = { start: 0, end: test.source.text.length };
        const checked = inner.filter((one) => one !== undefined);
        if (checked.length < inner.length) return undefined;
        const set = checked.map((one) => one.set).reduce(unite, complement(everything(this.subject.ir.type)));
        const operand = anyOf(
          checked.map((one) => one.condition),
          place,
        );
        return { condition: { op: 'not', type: BOOLEAN, operand, ...place }, set: complement(set) };
      }
    }
  }

  #range(test: CellTest & { kind: 'range' }): { condition: Ir; set: CellSet } | undefined {
    const low = this.#compare(test.lowOpen ? '>' : '>=', test.low, true);
    const high = this.#compare(test.highOpen ? '<' : '<=', test.high, true);
    if (low === undefined || high === undefined) return undefined;
    const place = { start: 0, end: test.source.text.length };
    if (!this.#isUpright(test, low.constant, high.constant)) return undefined;
    return {
      condition: { op: 'and', type: BOOLEAN, operands: [low.condition, high.condition], ...place },
      set: intersect(low.set, high.set),
    };
  }

  /** Reports a range between constants that holds nothing. */
  #isUpright(test: CellTest & { kind: 'range' }, low: ConstantIr | undefined, high: ConstantIr | undefined): boolean {
    if (low === undefined || high === undefined) return true;
    const order = compareConstants(low, high);
    if (order === undefined || order < 0 || (order === 0 && !test.lowOpen && !test.highOpen)) return true;
    const { text } = test.source;
    const swapped = `${text[0]}${test.high.text}..${test.low.text}${text[text.length - 1]}`;
    const [message, advice] =
      order > 0
        ? [`the range begins at ${test.low.text}, above its end ${test.high.text}`, `write \`${swapped}\``]
        : ['the range has nothing in it', `write \`[${test.low.text}..${test.high.text}]\`, or \`${test.low.text}\``];
    const span = test.source.span;
    this.bag.add({ code: 'V4104', severity: 'error', message, advice, span });
    return false;
  }

  /** An item that is a value or an expression by itself. */
  #value(operand: Operand): { condition: Ir; set: CellSet } | undefined {
    const ir = this.#operand(operand, false);
    if (ir === undefined) return undefined;
    // An expression is a test, even where it comes to a constant.
    if (ir.type.kind !== 'boolean' || literalOf(operand.text) !== undefined) return this.#compareIr('===', ir, operand);
    if (mayBeNull(ir)) {
      this.bag.error('V3304', operand.source.span, 'the expression may be null', `write \`(${operand.text}) === true\``);
      return undefined;
    }
    return { condition: ir, set: OPAQUE };
  }

  #compare(
    relation: Relation,
    operand: Operand,
    related: boolean,
  ): { condition: Ir; set: CellSet; constant?: ConstantIr } | undefined {
    const ir = this.#operand(operand, related);
    return ir === undefined ? undefined : this.#compareIr(relation, ir, operand);
  }

  #compareIr(relation: Relation, ir: Ir, operand: Operand): { condition: Ir; set: CellSet; constant?: ConstantIr } | undefined {
    // That one end of a range says nothing, with the bounds of the field, is no fault; cells that take nothing the proofs find.
    const own = new DiagnosticBag();
    const faults = new FaultSink(operand.source, own);
    const place = { start: 0, end: operand.text.length };
    const compared = compareWith(relation, this.subject.present, ir, place, faults);
    const condition = faults.hasErrors ? compared : fold(compared, faults);
    for (const item of own.items) if (item.code !== 'V3401') this.bag.add(item);
    if (faults.hasErrors) return undefined;
    const constant = ir.op === 'constant' ? constantIn(this.subject.ir.type, compared, ir) : undefined;
    const set = constant === undefined ? OPAQUE : setOfComparison(this.subject.ir.type, relation, constant);
    return { condition, set, ...(constant === undefined ? {} : { constant }) };
  }

  /**
   * What an operand stands for.
   * @param related it stands behind a relation: then a name is a name
   */
  #operand(operand: Operand, related: boolean): Ir | undefined {
    const { text } = operand;
    const literal = literalOf(text);
    if (literal !== undefined) return literal;
    const { type } = this.subject.ir;
    if (type.kind === 'enum' && type.members.some(({ name }) => name === text)) return textConstant(text, text.length);
    if ((type.kind === 'text' || type.kind === 'enum') && isWord(text)) {
      const name = text === VALUE_NAME ? VALUE_NAME : namedIn(text, this.scope);
      if (name === undefined) return textConstant(text, text.length);
      if (type.kind === 'text' && !related) {
        const advice = `write \`"${text}"\` for the text, or \`=== ${text}\` for what it names`;
        this.bag.error('V4113', operand.source.span, `\`${text}\` may be a text, or what \`${name}\` names`, advice);
        return undefined;
      }
    }
    return this.#expression(operand);
  }

  #expression(operand: Operand): Ir | undefined {
    const root = operand.parse(this.profile, this.bag);
    if (root === undefined) return undefined;
    const faults = new FaultSink(operand.source, this.bag);
    const local: LocalRef = { name: VALUE_NAME, type: this.subject.ir.type };
    const checked = checkInScope(root, this.scope, new Map([[VALUE_NAME, local]]), faults, this.profile);
    if (faults.hasErrors) return undefined;
    const ir = fold(checked, faults);
    if (!uses(ir, local)) return ir;
    return {
      op: 'let',
      type: ir.type,
      local,
      value: this.subject.present,
      body: ir,
      optional: false,
      start: ir.start,
      end: ir.end,
    };
  }
}

function uses(ir: Ir, local: LocalRef): boolean {
  let found = false;
  visit(ir, (node) => {
    found ||= node.op === 'local' && node.local === local;
  });
  return found;
}

function isNullTest(test: CellTest): boolean {
  return (test.kind === 'value' || (test.kind === 'compare' && test.relation === '===')) && test.operand.text === 'null';
}

/** The constant in the type of the input: a text beside a date has become a date. A decimal keeps all the digits it was given. */
function constantIn(type: Type, compared: Ir, given: ConstantIr): ConstantIr | undefined {
  if (given.type.kind === 'null') return undefined;
  if (type.kind !== 'enum' && type.kind !== 'timestamp' && type.kind !== 'date') return given;
  let found: ConstantIr | undefined;
  visit(compared, (node) => {
    if (node.op === 'constant' && node.type.kind === type.kind) found = node;
  });
  return found;
}

/** Folds without a word: what the proofs find out is told by them. */
export function foldQuietly(ir: Ir): Ir {
  return fold(ir, new FaultSink(looseSource('', ''), undefined));
}

/** Everything but null. */
function everything(type: Type): CellSet {
  const set = nullSet(type);
  return set.kind === 'intervals'
    ? { kind: 'intervals', intervals: [{}], null: false, nan: true }
    : { kind: 'members', members: [], except: true, null: false };
}

function compareConstants(a: ConstantIr, b: ConstantIr): number | undefined {
  const exact = (ir: ConstantIr): { value: bigint; scale: number } | undefined =>
    ir.type.kind === 'decimal' ? { value: ir.value as bigint, scale: ir.type.scale } : ir.exact;
  const [left, right] = [exact(a), exact(b)];
  if (left !== undefined && right !== undefined) {
    const scale = Math.max(left.scale, right.scale);
    const difference = left.value * 10n ** BigInt(scale - left.scale) - right.value * 10n ** BigInt(scale - right.scale);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (typeof a.value !== typeof b.value || a.value === null || b.value === null) return undefined;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Joins tests of which one must hold; none holds nothing. */
export function anyOf(conditions: readonly Ir[], place: { start: number; end: number }): Ir {
  if (conditions.length === 0) return { op: 'constant', type: BOOLEAN, value: false, ...place };
  if (conditions.length === 1) return conditions[0]!;
  return { op: 'or', type: BOOLEAN, operands: conditions.flatMap((ir) => (ir.op === 'or' ? ir.operands : [ir])), ...place };
}

/** The subject of a column from what its input came to. */
export function subjectOf(ir: Ir): Subject {
  const nullable = mayBeNull(ir);
  const present = nullable && (ir.op === 'field' || ir.op === 'feature') ? { ...ir, nullable: false } : ir;
  return { ir, nullable, present };
}

/** True for types that cells test. */
export function isTestable(type: Type): boolean {
  return ['boolean', 'number', 'decimal', 'text', 'enum', 'timestamp', 'date'].includes(type.kind);
}

/** `a list`: for messages about inputs that cells cannot test. */
export function untestablePhrase(type: Type): string {
  return typePhrase(type);
}
