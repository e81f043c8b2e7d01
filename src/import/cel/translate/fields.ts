// Fields of the payload and of elements of lists. CEL has an error where a field is absent that an expression reads, unless it has
// asked with `has` before.

import { anyOf, atom, binaryCode, type Code, choiceCode, nullishCode, YES } from '../../expression-code.js';
import type { CelNode, CelSpan } from '../syntax/ast.js';
import { larger, smaller } from '../value/bounds.js';
import { numericSides } from './comparisons.js';
import { CelRefusal, mismatch, missing } from './refusal.js';
import { constantTerm, failsOf, failureOf, type Term } from './term.js';
import type { Place, Translator } from './translator.js';
import { BOOL, isInteger, type Member, nameOf, type ObjectType } from './types.js';

const NULL_CODE = atom('null');
/** Entries of a constant map that is looked up by a field. */
const LOOKUP_MAX = 64;

/** `target.field`. */
export function fieldTerm(target: Term, field: string, span: CelSpan, { facts }: Place): Term {
  const member = memberOf(target, field, span);
  const { code, path } = referenceTo(target, field);
  const { type } = member;
  const isTargetNull = target.isNullable === true;
  const isKnown = facts.has(path);
  const isNull = binaryCode('===', code, NULL_CODE);
  const isNumber = type.kind === 'double' || type.kind === 'decimal' || isInteger(type) ? { isNumber: true as const } : {};
  if ((member.nullness === 'never' && !isTargetNull) || isKnown) return { type, code, fails: target.fails, ...isNumber };
  if (member.nullness === 'either') throw ambiguous(path, span);
  if (type.kind === 'object') {
    // Its members are asked for with `?.`.
    return { type, code, fails: anyOf([target.fails, isNull]), isNullable: true };
  }
  if (member.nullness === 'null') {
    if (!isTargetNull) return { type, code, fails: target.fails, isNullable: true, ...isNumber };
    throw new CelRefusal(
      span,
      `\`${path}\` may be null, and so may the map that it is in`,
      'test the map before: `x != null && ...`',
    );
  }
  const failure = failureOf(type);
  if (failure === undefined)
    throw new CelRefusal(span, `the ${nameOf(type)} \`${path}\` may be absent`, `test it before: \`has(${path}) && ...\``);
  const value =
    type.kind === 'decimal' ? { type: { kind: 'double' } as const, code: atom(`toNumber(${code.text})`) } : { type, code };
  if (type.kind === 'decimal')
    return {
      type: value.type,
      code: choiceCode(isNull, failure, value.code),
      fails: anyOf([target.fails, isNull]),
      isNumber: true,
    };
  return { type, code: nullishCode(code, failure), fails: anyOf([target.fails, isNull]), ...isNumber };
}

function ambiguous(path: string, span: CelSpan): CelRefusal {
  const advice = 'let the model either require the field or refuse null for it';
  return new CelRefusal(span, `\`${path}\` may be absent and may be null, which Verdict does not tell apart`, advice);
}

/** How a field of a target is written, and its path among the facts. */
function referenceTo(target: Term, field: string): { code: Code; path: string } {
  const { text } = target.code;
  const code = text === '' ? atom(field) : atom(`${text}${target.isNullable === true ? '?.' : '.'}${field}`);
  return { code, path: code.text.replaceAll('?', '') };
}

function memberOf(target: Term, field: string, span: CelSpan): Member {
  if (target.type.kind !== 'object') {
    const name = target.constant?.kind ?? nameOf(target.type);
    throw mismatch(span, `${name} has no fields, so no \`${field}\``);
  }
  const member = (target.type as ObjectType).members.get(field);
  if (member === undefined) {
    const known = [...(target.type as ObjectType).members.keys()].map((name) => `\`${name}\``).join(', ');
    throw new CelRefusal(span, `the model has no field \`${field}\` here`, known === '' ? undefined : `it has ${known}`, true);
  }
  return member;
}

