// Boxed expressions, the XML around FEEL, as FEEL: a boxed context is a context, an invocation is a call, and so on. What has no
// counterpart is refused by name.

import type { Entry, Feel, HitPolicyName, Place, TableNode, TableRowNode, UnaryTests } from './feel/ast.js';
import { NameScope, plainName } from './feel/names.js';
import { type ParseContext, parseFeel, parseUnaryTests } from './feel/parse.js';
import { childOf, childrenOf, tagSpan, type XmlElement } from './xml.js';

const HIT_POLICIES: readonly HitPolicyName[] = ['UNIQUE', 'FIRST', 'PRIORITY', 'ANY', 'COLLECT', 'RULE ORDER', 'OUTPUT ORDER'];
const AGGREGATIONS = ['SUM', 'COUNT', 'MIN', 'MAX'] as const;
/** Elements that are expressions, whatever they stand in. */
const EXPRESSIONS = new Set([
  ...['literalExpression', 'decisionTable', 'context', 'invocation', 'functionDefinition', 'list', 'relation', 'conditional'],
  ...['filter', 'for', 'some', 'every'],
]);

export class BoxedReader {
  readonly #context: ParseContext;

  constructor(context: ParseContext) {
    this.#context = context;
  }

  /** The expression among the children of an element; undefined where there is none that can be read (reported). */
  of(element: XmlElement, what: string): Feel | undefined {
    const found = element.children.find((child) => child.uri === element.uri && EXPRESSIONS.has(child.local));
    if (found === undefined) return this.#refuse(element, `${what} has no expression`, 'write one in FEEL', 'V7203');
    return this.expression(found);
  }

  /** The function of a business knowledge model or of a boxed function. */
  functionOf(element: XmlElement): Feel | undefined {
    const kind = element.attributes.get('kind');
    if (kind !== undefined && kind !== 'FEEL') return this.#refuse(element, `a function in ${kind}`, 'write its body in FEEL');
    const parameters = childrenOf(element, 'formalParameter').map((child) => plainName(child.attributes.get('name') ?? ''));
    const body = this.#inner(parameters).of(element, 'the function');
    return body && { kind: 'function', parameters, body, place: placeOf(element) };
  }

  /** The unary tests in the `text` of an element, such as `allowedValues`. */
  testsOf(element: XmlElement): UnaryTests | undefined {
    const text = childOf(element, 'text');
    return text && parseUnaryTests(text, this.#context);
  }

  expression(element: XmlElement): Feel | undefined {
    const language = element.attributes.get('expressionLanguage');
    if (language !== undefined && language !== '' && !/feel/i.test(language)) {
      return this.#refuse(element, `an expression in ${language}`, 'write it in FEEL');
    }
    switch (element.local) {
      case 'literalExpression':
        return this.#literal(element);
      case 'decisionTable':
        return this.#table(element);
      case 'context':
        return this.#contextOf(element);
      case 'invocation':
        return this.#invocation(element);
      case 'functionDefinition':
        return this.functionOf(element);
      case 'list': {
        const items = element.children.filter((child) => EXPRESSIONS.has(child.local)).map((child) => this.expression(child));
        return items.every((item) => item !== undefined) ? { kind: 'list', items, place: placeOf(element) } : undefined;
      }
      case 'conditional': {
        const [when, then, otherwise] = ['if', 'then', 'else'].map((name) => {
          const part = childOf(element, name);
          return part && this.of(part, `the branch \`${name}\``);
        });
        if (when === undefined || then === undefined || otherwise === undefined) return undefined;
        return { kind: 'if', when, then, otherwise, place: placeOf(element) };
      }
      case 'filter': {
        const list = childOf(element, 'in');
        const match = childOf(element, 'match');
        const of = list && this.of(list, 'the filter');
        const test = match && this.#inner(['item']).of(match, 'the filter');
        return of && test && { kind: 'filter', of, test, place: placeOf(element) };
      }
      case 'for':
      case 'some':
      case 'every':
        return this.#iterator(element);
      default:
        return this.#refuse(element, `a boxed \`${element.local}\``, 'write it as a decision table, or as an expression');
    }
  }

  #literal(element: XmlElement): Feel | undefined {
    const text = childOf(element, 'text');
    if (text === undefined || text.text.trim() === '') {
      return this.#refuse(element, 'the expression is empty', 'write one in FEEL', 'V7203');
    }
    return parseFeel(text, this.#context);
  }

  #contextOf(element: XmlElement): Feel | undefined {
    const entries: Entry[] = [];
    let result: Feel | undefined;
    let whole = true;
    const inner = this.#inner([]);
    for (const child of childrenOf(element, 'contextEntry')) {
      const name = childOf(child, 'variable')?.attributes.get('name');
      const value = inner.of(child, 'the entry');
      if (value === undefined) whole = false;
      else if (name === undefined) result = value;
      else {
        entries.push({ name: plainName(name), value });
        inner.#context.scope.add(name);
      }
    }
    return whole ? { kind: 'context', entries, ...(result && { result }), place: placeOf(element) } : undefined;
  }

