// One expression's text on its way through the compiler, and the faults found in it.

import type { ScalarText } from '../bundle/scalar-text.js';
import type { DiagnosticCode } from '../diagnostic/codes.js';
import type { DiagnosticBag, Severity } from '../diagnostic/diagnostic.js';
import { EXPRESSION_FAULTS_MAX } from './limits.js';

/** A text with its place in a file. */
export type Source = ScalarText;

interface Place {
  start: number;
  end: number;
}

/** What to put in the place of a part of the text, where there is one way to set it right that keeps what was meant. */
export interface Replacement extends Place {
  text: string;
}

/** Collects what is wrong with one expression; places are offsets in its text. */
export class FaultSink {
  readonly #source: Source;
  readonly #bag: DiagnosticBag | undefined;
  #count = 0;
  #errors = 0;

  /** @param bag undefined: faults are counted and not reported */
  constructor(source: Source, bag: DiagnosticBag | undefined) {
    this.#source = source;
    this.#bag = bag;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Errors so far, those that are not reported included. */
  get errors(): number {
    return this.#errors;
  }

  /** What stands between two offsets where it is this, white space aside; undefined where it is something else. */
  only(text: string, start: number, end: number): Place | undefined {
    const between = this.#source.text.slice(start, end);
    if (between.trim() !== text) return undefined;
    const at = start + between.indexOf(text);
    return { start: at, end: at + text.length };
  }

  /** A sink of the same text that only counts: for trying out. */
  muted(): FaultSink {
    return new FaultSink(this.#source, undefined);
  }

  error(code: DiagnosticCode, place: Place, message: string, advice?: string, fix?: Replacement): void {
    this.#errors++;
    this.#add('error', code, place, message, advice, fix);
  }

  warning(code: DiagnosticCode, place: Place, message: string, advice?: string, fix?: Replacement): void {
    this.#add('warning', code, place, message, advice, fix);
  }

  #add(severity: Severity, code: DiagnosticCode, place: Place, text: string, advice?: string, fix?: Replacement): void {
    this.#count++;
    if (this.#bag === undefined || this.#count > EXPRESSION_FAULTS_MAX) return;
    const span = this.#source.spanAt(place.start, place.end);
    const message = this.#count === EXPRESSION_FAULTS_MAX ? `${text} (what follows in this expression is not listed)` : text;
    const mended = fix && this.#source.fixAt?.(fix.start, fix.end, fix.text);
    this.#bag.add({
      code,
      severity,
      message,
      span,
      ...(advice === undefined ? {} : { advice }),
      ...(mended === undefined ? {} : { fix: mended }),
    });
  }
}

/** A source that stands in no file: `name` is shown instead of one. */
export function looseSource(name: string, text: string): Source {
  const at = (start: number, end: number) => ({ file: name, start, end });
  return { text, span: at(0, text.length), spanAt: at, fixAt: (start, end, text) => ({ span: at(start, end), text }) };
}
