// Bundles for tests, from texts.

import type { Bundle } from '#src/bundle/bundle.js';
import type { BundleFiles } from '#src/bundle/files.js';
import { readBundle } from '#src/bundle/read-bundle.js';
import { type Diagnostic, DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { positionOf } from '#src/diagnostic/render.js';

/** Texts (undefined: no such file) to files. */
export function filesOf(texts: Readonly<Record<string, string | undefined>>): BundleFiles {
  const encoder = new TextEncoder();
  return new Map(
    Object.entries(texts).flatMap(([path, text]) => (text === undefined ? [] : [[path, encoder.encode(text)] as const])),
  );
}

export const HEAD = `name: card-risk
version: 1.4.0
model: model.yaml
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 80, outcome: decline }, { atLeast: 50, outcome: review }, { outcome: approve }]
`;

export const MODEL = `type: object
required: [amount, country]
properties:
  amount: { type: number }
  country: { type: string, enum: [US, GB] }
  note: { type: string, maxLength: 40 }
`;

export const RULES = `- id: large
  when: amount > 5000
  then: { score: 80, reason: LARGE }
`;

/** A good bundle with some files replaced. */
export function bundleFiles(texts: Readonly<Record<string, string | undefined>> = {}): BundleFiles {
  return filesOf({ 'bundle.yaml': HEAD, 'model.yaml': MODEL, 'rules/a.yaml': RULES, ...texts });
}

/** Diagnostics as `file:line:column CODE message`, by file and place; warnings with `?` after the code. */
export function listed(bag: Pick<DiagnosticBag, 'items'>, files: BundleFiles): string[] {
  const order = (a: Diagnostic, b: Diagnostic): number =>
    a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : a.span.start - b.span.start;
  return [...bag.items].sort(order).map(({ span, code, severity, message }) => {
    const { line, column } = positionOf(span, files);
    return `${span.file}:${line}:${column} ${code}${severity === 'warning' ? '?' : ''} ${message}`;
  });
}

export function read(texts: Readonly<Record<string, string | undefined>> = {}): { bundle: Bundle | undefined; found: string[] } {
  const files = bundleFiles(texts);
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag);
  return { bundle, found: listed(bag, files) };
}