  #invocation(element: XmlElement): Feel | undefined {
    const of = this.of(element, 'the invocation');
    const values = childrenOf(element, 'binding').map((binding) => {
      const name = plainName(childOf(binding, 'parameter')?.attributes.get('name') ?? '');
      return { name, value: this.of(binding, `the parameter \`${name}\``) };
    });
    if (of === undefined || !values.every((binding) => binding.value !== undefined)) return undefined;
    const given = values.map(({ name, value }) => ({ name, value: value! }));
    return { kind: 'call', of, values: given, place: placeOf(element) };
  }

  #iterator(element: XmlElement): Feel | undefined {
    const name = plainName(element.attributes.get('iteratorVariable') ?? '');
    const list = childOf(element, 'in');
    const part = childOf(element, element.local === 'for' ? 'return' : 'satisfies');
    const from = list && this.of(list, 'the loop');
    const body = part && this.#inner([name]).of(part, 'the loop');
    if (from === undefined || body === undefined) return undefined;
    const iterators = [{ name, list: from }];
    const place = placeOf(element);
    if (element.local === 'for') return { kind: 'for', iterators, body, place };
    return { kind: 'quantified', quantifier: element.local as 'some' | 'every', iterators, body, place };
  }

  #table(element: XmlElement): Feel | undefined {
    const hitPolicy = (element.attributes.get('hitPolicy') ?? 'UNIQUE').toUpperCase().replace('_', ' ') as HitPolicyName;
    const aggregate = element.attributes.get('aggregation')?.toUpperCase();
    const aggregation = AGGREGATIONS.find((name) => name === aggregate);
    if (!HIT_POLICIES.includes(hitPolicy) || (aggregate !== undefined && aggregation === undefined)) {
      return this.#refuse(
        element,
        `the hit policy ${hitPolicy} ${aggregate ?? ''}`.trim(),
        `write one of ${HIT_POLICIES.join(', ')}`,
      );
    }
    let whole = true;
    const need = <T>(value: T | undefined): T => {
      if (value === undefined) whole = false;
      return value as T;
    };
    const inputs = childrenOf(element, 'input').map((input) => {
      const expression = childOf(input, 'inputExpression');
      const value = need(expression && this.#literal(expression));
      return { label: input.attributes.get('label'), value, element: expression ?? input };
    });
    const outputs = childrenOf(element, 'output').map((output) => {
      const values = childOf(output, 'outputValues');
      const entry = childOf(output, 'defaultOutputEntry');
      return {
        name: output.attributes.get('name'),
        typeRef: output.attributes.get('typeRef'),
        values: values && need(this.testsOf(values)),
        default: entry && need(this.#literal(entry)),
        element: output,
      };
    });
    const inner = this.#inner(['?']);
    const rows = childrenOf(element, 'rule').map((rule): TableRowNode => {
      const when = childrenOf(rule, 'inputEntry').map((cell) => {
        const text = childOf(cell, 'text');
        const none: UnaryTests = { any: true, not: false, tests: [] };
        return { tests: text === undefined ? none : need(parseUnaryTests(text, inner.#context)), element: text ?? cell };
      });
      const then = childrenOf(rule, 'outputEntry').map((cell) => {
        const text = childOf(cell, 'text');
        const isEmpty = text === undefined || /^\s*-?\s*$/.test(text.text);
        const value: Feel = isEmpty ? { kind: 'null', place: placeOf(cell) } : need(parseFeel(text, this.#context));
        return { value, element: text ?? cell };
      });
      const annotation = childOf(rule, 'annotationEntry') ?? childOf(rule, 'description');
      const note = (annotation && (childOf(annotation, 'text')?.text ?? annotation.text))?.replace(/\s+/g, ' ').trim();
      if (when.length !== inputs.length || then.length !== outputs.length) {
        const message = `the row has ${when.length} + ${then.length} cells for ${inputs.length} + ${outputs.length} columns`;
        whole = false;
        this.#refuse(rule, message, 'give it a cell for each column', 'V7203');
      }
      return { when, then, note: note === '' ? undefined : note, element: rule };
    });
    if (outputs.length === 0) return this.#refuse(element, 'the table has no output', 'give it one', 'V7203');
    if (!whole) return undefined;
    const table: TableNode = { hitPolicy, aggregation, inputs, outputs, rows, element };
    return { kind: 'table', table, place: placeOf(element) };
  }

  /** The same with further names. */
  #inner(names: readonly string[]): BoxedReader {
    return new BoxedReader({ ...this.#context, scope: new NameScope(names, this.#context.scope) });
  }

  #refuse(element: XmlElement, message: string, advice: string, code: 'V7002' | 'V7203' = 'V7002'): undefined {
    const { bag, source } = this.#context;
    bag.error(code, tagSpan(element, source.name), code === 'V7002' ? `${message} is not carried over` : message, advice);
    return undefined;
  }
}

/** The place of an element that has no text of its own. */
export function placeOf(element: XmlElement): Place {
  return { element, start: -1, end: -1 };
}
