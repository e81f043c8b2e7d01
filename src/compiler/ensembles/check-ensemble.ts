// An ensemble: its file is read, each feature that trees test gets an expression, and what it gives gets names.

import {
  ENSEMBLE_CODES_MAX,
  ENSEMBLE_EXPLAINED_INPUTS_MAX,
  ENSEMBLE_RESULTS_MAX,
  ResultKind,
} from '../../../assembly/shared/ensemble.js';
import type { BundleEnsemble, EnsembleReasons } from '../../bundle/ensembles.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import { hasTooManySlots, usedFeatures } from '../../ensembles/encode-ensemble.js';
import type { Ensemble } from '../../ensembles/ensemble.js';
import { readEnsemble } from '../../ensembles/read-ensemble.js';
import type { HitRule, HitRules } from '../hit-rules.js';
import { type Ir, mayBeNull } from '../ir.js';
import type { FeatureRef, ScopeEntry } from '../scope.js';
import type { EnsembleOutput, EnsembleStep, Step } from '../steps.js';
import type { TableContext } from '../tables/check-table.js';
import { NUMBER } from '../types.js';
import { classText } from './class-text.js';
import { checkInputs, featureOf } from './inputs.js';

export interface CheckedEnsemble {
  steps: Step[];
  members: Map<string, ScopeEntry>;
  /** For people: what the file holds. */
  ensemble: Ensemble;
  /** Names of the features that trees test, and of what is given. */
  inputs: string[];
  outputs: string[];
}

/**
 * Checks an ensemble.
 * @returns undefined where it has faults (reported)
 */
export function checkEnsemble(context: TableContext, written: BundleEnsemble, hits: HitRules): CheckedEnsemble | undefined {
  const { bag } = context;
  const before = bag.errorCount;
  const { iterations, link } = written;
  const read = readEnsemble(written.bytes, {
    ...(iterations === undefined ? {} : { iterations }),
    ...(link === undefined ? {} : { link }),
  });
  if (!('ensemble' in read)) {
    bag.error('V4400', written.modelSpan, `${written.model}: ${read.message}`, read.advice);
    return undefined;
  }
  const { ensemble } = read;
  const used = usedFeatures(ensemble);
  if (hasTooManySlots(ensemble, used)) {
    bag.error(
      'V4400',
      written.modelSpan,
      `${written.model}: the trees ask more different questions than there is room for`,
      'train with fewer features',
    );
    return undefined;
  }
  const inputs = checkInputs(context, written, ensemble, used);
  const classes = checkClasses(written, ensemble, bag);
  const reasons = written.reasons === undefined ? undefined : checkReasons(written.reasons, ensemble, used, classes, bag);
  if (inputs === undefined || bag.errorCount > before) return undefined;
  return lower(written, ensemble, used, inputs, classes, reasons, hits);
}

/** Names of the classes; undefined where there are none. */
function checkClasses(
  { classes, classesSpan }: BundleEnsemble,
  ensemble: Ensemble,
  bag: DiagnosticBag,
): readonly string[] | undefined {
  if (classes === undefined) return ensemble.classes;
  const count = Math.max(2, ensemble.outputs);
  if (classes.length === count) return classes;
  bag.error(
    'V4403',
    classesSpan,
    `the model has ${count} classes, and ${classes.length} are named`,
    'name each of them, in the order of their numbers',
  );
  return undefined;
}

interface Reasons {
  written: EnsembleReasons;
  /** The output that is explained. */
  output: number;
  /** Of each input, from 1; 0 for none. */
  codes: number[];
  /** By number less 1. */
  names: string[];
}

