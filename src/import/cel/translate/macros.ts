// Lists: literals, `in`, and macros over them.

import { allOf, anyOf, atom, binaryCode, type Code, memberCode, NO, notCode, YES } from '../../expression-code.js';
import type { CelNode } from '../syntax/ast.js';
import { larger, smaller } from '../value/bounds.js';
import type { CelValue } from '../value/value.js';
import { equality, numericSides } from './comparisons.js';
import { CelRefusal, mismatch, missing } from './refusal.js';
import { canFail, constantTerm, decided, doubleCode, failsOf, integerCode, solid, type Term, term } from './term.js';
import type { Place, Translator } from './translator.js';
import { BOOL, type CelType, DOUBLE, type IntegerType, isInteger, type ListType, nameOf } from './types.js';

type ListTerm = Term & { type: ListType };
type Macro = CelNode & { kind: 'macro' };

/** A list of values that are not all constant. */
export function listTerm(translator: Translator, node: CelNode & { kind: 'list' }, place: Place): Term {
  if (node.items.some(({ optional }) => optional)) throw new CelRefusal(node, 'the type optional is missing');
  return listOf(
    node.items.map(({ value }) => translator.value(value, place)),
    node,
  );
}

/** A list as an array literal. */
function listOf(items: readonly Term[], node: CelNode): ListTerm {
  if (items.length === 0) throw missing(node, 'an empty list');
  if (items.some(canFail)) throw missing(node, 'a list with an element that may have no value');
  for (const { type, constant } of items)
    if (['list', 'object', 'date', 'null', 'enum'].includes(type.kind))
      throw missing(node, `a list of values of type ${constant?.kind ?? nameOf(type)}`);
  const element = commonType(items, node);
  const codes = items.map((item) => asElement(item, element));
  const list: ListType = { kind: 'list', element, countMax: items.length };
  return { type: list, code: atom(`[${codes.map(({ text }) => text).join(', ')}]`), fails: NO };
}

function commonType(items: readonly Term[], node: CelNode): CelType {
  const first = items[0]!.type;
  const integers = items.map(({ type }) => type).filter(isInteger);
  if (integers.length === items.length && integers.every(({ kind }) => kind === integers[0]!.kind)) {
    const form = integers.some((type) => type.form === 'decimal') ? 'decimal' : 'number';
    const low = integers.map((type) => type.low).reduce(smaller);
    const high = integers.map((type) => type.high).reduce(larger);
    return { kind: integers[0]!.kind, low, high, form };
  }
  const isDouble = ({ kind }: CelType): boolean => kind === 'double' || kind === 'decimal';
  if (items.every(({ type }) => isDouble(type))) return DOUBLE;
  const other = items.find(({ type }) => type.kind !== first.kind);
  if (other !== undefined) throw missing(node, `a list of ${nameOf(first)} and ${nameOf(other.type)}, which needs the type dyn,`);
  return first;
}

function asElement(item: Term, element: CelType): Code {
  if (isInteger(element)) return integerCode(item as Term & { type: IntegerType }, element.form);
  return element.kind === 'double' ? doubleCode(item) : item.code;
}

/** A list that a macro or `in` goes through: of a field, or a constant one. Undefined where the constant one is empty. */
function listAt(translator: Translator, node: CelNode, place: Place): ListTerm | undefined {
  const part = solid(translator.term(node, place), node);
  if (part.type.kind === 'list') return part as ListTerm;
  const { constant } = part;
  if (constant?.kind === 'list') return constantList(constant.items, node);
  if (constant?.kind === 'map')
    return constantList(
      constant.entries.map(([key]) => key),
      node,
    );
  if (part.type.kind === 'object') throw missing(node, 'going through the keys of a map');
  throw mismatch(node, `a list is expected, and this is ${nameOf(part.type)}`);
}

function constantList(items: readonly CelValue[], node: CelNode): ListTerm | undefined {
  if (items.length === 0) return undefined;
  return listOf(
    items.map((item) => {
      const made = constantTerm(item);
      if (made === undefined) throw missing(node, `a list of values of type ${item.kind}`);
      return made;
    }),
    node,
  );
}

/** The output of a constant list, or of one of a field. */
export function constantListTerm(items: readonly CelValue[], node: CelNode): Term | undefined {
  return constantList(items, node);
}

/** `value in list`. */
export function inTerm(translator: Translator, node: CelNode & { kind: 'binary' }, place: Place): Term {
  const value = translator.term(node.left, place);
  const target = translator.term(node.right, place);
  if (target.type.kind === 'object') throw missing(node, '`in` of a map of the payload', 'write `has(map.key)`');
  if (value.type.kind === 'enum') return enumIn(value, target, node);
  const list = listAt(translator, node.right, place);
  if (list === undefined) return decided(NO, value);
  const solidValue = solid(value, node.left);
  const { element } = list.type;
  const fails = failsOf([solidValue, list]);
  if (element.kind === 'enum' || element.kind === 'string' || element.kind === 'bool' || element.kind === 'timestamp') {
    if (solidValue.type.kind !== element.kind && !(element.kind === 'enum' && solidValue.type.kind === 'string'))
      throw mismatch(node, `\`in\` does not take ${nameOf(solidValue.type)} and ${nameOf(list.type)}`);
    if (element.kind === 'enum') {
      const { constant } = solidValue;
      if (constant?.kind !== 'string') throw missing(node, 'comparing a text with an enum');
      if (!element.members.includes(constant.value)) return decided(NO, solidValue, list);
    }
    return { type: BOOL, code: memberCode(list.code, 'includes', [solidValue.code]), fails };
  }
  const isNumber = (type: CelType): boolean => isInteger(type) || type.kind === 'double' || type.kind === 'decimal';
  if (!isNumber(element) || !isNumber(solidValue.type))
    throw mismatch(node, `\`in\` does not take ${nameOf(solidValue.type)} and ${nameOf(list.type)}`);
  const item: Term = { type: element, code: atom(translator.variableName('item', place)), fails: NO };
  const [itemCode, valueCode] = numericSides(item, solidValue);
  const isPlain = itemCode.text === item.code.text && (isInteger(element) || solidValue.isNumber === true);
  if (isPlain) return { type: BOOL, code: memberCode(list.code, 'includes', [valueCode]), fails };
  const equal = equality(item, solidValue, node);
  return { type: BOOL, code: memberCode(list.code, 'some', [`${item.code.text} => ${equal.code.text}`]), fails };
}

