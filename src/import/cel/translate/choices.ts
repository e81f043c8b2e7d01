// `test ? then : otherwise`.

import { allOf, anyOf, type Code, choiceCode, NO, notCode, YES } from '../../expression-code.js';
import type { CelNode } from '../syntax/ast.js';
import { larger, smaller } from '../value/bounds.js';
import { formOf } from './comparisons.js';
import { factsOf, withFacts } from './facts.js';
import { AlwaysFails, CelRefusal, mismatch, missing } from './refusal.js';
import { doubleCode, failureOf, integerCode, type Term } from './term.js';
import type { Place, Translator } from './translator.js';
import { type CelType, DOUBLE, type IntegerType, isInteger, nameOf, STRING } from './types.js';

type Choice = CelNode & { kind: 'choice' };

export function choiceTerm(translator: Translator, node: Choice, place: Place): Term {
  const test = translator.bool(node.test, place);
  const branch = (branchNode: CelNode, truth: boolean): Term | undefined => {
    try {
      return translator.value(branchNode, withFacts(place, factsOf(translator, node.test, truth, place)));
    } catch (error) {
      if (error instanceof AlwaysFails) return undefined;
      throw error;
    }
  };
  if (test.constant?.kind === 'bool') return translator.value(test.constant.value ? node.then : node.otherwise, place);
  const then = branch(node.then, true);
  const otherwise = branch(node.otherwise, false);
  if (then === undefined && otherwise === undefined) throw new AlwaysFails(node, 'neither branch has a value', undefined, true);
  const { type, codes } = unified(then ?? otherwise!, otherwise ?? then!, node);
  const failure = failureOf(type);
  if (failure === undefined) throw missing(node, `a choice between values of type ${nameOf(type)}`);
  const fails = anyOf([test.fails, allOf([test.code, then?.fails ?? YES]), allOf([notCode(test.code), otherwise?.fails ?? YES])]);
  const code = choiceCode(test.code, then === undefined ? failure : codes[0], otherwise === undefined ? failure : codes[1]);
  return { type, code, fails: fails.text === 'false' ? NO : fails };
}

/** Two values as one type. Throws CelRefusal where CEL's values are of two types. */
export function unified(a: Term, b: Term, node: CelNode): { type: CelType; codes: [Code, Code] } {
  if (isInteger(a.type) && isInteger(b.type) && a.type.kind === b.type.kind) {
    const form = formOf(a, b);
    const low = smaller(a.type.low, b.type.low);
    const high = larger(a.type.high, b.type.high);
    const codes: [Code, Code] = [
      integerCode(a as Term & { type: IntegerType }, form),
      integerCode(b as Term & { type: IntegerType }, form),
    ];
    const sizeSeen = larger(a.type.sizeSeen ?? 0n, b.type.sizeSeen ?? 0n);
    return { type: { kind: a.type.kind, low, high, form, ...(sizeSeen === 0n ? {} : { sizeSeen }) }, codes };
  }
  const isDouble = ({ kind }: CelType): boolean => kind === 'double' || kind === 'decimal';
  if (isDouble(a.type) && isDouble(b.type)) return { type: DOUBLE, codes: [doubleCode(a), doubleCode(b)] };
  const isText = ({ kind }: CelType): boolean => kind === 'string' || kind === 'enum';
  if (isText(a.type) && isText(b.type)) {
    if (a.type.kind === 'enum' || b.type.kind === 'enum') throw missing(node, 'a choice between texts of an enum');
    return { type: STRING, codes: [a.code, b.code] };
  }
  if (a.constant !== undefined && failureOf(a.type) === undefined) throw missing(node, `a choice of the type ${a.constant.kind}`);
  if (a.type.kind !== b.type.kind)
    throw mismatch(node, `the branches are of different types, ${nameOf(a.type)} and ${nameOf(b.type)}: the type dyn is missing`);
  if (a.type.kind === 'timestamp' && a.constant !== undefined && b.constant !== undefined)
    throw new CelRefusal(node, 'a choice between constant timestamps has no counterpart');
  return { type: a.type, codes: [a.code, b.code] };
}
