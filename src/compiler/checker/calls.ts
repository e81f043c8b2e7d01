// Calls: the arguments of a function of the library are brought to what its parameters take, and the call becomes IR.

import { Rounding } from '../../../assembly/shared/function.js';
import { didYouMean, suggest } from '../../diagnostic/suggest.js';
import { type EsNode, type Identifier, type Literal, type TemplateLiteral, unwrap } from '../estree.js';
import type { Ir } from '../ir.js';
import { adopt } from '../join.js';
import type { Argument, Call, LibraryEntry, Parameter, ReceiverKind } from '../library/entry.js';
import { foreignAdvice } from '../library/foreign.js';
import { functionNames, functionOn, functionsOn, propertyOn } from '../library/library.js';
import { checkPattern, checkZone } from '../library/literals.js';
import { asDecimal, isDecimal, literalLeaves, type Place, requireValue, rescale } from '../operands.js';
import { BOOLEAN, DATE, TIMESTAMP, type Type, typePhrase } from '../types.js';
import type { Context, Facts } from './context.js';
import { type Receiver, valueReceiver } from './receiver.js';

/** Digits after the point that a scale may ask for. */
const SCALE_MAX = 18;

const ROUNDINGS: ReadonlyMap<string, Rounding> = new Map([
  ['half-even', Rounding.HALF_EVEN],
  ['half-up', Rounding.HALF_UP],
  ['down', Rounding.DOWN],
  ['up', Rounding.UP],
]);

/** Checks the arguments of a function or property, and lowers the call. */
export function callFunction(
  context: Context,
  entry: LibraryEntry,
  target: Receiver | undefined,
  nodes: readonly EsNode[],
  place: EsNode,
  facts: Facts,
): Receiver {
  const fail = (): Receiver => valueReceiver(context.fail(place));
  const { parameters } = entry;
  const least = parameters.filter(({ optional }) => optional !== true).length;
  const most = parameters.reduce((sum, { many }) => sum + (many ?? 1), 0);
  if (nodes.length < least || nodes.length > most) {
    const count = least === most ? `${least}` : `${least} to ${most}`;
    const wrong = nodes.length > most ? { start: nodes[most]!.start, end: nodes[nodes.length - 1]!.end } : place;
    const message = `\`${entry.name}\` takes ${count} argument${most === 1 ? '' : 's'}, not ${nodes.length}`;
    context.faults.error('V3501', wrong, message, `write \`${signatureOf(entry)}\``);
    return fail();
  }
  const args: Argument[] = [];
  let whole = true;
  for (const [index, node] of nodes.entries()) {
    const parameter = parameters[Math.min(index, parameters.length - 1)]!;
    const argument = checkArgument(context, entry, parameter, target, node, facts);
    if (argument === undefined) whole = false;
    else args.push(argument);
  }
  if (!whole) return fail();
  const call: Call = {
    context,
    facts,
    place,
    receiver: target?.kind === 'value' ? target.ir : undefined,
    list: target?.kind === 'list' ? target.list : undefined,
    members: target?.kind === 'tenant-list' ? target.list : undefined,
    args,
  };
  const lowered = entry.lower(call);
  if (lowered === undefined) return fail();
  return 'op' in lowered ? valueReceiver({ ...lowered, start: place.start, end: place.end }) : { kind: 'list', list: lowered };
}

/** How a function is written: `text.slice(start: number, end?: number)`. */
export function signatureOf(entry: LibraryEntry): string {
  const parameters = entry.parameters.map(({ name, type, optional, many }) => {
    const what = many === undefined ? name : `...${name}`;
    return `${what}${optional === true ? '?' : ''}: ${PARAMETER_PHRASES[type]}`;
  });
  const owner = OWNERS[entry.on as keyof typeof OWNERS] ?? '';
  return `${owner}${entry.name}${entry.property === true ? '' : `(${parameters.join(', ')})`}`;
}

const OWNERS = {
  text: 'text.',
  list: 'list.',
  Math: 'Math.',
  timestamp: 'timestamp.',
  date: 'date.',
  lists: 'lists.NAME.',
  function: '',
};

const PARAMETER_PHRASES: Readonly<Record<Parameter['type'], string>> = {
  text: 'string',
  number: 'number',
  decimal: 'decimal',
  numeric: 'number | decimal',
  timestamp: 'timestamp',
  date: 'date',
  element: 'element',
  member: 'member',
  initial: 'value',
  zone: 'zone',
  pattern: 'pattern',
  scale: 'scale',
  rounding: 'rounding',
  test: 'element => boolean',
  mapping: 'element => value',
  reducer: '(accumulator, element) => value',
};

