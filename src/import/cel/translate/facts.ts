// What is known of fields where an expression stands: those that `has(x.f)` or `x.f != null` have found are there.

import type { CelNode } from '../syntax/ast.js';
import type { Facts, Place, Translator } from './translator.js';

export function withFacts(place: Place, facts: Facts): Place {
  return facts.size === 0 ? place : { ...place, facts: new Set([...place.facts, ...facts]) };
}

/** Paths that are not null where an expression is `truth`. */
export function factsOf(translator: Translator, node: CelNode, truth: boolean, place: Place): Facts {
  switch (node.kind) {
    case 'has': {
      const target = truth ? pathOf(node.target, place) : undefined;
      return target === undefined ? new Set() : prefixesOf(`${target}.${node.field}`);
    }
    case 'unary':
      return node.operator === '!' ? factsOf(translator, node.operand, !truth, place) : new Set();
    case 'logic':
      if ((node.operator === '&&') !== truth) return new Set();
      return new Set(node.terms.flatMap((inner) => [...factsOf(translator, inner, truth, place)]));
    case 'binary': {
      if (node.operator !== (truth ? '!=' : '==')) return new Set();
      const isNull = (side: CelNode): boolean => side.kind === 'literal' && side.value.kind === 'null';
      const tested = isNull(node.right) ? node.left : isNull(node.left) ? node.right : undefined;
      const path = tested && pathOf(tested, place);
      return path === undefined ? new Set() : prefixesOf(path);
    }
    default:
      return new Set();
  }
}

/** The path of a field or of a part of a macro's variable; undefined for what is neither. */
function pathOf(node: CelNode, place: Place): string | undefined {
  if (node.kind === 'name') return place.variables.get(node.name)?.code.text ?? node.name;
  if (node.kind !== 'select' || node.optional) return undefined;
  const target = pathOf(node.target, place);
  return target === undefined ? undefined : `${target}.${node.field}`;
}

/** Where a field of an object is not null, neither is the object. */
function prefixesOf(path: string): Set<string> {
  const names = path.replaceAll('?', '').split('.');
  return new Set(names.map((_, index) => names.slice(0, index + 1).join('.')));
}
