// Names with points between them as they nest: what outputs, and the members of those that are lists of objects, lie in.

/** A name of a level, and what it holds: a value, or the names of another level. */
export interface TreeNode<T> {
  readonly name: string;
  readonly content: TreeLeaf<T> | readonly TreeNode<T>[];
}

/** A value of a tree. */
export interface TreeLeaf<T> {
  /** The number of its field in the table. */
  readonly field: number;
  readonly is: T;
}

interface OpenNode<T> {
  name: string;
  content: TreeLeaf<T> | OpenNode<T>[];
}

/**
 * Values as a tree, each group where its first value stands. Throws RangeError where one would lie in another.
 *
 * @param leaves values by path, in the order of their fields
 * @param firstField number of the field of the first
 */
export function treeFrom<T>(leaves: readonly { path: readonly string[]; is: T }[], firstField: number): TreeNode<T>[] {
  const root: OpenNode<T>[] = [];
  for (const [index, { path, is }] of leaves.entries()) {
    let level = root;
    for (const name of path.slice(0, -1)) {
      let group = level.find((node) => node.name === name);
      if (group === undefined) {
        group = { name, content: [] };
        level.push(group);
      }
      if (!Array.isArray(group.content)) throw new RangeError(`the output ${path.join('.')} lies in another one`);
      level = group.content;
    }
    level.push({ name: path[path.length - 1]!, content: { field: firstField + index, is } });
  }
  return root;
}

/** What a tree comes to, from its leaves up. */
export function foldTree<T, R>(
  nodes: readonly TreeNode<T>[],
  leaf: (value: T) => R,
  group: (members: (readonly [string, R])[]) => R,
): R {
  return group(
    nodes.map(({ name, content }) => [name, 'field' in content ? leaf(content.is) : foldTree(content, leaf, group)] as const),
  );
}
