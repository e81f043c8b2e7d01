// Functions that are called alone: `round(...)`. Their names are names of the language.

import { DECIMAL_FUNCTIONS } from './decimals.js';
import { TEXT_FUNCTIONS } from './texts.js';

const NAMES: ReadonlySet<string> = new Set(
  [...TEXT_FUNCTIONS, ...DECIMAL_FUNCTIONS].filter(({ on }) => on === 'function').map(({ name }) => name),
);

/** Names that are called alone. */
export function functionNames(): string[] {
  return [...NAMES];
}

export function isFunctionName(name: string): boolean {
  return NAMES.has(name);
}
