// What a call of the engine did against what the image says it costs. A step is an edge passed, or 16 bytes copied; a unit of cost
// is about a nanosecond, in which few steps fit.

import { must } from './target.js';

/** Steps that a unit may take: above the most that good images take, below what an unbounded loop would. */
const STEPS_PER_UNIT_MAX = 8;

/** The most steps a unit that was met, by target. */
export const stepsPerUnit = new Map<string, number>();

export function checkSteps(target: string, steps: number, units: number): void {
  const ratio = steps / units;
  if (ratio > (stepsPerUnit.get(target) ?? 0)) stepsPerUnit.set(target, ratio);
  must(ratio <= STEPS_PER_UNIT_MAX, `${steps} steps for ${units} units`);
}
