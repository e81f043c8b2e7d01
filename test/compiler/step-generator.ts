// Random steps over the model of standard-world.ts: features of all types, rows that set and fold them, rules that read them.

import type { Ir } from '#src/compiler/ir.js';
import { type FeatureRef, modelScope, type Scope, type ScopeEntry } from '#src/compiler/scope.js';
import type { Assignment, Fold, Step } from '#src/compiler/steps.js';
import { BOOLEAN, decimalType, NUMBER, type Type } from '#src/compiler/types.js';
import type { Random } from '../lib/expression-model.js';
import { checked, model } from './standard-world.js';

type Kind = 'boolean' | 'number' | 'decimal' | 'wide' | 'text';

const TYPES: Readonly<Record<Kind, Type>> = {
  boolean: BOOLEAN,
  number: NUMBER,
  decimal: decimalType(2, -(10n ** 12n), 10n ** 12n),
  wide: decimalType(4, -(10n ** 30n), 10n ** 30n),
  text: { kind: 'text', bytesMax: 4000 },
};

const CONDITIONS = ['flag', 'n > 1', 'm === 0', 'country === "US"', 'note === "x"', 's < t', 'tags.includes("x")', 'amount < 5'];
CONDITIONS.push('maybe !== null && maybe > 1', 'card === null', 'rates.some(r => r > 2)', 't === ","', 'items.length > 2', 'true');

const VALUES: Readonly<Record<Kind, { present: readonly string[]; nullable: readonly string[] }>> = {
  boolean: {
    present: ['flag', 'n > m', 'maybeFlag ?? true', 'true'],
    nullable: ['maybeFlag', 'flag ? null : n > 1', 'note?.startsWith("x")'],
  },
  number: {
    present: ['n', '5', 'preset', 'maybe ?? -1', 'rates.reduce((a, r) => a + r, 0)', 's.length', 'flag ? n : m'],
    nullable: ['maybe', 'card?.limit', 'flag ? n : null', 'note?.length', 'null'],
  },
  decimal: {
    present: ['amount', 'maybeAmount ?? 0.01', 'amount + 1.25', 'flag ? amount : 0.00'],
    nullable: ['maybeAmount', 'flag ? amount : null'],
  },
  wide: { present: ['amount * amount', 'big * amount * amount'], nullable: ['flag ? big * amount * amount : null'] },
  text: {
    present: ['s', '"x"', 's + t', 't.toUpperCase()', 'note ?? s', 's.slice(1, 4)', 'flag ? s + "!" : t', '`${t}${t}`'],
    nullable: ['note', 'card?.issuer', 'flag ? s + t : null', 'note?.trim()', 'null'],
  },
};

/** What may be asked of a feature of a kind. */
const QUESTIONS: Readonly<Record<Kind, { present: readonly string[]; nullable: readonly string[] }>> = {
  boolean: { present: ['F', '!F', 'F === flag'], nullable: ['F === null', 'F === true', 'F ?? flag'] },
  number: { present: ['F > 1', 'F + n < 3', 'rates.includes(F)'], nullable: ['F === null', '(F ?? 2) > 1', 'F !== null && F < 2'] },
  decimal: { present: ['F > 1', 'F === amount'], nullable: ['F === null', '(F ?? amount) < 3', 'F === 0.01'] },
  wide: { present: ['F > 1', 'F * 2 < amount'], nullable: ['F === null', '(F ?? 0.5) > 0'] },
  text: {
    present: ['F === "x"', 'F !== ","', 'F + t === s', 'F.length > 1', 'F < s', 'tags.includes(F)'],
    nullable: ['F === null', 'F === "x"', '(F ?? s) !== ""', '(F?.length ?? 0) === 1'],
  },
};

export class StepGenerator {
  readonly steps: Step[] = [];
  readonly features: FeatureRef[] = [];
  readonly #random: Random;
  readonly #kinds = new Map<FeatureRef, Kind>();
  #hits = 0;
  readonly #exclusive: boolean;

  /** @param exclusive some tables allow one row alone to hold */
  constructor(random: Random, exclusive = true) {
    this.#random = random;
    this.#exclusive = exclusive;
  }

  /** Rules that steps hit. */
  get hitCount(): number {
    return this.#hits;
  }

  scope(): Scope {
    const names = new Map<string, ScopeEntry>(this.features.map((feature) => [feature.name, { kind: 'feature', feature }]));
    return { ...modelScope(model), names };
  }