/** A text of an enum is asked for those that it may be. */
function enumIn(value: Term, target: Term, node: CelNode): Term {
  const { members } = value.type as { members: readonly string[] };
  if (target.constant?.kind !== 'list' && target.constant?.kind !== 'map')
    throw missing(node, 'comparing a text of an enum with a list of fields');
  const items = target.constant.kind === 'list' ? target.constant.items : target.constant.entries.map(([key]) => key);
  const possible = items.flatMap((item) =>
    item.kind === 'string' && members.includes(item.value) ? [JSON.stringify(item.value)] : [],
  );
  // A value that is null is none of them, as in CEL.
  const tests = possible.map((member) => binaryCode('===', value.code, atom(member)));
  if (tests.length === 0 || value.isNullable === true)
    return tests.length === 0 ? decided(NO, value) : term(BOOL, anyOf(tests), value);
  return term(BOOL, memberCode(atom(`[${possible.join(', ')}]`), 'includes', [value.code]), value);
}

/** `list.all(x, ...)` and its like. */
export function macroTerm(translator: Translator, node: Macro, place: Place): Term {
  const { macro } = node;
  if (macro === 'optMap' || macro === 'optFlatMap') throw new CelRefusal(node.nameSpan, 'the type optional is missing');
  if (macro.startsWith('transformMap')) throw missing(node.nameSpan, `\`${macro}\`, which makes a map,`);
  if (node.variables.length === 2) throw missing(node.nameSpan, `\`${macro}\` with the index of each element`);
  const list = listAt(translator, node.target, place);
  if (list === undefined) return emptyMacro(macro, node);
  const name = translator.variableName(node.variables[0]!, place);
  const item: Term = { type: list.type.element, code: atom(name), fails: NO };
  const inner: Place = { ...place, variables: new Map([...place.variables, [node.variables[0]!, item]]) };
  const arrow = ({ text }: Code): string => `${name} => ${text}`;
  const each = (method: string, body: Code): Code => memberCode(list.code, method, [arrow(body)]);
  if (macro === 'map' || macro === 'transformList') return mapped(translator, node, list, inner, arrow);
  const body = translator.bool(node.body, inner);
  const anyFails = each('some', body.fails);
  switch (macro) {
    case 'all':
    case 'exists': {
      const method = macro === 'all' ? 'every' : 'some';
      const code = each(method, body.code);
      if (!canFail(body)) return { type: BOOL, code, fails: list.fails };
      // One element that decides does so, whatever errors the others end in.
      const asked = each(method, macro === 'all' ? anyOf([body.fails, body.code]) : allOf([notCode(body.fails), body.code]));
      const both = macro === 'all' ? allOf([asked, code]) : anyOf([asked, code]);
      return { type: BOOL, code: both, fails: anyOf([list.fails, allOf([macro === 'all' ? asked : notCode(asked), anyFails])]) };
    }
    case 'exists_one': {
      const code = { text: `${each('filter', body.code).text}.length === 1`, rank: 8 };
      return { type: BOOL, code, fails: canFail(body) ? anyOf([list.fails, anyFails]) : list.fails };
    }
    default:
      if (canFail(body)) throw missing(node.body, 'a filter whose condition may have no value');
      return { type: list.type, code: each('filter', body.code), fails: list.fails };
  }
}

function mapped(translator: Translator, node: Macro, list: ListTerm, inner: Place, arrow: (code: Code) => string): Term {
  let { code } = list;
  if (node.filter !== undefined) {
    const filter = translator.bool(node.filter, inner);
    if (canFail(filter)) throw missing(node.filter, 'a filter whose condition may have no value');
    code = memberCode(code, 'filter', [arrow(filter.code)]);
  }
  const body = translator.value(node.body, inner);
  if (canFail(body)) throw missing(node.body, 'a list of values that there may be none of');
  if (['list', 'object', 'date', 'null'].includes(body.type.kind))
    throw missing(node.body, `a list of values of type ${body.constant?.kind ?? nameOf(body.type)}`);
  const element = body.type.kind === 'decimal' ? DOUBLE : body.type;
  return {
    type: { kind: 'list', element, countMax: list.type.countMax },
    code: memberCode(code, 'map', [arrow(asElement(body, element))]),
    fails: list.fails,
  };
}

function emptyMacro(macro: Macro['macro'], node: Macro): Term {
  if (macro === 'all') return decided(YES);
  if (macro === 'exists' || macro === 'exists_one') return decided(NO);
  throw missing(node, 'an empty list');
}

/** `cel.bind(variable, value, body)`: the value stands wherever the variable did. */
export function bindTerm(translator: Translator, node: CelNode & { kind: 'bind' }, place: Place): Term {
  const value = translator.value(node.value, place);
  if (canFail(value)) throw missing(node.value, 'a bound value that there may be none of');
  return translator.term(node.body, { ...place, variables: new Map([...place.variables, [node.variable, value]]) });
}
