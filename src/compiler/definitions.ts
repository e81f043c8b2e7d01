// What a bundle gives a name beside its rules: features, tables, scorecards, ensembles, lists and parameters, checked in an order
// in which each comes after what it reads. What has faults is known by name all the same, so that its readers are checked too.

import type { Bundle } from '../bundle/bundle.js';
import type { BundleEnsemble } from '../bundle/ensembles.js';
import type { ScalarText } from '../bundle/scalar-text.js';
import type { BundleScorecard } from '../bundle/scorecards.js';
import type { BundleTable } from '../bundle/tables.js';
import { DiagnosticBag, type Span } from '../diagnostic/diagnostic.js';
import { fieldRead } from '../schema/field-name.js';
import type { Model } from '../schema/model.js';
import { type CheckedEnsemble, checkEnsemble } from './ensembles/check-ensemble.js';
import { type CheckedFeature, checkFeature } from './features/check-feature.js';
import { checkDefinedNames } from './features/names.js';
import { type Definition, namesIn, orderDefinitions } from './features/order.js';
import { HitRules } from './hit-rules.js';
import type { Ir } from './ir.js';
import { declaredListType } from './lists.js';
import { checkOutputs } from './outputs/check-outputs.js';
import type { CheckedOutput } from './outputs/checked-output.js';
import { declareParameters } from './parameters.js';
import { type FeatureRef, type ListRef, modelScope, type Scope, type ScopeEntry } from './scope.js';
import { checkScorecard } from './scorecards/check-scorecard.js';
import { mapHits } from './step-parts.js';
import type { Step } from './steps.js';
import { type Cell, Operand, operandsOfCell, parseCell } from './tables/cell-syntax.js';
import { isWord, literalOf } from './tables/check-cell.js';
import { checkTable, type ParsedCells, type TableContext } from './tables/check-table.js';
import { compileTable, type ShownTable } from './tables/compile-table.js';
import { BUNDLE_PROOF_STEPS_MAX, type ProofContext } from './tables/prove.js';
import { ERROR, typeName } from './types.js';

export interface Definitions {
  /** The names that rules may use. */
  scope: Scope;
  /** In an order in which each needs only those before it. */
  steps: Step[];
  /** What hits beside the rules. Steps and groups number them from 0; see numberedSteps. */
  hits: HitRules;
  /** Names with the features that stand behind them, for what nothing reads. */
  named: NamedFeatures[];
  shown: Shown;
  /** Outputs of decisions, in the order written. */
  outputs: readonly CheckedOutput[];
  /** What a feature is computed from, where that is an expression. */
  featureValue: (feature: FeatureRef) => Ir | undefined;
}

/** What people are shown of definitions, by name. */
export interface Shown {
  /** Type of each feature. */
  features: Map<string, string>;
  tables: Map<string, ShownTable>;
  /** Of each characteristic, each attribute as an expression. */
  scorecards: Map<string, { conditions: string[][]; notProven: string[] }>;
  ensembles: Map<string, CheckedEnsemble>;
}

export interface NamedFeatures {
  what: string;
  span: Span;
  steps: readonly Step[];
}

interface Pending extends Definition {
  check(context: TableContext, proofs: ProofContext, hits: HitRules, shown: Shown): Result | undefined;
  /** What its name stands for where it has faults. */
  broken: ScopeEntry;
}

interface Result {
  entry: ScopeEntry;
  steps: Step[];
  values?: readonly [FeatureRef, Ir][];
}

