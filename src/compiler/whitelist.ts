// What an expression may hold. Everything acorn can produce is either allowed here or has a refusal with a code of its own;
// the meaning of each code stands in src/diagnostic/codes.ts, what to write instead stands here.

import type { ProfileName } from '../bundle/bundle.js';
import { DIAGNOSTIC_CODES, type DiagnosticCode } from '../diagnostic/codes.js';
import {
  type BinaryExpression,
  childrenOf,
  type EsNode,
  type Literal,
  type MemberExpression,
  type UnaryExpression,
} from './estree.js';
import { EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX } from './limits.js';
import type { FaultSink, Replacement } from './source.js';

export interface Refusal {
  code: DiagnosticCode;
  /** What to write instead. */
  advice: string;
  /** The profile that has the construct. */
  allowedBy?: 'standard';
}

const NO_FUNCTIONS = 'a condition is one expression; functions cannot be defined';
const NO_CLASSES = 'a condition is one expression; classes cannot be defined';
const NO_OBJECTS = 'name the fields of the model directly';
const NO_STATEMENTS = 'write the condition alone, without statements around it';
const NO_LOOPS = 'there are no loops; write one condition';
const NO_MODULES = 'everything a condition can read is a field of the model';
const BRANCHES = 'write one condition; several outcomes are several rules';
const COMPARE_TEXTS = 'compare texts with `===`, `!==`, `<` and `>`';
const NO_BITS = 'keep flags as boolean fields and join them with `&&` and `||`';

/** Refused node types. A type that stands in neither this table nor ALLOWED_TYPES is refused as V3199. */
export const REFUSED_TYPES: Readonly<Record<string, Refusal>> = {
  ThisExpression: { code: 'V3101', advice: 'name the fields of the model directly, without `this.`' },
  ArrayExpression: { code: 'V3102', advice: 'write `x === "a" || x === "b"` for membership', allowedBy: 'standard' },
  ObjectExpression: { code: 'V3103', advice: NO_OBJECTS },
  Property: { code: 'V3104', advice: NO_OBJECTS },
  FunctionExpression: { code: 'V3105', advice: NO_FUNCTIONS },
  ArrowFunctionExpression: { code: 'V3106', advice: 'write a condition on single fields', allowedBy: 'standard' },
  ClassExpression: { code: 'V3107', advice: NO_CLASSES },
  ClassBody: { code: 'V3108', advice: NO_CLASSES },
  MethodDefinition: { code: 'V3109', advice: NO_CLASSES },
  PropertyDefinition: { code: 'V3110', advice: NO_CLASSES },
  StaticBlock: { code: 'V3111', advice: NO_CLASSES },
  PrivateIdentifier: { code: 'V3112', advice: 'names of fields have no `#`' },
  UpdateExpression: { code: 'V3113', advice: 'a condition changes nothing; write `x + 1`' },
  AssignmentExpression: { code: 'V3114', advice: 'a condition changes nothing; write `===` to compare' },
  ConditionalExpression: { code: 'V3116', advice: 'write `a && b || !a && c`', allowedBy: 'standard' },
  CallExpression: { code: 'V3117', advice: 'write the test with operators', allowedBy: 'standard' },
  NewExpression: { code: 'V3118', advice: 'write dates as texts beside a date field: `birthday < "2000-01-01"`' },
  SequenceExpression: { code: 'V3119', advice: 'join conditions with `&&` or `||`' },
  SpreadElement: { code: 'V3120', advice: 'name each value' },
  TemplateLiteral: { code: 'V3121', advice: 'join texts with `+`', allowedBy: 'standard' },
  TemplateElement: { code: 'V3122', advice: 'write it as "text"', allowedBy: 'standard' },
  TaggedTemplateExpression: { code: 'V3123', advice: 'write it as "text"' },
  Super: { code: 'V3124', advice: 'name the fields of the model directly' },
  MetaProperty: { code: 'V3125', advice: NO_MODULES },
  ImportExpression: { code: 'V3126', advice: NO_MODULES },
  AwaitExpression: { code: 'V3127', advice: 'a condition never waits: bring what it needs in the payload' },
  YieldExpression: { code: 'V3128', advice: NO_FUNCTIONS },
  ChainExpression: { code: 'V3129', advice: 'write `a !== null && a.b === ...`', allowedBy: 'standard' },
  ObjectPattern: { code: 'V3130', advice: NO_OBJECTS },
  ArrayPattern: { code: 'V3131', advice: NO_OBJECTS },
  AssignmentPattern: { code: 'V3132', advice: 'give the field a `default` in the model' },
  RestElement: { code: 'V3133', advice: 'name each value' },
  ExpressionStatement: { code: 'V3161', advice: NO_STATEMENTS },
  BlockStatement: { code: 'V3162', advice: NO_STATEMENTS },
  EmptyStatement: { code: 'V3163', advice: NO_STATEMENTS },
  DebuggerStatement: { code: 'V3164', advice: NO_STATEMENTS },
  WithStatement: { code: 'V3165', advice: NO_STATEMENTS },
  ReturnStatement: { code: 'V3166', advice: 'write the condition without `return`' },
  LabeledStatement: { code: 'V3167', advice: NO_LOOPS },
  BreakStatement: { code: 'V3168', advice: NO_LOOPS },
  ContinueStatement: { code: 'V3169', advice: NO_LOOPS },
  IfStatement: { code: 'V3170', advice: BRANCHES },
  SwitchStatement: { code: 'V3171', advice: BRANCHES },
  SwitchCase: { code: 'V3172', advice: BRANCHES },
  ThrowStatement: { code: 'V3173', advice: NO_STATEMENTS },
  TryStatement: { code: 'V3174', advice: NO_STATEMENTS },
  CatchClause: { code: 'V3175', advice: NO_STATEMENTS },
  WhileStatement: { code: 'V3176', advice: NO_LOOPS },
  DoWhileStatement: { code: 'V3177', advice: NO_LOOPS },
  ForStatement: { code: 'V3178', advice: NO_LOOPS },
  ForInStatement: { code: 'V3179', advice: NO_LOOPS },
  ForOfStatement: { code: 'V3180', advice: NO_LOOPS },
  FunctionDeclaration: { code: 'V3181', advice: NO_FUNCTIONS },
  VariableDeclaration: { code: 'V3182', advice: NO_STATEMENTS },
  VariableDeclarator: { code: 'V3183', advice: NO_STATEMENTS },
  ClassDeclaration: { code: 'V3184', advice: NO_CLASSES },
  ImportDeclaration: { code: 'V3185', advice: NO_MODULES },
  ImportSpecifier: { code: 'V3186', advice: NO_MODULES },
  ImportDefaultSpecifier: { code: 'V3187', advice: NO_MODULES },
  ImportNamespaceSpecifier: { code: 'V3188', advice: NO_MODULES },
  ImportAttribute: { code: 'V3189', advice: NO_MODULES },
  ExportNamedDeclaration: { code: 'V3190', advice: NO_MODULES },
  ExportSpecifier: { code: 'V3191', advice: NO_MODULES },
  ExportDefaultDeclaration: { code: 'V3192', advice: NO_MODULES },
  ExportAllDeclaration: { code: 'V3193', advice: NO_MODULES },
};

