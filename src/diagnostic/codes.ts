// Every diagnostic code with its one-line meaning. docs/LANGUAGE.md's table is made from it. Codes are stable: never renamed,
// never reused. V1xxx: documents of a bundle; V2xxx: model; V3xxx: expressions; V4xxx: rules and decisions; V5xxx: limits and cost.

export const DIAGNOSTIC_CODES = {
  V1001: 'a file of the bundle is missing',
  V1002: 'a document is not well-formed YAML or JSON',
  V1003: 'a document does not match its JSON Schema',
  V1004: 'a file of the bundle has no known role',
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
