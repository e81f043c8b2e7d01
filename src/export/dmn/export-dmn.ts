// A bundle as DMN 1.3: fields become inputs, tables decision tables, features and outputs literal expressions. What FEEL cannot
// say, and all that reads it, is left out and listed with its place.

import type { Bundle } from '../../bundle/bundle.js';
import type { BundleFeature, FeatureCase } from '../../bundle/features.js';
import type { BundleFiles } from '../../bundle/files.js';
import type { BundleOutput } from '../../bundle/outputs.js';
import { readBundle } from '../../bundle/read-bundle.js';
import type { ScalarText } from '../../bundle/scalar-text.js';
import type { BundleTable } from '../../bundle/tables.js';
import { isWord } from '../../compiler/tables/check-cell.js';
import { type Diagnostic, DiagnosticBag, type Span } from '../../diagnostic/diagnostic.js';
import { FIELD_NAMESPACE } from '../../import/dmn/field-hints.js';
import { fieldRead } from '../../schema/field-name.js';
import type { Model } from '../../schema/model.js';
import { readModel } from '../../schema/read-model.js';
import { feelCell, literalText, readsName } from './feel-cells.js';
import { type FeelKind, feelOf, literalAs, NoFeel, within } from './feel-text.js';
import { definitionOf } from './item-definitions.js';
import { FEEL_WORDS, FeelNames, givesList, kindOfField } from './names.js';
import { type XmlNode, xml, xmlText } from './xml-text.js';

export const DMN_NAMESPACE = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const FEEL = 'https://www.omg.org/spec/DMN/20191111/FEEL/';

export interface ExportedDmn {
  /** The document; undefined where the bundle has faults. */
  readonly text: string | undefined;
  /** What is left out, as warnings with V7501, or the faults of the bundle. */
  readonly diagnostics: readonly Diagnostic[];
}

const HIT_POLICIES = {
  unique: 'UNIQUE',
  any: 'ANY',
  priority: 'PRIORITY',
  first: 'FIRST',
  ruleOrder: 'RULE ORDER',
  outputOrder: 'OUTPUT ORDER',
  collect: 'COLLECT',
} as const;
const TYPE_REFS: Readonly<Record<FeelKind, string | undefined>> = {
  number: 'number',
  text: 'string',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'date and time',
  list: undefined,
  object: undefined,
  null: undefined,
};

/** Writes a bundle as DMN 1.3. */
export function exportDmn(files: BundleFiles): ExportedDmn {
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag);
  const model =
    bundle?.model === undefined
      ? undefined
      : readModel(bundle.model.schema, bundle.lock, (pointer) => bundle.model!.spanOf(pointer), bag);
  if (bundle === undefined || model === undefined || bag.hasErrors) return { text: undefined, diagnostics: bag.items };
  const found = new DiagnosticBag();
  return { text: new DmnExport(bundle, model, found).text(), diagnostics: found.items };
}

class DmnExport {
  readonly #names: FeelNames;
  readonly #decisions = new Map<string, XmlNode>();

  constructor(
    readonly bundle: Bundle,
    readonly model: Model,
    readonly bag: DiagnosticBag,
  ) {
    this.#names = new FeelNames(bundle, model);
  }

  text(): string {
    const { bundle, model } = this;
    for (const { name, span } of bundle.scorecards) this.#leave(name, span, 'a scorecard');
    for (const { name, span } of bundle.ensembles) this.#leave(name, span, 'an ensemble of trees');
    this.#definitions();
    this.#outputs();
    for (const { id, idSpan } of bundle.rules) this.#leave(id, idSpan, 'a rule that decides');
    const fields = model.tables[0]!.fields;
    const inputs = fields.map((field) =>
      xml('inputData', { name: field.name, id: `input_${field.name}` }, [
        ...(field.description === undefined ? [] : [xml('description', {}, field.description)]),
        xml('variable', { name: field.name, typeRef: `t_${field.name}` }),
      ]),
    );
    return xmlText(
      xml(
        'definitions',
        {
          xmlns: DMN_NAMESPACE,
          'xmlns:verdict': FIELD_NAMESPACE,
          id: 'definitions',
          name: bundle.name,
          namespace: `urn:verdict:bundle:${bundle.name}`,
          expressionLanguage: FEEL,
          typeLanguage: FEEL,
        },
        [
          ...fields.map((field) => definitionOf(model, field, 'itemDefinition', `t_${field.name}`)),
          ...inputs,
          ...this.#decisions.values(),
        ],
      ),
    );
  }

