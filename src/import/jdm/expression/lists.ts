// Lists of ZEN: membership, intervals, and closures over lists that are written out, of the payload, or of tables.

import { and, at, atom, type Code, call, compared, dotted, FALSE, Level, not, or, TRUE } from '../code.js';
import { arithmetic } from '../numbers/arithmetic.js';
import { extreme } from '../numbers/extreme.js';
import { decimalType, describe, type Num, union } from '../numbers/number.js';
import {
  type Constant,
  codeOf,
  constant,
  type ItemsSymbol,
  isDecimalValue,
  kindOf,
  type ListSymbol,
  needsOf,
  ofTruth,
  plainOf,
  Refusal,
  type Scalar,
  type Sym,
  type Truth,
  truthOf,
  ZenFailure,
} from '../symbol.js';
import { numberOf } from './decimal.js';
import { childrenOf, type ZenNode } from './node.js';
import type { Translation } from './translate.js';

/** Members from which on `[...].includes(x)` reads better than comparisons. */
const INCLUDES_MIN = 2;
const ITEMS_MAX = 1024;

/** An interval as a value: the whole numbers in it. */
export function interval(translation: Translation, node: ZenNode & { kind: 'interval' }): Sym {
  const bound = (end: ZenNode): number => {
    const value = plainOf(translation.run(end));
    const number = value.kind === 'constant' && isDecimalValue(value.value) ? numberOf(value.value) : Number.NaN;
    if (!Number.isInteger(number)) throw new Refusal('an interval is a list only where its ends are whole numbers');
    return number;
  };
  const from = bound(node.low) + (node.opening === '[' ? 0 : 1);
  const to = bound(node.high) - (node.closing === ']' ? 0 : 1);
  if (to - from >= ITEMS_MAX) throw new Refusal(`an interval as a list of more than ${ITEMS_MAX} numbers`);
  const count = Math.max(0, to - from + 1);
  const items = Array.from({ length: count }, (_, i) => ({ when: TRUE, value: constant({ units: BigInt(from + i), scale: 0 }) }));
  return { kind: 'items', items };
}

/** When a value lies in an interval. */
export function within(translation: Translation, node: ZenNode & { kind: 'interval' }, value: Sym): Truth {
  const isOutside = node.opening === ']' && node.closing === '[';
  const low = translation.compare(node.opening === '[' || isOutside ? '>=' : '>', value, translation.run(node.low), node);
  const high = translation.compare(node.closing === ']' || isOutside ? '<=' : '<', value, translation.run(node.high), node);
  const truth = conjunction(low, high);
  return isOutside ? { holds: truth.fails, fails: truth.holds } : truth;
}

function conjunction(a: Truth, b: Truth): Truth {
  const isTotal = not(a.holds).text === a.fails.text && not(b.holds).text === b.fails.text;
  return { holds: and(a.holds, b.holds), fails: isTotal ? not(and(a.holds, b.holds)) : or(a.fails, and(a.holds, b.fails)) };
}

/** `value in list`. */
export function contains(translation: Translation, list: Sym, value: Sym): Truth {
  const inside = plainOf(list);
  if (inside.kind === 'refused') throw new Refusal(inside.reason);
  if (inside.kind === 'items') return containsItem(translation, inside, plainOf(value));
  if (inside.kind === 'list') {
    const test = (element: Sym): Code => translation.equal(element, value).holds;
    return listTruth(inside, someCode(inside, test(inside.value)));
  }
  if (inside.kind === 'object') {
    const key = plainOf(value);
    if (key.kind === 'constant' && typeof key.value === 'string') {
      const member = inside.members.get(key.value);
      const there = member === undefined || member.kind === 'absent' ? FALSE : member.kind === 'maybe' ? member.when : TRUE;
      if (inside.ask === undefined) return { holds: there, fails: not(there) };
    }
    throw new Refusal('whether an object of the payload has a member');
  }
  // ZEN fails on all else
  return { holds: FALSE, fails: FALSE };
}

