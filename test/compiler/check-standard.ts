// The profile `standard` over one model with lists, features, a table and lists of the tenant: type, faults as `CODE@text`, and the
// IR as text.

import { FunctionId } from '#assembly/shared/function.js';
import { checkExpression } from '#src/compiler/checker.js';
import type { Ir, LocalRef, WalkEnd, WalkSource } from '#src/compiler/ir.js';
import { parseExpression } from '#src/compiler/parse.js';
import type { FeatureRef, Scope, ScopeEntry } from '#src/compiler/scope.js';
import { FaultSink, looseSource } from '#src/compiler/source.js';
import { BOOLEAN, decimalType, NUMBER, type Type, typeName } from '#src/compiler/types.js';
import { checkWhitelist } from '#src/compiler/whitelist.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { modelOf } from '../lib/model.js';

const countries = { type: 'string', enum: ['US', 'GB', 'DE'] };
const cents = { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000 };

export const model = modelOf({
  type: 'object',
  required: ['n', 'm', 'amount', 'fee', 'big', 's', 't', 'flag', 'country', 'at', 'seen', 'day', 'items', 'tags', 'rates'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    maybe: { type: 'number' },
    amount: cents,
    fee: { type: 'number', multipleOf: 0.001, minimum: -10, maximum: 10 },
    big: { type: 'integer', format: 'int64' },
    maybeAmount: cents,
    s: { type: 'string', maxLength: 20 },
    t: { type: 'string', maxLength: 20 },
    note: { type: 'string', maxLength: 20 },
    flag: { type: 'boolean' },
    maybeFlag: { type: 'boolean' },
    country: countries,
    maybeCountry: countries,
    brand: { type: 'string', enum: ['VISA', 'AMEX'] },
    at: { type: 'string', format: 'date-time' },
    seen: { type: 'string', format: 'date-time' },
    maybeAt: { type: 'string', format: 'date-time' },
    day: { type: 'string', format: 'date' },
    card: {
      type: 'object',
      required: ['limit', 'tags'],
      properties: {
        limit: { type: 'number' },
        issuer: { type: 'string', maxLength: 8 },
        tags: { type: 'array', maxItems: 4, items: { type: 'string', maxLength: 8 } },
        holder: {
          type: 'object',
          required: ['age'],
          properties: { age: { type: 'integer' }, born: { type: 'string', format: 'date' } },
        },
      },
    },
    items: {
      type: 'array',
      maxItems: 10,
      items: {
        type: 'object',
        required: ['price', 'quantity', 'kind', 'tags'],
        properties: {
          price: cents,
          discount: cents,
          quantity: { type: 'integer', minimum: 0, maximum: 100 },
          kind: countries,
          sku: { type: 'string', maxLength: 8 },
          at: { type: 'string', format: 'date-time' },
          tags: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 8 } },
          card: {
            type: 'object',
            required: ['limit'],
            properties: { limit: { type: 'number' }, issuer: { type: 'string', maxLength: 8 } },
          },
        },
      },
    },
    tags: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 8 } },
    rates: { type: 'array', maxItems: 5, items: { type: 'number' } },
    maybeTags: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 8 } },
  },
});

const feature = (name: string, type: Type, nullable = false): FeatureRef => ({ name, type, nullable });
const entry = (ref: FeatureRef): ScopeEntry => ({ kind: 'feature', feature: ref });

export const scope: Scope = {
  model,
  names: new Map<string, ScopeEntry>([
    ['total', entry(feature('total', decimalType(2, 0n, 1_000_000n)))],
    ['trust', entry(feature('trust', NUMBER, true))],
    ['limits', { kind: 'group', what: 'table', members: new Map([['rate', entry(feature('limits.rate', NUMBER, true))]]) }],
    ['credit', { kind: 'group', what: 'scorecard', members: new Map([['score', entry(feature('credit.score', NUMBER))]]) }],
    [
      'fees',
      {
        kind: 'group',
        what: 'table',
        members: new Map<string, ScopeEntry>([
          [
            'rate',
            {
              kind: 'elements',
              type: NUMBER,
              elements: [
                {
                  guard: { op: 'constant', type: BOOLEAN, value: true, start: 0, end: 0 },
                  value: { op: 'constant', type: NUMBER, value: 2, start: 0, end: 0 },
                },
              ],
            },
          ],
        ]),
      },
    ],
  ]),
  parameters: new Map<string, ScopeEntry>([
    [
      'limits',
      {
        kind: 'group',
        what: 'parameters',
        members: new Map([['reviewAbove', entry(feature('parameters.limits.reviewAbove', decimalType(2, 0n, 1_000_000n)))]]),
      },
    ],
  ]),
  lists: new Map([
    ['blocked', { name: 'blocked', type: { kind: 'text', bytesMax: 0 } }],
    ['amounts', { name: 'amounts', type: decimalType(2, -(2n ** 63n), 2n ** 63n - 1n) }],
    ['days', { name: 'days', type: { kind: 'date' } }],
  ]),
};

