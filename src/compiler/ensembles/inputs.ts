// The inputs of an ensemble: an expression for each feature that its trees test, as a number.

import { FunctionId } from '../../../assembly/shared/function.js';
import type { BundleEnsemble, EnsembleInput } from '../../bundle/ensembles.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { didYouMean } from '../../diagnostic/suggest.js';
import type { Ensemble } from '../../ensembles/ensemble.js';
import { checkSourceInScope } from '../check-source.js';
import { type Ir, type LocalRef, mayBeNull } from '../ir.js';

import type { TableContext } from '../tables/check-table.js';
import { BOOLEAN, type EnumType, NUMBER, type Type, typePhrase, utf8Bytes } from '../types.js';

const PLACE = { start: 0, end: 0 };

/** The feature that a text names: by name, else by number. */
export function featureOf({ features }: Ensemble, text: string): number | undefined {
  const named = features.findIndex(({ name }) => name === text);
  if (named >= 0) return named;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : -1;
  return number >= 0 && number < features.length ? number : undefined;
}

/**
 * Checks the inputs.
 *
 * @param used features that trees test
 * @returns an expression for each of them, null where it is missing; undefined where there are faults (reported)
 */
export function checkInputs(
  context: TableContext,
  written: BundleEnsemble,
  ensemble: Ensemble,
  used: readonly number[],
): Ir[] | undefined {
  const { bag } = context;
  const before = bag.errorCount;
  const byFeature = assign(written, ensemble, bag);
  const missing = used.filter((feature) => !byFeature.has(feature));
  if (missing.length > 0 && bag.errorCount === before) {
    const names = missing.slice(0, 5).map((feature) => `\`${ensemble.features[feature]!.name}\``);
    const rest = missing.length > names.length ? ` and ${missing.length - names.length} more` : '';
    bag.error(
      'V4401',
      written.inputsSpan,
      `trees test ${names.join(', ')}${rest}, for which there is no input`,
      'give each an expression; `null` is missing',
    );
  }
  const values = new Map<number, Ir>();
  for (const [feature, input] of byFeature) {
    const value = checkInput(context, ensemble, feature, input);
    if (value !== undefined) values.set(feature, value);
  }
  return bag.errorCount > before || used.some((feature) => !values.has(feature))
    ? undefined
    : used.map((feature) => values.get(feature)!);
}

function assign(written: BundleEnsemble, ensemble: Ensemble, bag: DiagnosticBag): Map<number, EnsembleInput> {
  const found = new Map<number, EnsembleInput>();
  const { features } = ensemble;
  for (const [index, input] of written.inputs.entries()) {
    const number = input.feature === undefined ? index : featureOf(ensemble, input.feature);
    if (number === undefined || number >= features.length) {
      const name = input.feature ?? `number ${index}`;
      const known = features.map((feature) => feature.name);
      const listed = known.slice(0, 5).map((one) => `\`${one}\``);
      const advice =
        didYouMean(name, known) ?? `its ${features.length} features are ${listed.join(', ')}${known.length > 5 ? ', ...' : ''}`;
      bag.error('V4401', input.span, `the model has no feature ${input.feature === undefined ? name : `\`${name}\``}`, advice);
    } else if (found.has(number)) {
      bag.error('V4401', input.span, `the feature \`${features[number]!.name}\` has an input already`, 'remove one of the two');
    } else found.set(number, input);
  }
  return found;
}

function checkInput(context: TableContext, ensemble: Ensemble, feature: number, input: EnsembleInput): Ir | undefined {
  const { scope, profile, bag } = context;
  const nothing: Ir = { op: 'constant', type: NUMBER, value: null, ...PLACE };
  if (input.value.text.trim() === 'null') return nothing;
  const ir = checkSourceInScope(input.value, scope, profile, bag);
  // What reads something with faults says nothing of its own.
  if (ir === undefined || ir.type.kind === 'error') return undefined;
  const { name, categories: ofFile } = ensemble.features[feature]!;
  const categories = input.categories ?? (ofFile === undefined ? undefined : new Map(ofFile.map((word, index) => [word, index])));
  const { type } = ir;
  if (input.categories !== undefined && type.kind !== 'text' && type.kind !== 'enum') {
    bag.error(
      'V4402',
      input.span,
      `\`categories\` are for texts and members; the input of \`${name}\` is ${typePhrase(type)}`,
      'leave them out',
    );
    return undefined;
  }
  switch (type.kind) {
    case 'number':
      return ir;
    case 'boolean':
      return whole(ir, (value) => ({
        op: 'conditional',
        type: NUMBER,
        test: value,
        whenTrue: number(1),
        whenFalse: number(0),
        ...PLACE,
      }));
    case 'decimal':
      return whole(ir, (value) => ({
        op: 'call',
        type: NUMBER,
        function: FunctionId.DECIMAL_TO_NUMBER,
        args: [value],
        literal: { kind: 'rounding', digits: type.scale, rounding: 0 },
        ...PLACE,
      }));
    case 'text':
    case 'enum':
      if (categories !== undefined) return whole(ir, (value) => categoryOf(value, categories));
      bag.error(
        'V4402',
        input.value.span,
        `the input of \`${name}\` is ${typePhrase(type)}, and trees test numbers`,
        'say which number each stands for: `{ value: country, categories: [US, GB] }`',
      );
      return undefined;
    default:
      bag.error(
        'V4402',
        input.value.span,
        `the input of \`${name}\` is ${typePhrase(type)}, and trees test numbers`,
        type.kind === 'timestamp' || type.kind === 'date'
          ? 'write a number of it, such as `at.hour("UTC")`'
          : 'write a number of it',
      );
      return undefined;
  }
}

function number(value: number): Ir {
  return { op: 'constant', type: NUMBER, value, ...PLACE };
}

/** What is made of a value that is not null; null where it is. */
function whole(ir: Ir, body: (value: Ir) => Ir): Ir {
  const local: LocalRef = { name: '', type: ir.type };
  const value: Ir = { op: 'local', type: ir.type, local, ...PLACE };
  return { op: 'let', type: NUMBER, local, value: ir, body: body(value), optional: mayBeNull(ir), ...PLACE };
}

/** The number of a word; null for one that has none. */
function categoryOf(value: Ir, categories: ReadonlyMap<string, number>): Ir {
  const nothing: Ir = { op: 'constant', type: NUMBER, value: null, ...PLACE };
  const constants = [...categories].flatMap(([word, category]): [Ir, number][] => {
    const constant = constantOf(value.type, word);
    return constant === undefined ? [] : [[constant, category]];
  });
  return constants.reduceRight<Ir>((whenFalse, [right, category]) => {
    const test: Ir = { op: 'compare', type: BOOLEAN, relation: '===', left: value, right, ...PLACE };
    return { op: 'conditional', type: NUMBER, test, whenTrue: number(category), whenFalse, ...PLACE };
  }, nothing);
}

/** A word as a value of a type; undefined where an enum has no such member. */
function constantOf(type: Type, word: string): Ir | undefined {
  if (type.kind === 'text') return { op: 'constant', type: { kind: 'text', bytesMax: utf8Bytes(word) }, value: word, ...PLACE };
  const member = (type as EnumType).members.find(({ name }) => name === word);
  return member === undefined ? undefined : { op: 'constant', type, value: BigInt(member.number), ...PLACE };
}
