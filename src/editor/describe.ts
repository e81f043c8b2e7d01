// What an editor shows of a name: its type, what its author says of it, where it comes from. Markdown.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { parameterTypeText } from '../bundle/parameter-value.js';
import { signatureOf } from '../compiler/checker/calls.js';
import type { LibraryEntry } from '../compiler/library/entry.js';
import { type Type, typeName, typeOfField } from '../compiler/types.js';
import { writtenPath } from '../schema/field-name.js';
import type { Field } from '../schema/model.js';
import type { BundleSession } from './session.js';
import type { BundleSymbol } from './symbol.js';

/** Members and cases that are listed. */
const LISTED_MAX = 12;

/** What is known of a symbol, or undefined where nothing is. */
export function describeSymbol(session: BundleSession, symbol: BundleSymbol): string | undefined {
  const { bundle } = session;
  const { id, name } = symbol;
  switch (symbol.kind) {
    case 'field':
      return describeField(session, id);
    case 'feature': {
      const feature = bundle?.features.find((candidate) => candidate.name === id);
      const entry = session.names?.scope.names.get(id);
      const type = entry?.kind === 'feature' ? typeText(entry.feature.type, entry.feature.nullable) : undefined;
      const cases = feature?.cases
        .slice(0, LISTED_MAX)
        .map(({ when, value }) => (when ? `${when.text.trim()} ? ${value.text.trim()}` : value.text.trim()));
      return card(
        `feature ${name}${typed(type)}`,
        feature?.description,
        codeBlock(cases ?? []),
        costLine(session, `feature ${id}`),
      );
    }
    case 'table': {
      const table = bundle?.tables.find((candidate) => candidate.name === id);
      if (table === undefined) return card(`table ${name}`);
      const { hitPolicy, aggregate, inputs, outputs, rows, description } = table;
      const policy = aggregate === undefined ? hitPolicy : `${hitPolicy}, ${aggregate}`;
      const lines = [
        `${rows.length} rows, hit policy \`${policy}\``,
        `Inputs: ${inputs.map(({ value, label }) => `\`${label ?? value.text.trim()}\``).join(', ')}`,
        `Outputs: ${outputs.map((output) => `\`${output.name}\``).join(', ')}`,
      ];
      return card(`table ${name}`, description, ...lines, costLine(session, `table ${id}`));
    }
    case 'output': {
      const [table = '', output] = [id.slice(0, id.lastIndexOf('.')), name];
      const group = session.names?.scope.names.get(table);
      const entry = group?.kind === 'group' ? group.members.get(output) : undefined;
      const type =
        entry?.kind === 'feature'
          ? typeText(entry.feature.type, entry.feature.nullable)
          : entry?.kind === 'elements'
            ? `${typeName(entry.type)}[]`
            : undefined;
      const found = bundle?.tables.find((candidate) => candidate.name === table);
      return card(`${table}.${output}${typed(type)}`, `An output of the table \`${table}\`.`, found?.description);
    }
    case 'scorecard': {
      const scorecard = bundle?.scorecards.find((candidate) => candidate.name === id);
      const names = scorecard?.characteristics.map((characteristic) => `\`${characteristic.name}\``).join(', ');
      return card(
        `scorecard ${name}`,
        scorecard?.description,
        names && `Characteristics: ${names}`,
        costLine(session, `scorecard ${id}`),
      );
    }
    case 'ensemble':
      return card(
        `ensemble ${name}`,
        bundle?.ensembles.find((candidate) => candidate.name === id)?.description,
        costLine(session, `ensemble ${id}`),
      );
    case 'list': {
      const list = bundle?.lists.find((candidate) => candidate.name === id);
      const type = list === undefined ? undefined : typeof list.type === 'string' ? list.type : `decimal(${list.type.decimal})`;
      const maximum = list?.maximum === undefined ? undefined : `At most ${list.maximum} entries.`;
      return card(`list ${name}${typed(type)}`, list?.description, maximum);
    }
    case 'set':
      return card(`parameters ${name}`, bundle?.parameters.find((candidate) => candidate.name === id)?.description);
    case 'parameter': {
      const [set] = id.split('.');
      const parameter = bundle?.parameters.find((candidate) => candidate.name === set)?.values.find((value) => value.name === name);
      const type = parameter && parameterTypeText(parameter.type);
      const initial = parameter && `Default: \`${String(parameter.default)}\``;
      return card(`parameters.${id}${typed(type)}`, parameter?.description, initial);
    }
    case 'rule': {
      const rule = bundle?.rules.find((candidate) => candidate.id === id);
      return card(`rule ${name}`, rule?.description, costLine(session, id));
    }
    case 'reason': {
      const rules = bundle?.rules.filter(({ reason }) => reason === id).map((rule) => `\`${rule.id}\``) ?? [];
      const shown = rules.slice(0, LISTED_MAX).join(', ');
      const more = rules.length > LISTED_MAX ? `, and ${rules.length - LISTED_MAX} more` : '';
      return card(`reason ${name}`, rules.length === 0 ? undefined : `Given by ${shown}${more}`);
    }
    case 'result':
      return card(`output ${name}`);
  }
}

