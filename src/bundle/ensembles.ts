// ensembles/NAME.yaml: a trained model of trees, what its features are of a payload, and the reasons that it gives.

import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { checkDocument } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import type { BundleFiles } from './files.js';
import type { ScalarText } from './scalar-text.js';

/** Where files of trained models lie. */
export const MODELS_FOLDER = 'models';

export type LinkName = 'identity' | 'logistic' | 'softmax' | 'exp';

export interface EnsembleInput {
  /** The feature's name or number; absent where inputs stand in the order of the file. */
  feature?: string;
  /** Of the feature's name, or of the value. */
  span: Span;
  value: ScalarText;
  /** Numbers of texts and members, by word. */
  categories?: ReadonlyMap<string, number>;
}

export interface EnsembleReasons {
  span: Span;
  /** Reasons at most. */
  count: number;
  by: 'path' | 'leaf';
  towards: 'high' | 'low';
  /** Score of each reason by its rank; those behind carry 0. */
  scores: number[];
  scoresSpan: Span;
  /** The class whose value is explained. */
  class?: { name: string; span: Span };
  /** Reason codes by feature. */
  codes: { feature: string; span: Span; code: string }[];
}

export interface BundleEnsemble {
  name: string;
  file: string;
  span: Span;
  /** Line (from 1) of the model's path. */
  line: number;
  description?: string;
  /** Path of the file, and its bytes. */
  model: string;
  modelSpan: Span;
  bytes: Uint8Array;
  inputs: EnsembleInput[];
  inputsSpan: Span;
  iterations?: 'best' | 'all' | number;
  link?: LinkName;
  classes?: string[];
  classesSpan: Span;
  reasons?: EnsembleReasons;
}

type InputEntry = string | number | boolean | { value: unknown; categories?: string[] | Record<string, number> };

interface EnsembleEntry {
  description?: string;
  model: string;
  inputs: InputEntry[] | Record<string, InputEntry>;
  iterations?: 'best' | 'all' | number;
  link?: LinkName;
  classes?: string[];
  reasons?: {
    count?: number;
    by?: 'path' | 'leaf';
    towards?: 'high' | 'low';
    scores?: number[];
    class?: string | number;
    codes: Record<string, string>;
  };
}

/** Reads a definition; undefined where it does not match its schema or the file of the model is missing (reported). */
export function readEnsembleDocument(
  name: string,
  document: BundleDocument,
  files: BundleFiles,
  bag: DiagnosticBag,
): BundleEnsemble | undefined {
  if (!checkDocument(document, 'ensemble', bag)) return undefined;
  const value = document.value as EnsembleEntry;
  const modelSpan = document.spanOf('/model');
  const bytes = files.get(value.model);
  if (bytes === undefined) {
    const known = [...files.keys()].filter((path) => path.startsWith(`${MODELS_FOLDER}/`));
    bag.error(
      'V1001',
      modelSpan,
      `the file ${value.model} is missing`,
      didYouMean(value.model, known) ?? 'paths start at the top of the bundle',
    );
    return undefined;
  }
  const { reasons } = value;
  return {
    name,
    file: document.file,
    span: document.spanOf(''),
    line: document.lineOf(modelSpan.start),
    ...(value.description === undefined ? {} : { description: value.description }),
    model: value.model,
    modelSpan,
    bytes,
    inputs: readInputs(document, value.inputs),
    inputsSpan: document.keySpan('', 'inputs'),
    ...(value.iterations === undefined ? {} : { iterations: value.iterations }),
    ...(value.link === undefined ? {} : { link: value.link }),
    ...(value.classes === undefined ? {} : { classes: value.classes }),
    classesSpan: document.keySpan('', 'classes'),
    ...(reasons === undefined ? {} : { reasons: readReasons(document, reasons) }),
  };
}

function readInputs(document: BundleDocument, inputs: EnsembleEntry['inputs']): EnsembleInput[] {
  const read = (key: string | number, entry: InputEntry, feature?: string): EnsembleInput => {
    const pointer = toPointer('inputs', key);
    const isPlain = typeof entry !== 'object';
    const value = document.scalar(isPlain ? pointer : `${pointer}/value`)!;
    const span = feature === undefined ? document.spanOf(pointer) : document.keySpan('/inputs', feature);
    const categories = isPlain ? undefined : entry.categories;
    return {
      ...(feature === undefined ? {} : { feature }),
      span,
      value,
      ...(categories === undefined ? {} : { categories: numbersOf(categories) }),
    };
  };
  if (Array.isArray(inputs)) return inputs.map((entry, index) => read(index, entry));
  return Object.entries(inputs).map(([feature, entry]) => read(feature, entry, feature));
}

/** A list counts its words from 0. */
function numbersOf(categories: string[] | Record<string, number>): ReadonlyMap<string, number> {
  return Array.isArray(categories) ? new Map(categories.map((word, index) => [word, index])) : new Map(Object.entries(categories));
}

function readReasons(document: BundleDocument, reasons: NonNullable<EnsembleEntry['reasons']>): EnsembleReasons {
  return {
    span: document.keySpan('', 'reasons'),
    count: reasons.count ?? 4,
    by: reasons.by ?? 'path',
    towards: reasons.towards ?? 'high',
    scores: reasons.scores ?? [],
    scoresSpan: document.spanOf('/reasons/scores'),
    ...(reasons.class === undefined ? {} : { class: { name: String(reasons.class), span: document.spanOf('/reasons/class') } }),
    codes: Object.entries(reasons.codes).map(([feature, code]) => ({
      feature,
      span: document.keySpan('/reasons/codes', feature),
      code,
    })),
  };
}
