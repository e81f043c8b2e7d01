// A scorecard: each characteristic gives the points of its first attribute that holds; the score is their sum. Attributes that lose
// points against the baseline give reasons, the largest loss first (adverse-action reasons, as `reasonCodeAlgorithm` of PMML).

import type { ScalarText } from '../../bundle/scalar-text.js';
import type { BundleScorecard, Characteristic } from '../../bundle/scorecards.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { arithmeticType, exactOfLiteral, powerOfTen } from '../exact.js';
import type { HitRule, HitRules } from '../hit-rules.js';
import type { ArithmeticIr, ConstantIr, Ir } from '../ir.js';
import { unionOf } from '../join.js';
import type { FeatureRef, ScopeEntry } from '../scope.js';
import type { Assignment, ChoiceRow, LetStep, Step } from '../steps.js';
import { CellChecker, type CheckedCell, type Subject } from '../tables/check-cell.js';
import { checkInput, type ParsedCells, type TableContext } from '../tables/check-table.js';
import { type ProofContext, type Provable, prove } from '../tables/prove.js';
import { renderRow } from '../tables/render-cell.js';
import { BOOLEAN, type DecimalType, decimalType, NUMBER, type Type } from '../types.js';

export interface CheckedScorecard {
  steps: Step[];
  members: Map<string, ScopeEntry>;
  /** Of each characteristic, each attribute as an expression. */
  conditions: string[][];
  notProven: string[];
  /** The score and what it is made of as expressions, for proofs about what reads them. */
  values: [FeatureRef, Ir][];
}

interface CheckedCharacteristic {
  characteristic: Characteristic;
  subject: Subject;
  cells: CheckedCell[];
  points: ConstantIr[];
  /** Points lost by each attribute, negative where it is better than the baseline. */
  losses: number[];
  lets: (LetStep & Step)[];
}

const PLACE = { start: 0, end: 0 };

/**
 * Checks a scorecard.
 * @returns undefined where it has faults (reported)
 */
export function checkScorecard(
  context: TableContext,
  proofs: ProofContext,
  scorecard: BundleScorecard,
  parsed: ParsedCells,
  hits: HitRules,
): CheckedScorecard | undefined {
  const { bag } = context;
  const before = bag.errorCount;
  checkNames(scorecard, bag);
  const scale = scorecard.type === 'number' ? undefined : scorecard.type.decimal;
  const initial = scorecard.initialScore === undefined ? zeroPoints(scale) : pointsOf(scorecard.initialScore, scale, bag);
  const found = scorecard.characteristics.map((one) => checkCharacteristic(context, scorecard, one, scale, parsed));
  if (bag.errorCount > before || found.includes(undefined)) return undefined;
  const characteristics = found as CheckedCharacteristic[];
  const notProven = characteristics.flatMap((one) => {
    const { open } = prove(proofs, provableOf(scorecard, one));
    return open.map((text) => `${one.characteristic.name}: ${text}`);
  });
  if (bag.errorCount > before) return undefined;
  return { ...lower(context, scorecard, initial!, characteristics, hits), notProven };
}

function checkNames({ characteristics }: BundleScorecard, bag: DiagnosticBag): void {
  const first = new Map<string, Characteristic>();
  for (const characteristic of characteristics) {
    const { name, nameSpan, attributes } = characteristic;
    const twin = first.get(name);
    if (twin === undefined) first.set(name, characteristic);
    else {
      const related = [{ message: 'it stands here too', span: twin.nameSpan }];
      bag.add({
        code: 'V4150',
        severity: 'error',
        span: nameSpan,
        message: `the characteristic \`${name}\` stands twice`,
        related,
      });
    }
    for (const { when, span } of attributes.slice(0, -1)) {
      if (when !== undefined) continue;
      bag.error(
        'V4153',
        span,
        `the attributes of \`${name}\` after this one never count`,
        'give it a `when`, or move it to the end',
      );
    }
  }
}

