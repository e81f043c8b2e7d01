// The syntax of regular expressions: JavaScript's with the flag `u`, parsed by regexpp, which nothing else imports. What cannot be
// matched in linear time, or would mean something else than it seems to, is refused by name.

import { type AST, RegExpParser, RegExpSyntaxError } from '@eslint-community/regexpp';
import { PatternOp } from '../../../assembly/shared/pattern.js';
import { complementOf, type PointSet, pointsBetween, unionOf } from '../unicode/code-points.js';
import { categoryPoints, scriptPoints, simplePoints } from '../unicode/properties.js';
import { PatternFault } from './fault.js';
import { PATTERN_CHARS_MAX, PATTERN_DEPTH_MAX } from './limits.js';
import type { PatternNode } from './node.js';

const DIGITS: PointSet = pointsBetween(0x30, 0x39);
/** ASCII letters, digits and `_`: what `\w` and `\b` go by. */
export const WORD_POINTS: PointSet = unionOf([
  DIGITS,
  pointsBetween(0x41, 0x5a),
  pointsBetween(0x5f, 0x5f),
  pointsBetween(0x61, 0x7a),
]);
const LINE_ENDS: PointSet = unionOf([pointsBetween(10, 10), pointsBetween(13, 13), pointsBetween(0x2028, 0x2029)]);
/** JavaScript's white space and line terminators. */
const SPACES: PointSet = unionOf([
  LINE_ENDS,
  ...[9, 11, 12, 32, 0xa0, 0x1680, 0x202f, 0x205f, 0x3000, 0xfeff].map((point) => pointsBetween(point, point)),
  pointsBetween(0x2000, 0x200a),
]);

const LINEAR = 'matching would not take time linear in the text';

/** Parses a pattern. @throws PatternFault */
export function parsePattern(source: string): PatternNode {
  if (source.length > PATTERN_CHARS_MAX) {
    const span = { start: PATTERN_CHARS_MAX, end: source.length };
    throw new PatternFault(span, `the pattern has ${source.length} characters; ${PATTERN_CHARS_MAX} are allowed`);
  }
  checkDepth(source);
  try {
    const parser = new RegExpParser({ ecmaVersion: 2025 });
    return choiceOf(parser.parsePattern(source, 0, source.length, { unicode: true }).alternatives);
  } catch (error) {
    if (!(error instanceof RegExpSyntaxError)) throw error;
    // "Invalid regular expression: /(/u: Unterminated group"
    const reason = error.message.slice(error.message.lastIndexOf('/u: ') + 4);
    const start = Math.min(error.index, Math.max(source.length - 1, 0));
    throw new PatternFault({ start, end: Math.min(start + 1, source.length) }, reason.charAt(0).toLowerCase() + reason.slice(1));
  }
}

/** Refuses groups too deep for the parser's stack, before it sees them. */
function checkDepth(source: string): void {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at += 1;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === ')') depth -= 1;
    else if (character === '(' && ++depth > PATTERN_DEPTH_MAX)
      throw new PatternFault({ start: at, end: at + 1 }, `groups stand more than ${PATTERN_DEPTH_MAX} deep inside one another`);
  }
}

function choiceOf(alternatives: readonly AST.Alternative[]): PatternNode {
  const items = alternatives.map(({ elements }): PatternNode => {
    const parts = elements.map(nodeOf);
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', items: parts };
  });
  return items.length === 1 ? items[0]! : { kind: 'choice', items };
}

function nodeOf(element: AST.Element): PatternNode {
  switch (element.type) {
    case 'Character':
      return { kind: 'set', set: pointsBetween(element.value, element.value) };
    case 'CharacterSet':
    case 'CharacterClass':
      return { kind: 'set', set: pointsOf(element) };
    case 'CapturingGroup':
      return choiceOf(element.alternatives);
    case 'Group':
      if (element.modifiers !== null)
        throw new PatternFault(element.modifiers, 'flags inside a pattern are not supported', FLAGS_ADVICE);
      return choiceOf(element.alternatives);
    case 'Quantifier':
      return { kind: 'repeat', item: nodeOf(element.element), min: element.min, max: element.max, span: element };
    case 'Assertion':
      return assertionOf(element);
    case 'Backreference':
      throw new PatternFault(element, `a backreference is not supported: ${LINEAR}`, 'write out what may stand there');
    default:
      throw new PatternFault(element, `\`${element.raw}\` is not supported`);
  }
}

const FLAGS_ADVICE = 'write both cases out, as in `[Aa]`, or match text.toLowerCase()';

function assertionOf(element: AST.Assertion): PatternNode {
  switch (element.kind) {
    case 'start':
      return { kind: 'assertion', op: PatternOp.AT_START };
    case 'end':
      return { kind: 'assertion', op: PatternOp.AT_END };
    case 'word':
      return { kind: 'assertion', op: element.negate ? PatternOp.NOT_AT_WORD : PatternOp.AT_WORD };
    default: {
      const advice = `join two conditions: matches(...) && ${element.negate ? '!' : ''}matches(...)`;
      throw new PatternFault(element, `a ${element.kind} is not supported: ${LINEAR}`, advice);
    }
  }
}

/** The code points of `.`, an escape, a property or a class. */
function pointsOf(element: AST.CharacterSet | AST.CharacterClass | AST.CharacterClassElement): PointSet {
  if (element.type === 'Character') return pointsBetween(element.value, element.value);
  if (element.type === 'CharacterClassRange') return pointsBetween(element.min.value, element.max.value);
  if (element.type === 'CharacterClass') {
    const set = unionOf(element.elements.map(pointsOf));
    return element.negate ? complementOf(set) : set;
  }
  if (element.type !== 'CharacterSet') throw new PatternFault(element, `\`${element.raw}\` is not supported`);
  switch (element.kind) {
    case 'any':
      return complementOf(LINE_ENDS);
    case 'digit':
      return negated(DIGITS, element.negate);
    case 'space':
      return negated(SPACES, element.negate);
    case 'word':
      return negated(WORD_POINTS, element.negate);
    default:
      return negated(propertyPoints(element), element.negate);
  }
}

function negated(set: PointSet, negate: boolean): PointSet {
  return negate ? complementOf(set) : set;
}

function propertyPoints(element: AST.UnicodePropertyCharacterSet): PointSet {
  const { key, value } = element;
  const set =
    value === null
      ? (categoryPoints(key) ?? simplePoints(key))
      : key === 'General_Category' || key === 'gc'
        ? categoryPoints(value)
        : key === 'Script' || key === 'sc'
          ? scriptPoints(value)
          : undefined;
  if (set !== undefined) return set;
  const advice = 'general categories, as in `\\p{L}`, and scripts, as in `\\p{Script=Greek}`, are supported';
  throw new PatternFault(element, `the property \`${value === null ? key : `${key}=${value}`}\` is not supported`, advice);
}
