// What the names of a bundle are in FEEL: fields, features and outputs of tables, each with its kind.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Bundle } from '../../bundle/bundle.js';
import type { BundleFeature, FeatureCase } from '../../bundle/features.js';
import type { BundleTable, TableOutput } from '../../bundle/tables.js';
import { isWord } from '../../compiler/tables/check-cell.js';
import { isBehindPayload, PAYLOAD_NAME } from '../../schema/field-name.js';
import type { Field, Model } from '../../schema/model.js';
import { literalText, readsName } from './feel-cells.js';
import { type FeelKind, type FeelText, feelOf, NoFeel, type Resolve } from './feel-text.js';

const KINDS: Partial<Record<FieldKind, FeelKind>> = {
  [FieldKind.BOOL]: 'boolean',
  [FieldKind.INT]: 'number',
  [FieldKind.LONG]: 'number',
  [FieldKind.DOUBLE]: 'number',
  [FieldKind.DECIMAL]: 'number',
  [FieldKind.TIMESTAMP]: 'timestamp',
  [FieldKind.DATE]: 'date',
  [FieldKind.ENUM]: 'text',
  [FieldKind.TEXT]: 'text',
  [FieldKind.OBJECT]: 'object',
  [FieldKind.LIST]: 'list',
};

/** Words that cannot be names in FEEL. */
export const FEEL_WORDS: ReadonlySet<string> = new Set(
  'and between else every external false for function if in instance not null of or return satisfies some then true'.split(' '),
);

export function kindOfField(kind: FieldKind): FeelKind {
  return KINDS[kind] ?? 'null';
}

/** True for a table that gives all rows that match. */
export function givesList({ hitPolicy, aggregate }: BundleTable): boolean {
  return hitPolicy === 'ruleOrder' || hitPolicy === 'outputOrder' || (hitPolicy === 'collect' && aggregate === undefined);
}

export class FeelNames {
  readonly #bundle: Bundle;
  readonly #model: Model;
  readonly #features: ReadonlyMap<string, BundleFeature>;
  readonly #tables: ReadonlyMap<string, BundleTable>;
  readonly #kinds = new Map<string, FeelKind | undefined>();
  /** What could not be exported. */
  readonly refused = new Set<string>();

  constructor(bundle: Bundle, model: Model) {
    this.#bundle = bundle;
    this.#model = model;
    this.#features = new Map(bundle.features.map((feature) => [feature.name, feature]));
    this.#tables = new Map(bundle.tables.map((table) => [table.name, table]));
  }

  /** What a name stands for. */
  readonly resolve: Resolve = (name) => {
    if (this.refused.has(name)) return undefined;
    const field = this.#fieldIn(0, name);
    if (field !== undefined && !isBehindPayload(name)) return this.#fieldText(field, name);
    if (name === 'now') return { text: 'now()', level: 9, kind: 'timestamp' };
    if (this.#features.has(name)) return { text: name, level: 9, kind: this.kindOfFeature(name) };
    const table = this.#tables.get(name);
    if (table !== undefined) return this.#tableText(table);
    return name === PAYLOAD_NAME
      ? { text: name, level: 9, kind: 'object', member: (field) => this.#memberText(0, '', field) }
      : undefined;
  };

  #fieldIn(table: number | undefined, name: string): Field | undefined {
    return this.#model.tables[table ?? -1]?.fields.find((found) => found.name === name);
  }

  #fieldText(field: Field, text: string): FeelText {
    if (FEEL_WORDS.has(field.name)) throw new NoFeel(`\`${field.name}\` is a word of FEEL, and no name`, 'rename the field');
    const kind = kindOfField(field.kind);
    const whole: FeelText = { text, level: 9, kind };
    if (field.kind === FieldKind.OBJECT) return { ...whole, member: (name) => this.#memberText(field.child, `${text}.`, name) };
    if (field.kind !== FieldKind.LIST) return whole;
    return {
      ...whole,
      element: (name) =>
        field.element === undefined
          ? { text: name, level: 9, kind: 'object', member: (member) => this.#memberText(field.child, `${name}.`, member) }
          : { text: name, level: 9, kind: kindOfField(field.element.kind) },
    };
  }

  #memberText(table: number | undefined, prefix: string, name: string): FeelText | undefined {
    const field = this.#fieldIn(table, name);
    return field && this.#fieldText(field, prefix + name);
  }

  #tableText(table: BundleTable): FeelText {
    const isList = givesList(table);
    const member = (name: string): FeelText | undefined => {
      const output = table.outputs.find((found) => found.name === name);
      if (output === undefined) return undefined;
      const kind = table.aggregate === 'count' ? 'number' : this.kindOfOutput(table, output);
      const text = table.outputs.length === 1 ? table.name : `${table.name}.${name}`;
      if (!isList) return { text, level: 9, kind };
      return { text, level: 9, kind: 'list', element: (inner) => ({ text: inner, level: 9, kind }) };
    };
    return { text: table.name, level: 9, kind: 'object', member };
  }

  /** The kind of a column's values. */
  kindOfOutput(table: BundleTable, output: TableOutput): FeelKind {
    const { type } = output;
    if (type === 'number' || type === 'boolean' || type === 'date' || type === 'timestamp') return type;
    if (type === 'string') return 'text';
    if (typeof type === 'object') {
      if ('decimal' in type) return 'number';
      if ('enum' in type) return 'text';
      const field = this.#model.fields.find(({ path }) => path === type.field);
      return field === undefined ? 'text' : kindOfField(field.kind);
    }
    const at = table.outputs.indexOf(output);
    for (const { then } of table.rows) {
      const cell = then[at];
      const text = cell?.text.trim() ?? '';
      if (cell === undefined || text === '' || text === '-' || text === 'null') continue;
      const kind = literalText(text, 'text')?.kind;
      if (kind !== undefined) return kind;
      if (isWord(text) && !readsName(text, this.resolve)) return 'text';
      return this.#kindOf(`${table.name}.${output.name}`, [{ value: cell }]);
    }
    return 'text';
  }

  kindOfFeature(name: string): FeelKind {
    return this.#kindOf(name, this.#features.get(name)?.cases ?? []);
  }

  #kindOf(key: string, cases: readonly FeatureCase[]): FeelKind {
    if (this.#kinds.has(key)) return this.#kinds.get(key) ?? 'null';
    // what needs itself has none
    this.#kinds.set(key, undefined);
    let kind: FeelKind = 'null';
    for (const { value } of cases) {
      try {
        kind = feelOf(value, this.resolve).kind;
      } catch (error) {
        if (!(error instanceof NoFeel)) throw error;
      }
      if (kind !== 'null') break;
    }
    this.#kinds.set(key, kind);
    return kind;
  }

  /** Names of features and tables, in the order written. */
  names(): string[] {
    return [...this.#bundle.features.map(({ name }) => name), ...this.#bundle.tables.map(({ name }) => name)];
  }
}
