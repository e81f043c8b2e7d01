// Members, calls and what `?.` makes of them. A chain is null as a whole where the value before one of its `?.` is null: fields
// are null where their object is, and what is called on a value is bound to it by an optional `let`.

import { PAYLOAD_NAME } from '../../schema/field-name.js';
import {
  type CallExpression,
  type ChainExpression,
  type EsNode,
  type Identifier,
  type MemberExpression,
  unwrap,
} from '../estree.js';
import { type Ir, type LocalRef, mayBeNull } from '../ir.js';
import { functionOn, functionsOn, propertyOn, type ReceiverKind } from '../library/library.js';
import { failed, namePhrase, pathOf, presentValue } from '../operands.js';
import { ERROR } from '../types.js';
import { refusalOf } from '../whitelist.js';
import { callFunction, reportUnknownFunction } from './calls.js';
import type { Context, Facts } from './context.js';
import { literalList } from './lists.js';
import { memberOfGroup, memberOfObject, memberOfPayload, resolveName } from './names.js';
import { asValue, type ListValue, listOf, type Receiver, valueReceiver } from './receiver.js';

/** A chain on its way from the left to the right. */
interface Chain {
  /** Values that the rest of the chain is about, null where one of them is. */
  lets: { local: LocalRef; value: Ir }[];
  /** The path of fields read so far goes through an object that may be null. */
  through: boolean;
}

/** Checks a chain that holds a `?.`. */
export function checkChain(context: Context, node: ChainExpression, facts: Facts): Ir {
  const chain: Chain = { lets: [], through: false };
  const inner = node.expression;
  const last = asValue(context, receiver(context, inner, facts, chain), inner);
  if (last.type.kind === 'error') return last;
  const { start, end } = node;
  return inLets({ ...(chain.through ? throughNull(last) : last), start, end }, chain.lets);
}

/** A list, behind the values of its chain: the list is null where one of them is. */
export interface CheckedList {
  kind: 'list';
  lets: readonly { local: LocalRef; value: Ir }[];
  list: ListValue;
}

/** Checks an expression that may be a list as a whole. */
export function checkWhole(context: Context, outer: EsNode, facts: Facts): CheckedList | { kind: 'value'; ir: Ir } {
  const node = unwrap(outer);
  const inner = node.type === 'ChainExpression' ? (node as ChainExpression).expression : node;
  const isPath = ['Identifier', 'MemberExpression', 'CallExpression', 'ArrayExpression'].includes(inner.type);
  if (!isPath || refusalOf(node, context.profile) !== undefined) return { kind: 'value', ir: context.check(outer, facts).ir };
  const chain: Chain = { lets: [], through: false };
  const found = receiver(context, inner, facts, chain);
  if (found.kind === 'list') return { kind: 'list', lets: chain.lets, list: found.list };
  const last = asValue(context, found, inner);
  if (last.type.kind === 'list') {
    const list = listOf(bind(last, chain), facts)!;
    return { kind: 'list', lets: chain.lets, list };
  }
  if (last.type.kind === 'error') return { kind: 'value', ir: last };
  return {
    kind: 'value',
    ir: inLets({ ...(chain.through ? throughNull(last) : last), start: node.start, end: node.end }, chain.lets),
  };
}

/** A value behind the values of its chain. */
export function inLets(body: Ir, lets: readonly { local: LocalRef; value: Ir }[]): Ir {
  const { start, end } = body;
  return lets.reduceRight<Ir>(
    (ir, { local, value }) => ({ op: 'let', type: ir.type, local, value, body: ir, optional: true, start, end }),
    body,
  );
}

/** Checks a name, a member, a call or an array literal that no `?.` reaches. */
export function checkPath(context: Context, node: EsNode, facts: Facts): Ir {
  return asValue(context, receiver(context, node, facts, { lets: [], through: false }), node);
}

function receiver(context: Context, node: EsNode, facts: Facts, chain: Chain): Receiver {
  return context.observed(node, receiverOf(context, node, facts, chain));
}

function receiverOf(context: Context, node: EsNode, facts: Facts, chain: Chain): Receiver {
  if (refusalOf(node, context.profile) === undefined) {
    switch (node.type) {
      case 'Identifier':
        return resolveName(context, node as Identifier, facts);
      case 'MemberExpression':
        return context.step(node) ? member(context, node as MemberExpression, facts, chain) : valueReceiver(failed(ERROR, node));
      case 'CallExpression':
        return context.step(node) ? call(context, node as CallExpression, facts, chain) : valueReceiver(failed(ERROR, node));
      case 'ArrayExpression':
        return literalList(context, node, facts);
      case 'ParenthesizedExpression': {
        const inner = unwrap(node);
        // The parentheses end the chain: what follows does not belong to its `?.`.
        if (inner.type !== 'ChainExpression') return receiver(context, inner, facts, { lets: [], through: false });
      }
    }
  }
  return valueReceiver(context.check(node, facts).ir);
}

