// V33xx: types. V34xx: what is true or false whatever a payload holds. V35xx: functions and methods.

import { large, type Pages, ruleText, when } from './page.js';

const LARGE_SIDE = `(vip ? null : ${'risk + '.repeat(100)}risk)`;

export const TYPE_PAGES: Pages = {
  V3301: {
    why: 'Only numbers and decimals are added, multiplied and so on. Nothing is turned into a number without a word.',
    wrong: when('vip * 2 > 1'),
    right: when('hour * 2 > 1'),
  },
  V3302: {
    why: 'A text never equals a number. Values are compared with values of their own type, and never converted.',
    wrong: when('risk > "0.5"'),
    right: when('risk > 0.5'),
    fix: true,
  },
  V3303: {
    why: '`&&`, `||` and `!` join what is true or false. A number or a text is neither: say what is asked of it.',
    wrong: when('hour && vip'),
    right: when('hour > 0 && vip'),
  },
  V3304: {
    why: 'The field may be absent. A rule has to say what is meant then, so that a missing value is never taken for a small one.',
    wrong: when('previousRisk > 0.5'),
    right: when('previousRisk !== null && previousRisk > 0.5'),
  },
  V3305: {
    why: 'A decimal is exact, a number is rounded in binary. Mixing them would lose what the decimal is for: declare both alike, or convert one in the rule.',
    wrong: when('amount > risk'),
    right: when('toNumber(amount) > risk'),
  },
  V3306: {
    why: 'A quotient of decimals may have endless digits. The rule has to say how many it keeps, and how the rest is rounded.',
    wrong: when('amount / 3 > 100'),
    right: when('divide(amount, 3, 2, "half-even") > 100'),
  },
  V3307: {
    why: 'The largest result follows from `minimum` and `maximum` of the fields. Where it may pass 128 bits it could not be kept exactly.',
    wrong: when('amount * amount * amount * amount * amount > 5'),
    right: when('amount * amount > 5'),
  },
  V3308: {
    why: 'Beside a decimal a number is taken digit by digit. One with very many digits has no exact place there.',
    wrong: when('amount > 1e-300'),
    right: when('amount > 0.01'),
  },
  V3309: {
    why: 'The field can only have the members that the model lists, so that the comparison could never be true.',
    wrong: when('channel === "Web"'),
    right: when('channel === "web"'),
    fix: true,
  },
  V3310: {
    why: 'There is no smaller or larger among truth values or the members of an enum. Name the ones that are meant.',
    wrong: when('channel < "branch"'),
    right: when('channel === "app"'),
  },
  V3311: {
    why: 'The two fields have different members, so that equal ones could never be told. Give both the same `enum` in the model.',
    wrong: when('channel === device'),
    right: when('channel === "web" && device === "phone"'),
  },
  V3312: {
    why: 'A text beside a timestamp is read as one, with its offset from UTC, when the rule is published.',
    wrong: when('at > "2026-01-31"'),
    right: when('at > "2026-01-31T00:00:00Z"'),
  },
  V3313: {
    why: 'A text beside a date is read as one when the rule is published: year, month, day.',
    wrong: when('birthday < "31.01.2000"'),
    right: when('birthday < "2000-01-31"'),
  },
  V3314: {
    why: 'Only texts are joined. How a number would be written is nothing that a rule should depend on.',
    wrong: when('country + 1 === "US1"'),
    right: when('country + "1" === "US1"'),
  },
  V3315: {
    why: 'Whether two objects are equal would have to be asked of each of their fields. Compare the fields that matter.',
    wrong: when('card === customer'),
    right: when('card !== null && card.issuer === customer.country'),
  },
  V3316: {
    why: 'Half of a character is no text that a payload can hold, so that nothing would ever equal it.',
    wrong: when('country === "\\ud83d"'),
    right: when('country === "\\ud83d\\ude00"'),
  },
  V3317: {
    why: 'There is nothing to compute with null. Whether a value is there is asked with `=== null`.',
    wrong: when('risk > null'),
    right: when('previousRisk !== null'),
  },
  V3320: {
    why: 'An expression has one type, whichever branch is taken. Values are never converted to make one.',
    wrong: when('(vip ? 1 : "none") === 1'),
    right: when('(vip ? 1 : 0) === 1'),
  },
  V3321: {
    why: 'A choice gives a single value. Choose between the fields of the objects in place of the objects.',
    wrong: when('(card ?? customer) !== null'),
    right: when('(card?.issuer ?? customer.country) === "US"'),
  },
  V3322: {
    why: 'A list is asked something: how long it is, whether it includes a value, whether some or every element is as it should be.',
    wrong: when('items.filter(item => item.price > 100)'),
    right: when('items.some(item => item.price > 100)'),
  },
  V3323: {
    why: 'An empty list has no type and includes nothing, and a hole is most often a comma too many.',
    wrong: when('[].includes(country)'),
    right: when('["US", "GB"].includes(country)'),
  },
  V3324: {
    why: 'Both sides are null together or compared, which repeats them. With sides this large the program would grow out of bounds.',
    wrong: large('`a === b`, where each side is a sum of a hundred fields, or null', {
      'rules/example.yaml': ruleText(`${LARGE_SIDE} === ${LARGE_SIDE}`),
    }),
    right: when('(previousRisk ?? 0) === risk'),
  },
  V3325: {
    why: 'A decimal that grows with each element must still fit 128 bits at the end. That is known where each round adds something bounded, and no digits.',
    wrong: when('items.reduce((all, item) => all * item.price, 1.5 * amount) > 5'),
    right: when('items.reduce((all, item) => all + item.price, 1.5 * amount) > 5'),
  },
  V3326: {
    why: 'What `reduce` gathers is of one type from the first element to the last: that of its initial value.',
    wrong: when('items.reduce((all, item) => item.price > 100, 0) > 0'),
    right: when('items.reduce((all, item) => item.price > 100 ? all + 1 : all, 0) > 0'),
  },
  V3327: {
    why: 'A text would grow with each element. Gather numbers, decimals or truth values, and compare texts on the way.',
    wrong: when('items.reduce((all, item) => all + item.kind, "") === "x"'),
    right: when('items.some(item => item.kind === "x")'),
  },
  V3401: {
    why: 'The answer does not depend on the payload, most often for a mistaken bound or unit: the model says which values there can be.',
    wrong: when('amount > 2000000'),
    right: when('amount > 200000'),
  },
  V3402: {
    why: 'The model says that the value is always there, or it was asked before. The test has no effect.',
    wrong: when('country !== null && country === "US"'),
    right: when('country === "US"'),
  },
  V3403: {
    why: '`?.` and `??` say what happens where a value is absent. This one never is, so that the rule promises more than it does.',
    wrong: when('customer?.country === "US"'),
    right: when('customer.country === "US"'),
    fix: true,
  },
  V3500: {
    why: 'Everything that can be called stands in docs/FUNCTIONS.md; its costs and results are known when a rule is published.',
    wrong: when('email.toLowercase() === "a@example.com"'),
    right: when('email.toLowerCase() === "a@example.com"'),
    fix: true,
  },
  V3501: {
    why: 'The function takes another number of values.',
    wrong: when('email.endsWith()'),
    right: when('email.endsWith("@example.com")'),
  },
  V3502: {
    why: 'The function takes values of certain types, and nothing is converted.',
    wrong: when('email.endsWith(5)'),
    right: when('email.endsWith("5")'),
  },
  V3503: {
    why: 'Patterns, time zones and roundings are prepared when the rule is published. So they are written down, not computed.',
    wrong: when('matches(email, country)'),
    right: when('matches(email, "@example[.]com$")'),
  },
  V3504: {
    why: 'A scale is a whole number from 0 to 18, and a rounding one of half-even, half-up, down and up.',
    wrong: when('round(amount, 0, "nearest") > 100'),
    right: when('round(amount, 0, "half-up") > 100'),
  },
  V3505: {
    why: 'There is no quotient: every payload would get the outcome that is meant for errors.',
    wrong: when('divide(amount, 0, 2, "half-up") > 100'),
    right: when('divide(amount, 3, 2, "half-up") > 100'),
  },
  V3550: {
    why: 'Patterns run in a time that grows with the length of the text only. What needs looking back at what was found, as `\\1` does, cannot.',
    wrong: when('matches(email, "(a)\\\\1")'),
    right: when('matches(email, "aa")'),
  },
  V3570: {
    why: 'Time zones have names of the IANA database, such as Europe/Berlin. Their changes are part of what is published.',
    wrong: when('at.hour("Europe/Berlim") > 22'),
    right: when('at.hour("Europe/Berlin") > 22'),
  },
};
