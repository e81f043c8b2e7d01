// The functions of ZEN: on constants their value, on all else code that means the same, or a refusal.

import { choose, merge } from '../choose.js';
import { and, atom, call, choice, compared, dotted, isAscii, not, or, quoted } from '../code.js';
import { arithmetic, divided } from '../numbers/arithmetic.js';
import { absolute, extreme } from '../numbers/extreme.js';
import { describe, type Num } from '../numbers/number.js';
import { rounded } from '../numbers/rounding.js';
import {
  type Constant,
  type ConstantValue,
  codeOf,
  constant,
  isDecimalValue,
  type ListSymbol,
  NULL,
  needsOf,
  type ObjectSymbol,
  ofTruth,
  plainOf,
  Refusal,
  type Scalar,
  type Sym,
  truthOf,
  ZenFailure,
} from '../symbol.js';
import { dateFunction } from './dates.js';
import { add, compare, type Decimal, divide, numberOf, parseDecimal, textOf, trimmed } from './decimal.js';
import { contains, counted, extremeOf, flattened, lengthOf, plainList, sumOf } from './lists.js';
import type { ZenNode } from './node.js';
import { numberOfText } from './texts.js';
import type { Translation } from './translate.js';

type Function_ = (translation: Translation, args: readonly Sym[], node: ZenNode) => Sym;

