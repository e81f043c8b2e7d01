// FEEL's own functions, where the expression language has one of the same meaning. The others are refused by name.

import type { Place } from '../feel/ast.js';
import * as decimal from '../feel/decimal.js';
import { asNumber, asText, constantOf } from './arithmetic.js';
import { and, at, binary, type Code, call, choice, code, Level, method } from './code.js';
import { equal, logicAnd, logicNot, logicOr } from './comparison.js';
import { asList, conditionOn, lengthOf, passOver, reduced } from './lists.js';
import type { Lowering } from './lower.js';
import { dateOf, momentOf } from './moments.js';
import { Refusal } from './refusal.js';
import { isSimple, needSimple } from './simple.js';
import {
  type BoolValue,
  boolConstant,
  type ListValue,
  NULL,
  NUMBER,
  namedScalar,
  numberConstant,
  type ScalarValue,
  type SimpleValue,
  TEXT,
  textConstant,
  typeOf,
  type Value,
} from './value.js';

export interface Given {
  readonly name?: string;
  readonly value: Value;
}

interface Builtin {
  /** Names of its parameters, for values that are given by name; several ways where it has several. */
  readonly parameters: readonly string[];
  /** Fewest values; the most are as many as parameters, or any number. */
  readonly least: number;
  readonly any?: true;
  make(values: readonly (Value | undefined)[], lowering: Lowering, place: Place): Value;
}

/** Calls a function of FEEL. Throws Refusal for those that have no counterpart. */
export function callBuiltin(name: string, given: readonly Given[], lowering: Lowering, place: Place): Value {
  const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
  if (builtin === undefined) {
    throw new Refusal(
      `the function \`${name}\` is not carried over`,
      'compute its value before it is asked for, and give it as an input',
    );
  }
  const { parameters, least, any } = builtin;
  const named = given.some((one) => one.name !== undefined);
  const values = named
    ? parameters.map((parameter) => given.find((one) => one.name === parameter)?.value)
    : given.map((one) => one.value);
  const count = values.filter((value) => value !== undefined).length;
  if (count < least || count < given.length || (!any && given.length > parameters.length)) {
    const takes = any ? `at least ${least}` : least === parameters.length ? `${least}` : `${least} to ${parameters.length}`;
    throw new Refusal(`\`${name}\` takes ${takes} values (${parameters.join(', ')}), not ${given.length}`, 'give these');
  }
  return builtin.make(values, lowering, place);
}

// --- Ways to make functions ---

/** A scalar of scalars; null where one of them is. */
function scalars(
  parameters: readonly string[],
  kinds: readonly ('text' | 'number' | 'date')[],
  make: (values: readonly ScalarValue[], lowering: Lowering, place: Place) => Value,
  least = parameters.length,
): Builtin {
  return {
    parameters,
    least,
    make: (values, lowering, place) => {
      const plain: ScalarValue[] = [];
      for (const [index, value] of values.entries()) {
        if (value === undefined) continue;
        const found = lowering.plain(needSimple(value));
        if (found.kind === 'null') return NULL;
        const kind = kinds[Math.min(index, kinds.length - 1)]!;
        plain.push(needKind(found, kind, lowering));
      }
      return make(plain, lowering, place);
    },
  };
}

function needKind(value: SimpleValue, kind: 'text' | 'number' | 'date', lowering: Lowering): ScalarValue {
  if (value.kind === 'scalar') {
    const own = value.type.kind;
    if (
      kind === 'number'
        ? own === 'number' || own === 'decimal'
        : kind === 'text'
          ? own === 'text' || own === 'enum'
          : own === 'date'
    ) {
      return kind === 'text' ? asText(value, lowering) : value;
    }
  }
  throw new Refusal(`a ${kind} is needed here`, 'FEEL gives null for other types');
}

const guardsOf = (values: readonly ScalarValue[]): Code[] => values.flatMap((value) => [...value.guards]);

/** A test of texts: exact in both languages. */
function textTest(name: string, parameters: readonly string[]): Builtin {
  return scalars(parameters, ['text'], (values) => {
    const [text, searched] = values as [ScalarValue, ScalarValue];
    const guards = guardsOf(values);
    const holds = method(text.code, name, searched.code);
    const whenFalse = code(`!${at(Level.PRIMARY, holds)}`, Level.SIGN);
    return { kind: 'bool', whenTrue: and(...guards, holds), whenFalse: and(...guards, whenFalse), total: guards.length === 0 };
  });
}

