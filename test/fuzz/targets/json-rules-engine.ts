// Rules of json-rules-engine: importing ends, with a bundle that can be read or with a reason, and every place lies in the source.

import { importRules } from '#src/import/json-rules-engine/import-rules.js';
import { mustImport } from '../lib/imported.js';
import type { Target } from '../lib/target.js';

export function fuzz(data: Uint8Array): void {
  mustImport(importRules, 'fuzz.json', new TextDecoder().decode(data));
}

const EVENT = '"event":{"type":"e","params":{"m":"x","n":{"o":1}}}';
const SEEDS = [
  `{"name":"a","conditions":{"all":[{"fact":"n","operator":"greaterThan","value":5}]},${EVENT}}`,
  `[{"priority":9,"conditions":{"any":[{"fact":"s","operator":"in","value":["a",null]},{"not":{"fact":"l","operator":"contains","value":1}}]},${EVENT}}]`,
  `{"rules":[{"conditions":{"condition":"c"},${EVENT}}],"conditions":{"c":{"all":[{"fact":"o","path":"$.p.q","operator":"equal","value":{"fact":"n"}}]}},"options":{"allowUndefinedFacts":true}}`,
  `{"conditions":{"all":[{"fact":"l","operator":"someFact:not:lessThan","value":"1"},{"fact":"n","operator":"everyValue:notEqual","value":[1,-0.5]}]},${EVENT}}`,
  '{"rules":[{"conditions":{"all":[]},"event":{"type":5,"params":{"f":{"fact":"s"}}}},{"conditions":{"all":[{"fact":"s","operator":"equal","value":true}]}}],"options":{"replaceFactsInEventParams":true}}',
];

const TOKENS = [
  ...[
    '"all":[',
    '"any":[',
    '"not":{',
    '"condition":',
    '"conditions":',
    '"rules":[',
    '"options":{',
    '"facts":',
    '"event":',
    '"params":',
  ],
  ...[
    '"name":',
    '"priority":',
    '"fact":',
    '"operator":',
    '"value":',
    '"path":',
    '"$.a"',
    "$['b']",
    '"equal"',
    '"notIn"',
    '"contains"',
  ],
  ...['"doesNotContain"', '"lessThanInclusive"', 'someFact:', 'everyFact:', 'someValue:', 'swap:', 'not:', 'null', 'true', '1e999'],
  ...[
    '9007199254740993',
    '-0',
    '"class"',
    '"__proto__"',
    '"a b"',
    '"a.b"',
    '\\u0000',
    '\\ud800',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '""',
  ],
];

export const target: Target = {
  name: 'json-rules-engine',
  fuzz,
  isText: true,
  seeds: () => SEEDS,
  dictionary: TOKENS,
  bytesMax: 1200,
};
