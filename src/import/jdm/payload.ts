// The payload: the shape of what is sent, from samples and from what the expressions do with it, and its values as symbols.

import { isFieldName, PAYLOAD_NAME } from '../../schema/field-name.js';
import { boundOf, type Shape } from '../infer-model.js';
import { rootField } from '../names.js';
import { atom, type Code, compared, dotted } from './code.js';
import { numberOf, parseDecimal } from './expression/decimal.js';
import { childrenOf, type ZenNode } from './expression/node.js';
import { NULL, type ObjectSymbol, type ScalarType, type Sym } from './symbol.js';

/** Names that only columns of tables keep for themselves. */
const DECIDING = new Set(['id', 'score', 'outcome', 'reason']);
/** Behind a point any name may stand. */
const MEMBER = /^[A-Za-z_]\w{0,63}$/;

/** The symbols of an object of the payload. */
export function payloadSymbol(
  shape: Shape,
  path: Code | undefined,
  parameter: (wanted: string) => string,
  isNullable = false,
): ObjectSymbol {
  const members = new Map<string, Sym>();
  for (const [name, member] of shape.members) {
    const code = path === undefined ? rootCode(name, shape.members.has(PAYLOAD_NAME)) : memberCode(path, name, isNullable);
    members.set(name, memberSymbol(member, name, code, parameter, isNullable));
  }
  return {
    kind: 'object',
    members,
    ...(path !== undefined && isNullable ? { nullable: compared('===', path, atom('null')) } : {}),
    // what no sample has and no expression expects is never there
    ask: () => NULL,
  };
}

function rootCode(name: string, hasPayload: boolean): Code | undefined {
  const written = DECIDING.has(name) ? name : rootField(name, hasPayload);
  return written === undefined ? undefined : atom(written);
}

function memberCode(path: Code, name: string, isInNullable: boolean): Code | undefined {
  if (!MEMBER.test(name) || !isFieldName(name)) return undefined;
  return isInNullable ? atom(`${path.text}?.${name}`) : dotted(path, name);
}

function memberSymbol(
  shape: Shape,
  name: string,
  code: Code | undefined,
  parameter: (wanted: string) => string,
  isInNullable: boolean,
): Sym {
  if (code === undefined) return { kind: 'refused', reason: `the field \`${name}\` has a name that no expression can have` };
  const isNullable = !shape.isRequired || isInNullable;
  switch (shape.kind) {
    case undefined:
      return shape.kinds.size === 0
        ? NULL
        : { kind: 'refused', reason: `the field \`${name}\` has values of different types in the samples` };
    case 'object':
      return payloadSymbol(shape, code, parameter, isNullable);
    case 'list':
      return listSymbol(shape, name, code, isNullable, parameter);
    default: {
      const type = scalarType(shape);
      return { kind: 'scalar', type, code, nullable: isNullable, needs: [], isPath: true };
    }
  }
}

function scalarType(shape: Shape): ScalarType {
  switch (shape.kind) {
    case 'boolean':
      return { kind: 'bool' };
    case 'number': {
      const bound = boundOf(shape, shape.scaleMax);
      return { kind: 'decimal', scale: shape.scaleMax, low: -bound, high: bound };
    }
    case 'timestamp':
      return { kind: 'timestamp' };
    case 'date':
      return { kind: 'date' };
    default:
      return { kind: 'text' };
  }
}

function listSymbol(shape: Shape, name: string, code: Code, nullable: boolean, parameter: (wanted: string) => string): Sym {
  const { elements } = shape;
  if (elements.kind === undefined || elements.kind === 'list') {
    // a list that was empty in every sample holds nothing that can be read
    return elements.kinds.size === 0
      ? { kind: 'refused', reason: `the list \`${name}\` is empty in all samples` }
      : { kind: 'refused', reason: `the elements of \`${name}\` are of different types` };
  }
  const as = parameter(singular(name));
  const value: Sym =
    elements.kind === 'object'
      ? payloadSymbol(elements, atom(as), parameter)
      : { kind: 'scalar', type: scalarType(elements), code: atom(as), nullable: false, needs: [], isPath: true };
  return { kind: 'list', each: code, as, value, nullable, countMax: Math.max(64, shape.itemsMax * 4) };
}

/** `items` -> `item`, `categories` -> `category`; `element` where the name is no plural. */
function singular(name: string): string {
  if (/ies$/.test(name)) return name.replace(/ies$/, 'y');
  return /[^s]s$/.test(name) ? name.slice(0, -1) : 'element';
}

/** Values of rules that are kept for a field. */
const CONSTANTS_MAX = 4096;

/** Functions that read a time from a text. */
const DATE_FUNCTIONS = new Set([
  'date',
  'time',
  'year',
  'monthOfYear',
  'dayOfMonth',
  'dayOfWeek',
  'dayOfYear',
  'weekOfYear',
  'startOf',
  'endOf',
]);

/** What an expression expects of the fields that it reads, for those of which no sample tells. */
export class Expectations {
  /** @param isField whether a name is a field of the payload, and nothing that the graph has computed */
  constructor(
    readonly root: Shape,
    readonly isField: (name: string) => boolean,
  ) {}

  /** Takes in what an expression does with fields. `subject` is what `$` stands for in a cell. */
  visit(node: ZenNode, subject: Shape | undefined): void {
    this.#visit(node, subject, []);
  }

