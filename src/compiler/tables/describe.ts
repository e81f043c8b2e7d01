// Inputs of a table in words: `amount [18..21), country US`.

import { formatDecimal } from '../../schema/decimal.js';
import { formatDate, formatTimestamp } from '../../schema/time.js';
import type { Ir } from '../ir.js';
import type { DomainValue, Interval, Region, TableDimension, Witness } from '../proofs/table-form.js';
import type { Type } from '../types.js';

export interface DescribedInputs {
  dimensions: readonly TableDimension[];
  inputs: readonly Ir[];
}

/** Members and intervals that are named at most. */
const SHOWN_MAX = 6;

/** The inputs of a region; '' where it is everything. */
export function describeRegion({ dimensions, inputs }: DescribedInputs, region: Region): string {
  const parts = dimensions.flatMap(({ name }, index) => {
    const set = region[index];
    if (set === undefined) return [];
    const { type } = inputs[index]!;
    const values =
      set.kind === 'intervals'
        ? set.intervals.map((interval) => intervalText(interval, type))
        : set.members.map((member) => valueText(member, type));
    if (set.kind === 'intervals' && set.nan) values.push('NaN');
    if (set.null && !(set.kind === 'members' && set.except)) values.push('null');
    const shown = values.slice(0, SHOWN_MAX).join(', ') + (values.length > SHOWN_MAX ? ', ...' : '');
    return [`\`${name}\` ${set.kind === 'members' && set.except ? `not(${shown})` : shown}`];
  });
  return parts.join(' and ');
}

/** A point: `amount` 5, `country` US. */
export function describeWitness({ dimensions, inputs }: DescribedInputs, witness: Witness): string {
  return dimensions.map(({ name }, index) => `\`${name}\` = ${valueText(witness[index]!, inputs[index]!.type)}`).join(', ');
}

function intervalText({ low, high, lowOpen, highOpen }: Interval, type: Type): string {
  if (low === undefined && high === undefined) return 'anything';
  if (low === undefined) return `${highOpen === true ? '<' : '<='} ${valueText(high!, type)}`;
  if (high === undefined) return `${lowOpen === true ? '>' : '>='} ${valueText(low, type)}`;
  if (low === high) return valueText(low, type);
  return `${lowOpen === true ? '(' : '['}${valueText(low, type)}..${valueText(high, type)}${highOpen === true ? ')' : ']'}`;
}

/** A value as an author would write it. */
export function valueText(value: DomainValue, type: Type): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'decimal':
      return formatDecimal(BigInt(value), type.scale);
    case 'timestamp':
      return isWritable(BigInt(value), 86_400_000_000n) ? formatTimestamp(BigInt(value)) : String(value);
    case 'date':
      return isWritable(BigInt(value), 1n) ? formatDate(Number(value)) : String(value);
    case 'enum':
      return type.members.find(({ number }) => number === Number(value))?.name ?? String(value);
    case 'text':
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** Years 0001 to 9999. */
function isWritable(value: bigint, unitsPerDay: bigint): boolean {
  return value >= -719_162n * unitsPerDay && value < 2_932_897n * unitsPerDay;
}
