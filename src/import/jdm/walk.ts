// The walk through a graph: what each node gives, under which condition it is active, and what the whole answers. As in gorules/zen
// (core/engine, decision_graph): where edges meet, the first one of the document goes over the others; where ends meet, the node
// that stands last.

import type { BundleDocument } from '../../bundle/document.js';
import { toPointer } from '../../bundle/document.js';
import type { DiagnosticBag, Span } from '../../diagnostic/diagnostic.js';
import { choose, memberOf, merge } from './choose.js';
import { and, type Code, FALSE, not, or, TRUE } from './code.js';
import type {
  ExpressionContent,
  Graph,
  GraphEdge,
  GraphNode,
  SwitchContent,
  TableContent,
  TransformAttributes,
} from './document.js';
import type { Emission } from './emission.js';
import { type ZenNode, ZenSyntaxError } from './expression/node.js';
import { parseZen, parseZenCell } from './expression/parser.js';
import { insert, type Scope, Translation } from './expression/translate.js';
import { Routes } from './routes.js';
import { ABSENT, type ListSymbol, NULL, plainOf, Refusal, type Scalar, type Sym, truthOf, ZenFailure } from './symbol.js';
import type { TableHost } from './table/host.js';
import { inlineTable } from './table/inline-table.js';
import { writeTable } from './table/write-table.js';

const EMPTY: Sym = { kind: 'object', members: new Map() };

interface Visited {
  /** What its successors get. */
  readonly output: Sym;
  readonly active: Code;
  /** Of a switch: when an edge of that statement is taken. */
  readonly statements?: ReadonlyMap<string, Code>;
}

export class Walk {
  readonly #visited = new Map<string, Visited>();
  readonly #routes: Routes;

  constructor(
    readonly graph: Graph,
    readonly document: BundleDocument,
    readonly emission: Emission,
    readonly payload: Sym,
    readonly bag: DiagnosticBag,
  ) {
    this.#routes = new Routes(graph);
  }

