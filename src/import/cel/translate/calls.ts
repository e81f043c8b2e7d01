// Functions and methods that have a counterpart for fields. Those that have none are refused by name; of constants they are
// evaluated before.

import {
  anyOf,
  atom,
  binaryCode,
  type Code,
  callCode,
  choiceCode,
  memberCode,
  NO,
  Rank,
  textCode,
  within,
} from '../../expression-code.js';
import { isKnownFunction } from '../evaluate/functions.js';
import { zoneName } from '../evaluate/times.js';
import { PatternRefusal, patternOf } from '../pattern.js';
import type { CelNode } from '../syntax/ast.js';
import { larger, smaller } from '../value/bounds.js';
import { typeName } from '../value/value.js';
import { inRange } from './arithmetic.js';
import { formOf } from './comparisons.js';
import { CelRefusal, mismatch, missing } from './refusal.js';
import { decided, doubleCode, failsOf, guarded, integerCode, type Term, term } from './term.js';
import type { Place, Translator } from './translator.js';
import { BOOL, DOUBLE, type IntegerType, isInteger, isSafe, nameOf, rangeOf } from './types.js';

type Call = CelNode & { kind: 'call' };
type Method = CelNode & { kind: 'method' };
type Integer = Term & { type: IntegerType };

/** A function, of arguments that are not null. */
export function callTerm(translator: Translator, node: Call, place: Place): Term {
  if (!isKnownFunction(node.name, false)) throw unknown(node, node.name, 'function');
  const args = node.args.map((arg) => translator.value(arg, place));
  const [first, ...rest] = args;
  if (first === undefined) throw missing(node, `\`${node.name}\``);
  if (node.name === 'matches' && rest.length === 1) return matchesTerm(first, rest[0]!, node);
  if (node.name === 'math.greatest' || node.name === 'math.least') return extreme(node, args);
  if (rest.length > 0) throw missing(node, `\`${node.name}\``);
  switch (node.name) {
    case 'size':
      return sizeTerm(first, node);
    case 'dyn':
      return first;
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bool':
    case 'timestamp':
      return conversion(node.name, first, node);
    default:
      return node.name.startsWith('math.') ? ofNumber(node, first) : refuse(node, first);
  }
}

/** A method, of values that are not null. */
export function methodTerm(translator: Translator, node: Method, place: Place): Term {
  if (!isKnownFunction(node.name, true)) throw unknown(node, node.name, 'method');
  const target = translator.value(node.target, place);
  const args = node.args.map((arg) => translator.value(arg, place));
  if (node.name === 'size' && args.length === 0) return sizeTerm(target, node);
  if (node.name.startsWith('get')) return partOfTime(node, target, args);
  const [first] = args;
  if (args.length === 1 && first !== undefined) {
    if (node.name === 'matches') return matchesTerm(target, first, node);
    const name = { startsWith: 'startsWith', endsWith: 'endsWith', contains: 'includes' }[node.name];
    if (name !== undefined) return searchTerm(node, name, target, first);
  }
  return refuse(node, target);
}

function unknown(node: Call | Method, name: string, what: string): CelRefusal {
  return new CelRefusal(node.nameSpan, `there is no ${what} \`${name}\``, undefined, true);
}

function refuse(node: Call | Method, target: Term): never {
  throw missing(node.nameSpan, `the function \`${node.name}\` of ${target.constant?.kind ?? nameOf(target.type)}`);
}

function searchTerm(node: Method, name: string, target: Term, searched: Term): Term {
  if (target.type.kind === 'enum' && searched.constant?.kind === 'string') {
    const { value } = searched.constant;
    const test =
      { startsWith: String.prototype.startsWith, endsWith: String.prototype.endsWith }[name] ?? String.prototype.includes;
    return amongMembers(target, (member) => test.call(member, value));
  }
  if (target.type.kind !== 'string' || searched.type.kind !== 'string') throw typeRefusal(node, target, searched);
  return term(BOOL, memberCode(target.code, name, [searched.code]), target, searched);
}

/** A text of an enum that is one of those that a test holds for. */
function amongMembers(target: Term, test: (member: string) => boolean): Term {
  const members = (target.type as { members: readonly string[] }).members.filter(test).map((member) => JSON.stringify(member));
  if (members.length === 0) return decided(NO, target);
  return term(BOOL, memberCode(atom(`[${members.join(', ')}]`), 'includes', [target.code]), target);
}

function typeRefusal(node: Call | Method, ...parts: readonly Term[]): CelRefusal {
  const kinds = parts.map(({ type, constant }) => constant?.kind ?? nameOf(type)).join(' and ');
  if (parts.some(({ type }) => type.kind === 'enum')) return missing(node.nameSpan, `\`${node.name}\` of a text of an enum`);
  return mismatch(node.nameSpan, `\`${node.name}\` does not take ${kinds}`);
}