/** `has(target.field)`. */
export function hasTerm(translator: Translator, node: CelNode & { kind: 'has' }, place: Place): Term {
  if (node.optional) throw new CelRefusal(node, 'the type optional is missing');
  const target = translator.term(node.target, place);
  const member = memberOf(target, node.field, node);
  const { code, path } = referenceTo(target, node.field);
  const isTargetNull = target.isNullable === true;
  if (member.nullness === 'either' && !place.facts.has(path)) throw ambiguous(path, node);
  const isThere = member.nullness === 'absent' && !place.facts.has(path);
  if (!isTargetNull) return { type: BOOL, code: isThere ? binaryCode('!==', code, NULL_CODE) : YES, fails: target.fails };
  const isTarget = binaryCode('!==', target.code, NULL_CODE);
  const inside = isThere ? binaryCode('!==', atom(path), NULL_CODE) : YES;
  return { type: BOOL, code: choiceCode(isTarget, inside, failureOf(BOOL)!), fails: target.fails };
}

/** `target[index]`: a field of that name, or a value of a constant map. */
export function elementTerm(translator: Translator, node: CelNode & { kind: 'index' }, place: Place): Term {
  if (node.optional) throw new CelRefusal(node, 'the type optional is missing');
  const target = translator.term(node.target, place);
  if (target.type.kind === 'list') throw missing(node, 'an element of a list by its index', 'use `exists` or `all`');
  const index = translator.value(node.index, place);
  if (target.type.kind === 'object') {
    if (index.constant?.kind !== 'string') throw missing(node, 'a field whose name is computed');
    return fieldTerm(target, index.constant.value, node, place);
  }
  if (target.constant?.kind === 'map') return lookup(target.constant, index, node);
  if (target.constant?.kind === 'list') throw missing(node, 'an element of a list by an index that is computed');
  throw mismatch(node, `${nameOf(target.type)} has no elements`);
}

/** A constant map, asked for the value of a field: a choice for each key, and no value where none is equal. */
function lookup(map: Extract<Term['constant'], { kind: 'map' }>, index: Term, node: CelNode): Term {
  const { entries } = map;
  if (entries.length === 0 || entries.length > LOOKUP_MAX) throw missing(node, `looking up a map of ${entries.length} entries`);
  const sides = entries.map(([key, value]) => {
    const keyTerm = constantTerm(key);
    const valueTerm = constantTerm(value);
    if (
      keyTerm === undefined ||
      valueTerm === undefined ||
      failureOf(valueTerm.type) === undefined ||
      valueTerm.type.kind === 'timestamp'
    )
      throw missing(node, `looking up values of type ${value.kind}`);
    return { keyTerm, valueTerm };
  });
  const first = sides[0]!.valueTerm;
  if (sides.some(({ valueTerm }) => valueTerm.type.kind !== first.type.kind))
    throw missing(node, 'a map of values of several types');
  let { type } = first;
  if (isInteger(type)) {
    const values = sides.map(({ valueTerm }) => (valueTerm.constant as { value: bigint }).value);
    const form = sides.some(({ valueTerm }) => (valueTerm.type as { form?: string }).form === 'decimal') ? 'decimal' : 'number';
    type = { kind: type.kind, form, low: values.reduce(smaller), high: values.reduce(larger) };
  }
  const usable = sides.filter(({ keyTerm }) => isComparable(keyTerm, index));
  const tests = usable.map(({ keyTerm }) => equalTo(index, keyTerm));
  const code = usable.reduceRight(
    (otherwise: Code, { valueTerm }, at) => choiceCode(tests[at]!, valueTerm.code, otherwise),
    failureOf(type)!,
  );
  const found = anyOf(tests);
  const none = found.text === 'false' ? YES : { text: `!(${found.text})`, rank: 14 };
  return { type, code, fails: anyOf([failsOf([index]), none]) };
}

function isComparable(key: Term, index: Term): boolean {
  if (index.type.kind === 'enum') return key.constant?.kind === 'string' && index.type.members.includes(key.constant.value);
  if (isInteger(index.type)) return isInteger(key.type);
  return key.type.kind === index.type.kind;
}

function equalTo(index: Term, key: Term): Code {
  if (isInteger(index.type)) {
    const [a, b] = numericSides(index, key);
    return binaryCode('===', a, b);
  }
  return binaryCode('===', index.code, key.code);
}
