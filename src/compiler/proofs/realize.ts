// A payload for a point of a table. Where inputs are fields it is read off; where they are expressions, fields are chosen such that
// each expression comes to a value of the region: solved where the expression is linear in a field, tried out otherwise.

import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { Field, Model } from '../../schema/model.js';
import { type Ir, visit } from '../ir.js';
import type { FeatureRef } from '../scope.js';
import { type Environment, type Evaluated, evaluate, UNKNOWN } from './evaluate.js';
import { anyValue, witnessPayload } from './payload.js';
import type { DomainValue, Realized, Region, Witness } from './table-form.js';
import { setHas } from './value-set.js';

/** Assignments that are tried for one point. */
const TRIALS_MAX = 4096;
/** Values that are tried for one field. */
const VALUES_MAX = 12;
/** Fields whose values are varied together. */
const VARIED_MAX = 6;

export interface RealizeOptions {
  /** What a feature is computed from; undefined where that is no expression. */
  featureValue?: (feature: FeatureRef) => Ir | undefined;
}

/** Makes the search for payloads of one table; `inputs` are the expressions of its dimensions. */
export function realizer(
  model: Model,
  inputs: readonly Ir[],
  options: RealizeOptions = {},
): (witness: Witness, region: Region) => Realized | undefined {
  const search = new Search(model, inputs, options.featureValue ?? (() => undefined));
  return (witness, region) => search.find(witness, region);
}

class Search {
  readonly #model: Model;
  readonly #inputs: readonly Ir[];
  readonly #featureValue: (feature: FeatureRef) => Ir | undefined;
  /** By input: the fields that it reads. */
  readonly #fieldsOf: readonly (readonly Field[])[];

  constructor(model: Model, inputs: readonly Ir[], featureValue: (feature: FeatureRef) => Ir | undefined) {
    this.#model = model;
    this.#inputs = inputs;
    this.#featureValue = featureValue;
    this.#fieldsOf = inputs.map((input) => [...fieldsRead(input, featureValue)]);
  }

  find(witness: Witness, region: Region): Realized | undefined {
    const values = new Map<Field, DomainValue>();
    for (const [d, input] of this.#inputs.entries()) {
      if (input.op === 'field' && (region[d] !== undefined || witness[d] !== null)) values.set(input.field, witness[d]!);
    }
    const expressions = [...this.#inputs.keys()].filter((d) => this.#inputs[d]!.op !== 'field' && region[d] !== undefined);
    const fields = new Set<Field>();
    for (const d of expressions) for (const field of this.#fieldsOf[d]!) if (isSingle(field.kind)) fields.add(field);
    for (const field of fields)
      if (!values.has(field)) values.set(field, field.nullable ? null : (field.default ?? anyValue(field) ?? null));
    if (expressions.length === 0) return this.#check(values, region);

    for (const d of expressions) this.#solve(d, witness[d]!, values, region);
    return this.#check(values, region) ?? this.#tryOut([...fields], expressions, witness, values, region);
  }

  #environment(values: ReadonlyMap<Field, DomainValue>): Environment {
    return {
      featureValue: this.#featureValue,
      fieldValue: (field: Field): Evaluated => {
        const value = values.get(field);
        if (value !== undefined && !(value === null && field.default !== undefined)) return value;
        if (field.default !== undefined) return field.default;
        // A list or an object, or a field that no one has asked about.
        return field.nullable && isSingle(field.kind) ? null : UNKNOWN;
      },
    };
  }

  /** The payload where every input lies in the region. */
  #check(values: ReadonlyMap<Field, DomainValue>, region: Region): Realized | undefined {
    const environment = this.#environment(values);
    const witness: DomainValue[] = [];
    for (const [d, input] of this.#inputs.entries()) {
      const value = evaluate(input, environment);
      if (value === UNKNOWN) {
        // Any value would do.
        if (region[d] !== undefined) return undefined;
        witness.push(null);
        continue;
      }
      if (region[d] !== undefined && !setHas(region[d], value)) return undefined;
      witness.push(value);
    }
    const assigned = [...values].map(([field, value]) => ({
      field,
      value: field.default !== undefined && value === null ? field.default : value,
    }));
    const payload = witnessPayload(this.#model, assigned);
    return payload === undefined ? undefined : { payload, witness };
  }

  /** Sets a number or decimal of which an expression is a linear function such that it comes to a value. */
  #solve(d: number, target: DomainValue, values: Map<Field, DomainValue>, region: Region): void {
    if (typeof target !== 'number' && typeof target !== 'bigint') return;
    for (const field of this.#fieldsOf[d]!) {
      const solution = this.#solveFor(field, this.#inputs[d]!, target, values);
      if (solution === undefined || !fits(field, solution)) continue;
      const before = values.get(field)!;
      values.set(field, solution);
      const own = this.#inputs.findIndex((input) => input.op === 'field' && input.field === field);
      const isAllowed = own < 0 || region[own] === undefined || setHas(region[own], solution);
      if (isAllowed && evaluate(this.#inputs[d]!, this.#environment(values)) === target) return;
      values.set(field, before);
    }
  }

  #solveFor(field: Field, ir: Ir, target: number | bigint, values: ReadonlyMap<Field, DomainValue>): number | bigint | undefined {
    if (!isOrderedKind(field.kind)) return undefined;
    const at = (value: number | bigint): Evaluated => evaluate(ir, this.#environment(new Map([...values, [field, value]])));
    if (isNumberKind(field.kind)) {
      const [zero, one] = [at(0), at(1)];
      if (typeof zero !== 'number' || typeof one !== 'number' || typeof target !== 'number' || one === zero) return undefined;
      const solution = (target - zero) / (one - zero);
      return field.kind === FieldKind.DOUBLE ? solution : Math.round(solution);
    }
    const [zero, one] = [at(0n), at(1n)];
    if (typeof zero !== 'bigint' || typeof one !== 'bigint' || typeof target !== 'bigint' || one === zero) return undefined;
    return (target - zero) / (one - zero);
  }

  /** Tries values of the fields that expressions read, all together, until one lies in the region. */
  #tryOut(
    fields: readonly Field[],
    expressions: readonly number[],
    witness: Witness,
    values: ReadonlyMap<Field, DomainValue>,
    region: Region,
  ): Realized | undefined {
    const varied = fields.slice(0, VARIED_MAX);
    const constants = new Set<DomainValue>();
    for (const d of expressions) {
      constants.add(witness[d]!);
      visitAll(this.#inputs[d]!, this.#featureValue, (node) => {
        if (node.op === 'constant') constants.add(node.value);
      });
    }
    const lists = varied.map((field) => {
      const own = this.#inputs.findIndex((input) => input.op === 'field' && input.field === field);
      const list = candidates(field, values.get(field)!, constants);
      return own < 0 || region[own] === undefined ? list : list.filter((value) => setHas(region[own]!, value));
    });
    if (lists.some((list) => list.length === 0)) return undefined;
    const picks = lists.map(() => 0);
    const trial = new Map(values);
    for (let count = 0; count < TRIALS_MAX; count++) {
      for (const [index, field] of varied.entries()) trial.set(field, lists[index]![picks[index]!]!);
      for (const d of expressions) if (count % 4 === 0) this.#solve(d, witness[d]!, trial, region);
      const found = this.#check(trial, region);
      if (found !== undefined) return found;
      let index = 0;
      while (index < picks.length && ++picks[index]! === lists[index]!.length) picks[index++] = 0;
      if (index === picks.length) return undefined;
    }
    return undefined;
  }
}

