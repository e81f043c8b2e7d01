// Conditions of the workloads of this folder, as trees, and each in the language of every engine that decides it: of Verdict, of
// JavaScript on objects, of C over FlatBuffers. What they mean is told a fourth time, by columns.ts, which gives the truth.

/** A value: a number or a text; a text is only compared for equality. */
export type Value =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: '+' | '-' | '*' | '/' | 'min' | 'max'; readonly left: Value; readonly right: Value }
  | { readonly kind: 'abs' | 'sqrt'; readonly of: Value };

/** A test. A comparison of a field that may be null stands behind a test of it, but for equality of texts: null equals none. */
export type Test =
  | { readonly kind: 'compare'; readonly operator: '<' | '<=' | '>' | '>='; readonly left: Value; readonly right: Value }
  | { readonly kind: 'equal'; readonly field: string; readonly value: string }
  | { readonly kind: 'among'; readonly field: string; readonly values: readonly string[] }
  | { readonly kind: 'null' | 'given'; readonly field: string }
  | { readonly kind: 'and' | 'or'; readonly tests: readonly Test[] };

export const number = (value: number): Value => ({ kind: 'number', value });
export const fieldOf = (name: string): Value => ({ kind: 'field', name });
export const all = (...tests: Test[]): Test => ({ kind: 'and', tests });
export const any = (...tests: Test[]): Test => ({ kind: 'or', tests });

/** How a language writes what not all write alike. */
interface Dialect {
  readonly number: (value: number) => string;
  readonly field: (name: string) => string;
  readonly function: (name: 'min' | 'max' | 'abs' | 'sqrt') => string;
  readonly equal: (field: string, value: string) => string;
  readonly among: (field: string, values: readonly string[]) => string;
  readonly isNull: (field: string) => string;
  readonly isGiven: (field: string) => string;
}

function writeValue(value: Value, dialect: Dialect): string {
  switch (value.kind) {
    case 'number':
      return dialect.number(value.value);
    case 'text':
      return JSON.stringify(value.value);
    case 'field':
      return dialect.field(value.name);
    case 'min':
    case 'max':
      return `${dialect.function(value.kind)}(${writeValue(value.left, dialect)}, ${writeValue(value.right, dialect)})`;
    case 'abs':
    case 'sqrt':
      return `${dialect.function(value.kind)}(${writeValue(value.of, dialect)})`;
    default:
      return `(${writeValue(value.left, dialect)} ${value.kind} ${writeValue(value.right, dialect)})`;
  }
}

function writeTest(test: Test, dialect: Dialect): string {
  switch (test.kind) {
    case 'compare':
      return `${writeValue(test.left, dialect)} ${test.operator} ${writeValue(test.right, dialect)}`;
    case 'equal':
      return dialect.equal(test.field, test.value);
    case 'among':
      return dialect.among(test.field, test.values);
    case 'null':
      return dialect.isNull(test.field);
    case 'given':
      return dialect.isGiven(test.field);
    default: {
      const parts = test.tests.map((part) =>
        part.kind === 'and' || part.kind === 'or' ? `(${writeTest(part, dialect)})` : writeTest(part, dialect),
      );
      return parts.join(test.kind === 'and' ? ' && ' : ' || ');
    }
  }
}

const VERDICT: Dialect = {
  number: String,
  field: (name) => name,
  function: (name) => `Math.${name}`,
  equal: (field, value) => `${field} === ${JSON.stringify(value)}`,
  among: (field, values) => `${JSON.stringify(values)}.includes(${field})`,
  isNull: (field) => `${field} === null`,
  isGiven: (field) => `${field} !== null`,
};

/** Chains of comparisons are several times faster in V8 than `includes` of a literal. */
const JAVASCRIPT: Dialect = {
  ...VERDICT,
  field: (name) => `o.${name}`,
  equal: (field, value) => `o.${field} === ${JSON.stringify(value)}`,
  among: (field, values) => `(${values.map((value) => `o.${field} === ${JSON.stringify(value)}`).join(' || ')})`,
  isNull: (field) => `o.${field} === null`,
  isGiven: (field) => `o.${field} !== null`,
};

/** As an expression of Verdict, in the profile standard. */
export function toVerdict(test: Test): string {
  return writeTest(test, VERDICT);
}

/** As JavaScript over the object `o`. */
export function toJavaScript(test: Test): string {
  return writeTest(test, JAVASCRIPT);
}

/** As C over `table` and `vtable`, with what peers/c-program.ts defines. */
export function toC(test: Test, slotOf: (field: string) => number): string {
  const equal = (field: string, value: string): string =>
    `text(table, vtable, ${slotOf(field)}, ${JSON.stringify(value)}, ${Buffer.byteLength(value)})`;
  return writeTest(test, {
    // A point, or C divides whole numbers.
    number: (value) => (Number.isInteger(value) ? `${value}.0` : String(value)),
    field: (name) => `number(table, vtable, ${slotOf(name)})`,
    function: (name) => ({ min: 'less', max: 'more', abs: 'fabs', sqrt: 'sqrt' })[name],
    equal,
    among: (field, values) => `(${values.map((value) => equal(field, value)).join(' || ')})`,
    isNull: (field) => `!field(table, vtable, ${slotOf(field)})`,
    isGiven: (field) => `field(table, vtable, ${slotOf(field)})`,
  });
}
