// Rules of one document of rules/.

import { type Diagnostic, DiagnosticBag, type Span } from '../diagnostic/diagnostic.js';
import type { BundleRule, OutcomeName } from './bundle.js';
import { fits, fittingEntries } from './check-document.js';
import { type BundleDocument, toPointer } from './document.js';
import { ListDocument, MovedText, shifted } from './list-document.js';
import type { ScalarText } from './scalar-text.js';

interface RuleEntry {
  id: string;
  description?: string;
  when: string | boolean;
  then: { score?: number; outcome?: OutcomeName; reason?: string };
}

export interface RulesOfDocument {
  /** Those that match their schema, in the order written. */
  rules: readonly BundleRule[];
  /** Conditions of the others, which are checked all the same. */
  strayConditions: readonly ScalarText[];
}

/** A document that is checked again has the same rules, and the same faults. */
const known = new WeakMap<BundleDocument, RulesOfDocument & { faults: readonly Diagnostic[] }>();

/** Reads the rules of a document. Faults go into the bag. */
export function readRules(document: BundleDocument, bag: DiagnosticBag): RulesOfDocument {
  let read = known.get(document);
  if (read === undefined) {
    // Whoever takes the faults over counts them.
    const own = new DiagnosticBag(Number.POSITIVE_INFINITY);
    const items = document instanceof ListDocument ? readItems(document) : undefined;
    read = { ...(items === undefined ? readEntries(document, own) : { rules: items, strayConditions: [] }), faults: own.items };
    known.set(document, read);
  }
  for (const fault of read.faults) bag.add(fault);
  return read;
}

function readEntries(document: BundleDocument, bag: DiagnosticBag): RulesOfDocument {
  const rules: BundleRule[] = [];
  const strayConditions: ScalarText[] = [];
  const fitting = new Set(fittingEntries(document, 'rules', bag));
  if (!Array.isArray(document.value)) return { rules, strayConditions };
  for (const [index, entry] of (document.value as RuleEntry[]).entries()) {
    const when = document.scalar(toPointer(index, 'when'));
    if (fitting.has(index)) rules.push(readRule(document, index, entry, when!));
    else if (when !== undefined && typeof entry.when === 'string') strayConditions.push(when);
  }
  return { rules, strayConditions };
}

/** Reads a list item by item; undefined where one does not match its schema. */
function readItems(document: ListDocument): BundleRule[] | undefined {
  const rules: BundleRule[] = [];
  const { items, starts } = document;
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    if (item.rule === undefined) {
      if (!fits([item.value], 'rules')) return undefined;
      item.rule = readRule(item.document, 0, item.value as RuleEntry, item.document.scalar('/0/when')!);
    }
    rules.push(new PlacedRule(item.rule, document, starts[index]!));
  }
  return rules;
}

/** A rule of an item, in its list. Places are computed when they are asked for: of most rules nobody does. */
class PlacedRule implements BundleRule {
  readonly when: ScalarText;
  readonly description?: string;

  constructor(
    readonly own: BundleRule,
    readonly document: ListDocument,
    readonly start: number,
  ) {
    this.when = new MovedText(own.when, start);
    if (own.description !== undefined) this.description = own.description;
  }

  get id(): string {
    return this.own.id;
  }

  get idSpan(): Span {
    return shifted(this.own.idSpan, this.start);
  }

  get file(): string {
    return this.own.file;
  }

  get line(): number {
    return this.document.lineOf(this.idSpan.start);
  }

  get score(): number {
    return this.own.score;
  }

  get outcome(): OutcomeName | null {
    return this.own.outcome;
  }

  get reason(): string | null {
    return this.own.reason;
  }

  get thenSpan(): Span {
    return shifted(this.own.thenSpan, this.start);
  }
}

function readRule(document: BundleDocument, index: number, entry: RuleEntry, when: ScalarText): BundleRule {
  const idSpan = document.spanOf(toPointer(index, 'id'));
  return {
    id: entry.id,
    idSpan,
    file: document.file,
    line: document.lineOf(idSpan.start),
    ...(entry.description === undefined ? {} : { description: entry.description }),
    when,
    score: entry.then.score ?? 0,
    outcome: entry.then.outcome ?? null,
    reason: entry.then.reason ?? null,
    thenSpan: document.keySpan(toPointer(index), 'then'),
  };
}