function containsItem(translation: Translation, { items }: ItemsSymbol, value: Sym): Truth {
  const constants = items.filter(
    ({ when, value: item }) => when.text === 'true' && item.kind === 'constant' && item.value !== null,
  );
  if (
    value.kind === 'scalar' &&
    value.truth === undefined &&
    value.quotient === undefined &&
    constants.length === items.length &&
    items.length > INCLUDES_MIN
  ) {
    const kind = value.type.kind === 'float' ? 'decimal' : value.type.kind;
    const same = constants.map((item) => item.value as Constant).filter((item) => kindOf(item.value) === kind);
    if ((kind === 'text' || kind === 'decimal') && value.type.kind !== 'float' && same.length > INCLUDES_MIN) {
      const test = call(`[${same.map((item) => codeOf(item).text).join(', ')}].includes`, value.code);
      if (!value.nullable) return { holds: and(...value.needs, test), fails: and(...value.needs, not(test)) };
      if (value.isPath) {
        const isThere = compared('!==', value.code, atom('null'));
        return { holds: and(...value.needs, isThere, test), fails: and(...value.needs, or(not(isThere), not(test))) };
      }
    }
  }
  const truths = items.map(({ when, value: item }) => {
    const { holds, fails } = translation.equal(value, item);
    return { holds: and(when, holds), fails: or(not(when), fails) };
  });
  if (truths.length === 0) return { holds: FALSE, fails: TRUE };
  const holds = or(...truths.map((truth) => truth.holds));
  const isTotal = truths.every((truth) => not(truth.holds).text === truth.fails.text);
  return { holds, fails: isTotal ? not(holds) : and(...truths.map(({ fails }) => fails)) };
}

/** A test of a list that needs the list not to be null. */
function listTruth(list: ListSymbol, test: Code): Truth {
  if (list.guard !== undefined) {
    const holds = and(list.guard, test);
    return { holds, fails: not(holds) };
  }
  const needs = list.nullable ? [compared('!==', list.each, atom('null'))] : [];
  return { holds: and(...needs, test), fails: and(...needs, not(test)) };
}

/** `each.some(as => test)`; `includes` where the test is an equality of the element itself. */
function someCode(list: ListSymbol, test: Code): Code {
  const { each, as } = source(list);
  const equality = new RegExp(`^(?:${as} === ([^ ]+)|([^ ]+) === ${as})$`).exec(test.text);
  const other = equality?.[1] ?? equality?.[2];
  if (other !== undefined && !new RegExp(`\\b${as}\\b`).test(other) && other !== 'null') return dotted(each, `includes(${other})`);
  return dotted(each, `some(${as} => ${test.text})`);
}

/** The list as the language has it: of a table, the column that is read. */
function source(list: ListSymbol): { each: Code; as: string } {
  if (list.table === undefined) return list;
  const value = plainOf(list.value);
  if (value.kind === 'scalar' && value.isPath && value.code.text.startsWith(`${list.as}.`)) {
    throw new Refusal('several columns of a table that collects are read at a time');
  }
  throw new Refusal('the rows of a table that collects are read as a whole');
}

/** A column of a table as a list of its values; undefined where a value reads more than one. */
function columnList(list: ListSymbol, name: string): ListSymbol {
  const column = list.table!.columns.get(name);
  if (column === undefined || column.kind !== 'scalar' || column.nullable)
    throw new Refusal(`the column \`${name}\` has no value in every row`);
  const element: Scalar = { ...column, code: atom(list.as), isPath: true };
  return {
    kind: 'list',
    each: atom(`${list.table!.name}.${lastName(column.code)}`),
    as: list.as,
    value: element,
    nullable: false,
    countMax: list.countMax,
  };
}

const lastName = (code: Code): string => code.text.slice(code.text.lastIndexOf('.') + 1);

/** The list itself where it is one of the language; of a table that collects, its only column that is filled in every row. */
export function plainList(list: ListSymbol): ListSymbol {
  if (list.table === undefined) return list;
  for (const [name, column] of list.table.columns) if (column.kind === 'scalar' && !column.nullable) return columnList(list, name);
  throw new Refusal('a table that collects has no column with a value in every row');
}

/** Whether the body reads exactly one member of its element, and which. */
function onlyMember(body: ZenNode, alias: string | undefined): string | undefined {
  const names = new Set<string>();
  let isWhole = false;
  const visit = (node: ZenNode): void => {
    const isElement = node.kind === 'element' || (node.kind === 'name' && alias !== undefined && node.name === alias);
    if (isElement) isWhole = true;
    else if (
      node.kind === 'member' &&
      node.property.kind === 'string' &&
      (node.object.kind === 'element' || (node.object.kind === 'name' && node.object.name === alias))
    ) {
      names.add(node.property.value);
    } else for (const child of childrenOf(node)) visit(child);
  };
  visit(body);
  return !isWhole && names.size === 1 ? [...names][0] : undefined;
}