function matchesTerm(text: Term, pattern: Term, node: Call | Method): Term {
  if (text.type.kind !== 'string' || pattern.type.kind !== 'string') throw typeRefusal(node, text, pattern);
  if (pattern.constant?.kind !== 'string') throw missing(node, 'a pattern that is no constant');
  try {
    return term(BOOL, callCode('matches', text.code, textCode(patternOf(pattern.constant.value))), text);
  } catch (error) {
    if (error instanceof PatternRefusal) throw new CelRefusal(node.args.at(-1)!, error.message);
    throw error;
  }
}

/** Code points: code units without the second halves of pairs. */
function sizeTerm(part: Term, node: Call | Method): Term {
  const { type } = part;
  if (type.kind === 'list') {
    const size: IntegerType = { kind: 'int', low: 0n, high: BigInt(type.countMax), form: 'number' };
    return { type: size, code: memberCode(part.code, 'length'), fails: part.fails };
  }
  if (type.kind !== 'string')
    throw type.kind === 'enum' ? typeRefusal(node, part) : mismatch(node, `${part.constant?.kind ?? nameOf(type)} has no size`);
  const size: IntegerType = { kind: 'int', low: 0n, high: 65_536n * 4n, form: 'number' };
  const length = memberCode(part.code, 'length');
  const pieces = memberCode(part.code, 'split', ['""']);
  const plain = memberCode(memberCode(pieces, 'filter', ['unit => unit <= "\\ud7ff" || unit >= "\\ue000"']), 'length');
  return { type: size, code: binaryCode('/', binaryCode('+', length, plain), atom('2')), fails: part.fails };
}

function conversion(to: 'int' | 'uint' | 'double' | 'string' | 'bool' | 'timestamp', part: Term, node: Call): Term {
  const { type } = part;
  if (isInteger(type)) {
    if (to === type.kind) return part;
    if (to === 'double') return { type: DOUBLE, code: integerCode(part as Integer, 'number'), fails: part.fails, isNumber: true };
    if (to === 'int' || to === 'uint') return inOtherRange(part as Integer, to, node);
  }
  if (type.kind === 'double' || type.kind === 'decimal') {
    if (to === 'double') return { ...part, type: DOUBLE, code: doubleCode(part) };
    if (to === 'int') return doubleToInt(part);
  }
  if (to === type.kind || (to === 'string' && type.kind === 'enum')) return part;
  throw missing(
    node.nameSpan,
    `the conversion \`${to}\` of ${part.constant === undefined ? nameOf(type) : typeName(part.constant)}`,
  );
}

function inOtherRange(part: Integer, kind: 'int' | 'uint', node: Call): Term {
  const made = inRange({ ...part, type: { ...part.type, kind } }, node);
  // What inRange has to hold to bounds comes as a decimal; here it may be a number.
  if (made.type === part.type || made.code === part.code) return made;
  const range = rangeOf(kind);
  const low = larger(part.type.low, range.low);
  const high = smaller(part.type.high, range.high);
  const type: IntegerType = { kind, low, high, form: isSafe(part.type.low, part.type.high) ? part.type.form : 'decimal' };
  const holds =
    part.type.low < range.low ? binaryCode('>=', part.code, atom('0')) : binaryCode('<=', part.code, atom(String(range.high)));
  return { type, code: guarded(type, integerCode(part, type.form), holds), fails: made.fails };
}

/** Towards zero; the least int itself is beyond the range of what is converted. */
function doubleToInt(part: Term): Term {
  const x = doubleCode(part);
  const above = binaryCode('>', x, { text: '-9223372036854775808', rank: Rank.UNARY });
  const below = binaryCode('<', x, atom('9223372036854775808'));
  const type: IntegerType = { kind: 'int', ...rangeOf('int'), form: 'decimal' };
  const code = callCode('toDecimal', choiceCode(above, x, { text: '0 / 0', rank: Rank.PRODUCT }), '0', '"down"');
  const outside: Code = { text: `!(${above.text} && ${below.text})`, rank: Rank.UNARY };
  return { type, code, fails: anyOf([part.fails, outside]) };
}

