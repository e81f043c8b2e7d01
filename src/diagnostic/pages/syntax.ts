// V30xx: what is no expression. V31xx: what an expression may not hold.

import type { DiagnosticCode } from '../codes.js';
import { type Page, type Pages, strictWhen, when } from './page.js';

const CHANGES = 'A rule looks at a payload and changes nothing, so that the same payload always gets the same decision.';
const ONE = 'A condition is one expression. Statements say what is done one after the other; a rule only says what must be true.';
const LOOPS =
  'A rule always ends, and its cost is known when it is published. Loops would give up both; lists are walked by their methods.';
const FUNCTIONS =
  'Everything that can be called stands in one table of functions, whose costs and results are known. Rules define none of their own.';
const CLASSES = 'Rules read plain values. Classes and objects with behaviour have no meaning in them.';
const OBJECTS = 'Expressions compute single values. An object would have to be stored somewhere, and nothing reads it.';
const MODULES =
  'What a rule reads comes from the payload, the model and the bundle, so that it can be checked, stored and repeated.';
const BITS = 'Numbers are amounts, not sets of bits, and JavaScript would cut them to 32 bits first. Flags are boolean fields.';
const NARROW =
  'The profile `strict` is a small set of operators on single fields. The construct is part of the profile `standard`.';

/** A construct that no profile has. @param also other codes that its example gives */
function refused(why: string, wrong: string, right: string, ...also: DiagnosticCode[]): Page {
  return { why, wrong: when(wrong, ...also), right: when(right) };
}

/** A construct of `standard` in a bundle that is `strict`. */
function narrow(wrong: string, right: string, ...also: DiagnosticCode[]): Page {
  return { why: NARROW, wrong: strictWhen(wrong, ...also), right: strictWhen(right) };
}

