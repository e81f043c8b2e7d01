// `reduce`: the type of an accumulator follows from what it begins with and what the body makes of it. A decimal accumulator must
// stay in a known interval: what one element adds is found in the body, and counted as often as the list may have elements.

import type { EsNode } from '../estree.js';
import type { Ir, LocalRef } from '../ir.js';
import { adopt, unionOf, widened } from '../join.js';
import type { Call } from '../library/entry.js';
import { asDecimal, isDecimal, literalLeaves, requireValue, rescale } from '../operands.js';
import { type DecimalType, decimalType, ERROR, fitsWide, NUMBER, sameEnum, type Type, typePhrase } from '../types.js';
import { growthOf, growthTimes, KEPT } from './growth.js';
import { arrowOf, walk } from './lists.js';

/** Rounds in which an interval that does not grow by a fixed step may settle. */
const ROUNDS_MAX = 4;

/** `reduce((accumulator, element) => body, initial)`. */
export function reduceOf(call: Call): Ir | undefined {
  const { faults } = call.context;
  const init = requireValue(call.args[1]!.ir!, faults);
  switch (init.type.kind) {
    case 'error':
      return undefined;
    case 'object':
    case 'list':
    case 'null':
      faults.error('V3327', init, `${typePhrase(init.type)} cannot be accumulated`, 'accumulate one of its fields');
      return undefined;
    case 'text':
      return reduceLiteral(call, init);
    case 'decimal':
      return reduceDecimal(call, init as Ir & { type: DecimalType });
    case 'number': {
      const exact = literalLeaves(init)?.every((leaf) => leaf.exact !== undefined) === true;
      // A literal may begin a sum of numbers or one of decimals: whichever the body makes of it.
      if (exact && tried(call, NUMBER)?.type.kind !== 'number') {
        const decimal = asDecimal(init, undefined, faults)!;
        if (meansDecimal(call, decimal.type)) return reduceDecimal(call, decimal);
      }
      return finish(call, init, init.type);
    }
    default:
      return finish(call, init, init.type);
  }
}

/** The body with an accumulator of a type; undefined where it has faults, which are not reported. */
function tried(call: Call, type: Type): Ir | undefined {
  const muted = call.context.muted();
  const checked = bodyOf({ ...call, context: muted }, type);
  return checked === undefined || muted.faults.hasErrors || checked.body.type.kind === 'error' ? undefined : checked.body;
}

/** Whether a literal begins a sum of decimals: the body is one then, or is wrong whatever it is, and less so with a decimal. */
function meansDecimal(call: Call, decimal: DecimalType): boolean {
  const [asDecimal, asNumber] = [decimal, NUMBER].map((type) => {
    const muted = call.context.muted();
    const kind = bodyOf({ ...call, context: muted }, type)?.body.type.kind;
    return { kind, errors: muted.faults.errors };
  }) as [{ kind: Type['kind'] | undefined; errors: number }, { errors: number }];
  return asDecimal.kind === 'decimal' || (asNumber.errors > 0 && asDecimal.errors <= asNumber.errors);
}

interface Body {
  accumulator: LocalRef;
  local: LocalRef;
  body: Ir;
  node: EsNode;
}

function bodyOf(call: Call, type: Type): Body | undefined {
  const list = call.list!;
  const arrow = arrowOf(call, 0, [type, list.element], 'reduce');
  if (arrow === undefined) return undefined;
  const [accumulator, local] = arrow.locals as [LocalRef, LocalRef];
  arrow.context.alias(local, list.elementKey);
  const body = requireValue(arrow.context.check(arrow.body, list.facts).ir, arrow.context.faults);
  return { accumulator, local, body, node: arrow.body };
}

/** A text literal begins with a member of an enum, a timestamp or a date, whichever the body gives; texts are not accumulated. */
function reduceLiteral(call: Call, init: Ir): Ir | undefined {
  const { faults } = call.context;
  const muted = call.context.muted();
  const natural = literalLeaves(init) === undefined ? undefined : bodyOf({ ...call, context: muted }, ERROR)?.body.type;
  if (natural !== undefined && (natural.kind === 'enum' || natural.kind === 'timestamp' || natural.kind === 'date')) {
    const adopted = adopt(init, natural, faults);
    return adopted === undefined ? undefined : finish(call, adopted, natural);
  }
  const advice = 'count pieces, or ask for them with `some` and `every`';
  faults.error('V3327', init, 'a text cannot be accumulated', advice);
  return undefined;
}

