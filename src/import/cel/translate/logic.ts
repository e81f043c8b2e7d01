// `&&` and `||`: in CEL a term that decides does so whatever errors the others end in, on either side of it. Terms that always have
// a value come first; where several have none, each is asked only where it has one, and then all of them.

import { allOf, anyOf, type Code, NO, notCode, YES } from '../../expression-code.js';
import type { CelNode } from '../syntax/ast.js';
import { factsOf, withFacts } from './facts.js';
import { AlwaysFails } from './refusal.js';
import { canFail, failureOf, type Term } from './term.js';
import type { Place, Translator } from './translator.js';
import { BOOL } from './types.js';

type Logic = CelNode & { kind: 'logic' };

export function logicTerm(translator: Translator, node: Logic, place: Place): Term {
  const isAnd = node.operator === '&&';
  const written = asWritten(translator, node, place);
  const unsafe = written.findIndex(canFail);
  if (unsafe === -1 || unsafe === written.length - 1) return joined(isAnd, written.slice(0, -1), [written.at(-1)!]);
  const { safe, unsafe: rest } = sorted(translator, node, place);
  return joined(isAnd, safe, rest);
}

/** Each term knows what those before it have found. */
function asWritten(translator: Translator, node: Logic, place: Place): Term[] {
  let known = place;
  return node.terms.map((inner) => {
    const part = boolOrFailure(translator, inner, known);
    known = withFacts(known, factsOf(translator, inner, node.operator === '&&', known));
    return part;
  });
}

/** Terms that always have a value, one after the other with what the earlier ones have found, and those that are left. */
function sorted(translator: Translator, node: Logic, place: Place): { safe: Term[]; unsafe: Term[] } {
  const left = [...node.terms];
  const safe: Term[] = [];
  let known = place;
  for (;;) {
    const parts = left.map((inner) => boolOrFailure(translator, inner, known));
    const index = parts.findIndex((part) => !canFail(part));
    if (index === -1) return { safe, unsafe: parts };
    safe.push(parts[index]!);
    known = withFacts(known, factsOf(translator, left[index]!, node.operator === '&&', known));
    left.splice(index, 1);
  }
}

function boolOrFailure(translator: Translator, node: CelNode, place: Place): Term {
  try {
    return translator.bool(node, place);
  } catch (error) {
    if (!(error instanceof AlwaysFails)) throw error;
    return { type: BOOL, code: failureOf(BOOL)!, fails: YES };
  }
}

function joined(isAnd: boolean, safe: readonly Term[], unsafe: readonly Term[]): Term {
  const join = isAnd ? allOf : anyOf;
  const codesOf = (parts: readonly Term[]): Code[] => parts.map(({ code }) => code);
  const failing = unsafe.filter(canFail);
  // A term that is asked where it has a value only.
  const asked = failing.map(({ fails, code }) => (isAnd ? anyOf([fails, code]) : allOf([notCode(fails), code])));
  const always = [...safe, ...unsafe.filter((part) => !canFail(part))];
  const code = join([...codesOf(always), ...(failing.length > 1 ? asked : []), ...codesOf(failing)]);
  if (failing.length === 0 || code.text === String(!isAnd)) return settled(code, NO);
  const undecided = [
    ...always.map((part) => (isAnd ? part.code : notCode(part.code))),
    ...(failing.length > 1 ? asked.map((part) => (isAnd ? part : notCode(part))) : []),
  ];
  return settled(code, allOf([...undecided, anyOf(failing.map(({ fails }) => fails))]));
}

function settled(code: Code, fails: Code): Term {
  const isConstant = fails.text === 'false' && (code.text === 'true' || code.text === 'false');
  return { type: BOOL, code, fails, ...(isConstant ? { constant: { kind: 'bool', value: code.text === 'true' } as const } : {}) };
}
