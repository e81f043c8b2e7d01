// What a name stands for: a parameter, a field of the model, `now`, what the bundle gives a name, or the payload itself.

import { certainlyMeant, didYouMean } from '../../diagnostic/suggest.js';
import { isBehindPayload, needsPayloadName, PAYLOAD_NAME, writtenPath } from '../../schema/field-name.js';
import type { Field, Model } from '../../schema/model.js';
import type { Identifier } from '../estree.js';
import type { Ir } from '../ir.js';
import { functionNames, isFunctionName } from '../library/functions.js';
import { namePhrase, type Place } from '../operands.js';
import { PARAMETERS_NAME } from '../parameters.js';
import type { ScopeEntry } from '../scope.js';
import type { Replacement } from '../source.js';
import { TIMESTAMP, typeOfField, typePhrase } from '../types.js';
import type { Context, Facts } from './context.js';
import { fieldKey, keyOfValue, memberKey } from './facts.js';
import { type Receiver, valueReceiver } from './receiver.js';

/** The name of the time of the decision. */
export const NOW_NAME = 'now';
/** The name before those of the tenant's lists. */
export const LISTS_NAME = 'lists';
/** The name before functions of numbers. */
export const MATH_NAME = 'Math';

/** Names that authors from JavaScript or other rule languages expect to exist. */
const FOREIGN_NAMES: ReadonlyMap<string, string> = new Map([
  ['undefined', 'write `null`: missing and null are one value'],
  ['NaN', 'write `x !== x` to ask whether x is not a number'],
  ['Infinity', 'write `1 / 0`'],
  ['Date', 'write a timestamp as a text: `at < "2026-01-01T00:00:00Z"`; `now` is the time of the decision'],
  ['and', 'write `&&` for and'],
  ['or', 'write `||` for or'],
  ['not', 'write `!` for not'],
]);

const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['Number', 'values are not converted; `toNumber(decimal)` gives the number of a decimal'],
  ['String', 'values are not converted'],
  ['Boolean', 'values are not converted; write a comparison'],
  ['BigInt', 'declare the field with `format: int64`: it is exact'],
  ['JSON', 'name the fields of the model directly'],
  ['Object', 'name the fields of the model directly'],
  ['Array', 'write an array literal: `["US", "GB"].includes(country)`'],
  ['RegExp', 'write `matches(text, "pattern")`'],
  ['Intl', 'texts are compared by code units; times take a zone: `at.hour("Europe/Paris")`'],
  ['globalThis', 'everything a condition can read is a field of the model'],
  ['window', 'everything a condition can read is a field of the model'],
  ['process', 'everything a condition can read is a field of the model'],
  ['this', 'name the fields of the model directly'],
]);

/** Names that only the profile `standard` has. */
const STANDARD_NAMES: ReadonlyMap<string, string> = new Map([
  [MATH_NAME, 'functions need the profile `standard`'],
  [LISTS_NAME, 'lists need the profile `standard`'],
  [PARAMETERS_NAME, 'parameters need the profile `standard`'],
]);

/** What an identifier stands for; an unknown one is reported. */
export function resolveName(context: Context, node: Identifier, facts: Facts): Receiver {
  const { name, start, end } = node;
  const local = context.locals.get(name);
  if (local !== undefined) return valueReceiver({ op: 'local', type: local.type, local, start, end });
  const field = context.fields[0]!.get(name);
  if (field !== undefined && !isBehindPayload(name)) return valueReceiver(fieldValue(field, node, facts));
  if (name === NOW_NAME) return valueReceiver({ op: 'now', type: TIMESTAMP, start, end });
  const entry = context.scope.names.get(name);
  if (entry !== undefined) return ofEntry(context, name, entry, node, facts);
  if (context.profile === 'standard') {
    if (name === LISTS_NAME) return { kind: 'lists' };
    if (name === PARAMETERS_NAME) return { kind: 'group', name, what: PARAMETERS_NAME, members: context.scope.parameters };
    if (name === MATH_NAME) return { kind: 'namespace', name };
  }
  if (name === PAYLOAD_NAME) return { kind: 'payload' };
  reportUnknown(context, node);
  return valueReceiver(context.fail(node));
}

