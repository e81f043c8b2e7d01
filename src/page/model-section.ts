// The model: every field with its type, bounds, and who reads it.

import { FieldKind } from '../../assembly/shared/value-type.js';
import { formatDecimal } from '../schema/decimal.js';
import type { Field, FieldValue } from '../schema/model.js';
import { formatDate, formatTimestamp } from '../schema/time.js';
import { commas, facts, plural } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import { anchorOf, link } from './names.js';
import type { PageContext, PageSection, Reader } from './source.js';

/** Readers of a field that are named; the others are counted. */
const READERS_MAX = 12;

export function modelSection({ manifest, readers }: PageContext): PageSection {
  const { model } = manifest;
  const fields = model.tables.filter(({ element }) => element !== true).flatMap((table) => table.fields);
  const rows = fields.map((field) => {
    const type = typeText(field);
    const bounds = boundsText(field);
    const own = readers.get(field.path) ?? [];
    return {
      anchor: anchorOf('field', field.index),
      cells: [
        { content: html`<code>${field.path}</code>`, text: field.path },
        { content: [html`<span class="type">${type}</span>`, members(field)], text: type },
        { content: bounds, text: bounds },
        { content: needText(field), text: needText(field) },
        { content: field.description ?? '', text: '' },
        { content: readersText(own), text: '' },
      ],
    };
  });
  const column = (title: string, text = title): { title: string; text: string } => ({ title, text });
  const unread = fields.filter(({ path, kind }) => kind !== FieldKind.OBJECT && kind !== FieldKind.LIST && !readers.has(path));
  const content = html`<p>A payload is a <code>${model.name}</code> with ${plural(fields.length, 'field')}.</p>
${renderGrid({
  caption: `Fields of ${model.name}`,
  columns: [
    column('Field'),
    column('Type'),
    column('Bounds'),
    column('Needed', 'required'),
    column('Description', 'Description of the'),
    column('Read by', 'read by rules'),
  ],
  rows,
})}
${facts([['Fields that nothing reads', unread.length > 0 && commas(unread.map(({ path, index }) => link(anchorOf('field', index), path)))]])}`;
  return { id: 'model', title: 'Model', content };
}

/** Who reads something: links, the first ones of many. */
export function readersText(readers: readonly Reader[]): Content {
  if (readers.length === 0) return html`<span class="note">nothing</span>`;
  const shown = readers.slice(0, READERS_MAX).map(({ anchor, label }) => link(anchor, label));
  return commas(readers.length > READERS_MAX ? [...shown, `and ${plural(readers.length - READERS_MAX, 'other')}`] : shown);
}

/** The type of a field in words. */
export function typeText(field: Field): string {
  switch (field.kind) {
    case FieldKind.BOOL:
      return 'boolean';
    case FieldKind.INT:
    case FieldKind.LONG:
      return 'integer';
    case FieldKind.DOUBLE:
      return 'number';
    case FieldKind.DECIMAL:
      return field.scale === 0 ? '64-bit integer' : `decimal, ${plural(field.scale ?? 0, 'digit')}`;
    case FieldKind.TIMESTAMP:
      return 'timestamp';
    case FieldKind.DATE:
      return 'date';
    case FieldKind.ENUM:
      return 'one of';
    case FieldKind.TEXT:
      return 'text';
    case FieldKind.OBJECT:
      return 'object';
    default:
      return field.element === undefined ? 'list of objects' : `list of ${typeText(field.element)}`;
  }
}

function members({ members: list, element }: Field): Content {
  const all = list ?? element?.members;
  return all !== undefined && html` <span class="members">${commas(all.map(({ name }) => html`<code>${name}</code>`))}</span>`;
}

/** Inclusive bounds in words: `0 to 100`, `at most 40 characters`; '' for none. */
export function boundsText(field: Field): string {
  const { minimum, maximum, kind } = field;
  if (kind === FieldKind.TEXT || kind === FieldKind.LIST) {
    const noun = kind === FieldKind.TEXT ? 'character' : 'element';
    const low = Number(minimum ?? 0);
    if (maximum === undefined) return low > 0 ? `at least ${plural(low, noun)}` : '';
    return low > 0 ? `${low} to ${plural(Number(maximum), noun)}` : `at most ${plural(Number(maximum), noun)}`;
  }
  const [low, high] = [minimum, maximum].map((bound) => (bound === undefined ? undefined : valueText(field, bound)));
  if (low === undefined) return high === undefined ? '' : `at most ${high}`;
  return high === undefined ? `at least ${low}` : `${low} to ${high}`;
}

function needText(field: Field): string {
  if (field.default !== undefined) return `else ${valueText(field, field.default)}`;
  return field.required ? 'required' : 'may be null';
}

/** A value in the form that fields have in the model, as people write it. */
function valueText(field: Field, value: FieldValue): string {
  switch (field.kind) {
    case FieldKind.DECIMAL:
      return formatDecimal(BigInt(value), field.scale ?? 0);
    case FieldKind.TIMESTAMP:
      return formatTimestamp(BigInt(value));
    case FieldKind.DATE:
      return formatDate(Number(value));
    case FieldKind.ENUM:
      return field.members?.find(({ number }) => number === Number(value))?.name ?? String(value);
    case FieldKind.TEXT:
      return JSON.stringify(value);
    default:
      return typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 20 }) : String(value);
  }
}
