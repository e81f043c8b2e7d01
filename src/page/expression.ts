// Expressions as they are written, with what they name linked to where it is described.

import {
  type ArrowFunctionExpression,
  type CallExpression,
  type ChainExpression,
  childrenOf,
  type EsNode,
  type Identifier,
  type MemberExpression,
  unwrap,
} from '../compiler/estree.js';
import { parseExpression } from '../compiler/parse.js';
import { FaultSink, looseSource } from '../compiler/source.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { isBehindPayload, PAYLOAD_NAME } from '../schema/field-name.js';
import { type Content, type Html, html } from './html.js';
import { link, type PageNames } from './names.js';

/** A name in an expression. */
export interface Reference {
  /** As it is described: `card.country`, `items[].price`. */
  path: string;
  start: number;
  end: number;
}

/** An expression that is longer has its parts of `&&` or `||` on lines of their own. */
const LINE_CHARS_MAX = 56;

/** Methods that hand on elements of the list that they are called on. */
const PASSING_METHODS = new Set(['filter', 'slice', 'concat']);

/** Texts, numbers, words of the language, operators. No part of it backtracks. */
const TOKEN =
  /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|(\b\d[\w.]*)|(\b(?:true|false|null)\b)|(&&|\|\||===|!==|<=|>=|=>|\?\?|\.\.|[<>!?:+*/%-])/g;
const TOKEN_CLASSES = ['text', 'number', 'word', 'sign'];

function parse(text: string): EsNode | undefined {
  return parseExpression(text, new FaultSink(looseSource('expression', text), new DiagnosticBag()))?.[0];
}

/** What an expression names, in the order written; nothing where the text is no expression. */
export function referencesIn(text: string, names: PageNames): Reference[] {
  const root = parse(text);
  return root === undefined ? [] : collect(root, names);
}

function collect(root: EsNode, names: PageNames): Reference[] {
  const found: Reference[] = [];
  const visit = (node: EsNode, locals: ReadonlyMap<string, string | undefined>): void => {
    const chain = chainOf(node);
    if (chain !== undefined) {
      const [{ start }] = chain as [Identifier, ...Identifier[]];
      const steps = stepsOf(chain, locals, names);
      // of the longest path that has a name: what follows it is a method, or a member without a description
      for (let length = steps.length; length > 0; length--) {
        const path = steps.slice(0, length).join('.');
        if (names.anchor(path) === undefined) continue;
        found.push({ path, start, end: chain[chain.length - steps.length + length - 1]!.end });
        break;
      }
      return;
    }
    if (node.type === 'CallExpression') {
      const { callee, arguments: args } = node as CallExpression;
      visit(callee, locals);
      const list = listOf(callee, locals, names);
      for (const argument of args) {
        if (argument.type === 'ArrowFunctionExpression')
          visitArrow(argument as ArrowFunctionExpression, list, isReduce(callee), locals);
        else visit(argument, locals);
      }
      return;
    }
    if (node.type === 'ArrowFunctionExpression') visitArrow(node as ArrowFunctionExpression, undefined, false, locals);
    else if (node.type === 'MemberExpression') visit((node as MemberExpression).object, locals);
    else for (const child of childrenOf(node)) visit(child, locals);
  };
  const visitArrow = (
    { params, body }: ArrowFunctionExpression,
    list: string | undefined,
    reduces: boolean,
    locals: ReadonlyMap<string, string | undefined>,
  ): void => {
    const inside = new Map(locals);
    for (const [index, param] of params.entries()) {
      const isElement = index === (reduces ? 1 : 0);
      inside.set((param as Identifier).name, isElement && list !== undefined ? `${list}[]` : undefined);
    }
    visit(body, inside);
  };
  visit(root, new Map());
  return found.sort((a, b) => a.start - b.start);
}

function isReduce(callee: EsNode): boolean {
  const inner = unwrap(callee);
  return inner.type === 'MemberExpression' && ((inner as MemberExpression).property as Identifier).name === 'reduce';
}