function describeField(session: BundleSession, place: string): string | undefined {
  const { model, places } = session.symbols;
  const paths = places?.fieldsAt(place) ?? [];
  const field = model?.fields.find(({ path }) => path === paths[0]);
  if (field === undefined) return undefined;
  const also = paths.length > 1 ? `Declared once for ${paths.map((path) => `\`${path}\``).join(', ')}` : undefined;
  return card(`${writtenPath(field.path)}${typed(fieldText(field))}`, field.description, ...boundsOf(field), also);
}

/** The type of a field as a person reads it. */
export function fieldText(field: Field): string {
  return typeText(typeOfField(field), field.nullable);
}

function boundsOf(field: Field): string[] {
  const { kind, minimum, maximum, members, scale, required } = field;
  const lines: string[] = [];
  if (members !== undefined) {
    const names = members.slice(0, LISTED_MAX).map(({ name }) => `\`${name}\``);
    lines.push(`Members: ${names.join(', ')}${members.length > LISTED_MAX ? ', ...' : ''}`);
  }
  const shown = (value: number | bigint): string =>
    kind === FieldKind.DECIMAL ? decimalText(BigInt(value), scale ?? 0) : String(value);
  const isTime = kind === FieldKind.TIMESTAMP || kind === FieldKind.DATE || kind === FieldKind.ENUM;
  const unit = kind === FieldKind.TEXT ? ' characters' : kind === FieldKind.LIST ? ' elements' : '';
  if (!isTime && (minimum !== undefined || maximum !== undefined)) {
    if (minimum === undefined) lines.push(`At most ${shown(maximum!)}${unit}`);
    else if (maximum === undefined) lines.push(`At least ${shown(minimum)}${unit}`);
    else lines.push(`${shown(minimum)} to ${shown(maximum)}${unit}`);
  }
  if (required) lines.push('Required');
  else if (field.nullable) lines.push('May be null');
  return lines;
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** A function or property of the library. */
export function describeFunction(entry: LibraryEntry): string {
  const examples = entry.examples.slice(0, 3).map(([text, value]) => `${text} // ${JSON.stringify(value)}`);
  return card(`${signatureOf(entry)}: ${entry.result}`, entry.semantics, `Cost: ${entry.cost}.`, codeBlock(examples)) ?? '';
}

export function typeText(type: Type, nullable: boolean): string {
  return `${typeName(type)}${nullable ? ' | null' : ''}`;
}

function typed(type: string | undefined): string {
  return type === undefined ? '' : `: ${type}`;
}

function costLine(session: BundleSession, name: string): string | undefined {
  const units = session.costs().get(name);
  return units === undefined ? undefined : `Costs at most ${Math.round(units)} units.`;
}

function codeBlock(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : `\`\`\`typescript\n${lines.join('\n')}\n\`\`\``;
}

function card(title: string, ...parts: (string | undefined)[]): string {
  return [codeBlock([title])!, ...parts.filter((part) => part !== undefined && part !== '')].join('\n\n');
}