const UNKNOWN: Refusal = { code: 'V3199', advice: 'docs/LANGUAGE.md lists what an expression may hold' };
const COMPUTED_MEMBER: Refusal = { code: 'V3115', advice: 'write the name of the field after a point: `card.country`' };
const REGEXP: Refusal = { code: 'V3140', advice: COMPARE_TEXTS };
const BIGINT: Refusal = { code: 'V3141', advice: 'write the number without `n`; beside a decimal field it is exact' };

/** Refused operators of BinaryExpression and LogicalExpression. */
export const REFUSED_OPERATORS: Readonly<Record<string, Refusal>> = {
  '==': { code: 'V3143', advice: 'write `===`' },
  '!=': { code: 'V3144', advice: 'write `!==`' },
  '**': { code: 'V3145', advice: 'write `x * x`' },
  in: { code: 'V3146', advice: 'write `field !== null` to ask whether a field is there' },
  instanceof: { code: 'V3147', advice: 'types are known from the model' },
  '&': { code: 'V3148', advice: 'write `&&` for and' },
  '|': { code: 'V3149', advice: 'write `||` for or' },
  '^': { code: 'V3150', advice: 'write `a !== b` on booleans' },
  '<<': { code: 'V3151', advice: NO_BITS },
  '>>': { code: 'V3152', advice: NO_BITS },
  '>>>': { code: 'V3153', advice: NO_BITS },
  '??': { code: 'V3154', advice: 'write `x !== null && x > 1`, or give the field a `default` in the model', allowedBy: 'standard' },
};

/** Refused operators of UnaryExpression. */
export const REFUSED_UNARY: Readonly<Record<string, Refusal>> = {
  '+': { code: 'V3155', advice: 'leave it out; texts are not turned into numbers' },
  '~': { code: 'V3156', advice: NO_BITS },
  typeof: { code: 'V3157', advice: 'types are known from the model; write `field !== null` to ask whether a field is there' },
  void: { code: 'V3158', advice: 'write `null`' },
  delete: { code: 'V3159', advice: 'a condition changes nothing' },
};

const ALLOWED_TYPES = new Set([
  'Identifier',
  'Literal',
  'UnaryExpression',
  'BinaryExpression',
  'LogicalExpression',
  'MemberExpression',
  'ParenthesizedExpression',
]);

const ALLOWED_OPERATORS = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '===', '!==', '&&', '||']);
const ALLOWED_UNARY = new Set(['-', '!']);

/** The refusal of a node by itself (not of what lies below it), or undefined where the profile allows it. */
export function refusalOf(node: EsNode, profile: ProfileName): Refusal | undefined {
  const refusal = strictRefusalOf(node);
  return profile === 'standard' && refusal?.allowedBy === 'standard' ? undefined : refusal;
}

