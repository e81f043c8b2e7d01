// The answer of a graph as outputs of a bundle.

import { uniqueName } from '../../schema/names.js';
import { isIdentifier, toIdentifier } from '../names.js';
import { ANY, textCell } from './cell.js';
import type { Code } from './code.js';
import type { Emission } from './emission.js';
import { isDecimalValue, type ListSymbol, literal, type ObjectSymbol, plainOf, type Sym, totalCode } from './symbol.js';

export interface WrittenOutput {
  readonly name: string;
  readonly value?: string;
  readonly each?: string;
  readonly as?: string;
  readonly values?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly outputs: readonly WrittenOutput[];
  /** True where the answer holds what was sent too: outputs are what was computed, to be merged over it. */
  readonly passesThrough: boolean;
  /** True where the answer is no object: it is the output `result`. */
  readonly isResult: boolean;
  /** Lists that are empty where the original has none: those of branches that are not taken. */
  readonly emptyLists: readonly string[];
  /** Parts of the answer that are not carried over: path and reason. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

/** Names of members of outputs: any text without a point, quotes and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
const SEGMENT = /^[^.'"`\u0000-\u001f\u007f]{1,64}$/;
const DEPTH_MAX = 16;

/** Writes an answer. `payload` is what was sent: where the answer holds all of it, only what was computed is an output. */
export function writeAnswer(answer: Sym, payload: Sym, emission: Emission): Answer {
  const outputs: WrittenOutput[] = [];
  const refused: { path: string; reason: string }[] = [];
  const emptyLists: string[] = [];
  const sent = payload.kind === 'object' ? payload : undefined;
  const value = plainOf(answer);
  const passesThrough = sent !== undefined && value.kind === 'object' && sent.members.size > 0 && holds(value, sent);

  const write = (sym: Sym, path: string, before: Sym | undefined, depth: number): void => {
    if (sym === before) return;
    const inner = answered(sym);
    const segments = path.split('.');
    if (!segments.every((segment) => SEGMENT.test(segment)) || depth > DEPTH_MAX) {
      refused.push({ path, reason: 'no output can have this name' });
      return;
    }
    switch (inner.kind) {
      case 'refused':
        refused.push({ path, reason: inner.reason });
        return;
      case 'constant':
        // nothing is there
        if (inner.value !== null) outputs.push({ name: path, value: totalCode(inner).code.text });
        return;
      case 'scalar':
        outputs.push({ name: path, value: totalCode(inner).code.text });
        return;
      case 'object': {
        const known = before && plainOf(before);
        for (const [name, member] of inner.members) {
          write(
            member,
            path === '' ? name : `${path}.${name}`,
            known?.kind === 'object' ? known.members.get(name) : undefined,
            depth + 1,
          );
        }
        return;
      }
      case 'list': {
        if (inner.guard !== undefined || sym.kind === 'maybe') emptyLists.push(path);
        const list = writeList(inner, path, emission);
        if (typeof list === 'string') refused.push({ path, reason: list });
        else outputs.push(list);
        return;
      }
      default: {
        if (sym.kind === 'maybe') emptyLists.push(path);
        const items = writeItems(inner, path, emission);
        if (typeof items === 'string') refused.push({ path, reason: items });
        else outputs.push(...items);
      }
    }
  };
  if (value.kind === 'object') {
    for (const [name, member] of value.members) write(member, name, passesThrough ? sent?.members.get(name) : undefined, 1);
  } else write(answer, 'result', undefined, 1);
  return { outputs, passesThrough, isResult: value.kind !== 'object', emptyLists, refused };
}

/** A value as an answer has it: a time is answered as the text that was sent, and the language writes it in a form of its own. */
function answered(sym: Sym): ReturnType<typeof plainOf> {
  const value = plainOf(sym);
  if (value.kind !== 'scalar' || value.type.kind !== 'timestamp') return value;
  return { kind: 'refused', reason: 'a time of the payload is answered in the form in which it was sent' };
}

/** Whether an object has all that another one has: the same values, or others in their place. */
function holds(object: ObjectSymbol, sent: ObjectSymbol): boolean {
  let isSame = false;
  for (const [name, member] of sent.members) {
    const known = object.members.get(name);
    if (known === undefined) return false;
    if (known === member) isSame = true;
    else if (known.kind === 'object' && member.kind === 'object' && holds(known, member)) isSame = true;
  }
  return isSame || sent.members.size === 0;
}

/** A list of the payload or of a table; a text is why it cannot be one. */
function writeList(list: ListSymbol, path: string, emission: Emission): WrittenOutput | string {
  const value = answered(list.value);
  if (value.kind === 'refused') return value.reason;
  if (list.guard !== undefined && list.nullable)
    return 'a list of the payload in a branch that is not always taken, and it may be null';
  const each = list.guard === undefined ? list.each.text : guarded(list, list.guard, emission);
  if (value.kind === 'scalar' || value.kind === 'constant') {
    const { code } = totalCode(value);
    return { name: path, value: code.text === list.as ? each : `${each}.map(${list.as} => ${code.text})` };
  }
  if (value.kind !== 'object') return 'a list of lists';
  const members = flatten(value, '');
  if (typeof members === 'string') return members;
  if (members.length === 0) return 'the elements of the list are empty objects';
  const values = Object.fromEntries(members.map(([name, member]) => [name, totalCode(member).code.text]));
  return { name: path, each, as: list.as, values };
}

/** A list without elements where a condition does not hold. */
function guarded(list: ListSymbol, guard: Code, emission: Emission): string {
  const condition = emission.condition(guard, 'isTaken');
  return `${list.each.text}.filter(${list.as} => ${condition.text})`;
}

type Single = Sym & { kind: 'scalar' | 'constant' };

/** The members of an element by their path in it; a text is why they cannot be written. */
function flatten(object: ObjectSymbol, prefix: string, depth = 1): [string, Single][] | string {
  const found: [string, Single][] = [];
  for (const [name, member] of object.members) {
    const path = `${prefix}${name}`;
    if (!SEGMENT.test(name) || depth > DEPTH_MAX) return `no member of an output can have the name \`${path}\``;
    const value = answered(member);
    if (value.kind === 'object') {
      const inner = flatten(value, `${path}.`, depth + 1);
      if (typeof inner === 'string') return inner;
      found.push(...inner);
    } else if (value.kind === 'scalar' || value.kind === 'constant') found.push([path, value]);
    else if (value.kind === 'refused') return value.reason;
    else return `the elements of the list have a list, \`${path}\``;
  }
  return found;
}

/** A list that is written out: as an array literal, or, where not all elements are certain, as a table that collects them. */
function writeItems(
  sym: Sym & { kind: 'items' | 'list' | 'maybe' | 'absent' },
  path: string,
  emission: Emission,
): WrittenOutput[] | string {
  if (sym.kind !== 'items') return 'its value has no form that an output can have';
  const { items } = sym;
  const values = items.map(({ value }) => answered(value));
  const name = toIdentifier(path.replaceAll('.', ' '));
  if (items.length === 0) return 'a list that is always empty';
  if (values.every((value) => value.kind === 'object')) return writeObjects(items, path, name, emission);
  const cells: string[][] = [];
  for (const [index, value] of values.entries()) {
    if (value.kind !== 'scalar' && value.kind !== 'constant') return value.kind === 'refused' ? value.reason : 'a list of lists';
    const { code, nullable } = totalCode(value);
    if (nullable) return 'a list of which an element may be null';
    cells.push([conditionCell(items[index]!.when), valueCell(value, code)]);
  }
  const table = emission.name(name);
  emission.table({ name: table, description: path, hitPolicy: 'collect', rows: [['true', '-> item'], ...cells] });
  return [{ name: path, value: `${table}.item` }];
}

function conditionCell(code: Code): string {
  return code.text === 'true' ? ANY : code.text;
}

function valueCell(value: Sym, code: Code): string {
  if (value.kind === 'constant')
    return typeof value.value === 'string'
      ? textCell(value.value)
      : isDecimalValue(value.value)
        ? literal(value.value).text
        : code.text;
  return isIdentifier(code.text) ? `(${code.text})` : code.text;
}

function writeObjects(
  items: readonly { readonly when: Code; readonly value: Sym }[],
  path: string,
  name: string,
  emission: Emission,
): WrittenOutput[] | string {
  const elements: { when: Code; members: ReadonlyMap<string, Single> }[] = [];
  for (const { when, value } of items) {
    const inner = plainOf(value);
    const members = inner.kind === 'object' ? flatten(inner, '') : 'an element is no object';
    if (typeof members === 'string') return members;
    elements.push({ when, members: new Map(members) });
  }
  const columns = [...new Set(elements.flatMap(({ members }) => [...members.keys()]))];
  if (columns.length === 0) return 'the elements of the list are empty objects';
  for (const column of columns) {
    const longer = columns.find((other) => other.startsWith(`${column}.`));
    if (longer !== undefined) return `\`${column}\` is an object in some elements of the list, and a value in others`;
  }
  const taken = new Set<string>();
  const names = columns.map((column) =>
    uniqueName(['score', 'outcome', 'reason'].includes(column) ? `${column}Value` : toIdentifier(column), taken),
  );
  const rows = elements.map(({ when, members }) => {
    const cells = columns.map((column) => {
      const member = members.get(column);
      return member === undefined || (member.kind === 'constant' && member.value === null)
        ? ''
        : valueCell(member, totalCode(member).code);
    });
    return [conditionCell(when), ...cells];
  });
  const table = emission.name(name);
  emission.table({
    name: table,
    description: path,
    hitPolicy: 'collect',
    rows: [['true', ...names.map((column) => `-> ${column}`)], ...rows],
  });
  const values = Object.fromEntries(columns.map((column, i) => [column, `row.${names[i]}`]));
  return [{ name: path, each: table, as: 'row', values }];
}