export interface Checked {
  ir: Ir;
  type: string;
  /** `V3201@ammount`: code and the text its span covers; warnings end in `?`. */
  faults: string[];
  advice: (string | undefined)[];
  messages: string[];
  /** The text with all fixes made. */
  fixed: string;
}

/** Checks one expression in the profile `standard`. */
export function check(text: string): Checked {
  const bag = new DiagnosticBag();
  const faults = new FaultSink(looseSource('expression', text), bag);
  const roots = parseExpression(text, faults);
  const error: Ir = { op: 'error', type: { kind: 'error' }, start: 0, end: 0 };
  const ir =
    roots !== undefined && checkWhitelist(roots, 'standard', faults) && roots.length === 1
      ? checkExpression(roots[0]!, scope, faults, 'standard')
      : error;
  return {
    ir,
    type: bag.hasErrors ? 'error' : typeName(ir.type),
    faults: bag.items.map(
      ({ code, span, severity }) => `${code}@${text.slice(span.start, span.end)}${severity === 'warning' ? '?' : ''}`,
    ),
    advice: bag.items.map(({ advice }) => advice),
    messages: bag.items.map(({ message }) => message),
    fixed: bag.items
      .flatMap(({ fix }) => (fix === undefined ? [] : [fix]))
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((all, fix) => all.slice(0, fix.span.start) + fix.text + all.slice(fix.span.end), text),
  };
}

/** An IR as text: `(let? $0 note (TEXT_LENGTH $0))`. Nullable values end in `?`. */
export function shown(root: Ir): string {
  const names = new Map<LocalRef, string>();
  const nameOf = (local: LocalRef): string => {
    const known =
      names.get(local) ??
      (local.name === '' ? `$${[...names.values()].filter((name) => name.startsWith('$')).length}` : local.name);
    names.set(local, known);
    return known;
  };
  const all = (parts: readonly Ir[]): string => parts.map(show).join(' ');
  const show = (ir: Ir): string => {
    switch (ir.op) {
      case 'constant':
        return typeof ir.value === 'string' ? JSON.stringify(ir.value) : `${ir.value}`;
      case 'field':
        return `${ir.field.path}${ir.nullable ? '?' : ''}`;
      case 'feature':
        return `${ir.feature.name}${ir.nullable ? '?' : ''}`;
      case 'local':
        return nameOf(ir.local);
      case 'member':
        return `${show(ir.object)}.${ir.field.name}${ir.nullable ? '?' : ''}`;
      case 'now':
        return 'now';
      case 'compare':
        return `(${ir.relation} ${show(ir.left)} ${show(ir.right)})`;
      case 'arithmetic':
        return `(${ir.operator} ${show(ir.left)} ${show(ir.right)})`;
      case 'let':
        return `(let${ir.optional ? '?' : ''} ${nameOf(ir.local)} ${show(ir.value)} ${show(ir.body)})`;
      case 'call': {
        const { literal } = ir;
        const said =
          literal?.kind === 'rounding'
            ? `${literal.digits}/${literal.rounding}`
            : literal?.kind === 'zone'
              ? literal.name
              : (literal?.kind ?? '');
        return `(${FunctionId[ir.function]} ${all(ir.args)}${said === '' ? '' : ` ${said}`})`;
      }
      case 'walk':
        return `(walk ${source(ir.source)}${ir.stages.map((stage) => ` (${stage.kind} ${nameOf(stage.local)} ${show(stage.body)})`).join('')} ${end(ir.result)})`;
      case 'parameter':
        return `(parameter ${ir.parameter.set}.${ir.parameter.name})`;
      case 'member-of':
        return `(member-of ${ir.list.name} ${show(ir.value)})`;
      case 'rescale':
        return `(rescale ${show(ir.operand)} ${ir.digits})`;
      case 'conditional':
        return `(? ${show(ir.test)} ${show(ir.whenTrue)} ${show(ir.whenFalse)})`;
      case 'coalesce':
        return `(?? ${all(ir.operands)})`;
      case 'concat':
        return `(concat ${show(ir.left)} ${show(ir.right)})`;
      case 'and':
      case 'or':
        return `(${ir.op} ${all(ir.operands)})`;
      case 'not':
      case 'negate':
      case 'is-null':
        return `(${ir.op} ${show(ir.operand)})`;
      case 'error':
        return 'error';
    }
  };
  const source = (from: WalkSource): string => {
    if (from.kind === 'list') return show(from.list);
    if (from.kind === 'pieces') return `(pieces ${show(from.text)} ${show(from.separator)})`;
    return `[${from.elements.map(({ guard, value }) => `${guard === undefined ? '' : `${show(guard)}: `}${show(value)}`).join(' ')}]`;
  };
  const end = (result: WalkEnd): string => {
    if (result.kind === 'count') return 'count';
    if (result.kind === 'collect') return `(collect ${nameOf(result.local)} ${result.bodies.map(show).join(' ')})`;
    if (result.kind !== 'reduce') return `(${result.kind} ${nameOf(result.local)} ${show(result.body)})`;
    const { accumulator, init, local, body } = result;
    return `(reduce ${nameOf(accumulator)} ${show(init)} ${nameOf(local)} ${show(body)})`;
  };
  return show(root);
}
