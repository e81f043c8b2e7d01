// One value or another by a condition, and one object over another: what `?:`, `??`, switches and edges that meet come to.

import { and, atom, type Code, call, choice, coalesced, compared, isFalse, isTrue, not, or } from './code.js';
import { type Decimal, numberOf, trimmed } from './expression/decimal.js';
import { describe, type Num, toFloat, union } from './numbers/number.js';
import {
  ABSENT,
  type Constant,
  codeOf,
  constant,
  type ItemsSymbol,
  isDecimalValue,
  literal,
  NULL,
  needsOf,
  type ObjectSymbol,
  ofTruth,
  plainOf,
  type Scalar,
  type ScalarType,
  type Sym,
  totalCode,
  truthOf,
  typeOf,
} from './symbol.js';

const isScalar = (sym: Sym): sym is Scalar | Constant => sym.kind === 'scalar' || sym.kind === 'constant';
const isNull = (sym: Sym): boolean => sym.kind === 'constant' && sym.value === null;

/** `yes` where the condition holds, else `no`. */
export function choose(when: Code, yes: Sym, no: Sym): Sym {
  if (isTrue(when) || yes === no) return yes;
  if (isFalse(when)) return no;
  if (yes.kind === 'refused') return yes;
  if (no.kind === 'refused') return no;
  if (yes.kind === 'absent' || no.kind === 'absent' || yes.kind === 'maybe' || no.kind === 'maybe')
    return choosePresence(when, yes, no);
  if (isScalar(yes) && isScalar(no)) return chooseScalar(when, yes, no);
  if (yes.kind === 'object' && no.kind === 'object') return chooseObject(when, yes, no);
  if (yes.kind === 'items' && no.kind === 'items') return chooseItems(when, yes, no);
  if (yes.kind === 'list' && no.kind === 'list' && yes.each.text === no.each.text && yes.value === no.value) {
    const { guard, ...list } = yes;
    const either = pick(when, guard ?? atom('true'), no.guard ?? atom('true'));
    return isTrue(either) ? list : { ...list, guard: either };
  }
  if (isNull(no)) return { kind: 'maybe', when, value: under(when, yes) };
  if (isNull(yes)) return { kind: 'maybe', when: not(when), value: under(not(when), no) };
  return { kind: 'refused', reason: `the value is ${describe(yes)} or ${describe(no)}: a value of a bundle has one type` };
}

function choosePresence(when: Code, yes: Sym, no: Sym): Sym {
  if (yes.kind === 'absent' && no.kind === 'absent') return ABSENT;
  const presence = pick(when, presenceOf(yes), presenceOf(no));
  if (no.kind === 'absent') return present(presence, when, plainOf(yes));
  if (yes.kind === 'absent') return present(presence, not(when), plainOf(no));
  // what is null where it is not there need not be chosen
  const [a, b] = [plainOf(yes), plainOf(no)];
  const value = a === b ? a : choose(when, a, b);
  return value.kind === 'refused' || isTrue(presence) ? value : { kind: 'maybe', when: presence, value };
}

/** What is there under a condition: of an object, each of its members. */
function present(presence: Code, when: Code, value: Sym): Sym {
  if (value.kind !== 'object') return { kind: 'maybe', when: presence, value: under(when, value) };
  const members = new Map([...value.members].map(([name, member]) => [name, choose(when, member, ABSENT)]));
  return { kind: 'object', members };
}

function presenceOf(sym: Sym): Code {
  return sym.kind === 'absent' ? atom('false') : sym.kind === 'maybe' ? sym.when : atom('true');
}

/** The value, and null, or without elements, where the condition does not hold. */
function under(when: Code, value: Sym): Sym {
  if (isScalar(value)) return chooseScalar(when, value, NULL);
  if (value.kind === 'items') return { kind: 'items', items: value.items.map((item) => ({ ...item, when: and(when, item.when) })) };
  if (value.kind === 'object') {
    const members = new Map([...value.members].map(([name, member]) => [name, under(when, plainOf(member))]));
    return { ...value, members };
  }
  // no list of the language is null by a condition: this one is empty where it is not there
  if (value.kind === 'list' && value.table === undefined)
    return { ...value, guard: value.guard === undefined ? when : and(when, value.guard) };
  return value;
}

function chooseItems(when: Code, yes: ItemsSymbol, no: ItemsSymbol): ItemsSymbol {
  return {
    kind: 'items',
    items: [
      ...yes.items.map((item) => ({ ...item, when: and(when, item.when) })),
      ...no.items.map((item) => ({ ...item, when: and(not(when), item.when) })),
    ],
  };
}