/** Checks all definitions of a bundle. Faults go into the bag. */
export function checkDefinitions(bundle: Bundle, model: Model, bag: DiagnosticBag): Definitions {
  checkDefinedNames(bundle, model, bag);
  const names = new Map<string, ScopeEntry>();
  const lists = new Map<string, ListRef>(
    bundle.lists.map((list) => [list.name, { name: list.name, type: declaredListType(list.type) }]),
  );
  const sets = declareParameters(bundle.parameters, model, bag);
  const scope: Scope = { ...modelScope(model), names, lists, parameters: sets.scope };
  const context: TableContext = { scope, profile: bundle.profile, bag };
  const hits = new HitRules(0);
  const values = new Map<FeatureRef, Ir>();
  const featureValue = (feature: FeatureRef): Ir | undefined => values.get(feature);
  const proofs: ProofContext = { model, bag, featureValue, stepsLeft: BUNDLE_PROOF_STEPS_MAX };
  const pending = [
    ...bundle.features.map((feature) => pendingFeature(feature, bundle)),
    ...bundle.tables.map((table) => pendingTable(table, bundle, model)),
    ...bundle.scorecards.map((scorecard) => pendingScorecard(scorecard, bundle, model)),
    ...bundle.ensembles.map((ensemble) => pendingEnsemble(ensemble, bundle)),
  ];
  const shown: Shown = { features: new Map(), tables: new Map(), scorecards: new Map(), ensembles: new Map() };
  const { ordered, circular } = orderDefinitions(pending, bag);
  for (const definition of pending) if (circular.has(definition.name)) names.set(definition.name, definition.broken);
  const checked = new Map<Pending, { result: Result; hits: HitRules }>();
  for (const definition of ordered) {
    const own = new HitRules(0);
    const result = definition.check(context, proofs, own, shown);
    if (!names.has(definition.name)) names.set(definition.name, result?.entry ?? definition.broken);
    if (result === undefined) continue;
    for (const [feature, value] of result.values ?? []) values.set(feature, value);
    checked.set(definition, { result, hits: own });
  }
  // What hits is numbered in the order written, whatever reads what.
  const firstHit = new Map<Pending, number>();
  for (const definition of pending) {
    const found = checked.get(definition);
    if (found !== undefined) firstHit.set(definition, hits.append(found.hits));
  }
  const definitions = [...checked].map(([definition, { result }]): NamedFeatures => {
    const first = firstHit.get(definition)!;
    const steps = result.steps.map((step) => mapHits(step, (hit) => first + hit));
    return { what: definition.what, span: definition.span, steps };
  });
  // Parameters come first: they read nothing.
  const named = [...sets.named, ...definitions];
  const outputs = checkOutputs(context, bundle.outputs);
  const steps = [...named.flatMap((one) => one.steps), ...outputs.flatMap((output) => output.steps)];
  return { scope, steps, hits, named, outputs, shown, featureValue };
}

/** The steps of a program in which hits are numbered behind the rules, of which there are so many. */
export function numberedSteps({ steps }: Definitions, rules: number): Step[] {
  return steps.map((step) => mapHits(step, (hit) => rules + hit));
}

/** Names that a text reads, each with its first place. */
class Reads {
  readonly found = new Map<string, Span>();

  constructor(readonly bundle: Bundle) {}

  add(operand: Operand): void {
    const root = operand.peek(this.bundle.profile);
    if (root === undefined) return;
    namesIn(root, ({ name, start, end }) => {
      if (!this.found.has(name)) this.found.set(name, operand.source.spanAt(start, end));
    });
  }

  addText(source: ScalarText): void {
    if (literalOf(source.text) === undefined) this.add(new Operand(source));
  }
}

function pendingFeature(written: Bundle['features'][number], bundle: Bundle): Pending {
  const reads = new Reads(bundle);
  for (const { when, value } of written.cases) {
    if (when !== undefined) reads.addText(when);
    reads.addText(value);
  }
  const feature: FeatureRef = { name: written.name, type: ERROR, nullable: false };
  return {
    name: written.name,
    what: `the feature \`${written.name}\``,
    span: written.nameSpan,
    reads: reads.found,
    broken: { kind: 'feature', feature },
    check(context, _proofs, _hits, shown) {
      const checked: CheckedFeature | undefined = checkFeature(context, written);
      if (checked === undefined) return undefined;
      shown.features.set(written.name, typeName(checked.feature.type));
      const values: [FeatureRef, Ir][] = checked.value === undefined ? [] : [[checked.feature, checked.value]];
      return { entry: { kind: 'feature', feature: checked.feature }, steps: [checked.step], values };
    },
  };
}

