// The different things that the nodes of an ensemble test, each once.

import * as at from '../../assembly/shared/ensemble.js';
import { type Ensemble, Missing, Test, type Tree } from './ensemble.js';

export interface SlotDescriptor {
  kind: at.SlotKind;
  missing: number;
  isLeft: boolean;
  input: number;
  set: Uint8Array;
  setCount: number;
}

const NO_SET = new Uint8Array(0);
/** Sets of categories up to so many bits a member are bitsets. */
const BITS_PER_MEMBER_MAX = 256;

/** Sets that are computed before the trees where there are no more of them: each is about as dear as a few nodes. */
const EAGER_SETS_PER_TREE = 2;

/** What a node tests, and the threshold that its slot is compared with. */
export interface NodeTest {
  slot: number;
  threshold: number;
}

export class Slots {
  /** Slot 0, then those that are computed before the trees, then the others. */
  readonly descriptors: SlotDescriptor[] = [];
  /** Of each node of each tree; undefined of a leaf. */
  readonly #tests = new Map<Tree, (NodeTest | undefined)[]>();
  readonly eagerCount: number;

  /** @param inputs features of the file by input; all that trees read */
  constructor(ensemble: Ensemble, inputs: readonly number[]) {
    const inputOf = new Map(inputs.map((feature, input) => [feature, input]));
    const values: SlotDescriptor[] = [{ kind: at.SlotKind.LEAF, missing: 0, isLeft: false, input: 0, set: NO_SET, setCount: 0 }];
    const sets: SlotDescriptor[] = [];
    const known = new Map<string, { list: SlotDescriptor[]; index: number }>();
    const places: { tree: Tree; tests: ({ list: SlotDescriptor[]; index: number; threshold: number } | undefined)[] }[] = [];
    for (const tree of ensemble.trees) {
      const tests = Array.from(tree.test, (test, node) => {
        if (test === Test.LEAF) return undefined;
        const { descriptor, threshold } = describe(ensemble, tree, node, inputOf.get(tree.feature[node]!)!);
        const { kind, missing, isLeft, input, set } = descriptor;
        const key = `${kind} ${missing} ${isLeft} ${input} ${Buffer.from(set.buffer, set.byteOffset, set.byteLength).toString('latin1')}`;
        let place = known.get(key);
        if (place === undefined) {
          const list = kind >= at.SlotKind.BITS ? sets : values;
          place = { list, index: list.push(descriptor) - 1 };
          known.set(key, place);
        }
        return { ...place, threshold };
      });
      places.push({ tree, tests });
    }
    const width = ensemble.isSingle ? 4 : 8;
    const fits = (values.length + sets.length) * width <= at.ENSEMBLE_EAGER_BYTES_MAX;
    const isEager = fits && sets.length <= Math.max(16, EAGER_SETS_PER_TREE * ensemble.trees.length);
    this.descriptors = [...values, ...sets];
    this.eagerCount = isEager ? this.descriptors.length : values.length;
    for (const { tree, tests } of places) {
      const mapped = tests.map((test) =>
        test === undefined
          ? undefined
          : { slot: test.list === sets ? values.length + test.index : test.index, threshold: test.threshold },
      );
      this.#tests.set(tree, mapped);
    }
  }

  get count(): number {
    return this.descriptors.length;
  }

  /** What the nodes of a tree test. */
  testsOf(tree: Tree): readonly (NodeTest | undefined)[] {
    return this.#tests.get(tree)!;
  }

  sets(): Uint8Array {
    return Buffer.concat(this.descriptors.map(({ set }) => set));
  }

  write(view: DataView, base: number): void {
    let offset = 0;
    for (const [index, { kind, missing, isLeft, input, set, setCount }] of this.descriptors.entries()) {
      const slot = base + index * at.ENSEMBLE_SLOT_BYTES;
      view.setUint8(slot + at.ENSEMBLE_SLOT_KIND, kind);
      view.setUint8(slot + at.ENSEMBLE_SLOT_MISSING, missing);
      view.setUint8(slot + at.ENSEMBLE_SLOT_LEFT, isLeft ? 1 : 0);
      view.setUint32(slot + at.ENSEMBLE_SLOT_INPUT, input, true);
      view.setUint32(slot + at.ENSEMBLE_SLOT_SET, set.length === 0 ? 0 : offset, true);
      view.setUint32(slot + at.ENSEMBLE_SLOT_COUNT, setCount, true);
      offset += set.length;
    }
  }
}

const MISSING: Readonly<Record<Missing, at.SlotMissing>> = {
  [Missing.NAN]: at.SlotMissing.NAN,
  [Missing.ZERO]: at.SlotMissing.ZERO,
  [Missing.NONE]: at.SlotMissing.NONE,
};

function describe(ensemble: Ensemble, tree: Tree, node: number, input: number): { descriptor: SlotDescriptor; threshold: number } {
  const isLeft = tree.missingLeft[node] === 1;
  const missing = MISSING[tree.missing[node] as Missing];
  const common = { missing, isLeft, input, set: NO_SET, setCount: 0 };
  if (tree.test[node] === Test.LESS_EQUAL) {
    const threshold = tree.threshold[node]!;
    if (Number.isNaN(threshold)) return { descriptor: { ...common, kind: at.SlotKind.RIGHT }, threshold: 0 };
    if (threshold === Number.POSITIVE_INFINITY) return { descriptor: { ...common, kind: at.SlotKind.LEFT }, threshold: 0 };
    return { descriptor: { ...common, kind: at.SlotKind.VALUE }, threshold };
  }
  const members = tree.sets.get(node)!;
  if (tree.test[node] === Test.POINT) {
    const set = new Uint8Array(members.length * 8);
    const view = new DataView(set.buffer);
    for (const [index, point] of members.entries()) view.setFloat64(index * 8, point, true);
    return { descriptor: { ...common, kind: at.SlotKind.POINTS, set, setCount: members.length }, threshold: 0 };
  }
  const flag = ensemble.isNegativeFractionZero ? at.SLOT_NEGATIVE_FRACTION : 0;
  return { descriptor: { ...common, missing: missing + flag, ...categorySet(members) }, threshold: 0 };
}

/** @param members in rising order */
function categorySet(members: Float64Array): Pick<SlotDescriptor, 'kind' | 'set' | 'setCount'> {
  const largest = members[members.length - 1] ?? -1;
  if (largest < Math.max(1024, members.length * BITS_PER_MEMBER_MAX)) {
    const words = (largest + 32) >>> 5;
    const set = new Uint8Array(((words + 1) & ~1) * 4);
    for (const member of members) set[member >>> 3]! |= 1 << (member & 7);
    return { kind: at.SlotKind.BITS, set, setCount: words };
  }
  const set = new Uint8Array(((members.length + 1) & ~1) * 4);
  const view = new DataView(set.buffer);
  for (const [index, member] of members.entries()) view.setUint32(index * 4, member, true);
  return { kind: at.SlotKind.CATEGORIES, set, setCount: members.length };
}