function strictRefusalOf(node: EsNode): Refusal | undefined {
  if (!ALLOWED_TYPES.has(node.type)) return Object.hasOwn(REFUSED_TYPES, node.type) ? REFUSED_TYPES[node.type] : UNKNOWN;
  switch (node.type) {
    case 'UnaryExpression': {
      const { operator } = node as UnaryExpression;
      return ALLOWED_UNARY.has(operator) ? undefined : (REFUSED_UNARY[operator] ?? UNKNOWN);
    }
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const { operator } = node as BinaryExpression;
      return ALLOWED_OPERATORS.has(operator) ? undefined : (REFUSED_OPERATORS[operator] ?? UNKNOWN);
    }
    case 'MemberExpression':
      return (node as MemberExpression).computed ? COMPUTED_MEMBER : undefined;
    case 'Literal':
      if ((node as Literal).regex !== undefined) return REGEXP;
      return (node as Literal).bigint === undefined ? undefined : BIGINT;
    default:
      return undefined;
  }
}

/**
 * Checks a syntax tree against the whitelist and the limits of size. Every refused node is reported, also those below refused
 * ones.
 * @returns false where the tree is too large or deep to go on with; refused nodes do not stop the checker
 */
export function checkWhitelist(roots: readonly EsNode[], profile: ProfileName, faults: FaultSink): boolean {
  const first = roots[0]!;
  const whole = { start: first.start, end: roots[roots.length - 1]!.end };
  const stack = roots.map((node) => ({ node, depth: 1 })).reverse();
  const seen = new Set<EsNode>();
  let nodes = 0;
  while (stack.length > 0) {
    const { node, depth } = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    nodes++;
    if (nodes > EXPRESSION_NODES_MAX) {
      const advice = 'split the condition over several rules';
      faults.error('V5003', whole, `the expression has more than ${EXPRESSION_NODES_MAX} parts`, advice);
      return false;
    }
    if (depth > EXPRESSION_DEPTH_MAX) {
      const advice = 'split the condition over several rules';
      faults.error('V5002', node, `the expression is nested more than ${EXPRESSION_DEPTH_MAX} levels deep`, advice);
      return false;
    }
    const refusal = refusalOf(node, profile);
    if (refusal !== undefined) report(node, refusal, profile, faults);
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i]!;
      stack.push({ node: child, depth: continuesChain(node, child) ? depth : depth + 1 });
    }
  }
  return true;
}

/** `a && b && c`: the left operand of a logical operator that has the same operator is on the same level. */
function continuesChain(parent: EsNode, child: EsNode): boolean {
  if (parent.type !== 'LogicalExpression' || child.type !== 'LogicalExpression') return false;
  const { operator, left } = parent as BinaryExpression;
  return left === child && operator === (child as BinaryExpression).operator;
}

/** What the profile that is not narrow has instead, where it differs. */
const STANDARD_ADVICE: Partial<Record<DiagnosticCode, string>> = {
  V3105: 'write an arrow function: `items.some(item => item.price > 100)`',
  V3115: 'write the name of the field after a point: `card.country`; elements of a list are reached with `some`, `every`, `reduce`',
  V3120: 'name each value: `Math.max(a, b)`',
  V3123: 'write the template without a function before it',
  V3132: 'give every parameter in the call',
  V3130: 'name the element: `items.some(item => item.price > 100)`',
  V3131: 'name the element: `tags.some(tag => tag === "x")`',
  V3133: 'name each parameter',
  V3140: 'write `matches(text, "pattern")`',
  V3145: 'write `x * x` or `Math.pow(x, y)`',
  V3162: 'write the body of an arrow function as one expression: `item => item.price > 100`',
  V3166: 'write the body of an arrow function as one expression, without `return`',
  V3170: 'write `a ? b : c`',
  V3171: 'write `a ? b : c`',
};

function report(node: EsNode, refusal: Refusal, profile: ProfileName, faults: FaultSink): void {
  faults.error(
    refusal.code,
    placeOf(node),
    DIAGNOSTIC_CODES[refusal.code],
    adviceOf(refusal, profile),
    fixOf(node, refusal, faults),
  );
}

/** On values of one type, and with null, `==` is `===`. */
function fixOf(node: EsNode, { code }: Refusal, faults: FaultSink): Replacement | undefined {
  if (code !== 'V3143' && code !== 'V3144') return undefined;
  const { operator, left, right } = node as BinaryExpression;
  const place = faults.only(operator, left.end, right.start);
  return place && { ...place, text: `${operator}=` };
}

function adviceOf(refusal: Refusal, profile: ProfileName): string {
  return (profile === 'standard' ? STANDARD_ADVICE[refusal.code] : undefined) ?? refusal.advice;
}

/** The operator is what is wrong, not its operands: point at it. */
function placeOf(node: EsNode): { start: number; end: number } {
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    const { left, right } = node as BinaryExpression;
    return { start: left.end, end: right.start };
  }
  if (node.type === 'UnaryExpression') return { start: node.start, end: node.start + (node as UnaryExpression).operator.length };
  return node;
}