function reportUnknown(context: Context, node: Identifier): void {
  const { name } = node;
  const { scope, profile, faults } = context;
  if (profile === 'standard' && isFunctionName(name)) {
    faults.error('V3210', node, `\`${name}\` is a function, not a value`, `call it: \`${name}(...)\``);
    return;
  }
  if (context.fields[0]!.has(name)) {
    const fix = { start: node.start, end: node.end, text: `${PAYLOAD_NAME}.${name}` };
    faults.error('V3201', node, `\`${name}\` alone is a word of the language`, `write the field as \`${fix.text}\``, fix);
    return;
  }
  const foreign = FOREIGN_NAMES.get(name) ?? (profile === 'standard' ? OTHER_NAMES.get(name) : STANDARD_NAMES.get(name));
  const nested = scope.model.fields.find(
    (candidate) => candidate.table !== 0 && candidate.name === name && !candidate.path.includes('['),
  );
  const names = [
    ...context.locals.keys(),
    ...[...context.fields[0]!.keys()].filter((field) => !isBehindPayload(field)),
    NOW_NAME,
    PAYLOAD_NAME,
    ...scope.names.keys(),
    ...(profile === 'standard' ? [LISTS_NAME, PARAMETERS_NAME, MATH_NAME] : []),
  ];
  const list = scope.lists.has(name) ? `write \`${LISTS_NAME}.${name}\`` : undefined;
  const advice =
    foreign ?? list ?? (nested === undefined ? didYouMean(name, names) : `did you mean \`${writtenPath(nested.path)}\`?`);
  const what = scope.names.size === 0 ? 'is not a field of the model' : 'is neither a field of the model nor a name of the bundle';
  const known = foreign ?? list ?? nested;
  faults.error('V3201', node, `\`${name}\` ${what}`, advice, known === undefined ? renaming(node, names) : undefined);
}

/** The name that is certainly meant, in the place of the one that is written. */
export function renaming({ name, start, end }: Identifier, known: Iterable<string>): Replacement | undefined {
  const text = certainlyMeant(name, known);
  return text === undefined || end - start !== name.length ? undefined : { start, end, text };
}

function ofEntry(context: Context, name: string, entry: ScopeEntry, place: Place, facts: Facts): Receiver {
  const { start, end } = place;
  switch (entry.kind) {
    case 'feature': {
      const { feature } = entry;
      const nullable = feature.nullable && !facts.has(context.keyOf(feature));
      return valueReceiver({ op: 'feature', type: feature.type, feature, nullable, start, end });
    }
    case 'group':
      return { kind: 'group', name, what: entry.what, members: entry.members };
    case 'elements': {
      const { type, elements } = entry;
      const source = { kind: 'elements', elements } as const;
      return { kind: 'list', list: { source, stages: [], element: type, countMax: elements.length, elementKey: {}, facts } };
    }
    case 'list':
      return { kind: 'tenant-list', list: entry.list };
  }
}

/** A field of the payload's root, behind the name of the payload. */
export function memberOfPayload(context: Context, property: Identifier, place: Place, facts: Facts): Receiver {
  const { name } = property;
  const fields = context.fields[0]!;
  const field = fields.get(name);
  if (field !== undefined) return valueReceiver(fieldValue(field, place, facts));
  const advice = didYouMean(name, fields.keys());
  context.faults.error('V3202', property, `the payload has no field \`${name}\``, advice, renaming(property, fields.keys()));
  return valueReceiver(context.fail(place));
}

