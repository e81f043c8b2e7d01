// A compiled bundle -> its manifest: what explanations and people want to know of it.

import { BlobKind } from '../../assembly/shared/image.js';
import { partsThatDefine } from '../bundle/bundle.js';
import type { BundleEnsemble } from '../bundle/ensembles.js';
import type { BundleFiles } from '../bundle/files.js';
import type { BundleParameters } from '../bundle/parameters.js';
import type { BundleScorecard } from '../bundle/scorecards.js';
import type { BundleTable } from '../bundle/tables.js';
import type {
  Manifest,
  ManifestEnsemble,
  ManifestParameters,
  ManifestRule,
  ManifestScorecard,
  ManifestTable,
} from '../image/manifest.js';
import type { ImageParameter } from '../image/parts.js';
import type { Definitions } from './definitions.js';
import { featureOf } from './ensembles/inputs.js';
import { packModels } from './ensembles/packed-models.js';
import type { HitRule } from './hit-rules.js';
import type { CompiledBundle } from './to-parts.js';
import { UNICODE_VERSION } from './unicode/case-blob.js';
import { ZONE_DATA_VERSION } from './zones/zone-blob.js';

/** The manifest of a bundle without faults. */
export function toManifest(
  { bundle, model, hits, ranks, program }: CompiledBundle,
  definitions: Definitions,
  files: BundleFiles,
): Manifest {
  const defines = partsThatDefine(bundle).some(({ length }) => length > 0);
  const usesBlob = (kinds: readonly BlobKind[]): boolean => program.blobs.some(({ kind }) => kinds.includes(kind));
  return {
    format: 2,
    name: bundle.name,
    version: bundle.version,
    profile: bundle.profile,
    combine: bundle.combine,
    onError: bundle.onError,
    model,
    rules: [
      ...bundle.rules.map(({ id, file, line, when, score, outcome, reason }, index) => ({
        id,
        file,
        line,
        when: when.text.trim(),
        score,
        outcome,
        reason,
        cost: program.ruleCosts[index]!,
      })),
      ...hits.map(toRule),
    ],
    ranks: [...ranks],
    features: bundle.features.map(({ name, file, line, cases }) => ({
      name,
      file,
      line,
      type: definitions.shown.features.get(name)!,
      cases: cases.map(({ when, value }) => ({
        ...(when === undefined ? {} : { when: when.text.trim() }),
        value: value.text.trim(),
      })),
    })),
    tables: bundle.tables.map((table) => toTable(table, definitions)),
    scorecards: bundle.scorecards.map((scorecard) => toScorecard(scorecard, definitions)),
    ...(bundle.ensembles.length > 0 ? { ensembles: bundle.ensembles.map((one) => toEnsemble(one, definitions)) } : {}),
    lists: bundle.lists.map(({ name, type, file, maximum, isOwn }) => ({
      name,
      type: typeText(type),
      file,
      ...(maximum === undefined ? {} : { maximum }),
      ...(isOwn ? { content: 'bundle' } : {}),
      isRead: program.lists.some((list) => list.name === name),
    })),
    ...(definitions.outputs.length === 0 ? {} : { outputs: definitions.outputs.map(({ shape }) => shape) }),
    ...(bundle.decides ? {} : { decides: false as const }),
    parameters: bundle.parameters.map((set) => toParameters(set, program.parameters)),
    costMax: program.costMax,
    costs: program.costs.filter(({ kind }) => kind !== 'rule').map(({ kind, name, units }) => ({ kind, name, units })),
    ...(defines ? { documents: documentsOf(files) } : {}),
    ...(bundle.ensembles.length > 0 ? { models: packModels(bundle.ensembles) } : {}),
    ...(usesBlob([BlobKind.CASE, BlobKind.PATTERN]) ? { unicode: UNICODE_VERSION } : {}),
    ...(usesBlob([BlobKind.ZONE]) ? { zones: ZONE_DATA_VERSION } : {}),
    modelSchema: bundle.model?.schema,
  };
}

/** What defines names, and the head that says how it is read. */
const DOCUMENT_PATHS =
  /^((bundle|outputs)\.(ya?ml|json)|(features|outputs|tables|scorecards|ensembles|parameters)\/.*|lists\/.*\.(ya?ml|json))$/;

