// Expressions of the language as they are put together: text, and how tightly its outermost operator binds.

export interface Code {
  readonly text: string;
  readonly level: number;
  /** What is written for its negation, where that is simpler than `!`. */
  readonly opposite?: string;
}

export const Level = {
  CHOICE: 1,
  COALESCE: 2,
  OR: 3,
  AND: 4,
  EQUAL: 5,
  COMPARE: 6,
  ADD: 7,
  MULTIPLY: 8,
  UNARY: 9,
  PRIMARY: 10,
} as const;

/** A name, a literal or a call: nothing that needs parentheses. */
export function atom(text: string): Code {
  return { text, level: Level.PRIMARY };
}

export const TRUE = atom('true');
export const FALSE = atom('false');

export const isTrue = (code: Code): boolean => code.text === 'true';
export const isFalse = (code: Code): boolean => code.text === 'false';

/** The text of a code where at least that level is asked for. */
export function at(code: Code, level: number): string {
  return code.level >= level ? code.text : `(${code.text})`;
}

const OPPOSITES: Readonly<Record<string, string>> = {
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '===': '!==',
  '!==': '===',
};

/** `left operator right` for `< <= > >= === !==`, of values that are not floats where the operator is one of the first four. */
export function compared(operator: string, left: Code, right: Code): Code {
  const level = operator.length === 3 ? Level.EQUAL : Level.COMPARE;
  const [a, b] = [at(left, level + 1), at(right, level + 1)];
  return { text: `${a} ${operator} ${b}`, level, opposite: `${a} ${OPPOSITES[operator]} ${b}` };
}

/** `left operator right` for `+ - * %`. */
export function computed(operator: '+' | '-' | '*' | '/' | '%', left: Code, right: Code): Code {
  const level = operator === '+' || operator === '-' ? Level.ADD : Level.MULTIPLY;
  return { text: `${at(left, level)} ${operator} ${at(right, level + 1)}`, level };
}

export function not(code: Code): Code {
  if (isTrue(code)) return FALSE;
  if (isFalse(code)) return TRUE;
  if (code.opposite !== undefined) {
    const level = code.level === Level.UNARY ? Level.PRIMARY : code.level;
    return { text: code.opposite, level, opposite: code.text };
  }
  return { text: `!${at(code, Level.UNARY)}`, level: Level.UNARY, opposite: at(code, Level.PRIMARY) };
}

/** All of them; those that are always so are left out, and none stands twice. */
export function and(...codes: readonly Code[]): Code {
  return joined(codes, '&&', Level.AND, TRUE, FALSE);
}

/** One of them. */
export function or(...codes: readonly Code[]): Code {
  return joined(codes, '||', Level.OR, FALSE, TRUE);
}

function joined(codes: readonly Code[], operator: string, level: number, neutral: Code, decisive: Code): Code {
  const kept: Code[] = [];
  for (const code of codes) {
    if (code.text === decisive.text) return decisive;
    if (code.text !== neutral.text && !kept.some(({ text }) => text === code.text)) kept.push(code);
  }
  if (kept.length === 0) return neutral;
  if (kept.length === 1) return kept[0]!;
  return { text: kept.map((code) => at(code, level)).join(` ${operator} `), level };
}

/** `test ? yes : no`. */
export function choice(test: Code, yes: Code, no: Code): Code {
  if (isTrue(test)) return yes;
  if (isFalse(test)) return no;
  if (yes.text === no.text) return yes;
  if (yes.text === 'true' && no.text === 'false') return test;
  if (yes.text === 'false' && no.text === 'true') return not(test);
  return { text: `${at(test, Level.COALESCE)} ? ${at(yes, Level.COALESCE)} : ${no.text}`, level: Level.CHOICE };
}

/** `a ?? b`, which does not stand beside `&&` and `||` without parentheses. */
export function coalesced(a: Code, b: Code): Code {
  return { text: `${at(a, Level.EQUAL)} ?? ${at(b, Level.EQUAL)}`, level: Level.COALESCE };
}

export function call(name: string, ...args: readonly Code[]): Code {
  return atom(`${name}(${args.map(({ text }) => text).join(', ')})`);
}

/** `object.rest`, a member or a method with its arguments. */
export function dotted(object: Code, rest: string): Code {
  return atom(`${at(object, Level.PRIMARY)}.${rest}`);
}

/** A text as a literal. */
export function quoted(text: string): Code {
  return atom(JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
}

/** True for a text of one byte a character. */
export function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}