  condition(): Ir {
    if (this.features.length === 0 || this.#random.chance(40)) return checked(this.#random.pick(CONDITIONS));
    return this.question(this.#random.pick(this.features));
  }

  question(feature: FeatureRef): Ir {
    const questions = QUESTIONS[this.#kinds.get(feature)!];
    const source = this.#random.pick(feature.nullable ? questions.nullable : questions.present);
    return checked(source.replaceAll('F', feature.name), this.scope());
  }

  step(): void {
    const head = { name: `step ${this.steps.length}`, span: { file: 'steps', start: 0, end: 0 } };
    const roll = this.#random.below(3);
    if (roll === 0) {
      const feature = this.#feature(this.#random.chance(40));
      this.#add({ kind: 'let', ...head, feature, value: this.#value(feature) }, [feature]);
    } else if (roll === 1) {
      const features = Array.from({ length: 1 + this.#random.below(3) }, () => this.#feature(this.#random.chance(50)));
      // Each feature is given a value somewhere: a step that computes nothing is none.
      const rows = Array.from({ length: 1 + this.#random.below(4) }, (_, index) => ({
        when: this.condition(),
        sets: index === 0 ? this.#all(features) : this.#sets(features),
        hits: this.#hit(),
        group: this.#random.below(2),
      }));
      const otherwise = { sets: this.#sets(features), hits: this.#hit() };
      this.#add({ kind: 'choose', ...head, rows, otherwise, exclusive: this.#exclusive && this.#random.chance(20) }, features);
    } else {
      this.#each(head);
    }
  }

  #each(head: { name: string; span: Step['span'] }): void {
    const set = Array.from({ length: 1 + this.#random.below(2) }, () => this.#feature(true));
    const folds: { feature: FeatureRef; how: Fold['how'] }[] = [];
    for (const how of ['sum', 'min', 'max', 'count'] as const) {
      if (this.#random.chance(50)) continue;
      const kind = how === 'count' ? 'number' : this.#random.pick(['number', 'decimal', 'wide'] as const);
      const text = (how === 'min' || how === 'max') && this.#random.chance(30);
      folds.push({ feature: this.#feature(how === 'min' || how === 'max', text ? 'text' : kind), how });
    }
    const rows = Array.from({ length: 1 + this.#random.below(4) }, () => ({
      when: this.condition(),
      sets: this.#sets(set).filter(() => this.#random.chance(70)),
      folds: folds.map(
        ({ feature, how }): Fold => (how === 'count' ? { feature, how } : { feature, how, value: this.#present(feature) }),
      ),
      hits: this.#hit(),
    }));
    // Features that no row gives a value are no features of the step.
    const given = set.filter((feature) => rows.some(({ sets }) => sets.some((assignment) => assignment.feature === feature)));
    this.#add({ kind: 'each', ...head, rows }, [...given, ...folds.map(({ feature }) => feature)]);
  }

  #add(step: Step, features: readonly FeatureRef[]): void {
    this.steps.push(step);
    this.features.push(...features);
  }

  #feature(
    nullable: boolean,
    kind: Kind = this.#random.pick(['boolean', 'number', 'decimal', 'wide', 'text'] as const),
  ): FeatureRef {
    const feature: FeatureRef = { name: `f${this.#kinds.size}`, type: TYPES[kind], nullable };
    this.#kinds.set(feature, kind);
    return feature;
  }

  /** Assignments of all features but of some that may be null. */
  #sets(features: readonly FeatureRef[]): Assignment[] {
    return this.#all(features.filter(({ nullable }) => !nullable || this.#random.chance(70)));
  }

  #all(features: readonly FeatureRef[]): Assignment[] {
    return features.map((feature) => ({ feature, value: this.#value(feature) }));
  }

  #value(feature: FeatureRef): Ir {
    const { nullable } = VALUES[this.#kinds.get(feature)!];
    return feature.nullable && this.#random.chance(60) ? this.#typed(this.#random.pick(nullable), feature) : this.#present(feature);
  }

  #present(feature: FeatureRef): Ir {
    const kind = this.#kinds.get(feature)!;
    const others = this.features.filter((other) => this.#kinds.get(other) === kind && !other.nullable);
    if (others.length > 0 && this.#random.chance(30)) return checked(this.#random.pick(others).name, this.scope());
    return this.#typed(this.#random.pick(VALUES[kind].present), feature);
  }

  /** Whoever lowers steps gives values the scale of their feature. */
  #typed(source: string, { type }: FeatureRef): Ir {
    const ir = checked(source);
    if (ir.op === 'constant' && ir.value === null) return { ...ir, type };
    if (type.kind !== 'decimal' || ir.type.kind !== 'decimal' || ir.type.scale === type.scale) return ir;
    throw new Error(`${source} has the scale ${ir.type.scale}, not ${type.scale}`);
  }

  #hit(): number[] {
    return this.#random.chance(50) ? [this.#hits++] : [];
  }
}

/** The step with other numbers for the rules that it hits. */
export function withHits(step: Step, change: (hit: number) => number): Step {
  const changed = <T extends { hits: readonly number[] }>(row: T): T => ({ ...row, hits: row.hits.map(change) });
  switch (step.kind) {
    case 'let':
    case 'ensemble':
      return step;
    case 'choose':
      return { ...step, rows: step.rows.map(changed), otherwise: changed(step.otherwise) };
    case 'each':
      return { ...step, rows: step.rows.map(changed) };
  }
}