function textOf(parameters: readonly string[], make: (values: readonly ScalarValue[]) => Code): Builtin {
  return scalars(parameters, ['text'], (values) => ({ kind: 'scalar', type: TEXT, code: make(values), guards: guardsOf(values) }));
}

/** A function of one number that is defined where `guard` holds. */
function mathOf(name: string, guard?: (x: Code) => Code): Builtin {
  return scalars(['number'], ['number'], (values) => {
    const x = asNumber(values[0]!);
    const guards = [...values[0]!.guards, ...(guard === undefined ? [] : [guard(x)])];
    return { kind: 'scalar', type: NUMBER, code: call(name, x), guards };
  });
}

/** Floor or ceiling: exact for decimals, which are whole afterwards. */
function whole(towards: 'floor' | 'ceiling'): Builtin {
  return scalars(['n'], ['number'], (values) => {
    const [x] = values as [ScalarValue];
    const constant = constantOf(x);
    if (constant !== undefined) return numberConstant(decimal.toWhole(constant, towards));
    const name = towards === 'floor' ? 'Math.floor' : 'Math.ceil';
    return { kind: 'scalar', type: NUMBER, code: call(name, asNumber(x)), guards: x.guards };
  });
}

/** Rounding to a number of digits: exact for decimals alone. */
function rounding(mode: string): Builtin {
  return scalars(
    ['n', 'scale'],
    ['number'],
    (values, lowering, place) => {
      const [x, digits = numberConstant(decimal.decimalOf(0n))] = values as [ScalarValue, ScalarValue?];
      const scale = constantOf(digits);
      const places = scale === undefined ? undefined : decimal.toInteger(scale);
      if (places === undefined || places < 0n || places > 18n)
        throw new Refusal('the scale is no number from 0 to 18', 'write one');
      const rounded = [code(`${places}`), code(`"${mode}"`)] as const;
      if (x.type.kind === 'decimal') {
        const type = { kind: 'decimal', scale: Number(places), bits: x.type.bits + 1 } as const;
        return { kind: 'scalar', type, code: call('round', x.code, ...rounded), guards: x.guards };
      }
      lowering.surroundings.warn(
        place,
        'a number is rounded from its 64-bit form, which may lie on the other side of a half',
        'give the import payloads, or allowed values, from which the digits of its inputs can be seen',
      );
      return { kind: 'scalar', type: NUMBER, code: call('toNumber', call('toDecimal', x.code, ...rounded)), guards: x.guards };
    },
    1,
  );
}

/** Values that are given one by one, or as one list. */
function items(values: readonly (Value | undefined)[]): readonly Value[] | ListValue {
  const [first] = values;
  if (values.length === 1 && first?.kind === 'array') return first.items;
  if (values.length === 1 && first?.kind === 'list') return first;
  return values.filter((value) => value !== undefined);
}

function extreme(name: 'Math.min' | 'Math.max'): Builtin {
  return {
    parameters: ['list'],
    least: 1,
    any: true,
    make: (values, lowering) => {
      const found = items(values);
      if (Array.isArray(found)) return ofNumbers(found as readonly Value[], lowering, (codes) => call(name, ...codes), 'same');
      const list = asList(found as ListValue);
      const { parameter, item, whole: noNull } = passOver(list, lowering);
      const value = needKind(item, 'number', lowering);
      const best = lowering.surroundings.fresh('best');
      const start = code(name === 'Math.min' ? '1 / 0' : '-1 / 0', Level.PRODUCT);
      const step = stepped(value, best, call(name, code(best), asNumber(value)));
      const some = code(`${lengthOf(list).text} > 0`, Level.RELATION);
      return {
        kind: 'scalar',
        type: NUMBER,
        code: reduced(list, best, parameter, step, start),
        guards: [...list.guards, some, ...noNull],
      };
    },
  };
}

