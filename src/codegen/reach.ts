// Whether the program comes by, as a formula over tests: a conjunction of terms. It is kept as small as the program it stands for,
// and written out only where somebody asks. Jumps say it in many words: `x || y` is a jump where x holds, and one behind it where y
// holds and x does not; here it is `x || y` again, since what is common to two ways that join is taken out, and of the rest what
// follows from the other way not having been taken.
//
// A term is the number of a node, doubled, and 1 more where it is negated. A node is a test, in a local, or a conjunction of terms.

import { Op, ValueType } from '../wasm/format.js';
import type { FunctionBody } from './body.js';

export type Term = number;

/** Terms that all hold: none, always. `false`: never. */
export type Reach = readonly Term[] | false;

interface Node {
  /** The local that is 1 where it holds, once there is one. */
  local: number | undefined;
  /** The local that is 1 where it does not. */
  negated: number | undefined;
  /** Of a conjunction. */
  readonly all: readonly Term[] | undefined;
  /** What holds wherever the test holds. */
  readonly implied: readonly Term[];
}

export class Reaches {
  private readonly nodes: Node[] = [];
  private readonly conjunctions = new Map<string, Term>();

  constructor(private readonly body: FunctionBody) {}

  /** A test whose outcome, 0 or 1, is in a local. */
  test(local: number, implied: readonly Term[] = []): Term {
    this.nodes.push({ local, negated: undefined, all: undefined, implied });
    return 2 * (this.nodes.length - 1);
  }

  /** Whether a term holds wherever the program comes by. */
  knows(reach: readonly Term[], term: Term): boolean {
    return reach.some((each) => each === term || this.implies(each, term));
  }

  /** Where the program comes by and a term holds. */
  and(reach: Reach, term: Term): Reach {
    if (reach === false) return false;
    const { all } = this.node(term);
    if (all !== undefined && (term & 1) === 0) return all.reduce<Reach>((inner, each) => this.and(inner, each), reach);
    if (this.knows(reach, not(term))) return false;
    if (this.knows(reach, term)) return reach;
    return [...reach.filter((each) => !this.implies(term, each)), term];
  }

  /** Where the program comes by on one of two ways. */
  or(left: Reach, right: Reach): Reach {
    if (left === false) return right;
    if (right === false) return left;
    const common = left.filter((term) => right.includes(term));
    const ways = [left, right].map((way) => way.filter((term) => !common.includes(term))) as [Term[], Term[]];
    const [a, b] = ways;
    if (a.length === 0 || b.length === 0) return common;
    const [notA, notB] = [this.none(a), this.none(b)];
    const [first, second] = notA.every((term) => b.includes(term))
      ? [a, b.filter((term) => !notA.includes(term))]
      : notB.every((term) => a.includes(term))
        ? [a.filter((term) => !notB.includes(term)), b]
        : [a, b];
    if (first.length === 0 || second.length === 0) return common;
    const neither = this.conjunction([...this.none(first), ...this.none(second)]);
    return neither === undefined ? common : this.and(common, not(neither));
  }

  /** The local that is 1 where the program comes by, by terms of which there is at least one. */
  local(reach: readonly Term[]): number {
    const whole = this.conjunction(reach);
    if (whole === undefined) throw new Error('the program never comes by');
    return this.localOf(whole);
  }

  private node(term: Term): Node {
    return this.nodes[term >>> 1] as Node;
  }

  private implies(term: Term, other: Term): boolean {
    return (term & 1) === 0 && this.node(term).implied.includes(other);
  }

  /** Terms that all hold where not all of these do. */
  private none(terms: readonly Term[]): readonly Term[] {
    const whole = this.conjunction(terms);
    if (whole === undefined) return [];
    const { all } = this.node(whole);
    return all !== undefined && (whole & 1) === 1 ? all : [not(whole)];
  }

  /** One term for all of them; undefined where they cannot all hold. */
  private conjunction(terms: readonly Term[]): Term | undefined {
    const reach = terms.reduce<Reach>((inner, term) => this.and(inner, term), []);
    if (reach === false) return undefined;
    if (reach.length === 1) return reach[0];
    const key = [...reach].sort((x, y) => x - y).join();
    let term = this.conjunctions.get(key);
    if (term === undefined) {
      this.nodes.push({ local: undefined, negated: undefined, all: reach, implied: [] });
      term = 2 * (this.nodes.length - 1);
      this.conjunctions.set(key, term);
    }
    return term;
  }

  /** The local of a term; written where there is none. */
  private localOf(term: Term): number {
    const node = this.node(term);
    const known = (term & 1) === 0 ? node.local : node.negated;
    if (known !== undefined) return known;
    const { body } = this;
    if (node.all === undefined) {
      body.get(node.local as number);
      body.op(Op.I32_EQZ);
    } else {
      const parts = node.all.map((each) => this.localOf(each ^ (term & 1)));
      for (const [index, part] of parts.entries()) {
        body.get(part);
        if (index > 0) body.op((term & 1) === 0 ? Op.I32_AND : Op.I32_OR);
      }
    }
    const local = body.temporary(ValueType.I32);
    body.set(local);
    if ((term & 1) === 0) node.local = local;
    else node.negated = local;
    return local;
  }
}

/** The opposite. */
export function not(term: Term): Term {
  return term ^ 1;
}
