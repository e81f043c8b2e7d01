// Making changed copies of expressions. Trees are never changed in place.

import type { Ir, LocalRef, WalkEnd, WalkIr, WalkSource } from '../ir.js';

/** The node with each of its direct operands changed; the node itself where none did. */
export function mapOperands(ir: Ir, change: (operand: Ir) => Ir): Ir {
  switch (ir.op) {
    case 'not':
    case 'is-null':
    case 'negate':
    case 'rescale': {
      const operand = change(ir.operand);
      return operand === ir.operand ? ir : { ...ir, operand };
    }
    case 'and':
    case 'or':
    case 'coalesce': {
      const operands = mapped(ir.operands, change);
      return operands === ir.operands ? ir : { ...ir, operands };
    }
    case 'let': {
      const value = change(ir.value);
      const body = change(ir.body);
      return value === ir.value && body === ir.body ? ir : { ...ir, value, body };
    }
    case 'conditional': {
      const [test, whenTrue, whenFalse] = [change(ir.test), change(ir.whenTrue), change(ir.whenFalse)];
      if (test === ir.test && whenTrue === ir.whenTrue && whenFalse === ir.whenFalse) return ir;
      return { ...ir, test, whenTrue, whenFalse };
    }
    case 'member': {
      const object = change(ir.object);
      return object === ir.object ? ir : { ...ir, object };
    }
    case 'call': {
      const args = mapped(ir.args, change);
      return args === ir.args ? ir : { ...ir, args };
    }
    case 'member-of': {
      const value = change(ir.value);
      return value === ir.value ? ir : { ...ir, value };
    }
    case 'compare':
    case 'arithmetic':
    case 'concat': {
      const left = change(ir.left);
      const right = change(ir.right);
      return left === ir.left && right === ir.right ? ir : { ...ir, left, right };
    }
    case 'walk':
      return mapWalk(ir, change);
    default:
      return ir;
  }
}

function mapped(operands: Ir[], change: (operand: Ir) => Ir): Ir[] {
  const changed = operands.map(change);
  return changed.every((operand, index) => operand === operands[index]) ? operands : changed;
}

function mapWalk(walk: WalkIr, change: (operand: Ir) => Ir): WalkIr {
  const source = mapSource(walk.source, change);
  let same = source === walk.source;
  const stages = walk.stages.map((stage) => {
    const body = change(stage.body);
    if (body === stage.body) return stage;
    same = false;
    return { ...stage, body };
  });
  const result = mapResult(walk.result, change);
  return same && result === walk.result ? walk : { ...walk, source, stages, result };
}

function mapSource(source: WalkSource, change: (operand: Ir) => Ir): WalkSource {
  switch (source.kind) {
    case 'list': {
      const list = change(source.list);
      return list === source.list ? source : { ...source, list };
    }
    case 'pieces': {
      const text = change(source.text);
      const separator = change(source.separator);
      return text === source.text && separator === source.separator ? source : { ...source, text, separator };
    }
    case 'elements': {
      let same = true;
      const elements = source.elements.map((element) => {
        const value = change(element.value);
        const guard = element.guard === undefined ? undefined : change(element.guard);
        if (value === element.value && guard === element.guard) return element;
        same = false;
        return { value, ...(guard === undefined ? {} : { guard }) };
      });
      return same ? source : { ...source, elements };
    }
  }
}

function mapResult(result: WalkEnd, change: (operand: Ir) => Ir): WalkEnd {
  if (result.kind === 'count') return result;
  if (result.kind === 'collect') {
    const bodies = result.bodies.map(change);
    return bodies.every((body, index) => body === result.bodies[index]) ? result : { ...result, bodies };
  }
  const body = change(result.body);
  if (result.kind !== 'reduce') return body === result.body ? result : { ...result, body };
  const init = change(result.init);
  return body === result.body && init === result.init ? result : { ...result, init, body };
}

/** The expression with some of its nodes replaced; nothing below a replaced node is looked at. */
export function replaceNodes(ir: Ir, replace: (node: Ir) => Ir | undefined): Ir {
  return replace(ir) ?? mapOperands(ir, (operand) => replaceNodes(operand, replace));
}

/** The expression with a name's places taken by what it stands for. Names are bound once, so that nothing is captured. */
export function substitute(ir: Ir, local: LocalRef, value: Ir): Ir {
  return replaceNodes(ir, (node) =>
    node.op === 'local' && node.local === local ? { ...value, start: node.start, end: node.end } : undefined,
  );
}
