// Policies that hold expressions of CEL: ValidatingAdmissionPolicy of Kubernetes, and conditions in IAM policies of Google Cloud.

import { type BundleDocument, toPointer } from '../../bundle/document.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { uniqueName } from '../../schema/names.js';
import { inlineVariables } from './inline-variables.js';
import { expressionAt, type NamedExpression, toOutputSegment } from './named-expression.js';

type Entries = Record<string, unknown>;

/** The expressions of a policy; undefined for a document that is none. */
export function policyExpressions(document: BundleDocument, bag: DiagnosticBag): NamedExpression[] | undefined {
  const { value } = document;
  if (!isEntries(value)) return undefined;
  if (value.kind === 'ValidatingAdmissionPolicy' && isEntries(value.spec)) return admission(document, value.spec, bag);
  if (Array.isArray(value.bindings)) return conditions(document, value.bindings, bag);
  return isEntries(value.condition) ? conditions(document, [value], bag, '') : undefined;
}

/** `valid.N`, `message.N`, `match.NAME`, `annotations.KEY`. */
function admission(document: BundleDocument, spec: Entries, bag: DiagnosticBag): NamedExpression[] {
  const taken = new Set<string>();
  const named = (key: string, name: (entry: Entries, at: number) => string, field = 'expression'): NamedExpression[] => {
    const entries = Array.isArray(spec[key]) ? (spec[key] as unknown[]) : [];
    return entries.flatMap((entry, at) => {
      if (!isEntries(entry) || (entry[field] === undefined && field !== 'expression')) return [];
      const description = field === 'expression' ? (textOf(entry.message) ?? textOf(entry.reason)) : undefined;
      const pointer = toPointer('spec', key, String(at), field);
      return expressionAt(document, pointer, { name: uniqueName(name(entry, at), taken), description }, bag);
    });
  };
  // the names by which expressions read them
  const variables = named('variables', ({ name }) => textOf(name) ?? '');
  taken.clear();
  const said = ({ name, key }: Entries): string => toOutputSegment(textOf(name) ?? textOf(key) ?? '');
  return inlineVariables(
    variables,
    [
      ...named('matchConditions', (entry) => `match.${said(entry)}`),
      ...named('validations', (_, at) => `valid.${at + 1}`),
      ...named('validations', (_, at) => `message.${at + 1}`, 'messageExpression'),
      ...named('auditAnnotations', (entry) => `annotations.${said(entry)}`, 'valueExpression'),
    ],
    bag,
  );
}

/** Conditions by their titles. */
function conditions(
  document: BundleDocument,
  bindings: readonly unknown[],
  bag: DiagnosticBag,
  parent = '/bindings',
): NamedExpression[] {
  const taken = new Set<string>();
  return bindings.flatMap((binding, at) => {
    if (!isEntries(binding) || !isEntries(binding.condition)) return [];
    const { title, description } = binding.condition;
    const said = [textOf(binding.role), textOf(description)].filter((part) => part !== undefined).join(': ');
    const pointer = `${parent === '' ? '' : `${parent}/${at}`}/condition/expression`;
    const name = uniqueName(toOutputSegment(textOf(title) ?? `condition ${at + 1}`), taken);
    return expressionAt(document, pointer, { name, description: said === '' ? undefined : said }, bag);
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
