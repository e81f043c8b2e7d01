// The profile `standard`: code, place and advice of what it refuses.

import { describe, expect, it } from 'vitest';
import { check } from './check-standard.js';

/** Text, faults, advice where there is one. */
const refused: Record<string, [text: string, faults: string[], advice?: string][]> = {
  conditionals: [
    ['country === (flag ? "US" : "FR")', ['V3309@"FR"'], 'its members are "US", "GB", "DE"'],
    ['flag ? null : null', ['V3317@flag ? null : null'], 'write a value in one of them'],
    ['flag ? n : s', ['V3320@s'], 'values are never converted; bring them to one type'],
    ['flag ? card : n', ['V3321@card'], 'choose between fields, or results of methods'],
    ['flag ? country : brand', ['V3320@brand'], 'values are never converted; bring them to one type'],
    ['n ? 1 : 2', ['V3303@n'], 'compare it, for instance with `!== 0`'],
    ['maybeFlag ? 1 : 2', ['V3304@maybeFlag'], 'write `maybeFlag === true`'],
    [
      'flag ? amount : n',
      ['V3305@n'],
      'declare both in the model as decimals (`multipleOf: 0.01`), or both as plain numbers; `standard` also has `toNumber` and `toDecimal`',
    ],
    ['flag ? (big * big) : 0.5', ['V3307@flag ? (big * big) : 0.5'], 'narrow `minimum` and `maximum` of its fields in the model'],
  ],
  null: [
    [
      'maybe === null ? maybe + 1 : 0',
      ['V3304@maybe'],
      'test it first: `maybe !== null && ...`, or give it a `default` in the model',
    ],
    [
      '(flag ? maybe !== null : true) && maybe > 1',
      ['V3304@maybe'],
      'test it first: `maybe !== null && ...`, or give it a `default` in the model',
    ],
    ['maybeCountry ?? "XX"', ['V3309@"XX"'], 'its members are "US", "GB", "DE"'],
    ['trust > 1', ['V3304@trust'], 'test it first: `trust !== null && ...`'],
  ],
  'optional chains': [
    ['note.length', ['V3304@note'], 'write `note?.`, or test it first: `note !== null && ...`'],
    ['note?.length > 5', ['V3304@note?.length'], 'say what it is then: `... ?? 0`'],
    ['(note?.trim()).length', ['V3304@(note?.trim())'], 'write `?.`'],
    ['card?.limit === 5 || card.limit > 1', ['V3204@card'], 'write `card?.`, or test it first: `card !== null && ...`'],
    ['card?.holder.age === 5', ['V3204@card?.holder'], 'write `card.holder?.`, or test it first: `card.holder !== null && ...`'],
    [
      'card?.issuer.startsWith("x")',
      ['V3304@card?.issuer'],
      'write `card.issuer?.`, or test it first: `card.issuer !== null && ...`',
    ],
    ['card.tags.length', ['V3204@card'], 'write `card?.`, or test it first: `card !== null && ...`'],
    [
      'card?.["limit"]',
      ['V3115@card?.["limit"]'],
      'write the name of the field after a point: `card.country`; elements of a list are reached with `some`, `every`, `reduce`',
    ],
    ['maybe?.x', ['V3203@x']],
    ['null?.x', ['V3203@x']],
    ['f?.(n)', ['V3500@f'], 'write `f(x)` for `f?.(x)`, and `x?.f()` where x may be null'],
    ['s.trim?.()', ['V3500@s.trim'], 'write `f(x)` for `f?.(x)`, and `x?.f()` where x may be null'],
  ],
  templates: [
    ['`${n}`', ['V3314@n'], 'compare the values themselves: nothing is converted to a text'],
    ['`${country}`', ['V3314@country'], 'enums are no texts: declare the field without `enum`'],
    ['`${note}x`', ['V3304@note'], 'test it first: `note !== null && ...`, or give it a `default` in the model'],
    ['`\\ud800`', ['V3316@`\\ud800`']],
  ],
  'array literals': [
    ['["US", "GX"].includes(country)', ['V3309@"GX"'], 'did you mean "GB"?'],
    ['["US", s].includes(country)', ['V3302@s'], 'values are never converted; declare both in the model with one type'],
    [
      '["US"].includes(maybeCountry)',
      ['V3304@maybeCountry'],
      'test it first: `maybeCountry !== null && ...`, or give it a `default` in the model',
    ],
    ['["2026-1-1"].includes(day)', ['V3313@"2026-1-1"'], 'write YYYY-MM-DD: "2026-01-31"'],
    ['[]', ['V3323@[]'], 'write each element'],
    ['[1,,2].includes(n)', ['V3323@[1,,2]'], 'write each element'],
    ['[null].includes(maybe)', ['V3317@null']],
    ['[["a"]].length', ['V3322@["a"]'], 'end in `length`, `includes`, `some`, `every` or `reduce`'],
    ['[n, "x"].includes(n)', ['V3320@"x"'], 'values are never converted; bring them to one type'],
    ['[...s].length', ['V3120@...s'], 'name each value: `Math.max(a, b)`'],
  ],
  lists: [
    ['items.map(i => i.kind).includes("XX")', ['V3309@"XX"'], 'its members are "US", "GB", "DE"'],
    ['items.some(i => i.card.limit > 5)', ['V3204@i.card'], 'write `i.card?.`, or test it first: `i.card !== null && ...`'],
    ['items.map(i => i.sku).includes("x")', ['V3304@i.sku'], 'test it first: `i.sku !== null && ...`'],
    ['items.map(i => i.tags).length', ['V3322@i.tags'], 'map to a field or a value of it'],
    ['items.filter(i => true)', ['V3322@items.filter(i => true)'], 'end in `length`, `includes`, `some`, `every` or `reduce`'],
    ['maybeTags.length', ['V3304@maybeTags'], 'write `maybeTags?.`, or test it first: `maybeTags !== null && ...`'],
    ['items === items', ['V3315@items === items'], 'ask for elements with `includes`, `some` or `every`'],
    ['fees.rate', ['V3322@fees.rate'], 'end in `length`, `includes`, `some`, `every` or `reduce`'],
  ],
  'arrow functions': [
    ['i => i', ['V3211@i => i'], 'give it to a method of a list: `items.some(item => item.price > 100)`'],
    ['items.some(n)', ['V3502@n'], 'write `item => ...`'],
    ['items.some((i, k) => true)', ['V3213@k'], 'write `item => ...`'],
    ['tags.some(() => true)', ['V3213@() => true'], 'write `item => ...`'],
    ['tags.some(async x => true)', ['V3213@async x => true'], 'write `item => ...`'],
    [
      'tags.some(x => { return true })',
      ['V3162@{ return true }', 'V3166@return true'],
      'write the body of an arrow function as one expression: `item => item.price > 100`',
    ],
    ['tags.some(([a]) => true)', ['V3131@[a]'], 'name the element: `tags.some(tag => tag === "x")`'],
    ['tags.some((x = "a") => true)', ['V3132@x = "a"'], 'give every parameter in the call'],
    ['tags.some(x => x === y)', ['V3201@y'], 'did you mean `x`?'],
    ['tags.some(n => true)', ['V3212@n'], 'give the parameter another name'],
    ['tags.some(total => true)', ['V3212@total'], 'give the parameter another name'],
    ['tags.some(now => true)', ['V3212@now'], 'give the parameter another name'],
    ['tags.some(Math => true)', ['V3212@Math'], 'give the parameter another name'],
    ['tags.some(lists => true)', ['V3212@lists'], 'give the parameter another name'],
    ['tags.some(round => true)', ['V3212@round'], 'give the parameter another name'],
    ['tags.some(x => tags.some(x => true))', ['V3212@x'], 'give the parameter another name'],
    ['tags.some(x => x === "a") && x === "a"', ['V3201@x'], 'did you mean `n`?'],
    ['tags.some(x => x)', ['V3303@x'], 'write a comparison'],
  ],
  reduce: [
    ['items.reduce((a, i) => a * i.price, 1)', ['V3325@(a, i) => a * i.price'], 'round the result: `round(..., 2, "half-even")`'],
    [
      'items.reduce((a, i) => a + a, amount)',
      ['V3325@(a, i) => a + a'],
      'add to it what does not depend on it, or bound it: `Math.min(sum + item.price, 1000000)`',
    ],
    [
      'items.reduce((a, i) => i.price - a, amount)',
      ['V3325@(a, i) => i.price - a'],
      'add to it what does not depend on it, or bound it: `Math.min(sum + item.price, 1000000)`',
    ],
    [
      'items.reduce((a, i) => round(a * 0.5, 2, "half-even") + i.price, 0)',
      ['V3325@(a, i) => round(a * 0.5, 2, "half-even") + i.price'],
      'add to it what does not depend on it, or bound it: `Math.min(sum + item.price, 1000000)`',
    ],
    [
      'items.reduce((a, i) => a + i.price, n)',
      ['V3305@a'],
      'declare both in the model as decimals (`multipleOf: 0.01`), or both as plain numbers; `standard` also has `toNumber` and `toDecimal`',
    ],
    ['items.reduce((a, i) => a + (i.sku ?? ""), "")', ['V3327@""'], 'count pieces, or ask for them with `some` and `every`'],
    ['items.reduce((a, i) => i.sku, s)', ['V3327@s'], 'count pieces, or ask for them with `some` and `every`'],
    // What is wrong in the body says nothing of what the literal begins.
    [
      'items.reduce((a, i) => a + i.price + i.nope, 0)',
      ['V3202@nope'],
      'its fields are `price`, `discount`, `quantity`, `kind`, `sku`, `at`, `tags`, `card`',
    ],
    ['items.reduce((a, i) => i.price > 5, 0)', ['V3326@i.price > 5'], 'let the body give what the accumulator is'],
    ['items.reduce((a, i) => i.discount, 0)', ['V3304@i.discount'], 'test it first: `i.discount !== null && ...`'],
    [
      'items.reduce((a, i) => a + 1)',
      ['V3501@items.reduce((a, i) => a + 1)'],
      'write `list.reduce(step: (accumulator, element) => value, initial: value)`',
    ],
    ['items.reduce(x => x, 0)', ['V3213@x => x'], 'write `(sum, item) => ...`'],
  ],
  decimals: [
    [
      'amount / 2',
      ['V3306@amount / 2'],
      'say how to round: `divide(a, b, 2, "half-even")`; or multiply the other side: `a > b * 2` for `a / b > 2`',
    ],
    ['amount % 0', ['V3505@0']],
    ['divide(amount, 0, 2, "half-even")', ['V3505@0']],
    ['divide(amount, fee, 2, "half-evn")', ['V3504@"half-evn"'], 'did you mean "half-even"?'],
    ['divide(n, 3, 2, "up")', ['V3502@n'], 'write `toDecimal(x, 2, "half-even")`'],
    ['divide(big, amount, 18, "up")', ['V3307@big'], 'give `big` a `minimum` and a `maximum` in the model'],
    ['round(amount, 19, "up")', ['V3504@19'], 'write for instance `2`'],
    ['round(amount, n, "up")', ['V3503@n'], 'write for instance `2`'],
    ['round(n, 2, "up")', ['V3502@n'], 'write `toDecimal(x, 2, "half-even")`'],
    ['toNumber(n)', ['V3502@n'], 'it is a number already: leave the call out'],
    ['toDecimal(amount, 2, "up")', ['V3502@amount'], 'write `toNumber(...)`, or `round(...)` for an exact rounding'],
  ],
  Math: [
    [
      'Math.max(n, amount)',
      ['V3305@n'],
      'declare both in the model as decimals (`multipleOf: 0.01`), or both as plain numbers; `standard` also has `toNumber` and `toDecimal`',
    ],
    ['Math.min(maybe, n)', ['V3304@maybe'], 'test it first: `maybe !== null && ...`, or give it a `default` in the model'],
    ['Math.floor(amount)', ['V3502@amount'], 'write `toNumber(...)`, or `round(...)` for an exact rounding'],
    ['Math.max()', ['V3501@Math.max()'], 'write `Math.max(...x: number | decimal)`'],
    ['Math.abs(n, m)', ['V3501@m'], 'write `Math.abs(x: number | decimal)`'],
    ['Math.random()', ['V3500@random'], 'decisions are deterministic: bring the value in the payload'],
    ['Math.PI', ['V3210@PI'], 'write the value itself'],
    ['Math.abs', ['V3210@abs'], 'call it: `Math.abs(...)`'],
    ['Math', ['V3210@Math'], 'write a function of it: `Math.max(a, b)`'],
    [
      'Math.foo(n)',
      ['V3500@foo'],
      'there are `abs`, `min`, `max`, `ceil`, `floor`, `round`, `trunc`, `sign`, `sqrt`, `cbrt`, `exp`, `expm1`, ...',
    ],
  ],
  texts: [
    ['s.indexOf("a", 1, 2)', ['V3501@2'], 'write `text.indexOf(searched: string, from?: number)`'],
    ['s.indexOf(n)', ['V3502@n']],
    ['s.slice("1")', ['V3502@"1"']],
    ['s.slice(amount)', ['V3502@amount'], 'write `toNumber(...)`, or `round(...)` for an exact rounding'],
    [
      's.includes(country)',
      ['V3502@country'],
      'enums are no texts: compare members with `===`, or declare the field without `enum`',
    ],
    ['s.startsWith(note)', ['V3304@note'], 'test it first: `note !== null && ...`, or give it a `default` in the model'],
    ['matches(s, t)', ['V3503@t'], 'write it as a text in quotes'],
    ['matches(s, "(")', ['V3550@(']],
    ['matches(s, "\\x41(")', ['V3550@(']],
    ['matches(n, "a")', ['V3502@n']],
    ['s.matches("x")', ['V3500@matches'], 'write `matches(text, "pattern")`'],
    ['s.substring(1)', ['V3500@substring'], 'write `slice(start, end)`'],
    ['s.legnth', ['V3203@legnth'], 'did you mean `length`?'],
    ['s.trim', ['V3210@trim'], 'call it: `trim(...)`'],
    ['s.length()', ['V3500@length'], 'leave the parentheses out'],
    [
      'country.startsWith("U")',
      ['V3500@startsWith'],
      'compare members: `["US", "GB"].includes(country)`; enums have no methods of texts',
    ],
    [
      's.foo(ammount)',
      ['V3500@foo', 'V3201@ammount'],
      'there are `startsWith`, `endsWith`, `includes`, `indexOf`, `slice`, `trim`, `trimStart`, `trimEnd`, `toLowerCase`, `toUpperCase`, `split`, `toDecimal`',
    ],
  ],
  times: [
    ['at.hour("Europe/Berln")', ['V3570@"Europe/Berln"'], 'did you mean "Europe/Berlin"?'],
    ['at.hour("berlin")', ['V3570@"berlin"'], 'did you mean "Europe/Berlin"?'],
    ['at.hour(s)', ['V3503@s'], 'write it as a text in quotes'],
    ['at.hour()', ['V3501@at.hour()'], 'write `timestamp.hour(zone: zone)`'],
    ['at.daysSince("2026-01-01")', ['V3312@"2026-01-01"'], 'write RFC 3339 with an offset: "2026-01-31T08:30:00Z"'],
    ['day.daysSince(at)', ['V3502@at'], 'write `at.toDate("Europe/Paris")`'],
    ['at.daysSince(day)', ['V3502@day'], 'write `day.startOfDay("Europe/Paris")`'],
    ['at.getHours()', ['V3500@getHours'], 'write `hour("Europe/Paris")`'],
  ],
  'names of the bundle': [
    ['limits', ['V3210@limits'], 'write `limits.rate`'],
    ['limits.rat', ['V3214@rat'], 'did you mean `rate`?'],
    ['limits.rate()', ['V3500@limits.rate'], 'leave the parentheses out'],
    ['lists.blocked.includes(note)', ['V3304@note'], 'test it first: `note !== null && ...`, or give it a `default` in the model'],
    ['lists.blocked.includes(country)', ['V3502@country'], 'enums are no texts: declare the field without `enum`'],
    ['lists.blocked.has(s)', ['V3500@has'], 'write `lists.NAME.includes(value)`'],
    ['lists.amounts.includes(fee)', ['V3502@fee'], 'write `round(..., 2, "half-even")`, or bound its fields in the model'],
    ['lists.amounts.includes(big)', ['V3502@big'], 'write `round(..., 2, "half-even")`, or bound its fields in the model'],
    ['lists.amounts.includes(n)', ['V3502@n'], 'values are never converted; declare both with one type'],
    ['lists.blokced.includes(s)', ['V3214@blokced'], 'did you mean `blocked`?'],
    ['lists.blocked', ['V3210@lists.blocked'], 'write `lists.blocked.includes(value)`'],
    ['lists.blocked.length', ['V3210@length'], 'write `lists.blocked.includes(value)`'],
    ['lists', ['V3210@lists'], 'write `lists.NAME.includes(value)`'],
    ['blocked.includes(s)', ['V3201@blocked'], 'write `lists.blocked`'],
    ['matches', ['V3210@matches'], 'call it: `matches(...)`'],
  ],
  'other languages': [
    [
      'parseInt(s)',
      ['V3500@parseInt'],
      'values are never converted; declare the field in the model with the type it has; `text.toDecimal(2)` reads the one that a text writes',
    ],
    ['Date.now()', ['V3201@Date'], 'write a timestamp as a text: `at < "2026-01-01T00:00:00Z"`; `now` is the time of the decision'],
    ['new Date()', ['V3118@new Date()'], 'write dates as texts beside a date field: `birthday < "2000-01-01"`'],
    ['foo(n)', ['V3500@foo'], 'there are `matches`, `divide`, `round`, `toNumber`, `toDecimal`'],
    ['abs(n)', ['V3500@abs'], 'write `Math.abs(x)`'],
    ['today() === day', ['V3500@today'], 'write `now.toDate("Europe/Paris")`'],
    ['tags.find(x => x === "v")', ['V3500@find'], 'write `some(item => ...)`, or `filter(...)` and `reduce(...)`'],
    ['tags.forEach(x => x)', ['V3500@forEach'], 'an expression changes nothing; write `some`, `every` or `reduce`'],
    ['s.replace("a", "b")', ['V3500@replace'], 'texts are not changed: bring the text as it is compared'],
    ['n.toFixed(2)', ['V3500@toFixed'], 'values are never converted; declare the field in the model with the type it has'],
    ['amount.round(2)', ['V3500@round'], 'write `Math.round(toNumber(...))`, or `round(...)`'],
    ['(s.trim)()', ['V3500@(s.trim)'], 'docs/FUNCTIONS.md lists them'],
    [
      'items[0].price',
      ['V3115@items[0]'],
      'write the name of the field after a point: `card.country`; elements of a list are reached with `some`, `every`, `reduce`',
    ],
  ],
};