function member(context: Context, node: MemberExpression, facts: Facts, chain: Chain): Receiver {
  const before = receiver(context, node.object, facts, chain);
  const property = node.property as Identifier;
  const { name } = property;
  const { faults } = context;
  switch (before.kind) {
    case 'group':
    case 'lists':
      return memberOfGroup(context, before, property, node, facts);
    case 'payload':
      if (node.optional) warnUnneeded(context, node.object, `\`${PAYLOAD_NAME}\``);
      return memberOfPayload(context, property, node, facts);
    case 'namespace':
      reportUncalled(context, before.name as ReceiverKind, property);
      return valueReceiver(context.fail(node));
    case 'tenant-list':
      faults.error(
        'V3210',
        property,
        'a list can only be asked for its members',
        `write \`lists.${before.list.name}.includes(value)\``,
      );
      return valueReceiver(context.fail(node));
    case 'list':
      if (node.optional) warnUnneeded(context, node.object, 'a list');
      return readProperty(context, before, 'list', node, facts);
    case 'value': {
      if (before.ir.type.kind === 'error') return valueReceiver(context.fail(node));
      const value = link(context, before.ir, node.object, node.optional, chain);
      const { kind } = value.type;
      if (kind === 'object' || context.profile === 'strict')
        return valueReceiver(memberOfObject(context, value, property, node, facts));
      if (propertyOn(kind, name) !== undefined) {
        const bound = bind(value, chain);
        const list = listOf(bound, facts);
        return readProperty(context, list === undefined ? valueReceiver(bound) : { kind: 'list', list }, kind, node, facts);
      }
      if (functionsOn(kind).includes(name)) reportUncalled(context, kind, property);
      else return valueReceiver(memberOfObject(context, value, property, node, facts));
      return valueReceiver(context.fail(node));
    }
  }
}

function readProperty(context: Context, before: Receiver, kind: ReceiverKind, node: MemberExpression, facts: Facts): Receiver {
  const property = node.property as Identifier;
  const entry = propertyOn(kind, property.name);
  if (entry !== undefined) return callFunction(context, entry, before, [], node, facts);
  if (functionsOn(kind).includes(property.name)) reportUncalled(context, kind, property);
  else reportUnknownFunction(context, kind, property, undefined);
  return valueReceiver(context.fail(node));
}

function reportUncalled(context: Context, kind: ReceiverKind, { name, start, end }: Identifier): void {
  const owner = kind === 'Math' ? 'Math.' : '';
  const advice = functionsOn(kind).includes(name) ? `call it: \`${owner}${name}(...)\`` : 'write the value itself';
  context.faults.error('V3210', { start, end }, `\`${owner}${name}\` is not a value`, advice);
}

function call(context: Context, node: CallExpression, facts: Facts, chain: Chain): Receiver {
  const { faults } = context;
  const callee = node.callee;
  if (node.optional) {
    faults.error('V3500', callee, 'a function is always there', 'write `f(x)` for `f?.(x)`, and `x?.f()` where x may be null');
    return unknownCall(context, node, facts);
  }
  if (callee.type === 'Identifier') {
    const entry = functionOn('function', (callee as Identifier).name);
    if (entry !== undefined) return callFunction(context, entry, undefined, node.arguments, node, facts);
    reportUnknownFunction(context, undefined, callee as Identifier, node.arguments);
    return unknownCall(context, node, facts);
  }
  if (callee.type !== 'MemberExpression' || refusalOf(callee, context.profile) !== undefined) {
    if (refusalOf(callee, context.profile) === undefined) {
      faults.error('V3500', callee, 'only functions and methods of the library can be called', 'docs/FUNCTIONS.md lists them');
    }
    return unknownCall(context, node, facts);
  }
  const { object, property, optional } = callee as MemberExpression;
  const before = receiver(context, object, facts, chain);
  const method = property as Identifier;
  if (before.kind === 'group' || before.kind === 'lists' || before.kind === 'payload') {
    const found =
      before.kind === 'payload'
        ? memberOfPayload(context, method, callee, facts)
        : memberOfGroup(context, before, method, callee, facts);
    if (found.kind !== 'value' || found.ir.type.kind !== 'error') {
      faults.error('V3500', callee, `\`${method.name}\` is not a function`, 'leave the parentheses out');
    }
    return unknownCall(context, node, facts);
  }
  const [kind, target] = targetOf(context, before, object, optional, chain, facts);
  if (kind === 'error') return unknownCall(context, node, facts);
  const entry = functionOn(kind, method.name);
  if (entry !== undefined) return callFunction(context, entry, target, node.arguments, node, facts);
  if (propertyOn(kind, method.name) !== undefined) {
    const fix = { start: method.end, end: node.end, text: '' };
    faults.error('V3500', method, `\`${method.name}\` is not a function`, 'leave the parentheses out', fix);
  } else if (kind !== 'null' || !reportsNull(context, before)) {
    reportUnknownFunction(context, kind, method, node.arguments);
  }
  return unknownCall(context, node, facts);
}

