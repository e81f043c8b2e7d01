// What an expression means, written down a second time: a plain evaluator over the syntax tree, with JavaScript's values. It shares
// nothing with the compiler but the parser of JavaScript.

import { type Expression, type Node, parseExpressionAt } from 'acorn';
import { callFunction, callMethod, includes } from './expression-calls.js';
import { alike, compare } from './expression-compare.js';
import { parametersOf, RELATIONS, type Static, type Statics, staticOf } from './expression-statics.js';
import {
  ArithmeticFault,
  aligned,
  Decimal,
  dayOf,
  Elements,
  instantOf,
  Meaningless,
  Numeral,
  numeralOf,
  type Value,
} from './expression-values.js';

export type Names = ReadonlyMap<string, Value>;

/** An expression ready to be evaluated over payloads. */
export class PlainExpression {
  readonly tree: Expression;

  constructor(
    readonly source: string,
    readonly statics: Statics,
    /** A number of literals alone stays one: what it stands for says what it is. */
    readonly mayBeNumeral = false,
  ) {
    this.tree = parseExpressionAt(source, 0, { ecmaVersion: 2022 });
  }

  /** Its value; a number of literals alone is a number. Throws ArithmeticFault where the decision has the status ARITHMETIC. */
  run(names: Names): Value {
    const value = evaluate(this.tree, names, this.statics);
    return this.mayBeNumeral ? value : plain(value);
  }
}

const plain = (value: Value): Value => (value instanceof Numeral ? value.number : value);

/** A value in the type of what it may stand for. */
export function coerce(value: Value, type: Static): Value {
  if (value instanceof Numeral) return type === 'decimal' ? value.exact : type === 'numeral' ? value : value.number;
  if (typeof value !== 'string') return value;
  return type === 'timestamp' ? instantOf(value) : type === 'date' ? dayOf(value) : value;
}

function evaluate(node: Node, names: Names, statics: Statics): Value {
  const expression = node as Expression;
  const run = (inner: Node): Value => evaluate(inner, names, statics);
  switch (expression.type) {
    case 'Literal': {
      const { value } = expression;
      return typeof value === 'number' ? numeralOf(expression.raw!) : (value as string | boolean | null);
    }
    case 'TemplateLiteral':
      return expression.quasis
        .map(({ value }, index) => {
          const hole = expression.expressions[index];
          return value.cooked! + (hole === undefined ? '' : text(run(hole)));
        })
        .join('');
    case 'Identifier': {
      const value = names.get(expression.name);
      if (value === undefined) throw new Meaningless(`nothing is called ${expression.name}`);
      return value;
    }
    case 'ParenthesizedExpression':
      return run(expression.expression);
    case 'ChainExpression':
      return chain(expression.expression, run, (inner) => call(inner, names, statics)) ?? null;
    case 'MemberExpression':
    case 'CallExpression':
      return chain(expression, run, (inner) => call(inner, names, statics)) as Value;
    case 'ConditionalExpression':
      return coerce(run(truth(run(expression.test)) ? expression.consequent : expression.alternate), staticOf(expression, statics));
    case 'LogicalExpression': {
      const left = run(expression.left);
      if (expression.operator === '??') return coerce(left ?? run(expression.right), staticOf(expression, statics));
      return expression.operator === '&&'
        ? truth(left) && truth(run(expression.right))
        : truth(left) || truth(run(expression.right));
    }
    case 'UnaryExpression':
      return expression.operator === '!' ? !truth(run(expression.argument)) : negated(run(expression.argument));
    case 'BinaryExpression':
      return binary(expression.operator, run(expression.left), run(expression.right));
    case 'ArrayExpression': {
      const type = staticOf(expression, statics);
      const element = typeof type === 'object' && 'element' in type ? type.element : 'numeral';
      return new Elements(function* () {
        for (const each of expression.elements) yield coerce(run(each!), element);
      });
    }
    default:
      throw new Meaningless(`${expression.type} is not in the language`);
  }
}

const truth = (value: Value): boolean => {
  if (typeof value !== 'boolean') throw new Meaningless('not a boolean');
  return value;
};

const text = (value: Value): string => {
  if (typeof value !== 'string') throw new Meaningless('not a text');
  return value;
};

