// The profile `standard`: type and IR of what it allows.

import { describe, expect, it } from 'vitest';
import { check, shown } from './check-standard.js';

/** Text, type, IR, warnings. */
const accepted: Record<string, [text: string, type: string, ir: string, warnings?: string[]][]> = {
  conditionals: [
    ['flag ? n : 0', 'number', '(? flag n 0)'],
    ['flag ? amount : 0', 'decimal(2)', '(? flag amount 0)'],
    ['flag ? amount : fee', 'decimal(3)', '(? flag (rescale amount 1) fee)'],
    ['flag ? amount : maybeAmount', 'decimal(2)', '(? flag amount maybeAmount?)'],
    ['flag ? "US" : country', 'enum(country)', '(? flag 0 country)'],
    ['country === (flag ? "US" : "GB")', 'boolean', '(=== country (? flag 0 1))'],
    ['amount > (flag ? 100 : 99.999)', 'boolean', '(> (rescale amount 1) (? flag 100000 99999))'],
    ['flag ? maybeAmount : 19.999', 'decimal(3)', '(? flag (let? $0 maybeAmount? (rescale $0 1)) 19999)'],
    ['(flag ? at : "2026-01-01T00:00:00Z") > at', 'boolean', '(> (? flag at 1767225600000000) at)'],
    ['flag ? n : null', 'number', '(? flag n null)'],
  ],
  null: [
    ['maybe === null ? 0 : maybe + 1', 'number', '(? (is-null maybe?) 0 (+ maybe 1))'],
    ['maybe !== null ? maybe : 0', 'number', '(? (not (is-null maybe?)) maybe 0)'],
    ['maybe !== null ? 0 : maybe', 'number', '(? (not (is-null maybe?)) 0 maybe?)'],
    [
      '(flag ? maybe !== null : maybe === 5) && maybe > 1',
      'boolean',
      '(and (? flag (not (is-null maybe?)) (and (not (is-null maybe?)) (=== maybe 5))) (> maybe 1))',
    ],
    ['maybe ?? 0', 'number', '(?? maybe? 0)'],
    ['maybeAmount ?? 0', 'decimal(2)', '(?? maybeAmount? 0)'],
    ['maybeAmount ?? fee', 'decimal(3)', '(?? (let? $0 maybeAmount? (rescale $0 1)) fee)'],
    ['maybe ?? trust ?? 0', 'number', '(?? maybe? trust? 0)'],
    ['maybe ?? (flag ? null : 5)', 'number', '(?? maybe? (? flag null 5))'],
    ['maybeFlag ?? flag ?? true', 'boolean', '(?? maybeFlag? flag)', ['V3403@flag?']],
    ['n ?? 0', 'number', 'n', ['V3403@n?']],
    ['maybe ?? null', 'number', 'maybe?', ['V3403@null?']],
    ['(maybe ?? null) === null', 'boolean', '(is-null maybe?)', ['V3403@null?']],
    ['maybeCountry ?? "US"', 'enum(maybeCountry)', '(?? maybeCountry? 0)'],
    ['(maybeFlag ?? false) && flag', 'boolean', '(and (?? maybeFlag? false) flag)'],
    ['trust !== null && trust > 1', 'boolean', '(and (not (is-null trust?)) (> trust 1))'],
    ['limits.rate !== null && limits.rate > 1', 'boolean', '(and (not (is-null limits.rate?)) (> limits.rate 1))'],
    [
      'note?.trim() === note',
      'boolean',
      '(?? (let? $0 (let? $1 note? (TEXT_TRIM $1)) (and (not (is-null note?)) (=== $0 note))) (is-null note?))',
    ],
    ['note?.trim() === s', 'boolean', '(?? (let? $0 (let? $1 note? (TEXT_TRIM $1)) (=== $0 s)) false)'],
    ['note?.trim() !== s', 'boolean', '(not (?? (let? $0 (let? $1 note? (TEXT_TRIM $1)) (=== $0 s)) false))'],
    [
      'note?.trim() === card?.issuer?.trim()',
      'boolean',
      '(?? (let? $0 (let? $1 note? (TEXT_TRIM $1)) (?? (let? $2 (let? $3 card.issuer? (TEXT_TRIM $3)) (=== $0 $2)) false)) (is-null (let? $3 card.issuer? (TEXT_TRIM $3))))',
    ],
    [
      'note === card?.issuer',
      'boolean',
      '(or (and (is-null note?) (is-null card.issuer?)) (and (not (is-null note?)) (not (is-null card.issuer?)) (=== note card.issuer)))',
    ],
  ],
  'optional chains': [
    ['note?.length ?? 0', 'number', '(?? (let? $0 note? (TEXT_LENGTH $0)) 0)'],
    ['s?.length', 'number', '(TEXT_LENGTH s)', ['V3403@s?']],
    ['(note ?? "").trim().toUpperCase() === "X"', 'boolean', '(=== (TEXT_UPPER (TEXT_TRIM (?? note? "")) case) "X")'],
    [
      'note?.trim().slice(1) === "x"',
      'boolean',
      '(?? (let? $0 (let? $1 note? (TEXT_SLICE (TEXT_TRIM $1) 1 Infinity)) (=== $0 "x")) false)',
    ],
    [
      'note?.trim()?.length === 3',
      'boolean',
      '(?? (let? $0 (let? $1 note? (TEXT_LENGTH (TEXT_TRIM $1))) (=== $0 3)) false)',
      ['V3403@note?.trim()?'],
    ],
    ['(note?.trim() ?? "").length', 'number', '(TEXT_LENGTH (?? (let? $0 note? (TEXT_TRIM $0)) ""))'],
    ['card?.limit', 'number', 'card.limit?'],
    ['card?.limit === 5', 'boolean', '(and (not (is-null card.limit?)) (=== card.limit 5))'],
    [
      'card?.limit === 5 && card.limit > 1',
      'boolean',
      '(and (and (not (is-null card.limit?)) (=== card.limit 5)) (> card.limit 1))',
    ],
    ['card?.limit !== null && card.limit > 5', 'boolean', '(and (not (is-null card.limit?)) (> card.limit 5))'],
    ['card?.holder?.age === 5', 'boolean', '(and (not (is-null card.holder.age?)) (=== card.holder.age 5))'],
    [
      'card?.holder?.born?.year() === 2000',
      'boolean',
      '(?? (let? $0 (let? $1 card.holder.born? (DATE_YEAR $1)) (=== $0 2000)) false)',
    ],
    ['card?.issuer?.startsWith("x") ?? false', 'boolean', '(?? (let? $0 card.issuer? (TEXT_STARTS_WITH $0 "x")) false)'],
    [
      '(card?.issuer?.startsWith("x") ?? false) && card.limit > 5',
      'boolean',
      '(and (?? (let? $0 card.issuer? (TEXT_STARTS_WITH $0 "x")) false) (> card.limit 5))',
    ],
    [
      '!(card?.issuer?.startsWith("x") ?? true) && card.limit > 5',
      'boolean',
      '(and (not (?? (let? $0 card.issuer? (TEXT_STARTS_WITH $0 "x")) true)) (> card.limit 5))',
    ],
    ['card?.tags.includes("x") ?? false', 'boolean', '(?? (let? $0 card.tags? (walk $0 (some $1 (=== "x" $1)))) false)'],
    ['card?.tags.length', 'number', '(let? $0 card.tags? (walk $0 count))'],
  ],
  templates: [
    ['`${s}-${t}`', 'string', '(concat (concat s "-") t)'],
    ['`plain` === s', 'boolean', '(=== "plain" s)'],
    ['country === `US`', 'boolean', '(=== country 0)'],
    ['`${s}`', 'string', 's'],
    ['`${note ?? ""}x`', 'string', '(concat (?? note? "") "x")'],
  ],
  'array literals': [
    ['["US", "GB"].includes(country)', 'boolean', '(or (=== country 0) (=== country 1))'],
    ['["US"].includes(maybeCountry ?? "GB")', 'boolean', '(let $0 (?? maybeCountry? 1) (=== $0 0))'],
    ['[country].includes("GB")', 'boolean', '(=== 1 country)'],
    ['[1, n, 2].includes(m)', 'boolean', '(or (=== m 1) (or (=== n m) (and (!== n n) (!== m m))) (=== m 2))'],
    ['[amount, 5].includes(fee)', 'boolean', '(or (=== fee (rescale amount 1)) (=== fee 5000))'],
    ['["2026-01-01"].includes(day)', 'boolean', '(=== day 20454)'],
    ['["a", "b"].some(x => s.startsWith(x))', 'boolean', '(walk ["a" "b"] (some x (TEXT_STARTS_WITH s x)))'],
    ['["a", "b"].length', 'number', '2'],
    ['[1, 2, 3].reduce((a, x) => a + x, 0)', 'number', '(walk [1 2 3] (reduce a 0 x (+ a x)))'],
    ['[n, m].filter(x => x > 1).length', 'number', '(walk [n m] (filter x (> x 1)) count)'],
    ['[amount, fee].reduce((a, x) => a + x, 0)', 'decimal(3)', '(walk [(rescale amount 1) fee] (reduce a 0 x (+ a x)))'],
  ],
  lists: [
    ['items.length > 3', 'boolean', '(> (walk items count) 3)'],
    ['items.some(i => i.price > 100)', 'boolean', '(walk items (some i (> i.price 10000)))'],
    ['items.every(i => i.at === at)', 'boolean', '(walk items (every i (and (not (is-null i.at?)) (=== i.at at))))'],
    ['rates.includes(n)', 'boolean', '(walk rates (some $0 (or (=== $0 n) (and (!== $0 $0) (!== n n)))))'],
    ['tags.includes(s)', 'boolean', '(walk tags (some $0 (=== s $0)))'],
    ['tags.includes(s.trim())', 'boolean', '(let $0 (TEXT_TRIM s) (walk tags (some $1 (=== $0 $1))))'],
    ['items.map(i => i.quantity).includes(3)', 'boolean', '(walk items (map i i.quantity) (some $0 (=== 3 $0)))'],
    ['items.map(i => i.kind).includes("US")', 'boolean', '(walk items (map i i.kind) (some $0 (=== 0 $0)))'],
    [
      'items.some(i => i.card !== null && i.card.limit > 5)',
      'boolean',
      '(walk items (some i (and (not (is-null i.card?)) (> i.card.limit 5))))',
    ],
    [
      'items.some(i => i.card?.limit === 5)',
      'boolean',
      '(walk items (some i (and (not (is-null i.card?.limit?)) (=== i.card?.limit 5))))',
    ],
    [
      'items.some(i => i.card?.issuer?.startsWith("A") ?? false)',
      'boolean',
      '(walk items (some i (?? (let? $0 i.card?.issuer? (TEXT_STARTS_WITH $0 "A")) false)))',
    ],
    ['items.some(i => i.sku === null)', 'boolean', '(walk items (some i (is-null i.sku?)))'],
    [
      'maybe !== null && items.some(i => maybe > i.quantity)',
      'boolean',
      '(and (not (is-null maybe?)) (walk items (some i (> maybe i.quantity))))',
    ],
    [
      'items.filter(i => i.sku !== null).some(j => j.sku.startsWith("A"))',
      'boolean',
      '(walk items (filter i (not (is-null i.sku?))) (some j (TEXT_STARTS_WITH j.sku "A")))',
    ],
    [
      'items.filter(i => i.sku !== null || i.quantity > 1).some(i => i.sku === s)',
      'boolean',
      '(walk items (filter i (or (not (is-null i.sku?)) (> i.quantity 1))) (some i (and (not (is-null i.sku?)) (=== i.sku s))))',
    ],
    [
      'items.filter(i => i.card !== null && i.card.issuer !== null).map(i => i.card.issuer).includes(s)',
      'boolean',
      '(walk items (filter i (and (not (is-null i.card?)) (not (is-null i.card.issuer?)))) (map i i.card.issuer) (some $0 (=== s $0)))',
    ],
    [
      'items.map(i => i.card?.limit ?? 0).some(x => x > 5)',
      'boolean',
      '(walk items (map i (?? i.card?.limit? 0)) (some x (> x 5)))',
    ],
    ['items.some(i => i.tags.some(tag => tag === s))', 'boolean', '(walk items (some i (walk i.tags (some tag (=== tag s)))))'],
    [
      's.split(",").map(x => x.trim()).includes("a")',
      'boolean',
      '(walk (pieces s ",") (map x (TEXT_TRIM x)) (some $0 (=== "a" $0)))',
    ],
    ['s.split("").filter(c => c === "x").length', 'number', '(walk (pieces s "") (filter c (=== c "x")) count)'],
    ['maybeTags?.includes("x") ?? false', 'boolean', '(?? (let? $0 maybeTags? (walk $0 (some $1 (=== "x" $1)))) false)'],
    ['items === null', 'boolean', 'false', ['V3402@items?']],
    ['fees.rate.some(r => r > 1)', 'boolean', '(walk [true: 2] (some r (> r 1)))'],
  ],
  reduce: [
    ['items.reduce((a, i) => a + i.quantity, 0)', 'number', '(walk items (reduce a 0 i (+ a i.quantity)))'],
    ['items.reduce((a, i) => a + i.price, 0)', 'decimal(2)', '(walk items (reduce a 0 i (+ a i.price)))'],
    [
      'items.reduce((a, i) => i.discount === null ? a : a - i.discount, 0)',
      'decimal(2)',
      '(walk items (reduce a 0 i (? (is-null i.discount?) a (- a i.discount))))',
    ],
    ['items.reduce((a, i) => a + i.price * fee, 0)', 'decimal(5)', '(walk items (reduce a 0 i (+ a (* i.price fee))))'],
    [
      'items.reduce((a, i) => a + (i.discount ?? 0), amount)',
      'decimal(2)',
      '(walk items (reduce a amount i (+ a (?? i.discount? 0))))',
    ],
    [
      'items.reduce((a, i) => Math.max(a, i.price), 0) > 5',
      'boolean',
      '(> (walk items (reduce a 0 i (? (>= a i.price) a i.price))) 500)',
    ],
    [
      'items.reduce((a, i) => Math.min(a + i.price, 1000), 0)',
      'decimal(2)',
      '(walk items (reduce a 0 i (let $0 (+ a i.price) (? (<= $0 100000) $0 100000))))',
    ],
    [
      'items.reduce((a, i) => (a + i.price) % 100, 0)',
      'decimal(2)',
      '(walk items (reduce a 0 i (DECIMAL_REMAINDER (+ a i.price) 10000)))',
    ],
    ['items.reduce((a, i) => a + big, 0)', 'decimal(0)', '(walk items (reduce a 0 i (+ a big)))'],
    [
      'items.reduce((a, i) => divide(a, 2, 2, "down"), amount)',
      'decimal(2)',
      '(walk items (reduce a amount i (DECIMAL_DIVIDE a 2 0/2)))',
    ],
    ['items.reduce((a, i) => a || i.quantity > 5, false)', 'boolean', '(walk items (reduce a false i (or a (> i.quantity 5))))'],
    ['items.reduce((a, i) => i.kind, "US")', 'enum(items[].kind)', '(walk items (reduce a 0 i i.kind))'],
    [
      'items.reduce((a, i) => i.at !== null && i.at > a ? i.at : a, "2020-01-01T00:00:00Z") > at',
      'boolean',
      '(> (walk items (reduce a 1577836800000000 i (? (and (not (is-null i.at?)) (> i.at a)) i.at a))) at)',
    ],
    [
      'items.reduce((a, i) => a + (i.tags.some(tag => tag === "x") ? i.price : 0), 0)',
      'decimal(2)',
      '(walk items (reduce a 0 i (+ a (? (walk i.tags (some tag (=== tag "x"))) i.price 0))))',
    ],
    [
      'items.reduce((a, i) => i.tags.reduce((b, tag) => b + tag.length, a), 0)',
      'number',
      '(walk items (reduce a 0 i (walk i.tags (reduce b a tag (+ b (TEXT_LENGTH tag))))))',
    ],
  ],
  decimals: [
    ['amount % 7', 'decimal(2)', '(DECIMAL_REMAINDER amount 700)'],
    ['amount % fee', 'decimal(3)', '(DECIMAL_REMAINDER (rescale amount 1) fee)'],
    ['divide(amount, 3, 2, "half-even")', 'decimal(2)', '(DECIMAL_DIVIDE amount 3 0/0)'],
    ['divide(amount, fee, 4, "down")', 'decimal(4)', '(DECIMAL_DIVIDE (rescale amount 5) fee 0/2)'],
    ['divide(1, 3, 2, "up")', 'decimal(2)', '(DECIMAL_DIVIDE 100 3 0/3)'],
    ['round(amount * fee, 2, "half-up")', 'decimal(2)', '(DECIMAL_ROUND (* amount fee) 3/1)'],
    ['round(amount, 4, "up")', 'decimal(4)', '(rescale amount 2)'],
    ['toNumber(amount) + n', 'number', '(+ (DECIMAL_TO_NUMBER amount 2/0) n)'],
    ['toDecimal(n, 2, "down")', 'decimal(2)', '(DECIMAL_FROM_NUMBER n 2/2)'],
    ['s.toDecimal(2)', 'decimal(2)', '(DECIMAL_FROM_TEXT s 2/0)'],
  ],
  Math: [
    ['Math.abs(n)', 'number', '(F64_ABS n)'],
    ['Math.abs(fee)', 'decimal(3)', '(? (< fee 0) (negate fee) fee)'],
    ['Math.abs(amount)', 'decimal(2)', 'amount'],
    ['Math.abs(-big)', 'decimal(0)', '(let $0 (negate big) (? (< $0 0) (negate $0) $0))'],
    ['Math.min(n, 1, m)', 'number', '(F64_MIN (F64_MIN n 1) m)'],
    ['Math.max(n)', 'number', 'n'],
    [
      'Math.min(amount, fee, 5)',
      'decimal(3)',
      '(let $0 (let $1 (rescale amount 1) (? (<= $1 fee) $1 fee)) (? (<= $0 5000) $0 5000))',
    ],
    ['Math.pow(n, 2) > Math.sqrt(m)', 'boolean', '(> (F64_POW n 2) (F64_SQRT m))'],
  ],
  texts: [
    ['s.slice(1)', 'string', '(TEXT_SLICE s 1 Infinity)'],
    ['s.slice(-3, -1)', 'string', '(TEXT_SLICE s -3 -1)'],
    ['s.indexOf("a")', 'number', '(TEXT_INDEX_OF s "a" 0)'],
    ['s.indexOf("a", 2)', 'number', '(TEXT_INDEX_OF s "a" 2)'],
    [
      's.toLowerCase().trimStart().trimEnd() === t.toUpperCase()',
      'boolean',
      '(=== (TEXT_TRIM_END (TEXT_TRIM_START (TEXT_LOWER s case))) (TEXT_UPPER t case))',
    ],
    ['matches(s, "a+")', 'boolean', '(TEXT_MATCHES s pattern)'],
    ['matches(s, `a*`)', 'boolean', '(TEXT_MATCHES s pattern)'],
  ],
  times: [
    ['at.hour("Europe/Berlin")', 'number', '(TIME_HOUR at Europe/Berlin)'],
    ['now.toDate("UTC").daysSince(day)', 'number', '(DATE_SINCE (TIME_DATE now UTC) day)'],
    ['at.startOfDay("UTC").hour("UTC")', 'number', '(TIME_HOUR (TIME_START_OF_DAY at UTC) UTC)'],
    ['at.year("UTC") - day.year()', 'number', '(- (TIME_YEAR at UTC) (DATE_YEAR day))'],
    ['at.daysSince("2026-01-01T00:00:00Z")', 'number', '(TIME_SINCE at 1767225600000000 microseconds)'],
    ['at.secondsSince(seen) > 60', 'boolean', '(> (TIME_SINCE at seen microseconds) 60)'],
    ['day.daysSince("2026-01-01")', 'number', '(DATE_SINCE day 20454)'],
    ['day.startOfDay("Europe/Paris") < at', 'boolean', '(< (DATE_START day Europe/Paris) at)'],
    [
      'items.some(i => i.at?.daysSince(at) === 3)',
      'boolean',
      '(walk items (some i (?? (let? $0 (let? $1 i.at? (TIME_SINCE $1 at microseconds)) (=== $0 3)) false)))',
    ],
  ],
  'names of the bundle': [
    ['total + 1 > 5', 'boolean', '(> (+ total 100) 500)'],
    ['credit.score > 1', 'boolean', '(> credit.score 1)'],
    ['limits.rate ?? 0', 'number', '(?? limits.rate? 0)'],
    ['lists.blocked.includes(s)', 'boolean', '(member-of blocked s)'],
    ['lists.amounts.includes(5)', 'boolean', '(member-of amounts 500)'],
    ['lists.amounts.includes(amount)', 'boolean', '(member-of amounts amount)'],
    ['lists.amounts.includes(round(fee, 2, "half-even"))', 'boolean', '(member-of amounts (DECIMAL_ROUND fee 1/0))'],
    ['lists.days.includes("2026-01-01")', 'boolean', '(member-of days 20454)'],
  ],
};

