// features/**/*.yaml: values with names, which rules, tables and scorecards share.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { fittingEntries } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import type { ScalarText } from './scalar-text.js';

export interface FeatureCase {
  /** Absent where the case always holds. */
  when?: ScalarText;
  value: ScalarText;
}

export interface BundleFeature {
  name: string;
  nameSpan: Span;
  file: string;
  /** Line (from 1) of the name. */
  line: number;
  description?: string;
  /** The first that holds gives the value. A feature with a plain `value` has one case without a condition. */
  cases: FeatureCase[];
}

interface FeatureEntry {
  name: string;
  value?: unknown;
  cases?: { when?: unknown; value: unknown }[];
  description?: string;
}

/** Reads one document of features; faults go into the bag, and the entries without any are returned. */
export function readFeatures(document: BundleDocument, bag: DiagnosticBag): BundleFeature[] {
  const entries = document.value as FeatureEntry[];
  return fittingEntries(document, 'features', bag).flatMap((index): BundleFeature[] => {
    const { name, description, value, cases } = entries[index]!;
    const nameSpan = document.spanOf(toPointer(index, 'name'));
    if ((value === undefined) === (cases === undefined)) {
      const message =
        value === undefined ? `the feature \`${name}\` has no value` : `the feature \`${name}\` has a value and cases`;
      bag.error('V1003', nameSpan, message, 'give it either `value` or `cases`');
      return [];
    }
    const text = (...keys: (string | number)[]): ScalarText => document.scalar(toPointer(index, ...keys))!;
    const feature: BundleFeature = {
      name,
      nameSpan,
      file: document.file,
      line: document.lineOf(nameSpan.start),
      ...(description === undefined ? {} : { description }),
      cases:
        cases === undefined
          ? [{ value: text('value') }]
          : cases.map(({ when }, at) => ({
              ...(when === undefined ? {} : { when: text('cases', at, 'when') }),
              value: text('cases', at, 'value'),
            })),
    };
    return [feature];
  });
}
