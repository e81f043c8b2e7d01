// What a test expects of outputs beside what was decided: those that it names are compared, each as a whole.

import { isDeepStrictEqual } from 'node:util';
import type { OutputShape } from '../schema/output-shape.js';
import { type Outputs, outputNamed } from '../schema/outputs.js';
import type { TestDifference } from './run-tests.js';

/** @param actual absent where the decision has none */
export function outputDifferences(
  expected: Record<string, unknown>,
  actual: Outputs | undefined,
  shapes: readonly OutputShape[],
): TestDifference[] {
  const names = new Set(shapes.map(({ name }) => name));
  const differences: TestDifference[] = [];
  const compare = (path: string, wanted: unknown): void => {
    const part = `outputs.${path}`;
    if (names.has(path)) {
      const found = outputNamed(actual, path);
      if (!isSame(wanted, found)) differences.push({ part, expected: wanted, actual: found });
      return;
    }
    if (isGroup(wanted) && shapes.some(({ name }) => name.startsWith(`${path}.`))) {
      for (const [name, value] of Object.entries(wanted)) compare(`${path}.${name}`, value);
      return;
    }
    // The bundle declares no such output.
    differences.push({ part, expected: wanted, actual: undefined });
  };
  for (const [name, value] of Object.entries(expected)) compare(name, value);
  return differences;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep and exact; there is one zero, and the order of members says nothing. */
function isSame(wanted: unknown, found: unknown): boolean {
  return isDeepStrictEqual(plain(wanted), plain(found));
}

function plain(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(plain);
  return isGroup(value) ? Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plain(own)])) : value;
}