describe.each(Object.entries(accepted))('%s: accepted', (_, cases) => {
  it.each(cases)('%s is a %s', (text, type, ir, warnings = []) => {
    const checked = check(text);
    expect(checked.faults).toEqual(warnings);
    expect(checked.type).toBe(type);
    expect(shown(checked.ir)).toBe(ir);
  });
});

// Scale, interval (scaled) and width of decimals.
describe('decimals', () => {
  it.each([
    ['flag ? amount : fee', 3, -10000n, 1000000n, false],
    ['maybeAmount ?? fee', 3, -10000n, 1000000n, false],
    ['flag ? big + 1 : 0.5', 1, -(2n ** 63n) * 10n + 10n, 2n ** 63n * 10n, true],
    ['Math.abs(fee)', 3, 0n, 10000n, false],
    ['Math.abs(-amount)', 2, 0n, 100000n, false],
    ['Math.abs(big)', 0, 0n, 2n ** 63n, true],
    ['Math.min(amount, fee)', 3, -10000n, 10000n, false],
    ['Math.max(amount, fee)', 3, 0n, 1000000n, false],
    ['Math.min(amount, 5)', 2, 0n, 500n, false],
    ['amount % 7', 2, 0n, 699n, false],
    ['fee % 7', 3, -6999n, 6999n, false],
    ['amount % 5000', 2, 0n, 100000n, false],
    ['divide(amount, 3, 2, "half-even")', 2, 0n, 33333n, false],
    ['divide(amount, 3, 2, "up")', 2, 0n, 33334n, false],
    ['divide(amount, fee, 0, "down")', 0, -1000000n, 1000000n, false],
    ['divide(-1, 8, 2, "half-even")', 2, -12n, -12n, false],
    ['divide(-1, 8, 2, "half-up")', 2, -13n, -13n, false],
    ['divide(-1, 8, 2, "down")', 2, -12n, -12n, false],
    ['divide(-1, 8, 2, "up")', 2, -13n, -13n, false],
    ['round(fee, 1, "half-up")', 1, -100n, 100n, false],
    ['round(amount * amount, 0, "up")', 0, 0n, 1000000n, false],
    ['toDecimal(n, 2, "down")', 2, -(2n ** 63n), 2n ** 63n - 1n, false],
    ['items.reduce((a, i) => a + i.price, 0)', 2, 0n, 1000000n, false],
    ['items.reduce((a, i) => a - i.price, 0)', 2, -1000000n, 0n, false],
    ['items.reduce((a, i) => a + i.price - 5, 1)', 2, -4900n, 995100n, false],
    ['items.reduce((a, i) => i.quantity > 1 ? a + i.price : 0, amount)', 2, 0n, 1100000n, false],
    ['items.reduce((a, i) => i.quantity > 1 ? a + i.price : a, 0)', 2, 0n, 1000000n, false],
    ['items.reduce((a, i) => Math.max(a, i.price), 0)', 2, 0n, 100000n, false],
    ['items.reduce((a, i) => Math.min(a, i.price), 5000)', 2, 0n, 500000n, false],
    ['items.reduce((a, i) => (a + i.price) % 100, 0)', 2, 0n, 9999n, false],
    ['items.reduce((a, i) => a + big, 0)', 0, -10n * 2n ** 63n, 10n * (2n ** 63n - 1n), true],
    ['items.reduce((a, i) => i.tags.reduce((b, tag) => b + i.price, a), 0)', 2, 0n, 3000000n, false],
  ] as const)('%s', (text, scale, low, high, wide) => {
    const { ir, faults } = check(text);
    expect(faults).toEqual([]);
    expect(ir.type).toEqual({ kind: 'decimal', scale, low, high, wide });
  });
});
