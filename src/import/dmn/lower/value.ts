// What FEEL's values become: expressions with what must hold for them not to be null. FEEL has null wherever something is missing or
// wrong, and three-valued logic; the expression language has neither. So a scalar carries its guards, tests under which it is not
// null, and a boolean is two conditions, when it is true and when it is false: where neither holds, it is null.

import type { Feel } from '../feel/ast.js';
import { type Decimal, decimalText, scaleOf } from '../feel/decimal.js';
import { and, at, type Code, choice, code, FALSE, Level, not, or, TRUE, textLiteral } from './code.js';

export type ScalarType =
  | { readonly kind: 'number' }
  | { readonly kind: 'decimal'; readonly scale: number /** Binary digits of its units at most. */; readonly bits: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'enum'; readonly members: readonly string[] }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' };

export interface ScalarValue {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** Its value, where the guards hold. */
  readonly code: Code;
  /** All hold where it is not null; each may rely on those before it. */
  readonly guards: readonly Code[];
  /** Of what has a name: an expression that is null where it is. */
  readonly named?: Code;
  /** Of what is known. */
  readonly constant?: Decimal | string;
}

export interface BoolValue {
  readonly kind: 'bool';
  readonly whenTrue: Code;
  readonly whenFalse: Code;
  /** It is never null: `whenFalse` is the contrary of `whenTrue`. */
  readonly total: boolean;
  /** Of what has a name: an expression that is null where it is. */
  readonly named?: Code;
}

/** Values of which the first whose condition holds counts; null where none does. */
export interface CasesValue {
  readonly kind: 'cases';
  readonly cases: readonly { readonly when: Code; readonly value: SimpleValue }[];
  /** Values rely on the conditions before them not to be null: only one expression says that, not cases of a feature. */
  readonly narrowed?: boolean;
}

export interface NullValue {
  readonly kind: 'null';
}

export type SimpleValue = ScalarValue | BoolValue | CasesValue | NullValue;

export interface ListValue {
  readonly kind: 'list';
  /** A list, or stages of a pass over one, where the guards hold. */
  readonly code: Code;
  readonly guards: readonly Code[];
  /** What an element is, given how it is named. */
  element(name: Code): Value;
  /** True where the code itself has the elements, and no stage in between changed them. */
  readonly plain: boolean;
}

/** A list that is written down. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly items: readonly Value[];
}

/** All rows of a table that matched, each with several outputs. */
export interface RowsValue {
  readonly kind: 'rows';
  readonly table: string;
  /** By the name in the source; the expression is one over a row's columns. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface ContextValue {
  readonly kind: 'context';
  readonly members: ReadonlyMap<string, Value>;
  /** An object of the payload: null where this is. */
  readonly guards: readonly Code[];
  readonly named?: Code;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Feel;
  readonly scope: Scope;
}

export type Value = SimpleValue | ListValue | ArrayValue | RowsValue | ContextValue | FunctionValue;

/** Names to values, inside out. */
export class Scope {
  readonly #values = new Map<string, Value>();

  constructor(
    readonly outer: Scope | undefined,
    /** Values that are made when they are first asked for. */
    readonly make: (name: string) => Value | undefined = () => undefined,
  ) {}

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.make(name) ?? this.outer?.get(name);
  }

  /** All names that have been set, for suggestions. */
  names(): string[] {
    return [...this.#values.keys(), ...(this.outer?.names() ?? [])];
  }
}

export const NULL: NullValue = { kind: 'null' };
export const NUMBER: ScalarType = { kind: 'number' };
export const TEXT: ScalarType = { kind: 'text' };

export function numberConstant(value: Decimal): ScalarValue {
  const text = decimalText(value);
  const level = text.startsWith('-') ? Level.SIGN : Level.PRIMARY;
  return { kind: 'scalar', type: NUMBER, code: code(text, level), guards: [], constant: value };
}

export function textConstant(value: string): ScalarValue {
  return { kind: 'scalar', type: TEXT, code: textLiteral(value), guards: [], constant: value };
}

/** A date or timestamp that is known, in ISO form: texts beside dates are read as dates. */
export function momentConstant(kind: 'date' | 'timestamp', value: string): ScalarValue {
  return { kind: 'scalar', type: { kind }, code: textLiteral(value), guards: [], constant: value };
}