/** `some(list, body)` and its like. */
export function closure(translation: Translation, node: ZenNode & { kind: 'closure' }): Sym {
  const list = plainOf(node.list.kind === 'interval' ? interval(translation, node.list) : translation.run(node.list));
  if (list.kind === 'refused') throw new Refusal(list.reason);
  if (list.kind === 'items') return overItems(translation, node, list);
  if (list.kind !== 'list') throw new ZenFailure(`a list is needed, and this is ${describe(list)}: ZEN fails here`);
  if (list.table === undefined) return overList(translation, node, list);
  const name = onlyMember(node.body, node.alias);
  if (name === undefined) throw new Refusal('several columns of a table that collects are read at a time');
  const column = columnList(list, name);
  const wrapped: ListSymbol = { ...column, value: { kind: 'object', members: new Map([[name, column.value]]) } };
  if (node.name === 'filter') throw new Refusal('the rows of a table that collects are filtered');
  return overList(translation, node, wrapped);
}

function overItems(translation: Translation, { name, alias, body }: ZenNode & { kind: 'closure' }, { items }: ItemsSymbol): Sym {
  const results = items.map(({ when, value }) => ({ when, value, result: translation.within(value, alias, body) }));
  if (name === 'map') return { kind: 'items', items: results.map(({ when, result }) => ({ when, value: result })) };
  if (name === 'flatMap') return flattened(results.map(({ when, result }) => ({ when, value: result })));
  const truths = results.map(({ when, value, result }) => ({ when, value, truth: truthOf(result) }));
  const failing = truths.map(({ when, truth }) => or(not(when), truth.holds, truth.fails)).filter((code) => code.text !== 'true');
  const isTotal = truths.every(({ truth }) => not(truth.holds).text === truth.fails.text);
  const needs = isTotal ? [] : failing;
  const holding = truths.map(({ when, truth }) => and(when, truth.holds));
  const total = (holds: Code): Sym => ofTruth({ holds: and(...needs, holds), fails: and(...needs, not(holds)) });
  switch (name) {
    case 'some':
      return total(or(...holding));
    case 'none':
      return total(not(or(...holding)));
    case 'all':
      return total(and(...truths.map(({ when, truth }) => or(not(when), truth.holds))));
    case 'filter':
      return {
        kind: 'items',
        items: truths.map(({ value }, i) => ({ when: holding[i]!, value })).filter(({ when }) => when.text !== 'false'),
      };
    default: {
      const count = counted(holding);
      return name === 'count' ? count : ofTruth(translation.equal(count, constant({ units: 1n, scale: 0 })));
    }
  }
}

/** How many of the conditions hold. */
export function counted(conditions: readonly Code[]): Num {
  const certain = conditions.filter((code) => code.text === 'true').length;
  const open = conditions.filter((code) => code.text !== 'true' && code.text !== 'false');
  let sum: Num = constant({ units: BigInt(certain), scale: 0 }) as Num;
  for (const code of open) {
    const one: Scalar = {
      kind: 'scalar',
      // of literals alone, a number of the language
      type: { kind: 'float' },
      code: { text: `${at(code, Level.COALESCE)} ? 1 : 0`, level: Level.CHOICE },
      nullable: false,
      needs: [],
      isPath: false,
    };
    sum = arithmetic('+', sum, one);
  }
  return sum;
}

/** Lists in a list as one list, one level deep. */
export function flattened(items: ItemsSymbol['items']): Sym {
  const flat: { when: Code; value: Sym }[] = [];
  for (const { when, value } of items) {
    const inner = plainOf(value);
    if (inner.kind === 'items') flat.push(...inner.items.map((item) => ({ when: and(when, item.when), value: item.value })));
    else if (inner.kind === 'list') throw new Refusal('lists of the payload are put together');
    else flat.push({ when, value: inner });
  }
  return { kind: 'items', items: flat };
}

