// Texts of Verdict's language with the precedence that they have, so that parentheses stand where they are needed and nowhere else.

/** Precedences of the language's operators, rising. */
export enum Rank {
  CHOICE = 2,
  NULLISH = 3,
  OR = 4,
  AND = 5,
  EQUAL = 8,
  ORDER = 9,
  SUM = 11,
  PRODUCT = 12,
  UNARY = 14,
  ATOM = 18,
}

export interface Code {
  readonly text: string;
  readonly rank: Rank;
}

export const atom = (text: string): Code => ({ text, rank: Rank.ATOM });
export const YES: Code = atom('true');
export const NO: Code = atom('false');

/** The text where something of at least that precedence is expected. */
export function within(code: Code, rank: Rank): string {
  return code.rank < rank ? `(${code.text})` : code.text;
}

const BINARY: Readonly<Record<string, Rank>> = {
  '===': Rank.EQUAL,
  '!==': Rank.EQUAL,
  '<': Rank.ORDER,
  '<=': Rank.ORDER,
  '>': Rank.ORDER,
  '>=': Rank.ORDER,
  '+': Rank.SUM,
  '-': Rank.SUM,
  '*': Rank.PRODUCT,
  '/': Rank.PRODUCT,
  '%': Rank.PRODUCT,
};

/** `left operator right`, of operators that go from left to right. */
export function binaryCode(operator: string, left: Code, right: Code): Code {
  const rank = BINARY[operator]!;
  return { text: `${within(left, rank)} ${operator} ${within(right, rank + 1)}`, rank };
}

/** All of the conditions; those that are always true are left out. */
export function allOf(conditions: readonly Code[]): Code {
  const parts = conditions.filter(({ text }) => text !== 'true');
  if (parts.some(({ text }) => text === 'false')) return NO;
  if (parts.length < 2) return parts[0] ?? YES;
  return { text: parts.map((part) => within(part, Rank.AND)).join(' && '), rank: Rank.AND };
}

/** Any of the conditions; those that are never true are left out. */
export function anyOf(conditions: readonly Code[]): Code {
  const parts = conditions.filter(({ text }) => text !== 'false');
  if (parts.some(({ text }) => text === 'true')) return YES;
  if (parts.length < 2) return parts[0] ?? NO;
  return { text: parts.map((part) => within(part, Rank.OR)).join(' || '), rank: Rank.OR };
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  ['===', '!=='],
  ['!==', '==='],
];

/** `!condition`, or its opposite where it is one test for equality. */
export function notCode(condition: Code): Code {
  if (condition.text === 'true') return NO;
  if (condition.text === 'false') return YES;
  if (condition.rank === Rank.EQUAL) {
    for (const [operator, opposite] of OPPOSITES) {
      const parts = condition.text.split(` ${operator} `);
      const isPlain = parts.length === 2 && parts.every((part) => /^[\w.?]+$|^"[^"\\]*"$/.test(part));
      if (isPlain) return { text: parts.join(` ${opposite} `), rank: Rank.EQUAL };
    }
  }
  if (condition.rank === Rank.UNARY && condition.text.startsWith('!')) return atom(condition.text.slice(1));
  return { text: `!${within(condition, Rank.UNARY)}`, rank: Rank.UNARY };
}

export function choiceCode(test: Code, then: Code, otherwise: Code): Code {
  if (test.text === 'true') return then;
  if (test.text === 'false') return otherwise;
  const text = `${within(test, Rank.NULLISH)} ? ${within(then, Rank.CHOICE)} : ${within(otherwise, Rank.CHOICE)}`;
  return { text, rank: Rank.CHOICE };
}

/** `value ?? otherwise`; beside `&&` and `||` it needs parentheses on either side. */
export function nullishCode(value: Code, otherwise: Code): Code {
  return { text: `${within(value, Rank.EQUAL)} ?? ${within(otherwise, Rank.EQUAL)}`, rank: Rank.NULLISH };
}

export function callCode(name: string, ...args: readonly (Code | string)[]): Code {
  return atom(`${name}(${args.map((arg) => (typeof arg === 'string' ? arg : arg.text)).join(', ')})`);
}

/** `target.name(args)`, or a property where there are no arguments at all. */
export function memberCode(target: Code, name: string, args?: readonly (Code | string)[]): Code {
  const receiver = within(target, Rank.ATOM);
  return args === undefined ? atom(`${receiver}.${name}`) : callCode(`${receiver}.${name}`, ...args);
}

/** A text as a literal. */
export function textCode(text: string): Code {
  return atom(JSON.stringify(text));
}