  /** What the graph answers, of all its ends. */
  run(): Sym {
    for (const node of this.graph.order) this.#visited.set(node.id, this.#visit(node));
    const ends = this.#routes.ends.map((node) => ({ node, ...this.#visited.get(node.id)! }));
    const reached = ends.filter(({ node, active }) => active.text !== 'false' && node.type !== 'switchNode');
    if (ends.length === 1 && reached.length === 1) {
      const { node, output, active } = reached[0]!;
      if (active.text === 'true' || this.#routes.areCovering([node])) return output;
      return choose(active, output, plainOf(output).kind === 'object' ? EMPTY : NULL);
    }
    const refused = reached.map(({ output }) => plainOf(output)).find(({ kind }) => kind === 'refused');
    if (refused !== undefined) return refused;
    const objects = reached.filter(({ output }) => plainOf(output).kind === 'object');
    const last = objects[objects.length - 1];
    if (last !== undefined && objects.length === reached.length && this.#routes.areAlternatives(objects.map(({ node }) => node)))
      return objects.slice(0, -1).reduceRight((answer, { output, active }) => choose(active, output, answer), last.output);
    // an end that is reached under a condition: its members are there, or what was there before
    return objects.reduce((answer: Sym, { output, active }) => choose(active, merge(answer, output), answer), EMPTY);
  }

  #visit(node: GraphNode): Visited {
    const incoming = this.#routes.into(node.id);
    const active = node.type === 'inputNode' ? TRUE : or(...incoming.map((edge) => this.#activity(edge)));
    if (node.type === 'inputNode') return { output: this.payload, active };
    const input = this.#incoming(incoming, active);
    this.emission.within(node.name);
    try {
      switch (node.type) {
        case 'outputNode':
          return { output: input, active };
        case 'switchNode':
          return { output: input, active, statements: this.#statements(node, node.content, input, active) };
        case 'expressionNode':
          return {
            output: this.#transform(node, node.content, input, (element, isLoop) =>
              this.#expressions(node, node.content, element, isLoop),
            ),
            active,
          };
        case 'decisionTableNode':
          return {
            output: this.#transform(node, node.content, input, (element, isLoop) =>
              this.#table(node, node.content, element, isLoop, active),
            ),
            active,
          };
        default:
          return { output: { kind: 'refused', reason: node.reason }, active };
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.reason, this.document.spanOf(node.pointer), `the node \`${node.name}\``);
      return { output: { kind: 'refused', reason: `it reads the node \`${node.name}\`, which is not carried over` }, active };
    }
  }

  #activity(edge: GraphEdge): Code {
    const source = this.#visited.get(edge.source)!;
    if (source.statements === undefined) return source.active;
    return (edge.handle === undefined ? undefined : source.statements.get(edge.handle)) ?? FALSE;
  }

  /** What the edges bring together. */
  #incoming(edges: readonly GraphEdge[], active: Code): Sym {
    const brought = edges
      .map((edge) => ({ when: this.#activity(edge), data: this.#visited.get(edge.source)!.output }))
      .filter(({ when }) => when.text !== 'false');
    if (brought.length === 1) return brought[0]!.data;
    if (this.#routes.areExclusive(edges)) {
      let result: Sym = brought[brought.length - 1]?.data ?? EMPTY;
      for (const { when, data } of brought.slice(0, -1).reverse()) result = choose(when, data, result);
      return result;
    }
    let result: Sym = EMPTY;
    for (const { when, data } of brought.reverse()) {
      const inner = plainOf(data);
      if (inner.kind === 'refused') return inner;
      const merged = merge(result, data);
      result = when.text === 'true' || when.text === active.text ? merged : choose(when, merged, result);
    }
    return result;
  }

  #statements(node: GraphNode, content: SwitchContent, input: Sym, active: Code): Map<string, Code> {
    const scope = this.#scope(input, EMPTY, () => this.document.spanOf(node.pointer));
    const statements = new Map<string, Code>();
    let before: Code = FALSE;
    for (const [index, { id, condition }] of content.statements.entries()) {
      const span = (): Span => this.document.spanOf(`${node.pointer}${toPointer('content', 'statements', index, 'condition')}`);
      let holds: Code = TRUE;
      if (condition.trim() !== '') {
        const parsed = this.#parse(condition, false, span);
        holds = parsed === undefined ? FALSE : this.#holds(parsed, scope, span);
      }
      const taken = content.hitPolicy === 'collect' ? holds : and(not(before), holds);
      const named = this.emission.condition(
        and(active, taken),
        `${node.name} ${index + 1}`,
        condition.trim() === '' ? undefined : condition,
      );
      statements.set(id, named);
      before = or(before, content.hitPolicy === 'collect' ? FALSE : holds);
      if (holds.text === 'true' && content.hitPolicy !== 'collect') before = TRUE;
    }
    return statements;
  }

  #holds(node: ZenNode, scope: Scope, span: () => Span): Code {
    try {
      return truthOf(this.#run(node, scope, span)).holds;
    } catch (error) {
      if (error instanceof ZenFailure) return FALSE;
      throw error;
    }
  }

  /** Evaluates, and says where in the document it was refused. */
  #run(node: ZenNode, scope: Scope, span: () => Span): Sym {
    try {
      return new Translation(scope).run(node);
    } catch (error) {
      if (error instanceof ZenFailure) throw error;
      if (error instanceof Refusal) throw new Refusal(`${error.reason} (line ${this.document.lineOf(span().start)})`);
      throw error;
    }
  }

  /** `inputField`, `outputPath`, loops and `passThrough`, around what a node computes. */
  #transform(node: GraphNode, attributes: TransformAttributes, input: Sym, compute: (input: Sym, isLoop: boolean) => Sym): Sym {
    const inside = plainOf(input);
    if (inside.kind === 'refused') return inside;
    const { inputField, outputPath, executionMode, passThrough } = attributes;
    let given: Sym = inside;
    if (inputField !== undefined && inputField !== null) {
      const span = (): Span => this.document.spanOf(`${node.pointer}/content/inputField`);
      const parsed = this.#parse(inputField, false, span);
      if (parsed === undefined) throw new Refusal('its input is no expression');
      given = plainOf(this.#run(parsed, this.#scope(inside, EMPTY, span), span));
    }
    let output = executionMode === 'loop' ? this.#loop(given, compute, passThrough === true) : compute(given, false);
    if (outputPath !== undefined && outputPath !== null) {
      const members = new Map<string, Sym>();
      insert(members, outputPath.split('.'), output);
      output = { kind: 'object', members };
    }
    if (passThrough !== true) return output.kind === 'constant' && output.value === null ? EMPTY : output;
    // a table of which no row matches gives null, which changes nothing
    return output.kind === 'constant' && output.value === null ? inside : merge(inside, output);
  }

  #loop(given: Sym, compute: (input: Sym, isLoop: boolean) => Sym, passThrough: boolean): Sym {
    const each = (element: Sym): Sym => {
      const result = compute(element, true);
      return passThrough ? merge(element, result) : result;
    };
    if (given.kind === 'items')
      return { kind: 'items', items: given.items.map(({ when, value }) => ({ when, value: each(value) })) };
    if (given.kind !== 'list' || given.table !== undefined)
      throw new Refusal('it goes over a list, and this is none of the payload');
    const looped: ListSymbol = { ...given, value: each(given.value) };
    return looped;
  }