/** One value, which a payload may be given. */
function isSingle(kind: FieldKind): boolean {
  return kind !== FieldKind.OBJECT && kind !== FieldKind.LIST;
}

function isNumberKind(kind: FieldKind): boolean {
  return kind === FieldKind.DOUBLE || kind === FieldKind.INT || kind === FieldKind.LONG;
}

/** Kinds whose values are numbers or whole numbers of units. */
function isOrderedKind(kind: FieldKind): boolean {
  return isNumberKind(kind) || kind === FieldKind.DECIMAL || kind === FieldKind.TIMESTAMP || kind === FieldKind.DATE;
}

/** True where a field may have a value, as far as its bounds say. */
function fits({ minimum, maximum }: Field, value: number | bigint): boolean {
  if (typeof value === 'number' && !Number.isFinite(value)) return false;
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

/** Values of a field that are worth a try: its own, those that the expressions name and their neighbours, bounds, none. */
function candidates(field: Field, first: DomainValue, constants: ReadonlySet<DomainValue>): DomainValue[] {
  const list = new Set<DomainValue>([first]);
  const add = (value: DomainValue): void => {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    if (list.size < VALUES_MAX && (!isNumber || field.kind === FieldKind.ENUM || fits(field, value))) list.add(value);
  };
  switch (field.kind) {
    case FieldKind.BOOL:
      add(true);
      add(false);
      break;
    case FieldKind.ENUM:
      for (const { number } of field.members ?? []) add(number);
      break;
    case FieldKind.TEXT:
      for (const value of constants) if (typeof value === 'string') add(value);
      add(anyValue(field)!);
      break;
    default: {
      const isNumber = isNumberKind(field.kind);
      for (const value of constants) {
        if (typeof value !== (isNumber ? 'number' : 'bigint')) continue;
        if (isNumber) for (const near of [0, 1, -1]) add((value as number) + near);
        else for (const near of [0n, 1n, -1n]) add((value as bigint) + near);
      }
      for (const value of isNumber ? [0, 1, -1] : [0n, 1n, -1n]) add(value);
      for (const bound of [field.minimum, field.maximum]) if (bound !== undefined) add(isNumber ? Number(bound) : BigInt(bound));
      add(anyValue(field) ?? null);
    }
  }
  if (field.nullable) list.add(null);
  return [...list].filter((value) => value !== null || field.nullable);
}

/** Visits an expression and the features that it reads. */
function visitAll(ir: Ir, featureValue: (feature: FeatureRef) => Ir | undefined, visitor: (node: Ir) => void): void {
  const seen = new Set<FeatureRef>();
  const go = (root: Ir): void => {
    visit(root, (node) => {
      visitor(node);
      if (node.op !== 'feature' || seen.has(node.feature)) return;
      seen.add(node.feature);
      const value = featureValue(node.feature);
      if (value !== undefined) go(value);
    });
  };
  go(ir);
}

/** The fields of the payload that an expression reads, through features too. */
export function fieldsRead(ir: Ir, featureValue: (feature: FeatureRef) => Ir | undefined): Set<Field> {
  const fields = new Set<Field>();
  visitAll(ir, featureValue, (node) => {
    if (node.op === 'field') fields.add(node.field);
  });
  return fields;
}