/** What a method is called on: a value that is bound where it may be null, or a list. */
function targetOf(
  context: Context,
  before: Receiver,
  object: EsNode,
  optional: boolean,
  chain: Chain,
  facts: Facts,
): [ReceiverKind, Receiver] {
  if (before.kind === 'namespace') return ['Math', before];
  if (before.kind === 'tenant-list') return ['lists', before];
  if (before.kind !== 'value') return ['list', before];
  if (before.ir.type.kind === 'error') return ['error', before];
  const value = bind(link(context, before.ir, object, optional, chain), chain);
  const list = listOf(value, facts);
  return list === undefined ? [value.type.kind, valueReceiver(value)] : ['list', { kind: 'list', list }];
}

function reportsNull(context: Context, before: Receiver): boolean {
  if (before.kind !== 'value') return false;
  context.faults.error('V3317', before.ir, 'null has no methods');
  return true;
}

/** The arguments of a call that is faulty itself are checked all the same, but for functions: their parameters have no types. */
function unknownCall(context: Context, node: CallExpression, facts: Facts): Receiver {
  for (const argument of node.arguments) {
    const inner = unwrap(argument);
    if (inner.type !== 'ArrowFunctionExpression') context.check(argument, facts);
  }
  return valueReceiver(context.fail(node));
}

/** Goes over a `.` or `?.` behind a value: what may be null takes `?.`. */
function link(context: Context, ir: Ir, node: EsNode, optional: boolean, chain: Chain): Ir {
  if (ir.type.kind === 'null') return ir;
  if (!mayBeNull(ir)) {
    if (optional) warnUnneeded(context, node, namePhrase(ir));
    return ir;
  }
  if (optional) {
    if (ir.type.kind === 'object') chain.through = true;
    return ir;
  }
  const path = pathOf(ir);
  const strict = context.profile === 'strict';
  if (ir.type.kind === 'object') {
    const advice = strict
      ? `test it first: \`${path} !== null && ...\``
      : `write \`${path}?.\`, or test it first: \`${path} !== null && ...\``;
    context.faults.error('V3204', node, `${namePhrase(ir)} may be null`, advice);
  } else if (!strict) {
    const advice = path === undefined ? 'write `?.`' : `write \`${path}?.\`, or test it first: \`${path} !== null && ...\``;
    context.faults.error('V3304', node, `${namePhrase(ir)} may be null`, advice);
  }
  const value = presentValue(ir);
  return mayBeNull(value) ? failed(ir.type, node) : value;
}

function warnUnneeded(context: Context, object: EsNode, name: string): void {
  const place = context.faults.only('?.', object.end, object.end + 2);
  const fix = place && { ...place, text: '.' };
  context.faults.warning('V3403', object, `${name} is never null here: \`?.\` is not needed`, 'write `.`', fix);
}

/** The value that a method works on: a local of the chain where it may be null. */
function bind(ir: Ir, chain: Chain): Ir {
  const value = chain.through ? throughNull(ir) : ir;
  if (!mayBeNull(value) || value.type.kind === 'null') return ir;
  const { start, end, type } = ir;
  const local: LocalRef = { name: '', type };
  chain.lets.push({ local, value });
  chain.through = false;
  return { op: 'local', type, local, start, end };
}

/** A path of fields that is null where an object in it is. */
function throughNull(ir: Ir): Ir {
  if (ir.op === 'field') return { ...ir, nullable: true };
  if (ir.op !== 'member') return ir;
  const object = throughNull(ir.object);
  return { ...ir, object, nullable: ir.nullable || mayBeNull(object) };
}