function checkReasons(
  written: EnsembleReasons,
  ensemble: Ensemble,
  used: readonly number[],
  classes: readonly string[] | undefined,
  bag: DiagnosticBag,
): Reasons | undefined {
  const before = bag.errorCount;
  if (used.length > ENSEMBLE_EXPLAINED_INPUTS_MAX) {
    bag.error(
      'V4403',
      written.span,
      `the trees read ${used.length} features, more than the ${ENSEMBLE_EXPLAINED_INPUTS_MAX} that reasons can be given for`,
      'leave `reasons` out',
    );
  }
  checkScores(written, bag);
  const output = outputOf(written, ensemble, classes, bag);
  const names: string[] = [];
  const codes = used.map(() => 0);
  for (const { feature, span, code } of written.codes) {
    const number = featureOf(ensemble, feature);
    const input = number === undefined ? -1 : used.indexOf(number);
    if (number === undefined) {
      const known = ensemble.features.map(({ name }) => name);
      bag.error('V4401', span, `the model has no feature \`${feature}\``, didYouMean(feature, known));
    }
    // A feature that no tree tests never contributes.
    if (input < 0) continue;
    if (!names.includes(code)) names.push(code);
    codes[input] = names.indexOf(code) + 1;
  }
  if (names.length > ENSEMBLE_CODES_MAX)
    bag.error(
      'V4403',
      written.span,
      `${names.length} reason codes are named, more than ${ENSEMBLE_CODES_MAX}`,
      'let features share codes',
    );
  return bag.errorCount > before || output === undefined ? undefined : { written, output, codes, names };
}

/** Reasons are ranked by what they contribute: scores that rise would turn that around. */
function checkScores({ scores, scoresSpan, count }: EnsembleReasons, bag: DiagnosticBag): void {
  const rising = scores.findIndex((score, rank) => rank > 0 && score > scores[rank - 1]!);
  if (rising >= 0)
    bag.error(
      'V4403',
      scoresSpan,
      `the score of reason ${rising + 1} is ${scores[rising]}, more than the ${scores[rising - 1]} of the one before, which contributes more`,
      'write falling or equal scores',
    );
  else if (scores.length > count)
    bag.error(
      'V4403',
      scoresSpan,
      `there are ${scores.length} scores for ${count} reasons at most`,
      `write ${count}, or raise \`count\``,
    );
}

function outputOf(
  { class: named, span }: EnsembleReasons,
  { outputs }: Ensemble,
  classes: readonly string[] | undefined,
  bag: DiagnosticBag,
): number | undefined {
  if (outputs === 1) {
    if (named !== undefined)
      bag.error('V4403', named.span, 'the model has one output, and no class to choose', 'leave `class` out');
    return 0;
  }
  if (named === undefined) {
    bag.error('V4403', span, `the model has ${outputs} classes; reasons explain one of them`, 'write `class: 1`, or its name');
    return undefined;
  }
  const index = classes?.indexOf(named.name) ?? -1;
  const number = index >= 0 ? index : /^\d{1,4}$/.test(named.name) ? Number(named.name) : -1;
  if (number >= 0 && number < outputs) return number;
  const known = classes ?? [];
  bag.error(
    'V4403',
    named.span,
    `the model has no class \`${named.name}\``,
    didYouMean(named.name, known) ?? `its classes are 0 to ${outputs - 1}`,
  );
  return undefined;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name that an expression can use, for each text: other characters become `_`; of two that are then alike, one has a number. */
function memberNames(texts: readonly string[]): string[] {
  const taken = new Set<string>();
  return texts.map((text) => {
    const plain = text.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 64);
    const base = IDENTIFIER.test(plain) ? plain : `_${plain}`;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    return name;
  });
}

const PLACE = { start: 0, end: 0 };

