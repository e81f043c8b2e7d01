// Walks over elements that are written down: they become `&&` and `||` of conditions.

import { canFail } from '../can-fail.js';
import type { ConstantIr, Ir, LocalRef, WalkIr, WalkSource } from '../ir.js';
import { BOOLEAN, utf8Bytes } from '../types.js';
import type { WarningSink } from './fold.js';
import { substitute } from './rewrite.js';

/** Pieces of a constant text that are taken as elements. */
const PIECES_MAX = 256;

const SILENT: WarningSink = { warning: () => {} };

type Fold = (ir: Ir, faults: WarningSink) => Ir;

type ElementsSource = Extract<WalkSource, { kind: 'elements' }>;

/** Folds a walk whose operands have been folded. */
export function foldWalk(walk: WalkIr, faults: WarningSink, fold: Fold): Ir {
  const source = elementsOf(walk.source);
  if (source === undefined) return walk;
  const known = foldElements({ ...walk, source }, source, fold);
  if (known.op === 'constant' && typeof known.value === 'boolean') {
    const advice = 'remove it, or correct what it compares';
    faults.warning('V3401', walk, `this is always ${known.value}`, advice);
  }
  return known;
}

/** What a walk goes over, where that is written down; the pieces of a constant are. */
function elementsOf(source: WalkSource): ElementsSource | undefined {
  if (source.kind !== 'pieces') return source.kind === 'elements' ? source : undefined;
  const { text, separator } = source;
  if (text.op !== 'constant' || separator.op !== 'constant') return undefined;
  const pieces = String(text.value).split(String(separator.value));
  if (pieces.length > PIECES_MAX || pieces.some((piece) => /\p{Surrogate}/u.test(piece))) return undefined;
  const { start, end } = text;
  const elements = pieces.map((value) => {
    const type = { kind: 'text' as const, bytesMax: utf8Bytes(value) };
    return { value: { op: 'constant' as const, type, value, start, end } };
  });
  return { kind: 'elements', elements };
}

function foldElements(walk: WalkIr, source: ElementsSource, fold: Fold): Ir {
  const { result, start, end } = walk;
  switch (result.kind) {
    case 'some':
    case 'every': {
      const some = result.kind === 'some';
      const operands = source.elements.map(({ guard, value }) => {
        const test = throughStages(walk, 0, value, some, fold);
        return guard === undefined ? test : joined(some, some ? guard : negated(guard), test);
      });
      return fold({ op: some ? 'or' : 'and', type: BOOLEAN, operands, start, end }, SILENT);
    }
    case 'count':
      if (walk.stages.length > 0 || source.elements.some(({ guard, value }) => guard !== undefined || canFail(value))) return walk;
      return { op: 'constant', type: walk.type, value: source.elements.length, start, end };
    case 'reduce':
      return reduceConstants(walk, source, fold);
    case 'collect':
      return walk;
  }
}

/** The condition of one element: a filter lets pass what it drops. */
function throughStages(walk: WalkIr, index: number, element: Ir, some: boolean, fold: Fold): Ir {
  const stage = walk.stages[index];
  const result = walk.result as Extract<WalkIr['result'], { kind: 'some' | 'every' }>;
  if (stage === undefined) return bound(result.local, element, () => result.body, fold);
  if (stage.kind === 'map')
    return bound(
      stage.local,
      element,
      () => stage.body,
      fold,
      (body) => throughStages(walk, index + 1, body, some, fold),
    );
  const local = stage.local;
  const here: Ir = { op: 'local', type: local.type, local, start: element.start, end: element.end };
  return bound(
    local,
    element,
    () => joined(some, some ? stage.body : negated(stage.body), throughStages(walk, index + 1, here, some, fold)),
    fold,
  );
}

/** `let local = element in body`, folded; `then` goes on with the folded body. */
function bound(local: LocalRef, element: Ir, body: () => Ir, fold: Fold, then: (body: Ir) => Ir = (ir) => ir): Ir {
  const { start, end } = element;
  const known = body();
  const whole = then(known);
  return fold({ op: 'let', type: whole.type, local, value: element, body: whole, optional: false, start, end }, SILENT);
}

function joined(some: boolean, left: Ir, right: Ir): Ir {
  return { op: some ? 'and' : 'or', type: BOOLEAN, operands: [left, right], start: right.start, end: right.end };
}

function negated(operand: Ir): Ir {
  return { op: 'not', type: BOOLEAN, operand, start: operand.start, end: operand.end };
}

/** A reduction of constants, as far as it stays one. */
function reduceConstants(walk: WalkIr, source: ElementsSource, fold: Fold): Ir {
  const { result } = walk;
  if (result.kind !== 'reduce' || result.init.op !== 'constant' || walk.stages.length > 0) return walk;
  let known: ConstantIr = result.init;
  for (const { guard, value } of source.elements) {
    if (guard !== undefined || value.op !== 'constant') return walk;
    const body = substitute(substitute(result.body, result.accumulator, known), result.local, value);
    const next = fold(body, SILENT);
    if (next.op !== 'constant') return walk;
    known = next;
  }
  return { ...known, type: known.type.kind === 'text' ? known.type : walk.type, start: walk.start, end: walk.end };
}
