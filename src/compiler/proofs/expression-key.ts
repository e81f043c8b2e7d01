// Expressions by their meaning, as far as their form shows it: equal keys, equal values.

import { type Ir, type LocalRef, swapRelation, type WalkSource } from '../ir.js';

/** Numbers of objects that are compared by identity, given as they are met. */
export class IdentityNumbers {
  readonly #numbers = new Map<object, number>();

  of(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(object, number);
    }
    return number;
  }
}

/**
 * The key of an expression. Names bound inside it count by their place, operands that can be exchanged by their keys.
 * @param substitutes what stands for a name that is bound outside
 */
export function expressionKey(ir: Ir, numbers: IdentityNumbers, substitutes: ReadonlyMap<LocalRef, Ir>): string {
  const bound = new Map<LocalRef, number>();
  const bind = (local: LocalRef): string => {
    bound.set(local, bound.size);
    return `#${bound.size - 1}`;
  };
  const sorted = (operands: readonly Ir[]): string => operands.map(key).sort().join(',');

  const sourceKey = (source: WalkSource): string => {
    if (source.kind === 'list') return key(source.list);
    if (source.kind === 'pieces') return `pieces(${key(source.text)},${key(source.separator)})`;
    return `[${source.elements.map(({ guard, value }) => `${guard === undefined ? '' : `${key(guard)}?`}${key(value)}`).join(',')}]`;
  };

  const key = (node: Ir): string => {
    switch (node.op) {
      case 'constant': {
        const { value } = node;
        if (typeof value === 'string') return JSON.stringify(value);
        return Object.is(value, -0) ? '-0' : typeof value === 'bigint' ? `${value}n${scaleOf(node)}` : String(value);
      }
      case 'field':
        return `f${node.field.index}`;
      case 'feature':
        return `x${numbers.of(node.feature)}`;
      case 'now':
        return 'now';
      case 'local': {
        const substitute = substitutes.get(node.local);
        if (substitute !== undefined) return key(substitute);
        const place = bound.get(node.local);
        return place === undefined ? `l${numbers.of(node.local)}` : `#${place}`;
      }
      case 'and':
      case 'or':
        return `${node.op}(${sorted(node.operands)})`;
      case 'compare': {
        const [left, right] = [key(node.left), key(node.right)];
        const isSwapped = left > right;
        const relation = isSwapped ? swapRelation(node.relation) : node.relation;
        return `(${isSwapped ? right : left}${relation}${isSwapped ? left : right})`;
      }
      case 'arithmetic':
        if (node.operator === '+' || node.operator === '*') return `${node.operator}(${sorted([node.left, node.right])})`;
        return `${node.operator}(${key(node.left)},${key(node.right)})`;
      case 'concat':
        return `concat(${key(node.left)},${key(node.right)})`;
      case 'not':
      case 'is-null':
      case 'negate':
        return `${node.op}(${key(node.operand)})`;
      case 'rescale':
        return `rescale${node.digits}(${key(node.operand)})`;
      case 'coalesce':
        return `coalesce(${node.operands.map(key).join(',')})`;
      case 'conditional':
        return `if(${key(node.test)},${key(node.whenTrue)},${key(node.whenFalse)})`;
      case 'let': {
        const value = key(node.value);
        return `let${node.optional ? '?' : ''}(${value},${bind(node.local)},${key(node.body)})`;
      }
      case 'member':
        return `m${node.field.index}(${key(node.object)})`;
      case 'call':
        return `call${node.function}(${node.args.map(key).join(',')}${node.literal === undefined ? '' : `;${literalKey(node.literal)}`})`;
      case 'member-of':
        return `in${numbers.of(node.list)}(${key(node.value)})`;
      case 'parameter':
        return `p${numbers.of(node.parameter)}`;
      case 'walk': {
        const source = sourceKey(node.source);
        const stages = node.stages.map(({ kind, local, body }) => `${kind} ${bind(local)} ${key(body)}`).join(';');
        const { result } = node;
        if (result.kind === 'count') return `walk(${source};${stages};count)`;
        if (result.kind === 'collect')
          return `walk(${source};${stages};collect ${bind(result.local)} ${result.bodies.map((body) => key(body)).join()})`;
        if (result.kind !== 'reduce') return `walk(${source};${stages};${result.kind} ${bind(result.local)} ${key(result.body)})`;
        const init = key(result.init);
        return `walk(${source};${stages};reduce ${bind(result.accumulator)} ${init} ${bind(result.local)} ${key(result.body)})`;
      }
      case 'error':
        return `error${numbers.of(node)}`;
    }
  };
  return key(ir);
}

function scaleOf({ type }: Ir): string {
  return type.kind === 'decimal' ? `/${type.scale}` : '';
}

function literalKey(literal: object): string {
  return JSON.stringify(literal, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}
