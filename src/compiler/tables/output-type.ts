// Types that authors declare for outputs, scores and lists.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { OutputType } from '../../bundle/tables.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import { I64_MAX, I64_MIN } from '../../schema/decimal.js';
import type { Field, Model } from '../../schema/model.js';
import { BOOLEAN, DATE, decimalType, ERROR, NUMBER, TIMESTAMP, type Type, typeOfField } from '../types.js';

/** Bytes of a text whose length nothing bounds yet; where values are known, their own lengths count. */
const TEXT: Type = { kind: 'text', bytesMax: 0 };

/**
 * The type that a declaration names.
 * @param path how messages name an enum of its own: `limits.tier`
 * @returns the error type where it names a field that is none (reported)
 */
export function declaredType(declared: OutputType, path: string, span: Span, model: Model, bag: DiagnosticBag): Type {
  if (declared === 'number') return NUMBER;
  if (declared === 'string') return TEXT;
  if (declared === 'boolean') return BOOLEAN;
  if (declared === 'date') return DATE;
  if (declared === 'timestamp') return TIMESTAMP;
  if ('decimal' in declared) return decimalType(declared.decimal, I64_MIN, I64_MAX);
  if ('enum' in declared) return ownEnum(declared.enum, path);
  const scalars = model.fields.filter(
    ({ kind, path: at }) => kind !== FieldKind.OBJECT && kind !== FieldKind.LIST && !at.includes('['),
  );
  const field = scalars.find((candidate) => candidate.path === declared.field);
  if (field !== undefined) return typeOfField(field);
  const advice = didYouMean(
    declared.field,
    scalars.map((candidate) => candidate.path),
  );
  bag.error('V4107', span, `\`${declared.field}\` is not a field that has a value of its own`, advice);
  return ERROR;
}

/** An enum that no field of the model has: members are numbered in the order written. */
function ownEnum(names: readonly string[], path: string): Type {
  const members = names.map((name, index) => ({ name, number: index + 1 }));
  const field: Field = {
    name: path,
    path,
    index: -1,
    table: -1,
    slot: -1,
    kind: FieldKind.ENUM,
    required: true,
    nullable: false,
    members,
  };
  return { kind: 'enum', field, members };
}
