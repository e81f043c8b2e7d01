// scorecards/NAME.yaml: points for what is known of an applicant, and reasons ranked by the points that were lost.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { checkDocument } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import type { ScalarText } from './scalar-text.js';

export interface ScorecardAttribute {
  /** Test of the input; absent in the last attribute, which takes what is left. */
  when?: ScalarText;
  points: ScalarText;
  reason?: string;
  span: Span;
  /** Line (from 1). */
  line: number;
}

export interface Characteristic {
  name: string;
  nameSpan: Span;
  /** Line (from 1) of the name. */
  line: number;
  input: ScalarText;
  baseline?: ScalarText;
  reason?: string;
  attributes: ScorecardAttribute[];
}

export interface BundleScorecard {
  name: string;
  file: string;
  span: Span;
  description?: string;
  initialScore?: ScalarText;
  type: 'number' | { decimal: number };
  reasons: 'pointsBelow' | 'pointsAbove';
  contributes: boolean;
  characteristics: Characteristic[];
}

interface ScorecardEntry {
  description?: string;
  initialScore?: number;
  type?: 'number' | { decimal: number };
  reasons?: 'pointsBelow' | 'pointsAbove';
  contributes?: boolean;
  characteristics: {
    name: string;
    baseline?: number;
    reason?: string;
    attributes: { when?: unknown; points: number; reason?: string }[];
  }[];
}

/** Reads a scorecard; undefined where it does not match its schema (reported). */
export function readScorecard(name: string, document: BundleDocument, bag: DiagnosticBag): BundleScorecard | undefined {
  if (!checkDocument(document, 'scorecard', bag)) return undefined;
  const value = document.value as ScorecardEntry;
  return {
    name,
    file: document.file,
    span: document.spanOf(''),
    ...(value.description === undefined ? {} : { description: value.description }),
    ...(value.initialScore === undefined ? {} : { initialScore: document.scalar('/initialScore')! }),
    type: value.type ?? 'number',
    reasons: value.reasons ?? 'pointsBelow',
    contributes: value.contributes ?? false,
    characteristics: value.characteristics.map((entry, at): Characteristic => {
      const pointer = (...keys: (string | number)[]): string => toPointer('characteristics', at, ...keys);
      return {
        name: entry.name,
        nameSpan: document.spanOf(pointer('name')),
        line: document.lineOf(document.spanOf(pointer('name')).start),
        input: document.scalar(pointer('input'))!,
        ...(entry.baseline === undefined ? {} : { baseline: document.scalar(pointer('baseline'))! }),
        ...(entry.reason === undefined ? {} : { reason: entry.reason }),
        attributes: entry.attributes.map((attribute, i): ScorecardAttribute => {
          const span = document.spanOf(pointer('attributes', i));
          return {
            ...(attribute.when === undefined ? {} : { when: document.scalar(pointer('attributes', i, 'when'))! }),
            points: document.scalar(pointer('attributes', i, 'points'))!,
            ...(attribute.reason === undefined ? {} : { reason: attribute.reason }),
            span,
            line: document.lineOf(span.start),
          };
        }),
      };
    }),
  };
}