export function boolConstant(value: boolean): BoolValue {
  return { kind: 'bool', whenTrue: value ? TRUE : FALSE, whenFalse: value ? FALSE : TRUE, total: true };
}

/** A boolean that is never null. */
export function totalBool(whenTrue: Code, whenFalse: Code = not(whenTrue)): BoolValue {
  return { kind: 'bool', whenTrue, whenFalse, total: true };
}

/** How something with a name is read. */
export interface Path {
  /** An expression that is null where it is, or where what it is a member of is null. */
  readonly code: Code;
  /** The same where the guards hold. */
  readonly access: Code;
  /** What must hold for what it is a member of. */
  readonly guards: readonly Code[];
  /** It may itself be null. */
  readonly nullable: boolean;
}

/** The path of a name of its own. */
export function pathOf(name: Code, nullable: boolean): Path {
  return { code: name, access: name, guards: [], nullable };
}

/** All that must hold for a path not to be null. */
export function guardsOfPath({ access, guards, nullable }: Path): readonly Code[] {
  return nullable ? [...guards, notNull(access)] : guards;
}

/** What a path stands for. */
export function scalarAt(type: ScalarType, path: Path): ScalarValue {
  return { kind: 'scalar', type, code: path.access, guards: guardsOfPath(path), named: path.code };
}

export function boolAt(path: Path): BoolValue {
  const { code: name, access } = path;
  if (guardsOfPath(path).length === 0) return { kind: 'bool', whenTrue: access, whenFalse: not(access), total: true, named: name };
  const is = (value: boolean): Code => code(`${name.text} === ${value}`, Level.EQUALITY);
  return { kind: 'bool', whenTrue: is(true), whenFalse: is(false), total: false, named: name };
}

export function namedScalar(type: ScalarType, name: Code, nullable: boolean): ScalarValue {
  return scalarAt(type, pathOf(name, nullable));
}

export function namedBool(name: Code, nullable: boolean): BoolValue {
  return boolAt(pathOf(name, nullable));
}

export function notNull(path: Code): Code {
  return code(`${path.text} !== null`, Level.EQUALITY);
}

export function isNull(path: Code): Code {
  return code(`${path.text} === null`, Level.EQUALITY);
}

/** When a value is not null. */
export function present(value: SimpleValue | ListValue | ContextValue): Code {
  if (value.kind === 'scalar' || value.kind === 'list' || value.kind === 'context') return and(...value.guards);
  if (value.kind === 'bool') return value.total ? TRUE : value.named ? notNull(value.named) : or(value.whenTrue, value.whenFalse);
  if (value.kind === 'null') return FALSE;
  return or(...value.cases.map(({ when, value: inner }) => and(when, present(inner))));
}

/** True where it is certain that the value is never null. */
export function isTotal(value: SimpleValue): boolean {
  if (value.kind === 'scalar') return value.guards.length === 0;
  if (value.kind === 'bool') return value.total;
  return value.kind === 'cases' && value.cases.at(-1)?.when.text === 'true' && value.cases.every((one) => isTotal(one.value));
}

/** One expression for a value, null where it is null; undefined for what is always null. */
export function rendered(value: SimpleValue): Code | undefined {
  const nothing = code('null');
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'scalar':
      if (value.guards.length === 0) return value.code;
      return value.named ?? choice(and(...value.guards), value.code, nothing);
    case 'bool':
      if (value.total) return value.whenTrue;
      return (
        value.named ??
        code(`${at(Level.OR, value.whenTrue)} ? true : ${at(Level.OR, value.whenFalse)} ? false : null`, Level.CHOICE)
      );
    case 'cases':
      return value.cases.reduceRight<Code>((rest, one) => choice(one.when, rendered(one.value) ?? nothing, rest), nothing);
  }
}

/** Cases of a feature or of an output, in the order in which they are tried. */
export interface WrittenCase {
  readonly when?: string;
  readonly value: string;
}

