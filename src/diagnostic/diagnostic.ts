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
  /** Given only where there is one way to set it right that keeps what was meant. */
  fix?: Fix;
  /** What a proof found: a payload, as JSON.parse gives it, that does what the message says. */
  payload?: unknown;
}

/** What to put in the place of a span. */
export interface Fix {
  span: Span;
  text: string;
}

/** Errors of one run that are listed, and as many warnings; whoever makes more mistakes than that has made one, many times. */
export const DIAGNOSTICS_MAX = 10_000;

function optional(advice: string | undefined, fix: Fix | undefined): Pick<Diagnostic, 'advice' | 'fix'> {
  return { ...(advice === undefined ? {} : { advice }), ...(fix === undefined ? {} : { fix }) };
}

/** Collects diagnostics; passes push into it and go on, so that one run reports all problems of a bundle. */
export class DiagnosticBag {
  readonly items: Diagnostic[] = [];
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0 };
  readonly #max: number;

  /** @param max diagnostics of a severity that are listed */
  constructor(max = DIAGNOSTICS_MAX) {
    this.#max = max;
  }

  /** Adds an error. */
  error(code: DiagnosticCode, span: Span, message: string, advice?: string, fix?: Fix): void {
    this.add({ code, severity: 'error', message, span, ...optional(advice, fix) });
  }

  /** Adds a warning. */
  warning(code: DiagnosticCode, span: Span, message: string, advice?: string, fix?: Fix): void {
    this.add({ code, severity: 'warning', message, span, ...optional(advice, fix) });
  }

  /** Adds a diagnostic; beyond DIAGNOSTICS_MAX of its severity it only counts. */
  add(diagnostic: Diagnostic): void {
    const count = ++this.#counts[diagnostic.severity];
    if (count > this.#max) return;
    const more = count === this.#max ? ` (further ${diagnostic.severity}s are not listed)` : '';
    this.items.push(more === '' ? diagnostic : { ...diagnostic, message: diagnostic.message + more });
  }

  get hasErrors(): boolean {
    return this.#counts.error > 0;
  }

  /** Errors so far: what a pass compares to tell whether it has found any. */
  get errorCount(): number {
    return this.#counts.error;
  }
}