function lower(
  written: BundleEnsemble,
  ensemble: Ensemble,
  used: readonly number[],
  inputs: readonly Ir[],
  classes: readonly string[] | undefined,
  reasons: Reasons | undefined,
  hits: HitRules,
): CheckedEnsemble {
  const { name, span } = written;
  const place = { name: `ensemble ${name}`, span };
  const outputs: EnsembleOutput[] = [];
  const members = new Map<string, ScopeEntry>();
  const give = (path: string, kind: ResultKind, index: number): ScopeEntry => {
    const feature: FeatureRef = { name: `${name}.${path}`, type: NUMBER, nullable: false };
    outputs.push({ feature, result: { kind, index } });
    return { kind: 'feature', feature };
  };
  const group = (path: string, names: readonly string[], entry: (index: number, path: string) => ScopeEntry): void => {
    const entries = names.map((member, index): [string, ScopeEntry] => [member, entry(index, `${path}.${member}`)]);
    members.set(path, { kind: 'group', what: 'ensemble', members: new Map(entries) });
  };
  if (ensemble.outputs === 1) {
    members.set('score', give('score', ResultKind.SCORE, 0));
    members.set('margin', give('margin', ResultKind.MARGIN, 0));
  } else {
    const texts = classes ?? Array.from({ length: ensemble.outputs }, (_, index) => `c${index}`);
    const names = memberNames(texts);
    group('scores', names, (index, path) => give(path, ResultKind.SCORE, index));
    group('margins', names, (index, path) => give(path, ResultKind.MARGIN, index));
  }
  const steps: Step[] = [];
  const featureNames = used.map((feature) => ensemble.features[feature]!.name);
  const inputNames = memberNames(featureNames);
  const values = inputs.map((value, index): Step => {
    const feature: FeatureRef = { name: `${name}.inputs.${inputNames[index]!}`, type: NUMBER, nullable: mayBeNull(value) };
    return { kind: 'let', feature, value, ...place };
  });
  group('inputs', inputNames, (index) => ({ kind: 'feature', feature: (values[index] as Step & { feature: FeatureRef }).feature }));
  const canExplain = used.length <= ENSEMBLE_EXPLAINED_INPUTS_MAX && used.length + outputs.length < ENSEMBLE_RESULTS_MAX;
  const explains = canExplain && (ensemble.outputs === 1 || reasons !== undefined);
  if (explains) group('contributions', inputNames, (index, path) => give(path, ResultKind.CONTRIBUTION, index));
  const hasClass = ensemble.outputs > 1 || classes !== undefined;
  const classNumber = hasClass ? give(classes === undefined ? 'class' : '(class)', ResultKind.CLASS, 0) : undefined;

  const step: EnsembleStep = {
    kind: 'ensemble',
    ensemble,
    features: used,
    inputs,
    outputs,
    by: reasons?.written.by ?? 'path',
    explained: reasons?.output ?? 0,
    codes: reasons?.codes ?? used.map(() => 0),
    isLow: reasons?.written.towards === 'low',
    reasons: reasons === undefined ? [] : addHits(written, reasons, inputNames, hits),
  };
  steps.push(...values, { ...step, ...place });
  if (classNumber?.kind === 'feature') {
    members.set('class', classNumber);
    if (classes !== undefined) {
      const named = classText(`${name}.class`, classNumber.feature, classes);
      members.set('class', { kind: 'feature', feature: named.feature });
      steps.push({ kind: 'let', ...named, ...place });
    }
  }
  return { steps, members, ensemble, inputs: featureNames, outputs: [...members.keys()] };
}

/** The rules that reasons are hits of, by place in the ranking and code. */
function addHits(
  { name, file, line }: BundleEnsemble,
  reasons: Reasons,
  inputNames: readonly string[],
  hits: HitRules,
): number[][] {
  const { written, codes, names } = reasons;
  const count = Math.min(written.count, names.length);
  const sign = written.towards === 'low' ? '<' : '>';
  return Array.from({ length: count }, (_, rank) => {
    const rules = names.map((code, index): HitRule => {
      const own = inputNames.filter((_input, input) => codes[input] === index + 1);
      return {
        id: `${name}/${rank + 1}/${code}`,
        idSpan: written.span,
        file,
        line,
        when: `${own.map((input) => `${name}.contributions.${input}`).join(' + ')} ${sign} 0`,
        score: 0,
        outcome: null,
        reason: code,
        reasonScore: written.scores[rank] ?? 0,
        source: { ensemble: name, rank: rank + 1, code },
      };
    });
    const first = hits.add(rules, true);
    return names.map((_code, index) => first + index);
  });
}

/** An expression that compares a number of the ensemble with a constant. */
export function equals(feature: FeatureRef, value: number): Ir {
  return {
    op: 'compare',
    type: { kind: 'boolean' },
    relation: '===',
    left: { op: 'feature', type: NUMBER, feature, nullable: false, ...PLACE },
    right: { op: 'constant', type: NUMBER, value, ...PLACE },
    ...PLACE,
  };
}