function checkCharacteristic(
  context: TableContext,
  { name: card, reasons }: BundleScorecard,
  characteristic: Characteristic,
  scale: number | undefined,
  parsed: ParsedCells,
): CheckedCharacteristic | undefined {
  const { bag } = context;
  const { name, input, attributes } = characteristic;
  const lets: (LetStep & Step)[] = [];
  const subject = checkInput(context, input, `${card} input ${name}`, `the scorecard \`${card}\``, lets);
  const checker = subject && new CellChecker(subject, context.scope, context.profile, bag);
  const cells = attributes.map(({ when }) => (when === undefined ? {} : checker?.check(when, parsed.get(when))));
  const points = attributes.map((attribute) => pointsOf(attribute.points, scale, bag));
  const baseline = characteristic.baseline === undefined ? undefined : pointsOf(characteristic.baseline, scale, bag);
  if (subject === undefined || cells.includes(undefined) || points.includes(undefined)) return undefined;
  const numbers = points.map((value) => numberOf(value!));
  const best = reasons === 'pointsBelow' ? Math.max(...numbers) : Math.min(...numbers);
  const from = baseline === undefined ? best : numberOf(baseline);
  const losses = numbers.map((value) => (reasons === 'pointsBelow' ? from - value : value - from));
  return { characteristic, subject, cells: cells as CheckedCell[], points: points as ConstantIr[], losses, lets };
}

function zeroPoints(scale: number | undefined): ConstantIr {
  if (scale === undefined) return { op: 'constant', type: NUMBER, value: 0, ...PLACE };
  return { op: 'constant', type: decimalType(scale, 0n, 0n), value: 0n, ...PLACE };
}

/** Points as they are written, exactly. */
function pointsOf(text: ScalarText, scale: number | undefined, bag: DiagnosticBag): ConstantIr | undefined {
  const spelled = text.text.trim().replace(/^\+/, '');
  const value = Number(spelled);
  if (scale === undefined) return { op: 'constant', type: NUMBER, value, ...PLACE };
  const negative = spelled.startsWith('-');
  const exact = exactOfLiteral(negative ? spelled.slice(1) : spelled);
  if (exact === undefined || exact.scale > scale) {
    bag.error(
      'V4152',
      text.span,
      `${spelled} has more than ${scale} digits after the point`,
      `round it, or declare \`type: { decimal: ${exact?.scale ?? 18} }\``,
    );
    return undefined;
  }
  const scaled = exact.value * powerOfTen(scale - exact.scale) * (negative ? -1n : 1n);
  return { op: 'constant', type: decimalType(scale, scaled, scaled), value: scaled, ...PLACE };
}

function numberOf(points: ConstantIr): number {
  return points.type.kind === 'decimal' ? Number(points.value) / 10 ** points.type.scale : (points.value as number);
}

function isTotal({ attributes }: Characteristic): boolean {
  return attributes[attributes.length - 1]!.when === undefined;
}

function provableOf(scorecard: BundleScorecard, { characteristic, subject, cells, points, lets }: CheckedCharacteristic): Provable {
  const { name, nameSpan, input, attributes } = characteristic;
  return {
    what: `the characteristic \`${name}\` of \`${scorecard.name}\``,
    rowWord: 'attribute',
    span: nameSpan,
    policy: 'first',
    inputs: [{ name: input.text, span: input.span, ir: lets[0]?.value ?? subject.ir, nullable: subject.nullable }],
    rows: attributes.map(({ span, when }, index) => ({
      name: `attribute ${index + 1}`,
      span,
      cells: [when?.span],
      sets: [cells[index]!.set],
      outputsKey: `${String(points[index]!.value)} ${attributes[index]!.reason ?? ''}`,
    })),
    gaps: isTotal(characteristic) ? 'none' : 'error',
    gapAdvice: 'end the attributes with one without `when`',
  };
}

