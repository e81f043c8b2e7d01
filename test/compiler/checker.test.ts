import { describe, expect, it } from 'vitest';
import { check } from './check.js';

const types: [string, string][] = [
  ['n', 'number'],
  ['i', 'number'],
  ['amount', 'decimal(2)'],
  ['open', 'decimal(0)'],
  ['s', 'string'],
  ['flag', 'boolean'],
  ['country', 'enum(country)'],
  ['at', 'timestamp'],
  ['now', 'timestamp'],
  ['birthday', 'date'],
  ['card', 'object'],
  ['maybe', 'number'],
  ['defaulted + 1', 'number'],
  ['null', 'null'],
  ['"x"', 'string'],
  ['-n', 'number'],
  ['-amount', 'decimal(2)'],
  ['n + 1', 'number'],
  ['n / m % 2', 'number'],
  ['s + t', 'string'],
  ['"a" + s', 'string'],
  ['amount + fee', 'decimal(3)'],
  ['amount * fee', 'decimal(5)'],
  ['amount * 1.5', 'decimal(3)'],
  ['amount - 100', 'decimal(2)'],
  ['amount + (1 - 0.25) * 2', 'decimal(2)'],
  ['n > 1', 'boolean'],
  ['1 < n', 'boolean'],
  ['s < t', 'boolean'],
  ['at < seen', 'boolean'],
  ['now > at', 'boolean'],
  ['at >= "2026-01-01T00:00:00+02:00"', 'boolean'],
  ['"2000-02-29" <= birthday', 'boolean'],
  ['country === "US"', 'boolean'],
  ['country === home', 'boolean'],
  ['flag === other', 'boolean'],
  ['amount > 19.99', 'boolean'],
  ['amount === fee', 'boolean'],
  ['open > 9007199254740993', 'boolean'],
  ['!flag && (n > 1 || m < 2)', 'boolean'],
  ['card !== null', 'boolean'],
  ['((n)) > (1)', 'boolean'],
  ['n > 1 // comment', 'boolean'],
  ['n > 1 /* so */ && flag', 'boolean'],
];

const faults: [string, string[]][] = [
  // names
  ['ammount > 1', ['V3201@ammount']],
  ['undefined === maybe', ['V3201@undefined']],
  ['toString > 1', ['V3201@toString']],
  ['__proto__ === null', ['V3201@__proto__']],
  ['issuer === "x"', ['V3201@issuer']],
  ['card !== null && card.limits > 1', ['V3202@limits']],
  ['card !== null && card.constructor === 1', ['V3202@constructor']],
  ['n.length > 1', ['V3203@length']],
  ['s.length > 1', ['V3203@length']],
  ['(n + 1).x > 1', ['V3203@x']],
  // each fault once, all faults of an expression
  ['ammount * 2 + 1 > foo', ['V3201@ammount', 'V3201@foo']],
  ['ammount > 1 && s > 1 && flag + 1 > 2', ['V3201@ammount', 'V3302@s > 1', 'V3301@flag']],
  ['!ammount && -foo > bar', ['V3201@ammount', 'V3201@foo', 'V3201@bar']],
  // operand types
  ['n + flag', ['V3301@flag']],
  ['s * 2', ['V3301@s']],
  ['-s', ['V3301@-s']],
  ['at - seen', ['V3301@at', 'V3301@seen']],
  ['n + null', ['V3317@null']],
  ['country + 1', ['V3301@country']],
  ['s + 1', ['V3314@1']],
  ['"a" + country', ['V3314@country']],
  ['s + maybeText', ['V3304@maybeText']],
  ['card + 1', ['V3301@card']],
  // comparisons
  ['n > "5"', ['V3302@n > "5"']],
  ['flag === "true"', ['V3302@flag === "true"']],
  ['n === flag', ['V3302@n === flag']],
  ['country === s', ['V3302@country === s']],
  ['at === birthday', ['V3302@at === birthday']],
  ['at > 5', ['V3302@at > 5']],
  ['flag < other', ['V3310@flag < other']],
  ['country < "US"', ['V3310@country < "US"']],
  ['country === "FR"', ['V3309@"FR"']],
  ['country === "us"', ['V3309@"us"']],
  ['country === brand', ['V3311@country === brand']],
  ['at > "2026-01-01"', ['V3312@"2026-01-01"']],
  ['at > "2026-02-30T00:00:00Z"', ['V3312@"2026-02-30T00:00:00Z"']],
  ['birthday > "2026-1-1"', ['V3313@"2026-1-1"']],
  ['card === shop', ['V3315@card === shop']],
  ['n > null', ['V3317@null']],
  ['s === "\\ud800"', ['V3316@"\\ud800"']],
  // logic
  ['n && flag', ['V3303@n']],
  ['flag || s', ['V3303@s']],
  ['!n', ['V3303@n']],
  ['maybe && flag', ['V3303@maybe']],
  ['maybeFlag && flag', ['V3304@maybeFlag']],
  ['!maybeFlag', ['V3304@maybeFlag']],
  // decimals
  ['amount + n', ['V3305@n']],
  ['amount > n', ['V3305@n']],
  ['amount / 2 > 1', ['V3306@amount / 2']],
  ['amount % 2 > 1', ['V3306@amount % 2']],
  ['amount * (1 / 3) > 1', ['V3305@1 / 3']],
  ['amount + 1e60 > 1', ['V3308@1e60']],
  ['open * open * open > 1', ['V3307@open * open * open']],
  // warnings
  ['n !== null', ['V3402@n?']],
  ['null === card.limit || flag', ['V3204@card', 'V3402@card.limit?']],
  ['amount === 19.999', ['V3401@amount === 19.999?']],
  ['amount < 0', ['V3401@amount < 0?']],
  ['amount > 2000000', ['V3401@amount > 2000000?']],
  ['open < 1e30', ['V3401@open < 1e30?']],
  ['i > 100', ['V3401@i > 100?']],
  ['1 < 2', ['V3401@1 < 2?']],
  ['flag || true', ['V3401@flag || true?']],
  ['flag && 1 > 2 && n > 1', ['V3401@1 > 2?']],
  ['true', []],
  ['flag && true', []],
];