function overList(translation: Translation, { name, alias, body }: ZenNode & { kind: 'closure' }, list: ListSymbol): Sym {
  const result = translation.within(list.value, alias, body);
  if (name === 'map') return { ...list, value: result };
  if (name === 'flatMap') throw new Refusal('lists of lists of the payload are put together');
  const { holds, fails } = truthOf(result);
  // where ZEN fails for one element, it fails as a whole
  const isTotal = not(holds).text === fails.text;
  const certain = isTotal ? [] : [dotted(list.each, `every(${list.as} => ${or(holds, fails).text})`)];
  const test = (code: Code): Sym => {
    const truth = listTruth(list, code);
    return ofTruth({ holds: and(truth.holds, ...certain), fails: and(...certain, truth.fails) });
  };
  switch (name) {
    case 'some':
      return test(someCode(list, holds));
    case 'none':
      return test(not(someCode(list, holds)));
    case 'all':
      return ofTruth(allTruth(list, holds, certain));
    case 'filter':
      if (!isTotal) throw new Refusal('a filter whose test fails where an element has nulls');
      return { ...list, each: dotted(list.each, `filter(${list.as} => ${holds.text})`) };
    default: {
      if (!isTotal) throw new Refusal('a count whose test fails where an element has nulls');
      const count = lengthOf({ ...list, each: dotted(list.each, `filter(${list.as} => ${holds.text})`) }, list.each);
      return name === 'count' ? count : ofTruth(translation.equal(count, constant({ units: 1n, scale: 0 })));
    }
  }
}

function allTruth(list: ListSymbol, holds: Code, certain: readonly Code[]): Truth {
  const every = dotted(list.each, `every(${list.as} => ${holds.text})`);
  if (list.guard !== undefined) {
    const code = or(not(list.guard), every);
    return { holds: code, fails: not(code) };
  }
  const needs = list.nullable ? [compared('!==', list.each, atom('null'))] : [];
  return { holds: and(...needs, every), fails: and(...needs, ...certain, not(every)) };
}

/** The number of elements. `base` is the list that may be null, where stages follow it. */
export function lengthOf(list: ListSymbol, base: Code = list.each): Scalar {
  const length = dotted(list.each, 'length');
  const isThere = compared('!==', base, atom('null'));
  const guarded =
    list.guard === undefined ? length : { text: `${at(list.guard, Level.COALESCE)} ? ${length.text} : 0`, level: Level.CHOICE };
  return {
    kind: 'scalar',
    // the language counts in floats, which are exact here
    type: { kind: 'float' },
    code: guarded,
    nullable: false,
    needs: list.nullable ? [isThere] : [],
    isPath: false,
  };
}

/** The sum of a list's numbers. */
export function sumOf(translation: Translation, list: ListSymbol): Num {
  const value = translation.number(list.value);
  const type = decimalType(value);
  if (needsOf(value).length > 0) throw new Refusal('a sum of values of which some may be null');
  if (type === undefined) throw new Refusal('a sum of quotients over a list');
  const as = translation.scope.parameter('sum');
  const body = arithmetic('+', { kind: 'scalar', type, code: atom(as), nullable: false, needs: [], isPath: true }, value);
  const code = dotted(list.each, `reduce((${as}, ${list.as}) => ${codeOf(body).text}, 0)`);
  return {
    kind: 'scalar',
    type: { ...type, low: Math.min(0, type.low * list.countMax), high: Math.max(0, type.high * list.countMax) },
    code: list.guard === undefined ? code : { text: `${at(list.guard, Level.COALESCE)} ? ${code.text} : 0`, level: Level.CHOICE },
    nullable: false,
    needs: list.nullable ? [compared('!==', list.each, atom('null'))] : [],
    isPath: false,
  };
}

/** The smallest or largest of a list's numbers; ZEN fails where there is none. */
export function extremeOf(translation: Translation, name: 'min' | 'max', list: ListSymbol): Num {
  const value = translation.number(list.value);
  const type = decimalType(value);
  if (type === undefined || needsOf(value).length > 0) throw new Refusal(`the ${name} of values that may be null or are quotients`);
  const as = translation.scope.parameter(name === 'min' ? 'least' : 'most');
  const start = name === 'min' ? type.high : type.low;
  const initial = { text: String(start), level: start < 0 ? Level.UNARY : Level.PRIMARY };
  const body = extreme(name, [{ kind: 'scalar', type, code: atom(as), nullable: false, needs: [], isPath: true }, value]);
  const isThere = list.nullable ? [compared('!==', list.each, atom('null'))] : [];
  return {
    kind: 'scalar',
    type,
    code: dotted(list.each, `reduce((${as}, ${list.as}) => ${codeOf(body).text}, ${initial.text})`),
    nullable: false,
    needs: union(list.guard === undefined ? isThere : [list.guard], [compared('>', dotted(list.each, 'length'), atom('0'))]),
    isPath: false,
  };
}
