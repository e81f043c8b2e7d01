// What the page of a diagnostic code says beside its title. A test compiles every example.

import type { DiagnosticCode } from '../codes.js';

/** A part of a bundle; what it does not say is as in base.ts. */
export interface Example {
  /** Texts of files, by path; null where the file is missing. */
  files: Readonly<Record<string, string | null>>;
  /** The condition of the only rule, where that is all there is to show. */
  when?: string;
  /** Shown instead of files that are too large to show. */
  shown?: string;
  /** The files are in Latin-1 in place of UTF-8. */
  latin1?: true;
  /** Limits of the tenant. */
  options?: { profileMax?: 'strict' | 'standard'; costMax?: number };
  /** Other codes that the wrong example gives. */
  also?: readonly DiagnosticCode[];
}

export interface Page {
  /** Why it is so, for whoever writes rules. */
  why: string;
  /** Absent where no bundle gives the code; `why` says when it appears. */
  wrong?: Example;
  right?: Example;
  /** `verdict check --fix` mends the example. */
  fix?: true;
}

/** Pages of the codes of one range. */
export type Pages = Readonly<Partial<Record<DiagnosticCode, Page>>>;

const RULE_PATH = 'rules/example.yaml';

/** A rule with this condition. */
export function when(text: string, ...also: DiagnosticCode[]): Example {
  return { when: text, files: { [RULE_PATH]: ruleText(text) }, ...(also.length === 0 ? {} : { also }) };
}

/** A rule with this condition in a bundle of the profile `strict`. */
export function strictWhen(text: string, ...also: DiagnosticCode[]): Example {
  return { ...when(text, ...also), options: { profileMax: 'strict' } };
}

/** Files that stand in the bundle beside, or in the place of, its own. */
export function files(texts: Example['files'], ...also: DiagnosticCode[]): Example {
  return { files: texts, ...(also.length === 0 ? {} : { also }) };
}

/** Files of which only a description is shown. */
export function large(shown: string, texts: Example['files'], ...also: DiagnosticCode[]): Example {
  return { ...files(texts, ...also), shown };
}

/** The text of a rule in the form that examples have. */
export function ruleText(condition: string, then = '{ score: 100, reason: EXAMPLE }'): string {
  const block = condition.split('\n').join('\n    ');
  return `- id: example\n  when: |\n    ${block}\n  then: ${then}\n`;
}
