// Arguments: each is brought to what its parameter takes, a value that is not null, a literal or an arrow function.

import { Rounding } from '../../../assembly/shared/function.js';
import { suggest } from '../../diagnostic/suggest.js';
import { type EsNode, type Literal, type TemplateLiteral, unwrap } from '../estree.js';
import type { Ir } from '../ir.js';
import { adopt } from '../join.js';
import type { Argument, LibraryEntry, Parameter } from '../library/entry.js';
import { checkPattern, checkZone } from '../library/literals.js';
import { asDecimal, literalLeaves, requireValue, rescale } from '../operands.js';
import { DATE, TIMESTAMP, type Type, typePhrase } from '../types.js';
import type { Context, Facts } from './context.js';
import type { Receiver } from './receiver.js';

/** Digits after the point that a scale may ask for. */
const SCALE_MAX = 18;

const ROUNDINGS: ReadonlyMap<string, Rounding> = new Map([
  ['half-even', Rounding.HALF_EVEN],
  ['half-up', Rounding.HALF_UP],
  ['down', Rounding.DOWN],
  ['up', Rounding.UP],
]);

/** Checks an argument; undefined where it does not fit (reported). */
export function checkArgument(
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
        const what = parameter.type === 'rounding' ? `is one of ${roundingNames()}` : 'must be written as a literal';
        faults.error('V3503', node, `\`${parameter.name}\` of \`${entry.name}\` ${what}`, 'write it as a text in quotes');
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
  if (type.kind === 'number' && parameter.name === 'decimal') return 'it is a number already: leave the call out';
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
    `a member of \`lists.${name}\` is ${typePhrase(type)}, and this is ${typePhrase(value.type)}`,
    advice,
  );
  return undefined;
}