/** A number of numbers that are written one by one; null where one of them is. */
function ofNumbers(
  found: readonly Value[],
  lowering: Lowering,
  make: (codes: readonly Code[]) => Code,
  type: 'same' | 'number',
): Value {
  if (found.length === 0) return NULL;
  const plain = found.map((value) => lowering.plain(needSimple(value)));
  if (plain.some((value) => value.kind === 'null')) return NULL;
  const numbers = plain.map((value) => needKind(value, 'number', lowering));
  const exact = type === 'same' && numbers.every((value) => value.type.kind === 'decimal' || constantOf(value) !== undefined);
  const decimals = numbers.flatMap((value) => (value.type.kind === 'decimal' ? [value.type] : []));
  const guards = guardsOf(numbers);
  if (exact && decimals.length > 0 && decimals.length === numbers.length) {
    const scale = Math.max(...decimals.map((one) => one.scale));
    const bits = Math.max(...decimals.map((one) => one.bits + Math.ceil((scale - one.scale) * 3.33)));
    return { kind: 'scalar', type: { kind: 'decimal', scale, bits }, code: make(numbers.map((value) => value.code)), guards };
  }
  return { kind: 'scalar', type: NUMBER, code: make(numbers.map(asNumber)), guards };
}

function total(mean: boolean): Builtin {
  return {
    parameters: ['list'],
    least: 1,
    any: true,
    make: (values, lowering) => {
      const found = items(values);
      if (Array.isArray(found)) {
        const parts = found as readonly Value[];
        const sum = (codes: readonly Code[]): Code => codes.reduce((a, b) => binary(a, '+', b, Level.SUM));
        const average = (codes: readonly Code[]): Code => binary(sum(codes), '/', code(`${codes.length}`), Level.PRODUCT);
        return ofNumbers(parts, lowering, mean ? average : sum, 'number');
      }
      const list = asList(found as ListValue);
      const { parameter, item, whole: noNull } = passOver(list, lowering);
      const value = needKind(item, 'number', lowering);
      const sum = lowering.surroundings.fresh('sum');
      const exact = value.type.kind === 'decimal' && !mean && value.type.bits < 64;
      const added = stepped(value, sum, binary(code(sum), '+', exact ? value.code : asNumber(value), Level.SUM));
      const all = reduced(list, sum, parameter, added, code('0'));
      const some = code(`${lengthOf(list).text} > 0`, Level.RELATION);
      const guards = [...list.guards, some, ...noNull];
      if (mean) return { kind: 'scalar', type: NUMBER, code: binary(all, '/', lengthOf(list), Level.PRODUCT), guards };
      const type = exact && value.type.kind === 'decimal' ? { ...value.type, bits: value.type.bits + 16 } : NUMBER;
      return { kind: 'scalar', type, code: all, guards };
    },
  };
}

/** A step of a pass that is only taken where no element is null: the compiler is told so by a choice. */
function stepped(item: ScalarValue, accumulator: string, step: Code): Code {
  return choice(and(...item.guards), step, code(accumulator));
}

function logicOf(combine: (a: BoolValue, b: BoolValue) => BoolValue, empty: boolean): Builtin {
  return {
    parameters: ['list'],
    least: 1,
    any: true,
    make: (values, lowering) => {
      const found = items(values);
      if (!Array.isArray(found)) {
        return conditionOn(asList(found as ListValue), empty ? 'every' : 'some', (item) => needBool(item, lowering), lowering);
      }
      return (found as readonly Value[]).map((value) => needBool(value, lowering)).reduce(combine, boolConstant(empty));
    },
  };
}

function needBool(value: Value, lowering: Lowering): BoolValue {
  const plain = lowering.plain(needSimple(value));
  if (plain.kind === 'bool') return plain;
  if (plain.kind === 'null') return { kind: 'bool', whenTrue: code('false'), whenFalse: code('false'), total: false };
  throw new Refusal('a boolean is needed here', 'compare the value with something');
}

/** Text beyond the basic plane counts differently in the two languages. */
function units(name: string, lowering: Lowering, place: Place): void {
  lowering.surroundings.warn(
    place,
    `\`${name}\` counts UTF-16 units: an emoji is two of them, and one character to FEEL`,
    'nothing differs for texts without such characters',
  );
}

