// The keywords of JSON Schema 2020-12 that a model may use. Everything else is refused by name: a keyword that were ignored
// would be a constraint that its author believes in and nobody checks.

/** Types of a schema, `null` apart. */
export type SchemaType = 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export const SCHEMA_TYPES: readonly SchemaType[] = ['boolean', 'integer', 'number', 'string', 'array', 'object'];

const NUMBERS: readonly SchemaType[] = ['integer', 'number'];

/** Keyword -> the types it acts on; 'any' beside every type; 'root' only at the top. */
export const KEYWORDS: Readonly<Record<string, readonly SchemaType[] | 'any' | 'root'>> = {
  type: 'any',
  title: 'any',
  description: 'any',
  $comment: 'any',
  examples: 'any',
  deprecated: 'any',
  readOnly: 'any',
  writeOnly: 'any',
  default: ['boolean', 'integer', 'number', 'string'],
  $schema: 'root',
  $id: 'root',
  $defs: 'root',
  properties: ['object'],
  required: ['object'],
  additionalProperties: ['object'],
  minimum: NUMBERS,
  maximum: NUMBERS,
  exclusiveMinimum: NUMBERS,
  exclusiveMaximum: NUMBERS,
  multipleOf: NUMBERS,
  format: ['integer', 'number', 'string'],
  enum: ['string'],
  const: ['integer', 'number', 'string'],
  minLength: ['string'],
  maxLength: ['string'],
  items: ['array'],
  minItems: ['array'],
  maxItems: ['array'],
  uniqueItems: ['array'],
};

/** Keywords that may stand beside `$ref`. */
export const BESIDE_REF: readonly string[] = ['$ref', 'title', 'description', '$comment', 'examples', 'deprecated', 'default'];

/** Keywords of JSON Schema that are not supported, with what to write instead. */
export const UNSUPPORTED_ADVICE: Readonly<Record<string, string>> = {
  allOf: 'write the properties into one object',
  anyOf: 'a field that may be absent or null needs no anyOf: leave it out of required',
  oneOf: 'write one object with all of the fields, and leave those that may be absent out of required',
  not: 'refuse such values with a rule',
  if: 'write the condition as a rule',
  then: 'write the condition as a rule',
  else: 'write the condition as a rule',
  pattern: 'bound the text with minLength and maxLength, and test its content with a rule',
  prefixItems: 'items of different kinds are fields: write an object with one field for each',
  contains: 'ask with a rule: list.some(item => ...)',
  minContains: 'count with a rule: list.filter(item => ...).length',
  maxContains: 'count with a rule: list.filter(item => ...).length',
  unevaluatedItems: 'items is the schema of every item',
  additionalItems: 'items is the schema of every item',
  patternProperties: 'name each field under properties',
  propertyNames: 'name each field under properties',
  minProperties: 'name the fields that must be there in required',
  maxProperties: 'use additionalProperties: false',
  unevaluatedProperties: 'use additionalProperties: false',
  dependentRequired: 'write the dependency as a rule',
  dependentSchemas: 'write the dependency as a rule',
  dependencies: 'write the dependency as a rule',
  definitions: 'the keyword is $defs in draft 2020-12',
  nullable: 'write type: [string, "null"], or leave the field out of required',
  contentEncoding: 'decode the value before it is sent',
  contentMediaType: 'decode the value before it is sent',
  contentSchema: 'decode the value before it is sent',
  $dynamicRef: 'use $ref to an entry of $defs',
  $dynamicAnchor: 'use $ref to an entry of $defs',
  $anchor: 'use $ref to an entry of $defs',
  $vocabulary: 'a model is written in the vocabulary of JSON Schema 2020-12',
};

/** `format` by type; a value of undefined has no effect beside naming what the type already says. */
export const FORMATS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['double'],
  string: ['date-time', 'date'],
};

/** The candidate nearest to a misspelt word, if one is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