function chooseObject(when: Code, yes: ObjectSymbol, no: ObjectSymbol): ObjectSymbol {
  const names = new Set([...yes.members.keys(), ...no.members.keys()]);
  const members = new Map<string, Sym>();
  for (const name of names) members.set(name, choose(when, memberOf(yes, name), memberOf(no, name)));
  return { kind: 'object', members };
}

/** A member of an object; absent where it has none. */
export function memberOf(object: ObjectSymbol, name: string): Sym {
  return object.members.get(name) ?? object.ask?.(name) ?? ABSENT;
}

function chooseScalar(when: Code, yes: Scalar | Constant, no: Scalar | Constant): Sym {
  if (yes.kind === 'constant' && no.kind === 'constant' && sameConstant(yes, no)) return yes;
  const type = commonType(yes, no);
  if (type === undefined) {
    if (isNull(yes) && isNull(no)) return NULL;
    return { kind: 'refused', reason: `the value is ${describe(yes)} or ${describe(no)}: a value of a bundle has one type` };
  }
  if (type.kind === 'bool' && !isNull(yes) && !isNull(no) && !isNullable(yes) && !isNullable(no)) {
    const [a, b] = [truthOf(yes), truthOf(no)];
    return ofTruth({ holds: pick(when, a.holds, b.holds), fails: pick(when, a.fails, b.fails) });
  }
  const isFloat = type.kind === 'float';
  // a choice among literals alone would be a number of the language, not a decimal
  const isLiteral = type.kind === 'decimal' && yes.kind === 'constant' && no.kind === 'constant';
  const marked = isLiteral ? (isNull(yes) ? no : yes) : undefined;
  const code = (value: Scalar | Constant): Code => {
    if (value === marked)
      return call(
        'toDecimal',
        literal(marked.value as Decimal),
        atom(String((type as { scale: number }).scale)),
        atom('"half-even"'),
      );
    if (value.kind === 'constant') return isFloat && isDecimalValue(value.value) ? toFloat(value as Num) : literal(value.value);
    if (value.truth !== undefined) return totalCode(value).code;
    const bare = isFloat && value.type.kind === 'decimal' ? floatOf(value) : value.code;
    return value.needs.length === 0 ? bare : choice(and(...value.needs), bare, atom('null'));
  };
  const domain = domainOf(yes, no);
  const within = type.kind === 'decimal' ? boundsOf(yes, no) : undefined;
  return {
    kind: 'scalar',
    // of what `toDecimal` gives, the language knows the digits alone
    type: marked !== undefined && type.kind === 'decimal' ? { ...type, ...anyUnits(type.scale) } : type,
    ...(within === undefined ? {} : { within }),
    code: choice(when, code(yes), code(no)),
    nullable: [yes, no].some((value) => isNullable(value) || needsOf(value).length > 0),
    // what fails on the way is null here: a value behind a choice has no condition that could be tested apart
    needs: [],
    isPath: false,
    ...(domain === undefined ? {} : { domain }),
    ...(isRounded(yes) || isRounded(no) ? { isRounded: true } : {}),
  };
}

/** The bounds of a decimal of 64 bits. */
export function anyUnits(scale: number): { low: number; high: number } {
  const most = 9.3e18 / 10 ** Math.min(18, scale);
  return { low: -most, high: most };
}

/** Bounds that hold for both, where they are narrower than what the language knows. */
function boundsOf(yes: Scalar | Constant, no: Scalar | Constant): Scalar['within'] {
  const all = [yes, no].flatMap((value) => {
    if (value.kind === 'scalar') return value.within ?? (value.type.kind === 'decimal' ? [value.type] : []);
    return isDecimalValue(value.value) ? [{ low: numberOf(value.value), high: numberOf(value.value) }] : [];
  });
  if (all.length === 0) return undefined;
  return { low: Math.min(...all.map(({ low }) => low)), high: Math.max(...all.map(({ high }) => high)) };
}

function pick(when: Code, yes: Code, no: Code): Code {
  if (isTrue(yes) && isFalse(no)) return when;
  if (isFalse(yes) && isTrue(no)) return not(when);
  if (isFalse(yes)) return and(not(when), no);
  if (isFalse(no)) return and(when, yes);
  if (yes.text === no.text) return yes;
  if (isTrue(yes)) return or(when, no);
  if (isTrue(no)) return or(not(when), yes);
  return choice(when, yes, no);
}

function floatOf(value: Scalar): Code {
  return value.nullable ? choice(compared('!==', value.code, atom('null')), toFloat(value), atom('null')) : toFloat(value);
}

