// V2xxx: the model.

import type { DiagnosticCode } from '../codes.js';
import { type Example, files, type Pages } from './page.js';

/** A model with one field more than the rule needs. */
function field(text: string, ...also: DiagnosticCode[]): Example {
  return files(
    { 'payment.schema.yaml': `type: object\nrequired: [amount]\nproperties:\n  amount: { type: number }\n  ${text}\n` },
    ...also,
  );
}

/** A lock that was written when the model had `amount` as this kind. */
const locked = (kind: string): string =>
  `{ "format": 1, "tables": { "": { "amount": { "id": 0, "kind": "${kind}" } } }, "enums": {} }\n`;
const NUMBERS = 'type: object\nrequired: [amount]\nproperties:\n  amount: { type: number }\n';

export const MODEL_PAGES: Pages = {
  V2001: {
    why: 'A payload is an object with named fields, so its model is an object schema.',
    wrong: files({ 'payment.schema.yaml': 'type: array\nitems: { type: number }\n' }),
    right: files({ 'payment.schema.yaml': 'type: object\nrequired: [amount]\nproperties:\n  amount: { type: number }\n' }),
  },
  V2002: {
    why: 'A keyword that has no effect would promise a check that nobody makes. Only keywords that every payload is held to are taken.',
    wrong: field('code: { type: string, contentEncoding: base64 }'),
    right: field('code: { type: string, maxLength: 20 }'),
  },
  V2003: {
    why: 'The name of a field is written in expressions, so it is made of letters, digits and `_`; a word of the language is such a name too: write a field `class` as `payload.class`. A field `payload` beside it would be in the way.',
    wrong: field('card-number: { type: string }'),
    right: field('cardNumber: { type: string }'),
  },
  V2004: {
    why: 'The type of a field says which operators and methods it has, and how it is stored. Without one the compiler can check nothing.',
    wrong: field('code: { maxLength: 20 }'),
    right: field('code: { type: string, maxLength: 20 }'),
  },
  V2005: {
    why: 'The value of a keyword is of the wrong kind, such as a text where a number belongs, and cannot be applied.',
    wrong: field('code: { type: string, maxLength: "20" }'),
    right: field('code: { type: string, maxLength: 20 }'),
  },
  V2006: {
    why: 'Either no value at all meets the bounds, so that every payload would be refused, or a bound has more digits than can be kept exactly.',
    wrong: field('score: { type: number, minimum: 100, maximum: 0 }'),
    right: field('score: { type: number, minimum: 0, maximum: 100 }'),
  },
  V2007: {
    why: 'A default is used where the field is absent. It has to be a value that the field itself would take.',
    wrong: field('tries: { type: integer, minimum: 0, default: -1 }'),
    right: field('tries: { type: integer, minimum: 0, default: 0 }'),
  },
  V2008: {
    why: 'A `$ref` names a definition under `$defs` of the same model. One that leads nowhere, to another file or back to itself says no type.',
    wrong: field("limit: { $ref: '#/$defs/Money' }"),
    right: files({
      'payment.schema.yaml':
        "type: object\nrequired: [amount]\nproperties:\n  amount: { $ref: '#/$defs/Money' }\n$defs:\n  Money: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000000 }\n",
    }),
  },
  V2009: {
    why: 'The members of an enum are texts, each once: they are compared by name in rules and payloads.',
    wrong: field('channel: { type: string, enum: [web, app, web] }'),
    right: field('channel: { type: string, enum: [web, app] }'),
  },
  V2010: {
    why: 'model.lock.json holds the ids that stored payloads and images rely on. A damaged one, such as after a merge of two branches, would give an id twice.',
    wrong: files({ 'payment.schema.yaml': NUMBERS, 'model.lock.json': locked('MONEY') }),
    right: files({ 'payment.schema.yaml': NUMBERS, 'model.lock.json': locked('DOUBLE') }),
  },
  V2011: {
    why: 'A field keeps the type that it had when its id was given, since payloads made then are still read. Give the new meaning a new name.',
    wrong: files({ 'payment.schema.yaml': NUMBERS, 'model.lock.json': locked('TEXT') }),
    right: files({ 'payment.schema.yaml': NUMBERS, 'model.lock.json': locked('DOUBLE') }),
  },
  V2012: {
    why: 'Fields, members and lengths are bounded, so that a payload has a largest size and cost.',
    wrong: field('text: { type: string, maxLength: 1000000 }'),
    right: field('text: { type: string, maxLength: 10000 }'),
  },
  V2013: {
    why: 'A payload could never have the field: nothing declares it. It is most often misspelled in `required` or in `properties`.',
    wrong: files({
      'payment.schema.yaml': 'type: object\nrequired: [ammount]\nproperties:\n  amount: { type: number, default: 0 }\n',
    }),
    right: files({ 'payment.schema.yaml': 'type: object\nrequired: [amount]\nproperties:\n  amount: { type: number }\n' }),
  },
  V2014: {
    why: 'What a rule costs follows from the largest list that it walks. So every list says how long it may be.',
    wrong: field('tags: { type: array, items: { type: string, maxLength: 20 } }'),
    right: field('tags: { type: array, maxItems: 10, items: { type: string, maxLength: 20 } }'),
  },
  V2015: {
    why: 'All items of a list have one type, which `items` declares: a scalar or an object, never null.',
    wrong: field('tags: { type: array, maxItems: 10 }'),
    right: field('tags: { type: array, maxItems: 10, items: { type: string, maxLength: 20 } }'),
  },
};