function lower(
  context: TableContext,
  scorecard: BundleScorecard,
  initial: ConstantIr,
  characteristics: readonly CheckedCharacteristic[],
  hits: HitRules,
): Omit<CheckedScorecard, 'notProven'> {
  const { name, span } = scorecard;
  const place = { name: `scorecard ${name}`, span };
  const steps: Step[] = [];
  const initialHit =
    scorecard.contributes && numberOf(initial) !== 0 ? hits.add([initialRule(scorecard, initial)], true) : undefined;
  if (initialHit !== undefined) {
    const always: Ir = { op: 'constant', type: BOOLEAN, value: true, ...PLACE };
    steps.push({ kind: 'each', rows: [{ when: always, sets: [], folds: [], hits: [initialHit] }], ...place });
  }
  let sum: Ir = initial;
  const values: [FeatureRef, Ir][] = [];
  const conditions = characteristics.map((checked) => conditionsOf(context, checked));
  for (const [at, checked] of characteristics.entries()) {
    const { characteristic, points, cells, lets } = checked;
    const type = typeOfPoints(points);
    const feature: FeatureRef = { name: `${name} ${characteristic.name}`, type, nullable: false };
    const first = scorecard.contributes ? hits.add(rulesOf(scorecard, checked, conditions[at]!), true) : undefined;
    const hitsOf = (index: number): number[] => (first === undefined ? [] : [first + index]);
    const set = (index: number): Assignment[] => [{ feature, value: points[index]! }];
    // One that is proven to be complete may take its last attribute without a test.
    const last = points.length - 1;
    const rows = cells.slice(0, last).map((cell, index): ChoiceRow => {
      const when: Ir = cell.condition ?? { op: 'constant', type: BOOLEAN, value: true, ...PLACE };
      return { when, sets: set(index), hits: hitsOf(index), group: index, number: index + 1 };
    });
    for (const { feature: input, value } of lets) values.push([input, value]);
    const choose = rows.reduceRight<Ir>(
      (whenFalse, { when, sets }) => ({ op: 'conditional', type, test: when, whenTrue: sets[0]!.value, whenFalse, ...PLACE }),
      points[last]!,
    );
    values.push([feature, choose]);
    const otherwise = { sets: set(last), hits: hitsOf(last), number: last + 1 };
    const of = { scorecard: name, characteristic: characteristic.name };
    steps.push(...lets, { kind: 'choose', rows, otherwise, exclusive: false, of, ...place });
    sum = plus(sum, { op: 'feature', type, feature, nullable: false, ...PLACE });
  }
  const score: FeatureRef = { name: `${name}.score`, type: sum.type, nullable: false };
  values.push([score, sum]);
  steps.push({ kind: 'let', feature: score, value: sum, ...place });
  return { steps, members: new Map([['score', { kind: 'feature', feature: score }]]), conditions, values };
}

function typeOfPoints(points: readonly ConstantIr[]): Type {
  const decimals = points.map(({ type }) => type).filter((type): type is DecimalType => type.kind === 'decimal');
  if (decimals.length === 0) return NUMBER;
  return unionOf(decimals);
}

function plus(left: Ir, right: Ir): ArithmeticIr {
  const type = left.type.kind === 'decimal' && right.type.kind === 'decimal' ? arithmeticType('+', left.type, right.type) : NUMBER;
  return { op: 'arithmetic', type, operator: '+', left, right, ...PLACE };
}

function initialRule({ name, file, span }: BundleScorecard, initial: ConstantIr): HitRule {
  const source = { scorecard: name, characteristic: '', attribute: 0 };
  return {
    id: `${name}/initial`,
    idSpan: span,
    file,
    line: 1,
    when: 'true',
    score: numberOf(initial),
    outcome: null,
    reason: null,
    source,
  };
}

function conditionsOf({ scope, profile }: TableContext, { characteristic, subject }: CheckedCharacteristic): string[] {
  const column = { text: characteristic.input.text, subject, scope, profile };
  return characteristic.attributes.map(({ when }) => renderRow([column], [when]));
}

function rulesOf(scorecard: BundleScorecard, checked: CheckedCharacteristic, conditions: readonly string[]): HitRule[] {
  const { characteristic, points, losses } = checked;
  return characteristic.attributes.map(({ reason, span, line }, index): HitRule => {
    const loss = losses[index]!;
    return {
      id: `${scorecard.name}/${characteristic.name}/${index + 1}`,
      idSpan: span,
      file: scorecard.file,
      line,
      when: conditions[index]!,
      score: numberOf(points[index]!),
      outcome: null,
      reason: loss > 0 ? (reason ?? characteristic.reason ?? null) : null,
      reasonScore: loss,
      source: { scorecard: scorecard.name, characteristic: characteristic.name, attribute: index + 1 },
    };
  });
}
