// Writes random outputs of a bundle over the model of expression-world.ts: values, cases, lists, lists of objects made of lists and
// of the rows of tables, their names nested.

import type { Author } from './expression-author.js';
import type { Random } from './expression-model.js';
import { KINDS, type Kind, type Names, nearest, root, withValue } from './expression-names.js';

/** An output as a document has it. */
export interface WrittenOutput {
  name: string;
  value?: string;
  cases?: { when?: string; value: string }[];
  each?: string;
  as?: string;
  values?: Record<string, string>;
}

/** A table whose hit policy gives a list: the kinds of its outputs. */
export interface ListedTable {
  name: string;
  outputs: readonly { name: string; kind: Kind }[];
}

const GROUPS = ['', '', 'a.', 'a.b c.', 'Ä.x.'];
const MEMBER_GROUPS = ['', '', 'in.', 'in.it.'];

/** Outputs that may name what `names` has. */
export function writeOutputs(expressions: Author, names: Names, tables: readonly ListedTable[]): WrittenOutput[] {
  const { random } = expressions;
  return Array.from({ length: 1 + random.below(5) }, (_, at) => {
    expressions.begin();
    const name = `${random.pick(GROUPS)}o${at}`;
    const form = random.below(6);
    if (form === 0) return { name, cases: cases(expressions, names) };
    if (form === 1) return { name, value: list(expressions, names) };
    if (form === 2) return { name, ...objects(expressions, names, `e${at}`) };
    const table = tables.length === 0 ? undefined : random.pick(tables);
    if (form === 3 && table !== undefined) return { name, ...rows(expressions, names, table) };
    return { name, value: value(expressions, names) };
  });
}

/** A value that is there, or one that may be null. */
function value(expressions: Author, names: Names): string {
  const { random } = expressions;
  const [kind, depth] = [random.pick(KINDS), 1 + random.below(2)];
  return random.chance(60) ? expressions.scalar(kind, depth, names) : expressions.nullable(kind, depth, names);
}

function cases(expressions: Author, names: Names): { when?: string; value: string }[] {
  const { random } = expressions;
  const kind = random.pick(KINDS);
  const of = (): string => expressions.scalar(kind, 1 + random.below(2), names);
  const made = Array.from({ length: 1 + random.below(3) }, () => ({ when: expressions.boolean(1, names), value: of() }));
  return random.chance(50) ? made : [...made, { value: of() }];
}

function list(expressions: Author, names: Names): string {
  const { random } = expressions;
  const maybe = KINDS.flatMap((kind) => root.nullableLists[kind]);
  if (maybe.length > 0 && random.chance(20)) return random.pick(maybe);
  return expressions.list(random.pick(KINDS), 1 + random.below(2), names);
}

function members(random: Random, of: () => string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 1 + random.below(4) }, (_, at) => [`${random.pick(MEMBER_GROUPS)}m${at}`, of()]));
}

function objects(expressions: Author, names: Names, as: string): Pick<WrittenOutput, 'each' | 'as' | 'values'> {
  const { random } = expressions;
  const kind = random.pick(KINDS);
  if (random.chance(40)) {
    const each = expressions.list(kind, random.below(2), names);
    return { each, as, values: members(random, () => value(expressions, withValue(names, kind, as))) };
  }
  const [each, inner] = expressions.objects(random.below(2), names);
  return { each, as, values: members(random, () => value(expressions, inner(as))) };
}

/** Members of a row: outputs of the table, which may be null, and whatever is made of them. */
function rows(expressions: Author, names: Names, { name, outputs }: ListedTable): Pick<WrittenOutput, 'each' | 'as' | 'values'> {
  const { random } = expressions;
  const nullable = { ...names.nullable };
  for (const { name: output, kind } of outputs) nullable[kind] = nearest(nullable[kind], [`row.${output}`]);
  const of = (): string => (random.chance(50) ? `row.${random.pick(outputs).name}` : value(expressions, { ...names, nullable }));
  return { each: name, as: 'row', values: members(random, of) };
}