// Null narrowing, as TypeScript narrows: no fault, or the field that may still be null.
const narrowing: [string, string[]][] = [
  ['maybe > 1', ['V3304@maybe']],
  ['maybe !== null && maybe > 1', []],
  ['maybe === null || maybe > 1', []],
  ['maybe > 1 && maybe !== null', ['V3304@maybe']],
  ['maybe !== null || maybe > 1', ['V3304@maybe']],
  ['maybe === null && maybe > 1', ['V3304@maybe']],
  ['!(maybe === null) && maybe > 1', []],
  ['!(maybe === null || flag) && maybe > 1', []],
  ['!(maybe !== null) || maybe > 1', []],
  ['!(maybe === null && flag) && maybe > 1', ['V3304@maybe']],
  ['(maybe !== null && flag) && maybe > 1', []],
  ['(maybe !== null || flag) && maybe > 1', ['V3304@maybe']],
  ['(maybe !== null && flag || maybe !== null && other) && maybe > 1', []],
  ['null !== maybe && maybe > 1', []],
  ['maybe === 5 && maybe > 1', []],
  ['maybe !== 5 || maybe > 1', []],
  ['maybe === 5 || maybe > 1', ['V3304@maybe']],
  ['maybeText === s && maybeText < "x"', []],
  ['maybeCountry === maybeText', ['V3302@maybeCountry === maybeText']],
  ['maybeCountry === country', []],
  ['maybe === maybe', []],
  ['maybe === null === flag', []],
  ['card.limit > 1', ['V3204@card']],
  ['card !== null && card.limit > 1', []],
  ['card !== null && card.issuer > "a"', ['V3304@card.issuer']],
  ['card !== null && card.issuer === "a"', []],
  ['card !== null && card.holder !== null && card.holder.age !== null && card.holder.age > 1', []],
  ['card !== null && card.holder.age === 1', ['V3204@card.holder']],
  ['card === null || card.limit > 1', []],
  ['maybeFlag === true', []],
  ['maybeFlag !== null && maybeFlag', []],
  ['maybeFlag !== null && !maybeFlag', []],
  ['-maybe > 1', ['V3304@maybe']],
  ['maybe + maybe > 1', ['V3304@maybe', 'V3304@maybe']],
];

describe('types', () => {
  it.each(types)('%s is a %s', (text, type) => {
    const checked = check(text);
    expect(checked.faults.filter((fault) => !fault.endsWith('?'))).toEqual([]);
    expect(checked.type).toBe(type);
  });
});

describe('faults', () => {
  it.each(faults)('%s', (text, expected) => expect(check(text).faults).toEqual(expected));
});

describe('null', () => {
  it.each(narrowing)('%s', (text, expected) => expect(check(text).faults).toEqual(expected));
});

describe('advice', () => {
  it.each([
    ['ammount > 1', 'did you mean `amount`?'],
    ['issuer === "x"', 'did you mean `card.issuer`?'],
    ['country === "us"', 'did you mean "US"?'],
    ['n > "5"', 'remove the quotes: `5`'],
    ['undefined === maybe', 'write `null`: missing and null are one value'],
    ['maybeFlag && flag', 'write `maybeFlag === true`'],
    ['open * open * open > 1', 'give `open` a `minimum` and a `maximum` in the model'],
    ['card.limit > 1', 'test it first: `card !== null && ...`'],
  ])('%s: %s', (text, advice) => expect(check(text).advice).toEqual([advice]));
});

// Scale, interval (scaled) and width of decimals.
describe('decimals', () => {
  it.each([
    ['amount', 2, 0n, 100000000n, false],
    ['-amount', 2, -100000000n, 0n, false],
    ['amount + fee', 3, -10000n, 1000010000n, false],
    ['amount - fee', 3, -10000n, 1000010000n, false],
    ['amount * fee', 5, -100000000n * 10000n, 100000000n * 10000n, false],
    ['amount * amount', 4, 0n, 10n ** 16n, false],
    ['amount * amount * amount', 6, 0n, 10n ** 24n, true],
    ['open + 1', 0, -(2n ** 63n) + 1n, 2n ** 63n, true],
    ['-open', 0, -(2n ** 63n) + 1n, 2n ** 63n, true],
    ['open * open', 0, -(2n ** 63n) * (2n ** 63n - 1n), 2n ** 126n, true],
    ['open - open + 0.5', 1, (-(2n ** 64n) + 1n) * 10n + 5n, (2n ** 64n - 1n) * 10n + 5n, true],
    ['amount * 0.1', 3, 0n, 100000000n, false],
    ['amount + 5000.00', 2, 500000n, 100500000n, false],
    ['amount + 0x10', 2, 1600n, 100001600n, false],
    ['amount + 1_000.5e-1', 2, 10005n, 100010005n, false],
  ] as const)('%s', (text, scale, low, high, wide) => {
    const { ir, faults: found } = check(text);
    expect(found).toEqual([]);
    expect(ir?.type).toEqual({ kind: 'decimal', scale, low, high, wide });
  });
});