export const SYNTAX_PAGES: Pages = {
  V3001: refused(
    'The text is no expression: something is missing or stands in a wrong place.',
    'amount > (5000',
    'amount > (5000)',
  ),
  V3002: refused('A rule without a condition could mean always or never. A rule that always holds says `true`.', '', 'true'),
  V3003: {
    ...refused(
      'The condition has ended, and something stands behind it that belongs to no operator.',
      'amount > 5000;',
      'amount > 5000',
    ),
    fix: true,
  },
  V3101: refused(
    'Fields of the payload have their names in expressions; there is no `this` that holds them.',
    'this.amount > 5000',
    'amount > 5000',
  ),
  V3102: narrow('["US", "GB"].includes(country)', 'country === "US" || country === "GB"', 'V3117'),
  V3103: refused(OBJECTS, 'card === { limit: 500 }', 'card !== null && card.limit === 500', 'V3104'),
  V3104: refused(OBJECTS, 'card === { limit: 500 }', 'card !== null && card.limit === 500', 'V3103'),
  V3105: refused(
    FUNCTIONS,
    'items.some(function (item) { return item.price > 100 })',
    'items.some(item => item.price > 100)',
    'V3162',
    'V3166',
  ),
  V3106: narrow('items.some(item => item.price > 100)', 'amount > 100', 'V3117'),
  V3107: refused(CLASSES, '(class {}) === null', 'card === null', 'V3108'),
  V3108: refused(CLASSES, '(class {}) === null', 'card === null', 'V3107'),
  V3109: refused(CLASSES, '(class { large() {} }) === null', 'amount > 5000', 'V3105', 'V3107', 'V3108', 'V3162'),
  V3110: refused(CLASSES, '(class { limit = 500 }) === null', 'amount > 500', 'V3107', 'V3108'),
  V3111: refused(CLASSES, '(class { static { amount } }) === null', 'amount > 500', 'V3107', 'V3108', 'V3161'),
  V3112: refused(
    'Every field of the model can be read by its name. There are no hidden ones.',
    'customer.#country === "US"',
    'customer.country === "US"',
  ),
  V3113: refused(CHANGES, 'hour++ > 5', 'hour + 1 > 5'),
  V3114: refused(CHANGES, 'country = "US"', 'country === "US"'),
  V3115: refused(
    'Fields are known by name when the rule is published, so that a misspelled one is found. Elements of lists are reached with their methods.',
    'customer["country"] === "US"',
    'customer.country === "US"',
  ),
  V3116: narrow('vip ? amount > 5000 : amount > 500', 'vip && amount > 5000 || !vip && amount > 500'),
  V3117: narrow('email.endsWith("@example.com")', 'email === "someone@example.com"'),
  V3118: refused(
    'Dates and times are written as texts beside a date or time, and are checked when the rule is published.',
    'birthday < new Date("2000-01-01")',
    'birthday < "2000-01-01"',
  ),
  V3119: refused(
    'Of conditions joined with a comma only the last would count, which nobody means.',
    '(amount > 5000, vip)',
    'amount > 5000 && vip',
  ),
  V3120: refused(
    'The number of values has to be known when the rule is published.',
    'Math.max(...[hour, risk]) > 5',
    'Math.max(hour, risk) > 5',
  ),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of an expression
  V3121: narrow('`${country}` === "US"', 'country === "US"', 'V3122'),
  V3122: narrow('country === `US`', 'country === "US"', 'V3121'),
  V3123: refused(FUNCTIONS, 'String.raw`US` === country', '`US` === country'),
  V3124: refused(CLASSES, 'super.amount > 5000', 'amount > 5000'),
  V3125: refused(MODULES, 'import.meta.country === "US"', 'country === "US"'),
  V3126: refused(MODULES, 'import("limits") === null', 'card === null'),
  V3127: refused(
    'A decision is made at once, of what is there. What has to be fetched is fetched before, and is a field of the payload.',
    'await vip',
    'vip',
  ),
  V3128: refused(FUNCTIONS, '(function* () { yield amount })() === null', 'card === null', 'V3105', 'V3162', 'V3161', 'V3500'),
  V3129: narrow('card?.limit === 500', 'card !== null && card.limit === 500'),
  V3130: refused(
    'A parameter stands for one element; its fields are read by their names.',
    'items.some(({ price }) => price > 100)',
    'items.some(item => item.price > 100)',
    'V3104',
  ),
  V3131: refused(
    'A parameter stands for one element, which is never a list.',
    'tags.some(([first]) => first === "x")',
    'tags.some(tag => tag === "x")',
  ),
  V3132: refused(
    'The method that is called gives every parameter its value, so that no default could be used.',
    'items.some((item = null) => item.price > 100)',
    'items.some(item => item.price > 100)',
  ),
  V3133: refused(
    'The number of parameters is known: those that the method gives.',
    'items.some((...all) => true)',
    'items.length > 0',
  ),
  V3140: refused(
    'A pattern is checked when the rule is published, and runs in a time that grows with the length of the text only. `matches` does both.',
    '/@example/.test(email)',
    'matches(email, "@example")',
  ),
  V3141: refused(
    'Decimals are exact without it: a number beside a decimal is taken digit by digit.',
    'amount > 5000n',
    'amount > 5000',
  ),
  V3143: {
    ...refused(
      '`==` converts values before it compares them, and takes `"0"` for `0` and an empty text for false. `===` does not.',
      'country == "US"',
      'country === "US"',
    ),
    fix: true,
  },
  V3144: {
    ...refused('`!=` converts values before it compares them. `!==` does not.', 'country != "US"', 'country !== "US"'),
    fix: true,
  },
  V3145: refused(
    'A power is written as a product, or as `Math.pow`, so that its precedence is plain.',
    'risk ** 2 > 0.25',
    'risk * risk > 0.25',
  ),
  V3146: refused(
    'Which fields there are is known from the model. Whether one has a value is asked with `null`.',
    '"limit" in card',
    'card !== null',
  ),
  V3147: refused(
    'Types are known from the model, so that there is nothing to ask.',
    'card instanceof Object',
    'card !== null',
    'V3201',
  ),
  V3148: refused(`${BITS} For "and" write \`&&\`.`, 'vip & amount > 5000', 'vip && amount > 5000'),
  V3149: refused(`${BITS} For "or" write \`||\`.`, 'vip | amount > 5000', 'vip || amount > 5000'),
  V3150: refused(`${BITS} One of two is \`a !== b\`.`, 'vip ^ amount > 5000', 'vip !== amount > 5000'),
  V3151: refused(BITS, 'hour << 1 > 10', 'hour * 2 > 10'),
  V3152: refused(BITS, 'hour >> 1 > 10', 'hour / 2 > 10'),
  V3153: refused(BITS, 'hour >>> 1 > 10', 'hour / 2 > 10'),
  V3154: narrow('(previousRisk ?? 0) > 0.5', 'previousRisk !== null && previousRisk > 0.5'),
  V3155: refused('Values are never converted; the sign has no effect on a number.', '+risk > 0.5', 'risk > 0.5'),
  V3156: refused(BITS, '~hour > 5', 'hour > 5'),
  V3157: refused(
    'Types are known from the model, so that there is nothing to ask. Whether a field has a value is asked with `null`.',
    'typeof note === "string"',
    'note !== null',
  ),
  V3158: refused('What is not there is `null`, and there is one way to write it.', 'note === void 0', 'note === null'),
  V3159: refused(CHANGES, 'delete card.limit', 'card === null'),
  V3161: refused(ONE, 'amount > 5000; vip', 'amount > 5000 && vip'),
  V3162: refused(ONE, 'items.some(item => { return item.price > 100 })', 'items.some(item => item.price > 100)', 'V3166'),
  V3163: refused(ONE, 'vip;;', 'vip', 'V3161'),
  V3164: refused(ONE, 'debugger', 'vip'),
  V3165: refused(ONE, 'with (customer) country', 'customer.country === "US"', 'V3161'),
  V3166: refused(ONE, 'return amount > 5000', 'amount > 5000'),
  V3167: refused(LOOPS, 'large: amount > 5000', 'amount > 5000', 'V3161'),
  V3168: refused(LOOPS, 'for (;;) break', 'items.some(item => item.price > 100)', 'V3178'),
  V3169: refused(LOOPS, 'for (;;) continue', 'items.some(item => item.price > 100)', 'V3178'),
  V3170: refused(ONE, 'if (vip) amount > 5000', 'vip ? amount > 5000 : amount > 500', 'V3161'),
  V3171: refused(ONE, 'switch (country) { case "US": vip }', 'country === "US" && vip', 'V3161', 'V3172'),
  V3172: refused(ONE, 'switch (country) { case "US": vip }', 'country === "US" && vip', 'V3161', 'V3171'),
  V3173: refused('A rule cannot fail: whatever a payload holds, it is true or false.', 'throw amount', 'amount > 5000'),
  V3174: refused(
    'Nothing in a rule fails, so that there is nothing to catch.',
    'try { vip } catch { trusted }',
    'vip || trusted === true',
    'V3161',
    'V3162',
    'V3175',
  ),
  V3175: refused(
    'Nothing in a rule fails, so that there is nothing to catch.',
    'try { vip } catch { trusted }',
    'vip || trusted === true',
    'V3161',
    'V3162',
    'V3174',
  ),
  V3176: refused(LOOPS, 'while (vip) amount', 'vip && amount > 5000', 'V3161'),
  V3177: refused(LOOPS, 'do amount; while (vip)', 'vip && amount > 5000', 'V3161'),
  V3178: refused(LOOPS, 'for (;;) vip', 'items.every(item => item.price > 100)', 'V3161'),
  V3179: refused(LOOPS, 'for (const key in card) vip', 'card !== null && vip', 'V3161', 'V3182', 'V3183'),
  V3180: refused(LOOPS, 'for (const item of items) vip', 'items.some(item => item.price > 100)', 'V3161', 'V3182', 'V3183'),
  V3181: refused(FUNCTIONS, 'vip; function large() { return amount > 5000 }', 'vip && amount > 5000', 'V3161', 'V3162', 'V3166'),
  V3182: refused(
    'A value with a name is a feature of the bundle, which all rules share; it is computed once.',
    'const total = amount + fee',
    'amount + fee > 5000',
    'V3183',
  ),
  V3183: refused(
    'A value with a name is a feature of the bundle, which all rules share; it is computed once.',
    'const total = amount + fee',
    'amount + fee > 5000',
    'V3182',
  ),
  V3184: refused(CLASSES, 'vip; class Customer {}', 'vip', 'V3108', 'V3161'),
  V3185: refused(MODULES, 'import "limits"', 'amount > 5000'),
  V3186: refused(MODULES, 'import { limit } from "limits"', 'amount > 5000', 'V3185'),
  V3187: refused(MODULES, 'import limit from "limits"', 'amount > 5000', 'V3185'),
  V3188: refused(MODULES, 'import * as limits from "limits"', 'amount > 5000', 'V3185'),
  V3189: refused(MODULES, 'import "limits" with { type: "json" }', 'amount > 5000', 'V3185'),
  V3190: refused(MODULES, 'export { limit } from "limits"', 'amount > 5000', 'V3191'),
  V3191: refused(MODULES, 'export { limit } from "limits"', 'amount > 5000', 'V3190'),
  V3192: refused(MODULES, 'export default vip', 'vip'),
  V3193: refused(MODULES, 'export * from "limits"', 'amount > 5000'),
  V3199: {
    why: 'Verdict names every construct of JavaScript that its parser knows. The code stands for one that a later parser may add; no text gives it today.',
  },
};
