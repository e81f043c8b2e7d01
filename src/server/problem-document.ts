// Problem documents (RFC 9457): the one form of every error the server answers.

import { type PayloadError, PROBLEMS, Problem } from '../errors.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** JSON text of a problem: type, title, status, detail, code and, where there are any, errors and diagnostics. */
export function renderProblem(problem: Problem): string {
  return JSON.stringify(problemDocument(problem));
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: readonly PayloadError[];
  diagnostics?: readonly unknown[];
}

export function problemDocument(problem: Problem): ProblemDocument {
  const { title, status } = PROBLEMS[problem.code];
  return {
    type: `urn:verdict:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...(problem.diagnostics === undefined ? {} : { diagnostics: problem.diagnostics }),
  };
}

/** Any thrown value as a problem: what is not one is our bug, and its text stays in the log. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('INTERNAL');
}
