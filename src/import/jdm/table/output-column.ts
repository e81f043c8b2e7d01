// What the rows of a table give, as a column of the language, and what reads such a column.

import { textCell } from '../cell.js';
import { anyUnits, choose, commonType } from '../choose.js';
import { and, atom, type Code, choice, compared, or, TRUE } from '../code.js';
import { trimmed } from '../expression/decimal.js';
import { toFloat } from '../numbers/number.js';
import {
  ABSENT,
  type Constant,
  type ConstantValue,
  isDecimalValue,
  literal,
  NULL,
  plainOf,
  Refusal,
  type Scalar,
  type ScalarType,
  type Sym,
  totalCode,
} from '../symbol.js';

/** Objects as one part for each of their members, by path. */
export function partsOf(
  path: string,
  values: readonly (Sym | undefined)[],
): { path: string; values: readonly (Sym | undefined)[] }[] {
  const plain = values.map((value) => value && plainOf(value));
  if (!plain.some((value) => value?.kind === 'object') || plain.some((value) => value !== undefined && value.kind !== 'object')) {
    const refused = plain.find((value) => value?.kind === 'refused');
    if (refused?.kind === 'refused') throw new Refusal(refused.reason);
    return [{ path, values: plain }];
  }
  const names = new Set(plain.flatMap((value) => (value?.kind === 'object' ? [...value.members.keys()] : [])));
  return [...names].flatMap((name) =>
    partsOf(
      `${path}.${name}`,
      plain.map((value) => (value?.kind === 'object' ? value.members.get(name) : undefined)),
    ),
  );
}

export interface OutputColumn {
  readonly type: ScalarType;
  /** What the header says behind the name. */
  readonly title: string;
  readonly cells: readonly string[];
  readonly isFilled: boolean;
  readonly hasNull: boolean;
  readonly domain: readonly ConstantValue[] | undefined;
  readonly isRounded: boolean;
}

const DOMAIN_MAX = 256;

/** A column of scalars of one type; undefined where it is none. */
export function columnOf(values: readonly (Sym | undefined)[]): OutputColumn | undefined {
  let all: Scalar | Constant = NULL;
  const domain = new Map<string, ConstantValue>();
  let isDomain = true;
  let hasNull = false;
  let isRounded = false;
  for (const value of values) {
    if (value === undefined) continue;
    if (value.kind !== 'scalar' && value.kind !== 'constant') return undefined;
    if (value.kind === 'constant' && value.value === null) hasNull = true;
    if (value.kind === 'constant' && value.value !== null) {
      const known = isDecimalValue(value.value) ? trimmed(value.value) : value.value;
      domain.set(literal(known).text, known);
    }
    if (value.kind === 'scalar') {
      isDomain = false;
      hasNull ||= value.nullable;
      isRounded ||= value.isRounded === true;
    }
    const type = commonType(all, value);
    if (type === undefined && !(isNull(all) && isNull(value))) return undefined;
    if (type !== undefined) all = { kind: 'scalar', type, code: TRUE, nullable: false, needs: [], isPath: false };
  }
  if (all.kind === 'constant') return undefined;
  const { type } = all;
  return {
    type,
    title: type.kind === 'decimal' ? `: decimal(${Math.min(18, type.scale)})` : type.kind === 'float' ? ': number' : '',
    cells: values.map((value) => (value === undefined ? '' : outputCell(value as Scalar | Constant, type))),
    isFilled: !values.includes(undefined),
    hasNull,
    domain: isDomain && domain.size <= DOMAIN_MAX ? [...domain.values()] : undefined,
    isRounded,
  };
}

const isNull = (value: Sym): boolean => value.kind === 'constant' && value.value === null;

function outputCell(value: Scalar | Constant, type: ScalarType): string {
  if (value.kind === 'constant')
    return value.value === null ? '' : typeof value.value === 'string' ? textCell(value.value) : literal(value.value).text;
  const whole = totalCode(value).code;
  const isNumber = type.kind === 'float' && value.type.kind === 'decimal';
  const bare = !isNumber
    ? whole
    : value.nullable || value.needs.length > 0
      ? choice(and(...value.needs, compared('!==', value.code, atom('null'))), toFloat({ ...value, nullable: false }), atom('null'))
      : toFloat(value);
  // a name alone could be taken for a text
  return /^\w+$/.test(bare.text) ? `(${bare.text})` : bare.text;
}

/** What reads a column: its values, and where it has none, nothing. */
export function ofColumn(column: OutputColumn, code: Code, isMatched: boolean, isFirst: boolean): Sym {
  const { type, domain, isRounded } = column;
  const isCertain = column.isFilled && isMatched;
  // a column says its type, and nothing of its bounds
  const scalar: Scalar = {
    kind: 'scalar',
    type: type.kind === 'decimal' ? { ...type, ...anyUnits(type.scale) } : type,
    ...(type.kind === 'decimal' ? { within: { low: type.low, high: type.high } } : {}),
    code,
    nullable: !isCertain || column.hasNull,
    needs: [],
    isPath: true,
    ...(domain === undefined ? {} : { domain }),
    ...(isRounded ? { isRounded } : {}),
  };
  if (isCertain && !column.hasNull) return scalar;
  // a value that is null takes the place of what was there, as an empty cell does not; in an answer the two are the same
  return { kind: 'maybe', when: isFirst ? compared('!==', code, atom('null')) : TRUE, value: scalar };
}

/** Values that no column can hold, by the number of the row. */
export function byRow(values: readonly (Sym | undefined)[], row: Code): Sym {
  const groups = new Map<string, { value: Sym | undefined; rows: number[] }>();
  for (const [index, value] of values.entries()) {
    const key =
      value === undefined
        ? ''
        : JSON.stringify(value, (_, part: unknown) =>
            typeof part === 'bigint' ? String(part) : part instanceof Map ? [...part] : part,
          );
    const group = groups.get(key) ?? { value, rows: [] };
    group.rows.push(index + 1);
    groups.set(key, group);
  }
  let result: Sym = ABSENT;
  for (const { value, rows } of [...groups.values()].reverse()) {
    const when = or(...rows.map((number) => compared('===', row, atom(String(number)))));
    result = choose(when, value ?? ABSENT, result);
  }
  return result;
}
