import { expect, it } from 'vitest';
import { Pace } from '#src/scheduler/pace.js';

const UNITS = 1e6;

/** The pace after calls of UNITS units that took so many nanoseconds a unit each. */
function paceAfter(samples: readonly number[]): number {
  const pace = new Pace();
  for (const nanos of samples) pace.record(UNITS, (nanos * UNITS) / 1000);
  return pace.nanosPerUnit;
}

const times = (count: number, nanos: number): number[] => Array.from({ length: count }, () => nanos);

it.each<[string, readonly number[], number, number]>([
  ['is the cost until something was measured', [], 1, 1],
  ['is what the first call says', [0.1], 0.1, 0.1],
  ['stays what it was where one call had to wait', [...times(10, 0.1), 1000], 0.1, 0.17],
  ['is known again soon after', [...times(10, 0.1), 1000, 1000, ...times(5, 0.1)], 0.1, 0.16],
  ['follows work that has become ten times slower', [...times(10, 0.1), ...times(12, 1)], 0.7, 1],
  ['follows work that has become faster', [...times(10, 1), ...times(20, 0.1)], 0.1, 0.12],
])('%s', (_, samples, min, max) => {
  const pace = paceAfter(samples);
  expect(pace).toBeGreaterThanOrEqual(min - 1e-9);
  expect(pace).toBeLessThanOrEqual(max);
});

it('is not learnt from calls that are shorter than a clock can tell', () => {
  const pace = new Pace();
  pace.record(UNITS, 19);
  pace.record(0, 1000);
  expect(pace.nanosPerUnit).toBe(1);
});
