// outputs.yaml and outputs/**/*.yaml: values that a decision carries beside its outcome.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { fittingEntries } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import type { FeatureCase } from './features.js';
import type { ScalarText } from './scalar-text.js';

/** Where outputs may stand without a folder. */
export const OUTPUTS_PATHS: readonly string[] = ['outputs.yaml', 'outputs.yml', 'outputs.json'];

/** Whether a document holds outputs. */
export function isOutputsPath(path: string): boolean {
  return OUTPUTS_PATHS.includes(path) || path.startsWith('outputs/');
}

/** A member of the objects that an output lists. */
export interface BundleOutputMember {
  /** Path in the object: names with points between them. */
  name: string;
  nameSpan: Span;
  value: ScalarText;
}

export interface BundleOutput {
  /** Path in the decision's outputs: names with points between them. */
  name: string;
  nameSpan: Span;
  file: string;
  /** Line (from 1) of the name. */
  line: number;
  description?: string;
  is:
    | {
        kind: 'value';
        /** The first that holds gives the value, as of a feature; a plain `value` is one case without a condition. */
        cases: FeatureCase[];
        hasCases: boolean;
      }
    | {
        kind: 'each';
        /** A list, or the name of a table that gives one. */
        each: ScalarText;
        /** Names the element in the values. */
        as: string;
        asSpan: Span;
        members: BundleOutputMember[];
      };
}

interface OutputEntry {
  name: string;
  description?: string;
  value?: unknown;
  cases?: { when?: unknown; value: unknown }[];
  each?: unknown;
  as?: string;
  values?: Record<string, unknown>;
}

/** Reads one document of outputs; faults go into the bag, and the entries without any are returned. */
export function readOutputs(document: BundleDocument, bag: DiagnosticBag): BundleOutput[] {
  const entries = document.value as OutputEntry[];
  return fittingEntries(document, 'outputs', bag).flatMap((index): BundleOutput[] => {
    const entry = entries[index]!;
    const { name, description } = entry;
    const nameSpan = document.spanOf(toPointer(index, 'name'));
    const is = readContent(document, index, entry, nameSpan, bag);
    if (is === undefined) return [];
    const place = { name, nameSpan, file: document.file, line: document.lineOf(nameSpan.start) };
    return [{ ...place, ...(description === undefined ? {} : { description }), is }];
  });
}

function readContent(
  document: BundleDocument,
  index: number,
  { name, value, cases, each, as, values }: OutputEntry,
  nameSpan: Span,
  bag: DiagnosticBag,
): BundleOutput['is'] | undefined {
  const text = (...keys: (string | number)[]): ScalarText => document.scalar(toPointer(index, ...keys))!;
  const given = [value, cases, each].filter((content) => content !== undefined).length;
  if (given !== 1) {
    const message = given === 0 ? `the output \`${name}\` has no value` : `the output \`${name}\` has more than one of these`;
    bag.error('V1003', nameSpan, message, 'give it one of `value`, `cases` and `each`');
    return undefined;
  }
  if (each === undefined) {
    for (const key of ['as', 'values'] as const) {
      if ((key === 'as' ? as : values) === undefined) continue;
      bag.error('V1003', document.keySpan(toPointer(index), key), `\`${key}\` has no use without \`each\``, 'remove it');
      return undefined;
    }
    const written =
      cases === undefined
        ? [{ value: text('value') }]
        : cases.map(({ when }, at) => ({
            ...(when === undefined ? {} : { when: text('cases', at, 'when') }),
            value: text('cases', at, 'value'),
          }));
    return { kind: 'value', cases: written, hasCases: cases !== undefined };
  }
  if (as === undefined || values === undefined) {
    const missing = as === undefined ? 'as' : 'values';
    const advice = as === undefined ? 'name the element: `as: row`' : 'name what each object holds: `values: { price: row.price }`';
    bag.error('V1003', nameSpan, `\`${missing}\` is missing beside \`each\``, advice);
    return undefined;
  }
  return {
    kind: 'each',
    each: text('each'),
    as,
    asSpan: document.spanOf(toPointer(index, 'as')),
    members: Object.keys(values).map((member) => ({
      name: member,
      nameSpan: document.keySpan(toPointer(index, 'values'), member),
      value: text('values', member),
    })),
  };
}
