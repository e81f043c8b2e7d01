// What a checker remembers of the bundle that it checked last, so that an edit costs what it touches: documents by path and bytes,
// items of long lists by their text, checked conditions by text, scope and profile. What the last check did not use is forgotten,
// so that it never holds more than one bundle. Nothing here changes a result.

import { type Bundle, type ProfileName, partsThatDefine } from '../bundle/bundle.js';
import { type BundleDocument, readDocument } from '../bundle/document.js';
import { MODELS_FOLDER } from '../bundle/ensembles.js';
import type { BundleFiles } from '../bundle/files.js';
import { type ListDocument, readRuleList } from '../bundle/list-document.js';
import type { ReadMemo } from '../bundle/memo.js';
import { type BundleParts, isPartPath } from '../bundle/read-parts.js';
import { type Diagnostic, DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { Model, ModelLock } from '../schema/model.js';
import { checkSourceInScope } from './check-source.js';
import type { Definitions } from './definitions.js';
import { ProgramGauge } from './gauge.js';
import type { Ir } from './ir.js';
import { type ConditionForm, ConditionForms, type Subject } from './proofs/condition-form.js';
import { type Holder, RememberedHolders } from './proofs/holders.js';
import { type Forms, isAlways } from './proofs/prove-rules.js';
import type { Scope } from './scope.js';
import { looseSource, type Source } from './source.js';

/** A result, and what was reported on the way to it. */
interface Made<T> {
  value: T;
  items: readonly Diagnostic[];
}

function make<T>(work: (bag: DiagnosticBag) => T): Made<T> {
  // Whoever takes it over counts.
  const bag = new DiagnosticBag(Number.POSITIVE_INFINITY);
  const value = work(bag);
  return { value, items: bag.items };
}

function tell<T>({ value, items }: Made<T>, bag: DiagnosticBag): T {
  for (const item of items) bag.add(item);
  return value;
}

interface KnownDocument extends Made<BundleDocument | undefined> {
  bytes: Uint8Array;
  isExact: boolean;
}

/** Conditions of one text: each time that it stands in the bundle has an IR of its own, for some passes go by identity. */
interface KnownConditions {
  made: Made<Ir | undefined>[];
  /** Times that the check under way has met it. */
  count: number;
}

export class CompileMemo implements ReadMemo {
  #documents = new Map<string, KnownDocument>();
  #documentsBefore = new Map<string, KnownDocument>();
  /** The last that could be read item by item. */
  readonly #lists = new Map<string, ListDocument>();
  #parts: (Made<BundleParts> & { files: readonly (readonly [string, Uint8Array])[] }) | undefined;
  #model: (Made<Model | undefined> & { schema: unknown; lock: string }) | undefined;
  #definitions: (Made<Definitions> & { model: Model; profile: ProfileName; parts: readonly unknown[] }) | undefined;
  #conditions = new Map<string, KnownConditions>();
  #scope: Scope | undefined;
  #profile: ProfileName | undefined;
  #forms: RememberedForms | undefined;
  #gauge: { gauge: ProgramGauge; definitions: Definitions; first: boolean } | undefined;

  /** Called before each check. */
  begin(): void {
    this.#documentsBefore = this.#documents;
    this.#documents = new Map();
  }

  /** Called after each check: forgets what it did not use. */
  end(): void {
    this.#documentsBefore = new Map();
    for (const path of this.#lists.keys()) if (!this.#documents.has(path)) this.#lists.delete(path);
    for (const [text, known] of this.#conditions) {
      if (known.count === 0) this.#conditions.delete(text);
      known.made.length = known.count;
      known.count = 0;
    }
  }

  readonly readDocument: typeof readDocument = (path, bytes, bag, options = {}) => {
    const isExact = options.exactIntegers === true;
    const before = this.#documentsBefore.get(path);
    const isSame = before !== undefined && before.isExact === isExact && sameBytes(before.bytes, bytes);
    const known: KnownDocument = isSame ? before : { ...this.#read(path, bytes, options), bytes, isExact };
    this.#documents.set(path, known);
    return tell(known, bag);
  };

  #read(path: string, bytes: Uint8Array, options: { exactIntegers?: boolean }): Made<BundleDocument | undefined> {
    const list = readRuleList(path, bytes, this.#lists.get(path));
    if (list === undefined) return make((bag) => readDocument(path, bytes, bag, options));
    this.#lists.set(path, list);
    return { value: list, items: [] };
  }

  parts(files: BundleFiles, bag: DiagnosticBag, read: (bag: DiagnosticBag) => BundleParts): BundleParts {
    const own = [...files].filter(([path]) => isPartPath(path) || path.startsWith(`${MODELS_FOLDER}/`));
    const known = this.#parts;
    const isSame =
      known !== undefined &&
      known.files.length === own.length &&
      own.every(([path, bytes], index) => known.files[index]![0] === path && sameBytes(known.files[index]![1], bytes));
    if (!isSame) this.#parts = { ...make(read), files: own };
    return tell(this.#parts!, bag);
  }

  model(
    schema: unknown,
    lock: ModelLock | undefined,
    bag: DiagnosticBag,
    read: (bag: DiagnosticBag) => Model | undefined,
  ): Model | undefined {
    const lockText = JSON.stringify(lock) ?? '';
    // The document is the one that was read before: so its value is, and its spans are.
    if (this.#model === undefined || this.#model.schema !== schema || this.#model.lock !== lockText)
      this.#model = { ...make(read), schema, lock: lockText };
    return tell(this.#model, bag);
  }

  definitions(bundle: Bundle, model: Model, bag: DiagnosticBag, check: (bag: DiagnosticBag) => Definitions): Definitions {
    const parts = partsThatDefine(bundle);
    const known = this.#definitions;
    if (known?.model !== model || known.profile !== bundle.profile || known.parts.some((part, index) => part !== parts[index]))
      this.#definitions = { ...make(check), model, profile: bundle.profile, parts };
    return tell(this.#definitions!, bag);
  }

  /** A condition is checked by its text alone; what was found is told where it stands. */
  readonly checkSource: typeof checkSourceInScope = (source, scope, profile, bag) => {
    if (scope !== this.#scope || profile !== this.#profile) {
      this.#conditions = new Map();
      this.#scope = scope;
      this.#profile = profile;
    }
    const { text } = source;
    let known = this.#conditions.get(text);
    if (known === undefined) {
      known = { made: [], count: 0 };
      this.#conditions.set(text, known);
    }
    const index = known.count++;
    known.made[index] ??= make((own) => checkSourceInScope(looseSource('', text), scope, profile, own));
    const { value, items } = known.made[index];
    for (const item of items) bag.add(placed(item, source));
    return value;
  };

  /** What measures the conditions of rules. */
  gauge(model: Model, definitions: Definitions, first: boolean): ProgramGauge {
    const known = this.#gauge;
    // Definitions are made anew where the model is.
    if (known === undefined || known.definitions !== definitions || known.first !== first || !known.gauge.isFresh) {
      const { steps, scope } = definitions;
      this.#gauge = { gauge: new ProgramGauge({ model, steps, lists: [...scope.lists.values()], first }), definitions, first };
    }
    return this.#gauge!.gauge;
  }

  /** Forms of the conditions of rules. */
  forms(model: Model, conditions: readonly Ir[]): Forms {
    this.#forms?.forget(conditions);
    if (this.#forms?.model !== model || !this.#forms.isInOrder(conditions)) this.#forms = new RememberedForms(model);
    return this.#forms;
  }
}

/** A diagnostic about a text that stands nowhere, told of one that stands in a file. */
function placed(item: Diagnostic, source: Source): Diagnostic {
  const { fix, ...rest } = item;
  const mended = fix && source.fixAt?.(fix.span.start, fix.span.end, fix.text);
  const span = source.spanAt(item.span.start, item.span.end);
  return mended === undefined ? { ...rest, span } : { ...rest, span, fix: mended };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

interface KnownForm {
  form: ConditionForm;
  /** What it looked at, in that order. */
  subjects: readonly Subject[];
  /** See isAlways; undefined where it was not asked yet. */
  isAlways: boolean | undefined;
}

/**
 * Forms by condition. They follow from the order in which subjects are first looked at, so that they are kept only while
 * that order is what it would be afresh.
 */
class RememberedForms implements Forms {
  readonly #forms: ConditionForms;
  readonly #holders = new RememberedHolders();
  #known = new Map<Ir, KnownForm>();
  /** Conditions that were brought into forms and are forgotten. */
  #gone = 0;

  constructor(readonly model: Model) {
    this.#forms = new ConditionForms(model);
  }

  formOf(ir: Ir): ConditionForm {
    return this.#remember(ir).form;
  }

  isAlways(ir: Ir): boolean {
    const known = this.#remember(ir);
    known.isAlways ??= isAlways(ir, known.form);
    return known.isAlways;
  }

  holders(conditions: readonly ConditionForm[]): readonly Holder[] {
    return this.#holders.holders(conditions);
  }

  /** Forgets other conditions than these, once they are many. */
  forget(conditions: readonly Ir[]): void {
    if (this.#known.size <= 2 * conditions.length + 1000) return;
    const known = new Map<Ir, KnownForm>();
    for (const ir of conditions) {
      const own = this.#known.get(ir);
      if (own !== undefined) known.set(ir, own);
    }
    this.#gone += this.#known.size - known.size;
    this.#known = known;
  }

  /** Whether these conditions, one after the other, look at subjects in the order of their numbers. */
  isInOrder(conditions: readonly Ir[]): boolean {
    // Subjects of what is forgotten are never freed.
    if (this.#gone > conditions.length + 1000) return false;
    const seen: boolean[] = [];
    let last = -1;
    for (const ir of conditions) {
      for (const { index } of this.#remember(ir).subjects) {
        if (seen[index] === true) continue;
        if (index < last) return false;
        last = index;
        seen[index] = true;
      }
    }
    return true;
  }

  #remember(ir: Ir): KnownForm {
    let known = this.#known.get(ir);
    if (known === undefined) {
      this.#forms.touched.clear();
      const form = this.#forms.formOf(ir);
      known = { form, subjects: [...this.#forms.touched], isAlways: undefined };
      this.#known.set(ir, known);
    }
    return known;
  }
}