function extreme(node: Call, args: readonly Term[]): Term {
  const name = node.name === 'math.greatest' ? 'Math.max' : 'Math.min';
  const [first, ...rest] = args;
  return rest.reduce((best, part) => {
    if (isInteger(best.type) && isInteger(part.type) && best.type.kind === part.type.kind) {
      const form = formOf(best, part);
      const pick = (a: bigint, b: bigint): bigint => ((name === 'Math.max') === a > b ? a : b);
      const type = {
        kind: best.type.kind,
        low: pick(best.type.low, part.type.low),
        high: pick(best.type.high, part.type.high),
        form,
      };
      return {
        type,
        code: callCode(name, integerCode(best as Integer, form), integerCode(part as Integer, form)),
        fails: failsOf([best, part]),
      };
    }
    if (best.isNumber !== true || part.isNumber !== true || isInteger(best.type) || isInteger(part.type))
      throw missing(node, `\`${node.name}\` of ${nameOf(best.type)} and ${nameOf(part.type)} that may be no numbers`);
    return { ...term(DOUBLE, callCode(name, doubleCode(best), doubleCode(part)), best, part), isNumber: true };
  }, first!);
}

const ROUNDINGS: Readonly<Record<string, string>> = {
  'math.ceil': 'Math.ceil',
  'math.floor': 'Math.floor',
  'math.trunc': 'Math.trunc',
};

function ofNumber(node: Call, part: Term): Term {
  const { name } = node;
  if (isInteger(part.type)) {
    if (name === 'math.abs') return absolute(part as Integer, node);
    if (name === 'math.sqrt') return term(DOUBLE, callCode('Math.sqrt', integerCode(part as Integer, 'number')), part);
    return refuse(node, part);
  }
  if (part.type.kind !== 'double' && part.type.kind !== 'decimal') throw typeRefusal(node, part);
  const x = doubleCode(part);
  const rounding = ROUNDINGS[name];
  if (rounding !== undefined) return term(DOUBLE, callCode(rounding, x), part);
  switch (name) {
    case 'math.abs':
    case 'math.sqrt':
    case 'math.sign':
      return term(DOUBLE, callCode(`Math.${name.slice(5)}`, x), part);
    case 'math.round': {
      // Half away from zero; JavaScript's goes up.
      const mirrored: Code = { text: `-Math.round(-${within(x, Rank.ATOM)})`, rank: Rank.UNARY };
      return term(DOUBLE, choiceCode(binaryCode('<', x, atom('0')), mirrored, callCode('Math.round', x)), part);
    }
    case 'math.isNaN':
      return part.isNumber === true ? decided(NO, part) : term(BOOL, binaryCode('!==', x, x), part);
    case 'math.isInf':
      return term(BOOL, binaryCode('===', callCode('Math.abs', x), { text: '1 / 0', rank: Rank.PRODUCT }), part);
    case 'math.isFinite':
      return term(BOOL, binaryCode('===', binaryCode('-', x, x), atom('0')), part);
    default:
      return refuse(node, part);
  }
}

function absolute(part: Integer, node: Call): Term {
  const { low, high, kind } = part.type;
  if (low >= 0n) return part;
  const size = larger(-low, high);
  const type: IntegerType = { kind, low: 0n, high: size, form: part.type.form };
  return inRange({ type, code: callCode('Math.abs', part.code), fails: part.fails }, node);
}

/** What CEL's part of a time is of Verdict's, and what has to be done with it. */
const PARTS: Readonly<Record<string, { name: string; high: bigint; change?: readonly ['-' | '%', string] }>> = {
  getFullYear: { name: 'year', high: 9999n },
  getMonth: { name: 'month', high: 11n, change: ['-', '1'] },
  getDate: { name: 'day', high: 31n },
  getDayOfMonth: { name: 'day', high: 30n, change: ['-', '1'] },
  getDayOfWeek: { name: 'dayOfWeek', high: 6n, change: ['%', '7'] },
  getDayOfYear: { name: 'dayOfYear', high: 365n, change: ['-', '1'] },
  getHours: { name: 'hour', high: 23n },
  getMinutes: { name: 'minute', high: 59n },
  getSeconds: { name: 'second', high: 59n },
};

function partOfTime(node: Method, target: Term, [zone]: readonly Term[]): Term {
  if (target.type.kind !== 'timestamp') throw typeRefusal(node, target);
  const part = PARTS[node.name];
  if (part === undefined || target.constant !== undefined) return refuse(node, target);
  if (zone !== undefined && zone.constant?.kind !== 'string') throw missing(node, 'a time zone that is no constant');
  const written = zone?.constant?.kind === 'string' ? zone.constant.value : 'UTC';
  const name = zoneName(written);
  if (name === undefined)
    throw missing(node.args[0] ?? node, `the time zone \`${written}\``, 'write the name of one, as in "Europe/Paris"');
  const read = memberCode(target.code, part.name, [JSON.stringify(name)]);
  const code = part.change === undefined ? read : binaryCode(part.change[0], read, atom(part.change[1]));
  return { type: { kind: 'int', low: 0n, high: part.high, form: 'number' }, code, fails: target.fails };
}
