// DMN in, a bundle out: inputs become the model, decisions become outputs of their names, tables stay tables, what other decisions
// read becomes a feature. What cannot mean the same is refused, with every decision that reads it.

import { type Diagnostic, DiagnosticBag, type Span } from '../../diagnostic/diagnostic.js';
import { BundleText } from '../bundle-text.js';
import type { Imported, ImportOptions, ImportSource } from '../imported.js';
import { type Shape, shapeOf } from '../infer-model.js';
import { isIdentifier, Namer, toBundleName } from '../names.js';
import { type DmnDecision, type DmnInput, type DmnModel, readDmn } from './document.js';
import type { Place } from './feel/ast.js';
import { ANY_TYPE, type ItemType } from './item-type.js';
import { code } from './lower/code.js';
import { listCode } from './lower/lists.js';
import { Lowering, type Surroundings } from './lower/lower.js';
import { Refusal } from './lower/refusal.js';
import { isSimple } from './lower/simple.js';
import {
  casesOf,
  isTotal,
  namedBool,
  namedScalar,
  pathOf,
  Scope,
  type SimpleValue,
  textConstant,
  typeOf,
  type Value,
  type WrittenCase,
} from './lower/value.js';
import { type Field, fieldOf, renamedIn } from './model.js';
import { inOrder } from './order.js';
import { type MadeTable, tableOf } from './table.js';
import { tagSpan, textSpan, type XmlElement } from './xml.js';

/** Reads DMN 1.1 to 1.5; 1.3 is what all tools write. */
export function importDmn(source: ImportSource, options: ImportOptions): Imported {
  const bag = new DiagnosticBag();
  const model = readDmn(source, bag);
  if (model === undefined) return { files: new Map(), diagnostics: bag.items };
  const read = new DmnImport(model, source, options, bag);
  return { files: read.files(), diagnostics: sorted(bag.items), renamed: read.renamed };
}

function sorted(items: readonly Diagnostic[]): Diagnostic[] {
  return [...items].sort((a, b) => a.span.start - b.span.start);
}

interface Entry {
  readonly name: string;
  readonly description?: string;
  readonly [key: string]: unknown;
}

class DmnImport {
  readonly #model: DmnModel;
  readonly #source: ImportSource;
  readonly #options: ImportOptions;
  readonly #bag: DiagnosticBag;
  /** Names of fields, features and tables. */
  readonly #namer = new Namer(['__proto__']);
  readonly #names = new Set<string>();
  readonly #globals: Scope;
  readonly #properties: Record<string, unknown> = {};
  readonly #required: string[] = [];
  readonly #features: Entry[] = [];
  readonly #tables: MadeTable[] = [];
  readonly #outputs = new Map<DmnDecision, Entry[]>();
  /** First segments of the outputs' names. */
  readonly #roots = new Set<string>();
  /** Enums as texts, by the expression of the enum. */
  readonly #texts = new Map<string, SimpleValue>();
  /** Why a name of the source stands for nothing. */
  readonly #refused = new Map<string, string>();
  /** Paths of fields that have other names than in the source. */
  readonly renamed = new Map<string, string>();

