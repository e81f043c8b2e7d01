// Pieces of the expression language with how tightly they bind, so that parentheses stand only where they are needed.

import { Refusal } from './refusal.js';

/** How tightly the outermost operator of a piece binds. */
export const Level = { CHOICE: 0, OR: 2, AND: 3, EQUALITY: 4, RELATION: 5, SUM: 6, PRODUCT: 7, SIGN: 8, PRIMARY: 9 } as const;

export interface Code {
  readonly text: string;
  readonly level: number;
}

/** Characters of an expression that are written out; behind that, the compiler would refuse it. */
const CODE_CHARS_MAX = 12_000;

export const TRUE: Code = { text: 'true', level: Level.PRIMARY };
export const FALSE: Code = { text: 'false', level: Level.PRIMARY };

/** A piece whose outermost operator binds as `level` says. Throws Refusal where it grows too long. */
export function code(text: string, level: number = Level.PRIMARY): Code {
  if (text.length > CODE_CHARS_MAX)
    throw new Refusal('the expression grows too long when it is written out', 'split it into decisions');
  return { text, level };
}

/** The text of a piece, in parentheses where it binds less than `level`. */
export function at(level: number, piece: Code): string {
  return piece.level < level ? `(${piece.text})` : piece.text;
}

/** `a op b`, of operators that group to the left. */
export function binary(left: Code, operator: string, right: Code, level: number): Code {
  return code(`${at(level, left)} ${operator} ${at(level + 1, right)}`, level);
}

/** What holds where all of them do; each stands once. */
export function and(...parts: readonly Code[]): Code {
  return joined(parts, TRUE, FALSE, '&&', Level.AND);
}

/** What holds where one of them does. */
export function or(...parts: readonly Code[]): Code {
  return joined(parts, FALSE, TRUE, '||', Level.OR);
}

function joined(parts: readonly Code[], neutral: Code, absorbing: Code, operator: string, level: number): Code {
  const kept = new Map<string, Code>();
  for (const part of parts) {
    if (part.text === absorbing.text) return absorbing;
    if (part.text !== neutral.text) kept.set(part.text, part);
  }
  const all = [...kept.values()];
  if (all.length <= 1) return all[0] ?? neutral;
  return code(all.map((part) => at(level, part)).join(` ${operator} `), level);
}

/** `!a`. */
export function not(piece: Code): Code {
  if (piece.text === 'true') return FALSE;
  if (piece.text === 'false') return TRUE;
  const plain = /^!([A-Za-z_][\w.]*)$/.exec(piece.text)?.[1];
  return plain === undefined ? code(`!${at(Level.SIGN, piece)}`, Level.SIGN) : code(plain);
}

/** `when ? then : otherwise`. */
export function choice(when: Code, then: Code, otherwise: Code): Code {
  if (when.text === 'true' || then.text === otherwise.text) return then;
  if (when.text === 'false') return otherwise;
  if (then.text === 'true' && otherwise.text === 'false') return when;
  const last = otherwise.level === Level.CHOICE ? otherwise.text : at(Level.OR, otherwise);
  return code(`${at(Level.OR, when)} ? ${at(Level.OR, then)} : ${last}`, Level.CHOICE);
}

/** A call of a method. */
export function method(of: Code, name: string, ...values: readonly Code[]): Code {
  return code(`${at(Level.PRIMARY, of)}.${name}(${values.map((value) => value.text).join(', ')})`);
}

/** A call of a function. */
export function call(name: string, ...values: readonly Code[]): Code {
  return code(`${name}(${values.map((value) => value.text).join(', ')})`);
}

/** A text as a literal. */
export function textLiteral(value: string): Code {
  // a separator of lines is a line end to some parsers
  return code(JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
}