describe.each(Object.entries(refused))('%s: refused', (_, cases) => {
  it.each(cases)('%s', (text, faults, advice) => {
    const checked = check(text);
    expect(checked.faults).toEqual(faults);
    expect(checked.advice.find((line) => line !== undefined)).toBe(advice);
  });
});

describe('fixes', () => {
  it.each([
    ['n == 1', 'n === 1'],
    ['n != 1 || (s)==(t)', 'n !== 1 || (s)===(t)'],
    ['maybe == null', 'maybe === null'],
    ['n > "5"', 'n > 5'],
    ['amount > "-5.25"', 'amount > -5.25'],
    ['flag === "true"', 'flag === true'],
    ['n > 1;', 'n > 1'],
    ['maybeFlag && flag', 'maybeFlag === true && flag'],
    ['maybeFlag ? 1 : 2', 'maybeFlag === true ? 1 : 2'],
    ['s?.length', 's.length'],
    ['items?.some(i => true)', 'items.some(i => true)'],
    ['s.length() > 1', 's.length > 1'],
    ['ammount > 1', 'amount > 1'],
  ])('%s: %s', (text, fixed) => {
    expect(check(text).fixed).toBe(fixed);
    expect(check(fixed).faults.filter((fault) => !fault.endsWith('?'))).toEqual([]);
  });

  // More than one way, or another meaning.
  it.each(['n /* == */ == 1', 'n > "007"', 'amuont2 > 1', '!maybeFlag', 'n > "five"'])('none for %s', (text) => {
    expect(check(text).fixed).toBe(text);
  });
});