const positive = (x: Code): Code => binary(x, '>', code('0'), Level.RELATION);
const notNegative = (x: Code): Code => binary(x, '>=', code('0'), Level.RELATION);
/** A pattern that means the same in XPath and here. */
const COMMON_PATTERN =
  /^(?:[\w \-@%#!&,;:=<>/~'"]|\\[.\\+*?()[\]{}|^$dwsDWS-]|\.|[+*?]|\{\d+(?:,\d*)?\}|[()|^$]|\[\^?[\w @%#!&,;:=<>/~'".+*-]+\])*$/;

const BUILTINS: Readonly<Record<string, Builtin>> = {
  not: {
    parameters: ['negand'],
    least: 1,
    make: (values, lowering) => logicNot(needBool(values[0]!, lowering)),
  },
  contains: textTest('includes', ['string', 'match']),
  'starts with': textTest('startsWith', ['string', 'match']),
  'ends with': textTest('endsWith', ['string', 'match']),
  'upper case': textOf(['string'], ([text]) => method(text!.code, 'toUpperCase')),
  'lower case': textOf(['string'], ([text]) => method(text!.code, 'toLowerCase')),
  'substring before': textOf(['string', 'match'], ([text, match]) => {
    const index = method(text!.code, 'indexOf', match!.code);
    return choice(binary(index, '<', code('0'), Level.RELATION), code('""'), method(text!.code, 'slice', code('0'), index));
  }),
  'substring after': textOf(['string', 'match'], ([text, match]) => {
    const index = method(text!.code, 'indexOf', match!.code);
    const from = binary(index, '+', code(`${at(Level.PRIMARY, match!.code)}.length`), Level.SUM);
    return choice(binary(index, '<', code('0'), Level.RELATION), code('""'), method(text!.code, 'slice', from));
  }),
  'string length': scalars(['string'], ['text'], (values, lowering, place) => {
    const [text] = values as [ScalarValue];
    if (typeof text.constant === 'string') return numberConstant(decimal.decimalOf(BigInt([...text.constant].length)));
    units('string length', lowering, place);
    return { kind: 'scalar', type: NUMBER, code: code(`${at(Level.PRIMARY, text.code)}.length`), guards: text.guards };
  }),
  substring: scalars(
    ['string', 'start position', 'length'],
    ['text', 'number', 'number'],
    (values, lowering, place) => {
      const [text, start, length] = values as [ScalarValue, ScalarValue, ScalarValue?];
      const known = [start, length].map((value) => value && Number(decimal.toInteger(constantOf(value) ?? HALF) ?? Number.NaN));
      const [from, count] = known as [number, number | undefined];
      if (!Number.isInteger(from) || (length !== undefined && !(Number.isInteger(count) && count! > 0))) {
        throw new Refusal('positions of `substring` that are computed are not carried over', 'write them as numbers');
      }
      if (from === 0) return NULL;
      units('substring', lowering, place);
      const begin = from > 0 ? from - 1 : from;
      const end = count === undefined || begin + count === 0 ? [] : [code(`${begin + count}`)];
      // behind the end of the text from the back, the last character ends it
      const ends = begin < 0 && count !== undefined && begin + count >= 0 ? [] : end;
      return { kind: 'scalar', type: TEXT, code: method(text.code, 'slice', code(`${begin}`), ...ends), guards: text.guards };
    },
    2,
  ),
  matches: scalars(['input', 'pattern'], ['text'], (values) => {
    const [text, pattern] = values as [ScalarValue, ScalarValue];
    if (typeof pattern.constant !== 'string' || !COMMON_PATTERN.test(pattern.constant)) {
      throw new Refusal('the pattern may mean something else in the expression language', 'use literals, classes and `* + ? |`');
    }
    const holds = call('matches', text.code, pattern.code);
    const { guards } = text;
    const whenFalse = code(`!${holds.text}`, Level.SIGN);
    return { kind: 'bool', whenTrue: and(...guards, holds), whenFalse: and(...guards, whenFalse), total: guards.length === 0 };
  }),
  string: {
    parameters: ['from'],
    least: 1,
    make: (values, lowering) => {
      const value = lowering.plain(needSimple(values[0]!));
      const constant = constantOf(value);
      if (constant !== undefined) return textConstant(decimal.decimalText(constant));
      if (value.kind === 'scalar' && (value.type.kind === 'text' || value.type.kind === 'enum')) return asText(value, lowering);
      if (value.kind === 'null') return NULL;
      throw new Refusal('a number or date as a text is not carried over', 'write texts where they are shown');
    },
  },
  number: scalars(['from'], ['text'], (values) => {
    const [text] = values as [ScalarValue];
    const value = typeof text.constant === 'string' ? decimal.parseDecimal(text.constant) : undefined;
    if (value === undefined) throw new Refusal('reading a number from a text is not carried over', 'declare the input as a number');
    return numberConstant(value);
  }),
  date: scalars(
    ['from', 'month', 'day'],
    ['text', 'number', 'number'],
    (values) => {
      const [text] = values;
      if (values.length !== 1 || typeof text?.constant !== 'string') {
        throw new Refusal('a date that is computed is not carried over', 'write it as `date("2026-01-31")`');
      }
      return dateOf(text.constant) ?? NULL;
    },
    1,
  ),
  'date and time': scalars(['from'], ['text'], (values) => {
    const [text] = values;
    if (typeof text?.constant !== 'string') throw new Refusal('a time that is computed is not carried over', 'write it down');
    return momentOf(text.constant);
  }),
  now: {
    parameters: [],
    least: 0,
    make: () => namedScalar({ kind: 'timestamp' }, code('now'), false),
  },
  today: {
    parameters: [],
    least: 0,
    make: (_, lowering, place) => {
      lowering.surroundings.warn(place, '`today()` is the date in UTC', 'write the zone into `now.toDate("UTC")`');
      return { kind: 'scalar', type: { kind: 'date' }, code: code('now.toDate("UTC")'), guards: [] };
    },
  },
  'day of year': scalars(['date'], ['date'], ([date]) => ({
    kind: 'scalar',
    type: NUMBER,
    code: method(date!.code, 'dayOfYear'),
    guards: date!.guards,
  })),
  abs: scalars(['n'], ['number'], ([x]) => {
    const constant = constantOf(x!);
    if (constant !== undefined) return numberConstant(constant.coefficient < 0n ? decimal.negate(constant) : constant);
    return { kind: 'scalar', type: x!.type, code: call('Math.abs', x!.code), guards: x!.guards };
  }),
  floor: whole('floor'),
  ceiling: whole('ceiling'),
  sqrt: mathOf('Math.sqrt', notNegative),
  log: mathOf('Math.log', positive),
  exp: mathOf('Math.exp'),
  decimal: rounding('half-even'),
  'round up': rounding('up'),
  'round down': rounding('down'),
  'round half up': rounding('half-up'),
  modulo: scalars(['dividend', 'divisor'], ['number'], (values) => {
    const [a, b] = (values as [ScalarValue, ScalarValue]).map(asNumber) as [Code, Code];
    const quotient = call('Math.floor', binary(a, '/', b, Level.PRODUCT));
    const guards = [...guardsOf(values), code(`${at(Level.RELATION, b)} !== 0`, Level.EQUALITY)];
    return { kind: 'scalar', type: NUMBER, code: binary(a, '-', binary(b, '*', quotient, Level.PRODUCT), Level.SUM), guards };
  }),
  odd: parity('!=='),
  even: parity('==='),
  count: {
    parameters: ['list'],
    least: 1,
    make: (values) => {
      const [list] = values;
      if (list?.kind === 'array') return numberConstant(decimal.decimalOf(BigInt(list.items.length)));
      if (list?.kind === 'rows')
        throw new Refusal('rows of a table with several outputs are counted', 'count in a table of its own');
      const found = asList(list!);
      return { kind: 'scalar', type: NUMBER, code: lengthOf(found), guards: found.guards };
    },
  },
  min: extreme('Math.min'),
  max: extreme('Math.max'),
  sum: total(false),
  mean: total(true),
  all: logicOf(logicAnd, true),
  any: logicOf(logicOr, false),
  'list contains': {
    parameters: ['list', 'element'],
    least: 2,
    make: (values, lowering) => {
      const [list, element] = values;
      const searched = needSimple(element!);
      if (list?.kind === 'array') {
        return list.items.map((item) => equal(needSimple(item), searched, lowering)).reduce(logicOr, boolConstant(false));
      }
      const settled = isSimple(searched) && typeOf(searched) !== undefined ? lowering.settled(searched, lowering.hint) : searched;
      return conditionOn(asList(list!), 'some', (item) => equal(needSimple(item), settled, lowering), lowering);
    },
  },
};

const HALF = decimal.parseDecimal('0.5')!;

function parity(relation: '===' | '!=='): Builtin {
  return scalars(['n'], ['number'], ([x]) => {
    const rest = binary(asNumber(x!), '%', code('2'), Level.PRODUCT);
    const is = code(`${rest.text} ${relation} 0`, Level.EQUALITY);
    const isNot = code(`${rest.text} ${relation === '===' ? '!==' : '==='} 0`, Level.EQUALITY);
    const { guards } = x!;
    return { kind: 'bool', whenTrue: and(...guards, is), whenFalse: and(...guards, isNot), total: guards.length === 0 };
  });
}
