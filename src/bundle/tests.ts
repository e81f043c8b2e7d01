// tests/*.yaml: payloads with the decisions they must get. Running them is the caller's.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import type { ParameterValue } from '../image/manifest.js';
import { parseTimestamp } from '../schema/time.js';
import { fittingEntries } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';

export interface BundleTest {
  name: string;
  file: string;
  line: number;
  span: Span;
  /** As it would be sent as JSON. */
  payload: Record<string, unknown>;
  /** Microseconds UTC: time of the decision. */
  now: bigint;
  /** Values of parameters, by set and name. */
  parameters: Record<string, Record<string, ParameterValue>>;
  /** Absent in a test that is yet to be written: it fails. */
  expect?: {
    outcome?: 'approve' | 'review' | 'decline' | null;
    score?: number;
    /** All reason codes, in order. */
    reasons?: string[];
    /** As they stand in a decision; those that are left out are not compared. */
    outputs?: Record<string, unknown>;
    status?: 'OK' | 'INVALID_PAYLOAD' | 'ARITHMETIC' | 'CONFLICT' | 'LIST_MISSING';
  };
}

/** Time of a test that names none: 2026-01-01T00:00:00Z. */
export const TEST_NOW_DEFAULT = 1_767_225_600_000_000n;

/** Reads one document of tests; faults go into the bag, and the entries without any are returned. */
export function readTests(document: BundleDocument, bag: DiagnosticBag): BundleTest[] {
  const entries = document.value as {
    name: string;
    payload: Record<string, unknown>;
    now?: string;
    parameters?: BundleTest['parameters'];
    expect?: NonNullable<BundleTest['expect']>;
  }[];
  const tests: BundleTest[] = [];
  for (const index of fittingEntries(document, 'tests', bag)) {
    const entry = entries[index]!;
    const span = document.spanOf(toPointer(index, 'name'));
    let now = TEST_NOW_DEFAULT;
    if (entry.now !== undefined) {
      const micros = parseTimestamp(entry.now);
      if (micros === undefined) {
        const advice = 'write RFC 3339 with an offset, such as 2026-01-01T00:00:00Z';
        bag.error('V1003', document.spanOf(toPointer(index, 'now')), '`now` is not a timestamp', advice);
        continue;
      }
      now = BigInt(micros);
    }
    tests.push({
      name: entry.name,
      file: document.file,
      line: document.lineOf(span.start),
      span,
      payload: entry.payload,
      now,
      parameters: entry.parameters ?? {},
      ...(entry.expect === undefined ? {} : { expect: entry.expect }),
    });
  }
  return tests;
}
