// parameters/NAME.yaml: values that rules read by name and that are replaced without publishing the bundle again, such as
// thresholds. The document declares their types and bounds, and what holds until another value is set.

import { TEXT_CHARS_DEFAULT } from '../../assembly/shared/limits.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import type { ParameterValue } from '../image/manifest.js';
import { checkDocument } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import { type DeclaredParameter, isBounded, type ParameterType, parameterTypeText, readParameter } from './parameter-value.js';

export interface BundleParameter {
  name: string;
  /** Place of the name. */
  span: Span;
  typeSpan: Span;
  defaultSpan: Span;
  type: ParameterType;
  /** Type and bounds, as the manifest has them. */
  declared: DeclaredParameter;
  /** In its one form; a member of an enum is not known to be one before there is a model. */
  default: ParameterValue;
  description?: string;
}

/** A set: one document. */
export interface BundleParameters {
  name: string;
  file: string;
  span: Span;
  description?: string;
  /** By name. */
  values: BundleParameter[];
  /** Names of those with faults. */
  broken: string[];
}

interface ParameterDocument {
  type: ParameterType;
  description?: string;
  default: ParameterValue;
  minimum?: ParameterValue;
  maximum?: ParameterValue;
  maxLength?: number;
}

interface ParametersDocument {
  description?: string;
  values: Record<string, ParameterDocument>;
}

/** Reads a set; undefined where it does not match its schema (reported). Values with faults are left out. */
export function readParameters(name: string, document: BundleDocument, bag: DiagnosticBag): BundleParameters | undefined {
  if (!checkDocument(document, 'parameters', bag)) return undefined;
  const { description, values } = document.value as ParametersDocument;
  const names = Object.keys(values).sort();
  const read = names.flatMap((each) => readOne(each, values[each]!, document, bag) ?? []);
  return {
    name,
    file: document.file,
    span: document.keySpan('', 'values'),
    ...(description === undefined ? {} : { description }),
    values: read,
    broken: names.filter((each) => !read.some((parameter) => parameter.name === each)),
  };
}

function readOne(
  name: string,
  written: ParameterDocument,
  document: BundleDocument,
  bag: DiagnosticBag,
): BundleParameter | undefined {
  const pointer = toPointer('values', name);
  const { type, description } = written;
  const typeText = parameterTypeText(type);
  let isGood = true;
  const fault = (code: 'V4500' | 'V4501' | 'V4502', key: string, message: string, advice: string, isKey = false): void => {
    isGood = false;
    bag.error(code, isKey ? document.keySpan(pointer, key) : document.spanOf(`${pointer}/${key}`), message, advice);
  };
  const bounds: { minimum?: ParameterValue; maximum?: ParameterValue } = {};
  for (const key of ['minimum', 'maximum'] as const) {
    const bound = written[key];
    if (bound === undefined) continue;
    if (!isBounded(type)) {
      fault('V4502', key, `a ${typeText} has no \`${key}\``, type === 'string' ? 'write `maxLength`' : 'leave it out', true);
      continue;
    }
    const reading = readParameter({ type: typeText }, bound);
    if ('fault' in reading) fault('V4500', key, `\`${key}\`: ${reading.fault.message}`, reading.fault.advice);
    else bounds[key] = reading.value;
  }
  if (written.maxLength !== undefined && type !== 'string')
    fault('V4502', 'maxLength', `a ${typeText} has no \`maxLength\``, 'leave it out', true);
  if (!isGood) return undefined;
  const declared: DeclaredParameter = {
    type: typeText,
    ...bounds,
    ...(type === 'string' ? { maxLength: written.maxLength ?? TEXT_CHARS_DEFAULT } : {}),
  };
  if (bounds.minimum !== undefined && bounds.maximum !== undefined) {
    const order = readParameter({ type: typeText, maximum: bounds.maximum }, bounds.minimum);
    if ('fault' in order) {
      fault('V4501', 'minimum', 'the minimum is larger than the maximum', 'no value would fit: exchange the two');
      return undefined;
    }
  }
  const reading = readParameter(declared, written.default);
  if ('fault' in reading) {
    const isType = 'fault' in readParameter({ type: typeText }, written.default);
    fault(isType ? 'V4500' : 'V4501', 'default', `\`default\`: ${reading.fault.message}`, reading.fault.advice);
    return undefined;
  }
  return {
    name,
    span: document.keySpan(toPointer('values'), name),
    typeSpan: document.spanOf(`${pointer}/type`),
    defaultSpan: document.spanOf(`${pointer}/default`),
    type,
    declared,
    default: reading.value,
    ...(description === undefined ? {} : { description }),
  };
}
