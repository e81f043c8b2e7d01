// A bundle that is being written: its files as they are now, and what was last understood of them. What cannot be read at the
// moment keeps the meaning that it had, so that names are known while a line is half written.

import type { Bundle } from '../bundle/bundle.js';
import { type Checker, type CheckResult, createChecker } from '../compiler/checking.js';
import { type CompileOptions, compile } from '../compiler/compile.js';
import { mergeCosts } from '../compiler/cost-report.js';
import type { Definitions } from '../compiler/definitions.js';
import type { Type } from '../compiler/types.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Model } from '../schema/model.js';
import { type FileKind, isListKind, kindOf, nameOfFile } from './document-kind.js';
import { type Piece, piecesOf } from './document-tree.js';
import { ModelPlaces } from './model-places.js';
import type { SymbolContext } from './symbol.js';
import { csvShape, scorecardShape, type TableShape, tableShape } from './table-shape.js';
import { type Names, type Understood, understand } from './understand.js';

/** Bytes of files up to which costs are shown: they need the whole program, which a check can do without. */
const COST_BYTES_MAX = 1_000_000;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class BundleSession {
  readonly #checker: Checker;
  readonly #files = new Map<string, Uint8Array>();
  /** Texts of files that were asked for. */
  readonly #texts = new Map<string, string>();
  readonly #shapes = new Map<string, { text: string; head: TableShape | undefined; shape: TableShape }>();
  #checked: CheckResult | undefined;
  #bundle: Bundle | undefined;
  #model: Model | undefined;
  #definitions: Definitions | undefined;
  #places: { schema: unknown; places: ModelPlaces } | undefined;
  /** Expressions that were asked for, by text; of the definitions that were last understood. */
  readonly #understood = new Map<string, Understood | undefined>();
  /** Of the last version that compiled; `of` is the check that they belong to. */
  #costs: { of: CheckResult; units: ReadonlyMap<string, number> } | undefined;

  constructor(readonly options: CompileOptions = { profileMax: 'standard' }) {
    this.#checker = createChecker(options);
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Gives a file another content; undefined removes it. */
  setBytes(path: string, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) this.#files.delete(path);
    else this.#files.set(path, bytes);
    this.#texts.delete(path);
    this.#checked = undefined;
  }

  setText(path: string, text: string): void {
    this.setBytes(path, encoder.encode(text));
    this.#texts.set(path, text);
  }

  /** The text of a file, empty where there is none; a byte order mark does not count. */
  text(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = decoder.decode(this.#files.get(path));
      this.#texts.set(path, text);
    }
    return text;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Checks the bundle as it is now, where that was not done yet. */
  check(): readonly Diagnostic[] {
    if (this.#checked === undefined) {
      // The files are given in the order of their paths, as a directory is read.
      const files = new Map([...this.#files].sort(([a], [b]) => (a < b ? -1 : 1)));
      this.#checked = this.#checker.check(files);
      const { bundle, model, definitions } = this.#checked;
      if (bundle !== undefined) this.#bundle = bundle;
      if (model !== undefined) this.#model = model;
      if (definitions !== undefined && definitions !== this.#definitions) {
        this.#definitions = definitions;
        this.#understood.clear();
      }
    }
    return this.#checked.diagnostics;
  }

  /** What could last be read of the bundle. */
  get bundle(): Bundle | undefined {
    this.check();
    return this.#bundle;
  }

  get model(): Model | undefined {
    this.check();
    return this.#model;
  }

  /** Names that expressions may use; undefined while there has never been a model. */
  get names(): Names | undefined {
    const { bundle } = this;
    return this.#definitions && { scope: this.#definitions.scope, profile: bundle?.profile ?? 'strict' };
  }

  /** The names of expressions of one file: in the bundle's own profile everywhere. */
  get symbols(): SymbolContext {
    const schema = this.bundle?.model?.schema;
    if (schema !== undefined && this.#places?.schema !== schema) this.#places = { schema, places: new ModelPlaces(schema) };
    return { model: this.model, places: this.#places?.places };
  }

  kind(path: string): FileKind | undefined {
    return kindOf(path, this.#bundle?.model?.file ?? (/^model\.(ya?ml|json)$/.test(path) ? path : undefined));
  }

  /** The file cut into what is read by itself. */
  pieces(path: string): Piece[] {
    const kind = this.kind(path);
    return kind === undefined ? [] : piecesOf(path, this.text(path), isListKind(kind));
  }

  /** The columns of the table or scorecard in a file. */
  shape(path: string): TableShape | undefined {
    const kind = this.kind(path);
    if (kind !== 'table' && kind !== 'csv' && kind !== 'scorecard') return undefined;
    const text = this.text(path);
    const head = kind === 'csv' ? this.headOf(path) : undefined;
    const known = this.#shapes.get(path);
    if (known !== undefined && known.text === text && known.head === head) return known.shape;
    const shape = kind === 'csv' ? csvShape(path, text, head) : kind === 'table' ? tableShape(text) : scorecardShape(text);
    this.#shapes.set(path, { text, head, shape });
    return shape;
  }

  /** What the YAML file beside a CSV table says. */
  headOf(csvPath: string): TableShape | undefined {
    const base = csvPath.slice(0, csvPath.lastIndexOf('.'));
    const path = ['.yaml', '.yml', '.json'].map((end) => base + end).find((other) => this.#files.has(other));
    return path === undefined ? undefined : this.shape(path);
  }

  /** Files that give a name: a table's may be two. */
  filesNamed(name: string, kinds: readonly FileKind[]): string[] {
    return this.paths.filter((path) => nameOfFile(path) === name && kinds.includes(this.kind(path) as FileKind)).sort();
  }

  /** The type of an expression's value; undefined where it has none that is known. */
  typeOf(expression: string): Type | undefined {
    if (expression.trim() === '') return undefined;
    const understood = this.understood(expression);
    const receiver = understood?.receiver(understood.root);
    return receiver?.kind === 'value' && receiver.ir.type.kind !== 'error' ? receiver.ir.type : undefined;
  }

  /** An expression that nothing is bound around; kept, for those that are asked for again and again. */
  understood(expression: string): Understood | undefined {
    const { names } = this;
    if (!this.#understood.has(expression)) this.#understood.set(expression, understand(expression, names));
    return this.#understood.get(expression);
  }

  /**
   * Units that rules cost at most, by id, and definitions, by `feature NAME` and such; of the last version that compiled. Empty for
   * very large bundles.
   */
  costs(): ReadonlyMap<string, number> {
    this.check();
    const checked = this.#checked!;
    const isFaulty = checked.diagnostics.some(({ severity }) => severity === 'error');
    const bytes = [...this.#files.values()].reduce((sum, content) => sum + content.length, 0);
    if (this.#costs?.of !== checked && !isFaulty && bytes <= COST_BYTES_MAX) {
      const { costs } = compile(this.#files, this.options);
      if (costs !== undefined)
        this.#costs = { of: checked, units: new Map(mergeCosts(costs).map(({ name, units }) => [name, units])) };
    }
    return this.#costs?.units ?? new Map();
  }

  /** The type of an output of a table. */
  typeOfOutput(table: string, output: string | undefined): Type | undefined {
    const group = this.names?.scope.names.get(table);
    const entry = group?.kind === 'group' ? group.members.get(output ?? '') : undefined;
    const type = entry?.kind === 'feature' ? entry.feature.type : entry?.kind === 'elements' ? entry.type : undefined;
    return type?.kind === 'error' ? undefined : type;
  }
}
