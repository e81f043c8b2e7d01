// Names of other engines as names of a bundle: kept where they may be, else turned into the nearest name that is free.

import { NAME_PATTERN } from '../config.js';
import { isFieldName, PAYLOAD_NAME } from '../schema/field-name.js';
import { uniqueName } from '../schema/names.js';

/** Names that expressions have already, or that the language keeps for itself. */
const RESERVED: readonly string[] = [
  ...['now', 'lists', 'parameters', PAYLOAD_NAME, 'value', 'Math', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity', 'this'],
  ...['matches', 'divide', 'round', 'toNumber', 'toDecimal', 'id', 'score', 'outcome', 'reason'],
  ...['break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'export'],
  ...['extends', 'finally', 'for', 'function', 'if', 'import', 'in', 'instanceof', 'new', 'return', 'super', 'switch', 'throw'],
  ...['try', 'typeof', 'var', 'void', 'while', 'with', 'yield', 'let', 'static', 'await', 'async', 'implements', 'interface'],
  ...['package', 'private', 'protected', 'public', 'of', 'eval', 'arguments'],
];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const IDENTIFIER_CHARS_MAX = 64;

/** True for a name that expressions can use as it is. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED.includes(text);
}

/**
 * A field of the payload's root as an expression writes it: `amount`, `payload.class`.
 * @param hasPayload a field of the root is called `payload`, so that no other one can be written behind that name
 * @returns undefined where no expression can read it
 */
export function rootField(name: string, hasPayload: boolean): string | undefined {
  if (name === PAYLOAD_NAME || isIdentifier(name)) return name;
  return isFieldName(name) && !hasPayload ? `${PAYLOAD_NAME}.${name}` : undefined;
}

/** Letters that are not a plain letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', Æ: 'Ae', œ: 'oe', Œ: 'Oe', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L' };

/**
 * `Approval Status` -> `approvalStatus`, `EU shipping` -> `euShipping`, `2nd-rate` -> `_2ndRate`; what is an identifier stays as it
 * is.
 */
export function toIdentifier(text: string): string {
  if (isIdentifier(text)) return text;
  if (IDENTIFIER.test(text)) return `${text}_`;
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæÆœŒøØłŁ]/g, (letter) => LETTERS[letter] as string)
    .split(/[^A-Za-z0-9_]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return 'unnamed';
  const first = words[0]!;
  const head = words.length > 1 || /[^A-Za-z0-9_]/.test(text) ? lowerFirst(first) : first;
  const joined =
    head +
    words
      .slice(1)
      .map((word) => word[0]!.toUpperCase() + word.slice(1))
      .join('');
  const name = (/^[0-9]/.test(joined) ? `_${joined}` : joined).slice(0, IDENTIFIER_CHARS_MAX);
  return isIdentifier(name) ? name : `${name.slice(0, IDENTIFIER_CHARS_MAX - 1)}_`;
}

/** `Approval` -> `approval`; an abbreviation as a whole: `EU` -> `eu`, `IDs` -> `ids`. */
function lowerFirst(word: string): string {
  return /^[A-Z0-9]+s?$/.test(word) ? word.toLowerCase() : word[0]!.toLowerCase() + word.slice(1);
}

/** `Loan Approval.json` -> `loan-approval`; `imported` where nothing is left. */
export function toBundleName(text: string): string {
  const name = text
    .replace(/^.*[/\\]/, '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return NAME_PATTERN.test(name) ? name : 'imported';
}

/** Gives names of which no two are equal. Keep one for each space of names: fields, features and tables share theirs. */
export class Namer {
  readonly #taken: Set<string>;

  /** @param taken names that are given already */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** An identifier for a text; the text itself where it is one that is free. */
  name(text: string): string {
    const wanted = toIdentifier(text);
    // room for the number that makes it unique
    return uniqueName(this.#taken.has(wanted) ? wanted.slice(0, IDENTIFIER_CHARS_MAX - 6) : wanted, this.#taken);
  }

  /** Keeps a name from being given. */
  take(name: string): void {
    this.#taken.add(name);
  }
}
