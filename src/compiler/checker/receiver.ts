// What stands before a point: a value, or something that is none by itself.

import { isBehindPayload, PAYLOAD_NAME } from '../../schema/field-name.js';
import type { EsNode } from '../estree.js';
import type { Ir, WalkSource, WalkStage } from '../ir.js';
import type { ListRef, ScopeEntry } from '../scope.js';
import type { Type } from '../types.js';
import type { Context, Facts } from './context.js';

/** A list on its way to a value: where its elements come from, and what is done to each. */
export interface ListValue {
  source: WalkSource;
  stages: readonly WalkStage[];
  /** Type of the elements after all stages. */
  element: Type;
  countMax: number;
  /** Stands for one element after all stages, for facts: filters keep it, maps make a new one. */
  elementKey: object;
  /** What is known of it, and around it. */
  facts: Facts;
  /** The list itself where it is one of the payload, without stages. */
  plain?: Ir;
}

export type Receiver =
  | { kind: 'value'; ir: Ir }
  | { kind: 'list'; list: ListValue }
  /** `Math`. */
  | { kind: 'namespace'; name: string }
  /** `lists`. */
  | { kind: 'lists' }
  /** `payload`. */
  | { kind: 'payload' }
  | { kind: 'tenant-list'; list: ListRef }
  | {
      kind: 'group';
      name: string;
      what: 'table' | 'scorecard' | 'ensemble' | 'parameters';
      members: ReadonlyMap<string, ScopeEntry>;
    };

export function valueReceiver(ir: Ir): Receiver {
  return { kind: 'value', ir };
}

/** A list of the payload, not null, as the start of a walk. */
export function listOf(ir: Ir, facts: Facts): ListValue | undefined {
  if (ir.type.kind !== 'list') return undefined;
  const { element, countMax } = ir.type;
  return { source: { kind: 'list', list: ir }, stages: [], element, countMax, elementKey: {}, facts, plain: ir };
}

/** What stands for the whole of an expression; what is no value is reported. */
export function asValue(context: Context, receiver: Receiver, node: EsNode): Ir {
  const { faults } = context;
  switch (receiver.kind) {
    case 'value':
      return receiver.ir;
    case 'list': {
      const { plain, element } = receiver.list;
      if (plain !== undefined) return plain;
      if (element.kind === 'error') return context.fail(node);
      faults.error('V3322', node, 'a list is not a value by itself', 'end in `length`, `includes`, `some`, `every` or `reduce`');
      return context.fail(node);
    }
    case 'namespace':
      faults.error('V3210', node, `\`${receiver.name}\` is not a value`, `write a function of it: \`${receiver.name}.max(a, b)\``);
      return context.fail(node);
    case 'payload':
      faults.error(
        'V3210',
        node,
        `\`${PAYLOAD_NAME}\` is not a value`,
        `write a field of it: \`${PAYLOAD_NAME}.${anyFieldOf(context)}\``,
      );
      return context.fail(node);
    case 'lists':
      faults.error('V3210', node, '`lists` is not a value', 'write `lists.NAME.includes(value)`');
      return context.fail(node);
    case 'tenant-list':
      faults.error(
        'V3210',
        node,
        `\`lists.${receiver.list.name}\` is not a value`,
        `write \`lists.${receiver.list.name}.includes(value)\``,
      );
      return context.fail(node);
    case 'group': {
      const names = [...receiver.members.keys()].slice(0, 8).map((name) => `\`${receiver.name}.${name}\``);
      const advice = names.length === 0 ? undefined : `write ${names.join(' or ')}`;
      faults.error(
        'V3210',
        node,
        `\`${receiver.name}\` is a ${receiver.what === 'parameters' ? 'set of parameters' : receiver.what}, not a value`,
        advice,
      );
      return context.fail(node);
    }
  }
}

/** A field of the payload's root, for advice: best one that is written so only. */
function anyFieldOf(context: Context): string {
  const names = [...context.fields[0]!.keys()];
  return names.find(isBehindPayload) ?? names[0] ?? 'FIELD';
}