function checkArgument(
  context: Context,
  entry: LibraryEntry,
  parameter: Parameter,
  target: Receiver | undefined,
  node: EsNode,
  facts: Facts,
): Argument | undefined {
  const { faults } = context;
  const inner = unwrap(node);
  switch (parameter.type) {
    case 'test':
    case 'mapping':
    case 'reducer': {
      if (inner.type === 'ArrowFunctionExpression') return { node };
      const arrow = parameter.type === 'reducer' ? '(sum, item) => ...' : 'item => ...';
      const message = `\`${entry.name}\` takes an arrow function`;
      if (context.check(node, facts).ir.type.kind !== 'error') faults.error('V3502', node, message, `write \`${arrow}\``);
      return undefined;
    }
    case 'zone':
    case 'pattern':
    case 'rounding': {
      const text = literalText(inner);
      if (text === undefined) {
        const what = parameter.type === 'rounding' ? `one of ${roundingNames()}` : `a ${parameter.type} as a literal text`;
        faults.error('V3503', node, `\`${parameter.name}\` of \`${entry.name}\` is ${what}`, 'write it as a text in quotes');
        return undefined;
      }
      return literalOf(context, parameter.type, text, inner);
    }
    case 'scale': {
      const value = inner.type === 'Literal' ? (inner as Literal).value : undefined;
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= SCALE_MAX) return { node, literal: value };
      const code = typeof value === 'number' ? 'V3504' : 'V3503';
      faults.error(code, node, `a scale is a whole number from 0 to ${SCALE_MAX}, written as a literal`, 'write for instance `2`');
      return undefined;
    }
    default: {
      const checked = context.check(node, facts).ir;
      if (checked.type.kind === 'error') return undefined;
      const value = requireValue(checked, faults);
      if (value.type.kind === 'error' || value.op === 'error') return undefined;
      const ir = typedArgument(context, entry, parameter, target, value);
      return ir === undefined ? undefined : { node, ir };
    }
  }
}

function literalText(node: EsNode): string | undefined {
  if (node.type === 'Literal' && typeof (node as Literal).value === 'string') return (node as Literal).value as string;
  if (node.type !== 'TemplateLiteral' || (node as TemplateLiteral).expressions.length > 0) return undefined;
  return (node as TemplateLiteral).quasis[0]?.value.cooked ?? undefined;
}

function roundingNames(): string {
  return [...ROUNDINGS.keys()].map((name) => `"${name}"`).join(', ');
}

function literalOf(context: Context, type: 'zone' | 'pattern' | 'rounding', text: string, node: EsNode): Argument | undefined {
  const { faults } = context;
  if (type === 'zone') return checkZone(text, node, faults) ? { node, literal: text } : undefined;
  if (type === 'pattern') return checkPattern(text, node, faults) ? { node, literal: text } : undefined;
  const rounding = ROUNDINGS.get(text);
  if (rounding !== undefined) return { node, literal: rounding };
  const near = suggest(text, ROUNDINGS.keys());
  const advice = near === undefined ? `write one of ${roundingNames()}` : `did you mean "${near}"?`;
  faults.error('V3504', node, `"${text}" is not a rounding`, advice);
  return undefined;
}

/** A value, not null, as the parameter takes it; undefined where it cannot be (reported). */
function typedArgument(
  context: Context,
  entry: LibraryEntry,
  parameter: Parameter,
  target: Receiver | undefined,
  value: Ir,
): Ir | undefined {
  const { faults } = context;
  const { kind } = value.type;
  const wrong = (what: string): undefined => {
    const advice = conversionAdvice(parameter, value.type);
    faults.error(
      'V3502',
      value,
      `\`${parameter.name}\` of \`${entry.name}\` is ${what}, and this is ${typePhrase(value.type)}`,
      advice,
    );
  };
  switch (parameter.type) {
    case 'text':
    case 'number':
      return kind === parameter.type ? value : wrong(typePhrase({ kind: parameter.type, bytesMax: 0 } as Type));
    case 'timestamp':
    case 'date': {
      const typed = adopt(value, parameter.type === 'date' ? DATE : TIMESTAMP, faults);
      if (typed === undefined) return undefined;
      return typed.type.kind === parameter.type ? typed : wrong(`a ${parameter.type}`);
    }
    case 'decimal':
      if (kind === 'decimal') return value;
      if (kind === 'number' && literalLeaves(value) !== undefined) return asDecimal(value, undefined, faults);
      return wrong('a decimal');
    case 'numeric':
      return kind === 'number' || kind === 'decimal' ? value : wrong('a number or a decimal');
    case 'member':
      return target?.kind === 'tenant-list' ? memberArgument(context, target.list, value) : undefined;
    case 'element':
      return kind === 'object' || kind === 'list' ? wrong('a value') : value;
    default:
      return value;
  }
}