function documentsOf(files: BundleFiles): Record<string, string> {
  const decoder = new TextDecoder();
  const paths = [...files.keys()].filter((path) => DOCUMENT_PATHS.test(path)).sort();
  return Object.fromEntries(paths.map((path) => [path, decoder.decode(files.get(path))]));
}

function toRule({ id, file, line, when, score, outcome, reason, reasonScore, source }: HitRule): ManifestRule {
  const place =
    source === undefined
      ? {}
      : 'table' in source
        ? { table: { name: source.table, row: source.row } }
        : 'ensemble' in source
          ? { ensemble: { name: source.ensemble, rank: source.rank, code: source.code } }
          : { scorecard: { name: source.scorecard, characteristic: source.characteristic, attribute: source.attribute } };
  const reasons = reasonScore === undefined ? {} : { reasonScore };
  return { id, file, line, when, score, outcome, reason, ...reasons, cost: 0, ...place };
}

function toParameters({ name, file, description, values }: BundleParameters, read: readonly ImageParameter[]): ManifestParameters {
  return {
    name,
    file,
    ...(description === undefined ? {} : { description }),
    values: values.map((value) => ({
      name: value.name,
      ...value.declared,
      default: value.default,
      ...(value.description === undefined ? {} : { description: value.description }),
      isRead: read.some((one) => one.set === name && one.name === value.name),
    })),
  };
}

function toTable(table: BundleTable, { shown }: Definitions): ManifestTable {
  const { name, file, hitPolicy, aggregate, inputs, outputs, rows } = table;
  const { conditions, types, notProven } = shown.tables.get(name)!;
  return {
    name,
    file,
    hitPolicy,
    ...(aggregate === undefined ? {} : { aggregate }),
    inputs: inputs.map(({ value, label }) => ({ value: value.text.trim(), ...(label === undefined ? {} : { label }) })),
    outputs: outputs.map((output, index) => ({
      name: output.name,
      type: types[index]!,
      ...(output.default === undefined ? {} : { default: output.default.text.trim() }),
      ...(output.values === undefined ? {} : { values: output.values.map(({ text }) => text.trim()) }),
    })),
    rows: rows.map((row, index) => ({
      id: row.id ?? `${name}/${index + 1}`,
      line: row.line,
      when: row.when.map((cell) => cell?.text.trim() ?? null),
      then: row.then.map((cell) => cell?.text.trim() ?? null),
      condition: conditions[index]!,
    })),
    notProven,
  };
}

function toScorecard(scorecard: BundleScorecard, { shown }: Definitions): ManifestScorecard {
  const { name, file, type, initialScore, reasons, contributes, characteristics } = scorecard;
  const { conditions, notProven } = shown.scorecards.get(name)!;
  return {
    name,
    file,
    type: typeText(type),
    initialScore: initialScore?.text.trim() ?? '0',
    reasons,
    contributes,
    characteristics: characteristics.map((characteristic, at) => ({
      name: characteristic.name,
      line: characteristic.line,
      input: characteristic.input.text.trim(),
      attributes: characteristic.attributes.map(({ line, when, points, reason }, index) => ({
        line,
        when: when?.text.trim() ?? null,
        points: points.text.trim(),
        reason: reason ?? characteristic.reason ?? null,
        condition: conditions[at]![index]!,
      })),
    })),
    notProven,
  };
}

function toEnsemble({ name, file, line, model, inputs }: BundleEnsemble, { shown }: Definitions): ManifestEnsemble {
  const { ensemble, inputs: features, outputs } = shown.ensembles.get(name)!;
  const textOf = (feature: string): string => {
    const number = ensemble.features.findIndex((one) => one.name === feature);
    const written = inputs.find((input, index) =>
      input.feature === undefined ? index === number : featureOf(ensemble, input.feature) === number,
    );
    return written?.value.text.trim() ?? 'null';
  };
  return {
    name,
    file,
    line,
    model,
    format: ensemble.format,
    trees: ensemble.trees.length,
    nodes: ensemble.trees.reduce((sum, { test }) => sum + test.length, 0),
    inputs: features.map((feature) => ({ feature, value: textOf(feature) })),
    outputs,
  };
}

function typeText(type: string | { decimal: number }): string {
  return typeof type === 'string' ? type : `decimal(${type.decimal})`;
}