/** Patterns in which the two kinds of regular expressions differ: classes of characters are Unicode's in ZEN. */
const UNLIKE_PATTERN = /\\[dwsbDWSB]|\(\?[a-zA-Z-]+[:)]|\\[pPAzxu]|\(\?[<P]|&&|\[\[/;

const FUNCTIONS: Readonly<Record<string, Function_>> = {
  len: (translation, [value], node) => len(translation, value!, node),
  contains: (translation, [within, value]) => containsFunction(translation, within!, value!),
  flatten: (_, [list]) => {
    const value = plainOf(list!);
    if (value.kind !== 'items') throw new Refusal('lists of the payload are put together');
    return flattened(value.items);
  },
  merge: (_, [list]) => mergeAll(list!, false),
  mergeDeep: (_, [list]) => mergeAll(list!, true),
  upper: (translation, [value]) => textMethod(translation, value!, 'toUpperCase()', (text) => text.toUpperCase()),
  lower: (translation, [value]) => textMethod(translation, value!, 'toLowerCase()', (text) => text.toLowerCase()),
  trim: (translation, [value]) => textMethod(translation, value!, 'trim()', (text) => text.trim()),
  startsWith: (translation, [text, part]) => textTest(translation, text!, part!, 'startsWith', (a, b) => a.startsWith(b)),
  endsWith: (translation, [text, part]) => textTest(translation, text!, part!, 'endsWith', (a, b) => a.endsWith(b)),
  matches,
  extract,
  split,
  fuzzyMatch,
  abs: (translation, [value]) => absolute(translation.number(value!)),
  floor: (translation, [value]) => rounded(translation.number(value!), 0, 'floor'),
  ceil: (translation, [value]) => rounded(translation.number(value!), 0, 'ceil'),
  round: (translation, [value, digits]) => rounded(translation.number(value!), scaleIn(digits), 'away'),
  trunc: (translation, [value, digits]) => rounded(translation.number(value!), scaleIn(digits), 'down'),
  sum: (translation, [list]) => sum(translation, list!),
  avg: (translation, [list]) => average(translation, list!),
  min: (translation, [list]) => extremum(translation, list!, 'min'),
  max: (translation, [list]) => extremum(translation, list!, 'max'),
  median: (_, [list]) => {
    const sorted = constantNumbers(list!).sort(compare);
    const middle = sorted.length >> 1;
    const value =
      sorted.length % 2 === 1 ? sorted[middle]! : divide(add(sorted[middle - 1]!, sorted[middle]!)!, { units: 2n, scale: 0 })!;
    return constant(value);
  },
  mode: (_, [list]) => {
    const sorted = constantNumbers(list!).sort(compare);
    const count = (value: Decimal): number => sorted.filter((other) => compare(value, other) === 0).length;
    return constant(sorted.reduce((best, value) => (count(value) >= count(best) ? value : best)));
  },
  rand: () => {
    throw new Refusal('`rand` is chance: a decision is made of its payload alone');
  },
  isNumeric: (_, [value]) =>
    byConstant(value!, 'isNumeric', (x) => isDecimalValue(x) || (typeof x === 'string' && parseDecimal(x) !== undefined)),
  string: (_, [value]) => toText(value!),
  number: (translation, [value], node) => toNumber(translation, value!, node),
  bool: (_, [value]) => toBool(value!),
  type: (_, [value]) => typeName(value!),
  keys,
  values: (translation, [object], node) => {
    const value = plainOf(object!);
    if (value.kind !== 'object' || value.ask !== undefined)
      throw new Refusal('the values of an object whose members are not fixed');
    warnOfOrder(translation, value, node);
    return { kind: 'items', items: presentMembers(value).map(([, when, member]) => ({ when, value: member })) };
  },
};

/** Calls a function of that name. @throws Refusal */
export function callFunction(translation: Translation, name: string, args: readonly ZenNode[], node: ZenNode): Sym {
  const values = args.map((arg) => translation.run(arg));
  for (const value of values) if (value.kind === 'refused') throw new Refusal(value.reason);
  const date = dateFunction(translation, name, values, node);
  if (date !== undefined) return date;
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) throw new Refusal(`there is no function \`${name}\``, node.start, node.end);
  if (values.length === 0) throw new Refusal(`\`${name}\` needs an argument`);
  while (values.length < 2) values.push(NULL);
  return known(translation, values.length > args.length ? values.slice(0, Math.max(args.length, 1)) : values, node);
}

function len(translation: Translation, sym: Sym, node: ZenNode): Sym {
  const value = plainOf(sym);
  if (value.kind === 'items') return counted(value.items.map(({ when }) => when));
  if (value.kind === 'list') {
    const list = plainList(value);
    return lengthOf(list, baseOf(list));
  }
  if (value.kind === 'constant' && typeof value.value === 'string') {
    return constant({ units: BigInt(new TextEncoder().encode(value.value).length), scale: 0 });
  }
  const text = translation.text(value);
  translation.scope.warn('`len` counts bytes in ZEN and UTF-16 units here: the same where the text is ASCII', node);
  return {
    kind: 'scalar',
    type: { kind: 'float' },
    code: dotted(codeOf(text), 'length'),
    nullable: false,
    needs: needsOf(text),
    isPath: false,
  };
}

/** The list of the payload in front of the stages of a list. */
function baseOf(list: ListSymbol): ListSymbol['each'] {
  return atom(/^[\w.]+?(?=\.(?:filter|map)\(|$)/.exec(list.each.text)?.[0] ?? list.each.text);
}

function containsFunction(translation: Translation, inside: Sym, value: Sym): Sym {
  const list = plainOf(inside);
  if (list.kind === 'items' || list.kind === 'list') return ofTruth(contains(translation, list, value));
  return textTest(translation, inside, value, 'includes', (a, b) => a.includes(b));
}

function textMethod(translation: Translation, sym: Sym, method: string, of: (text: string) => string): Sym {
  const text = translation.text(sym);
  if (text.kind === 'constant') return constant(of(text.value as string));
  const domain = text.domain?.map((value) => (typeof value === 'string' ? of(value) : value));
  return { ...plain(text), code: dotted(text.code, method), isPath: false, ...(domain === undefined ? {} : { domain }) };
}

/** Without what is only true of the value itself. */
function plain({ kind, type, code, nullable, needs }: Scalar): Scalar {
  return { kind, type, code, nullable, needs, isPath: false };
}

function textTest(translation: Translation, a: Sym, b: Sym, method: string, of: (a: string, b: string) => boolean): Sym {
  const [text, part] = [translation.text(a), translation.text(b)];
  if (text.kind === 'constant' && part.kind === 'constant') return constant(of(text.value as string, part.value as string));
  const needs = [...needsOf(text), ...needsOf(part)];
  const test = dotted(codeOf(text), `${method}(${codeOf(part).text})`);
  return ofTruth({ holds: and(...needs, test), fails: and(...needs, not(test)) });
}

function patternOf(pattern: Sym): string {
  const value = plainOf(pattern);
  if (value.kind !== 'constant' || typeof value.value !== 'string')
    throw new Refusal('a regular expression that depends on the payload');
  return value.value;
}

function matches(translation: Translation, [sym, pattern]: readonly Sym[], node: ZenNode): Sym {
  const source = patternOf(pattern!);
  const text = translation.text(sym!);
  if (text.kind === 'constant') return constant(regularExpression(source, text.value as string).test(text.value as string));
  if (UNLIKE_PATTERN.test(source)) {
    translation.scope.warn('classes such as `\\d` and `\\w` take all of Unicode in ZEN, and ASCII here', node);
  }
  const test = call('matches', text.code, quoted(source));
  return ofTruth({ holds: and(...text.needs, test), fails: and(...text.needs, not(test)) });
}

/** A pattern that is the same in JavaScript, for a text that is known. */
function regularExpression(source: string, text: string): RegExp {
  if (!isAscii(text) || /\(\?[a-zA-Z-]+[:)]|\(\?[P#]|\\[Az]/.test(source))
    throw new Refusal('a regular expression of a form that JavaScript does not have');
  // a pattern that backtracks without end must not stop the import
  if (text.length > 256 || source.length > 256 || /[+*}]\)*[+*{]/.test(source))
    throw new Refusal('a regular expression of this size on a fixed text');
  try {
    return new RegExp(source, 'u');
  } catch {
    throw new Refusal('a regular expression of a form that JavaScript does not have');
  }
}

function extract(translation: Translation, [sym, pattern]: readonly Sym[]): Sym {
  const text = translation.text(sym!);
  if (text.kind !== 'constant') throw new Refusal('`extract`: the groups of a match are no values of the language');
  const match = regularExpression(patternOf(pattern!), text.value as string).exec(text.value as string);
  const groups = match === null ? [] : [...match].filter((group) => group !== undefined);
  return { kind: 'items', items: groups.map((group) => ({ when: atom('true'), value: constant(group) })) };
}

function split(translation: Translation, [sym, separator]: readonly Sym[]): Sym {
  const [text, by] = [translation.text(sym!), translation.text(separator!)];
  if (text.kind === 'constant' && by.kind === 'constant') {
    const pieces = by.value === '' ? ['', ...(text.value as string), ''] : (text.value as string).split(by.value as string);
    return { kind: 'items', items: pieces.map((piece) => ({ when: atom('true'), value: constant(piece) })) };
  }
  if (by.kind !== 'constant' || by.value === '') throw new Refusal('a split by a separator that is not fixed');
  const as = translation.scope.parameter('piece');
  const element: Scalar = { kind: 'scalar', type: { kind: 'text' }, code: atom(as), nullable: false, needs: [], isPath: true };
  if (needsOf(text).length > 0) throw new Refusal('the pieces of a text that may be null');
  const each = dotted(codeOf(text), `split(${codeOf(by).text})`);
  return {
    kind: 'list',
    each,
    as,
    value: element,
    nullable: false,
    countMax: 4096,
    ...(text.kind === 'scalar' ? { pieces: { text, separator: by.value as string, each, value: element } } : {}),
  };
}

/** Sørensen-Dice and its like are no part of the language: fixed texts only, by the normalised Damerau-Levenshtein distance. */
function fuzzyMatch(translation: Translation, [sym, other]: readonly Sym[]): Sym {
  const list = plainOf(sym!);
  if (list.kind === 'items') {
    return {
      kind: 'items',
      items: list.items.map(({ when, value }) => ({ when, value: fuzzyMatch(translation, [value, other!]) })),
    };
  }
  const [a, b] = [translation.text(list), translation.text(other!)];
  if (a.kind !== 'constant' || b.kind !== 'constant') throw new Refusal('`fuzzyMatch` has no like');
  const [x, y] = [a.value as string, b.value as string];
  if (x === y) return constant({ units: 1n, scale: 0 });
  if (Math.max(x.length, y.length) > 64) throw new Refusal('`fuzzyMatch` of long texts');
  const similarity = 1 - editDistance(x, y) / Math.max(x.length, y.length);
  return constant(trimmed(parseDecimal(similarity.toFixed(10))!));
}

function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

function scaleIn(digits: Sym | undefined): number {
  if (digits === undefined) return 0;
  const value = plainOf(digits);
  if (value.kind === 'constant' && isDecimalValue(value.value)) {
    const scale = numberOf(value.value);
    if (Number.isInteger(scale) && scale >= 0 && scale <= 18) return scale;
  }
  throw new Refusal('rounding to digits that are not fixed, or fewer than none');
}

function certainItems(items: readonly { readonly when: { readonly text: string }; readonly value: Sym }[]): Sym[] {
  if (items.some(({ when }) => when.text !== 'true')) throw new Refusal('a list of which not all elements are certain');
  return items.map(({ value }) => value);
}

function sum(translation: Translation, list: Sym): Sym {
  const value = plainOf(list);
  if (value.kind === 'list') return sumOf(translation, plainList(value));
  if (value.kind !== 'items') throw new ZenFailure(`a list of numbers is needed, and this is ${describe(value)}: ZEN fails here`);
  let total: Num = constant({ units: 0n, scale: 0 }) as Num;
  const zero = constant({ units: 0n, scale: 0 });
  for (const item of value.items)
    total = arithmetic('+', total, translation.number(choose(item.when, translation.number(item.value), zero)));
  return total;
}

function average(translation: Translation, list: Sym): Sym {
  const value = plainOf(list);
  const total = sum(translation, value) as Num;
  if (value.kind === 'items') {
    const count = certainItems(value.items).length;
    if (count === 0) throw new ZenFailure('the average of nothing: ZEN fails here');
    return divided(total, constant({ units: BigInt(count), scale: 0 }) as Num);
  }
  const source = plainList(value as ListSymbol);
  const length = lengthOf(source, baseOf(source));
  // counted as a decimal, so that the quotient is one of exact parts
  const count: Scalar = {
    ...length,
    type: { kind: 'decimal', scale: 0, low: 0, high: source.countMax },
    code: call('toDecimal', length.code, atom('0'), atom('"down"')),
  };
  const quotient = divided(total, count);
  return quotient.kind === 'constant'
    ? quotient
    : { ...quotient, needs: [...quotient.needs, compared('>', length.code, atom('0'))] };
}

function extremum(translation: Translation, list: Sym, name: 'min' | 'max'): Sym {
  const value = plainOf(list);
  if (value.kind === 'list') return extremeOf(translation, name, plainList(value));
  if (value.kind !== 'items') throw new ZenFailure(`a list of numbers is needed, and this is ${describe(value)}: ZEN fails here`);
  const numbers = certainItems(value.items).map((item) => translation.number(item));
  if (numbers.length === 0) throw new ZenFailure(`the ${name} of nothing: ZEN fails here`);
  return extreme(name, numbers);
}

function constantNumbers(list: Sym): Decimal[] {
  const value = plainOf(list);
  if (value.kind !== 'items') throw new Refusal('`median` and `mode` have no like');
  const numbers = certainItems(value.items).map((item) => {
    const number = plainOf(item);
    if (number.kind !== 'constant' || !isDecimalValue(number.value)) throw new Refusal('`median` and `mode` have no like');
    return number.value;
  });
  if (numbers.length === 0) throw new ZenFailure('of an empty list: ZEN fails here');
  return numbers;
}

function byConstant(sym: Sym, name: string, of: (value: ConstantValue) => boolean): Sym {
  const value = plainOf(sym);
  if (value.kind === 'constant') return constant(of(value.value));
  if (value.kind === 'scalar' && !value.nullable && value.type.kind !== 'text')
    return constant(value.type.kind === 'decimal' || value.type.kind === 'float');
  throw new Refusal(`\`${name}\` of a value that depends on the payload`);
}

/** Maps each value that a scalar may have. */
function mapped(value: Scalar, of: (value: ConstantValue) => Constant): Sym {
  let result: Sym = NULL;
  let isFirst = true;
  for (const known of value.domain!) {
    const image = of(known);
    result = isFirst ? image : choose(compared('===', value.code, codeOf(constant(known))), image, result);
    isFirst = false;
  }
  if (!value.nullable || result.kind !== 'scalar')
    return result.kind === 'scalar' ? { ...result, needs: [...value.needs, ...result.needs] } : result;
  return { ...result, needs: [...value.needs, compared('!==', value.code, atom('null'))] };
}

function toText(sym: Sym): Sym {
  const value = plainOf(sym);
  const ofConstant = (known: ConstantValue): Constant => {
    if (known === null) return constant('null');
    return constant(isDecimalValue(known) ? textOf(known) : String(known));
  };
  if (value.kind === 'constant') return ofConstant(value.value);
  if (value.kind !== 'scalar') throw new ZenFailure(`${describe(value)} as a text: ZEN fails here`);
  if (value.type.kind === 'text') {
    if (!value.nullable) return value;
    return {
      ...plain(value),
      code: choice(compared('!==', value.code, atom('null')), value.code, quoted('null')),
      nullable: false,
    };
  }
  if (value.type.kind === 'bool' && !value.nullable) return choose(truthOf(value).holds, constant('true'), constant('false'));
  if (value.domain !== undefined && value.domain.length > 0 && value.domain.length <= 64) return mapped(value, ofConstant);
  throw new Refusal(`${describe(value)} of the payload as a text: the language turns nothing into a text`);
}

function toNumber(translation: Translation, sym: Sym, node: ZenNode): Sym {
  const value = plainOf(sym);
  const ofConstant = (known: ConstantValue): Constant => {
    if (isDecimalValue(known)) return constant(known);
    if (typeof known === 'boolean') return constant({ units: known ? 1n : 0n, scale: 0 });
    const parsed = typeof known === 'string' ? parseDecimal(known) : undefined;
    if (parsed === undefined)
      throw new Refusal(`${known === null ? 'null' : `the text "${known as string}"`} as a number: ZEN fails here`);
    return constant(parsed);
  };
  if (value.kind === 'constant') return ofConstant(value.value);
  if (value.kind !== 'scalar') throw new ZenFailure(`${describe(value)} as a number: ZEN fails here`);
  if (value.type.kind === 'decimal' || value.type.kind === 'float') return translation.number(value);
  if (value.type.kind === 'bool' && !value.nullable) {
    return choose(truthOf(value).holds, constant({ units: 1n, scale: 0 }), constant({ units: 0n, scale: 0 }));
  }
  if (value.domain !== undefined && value.domain.length > 0 && value.domain.length <= 64) return mapped(value, ofConstant);
  if (value.type.kind === 'text') return numberOfText(translation, value, node);
  throw new Refusal(`${describe(value)} of the payload as a number`);
}

function toBool(sym: Sym): Sym {
  const value = plainOf(sym);
  if (value.kind === 'constant') {
    const known = value.value;
    if (typeof known === 'string') return constant(known.trim() === 'true' || (known.trim() !== 'false' && known === ''));
    return constant(isDecimalValue(known) ? known.units !== 0n : known === true);
  }
  if (value.kind !== 'scalar') return constant(true);
  if (value.type.kind === 'bool') {
    const { holds, fails } = truthOf(value);
    if (!value.nullable) return value;
    return ofTruth({ holds, fails: or(fails, compared('===', value.code, atom('null'))) });
  }
  throw new Refusal(`${describe(value)} of the payload as a boolean`);
}

function typeName(sym: Sym): Sym {
  const value = plainOf(sym);
  if (value.kind === 'constant') {
    if (value.value === null) return constant('null');
    return constant(isDecimalValue(value.value) ? 'number' : typeof value.value === 'string' ? 'string' : 'bool');
  }
  if (value.kind === 'items' || (value.kind === 'list' && !value.nullable)) return constant('array');
  if (value.kind === 'object' && value.nullable === undefined) return constant('object');
  if (value.kind !== 'scalar') throw new Refusal('the type of a value that may be null');
  const name = { bool: 'bool', text: 'string', float: 'number', decimal: 'number', timestamp: 'string', date: 'string' }[
    value.type.kind
  ];
  if (!value.nullable) return constant(name);
  return choose(compared('!==', value.code, atom('null')), constant(name), constant('null'));
}

function presentMembers(object: ObjectSymbol): [name: string, when: ReturnType<typeof atom>, value: Sym][] {
  return [...object.members].flatMap(([name, member]): [string, ReturnType<typeof atom>, Sym][] => {
    if (member.kind === 'absent') return [];
    return [[name, member.kind === 'maybe' ? member.when : atom('true'), plainOf(member)]];
  });
}

/** Says that ZEN has no order of members. */
function warnOfOrder(translation: Translation, { members }: ObjectSymbol, node: ZenNode): void {
  if (members.size > 1)
    translation.scope.warn('members come in an order by chance in ZEN, another one each time, and here in that of the rules', node);
}

function keys(translation: Translation, [sym]: readonly Sym[], node: ZenNode): Sym {
  const value = plainOf(sym!);
  if (value.kind === 'object' && value.ask === undefined) {
    warnOfOrder(translation, value, node);
    return { kind: 'items', items: presentMembers(value).map(([name, when]) => ({ when, value: constant(name) })) };
  }
  if (value.kind === 'items') {
    const count = certainItems(value.items).length;
    return {
      kind: 'items',
      items: Array.from({ length: count }, (_item, i) => ({ when: atom('true'), value: constant({ units: BigInt(i), scale: 0 }) })),
    };
  }
  throw new Refusal('the keys of an object of which the payload says what it has');
}

function mergeAll(list: Sym, isDeep: boolean): Sym {
  const value = plainOf(list);
  if (value.kind !== 'items') throw new Refusal('objects of the payload are put together');
  const parts = certainItems(value.items)
    .map(plainOf)
    .filter((part) => !(part.kind === 'constant' && part.value === null));
  if (parts.length > 0 && parts.every((part) => part.kind === 'items'))
    return flattened(parts.map((part) => ({ when: atom('true'), value: part })));
  if (parts.some((part) => part.kind !== 'object')) throw new Refusal('what is put together is not all objects, or not all lists');
  let result: Sym = { kind: 'object', members: new Map() };
  for (const part of parts as ObjectSymbol[])
    result = isDeep
      ? deepMerged(result as ObjectSymbol, part)
      : { kind: 'object', members: new Map([...(result as ObjectSymbol).members, ...part.members]) };
  return result;
}

function deepMerged(below: ObjectSymbol, above: ObjectSymbol): ObjectSymbol {
  const members = new Map(below.members);
  for (const [name, member] of above.members) {
    const known = members.get(name);
    if (known?.kind === 'object' && member.kind === 'object') members.set(name, deepMerged(known, member));
    else if (known?.kind === 'items' && member.kind === 'items')
      members.set(name, { kind: 'items', items: [...known.items, ...member.items] });
    else members.set(name, merge(known ?? { kind: 'absent' }, member));
  }
  return { kind: 'object', members };
}