function conversionAdvice(parameter: Parameter, type: Type): string | undefined {
  if (type.kind === 'decimal' && parameter.type === 'number') return 'write `toNumber(...)`, or `round(...)` for an exact rounding';
  if (type.kind === 'number' && parameter.type === 'decimal') return 'write `toDecimal(x, 2, "half-even")`';
  if (type.kind === 'enum' && parameter.type === 'text')
    return 'enums are no texts: compare members with `===`, or declare the field without `enum`';
  if (type.kind === 'timestamp' && parameter.type === 'date') return 'write `at.toDate("Europe/Paris")`';
  if (type.kind === 'date' && parameter.type === 'timestamp') return 'write `day.startOfDay("Europe/Paris")`';
  return undefined;
}

/** A value as a member of a tenant's list: of its type, decimals at its scale. */
function memberArgument(context: Context, { name, type }: { name: string; type: Type }, value: Ir): Ir | undefined {
  const { faults } = context;
  let ir: Ir | undefined = value;
  if (type.kind === 'decimal') {
    if (value.type.kind === 'decimal' || (value.type.kind === 'number' && literalLeaves(value) !== undefined)) {
      const decimal = asDecimal(value, undefined, faults);
      if (decimal === undefined) return undefined;
      const scaled = decimal.type.scale < type.scale ? rescale(decimal, type.scale) : decimal;
      if (scaled.type.scale === type.scale && !scaled.type.wide) return scaled;
      const problem = scaled.type.wide ? 'may be too large for' : 'has more digits after the point than';
      const advice = `write \`round(..., ${type.scale}, "half-even")\`, or bound its fields in the model`;
      faults.error('V3502', value, `this ${problem} the members of \`lists.${name}\``, advice);
      return undefined;
    }
  } else {
    ir = adopt(value, type, faults);
    if (ir === undefined) return undefined;
    if (ir.type.kind === type.kind) return ir;
  }
  const advice =
    value.type.kind === 'enum'
      ? 'enums are no texts: declare the field without `enum`'
      : 'values are never converted; declare both with one type';
  faults.error(
    'V3502',
    value,
    `members of \`lists.${name}\` are ${typePhrase(type)}s, and this is ${typePhrase(value.type)}`,
    advice,
  );
  return undefined;
}

/** Reports a function or method that there is not. @param kind what it is called on; undefined where it stands alone */
export function reportUnknownFunction(
  context: Context,
  kind: ReceiverKind | undefined,
  { name, start, end }: Identifier,
  nodes: readonly EsNode[] | undefined,
): void {
  const { faults } = context;
  const known = kind === undefined ? functionNames() : functionsOn(kind);
  const advice = foreignAdvice(kind, name) ?? didYouMean(name, known) ?? elsewhere(kind, name) ?? listOf(kind, known);
  const what =
    kind === undefined
      ? `\`${name}\` is not a function of the library`
      : kind === 'Math' || kind === 'lists'
        ? `\`${kind === 'Math' ? 'Math' : 'a list of the tenant'}\` has no function \`${name}\``
        : `${typePhrase(BOOLEAN.kind === kind ? BOOLEAN : ({ kind, scale: 1 } as Type))} has no ${nodes === undefined ? 'property' : 'method'} \`${name}\``;
  faults.error('V3500', { start, end }, what, advice);
}

function elsewhere(kind: ReceiverKind | undefined, name: string): string | undefined {
  if (kind === undefined) {
    if (functionOn('Math', name) !== undefined) return `write \`Math.${name}(...)\``;
    for (const owner of ['text', 'list', 'timestamp', 'date'] as const) {
      if (functionOn(owner, name) !== undefined) return `it is a method: write \`x.${name}(...)\``;
    }
    return undefined;
  }
  if (kind === 'decimal' && functionOn('Math', name) !== undefined)
    return `write \`Math.${name}(toNumber(...))\`, or \`round(...)\``;
  return functionOn('function', name) === undefined ? undefined : `it stands alone: write \`${name}(...)\``;
}

function listOf(kind: ReceiverKind | undefined, known: readonly string[]): string | undefined {
  if (known.length === 0) return kind === undefined ? undefined : 'it has no methods; docs/FUNCTIONS.md lists what there is';
  const names = known.slice(0, 12).map((name) => `\`${name}\``);
  return `there ${known.length === 1 ? 'is' : 'are'} ${names.join(', ')}${known.length > 12 ? ', ...' : ''}`;
}