  /** The shape of a path of the payload, or of `$`; undefined for all else. */
  shapeOf(
    node: ZenNode,
    subject: Shape | undefined,
    elements: readonly { alias: string | undefined; shape: Shape | undefined }[] = [],
  ): Shape | undefined {
    if (node.kind === 'element') return elements[elements.length - 1]?.shape;
    if (node.kind === 'name') {
      if (node.name === '$') return subject;
      for (const element of [...elements].reverse()) if (element.alias === node.name) return element.shape;
      return this.isField(node.name) ? this.root.member(node.name) : undefined;
    }
    if (node.kind !== 'member' || node.property.kind !== 'string') return undefined;
    const object = this.shapeOf(node.object, subject, elements);
    return object === undefined || object.kind === 'text' ? undefined : object.member(node.property.value);
  }

  #visit(
    node: ZenNode,
    subject: Shape | undefined,
    elements: readonly { alias: string | undefined; shape: Shape | undefined }[],
  ): void {
    const of = (inner: ZenNode): Shape | undefined => this.shapeOf(inner, subject, elements);
    if (node.kind === 'binary') {
      const { operator, left, right } = node;
      if (['<', '<=', '>', '>=', '-', '*', '/', '%', '^'].includes(operator))
        for (const side of [left, right]) expectNumber(of(side));
      if (['<', '<=', '>', '>=', '==', '!=', '+', '??'].includes(operator)) {
        expectLike(of(left), right);
        expectLike(of(right), left);
      }
      if (operator === 'and' || operator === 'or') for (const side of [left, right]) expectUnknown(of(side), 'boolean');
      if (operator === 'in' || operator === 'not in') {
        if (right.kind === 'array') for (const item of right.items) expectLike(of(left), item);
        if (right.kind === 'interval') {
          expectNumber(of(left));
          for (const end of [right.low, right.high]) expectLike(of(left), end);
        }
        const list = of(right);
        if (list !== undefined && list.kinds.size === 0) list.expect('list');
        if (list?.kind === 'list') expectLike(list.elements, left);
      }
    }
    if (node.kind === 'unary' && node.operator === 'not') expectUnknown(of(node.operand), 'boolean');
    if (node.kind === 'choice') expectUnknown(of(node.test), 'boolean');
    if (node.kind === 'call') this.#call(node, of);
    if (node.kind === 'closure') {
      const list = of(node.list);
      if (list !== undefined && list.kinds.size === 0) list.expect('list');
      this.#visit(node.list, subject, elements);
      this.#visit(node.body, subject, [
        ...elements,
        { alias: node.alias, shape: list?.kind === 'list' ? list.elements : undefined },
      ]);
      return;
    }
    for (const child of childrenOf(node)) this.#visit(child, subject, elements);
  }

  #call({ name, args }: ZenNode & { kind: 'call' }, of: (node: ZenNode) => Shape | undefined): void {
    const [first] = args.map(of);
    if (['upper', 'lower', 'trim', 'startsWith', 'endsWith', 'matches', 'extract', 'split'].includes(name))
      expectUnknown(first, 'text');
    if (['abs', 'floor', 'ceil', 'round', 'trunc'].includes(name)) expectUnknown(first, 'number');
    if (['sum', 'avg', 'min', 'max', 'median', 'mode'].includes(name) && first !== undefined) {
      expectUnknown(first, 'list');
      if (first.kind === 'list') expectUnknown(first.elements, 'number');
    }
    if (DATE_FUNCTIONS.has(name) && first?.kind === 'text' && first.seenCount > first.nullCount) {
      if (first.areDates) first.expect('date');
      else if (first.areTimestamps) first.expect('timestamp');
    }
    if (['contains', 'startsWith', 'endsWith'].includes(name) && args[1]?.kind === 'string' && first !== undefined)
      first.constants.add(args[1].value);
    if (name === 'contains') expectUnknown(first, 'text');
    if (name === 'len') expectUnknown(first, 'list');
  }
}

function expectUnknown(shape: Shape | undefined, kind: 'boolean' | 'text' | 'number' | 'list'): void {
  if (shape !== undefined && shape.kinds.size === 0) shape.expect(kind);
}

function expectNumber(shape: Shape | undefined): void {
  expectUnknown(shape, 'number');
}

/** Expects a field to be what it is compared with. */
function expectLike(shape: Shape | undefined, other: ZenNode): void {
  if (shape !== undefined && shape.constants.size < CONSTANTS_MAX) {
    if (other.kind === 'string') shape.constants.add(other.value);
    if (other.kind === 'number') shape.constants.add(Number(other.text));
    if (other.kind === 'unary' && other.operator === '-' && other.operand.kind === 'number')
      shape.constants.add(-Number(other.operand.text));
  }
  if (shape === undefined || shape.seenCount > 0) {
    // samples say what it is; a literal may have more digits than they do
    if (shape?.kind === 'number' && other.kind === 'number') widen(shape, other.text);
    return;
  }
  if (other.kind === 'number') widen(shape, other.text);
  else if (other.kind === 'unary' && other.operand.kind === 'number') widen(shape, other.operand.text);
  else if (other.kind === 'string' || other.kind === 'template') expectUnknown(shape, 'text');
  else if (other.kind === 'bool') expectUnknown(shape, 'boolean');
  if (other.kind === 'string') shape.charsMax = Math.max(shape.charsMax, other.value.length);
}

/** Room for a number of a rule, with two digits more than it has where nothing else is known. */
function widen(shape: Shape, text: string): void {
  const value = parseDecimal(text);
  if (value === undefined || (shape.kinds.size > 0 && shape.kind !== 'number')) return;
  const isKnown = shape.seenCount > 0;
  shape.expect('number');
  shape.magnitudeMax = Math.max(shape.magnitudeMax, Math.abs(numberOf(value)));
  if (!isKnown) shape.scaleMax = Math.max(shape.scaleMax, 2);
}
