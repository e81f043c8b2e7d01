// An expression of a source, and the name of the output that it becomes.

import type { BundleDocument } from '../../bundle/document.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import type { CelSpan } from './syntax/ast.js';

export interface NamedExpression {
  readonly name: string;
  readonly text: string;
  readonly description?: string;
  /** The place in the source of a part of the text. */
  spanOf(span: CelSpan): Span;
}

/** A part of the name of an output, as a bundle may have it. */
export const OUTPUT_SEGMENT = '[^.\'"`\\u0000-\\u001f\\u007f]{1,64}';
const OUTPUT_PATTERN = new RegExp(`^${OUTPUT_SEGMENT}(\\.${OUTPUT_SEGMENT})*$`);

export function isOutputName(text: string): boolean {
  return OUTPUT_PATTERN.test(text);
}

/** A text as a part of the name of an output. */
export function toOutputSegment(text: string): string {
  const part = text
    .replace(/[.'"`\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 64);
  return part === '' ? 'unnamed' : part;
}

/** The expression at a place of a document; what is no text goes into the bag. */
export function expressionAt(
  document: BundleDocument,
  pointer: string,
  { name, description }: { name: string; description?: string | undefined },
  bag: DiagnosticBag,
): NamedExpression[] {
  const scalar = document.scalar(pointer);
  if (scalar === undefined || scalar.text === '') {
    bag.error('V7301', document.spanOf(pointer), `\`${name}\` is no expression`, 'write it as a text');
    return [];
  }
  const described = description === undefined ? {} : { description };
  return [{ name, text: scalar.text, ...described, spanOf: ({ start, end }) => scalar.spanAt(start, end) }];
}