  #expressions(node: GraphNode, { expressions }: ExpressionContent, input: Sym, isLoop: boolean): Sym {
    const computed = new Map<string, Sym>();
    for (const [index, { key, value }] of expressions.entries()) {
      if (key === '' || value === '') continue;
      const span = (): Span => this.document.spanOf(`${node.pointer}${toPointer('content', 'expressions', index, 'value')}`);
      const parsed = this.#parse(value, false, span, true);
      this.emission.hint(key);
      insert(
        computed,
        key.split('.'),
        parsed === undefined ? refusedBy(key) : this.#value(parsed, key, value, input, computed, span, isLoop),
      );
    }
    return { kind: 'object', members: computed };
  }

  #value(
    parsed: ZenNode,
    key: string,
    text: string,
    input: Sym,
    computed: Map<string, Sym>,
    span: () => Span,
    isLoop: boolean,
  ): Sym {
    const scope = this.#scope(input, { kind: 'object', members: computed, ask: () => NULL }, span, isLoop);
    try {
      const sym = new Translation(scope).run(parsed);
      return isLoop ? sym : this.emission.define(sym, key);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error.reason, this.#inside(text, error, span), `\`${key}\``);
      return refusedBy(key);
    }
  }

  /** The place of a part of an expression in the document. */
  #inside(text: string, error: Refusal, span: () => Span): Span {
    const whole = span();
    const scalarStart = whole.start + 1;
    const { start, end } = error;
    if (start === undefined || end === undefined || end > text.length || text.includes('\n') || /["\\\t]/.test(text)) return whole;
    return { file: whole.file, start: scalarStart + start, end: scalarStart + Math.max(end, start + 1) };
  }

  #table(node: GraphNode, content: TableContent, input: Sym, isLoop: boolean, active: Code): Sym {
    const spanOf = (row: number, column: string): Span => {
      if (row >= 0) return this.document.spanOf(`${node.pointer}${toPointer('content', 'rules', row, column)}`);
      const at = content.inputs.findIndex(({ id }) => id === column);
      return this.document.spanOf(`${node.pointer}${toPointer('content', 'inputs', at, 'field')}`);
    };
    const host: TableHost = {
      emission: this.emission,
      scope: this.#scope(input, ABSENT, () => this.document.spanOf(node.pointer), isLoop),
      parse: (text, isCell, span) => this.#parse(text, isCell, span),
      content,
      name: node.name,
      active,
      spanOf,
    };
    return isLoop ? inlineTable(host) : writeTable(host);
  }

  /** Parses; what ZEN does not read is said, and undefined. */
  #parse(text: string, isCell: boolean, span: () => Span, isError = false): ZenNode | undefined {
    try {
      return isCell ? parseZenCell(text) : parseZen(text);
    } catch (error) {
      if (!(error instanceof ZenSyntaxError)) throw error;
      const place = this.#inside(text, new Refusal(error.message, error.start, error.end), span);
      const message = `this expression is not well-formed: ${error.message}`;
      if (isError) this.bag.error('V7101', place, message, 'ZEN refuses it too: correct it in its editor');
      else this.bag.warning('V7101', place, message, 'to ZEN it never holds, and so it is here');
      return undefined;
    }
  }

  #scope(input: Sym, subject: Sym, span: () => Span, isLoop = false): Scope {
    const inside = plainOf(input);
    const { emission, bag } = this;
    return {
      name: (name) => {
        if (name === '$nodes') return this.#nodes();
        if (inside.kind === 'refused') return inside;
        return inside.kind === 'object' ? memberOf(inside, name) : NULL;
      },
      subject,
      root: inside,
      hoist: (value: Scalar) => {
        if (isLoop) throw new Refusal('a value that may be null is computed with for each element of a list');
        return emission.hoist(value);
      },
      parameter: (wanted) => emission.parameter(wanted),
      warn: (message) => bag.warning('V7102', span(), message),
    };
  }

  /** What all nodes so far have given, by name. */
  #nodes(): Sym {
    const members = new Map<string, Sym>();
    for (const node of this.graph.order) {
      const visited = this.#visited.get(node.id);
      if (visited !== undefined)
        members.set(node.name, visited.active.text === 'true' ? visited.output : choose(visited.active, visited.output, ABSENT));
    }
    return { kind: 'object', members, ask: () => NULL };
  }

  #refuse(reason: string, span: Span, what: string): void {
    this.bag.error('V7002', span, `${what} is not carried over: ${reason}`);
  }
}

function refusedBy(key: string): Sym {
  return { kind: 'refused', reason: `it reads \`${key}\`, which is not carried over` };
}