const isNullable = (value: Scalar | Constant): boolean => (value.kind === 'constant' ? value.value === null : value.nullable);
const isRounded = (value: Scalar | Constant): boolean => value.kind === 'scalar' && value.isRounded === true;

export function sameConstant(a: Constant, b: Constant): boolean {
  if (isDecimalValue(a.value) && isDecimalValue(b.value))
    return numberOf(a.value) === numberOf(b.value) && literal(a.value).text === literal(b.value).text;
  return a.value === b.value;
}

/** The values that either may have, where these are known. */
function domainOf(yes: Scalar | Constant, no: Scalar | Constant): Scalar['domain'] {
  const of = (value: Scalar | Constant): Scalar['domain'] => {
    if (value.kind === 'scalar') return value.domain;
    return value.value === null ? [] : [isDecimalValue(value.value) ? trimmed(value.value) : value.value];
  };
  const [a, b] = [of(yes), of(no)];
  if (a === undefined || b === undefined) return undefined;
  const all = [...a];
  for (const value of b) if (!all.some((known) => sameConstant(constant(known), constant(value)))) all.push(value);
  return all;
}

/** The type that both have; undefined where they have none in common, or both are null. */
export function commonType(a: Scalar | Constant, b: Scalar | Constant): ScalarType | undefined {
  const [x, y] = [a, b].map((value) =>
    value.kind === 'scalar' ? value.type : value.value === null ? undefined : typeOf(value.value),
  );
  if (x === undefined || y === undefined) return x ?? y;
  if (x.kind === 'decimal' && y.kind === 'decimal') {
    return { kind: 'decimal', scale: Math.max(x.scale, y.scale), low: Math.min(x.low, y.low), high: Math.max(x.high, y.high) };
  }
  if (x.kind === y.kind) return x;
  const kinds = [x.kind, y.kind];
  return kinds.every((kind) => kind === 'decimal' || kind === 'float') ? { kind: 'float' } : undefined;
}

/** `a ?? b`. */
export function coalesce(a: Sym, b: Sym): Sym {
  const [x, y] = [plainOf(a), plainOf(b)];
  if (x.kind === 'refused') return x;
  if (y.kind === 'refused') return y;
  if (isNull(x)) return y;
  if (x.kind === 'list' && x.nullable) {
    const isEmpty = y.kind === 'items' && y.items.length === 0;
    return isEmpty
      ? { ...x, nullable: false, guard: compared('!==', x.each, atom('null')) }
      : { kind: 'refused', reason: 'a list of the payload or another one' };
  }
  if (x.kind !== 'scalar' || !isNullable(x)) return x;
  if (!isScalar(y))
    return { kind: 'refused', reason: `the value is ${describe(x)} or ${describe(y)}: a value of a bundle has one type` };
  const type = commonType(x, y);
  if (type === undefined)
    return { kind: 'refused', reason: `the value is ${describe(x)} or ${describe(y)}: a value of a bundle has one type` };
  if (x.isPath && x.type.kind === type.kind && (y.kind === 'constant' || y.needs.length === 0)) {
    const isFloat = type.kind === 'float' && y.kind === 'constant' && isDecimalValue(y.value);
    const domain = domainOf(x, y);
    return {
      kind: 'scalar',
      type,
      code: coalesced(x.code, isFloat ? toFloat(y as Num) : codeOf(y)),
      nullable: isNullable(y),
      needs: x.needs,
      isPath: false,
      ...(domain === undefined ? {} : { domain }),
    };
  }
  const isThere =
    x.quotient === undefined ? compared('!==', x.code, atom('null')) : compared('!==', codeOf(x.quotient.divisor), atom('0'));
  if (!x.isPath && x.quotient === undefined)
    return { kind: 'refused', reason: 'a value that may be null has to have a name before `??`' };
  const present: Scalar = x.quotient === undefined ? { ...x, nullable: false } : { ...x, nullable: false, needs: union(x.needs) };
  return choose(isThere, present, y);
}

/** One object over another, member by member; what is no object takes the place of what was there. */
export function merge(below: Sym, above: Sym): Sym {
  if (above.kind === 'absent') return below;
  if (above.kind === 'maybe') return choose(above.when, merge(below, above.value), below);
  if (above.kind === 'object' && below.kind === 'maybe') return merge(present(below.when, below.when, plainOf(below)), above);
  if (above.kind !== 'object' || below.kind !== 'object') return above;
  const members = new Map(below.members);
  for (const [name, member] of above.members) members.set(name, merge(memberOf(below, name), member));
  const { ask } = below;
  return { kind: 'object', members, ...(ask === undefined ? {} : { ask }) };
}
