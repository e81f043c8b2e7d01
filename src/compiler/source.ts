// One expression's text on its way through the compiler, and the faults found in it.

import type { ScalarText } from '../bundle/scalar-text.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { DiagnosticBag, Severity } from '../diagnostic/diagnostic.js';
import { EXPRESSION_FAULTS_MAX } from './limits.js';

/** A text with its place in a file. */
export type Source = ScalarText;

/** Collects what is wrong with one expression; places are offsets in its text. */
export class FaultSink {
  readonly #source: Source;
  readonly #bag: DiagnosticBag;
  #count = 0;
  #errors = 0;

  constructor(source: Source, bag: DiagnosticBag) {
    this.#source = source;
    this.#bag = bag;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  error(code: DiagnosticCode, place: { start: number; end: number }, message: string, advice?: string): void {
    this.#errors++;
    this.#add('error', code, place, message, advice);
  }

  warning(code: DiagnosticCode, place: { start: number; end: number }, message: string, advice?: string): void {
    this.#add('warning', code, place, message, advice);
  }

  #add(severity: Severity, code: DiagnosticCode, place: { start: number; end: number }, message: string, advice?: string): void {
    this.#count++;
    if (this.#count > EXPRESSION_FAULTS_MAX) return;
    const span = this.#source.spanAt(place.start, place.end);
    const more = this.#count === EXPRESSION_FAULTS_MAX ? ' (what follows in this expression is not listed)' : '';
    this.#bag[severity](code, span, message + more, advice);
  }
}

/** A source that stands in no file: `name` is shown instead of one. */
export function looseSource(name: string, text: string): Source {
  const at = (start: number, end: number) => ({ file: name, start, end });
  return { text, span: at(0, text.length), spanAt: at };
}
