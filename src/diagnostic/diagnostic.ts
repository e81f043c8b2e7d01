// A diagnostic is what an author reads about a mistake in a bundle. Diagnostics are collected, never thrown.

import type { DiagnosticCode } from './codes.js';

export type Severity = 'error' | 'warning';

/** A place in a file of a bundle: offsets in UTF-16 code units into the file's text, end exclusive. */
export interface Span {
  /** Path inside the bundle, e.g. `rules/night.yaml`. */
  file: string;
  start: number;
  end: number;
}

export interface Diagnostic {
  code: DiagnosticCode;
  severity: Severity;
  /** What is wrong, one sentence, without a full stop. */
  message: string;
  span: Span;
  /** What to write instead. */
  advice?: string;
  /** Places that explain it, e.g. the first of two equal ids. */
  related?: { message: string; span: Span }[];
}

/** Collects diagnostics; passes push into it and go on, so that one run reports all problems of a bundle. */
export class DiagnosticBag {
  readonly items: Diagnostic[] = [];

  /** Adds an error. */
  error(code: DiagnosticCode, span: Span, message: string, advice?: string): void {
    this.items.push({ code, severity: 'error', message, span, ...(advice === undefined ? {} : { advice }) });
  }

  /** Adds a warning. */
  warning(code: DiagnosticCode, span: Span, message: string, advice?: string): void {
    this.items.push({ code, severity: 'warning', message, span, ...(advice === undefined ? {} : { advice }) });
  }

  get hasErrors(): boolean {
    return this.items.some((item) => item.severity === 'error');
  }
}
