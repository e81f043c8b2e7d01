// What the parts of the checker share: where names are found, where faults go, and what bounds the work.

import type { ProfileName } from '../../bundle/bundle.js';
import type { Field, Model } from '../../schema/model.js';
import type { EsNode } from '../estree.js';
import type { Ir, LocalRef } from '../ir.js';
import { CHECK_STEPS_MAX } from '../limits.js';
import { failed, type Place } from '../operands.js';
import type { Scope } from '../scope.js';
import type { FaultSink } from '../source.js';
import { ERROR } from '../types.js';
import type { Receiver } from './receiver.js';

/** Keys of values that are known not to be null, see facts.ts. */
export type Facts = ReadonlySet<string>;

export const NO_FACTS: Facts = new Set();

export interface Checked {
  ir: Ir;
  /** What is known where the expression is true, and where it is false. */
  whenTrue: Facts;
  whenFalse: Facts;
}

/** A checked expression that says nothing of null. */
export function same(ir: Ir, facts: Facts): Checked {
  return { ir, whenTrue: facts, whenFalse: facts };
}

/**
 * Is told what each node stands for: what an editor shows of an expression. A node inside a loop that is checked several times is
 * told each time, the last one being what holds.
 */
export type Observer = (node: EsNode, receiver: Receiver) => void;

/** Checks any node. */
export type CheckNode = (context: Context, node: EsNode, facts: Facts) => Checked;

/** What all contexts of one expression have in common. */
interface Shared {
  check: CheckNode;
  observe: Observer | undefined;
  steps: number;
  keys: Map<object, string>;
}

/** Contexts are never changed: the body of an arrow function has one of its own. */
export class Context {
  private constructor(
    private readonly shared: Shared,
    readonly scope: Scope,
    readonly profile: ProfileName,
    readonly faults: FaultSink,
    /** Names bound around the expression, and by arrow functions. */
    readonly locals: ReadonlyMap<string, LocalRef>,
    /** Loops around, and how often they repeat what is inside because their elements are written down. */
    readonly loops: number,
    readonly copies: number,
  ) {}

  static root(
    check: CheckNode,
    scope: Scope,
    profile: ProfileName,
    faults: FaultSink,
    locals: ReadonlyMap<string, LocalRef>,
    observe?: Observer,
  ): Context {
    return new Context({ check, observe, steps: 0, keys: new Map() }, scope, profile, faults, locals, 0, 1);
  }

  /** The context inside a loop: with its parameters, `copies` times where its elements are written down. */
  inLoop(parameters: ReadonlyMap<string, LocalRef>, copies: number): Context {
    const { shared, scope, profile, faults, loops } = this;
    const locals = new Map([...this.locals, ...parameters]);
    return new Context(shared, scope, profile, faults, locals, loops + 1, this.copies * copies);
  }

  /** As inLoop, for a body that is another text. */
  inLoopOver(parameters: ReadonlyMap<string, LocalRef>, copies: number, faults: FaultSink): Context {
    const { shared, scope, profile, locals, loops } = this.inLoop(parameters, copies);
    return new Context(shared, scope, profile, faults, locals, loops, this.copies * copies);
  }

  /** The same, with faults counted and not reported. */
  muted(): Context {
    const { shared, scope, profile, faults, locals, loops, copies } = this;
    return new Context(shared, scope, profile, faults.muted(), locals, loops, copies);
  }

  check(node: EsNode, facts: Facts): Checked {
    const checked = this.step(node) ? this.shared.check(this, node, facts) : same(failed(ERROR, node), facts);
    this.shared.observe?.(node, { kind: 'value', ir: checked.ir });
    return checked;
  }

  /** Tells the observer what a node stands for. */
  observed(node: EsNode, receiver: Receiver): Receiver {
    this.shared.observe?.(node, receiver);
    return receiver;
  }

  /** Counts a node that is checked; false where there have been too many (reported). */
  step(node: Place): boolean {
    this.shared.steps++;
    if (this.shared.steps <= CHECK_STEPS_MAX) return true;
    const advice = 'give parts of it names of their own';
    this.faults.error('V5042', node, 'the types of this expression take too many steps', advice);
    return false;
  }

  /** Names a thing by identity, for facts. */
  keyOf(thing: object): string {
    let key = this.shared.keys.get(thing);
    if (key === undefined) {
      key = `k${this.shared.keys.size}`;
      this.shared.keys.set(thing, key);
    }
    return key;
  }

  /** Gives a thing the key of another: what is known of the one is known of the other. */
  alias(thing: object, other: object): void {
    this.shared.keys.set(thing, this.keyOf(other));
  }

  /** Fields of each table by name. */
  get fields(): readonly ReadonlyMap<string, Field>[] {
    return fieldMaps(this.scope.model);
  }

  fail(place: Place): Ir {
    return failed(ERROR, place);
  }
}

const maps = new WeakMap<Model, readonly ReadonlyMap<string, Field>[]>();

/** For each table its fields by name; made once for a model. */
function fieldMaps(model: Model): readonly ReadonlyMap<string, Field>[] {
  let found = maps.get(model);
  if (found === undefined) {
    found = model.tables.map((table) => new Map(table.fields.map((field) => [field.name, field])));
    maps.set(model, found);
  }
  return found;
}