/** Parses the cells of a column, and adds what they read. */
function parseCells(
  cells: readonly (ScalarText | undefined)[],
  parsed: Map<ScalarText, Cell>,
  reads: Reads,
  wordsAreTexts: boolean,
): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    if (cell === undefined || seen.has(cell.text)) continue;
    seen.add(cell.text);
    // Its faults are told when it is checked.
    const tests = parseCell(cell, new DiagnosticBag());
    if (tests === undefined) continue;
    parsed.set(cell, tests);
    for (const operand of operandsOfCell(tests)) {
      if (literalOf(operand.text) !== undefined || (wordsAreTexts && isWord(operand.text))) continue;
      reads.add(operand);
    }
  }
}

/** Words in a column of such a field stand for its members or texts, whatever else has their name. */
function isWordField(input: ScalarText, model: Model): boolean {
  return fieldRead(model, input.text.trim())?.members !== undefined;
}

function pendingTable(table: BundleTable, bundle: Bundle, model: Model): Pending {
  const reads = new Reads(bundle);
  const parsed = new Map<ScalarText, Cell>();
  for (const [index, { value }] of table.inputs.entries()) {
    reads.addText(value);
    const cells = table.rows.map(({ when }) => when[index]);
    parseCells(cells, parsed, reads, isWordField(value, model));
  }
  for (const [index, output] of table.outputs.entries()) {
    const seen = new Set<string>();
    for (const cell of [...table.rows.map(({ then }) => then[index]), output.default]) {
      if (cell === undefined || cell.text.trim() === '' || seen.has(cell.text)) continue;
      seen.add(cell.text);
      reads.addText(cell);
    }
  }
  const members = new Map(table.outputs.map(({ name }): [string, ScopeEntry] => [name, brokenFeature(`${table.name}.${name}`)]));
  return {
    name: table.name,
    what: `the table \`${table.name}\``,
    span: table.span,
    reads: reads.found,
    broken: { kind: 'group', what: 'table', members },
    check(context, proofs, hits, shown) {
      const checked = checkTable(context, table, parsed as ParsedCells);
      const lowered = checked === undefined ? undefined : compileTable(context, proofs, checked, hits);
      if (lowered !== undefined) shown.tables.set(table.name, lowered.shown);
      if (lowered === undefined) return undefined;
      const { members, rows } = lowered;
      return { entry: { kind: 'group', what: 'table', members, ...(rows === undefined ? {} : { rows }) }, ...lowered };
    },
  };
}

function pendingScorecard(scorecard: BundleScorecard, bundle: Bundle, model: Model): Pending {
  const reads = new Reads(bundle);
  const parsed = new Map<ScalarText, Cell>();
  for (const { input, attributes } of scorecard.characteristics) {
    reads.addText(input);
    parseCells(
      attributes.map(({ when }) => when),
      parsed,
      reads,
      isWordField(input, model),
    );
  }
  const members = new Map([['score', brokenFeature(`${scorecard.name}.score`)]]);
  return {
    name: scorecard.name,
    what: `the scorecard \`${scorecard.name}\``,
    span: scorecard.span,
    reads: reads.found,
    broken: { kind: 'group', what: 'scorecard', members },
    check(context, proofs, hits, shown) {
      const checked = checkScorecard(context, proofs, scorecard, parsed as ParsedCells, hits);
      if (checked !== undefined) shown.scorecards.set(scorecard.name, checked);
      return (
        checked && {
          entry: { kind: 'group', what: 'scorecard', members: checked.members },
          steps: checked.steps,
          values: checked.values,
        }
      );
    },
  };
}

function pendingEnsemble(ensemble: BundleEnsemble, bundle: Bundle): Pending {
  const reads = new Reads(bundle);
  for (const { value } of ensemble.inputs) reads.addText(value);
  return {
    name: ensemble.name,
    what: `the ensemble \`${ensemble.name}\``,
    span: ensemble.span,
    reads: reads.found,
    broken: brokenFeature(ensemble.name),
    check(context, _proofs, hits, shown) {
      const checked = checkEnsemble(context, ensemble, hits);
      if (checked === undefined) return undefined;
      shown.ensembles.set(ensemble.name, checked);
      return { entry: { kind: 'group', what: 'ensemble', members: checked.members }, steps: checked.steps };
    },
  };
}

function brokenFeature(name: string): ScopeEntry {
  return { kind: 'feature', feature: { name, type: ERROR, nullable: false } };
}