/** A value as cases, where it has several; one case without a condition where one expression says it all. */
export function casesOf(value: SimpleValue): WrittenCase[] {
  switch (value.kind) {
    case 'null':
      return [{ when: 'false', value: '0' }];
    case 'scalar':
      return [{ value: rendered(value)!.text }];
    case 'bool': {
      if (value.total || value.named !== undefined) return [{ value: (value.named ?? value.whenTrue).text }];
      const cases = [
        { when: value.whenTrue.text, value: 'true' },
        { when: value.whenFalse.text, value: 'false' },
      ].filter(({ when }) => when !== 'false');
      return cases.length === 0 ? [{ when: 'false', value: 'false' }] : cases;
    }
    case 'cases': {
      if (value.narrowed) return [{ value: rendered(value)!.text }];
      const cases = value.cases.flatMap(({ when, value: inner }): WrittenCase[] => {
        const text = rendered(inner)?.text ?? 'null';
        return when.text === 'false' ? [] : when.text === 'true' ? [{ value: text }] : [{ when: when.text, value: text }];
      });
      const end = cases.findIndex((one) => one.when === undefined);
      const taken = end === -1 ? cases : cases.slice(0, end + 1);
      // a last case of null says what having none says
      while (taken.at(-1)?.value === 'null') taken.pop();
      return taken.length === 0 ? [{ when: 'false', value: '0' }] : taken;
    }
  }
}

/** A choice between two values, of which each may rely on what the condition says of null. */
export function chosen(when: Code, then: SimpleValue, otherwise: SimpleValue): CasesValue {
  const holds = new Set(conjuncts(when));
  const fails = new Set(conjuncts(when).length === 1 ? [when.text.replace(/ === null$/, ' !== null')] : []);
  const first = relying(then, holds);
  const rest = otherwise.kind === 'cases' ? otherwise.cases : [{ when: TRUE, value: otherwise }];
  const others = rest.map((one) => ({ when: one.when, value: relying(one.value, fails) }));
  const narrowed = first !== then || others.some((one, at) => one.value !== rest[at]!.value);
  return {
    kind: 'cases',
    cases: [{ when, value: first }, ...others],
    narrowed: narrowed || (otherwise.kind === 'cases' && otherwise.narrowed === true),
  };
}

/** A value without the guards that are known to hold. */
function relying(value: SimpleValue, known: ReadonlySet<string>): SimpleValue {
  if (value.kind !== 'scalar' || !value.guards.some((guard) => known.has(guard.text))) return value;
  const guards = value.guards.filter((guard) => !known.has(guard.text));
  return { ...value, guards };
}

/** What a condition joins by `&&`. */
function conjuncts(condition: Code): string[] {
  if (condition.level < Level.AND) return [];
  const { text } = condition;
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\\') i++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth === 0 && text.startsWith(' && ', i)) {
      parts.push(text.slice(from, i));
      from = i + 4;
    }
  }
  return [...parts, text.slice(from)];
}

/** The type of what a value is where it is not null; `bool`, or undefined where it is always null or the cases differ. */
export function typeOf(value: SimpleValue): ScalarType | 'bool' | undefined {
  if (value.kind === 'scalar') return value.type;
  if (value.kind === 'bool') return 'bool';
  if (value.kind === 'null') return undefined;
  let found: ScalarType | 'bool' | undefined;
  for (const { value: inner } of value.cases) {
    const type = typeOf(inner);
    if (type === undefined) continue;
    found = found === undefined ? type : commonType(found, type);
    if (found === undefined) return undefined;
  }
  return found;
}

/** The type that values of both are brought to; undefined where there is none. */
export function commonType(a: ScalarType | 'bool', b: ScalarType | 'bool'): ScalarType | 'bool' | undefined {
  if (a === 'bool' || b === 'bool') return a === b ? a : undefined;
  if (a.kind === 'decimal' && b.kind === 'decimal') {
    const scale = Math.max(a.scale, b.scale);
    const bits = (type: { scale: number; bits: number }): number => type.bits + Math.ceil((scale - type.scale) * 3.33);
    return { kind: 'decimal', scale, bits: Math.max(bits(a), bits(b)) };
  }
  if (a.kind === 'enum' && b.kind === 'enum') return a.members.join('\n') === b.members.join('\n') ? a : undefined;
  return a.kind === b.kind ? a : undefined;
}

/** A constant as a decimal: literals beside decimals are taken from their own spelling. */
export function constantDecimal(value: Decimal): ScalarType {
  return {
    kind: 'decimal',
    scale: scaleOf(value),
    bits: value.coefficient.toString(2).length + Math.ceil(Math.max(0, value.exponent) * 3.33),
  };
}