  constructor(model: DmnModel, source: ImportSource, options: ImportOptions, bag: DiagnosticBag) {
    this.#model = model;
    this.#source = source;
    this.#options = options;
    this.#bag = bag;
    this.#globals = new Scope(undefined, (name) => {
      const why = this.#refused.get(name);
      if (why !== undefined) throw new Refusal(`\`${name}\` is read, which ${why}`, 'set that right first');
      return undefined;
    });
  }

  files(): ReadonlyMap<string, Uint8Array> {
    const { inputs, functions, decisions } = this.#model;
    this.#addInputs(inputs);
    const ids = new Map(decisions.map((decision) => [decision, this.#name(decision.name)]));
    for (const { name, parameters, body } of functions) {
      if (body === undefined) this.#refused.set(name, 'could not be read');
      else this.#globals.set(name, { kind: 'function', name, parameters, body, scope: this.#globals });
    }
    const { order, circles, read } = inOrder(decisions, functions);
    for (const decision of circles) {
      this.#refused.set(decision.name, 'needs itself');
      const message = `the decision \`${decision.name}\` needs itself`;
      this.#bag.error('V7203', this.#tag(decision.element), message, 'remove one of the requirements of the circle');
    }
    for (const decision of order) this.#addDecision(decision, ids.get(decision)!, read.has(decision.name));
    return this.#written();
  }

  // --- Inputs ---

  #addInputs(inputs: readonly DmnInput[]): void {
    const shape = this.#options.payloads === undefined ? undefined : shapeOf(this.#options.payloads);
    for (const input of inputs) {
      const name = this.#name(input.name);
      const sample = shape?.members.get(input.name) ?? shape?.members.get(name);
      const type = this.#typeOf(input, sample);
      const field: Field | string = type === undefined ? `nothing is named \`${input.typeRef}\`` : fieldOf(type, sample);
      if (typeof field === 'string') {
        this.#refused.set(input.name, 'is not carried over');
        this.#bag.warning('V7001', this.#tag(input.element), `the input \`${input.name}\` is left out`, field);
        continue;
      }
      const said = [...(name === input.name ? [] : [input.name]), ...(input.description === undefined ? [] : [input.description])];
      this.#properties[name] = said.length === 0 ? field.schema : { ...field.schema, description: said.join(': ') };
      if (type?.hints?.required) this.#required.push(name);
      for (const [was, is] of renamedIn(input.name, name, field)) this.renamed.set(was, is);
      this.#globals.set(input.name, field.value(pathOf(code(name), !type?.hints?.required)));
    }
  }

  /** The type that the model declares, else that columns of tables or samples show; undefined for one that is not declared. */
  #typeOf(input: DmnInput, sample: Shape | undefined): ItemType | undefined {
    if (input.typeRef !== undefined) return this.#model.types.resolve(input.typeRef);
    for (const { logic } of this.#model.decisions) {
      if (logic?.kind !== 'table') continue;
      const column = logic.table.inputs.find(({ value }) => value.kind === 'name' && value.name === input.name);
      const type = this.#model.types.resolve(column?.element.attributes.get('typeRef'));
      if (type !== undefined) return type;
    }
    const kinds = { boolean: 'boolean', number: 'number', text: 'string', date: 'date', timestamp: 'date and time' } as const;
    const kind = sample?.kind;
    return kind === undefined || kind === 'list' || kind === 'object' ? ANY_TYPE : { ...ANY_TYPE, base: kinds[kind] };
  }

  // --- Decisions ---

  #addDecision(decision: DmnDecision, id: string, isRead: boolean): void {
    const { logic, name, element } = decision;
    if (logic === undefined) {
      this.#refused.set(name, 'could not be read');
      return;
    }
    const kept = [this.#features.length, this.#tables.length] as const;
    try {
      const lowering = new Lowering(this.#surroundings(decision, id));
      lowering.begin(name);
      let value = lowering.value(logic, this.#globals);
      if (isRead) value = this.#settled(value, name, id, lowering, decision.description);
      this.#globals.set(name, value);
      const entries = this.#outputEntries(outputName(name), value, lowering, isRead ? undefined : decision.description);
      this.#checkPaths(entries);
      this.#outputs.set(decision, entries);
      if (outputName(name) !== name) {
        const message = `the output of \`${name}\` is named \`${outputName(name)}\``;
        this.#bag.warning('V7001', this.#tag(element), message, 'names of outputs hold no points and no quotes');
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#features.length = kept[0];
      this.#tables.length = kept[1];
      this.#refused.set(name, 'is not carried over');
      this.#bag.error('V7002', this.#span(error.place, element), `\`${name}\` is not carried over: ${error.message}`, error.advice);
    }
  }

  /** What other decisions read: scalars get names, members of contexts too. */
  #settled(value: Value, hint: string, id: string | undefined, lowering: Lowering, description: string | undefined): Value {
    if (isSimple(value)) {
      if (value.kind === 'null' || (value.kind !== 'cases' && value.named !== undefined)) return value;
      return this.#define(id ?? this.#name(hint), id === hint ? undefined : hint, value, description);
    }
    if (value.kind !== 'context' || value.named !== undefined) return value;
    const members = new Map<string, Value>();
    for (const [name, member] of value.members)
      members.set(name, this.#settled(member, `${hint} ${name}`, undefined, lowering, undefined));
    return { ...value, members };
  }

  #define(name: string, title: string | undefined, value: SimpleValue, description: string | undefined): SimpleValue {
    const type = typeOf(value);
    if (type === undefined && value.kind === 'cases') {
      throw new Refusal('the branches have different types', 'give all of them one type');
    }
    this.#names.add(name);
    const said = [title, description].filter((part) => part !== undefined);
    this.#features.push({ name, ...(said.length === 0 ? {} : { description: said.join(': ') }), ...written(casesOf(value)) });
    const nullable = !isTotal(value);
    if (type === undefined) return value;
    return type === 'bool' ? namedBool(code(name), nullable) : namedScalar(type, code(name), nullable);
  }

  #surroundings(decision: DmnDecision, id: string): Surroundings {
    let isTableNamed = false;
    return {
      define: (hint, value) => this.#define(this.#name(hint), undefined, value, undefined),
      fresh: (hint) => this.#name(hint),
      warn: (place, message, advice) => this.#bag.warning('V7204', this.#span(place, decision.element), message, advice),
      textOf: (value) => this.#textOf(value),
      table: (node, scope, hint) => {
        const own = node === decision.logic && !isTableNamed;
        if (own) isTableNamed = true;
        const name = own ? id : this.#name(hint);
        const lowering = new Lowering(this.#surroundings(decision, id));
        lowering.begin(hint);
        const said = [
          ...(own && decision.name !== name ? [decision.name] : []),
          ...(own && decision.description ? [decision.description] : []),
        ];
        const description = said.length === 0 ? undefined : said.join(': ');
        const { table, value } = tableOf(node.table, name, scope, lowering, (text) => this.#cellText(text), description);
        this.#tables.push(table);
        return value;
      },
    };
  }

  /** Words stand without quotes where they name nothing, now or later. */
  #cellText(text: string): string {
    const words = text.split(/[ /.-]+/);
    const isPlain =
      /^[\p{L}_][\p{L}\p{N}_]*(?:[ ./-]+[\p{L}\p{N}_]+)*$/u.test(text) && !/^(?:true|false|null|now|not|value)$/.test(text);
    if (!isPlain || words.some((word) => this.#names.has(word) || /^(?:now|value|lists|parameters)$/.test(word)))
      return JSON.stringify(text);
    for (const word of words) if (isIdentifier(word)) this.#namer.take(word);
    return text;
  }

  /** An enum as a text: the language keeps the two apart. */
  #textOf(value: SimpleValue): SimpleValue {
    if (value.kind !== 'scalar' || value.type.kind !== 'enum') return value;
    if (typeof value.constant === 'string') return textConstant(value.constant);
    const path = value.named ?? value.code;
    const before = this.#texts.get(path.text);
    if (before !== undefined) return before;
    const cases = value.type.members.map((member) => ({
      when: code(`${path.text} === ${JSON.stringify(member)}`, 4),
      value: textConstant(member),
    }));
    const text = this.#define(this.#name(`${path.text} text`), undefined, { kind: 'cases', cases }, 'the member as a text');
    this.#texts.set(path.text, text);
    return text;
  }

  // --- Outputs ---

  #outputEntries(path: string, value: Value, lowering: Lowering, description: string | undefined): Entry[] {
    const head = { name: path, ...(description === undefined ? {} : { description }) };
    if (isSimple(value)) return [{ ...head, ...written(casesOf(value)) }];
    switch (value.kind) {
      case 'context':
        return [...value.members].flatMap(([name, member]) =>
          this.#outputEntries(`${path}.${outputName(name)}`, member, lowering, description),
        );
      case 'list':
        return [{ ...head, value: this.#listText(value, lowering) }];
      case 'array': {
        const items = value.items.map((item) => (isSimple(item) ? lowering.plain(item) : undefined));
        const codes = items.map((item) => (item?.kind === 'scalar' && item.guards.length === 0 ? item.code.text : undefined));
        if (codes.length === 0 || codes.some((text) => text === undefined)) {
          throw new Refusal(
            'a list that is empty, or holds more than numbers and texts, is no output',
            'give each element its decision',
          );
        }
        return [{ ...head, value: `[${codes.join(', ')}]` }];
      }
      case 'rows': {
        const values = Object.fromEntries(Array.from(value.columns, ([name, column]) => [outputName(name), `row.${column}`]));
        return [{ ...head, each: value.table, as: 'row', values }];
      }
      default:
        throw new Refusal('a function is no output', 'call it');
    }
  }

  /** Names of the source that differ may be one as names of outputs. */
  #checkPaths(entries: readonly Entry[]): void {
    const root = entries[0]?.name.split('.')[0];
    const names = entries.map(({ name }) => name);
    const segments = names.flatMap((name) => name.split('.'));
    const inside = names.some((name) => names.some((other) => other.startsWith(`${name}.`)));
    if (root === undefined || segments.includes('')) throw new Refusal('a member has no name', 'name it');
    if (this.#roots.has(root) || new Set(names).size < names.length || inside) {
      throw new Refusal('another output has its name', 'rename one of the two');
    }
    this.#roots.add(root);
  }

  #listText(value: Extract<Value, { kind: 'list' }>, lowering: Lowering): string {
    const isField = value.plain && value.guards.length === 1 && value.guards[0]!.text === `${value.code.text} !== null`;
    if (value.guards.length > 0 && !isField)
      throw new Refusal('a list that may be null is no output', 'declare its input as required');
    return listCode(value, lowering).text;
  }

  // --- Writing ---

  #written(): ReadonlyMap<string, Uint8Array> {
    const entries = this.#model.decisions.flatMap((decision) => this.#outputs.get(decision) ?? []);
    if (entries.length === 0) {
      if (!this.#bag.hasErrors) {
        const span = { file: this.#source.name, start: 0, end: Math.min(1, this.#source.text.length) };
        this.#bag.error('V7203', span, 'the model has no decision', 'add one');
      }
      return new Map();
    }
    const bundle = new BundleText();
    const title = this.#model.name === '' ? this.#source.name : this.#model.name;
    bundle.yaml(
      'bundle.yaml',
      {
        name: this.#options.name ?? toBundleName(title),
        version: '1.0.0',
        model: 'model.yaml',
        profile: 'standard',
        onError: 'review',
      },
      { head: this.#model.description === undefined ? `Imported from ${title} (DMN).` : `${title}: ${this.#model.description}` },
    );
    const required = this.#required.length === 0 ? {} : { required: this.#required };
    bundle.yaml('model.yaml', { type: 'object', ...required, properties: this.#properties });
    if (this.#features.length > 0) bundle.yaml('features/decisions.yaml', this.#features);
    for (const { name, lines, head } of this.#tables) {
      bundle.csv(`tables/${name}.csv`, lines);
      if (head !== undefined) bundle.yaml(`tables/${name}.yaml`, head);
    }
    bundle.yaml('outputs.yaml', entries);
    return bundle.files();
  }

  #name(hint: string): string {
    const name = this.#namer.name(hint);
    this.#names.add(name);
    return name;
  }

  #tag(element: XmlElement): Span {
    return tagSpan(element, this.#source.name);
  }

  #span(place: Place | undefined, element: XmlElement): Span {
    if (place === undefined) return this.#tag(element);
    return place.start < 0 ? this.#tag(place.element) : textSpan(place.element, this.#source, place.start, place.end);
  }
}

/** A value alone, or cases. */
function written(cases: readonly WrittenCase[]): { value: unknown } | { cases: readonly object[] } {
  const [first] = cases;
  if (cases.length === 1 && first!.when === undefined) return { value: scalarOf(first!.value) };
  return { cases: cases.map(({ when, value }) => ({ ...(when === undefined ? {} : { when }), value: scalarOf(value) })) };
}

/** An expression as YAML has it: numbers and booleans as such, so that they need no quotes. */
function scalarOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}

/** A name as a segment of an output's path. */
function outputName(name: string): string {
  return name.replace(/[."'`\p{Cc}]/gu, '_').slice(0, 64);
}