  /** Features and tables, until what is left cannot be said: one that reads another that is left out is left out too. */
  #definitions(): void {
    let refused = -1;
    while (refused !== this.#names.refused.size) {
      refused = this.#names.refused.size;
      this.#decisions.clear();
      for (const feature of this.bundle.features) this.#try(feature.name, feature.nameSpan, () => this.#feature(feature));
      for (const table of this.bundle.tables) this.#try(table.name, table.span, () => this.#table(table));
    }
  }

  #try(name: string, span: Span, make: () => XmlNode): void {
    if (this.#names.refused.has(name)) return;
    try {
      this.#decisions.set(name, make());
    } catch (error) {
      if (!(error instanceof NoFeel)) throw error;
      this.#names.refused.add(name);
      this.#report(span, `\`${name}\` is not exported: ${error.message}`, error.advice);
    }
  }

  #leave(name: string, span: Span, what: string): void {
    this.#names.refused.add(name);
    this.#report(span, `\`${name}\` is not exported: DMN has no counterpart of ${what}`, 'keep it in the bundle');
  }

  #report(span: Span, message: string, advice: string): void {
    this.bag.warning('V7501', span, message, advice);
  }

  // --- Expressions ---

  /** An expression as FEEL, with its place where it is none. */
  #feel(source: ScalarText): { text: string; kind: FeelKind; level: number } {
    return this.#placed(source, () => feelOf(source, this.#names.resolve));
  }

  #placed<T>(source: ScalarText | undefined, write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (error instanceof NoFeel && source !== undefined && error.start !== undefined) {
        const span = source.spanAt(error.start, error.end ?? source.text.length);
        throw new NoFeel(`${error.message} (${span.file})`, error.advice);
      }
      throw error;
    }
  }

  #cases(cases: readonly FeatureCase[]): { text: string; kind: FeelKind } {
    let text = '';
    let kind: FeelKind = 'null';
    for (const { when, value } of cases) {
      const found = this.#feel(value);
      if (kind === 'null') kind = found.kind;
      if (when === undefined) return { text: text + (text === '' ? found.text : within(1, found)), kind };
      text += `if ${this.#feel(when).text} then ${within(1, found)} else `;
    }
    return { text: `${text}null`, kind };
  }

  #decision(name: string, kind: FeelKind, description: string | undefined, logic: XmlNode): XmlNode {
    const read = requiredBy(logic);
    const fields = new Set(this.model.tables[0]!.fields.map((field) => field.name));
    const own = this.#names.names();
    const requirements = [...read]
      .filter((other) => other !== name && (fields.has(other) || own.includes(other)))
      .map((other) =>
        xml('informationRequirement', {}, [
          fields.has(other)
            ? xml('requiredInput', { href: `#input_${other}` })
            : xml('requiredDecision', { href: `#decision_${other}` }),
        ]),
      );
    return xml('decision', { name, id: `decision_${idOf(name)}` }, [
      ...(description === undefined ? [] : [xml('description', {}, description)]),
      xml('variable', { name, typeRef: TYPE_REFS[kind] }),
      ...requirements,
      logic,
    ]);
  }

  #feature(feature: BundleFeature): XmlNode {
    const { text, kind } = this.#cases(feature.cases);
    return this.#decision(feature.name, kind, feature.description, literalExpression(text));
  }

  /** Outputs that lie in one object are one context. */
  #outputs(): void {
    const groups = new Map<string, BundleOutput[]>();
    for (const output of this.bundle.outputs) {
      const [root] = output.name.split('.') as [string];
      groups.set(root, [...(groups.get(root) ?? []), output]);
    }
    for (const [root, outputs] of groups) {
      const [first] = outputs as [BundleOutput];
      // a decision of that name gives it already
      const isGiven = ({ name, is }: BundleOutput): boolean =>
        is.kind === 'value' && is.cases.length === 1 && is.cases[0]!.when === undefined && is.cases[0]!.value.text.trim() === name;
      if (this.#decisions.has(root) && outputs.every(isGiven)) continue;
      const taken = this.#decisions.has(root) || this.model.tables[0]!.fields.some((field) => field.name === root);
      this.#tryOutput(root, first.nameSpan, () => {
        if (taken) throw new NoFeel('another decision or input has its name', 'rename the output');
        if (outputs.length > 1 || first.name !== root)
          return this.#decision(root, 'object', undefined, this.#context(root, outputs));
        const { text, kind } = this.#outputValue(first);
        return this.#decision(root, kind, first.description, literalExpression(text));
      });
    }
  }

  /** The members of an output below a path. What is written first is in scope of what follows, and must hide nothing of it. */
  #context(path: string, outputs: readonly BundleOutput[]): XmlNode {
    const names = [...new Set(outputs.map(({ name }) => name.slice(path.length + 1).split('.')[0]!))];
    const entries = names.map((name) => {
      const inner = `${path}.${name}`;
      const own = outputs.find((output) => output.name === inner);
      const logic =
        own === undefined
          ? this.#context(
              inner,
              outputs.filter((output) => output.name.startsWith(`${inner}.`)),
            )
          : literalExpression(this.#outputValue(own).text);
      return { name, logic };
    });
    for (const [index, { logic }] of entries.entries()) {
      const read = requiredBy(logic);
      const hidden = entries.slice(0, index).find((before) => read.has(before.name));
      if (hidden !== undefined) throw new NoFeel(`its member \`${hidden.name}\` hides what another one reads`, 'rename the member');
    }
    return xml(
      'context',
      {},
      entries.map(({ name, logic }) => xml('contextEntry', {}, [xml('variable', { name }), logic])),
    );
  }

  #outputValue({ is }: BundleOutput): { text: string; kind: FeelKind } {
    if (is.kind === 'value') return this.#wholeTable(is.cases) ?? this.#cases(is.cases);
    const table = this.bundle.tables.find((found) => found.name === is.each.text.trim());
    const isWhole =
      table !== undefined &&
      !this.#names.refused.has(table.name) &&
      is.members.length === table.outputs.length &&
      is.members.every(({ name, value }) => value.text.trim() === `${is.as}.${name}`);
    if (!isWhole) {
      throw new NoFeel('the objects are not the rows of a table as they are', 'list the outputs of a table by their names');
    }
    return { text: table.name, kind: 'list' };
  }

  /** A list is named by its table. */
  #wholeTable(cases: readonly FeatureCase[]): { text: string; kind: FeelKind } | undefined {
    const [only] = cases;
    if (cases.length !== 1 || only!.when !== undefined) return undefined;
    const [name, column, ...more] = only!.value.text.trim().split('.');
    const table = this.bundle.tables.find((found) => found.name === name);
    if (table === undefined || more.length > 0 || !givesList(table) || this.#names.refused.has(table.name)) return undefined;
    if (table.outputs.length !== 1 || table.outputs[0]!.name !== column) return undefined;
    return { text: table.name, kind: 'list' };
  }

  #tryOutput(name: string, span: Span, make: () => XmlNode): void {
    try {
      this.#decisions.set(name, make());
    } catch (error) {
      if (!(error instanceof NoFeel)) throw error;
      this.#report(span, `the output \`${name}\` is not exported: ${error.message}`, error.advice);
    }
  }

  // --- Tables ---

  #table(table: BundleTable): XmlNode {
    const { resolve } = this.#names;
    const inputs = table.inputs.map(({ value, label }) => {
      const text = this.#feel(value);
      const field = fieldRead(this.model, value.text.trim());
      const members = field?.members?.map(({ name }) => name) ?? [];
      const nullable = field === undefined || field.nullable;
      return { text, label, column: { kind: field === undefined ? text.kind : kindOfField(field.kind), members, nullable } };
    });
    const outputs = table.outputs.map((output) => ({ output, kind: this.#names.kindOfOutput(table, output) }));
    const value = (cell: ScalarText | undefined, kind: FeelKind): string => {
      const text = cell?.text.trim() ?? '';
      if (cell === undefined || text === '' || text === '-' || text === 'null') return 'null';
      const literal = literalText(text, kind);
      if (literal !== undefined) return literal.text;
      if (kind === 'text' && isWord(text) && !readsName(text, resolve)) return literalAs('text', text).text;
      return this.#feel(cell).text;
    };
    const single = outputs.length === 1;
    const logic = xml('decisionTable', { hitPolicy: HIT_POLICIES[table.hitPolicy], aggregation: table.aggregate?.toUpperCase() }, [
      ...inputs.map(({ text, label }) =>
        xml('input', { label }, [xml('inputExpression', { typeRef: TYPE_REFS[text.kind] }, [xml('text', {}, text.text)])]),
      ),
      ...outputs.map(({ output, kind }) =>
        xml('output', { name: single ? undefined : output.name, typeRef: TYPE_REFS[kind] }, [
          ...(output.values === undefined
            ? []
            : [xml('outputValues', {}, [xml('text', {}, output.values.map((one) => value(one, kind)).join(','))])]),
          ...(output.default === undefined ? [] : [xml('defaultOutputEntry', {}, [xml('text', {}, value(output.default, kind))])]),
        ]),
      ),
      ...table.rows.map((row) =>
        xml('rule', {}, [
          ...(row.description === undefined ? [] : [xml('description', {}, row.description)]),
          ...inputs.map(({ column }, at) =>
            xml('inputEntry', {}, [
              xml(
                'text',
                {},
                this.#placed(row.when[at], () => feelCell(row.when[at], column, resolve)),
              ),
            ]),
          ),
          ...outputs.map(({ kind }, at) => xml('outputEntry', {}, [xml('text', {}, value(row.then[at], kind))])),
        ]),
      ),
    ]);
    const [first] = outputs;
    const kind = givesList(table) ? 'list' : single ? (table.aggregate === 'count' ? 'number' : first!.kind) : 'object';
    return this.#decision(table.name, kind, table.description, logic);
  }
}

function literalExpression(text: string): XmlNode {
  return xml('literalExpression', {}, [xml('text', {}, text)]);
}

/** Words in the expressions of a decision, outside of texts: those that name something are what it needs. */
function requiredBy(node: XmlNode, words = new Set<string>()): Set<string> {
  if (typeof node.content !== 'string') for (const child of node.content) requiredBy(child, words);
  else if (node.name === 'text') {
    for (const [word] of node.content.replace(/"(?:[^"\\]|\\.)*"/g, ' ').matchAll(/[A-Za-z_]\w*/g))
      if (!FEEL_WORDS.has(word)) words.add(word);
  }
  return words;
}

/** A name as part of an id of XML: what may not stand in one is its number, so that no two are equal. */
function idOf(name: string): string {
  return name.replace(/\W/gu, (char) => `-${char.codePointAt(0)!.toString(16)}`);
}