/** A chain of members and calls; undefined where a `?.` in it ended it. */
function chain(node: Node, run: (inner: Node) => Value, invoke: (inner: Invocation) => Value): Value | undefined {
  const expression = node as Expression;
  if (expression.type === 'MemberExpression') {
    const object = chain(expression.object, run, invoke);
    if (object === undefined || (expression.optional && object === null)) return undefined;
    const name = (expression.property as { name: string }).name;
    if (object instanceof Elements && name === 'length') return [...object.each()].length;
    if (typeof object === 'string') {
      if (name === 'length') return object.length;
    } else if (object !== null && typeof object === 'object' && Object.hasOwn(object, name)) {
      return (object as Record<string, Value>)[name]!;
    }
    throw new Meaningless(`no .${name} of ${String(object)}`);
  }
  if (expression.type !== 'CallExpression') return run(expression);
  const { callee } = expression;
  const args = expression.arguments as Expression[];
  if (callee.type === 'Identifier') return invoke({ name: callee.name, args, node: expression });
  if (callee.type !== 'MemberExpression') throw new Meaningless('call of a value');
  const name = (callee.property as { name: string }).name;
  if (callee.object.type === 'Identifier' && callee.object.name === 'Math')
    return invoke({ name: `Math.${name}`, args, node: expression });
  const receiver = chain(callee.object, run, invoke);
  if (receiver === undefined || (callee.optional && receiver === null)) return undefined;
  return invoke({ name, args, node: expression, receiver, receiverNode: callee.object });
}

interface Invocation {
  name: string;
  args: Expression[];
  node: Expression;
  receiver?: Value;
  receiverNode?: Node;
}

function call({ name, args, node, receiver, receiverNode }: Invocation, names: Names, statics: Statics): Value {
  const values = (): Value[] => args.map((arg) => evaluate(arg, names, statics));
  if (receiver === undefined) return callFunction(name, values());
  if (!(receiver instanceof Elements)) return callMethod(coerce(receiver, staticOf(receiverNode!, statics)), name, values());
  const listType = staticOf(receiverNode!, statics);
  const element = typeof listType === 'object' && 'element' in listType ? listType.element : 'text';
  const [first, second] = args;
  if (first?.type !== 'ArrowFunctionExpression') return includes(receiver, values()[0]!);
  const parameters = parametersOf(first);
  if (name === 'reduce') {
    const [accumulator, each] = parameters as [string, string];
    const result = staticOf(node, statics);
    const inner = statics.inside(first, [result, element]);
    let held = coerce(evaluate(second!, names, statics), result);
    for (const value of receiver.each()) {
      held = coerce(evaluate(first.body, new Map(names).set(accumulator, held).set(each, value), inner), result);
    }
    return held;
  }
  const inner = statics.inside(first, [element]);
  const type = staticOf(first.body, inner);
  const apply = (value: Value): Value =>
    coerce(evaluate(first.body, new Map(names).set(parameters[0]!, value), inner), type === 'numeral' ? 'number' : type);
  switch (name) {
    case 'some':
    case 'every':
      for (const value of receiver.each()) if (truth(apply(value)) === (name === 'some')) return name === 'some';
      return name === 'every';
    case 'filter':
      return new Elements(function* () {
        for (const value of receiver.each()) if (truth(apply(value))) yield value;
      });
    case 'map':
      return new Elements(function* () {
        for (const value of receiver.each()) yield apply(value);
      });
    default:
      throw new Meaningless(`no method ${name} of lists takes a function`);
  }
}

function negated(value: Value): Value {
  if (typeof value === 'number') return -value;
  if (value instanceof Decimal) return new Decimal(-value.value, value.scale);
  if (value instanceof Numeral) return new Numeral(-value.number, new Decimal(-value.exact.value, value.exact.scale));
  throw new Meaningless('- of something else than a number');
}

function binary(operator: string, a: Value, b: Value): Value {
  const [x, y] = alike(a, b);
  if (RELATIONS.has(operator)) return compare(operator, x, y);
  if (x instanceof Decimal && y instanceof Decimal) return decimal(operator, x, y);
  if (x instanceof Numeral && y instanceof Numeral) {
    const number = arithmetic(operator, x.number, y.number);
    return operator === '/' || operator === '%' ? number : new Numeral(number, decimal(operator, x.exact, y.exact));
  }
  if (typeof x === 'number' && typeof y === 'number') return arithmetic(operator, x, y);
  if (operator === '+' && typeof x === 'string' && typeof y === 'string') return x + y;
  throw new Meaningless(`${operator} of ${String(a)} and ${String(b)}`);
}

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    default:
      throw new Meaningless(`${operator} of numbers`);
  }
}

function decimal(operator: string, a: Decimal, b: Decimal): Decimal {
  if (operator === '*') return new Decimal(a.value * b.value, a.scale + b.scale);
  const [x, y, scale] = aligned(a, b);
  switch (operator) {
    case '+':
      return new Decimal(x + y, scale);
    case '-':
      return new Decimal(x - y, scale);
    case '%':
      if (y === 0n) throw new ArithmeticFault('remainder of a division by zero');
      return new Decimal(x % y, scale);
    default:
      throw new Meaningless(`${operator} of decimals`);
  }
}