/** The list of the payload whose elements a method is called with: `items` of `items.filter(...).some`. */
function listOf(callee: EsNode, locals: ReadonlyMap<string, string | undefined>, names: PageNames): string | undefined {
  let node = unwrap(callee);
  for (;;) {
    if (node.type === 'ChainExpression') node = unwrap((node as ChainExpression).expression);
    if (node.type !== 'MemberExpression') return undefined;
    const object = unwrap((node as MemberExpression).object);
    const chain = chainOf(object);
    if (chain !== undefined) {
      const path = stepsOf(chain, locals, names).join('.');
      return names.hasElements(path) ? path : undefined;
    }
    if (object.type !== 'CallExpression') return undefined;
    const inner = unwrap((object as CallExpression).callee);
    if (inner.type !== 'MemberExpression') return undefined;
    if (!PASSING_METHODS.has(((inner as MemberExpression).property as Identifier).name)) return undefined;
    node = inner;
  }
}

/** The names of the path that a chain reads: an element is that of its list, and the payload itself is no part of it. */
function stepsOf(chain: readonly Identifier[], locals: ReadonlyMap<string, string | undefined>, names: PageNames): string[] {
  const [first, ...rest] = chain.map(({ name }) => name) as [string, ...string[]];
  if (locals.has(first)) {
    const element = locals.get(first);
    return element === undefined ? [] : [element, ...rest];
  }
  if (first === PAYLOAD_NAME && names.anchor(PAYLOAD_NAME) === undefined) return rest;
  return isBehindPayload(first) ? [] : [first, ...rest];
}

/** The names of `a.b?.c`; undefined for what is no chain of names. */
function chainOf(node: EsNode): Identifier[] | undefined {
  const inner = unwrap(node);
  if (inner.type === 'Identifier') return [inner as Identifier];
  if (inner.type === 'ChainExpression') return chainOf((inner as ChainExpression).expression);
  if (inner.type !== 'MemberExpression') return undefined;
  const { object, property, computed } = inner as MemberExpression;
  const before = computed ? undefined : chainOf(object);
  return before === undefined || property.type !== 'Identifier' ? undefined : [...before, property as Identifier];
}

/** An expression, or a cell of a table, which need not be one. */
export function typeset(text: string, names: PageNames): Html {
  const root = text.length > 0 ? parse(text) : undefined;
  if (root === undefined) return html`<code>${colored(text)}</code>`;
  const references = collect(root, names);
  const parts = text.length > LINE_CHARS_MAX ? partsOf(unwrap(root)) : [root];
  if (parts.length < 2) return html`<code>${linked(text, 0, text.length, references, names)}</code>`;
  let at = 0;
  const lines = parts.map((part, index) => {
    const end = index === parts.length - 1 ? text.length : part.end;
    const line = linked(text, at, end, references, names);
    at = end;
    return html`<span class="line">${line}</span>`;
  });
  return html`<code>${lines}</code>`;
}

/** A cell of a table, without an element of its own around it. */
export function typesetCell(text: string, names: PageNames): Content {
  const root = parse(text);
  return root === undefined ? colored(text) : linked(text, 0, text.length, collect(root, names), names);
}

/** A cell of a table without colors: links only. */
export function plainCell(text: string, names: PageNames): Content {
  const root = /[A-Za-z_$]/.test(text) ? parse(text) : undefined;
  const references = root === undefined ? [] : collect(root, names);
  return references.length === 0 ? text : linked(text, 0, text.length, references, names);
}

/** The operands of a chain of one logical operator. */
function partsOf(root: EsNode): EsNode[] {
  const operatorOf = (node: EsNode): string | undefined =>
    node.type === 'LogicalExpression' ? (node as EsNode & { operator: string }).operator : undefined;
  const operator = operatorOf(root);
  if (operator === undefined) return [root];
  const parts: EsNode[] = [];
  // the left operand is what the chain has grown on
  let node = root as EsNode & { left: EsNode; right: EsNode };
  for (;;) {
    parts.unshift(node.right);
    if (operatorOf(node.left) !== operator) break;
    node = node.left as typeof node;
  }
  return [node.left, ...parts];
}

function linked(text: string, from: number, to: number, references: readonly Reference[], names: PageNames): Content {
  const parts: Content[] = [];
  let at = from;
  for (const { path, start, end } of references) {
    if (start < from || end > to || start < at) continue;
    parts.push(colored(text.slice(at, start)), link(names.anchor(path) as string, text.slice(start, end)));
    at = end;
  }
  return [...parts, colored(text.slice(at, to))];
}

function colored(text: string): Content {
  const parts: Content[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const kind = TOKEN_CLASSES[[1, 2, 3, 4].findIndex((group) => match[group] !== undefined)];
    parts.push(text.slice(at, match.index), html`<span class="t-${kind}">${match[0]}</span>`);
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
}
