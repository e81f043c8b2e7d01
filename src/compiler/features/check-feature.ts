// A feature: cases -> a step that computes it once, of a type that is found from its values.

import type { BundleFeature } from '../../bundle/features.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { isCondition } from '../check-condition.js';
import { checkSourceInScope } from '../check-source.js';
import { type Ir, mayBeNull } from '../ir.js';
import { join } from '../join.js';
import type { FeatureRef } from '../scope.js';
import { FaultSink } from '../source.js';
import type { Assignment, ChoiceRow, Step } from '../steps.js';
import { prototypeOf, unionType } from '../tables/check-outputs.js';
import type { TableContext } from '../tables/check-table.js';
import { NULL, type Type, typePhrase } from '../types.js';

export interface CheckedFeature {
  feature: FeatureRef;
  step: Step;
  /** The whole as one expression, for proofs; absent where that would be long. */
  value?: Ir;
}

/** Cases that are shown to the proofs as one expression. */
const VALUE_CASES_MAX = 32;

/**
 * Checks a feature, or an output with cases.
 *
 * @param what it is
 * @returns undefined where it has faults (reported)
 */
export function checkFeature(
  context: TableContext,
  written: Pick<BundleFeature, 'name' | 'nameSpan' | 'cases'>,
  what: 'feature' | 'output' = 'feature',
): CheckedFeature | undefined {
  const { bag } = context;
  const before = bag.errorCount;
  checkLast(written, bag);
  const whens = written.cases.map(({ when }) => {
    if (when === undefined) return undefined;
    const condition = checkSourceInScope(when, context.scope, context.profile, bag);
    if (condition !== undefined) isCondition(condition, when.span, `a case of \`${written.name}\``, bag);
    return condition;
  });
  const found = written.cases.map(({ value }) => checkSourceInScope(value, context.scope, context.profile, bag));
  // What reads something with faults says nothing of its own.
  if (bag.errorCount > before || found.some((ir) => ir?.type.kind === 'error')) return undefined;
  const values = joinValues(written, found as Ir[], bag);
  if (values === undefined) return undefined;
  const type = unionType(values.find((ir) => ir.type.kind !== 'null')?.type ?? NULL, values);
  if (!checkType(written, type, what, bag)) return undefined;
  const isTotal = written.cases[written.cases.length - 1]!.when === undefined;
  const feature: FeatureRef = { name: written.name, type, nullable: !isTotal || values.some(mayBeNull) };
  const place = { name: `${what} ${written.name}`, span: written.nameSpan };
  if (whens[0] === undefined) return { feature, step: { kind: 'let', feature, value: values[0]!, ...place }, value: values[0]! };

  const set = (value: Ir): Assignment[] => [{ feature, value }];
  const rows = whens.flatMap((when, index): ChoiceRow[] =>
    when === undefined ? [] : [{ when, sets: set(values[index]!), hits: [], group: index }],
  );
  const last: Ir = isTotal ? values[values.length - 1]! : { op: 'constant', type, value: null, start: 0, end: 0 };
  const step: Step = { kind: 'choose', rows, otherwise: { sets: set(last), hits: [] }, exclusive: false, ...place };
  if (rows.length > VALUE_CASES_MAX) return { feature, step };
  const value = rows.reduceRight<Ir>(
    (whenFalse, row) => ({ op: 'conditional', type, test: row.when, whenTrue: row.sets[0]!.value, whenFalse, start: 0, end: 0 }),
    last,
  );
  return { feature, step, value };
}

/** A case without a condition ends the list: what follows it is never reached. */
function checkLast({ name, cases }: Pick<BundleFeature, 'name' | 'cases'>, bag: DiagnosticBag): void {
  for (const { when, value } of cases.slice(0, -1)) {
    if (when !== undefined) continue;
    bag.error(
      'V3606',
      value.span,
      `the cases of \`${name}\` after this one are never reached`,
      'give it a `when`, or move it to the end',
    );
  }
}

/** Brings the values to one type, each fault at its own place. */
function joinValues(
  { name, cases }: Pick<BundleFeature, 'name' | 'cases'>,
  values: readonly Ir[],
  bag: DiagnosticBag,
): Ir[] | undefined {
  if (values.length === 1) return [...values];
  const what = `the values of \`${name}\``;
  const isLiteral = (ir: Ir): boolean => ir.op === 'constant';
  let lead = values.find((ir) => !isLiteral(ir) && ir.type.kind !== 'null') ?? values.find((ir) => ir.type.kind !== 'null');
  if (lead === undefined) return [...values];
  const joinAll = (type: Type): Ir[] | undefined => {
    const joined: Ir[] = [];
    for (const [index, value] of values.entries()) {
      const source = cases[index]!.value;
      const pair = join([prototypeOf(type), value], { what, start: 0, end: source.text.length }, new FaultSink(source, bag));
      if (pair === undefined) return undefined;
      joined.push(pair[1]!);
    }
    return joined;
  };
  // A number literal takes the scale of a decimal beside it, which may stand in any case.
  lead = values.find((ir) => ir.type.kind === 'decimal') ?? lead;
  const first = joinAll(lead.type);
  if (first === undefined || lead.type.kind !== 'decimal') return first;
  const widest = first.reduce((a, b) =>
    a.type.kind === 'decimal' && b.type.kind === 'decimal' && b.type.scale > a.type.scale ? b : a,
  );
  const scale = widest.type.kind === 'decimal' ? widest.type.scale : 0;
  return joinAll({ ...lead.type, scale, low: 0n, high: 0n });
}

function checkType(
  { name, nameSpan }: Pick<BundleFeature, 'name' | 'nameSpan'>,
  type: Type,
  what: 'feature' | 'output',
  bag: DiagnosticBag,
): boolean {
  const code = what === 'feature' ? 'V3604' : 'V3701';
  if (type.kind === 'object' || type.kind === 'list') {
    const advice = type.kind === 'list' ? 'ask something of it, such as `items.length`' : 'name one of its fields';
    bag.error(code, nameSpan, `the ${what} \`${name}\` is ${typePhrase(type)}`, advice);
    return false;
  }
  if (type.kind === 'null') {
    bag.error(code, nameSpan, `the ${what} \`${name}\` is always null`, 'give it a value');
    return false;
  }
  return true;
}
