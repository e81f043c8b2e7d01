// The name of a class from its number.

import type { Ir } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import { BOOLEAN, NUMBER, type TextType, utf8Bytes } from '../types.js';

const PLACE = { start: 0, end: 0 };

/** @param number a feature that holds the number of a class. Halves of the classes are told apart first: many cost little */
export function classText(name: string, number: FeatureRef, classes: readonly string[]): { feature: FeatureRef; value: Ir } {
  const type: TextType = { kind: 'text', bytesMax: Math.max(...classes.map(utf8Bytes)) };
  const left: Ir = { op: 'feature', type: NUMBER, feature: number, nullable: false, ...PLACE };
  const pick = (first: number, end: number): Ir => {
    if (end - first === 1) return { op: 'constant', type, value: classes[first]!, ...PLACE };
    const middle = (first + end) >>> 1;
    const right: Ir = { op: 'constant', type: NUMBER, value: middle, ...PLACE };
    const test: Ir = { op: 'compare', type: BOOLEAN, relation: '<', left, right, ...PLACE };
    return { op: 'conditional', type, test, whenTrue: pick(first, middle), whenFalse: pick(middle, end), ...PLACE };
  };
  return { feature: { name, type, nullable: false }, value: pick(0, classes.length) };
}