/** The walk, with an accumulator of this type. */
function finish(call: Call, init: Ir, type: Type): Ir | undefined {
  const { context, place } = call;
  const checked = bodyOf(call, type);
  if (checked === undefined || checked.body.type.kind === 'error') return undefined;
  const { accumulator, local } = checked;
  const body = adopt(checked.body, type, context.faults);
  if (body === undefined) return undefined;
  const same = body.type.kind === type.kind && (body.type.kind !== 'enum' || sameEnum(body.type, type as Type & { kind: 'enum' }));
  if (!same) {
    const message = `the accumulator begins as ${typePhrase(type)} and becomes ${typePhrase(body.type)}`;
    const mixed = type.kind === 'number' && body.type.kind === 'decimal';
    const advice = mixed ? 'begin with a literal, such as 0, to add decimals' : 'let the body give what the accumulator is';
    context.faults.error('V3326', checked.node, message, advice);
    return undefined;
  }
  return walk(call.list!, { kind: 'reduce', accumulator, init, local, body }, type, place);
}

function reduceDecimal(call: Call, init: Ir & { type: DecimalType }): Ir | undefined {
  const { context, place } = call;
  const { faults } = context;
  const scaled = settleScale(call, init);
  if (scaled === undefined) {
    const grows = tried(call, init.type);
    if (grows !== undefined && isDecimal(grows)) {
      const advice = 'round the result: `round(..., 2, "half-even")`';
      faults.error('V3325', call.args[0]!.node, 'the accumulator has more digits after the point with each element', advice);
      return undefined;
    }
    return finish(call, init, init.type); // says what is wrong
  }
  const bounds = boundsOf(call, scaled);
  if (bounds === undefined) {
    const advice = 'add to it what does not depend on it, or bound it: `Math.min(sum + item.price, 1000000)`';
    faults.error('V3325', call.args[0]!.node, 'it is not known how far the accumulator grows', advice);
    return undefined;
  }
  let type = bounds;
  if (!fitsWide(type)) {
    const advice =
      'give the fields that are added a smaller `minimum` and `maximum`, or the list a smaller `maxItems`, in the model';
    faults.error('V3325', call.args[0]!.node, 'the accumulator may not fit 128 bits', advice);
    return undefined;
  }
  const wide = tried(call, type)?.type;
  if (wide?.kind === 'decimal' && wide.wide) type = { ...type, wide: true };
  const checked = bodyOf(call, type);
  if (checked === undefined || !isDecimal(checked.body)) return undefined;
  const { accumulator, local } = checked;
  const body = widened(rescale(checked.body, type.scale), type);
  const result = { kind: 'reduce', accumulator, init: widened(scaled, type), local, body } as const;
  return walk(call.list!, result, type, place);
}

/** The initial value at the scale that the body keeps; undefined where there is none. */
function settleScale(call: Call, init: Ir & { type: DecimalType }): (Ir & { type: DecimalType }) | undefined {
  const first = tried(call, init.type);
  if (first === undefined || !isDecimal(first)) return undefined;
  if (first.type.scale <= init.type.scale) return init;
  const scaled = rescale(init, first.type.scale);
  const second = tried(call, scaled.type);
  return second !== undefined && isDecimal(second) && second.type.scale <= scaled.type.scale ? scaled : undefined;
}

/** The interval that holds the accumulator after any number of elements that the list may have; undefined where none is found. */
function boundsOf(call: Call, init: Ir & { type: DecimalType }): DecimalType | undefined {
  const { scale } = init.type;
  const muted = { ...call, context: call.context.muted() };
  const checked = bodyOf(muted, init.type);
  if (checked === undefined || !isDecimal(checked.body)) return undefined;
  const growth = growthOf(rescale(checked.body, scale), new Map([[checked.accumulator, KEPT]]));
  if (growth !== undefined) {
    const { low, high } = growthTimes(growth, init.type, call.list!.countMax);
    return decimalType(scale, low, high, init.type.wide);
  }
  // Something else: it may still settle, such as a remainder or what is bounded by other values.
  let type = init.type;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const body = tried(call, type);
    if (body === undefined || !isDecimal(body)) return undefined;
    const next = rescale(body, scale).type;
    const all = unionOf([type, decimalType(scale, next.low, next.high)]);
    if (all.low === type.low && all.high === type.high) return type;
    type = all;
  }
  return undefined;
}