/** The member of a table, a scorecard or `lists`. */
export function memberOfGroup(
  context: Context,
  group: Receiver & { kind: 'group' | 'lists' },
  property: Identifier,
  place: Place,
  facts: Facts,
): Receiver {
  const { name } = property;
  if (group.kind === 'lists') {
    const list = context.scope.lists.get(name);
    if (list !== undefined) return { kind: 'tenant-list', list };
    const known = [...context.scope.lists.keys()];
    const advice =
      didYouMean(name, known) ?? (known.length === 0 ? `declare it in \`lists/${name}.yaml\`` : listed('lists', known));
    context.faults.error('V3214', property, `the bundle has no list \`${name}\``, advice);
  } else {
    const entry = group.members.get(name);
    if (entry !== undefined) return ofEntry(context, `${group.name}.${name}`, entry, place, facts);
    const known = [...group.members.keys()];
    const advice = didYouMean(name, known) ?? (known.length === 0 ? declaring(group, name) : listed(group.name, known));
    context.faults.error('V3214', property, `${groupPhrase(group)} \`${name}\``, advice);
  }
  return valueReceiver(context.fail(place));
}

type Group = Receiver & { kind: 'group' };

function groupPhrase({ name, what }: Group): string {
  if (what !== 'parameters') return `the ${what} \`${name}\` has no output`;
  return name === PARAMETERS_NAME ? 'the bundle has no set of parameters' : `\`${name}\` has no parameter`;
}

function declaring({ what }: Group, name: string): string | undefined {
  return what === 'parameters' ? `declare it in \`parameters/${name}.yaml\`` : undefined;
}

function listed(prefix: string, names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `\`${prefix}.${name}\``);
  return `write ${shown.join(' or ')}`;
}

function fieldValue(field: Field, place: Place, facts: Facts): Ir {
  const nullable = field.nullable && !facts.has(fieldKey(field));
  return { op: 'field', type: typeOfField(field), field, nullable, start: place.start, end: place.end };
}

/** The field of an object that is not null: `object.name`. */
export function memberOfObject(context: Context, object: Ir, property: Identifier, place: Place, facts: Facts): Ir {
  const { name } = property;
  const { start, end } = place;
  if (object.type.kind !== 'object' || (object.op !== 'field' && object.op !== 'member' && object.op !== 'local')) {
    const advice =
      object.type.kind !== 'text'
        ? undefined
        : context.profile === 'strict'
          ? 'properties and methods of texts need the profile `standard`'
          : didYouMean(name, ['length']);
    context.faults.error('V3203', property, `${namePhrase(object)} is ${typePhrase(object.type)} and has no fields`, advice);
    return context.fail(place);
  }
  const fields = context.fields[object.type.table]!;
  const field = fields.get(name);
  if (field === undefined) {
    const advice = didYouMean(name, fields.keys()) ?? `its fields are ${[...fields.keys()].map((key) => `\`${key}\``).join(', ')}`;
    const fix = renaming(property, fields.keys());
    context.faults.error('V3202', property, `${namePhrase(object)} has no field \`${name}\``, advice, fix);
    return context.fail(place);
  }
  if (object.op === 'field') return fieldValue(field, place, facts);
  const key = keyOfValue(context, object);
  const nullable = field.nullable && !(key !== undefined && facts.has(memberKey(key, field)));
  return { op: 'member', type: typeOfField(field), object, field, nullable, start, end };
}

/** True where a name stands for something already: a parameter must have another. */
export function isTaken(context: Context, name: string): boolean {
  return (
    context.locals.has(name) ||
    context.fields[0]!.has(name) ||
    context.scope.names.has(name) ||
    reservedNames(context.scope.model).includes(name)
  );
}

/**
 * Names that mean something in every expression: nothing of a bundle may have one of them. The name of the payload is one where a
 * field of the model cannot be written without it.
 */
export function reservedNames(model: Model | undefined): string[] {
  const payload = model !== undefined && needsPayloadName(model) ? [PAYLOAD_NAME] : [];
  return [NOW_NAME, LISTS_NAME, PARAMETERS_NAME, MATH_NAME, ...payload, ...functionNames()];
}
