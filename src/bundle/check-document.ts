// A document against its JSON Schema: each of ajv's errors becomes a diagnostic at the place it is about.

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { didYouMean } from '../diagnostic/suggest.js';
import { type BundleDocument, toPointer } from './document.js';
import { DOCUMENT_SCHEMAS, type DocumentKind } from './schemas.js';

const validators = new Map<DocumentKind, ValidateFunction>();

function validatorOf(kind: DocumentKind): ValidateFunction {
  let validator = validators.get(kind);
  if (validator === undefined) {
    // That they are schemas is for a test to say: ajv would compile the schema of schemas first, which takes longer than all else.
    const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false, validateSchema: false });
    validator = ajv.compile(DOCUMENT_SCHEMAS[kind]);
    validators.set(kind, validator);
  }
  return validator;
}

/** Checks a document; true where it fits its schema, so that its value may be read as the schema says. */
export function checkDocument(document: BundleDocument, kind: DocumentKind, bag: DiagnosticBag): boolean {
  const validate = validatorOf(kind);
  if (validate(document.value)) return true;
  for (const error of validate.errors ?? []) report(document, error, bag);
  return false;
}

/** Whether a value fits, without a word. */
export function fits(value: unknown, kind: DocumentKind): boolean {
  return validatorOf(kind)(value);
}

/**
 * Checks a document that is a list: the indexes of the entries that fit, so that one entry's fault does not hide those that
 * other passes find in its neighbours; none where the document is no list.
 */
export function fittingEntries(document: BundleDocument, kind: DocumentKind, bag: DiagnosticBag): number[] {
  const validate = validatorOf(kind);
  const fits = validate(document.value);
  const faults = validate.errors ?? [];
  if (!fits) for (const error of faults) report(document, error, bag);
  if (!Array.isArray(document.value)) return [];
  const bad = new Set(fits ? [] : faults.map((error) => Number(error.instancePath.split('/')[1])));
  return document.value.map((_, index) => index).filter((index) => !bad.has(index));
}

function report(document: BundleDocument, error: ErrorObject, bag: DiagnosticBag): void {
  const { instancePath, keyword, params, parentSchema } = error;
  const span = document.spanOf(instancePath);
  const what = instancePath === '' ? 'the document' : `\`${instancePath.slice(instancePath.lastIndexOf('/') + 1)}\``;
  const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const advice = didYouMean(key, known) ?? `known keys are ${list(known)}`;
      const fix = document.keyFix(instancePath, key, known);
      bag.error('V1005', document.keySpan(instancePath, key), `\`${key}\` is not known here`, advice, fix);
      return;
    }
    case 'required':
      bag.error('V1003', span, `\`${params.missingProperty}\` is missing`, describe(parentSchema, String(params.missingProperty)));
      return;
    case 'type':
      bag.error('V1003', span, `${what} must be ${article(String(params.type))}`);
      return;
    case 'enum': {
      const values = (params.allowedValues as unknown[]).map((value) => String(value));
      const advice = typeof error.data === 'string' ? didYouMean(error.data, values) : undefined;
      const fix = typeof error.data === 'string' ? document.textFix(instancePath, values) : undefined;
      bag.error('V1003', span, `${what} must be one of ${list(values)}`, advice, fix);
      return;
    }
    case 'pattern':
      bag.error('V1003', span, `${what} has a form that is not allowed`, patternAdvice(instancePath, String(params.pattern)));
      return;
    case 'minProperties':
      bag.error('V1003', span, `${what} is empty`, known.length > 0 ? `give one of ${list(known)}` : undefined);
      return;
    default: {
      const pointer = toPointer(...instancePath.split('/').slice(1));
      bag.error('V1003', document.spanOf(pointer), `${what} ${error.message ?? 'does not fit the schema'}`);
    }
  }
}

function list(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ');
}

function article(types: string): string {
  return types
    .split(',')
    .map((type) => (type === 'null' ? 'null' : /^[aeio]/.test(type) ? `an ${type}` : type === 'string' ? 'a text' : `a ${type}`))
    .join(' or ');
}

function describe(schema: unknown, key: string): string | undefined {
  const found = (schema as { properties?: Record<string, { description?: string }> }).properties?.[key]?.description;
  return found === undefined ? undefined : `${key}: ${found.charAt(0).toLowerCase()}${found.slice(1).replace(/\.$/, '')}`;
}

function patternAdvice(pointer: string, pattern: string): string {
  const key = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (key === 'version') return 'write a semantic version such as 1.4.0 (quoted where YAML would read a number)';
  if (key === 'name' && pattern.includes('A-Z')) return 'use letters, digits and `_`, beginning with a letter';
  if (key === 'id' || key === 'name') return 'use small letters, digits and `-`, beginning with a letter or digit';
  if (key === 'reason') return 'use capital letters, digits and `_`, beginning with a letter';
  const words = /^\^\(?([a-z|]+)\)?\$$/.exec(pattern)?.[1];
  if (words !== undefined) return `write ${words.replaceAll('|', ', ')}, or { decimal: 2 } and such`;
  return `it must match ${pattern}`;
}
