// What an expression gives, as outputs of decisions: a value, a list, the objects of a list, or the fields of an object.

import { type Code, memberCode } from '../expression-code.js';
import { OUTPUT_SEGMENT } from './named-expression.js';
import type { CelNode } from './syntax/ast.js';
import { constantListTerm } from './translate/macros.js';
import { CelRefusal } from './translate/refusal.js';
import { canFail, constantTerm, doubleCode, standaloneInteger, type Term } from './translate/term.js';
import type { Translator } from './translate/translator.js';
import { type IntegerType, isInteger, type Member, nameOf, type ObjectType } from './translate/types.js';
import type { CelValue } from './value/value.js';

/** An entry of outputs.yaml. */
export interface OutputEntry {
  readonly name: string;
  readonly value?: string;
  readonly each?: string;
  readonly as?: string;
  readonly values?: Readonly<Record<string, string>>;
}

const SEGMENT = new RegExp(`^${OUTPUT_SEGMENT}$`);

/** The outputs of an expression. Throws CelRefusal. */
export function outputsOf(translator: Translator, name: string, node: CelNode): OutputEntry[] {
  const whole = translator.whole(node);
  return entriesOf(translator, name, whole, node);
}

function entriesOf(translator: Translator, name: string, whole: Term, node: CelNode): OutputEntry[] {
  if (whole.constant !== undefined) return constantEntries(name, whole.constant, node);
  if (whole.type.kind === 'list') return [listEntry(translator, name, whole, node)];
  if (whole.type.kind === 'object') {
    if (whole.isNullable === true) throw new CelRefusal(node, 'a map that may be absent is the result', 'choose its fields');
    return memberEntries(whole, whole.type, node).flatMap(([member, code]) => ({ name: `${name}.${member}`, value: code.text }));
  }
  if (whole.type.kind === 'date') throw new CelRefusal(node, 'the type of the result, a calendar date, is missing in CEL');
  const code = whole.isNullable === true ? whole.code : plainCode(whole);
  return [{ name, value: code.text }];
}

function plainCode(part: Term): Code {
  if (isInteger(part.type)) return standaloneInteger(part as Term & { type: IntegerType });
  return doubleCode(part);
}

function constantEntries(name: string, value: CelValue, node: CelNode): OutputEntry[] {
  switch (value.kind) {
    case 'list': {
      const list = constantListTerm(value.items, node);
      if (list === undefined) throw new CelRefusal(node, 'an empty list, whose elements have no type, is the result');
      return [{ name, value: list.code.text }];
    }
    case 'map':
      if (value.entries.length === 0) throw new CelRefusal(node, 'an empty map is the result');
      return value.entries.flatMap(([key, member]) => {
        if (key.kind !== 'string') throw new CelRefusal(node, `a map with keys of type ${key.kind} is the result`);
        if (!SEGMENT.test(key.value)) throw new CelRefusal(node, `the key \`${key.value}\` is no name of an output`);
        return constantEntries(`${name}.${key.value}`, member, node);
      });
    case 'null':
      throw new CelRefusal(node, 'the type null_type is missing: the result is always null');
    case 'double':
      if (!Number.isFinite(value.value)) throw new CelRefusal(node, 'the result is always a double that JSON has no number for');
      break;
    case 'timestamp':
      throw new CelRefusal(node, 'a constant of type timestamp is the result', 'write it as a string');
  }
  const made = constantTerm(value);
  if (made === undefined) throw new CelRefusal(node, `the type ${value.kind} is missing`);
  return [{ name, value: plainCode(made).text }];
}

function listEntry(translator: Translator, name: string, list: Term, node: CelNode): OutputEntry {
  const { element } = list.type as Extract<Term['type'], { kind: 'list' }>;
  if (canFail(list)) throw new CelRefusal(node, 'a list that there may be none of is the result');
  if (element.kind === 'list' || element.kind === 'date') throw new CelRefusal(node, `the type list(${element.kind}) is missing`);
  if (element.kind !== 'object') {
    const item = translator.variableName('item', { facts: new Set(), variables: new Map() });
    const code = element.kind === 'decimal' ? memberCode(list.code, 'map', [`${item} => toNumber(${item})`]) : list.code;
    return { name, value: code.text };
  }
  const as = translator.variableName('item', { facts: new Set(), variables: new Map() });
  const item: Term = { type: element, code: { text: as, rank: list.code.rank }, fails: list.fails };
  const values = Object.fromEntries(memberEntries(item, element, node).map(([member, code]) => [member, code.text]));
  return { name, each: list.code.text, as, values };
}

/** The fields of an object, each with its value. What CEL would leave out, an output has as null: such fields are refused. */
function memberEntries(target: Term, { members }: ObjectType, node: CelNode): [string, Code][] {
  return [...members].map(([name, { type, nullness }]: [string, Member]) => {
    if (type.kind === 'object' || type.kind === 'list' || type.kind === 'date')
      throw new CelRefusal(
        node,
        `a field of type ${nameOf(type)}, \`${name}\`, is part of the result`,
        'choose the fields that matter',
      );
    if (nullness === 'absent' || nullness === 'either')
      throw new CelRefusal(
        node,
        `the field \`${name}\`, which may be absent, is part of the result`,
        'choose the fields that matter',
      );
    return [name, plainCode({ ...target, type, code: memberCode(target.code, name) })];
  });
}
