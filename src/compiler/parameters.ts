// Parameters that a bundle declares: for expressions, features that are there before all others.

import { RegisterType } from '../../assembly/shared/value-type.js';
import { boundsOf, type Members, parameterRegister, readParameter } from '../bundle/parameter-value.js';
import type { BundleParameter, BundleParameters } from '../bundle/parameters.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import type { ImageParameter } from '../image/parts.js';
import type { Field, Model } from '../schema/model.js';
import type { Ir } from './ir.js';
import type { FeatureRef, ParameterRef, ScopeEntry } from './scope.js';
import type { Step } from './steps.js';
import { BOOLEAN, DATE, decimalType, ERROR, NUMBER, TIMESTAMP, type Type } from './types.js';

/** The name before those of the sets. */
export const PARAMETERS_NAME = 'parameters';

/** What expressions may name, and what gives it its value. */
export interface DeclaredSets {
  /** By the name of the set. */
  scope: Map<string, ScopeEntry>;
  named: { what: string; span: BundleParameter['span']; steps: Step[] }[];
}

/** The parameters of a bundle; enums that the model does not have are reported. */
export function declareParameters(sets: readonly BundleParameters[], model: Model, bag: DiagnosticBag): DeclaredSets {
  const scope = new Map<string, ScopeEntry>();
  const named: DeclaredSets['named'] = [];
  for (const set of sets) {
    const members = new Map<string, ScopeEntry>();
    for (const parameter of set.values) {
      const name = `${PARAMETERS_NAME}.${set.name}.${parameter.name}`;
      const type = typeOfParameter(parameter, model, bag);
      const feature: FeatureRef = { name, type, nullable: false };
      members.set(parameter.name, { kind: 'feature', feature });
      if (type.kind === 'error') continue;
      const ref: ParameterRef = { set: set.name, name: parameter.name, bounds: imageBounds(parameter) };
      const { span } = parameter;
      const step: Step = { kind: 'let', feature, value: { op: 'parameter', type, parameter: ref, start: 0, end: 0 }, name, span };
      named.push({ what: `the parameter \`${name}\``, span, steps: [step] });
    }
    for (const name of set.broken) {
      const feature: FeatureRef = { name: `${PARAMETERS_NAME}.${set.name}.${name}`, type: ERROR, nullable: false };
      members.set(name, { kind: 'feature', feature });
    }
    scope.set(set.name, { kind: 'group', what: 'parameters', members });
  }
  return { scope, named };
}

/** Members of a field of the model that values may name, or undefined where it is no enum. */
export function membersOf(model: Model, path: string): Members | undefined {
  const members = enumField(model, path)?.members;
  return members && new Map(members.map(({ name, number }) => [name, number]));
}

function enumField(model: Model, path: string): Field | undefined {
  return model.fields.find((field) => field.path === path && field.members !== undefined);
}

function typeOfParameter(parameter: BundleParameter, model: Model, bag: DiagnosticBag): Type {
  const { type, declared } = parameter;
  switch (type) {
    case 'boolean':
      return BOOLEAN;
    case 'number':
    case 'integer':
      return NUMBER;
    case 'date':
      return DATE;
    case 'timestamp':
      return TIMESTAMP;
    case 'string':
      return { kind: 'text', bytesMax: imageBounds(parameter).textMax };
    default:
      if ('enum' in type) return enumType(parameter, type.enum, model, bag);
      return decimalType(type.decimal, boundsOf(declared).low as bigint, boundsOf(declared).high as bigint);
  }
}

function enumType(parameter: BundleParameter, path: string, model: Model, bag: DiagnosticBag): Type {
  const field = enumField(model, path);
  if (field === undefined) {
    const enums = model.fields.filter(({ members }) => members !== undefined).map((each) => each.path);
    const advice = didYouMean(path, enums) ?? (enums.length === 0 ? 'the model has none: write `string`' : undefined);
    bag.error('V4503', parameter.typeSpan, `\`${path}\` is no enum of the model`, advice ?? `its enums are ${enums.join(', ')}`);
    return ERROR;
  }
  const reading = readParameter(parameter.declared, parameter.default, membersOf(model, path));
  if ('fault' in reading) bag.error('V4500', parameter.defaultSpan, `\`default\`: ${reading.fault.message}`, reading.fault.advice);
  return { kind: 'enum', field, members: field.members ?? [] };
}

/** What the image says of a parameter beside its names. */
function imageBounds({ type, declared }: BundleParameter): ParameterRef['bounds'] {
  const register = parameterRegister(type);
  if (register === RegisterType.TEXT) return { type: register, min: 0n, max: 0n, textMax: 4 * (declared.maxLength ?? 0) };
  if (register === RegisterType.BOOL) return { type: register, min: 0n, max: 0n, textMax: 0 };
  const { low, high } = boundsOf(declared);
  return { type: register, min: bitsOf(low), max: bitsOf(high), textMax: 0 };
}

function bitsOf(value: number | bigint): bigint {
  return typeof value === 'bigint' ? value : new BigInt64Array(Float64Array.of(value).buffer)[0]!;
}

/** The parameters that expressions read, in the image's order. */
export function parametersOf(expressions: readonly Ir[]): ParameterRef[] {
  const parameters = expressions.flatMap((expression) => (expression.op === 'parameter' ? [expression.parameter] : []));
  return parameters.sort(inOrder);
}

/** Parameters as an image has them. */
export function imageParameters(refs: readonly ParameterRef[]): ImageParameter[] {
  return refs.map(({ set, name, bounds }) => ({ set, name, ...bounds }));
}

/** By set, then by name. */
function inOrder(a: ParameterRef, b: ParameterRef): number {
  if (a.set !== b.set) return a.set < b.set ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
