// Compiles a regular expression for the engine: a DFA where that is small enough, else its NFA. Both take time linear in the text.
// How much that is worth stands in assembly/functions/pattern.ts. Making a DFA takes 64 ms at worst, that of a usual pattern 0.3
// ms.

import * as at from '../../../assembly/shared/pattern.js';
import { type Classes, makeClasses } from './classes.js';
import { type Dfa, makeDfa } from './dfa.js';
import { type PatternError, PatternFault } from './fault.js';
import { withInsideOfPairs } from './inside-pair.js';
import { PATTERN_CHARS_MAX, PATTERNS_KEPT_MAX } from './limits.js';
import { makeNfa, type Nfa } from './nfa.js';
import { parsePattern, WORD_POINTS } from './syntax.js';

export type { PatternError };

export type CompiledPattern = { blob: Uint8Array } | { error: PatternError };

/** The last patterns, the least recently used first. */
const kept = new Map<string, CompiledPattern>();

/**
 * Compiles a pattern in JavaScript's syntax with the flag `u`. The same source gives the same blob, which nobody may change.
 *
 * @returns the blob (assembly/shared/pattern.ts), or what is wrong, with offsets into the source in UTF-16 units
 */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > PATTERN_CHARS_MAX) return compile(source, true);
  const result = kept.get(source) ?? compile(source, true);
  kept.delete(source);
  kept.set(source, result);
  if (kept.size > PATTERNS_KEPT_MAX) kept.delete(kept.keys().next().value!);
  return result;
}

/** As compilePattern, but always an NFA: for tests that compare the two. */
export function compileNfa(source: string): CompiledPattern {
  return compile(source, false);
}

function compile(source: string, mayBeDfa: boolean): CompiledPattern {
  try {
    const nfa = makeNfa(withInsideOfPairs(parsePattern(source)), source);
    // Word characters are told apart where a border asks for them; else no class need be of one kind, and none counts as a word's.
    const asksWords = nfa.instructions.some(({ op }) => op === at.PatternOp.AT_WORD || op === at.PatternOp.NOT_AT_WORD);
    const classes = makeClasses(asksWords ? [...nfa.sets, WORD_POINTS] : nfa.sets);
    if (classes === undefined) {
      const message = `the pattern tells more than ${at.PATTERN_CLASSES_MAX} kinds of characters apart`;
      throw new PatternFault({ start: 0, end: source.length }, message, 'use several patterns');
    }
    const isWord = asksWords ? classes.members.at(-1)! : new Array<boolean>(classes.count).fill(false);
    const dfa = mayBeDfa ? makeDfa(nfa, classes, isWord) : undefined;
    return { blob: dfa !== undefined ? dfaBlob(dfa, classes) : nfaBlob(nfa, classes, isWord) };
  } catch (error) {
    if (error instanceof PatternFault) return { error: error.error };
    throw error;
  }
}

/** A blob with what both kinds have, and room for `bytes` more. @returns the blob, and where that room begins */
function blobOf(
  kind: at.PatternKind,
  classes: Classes,
  size: number,
  bytes: number,
): { blob: Uint8Array; view: DataView; body: number } {
  const body = (at.PATTERN_RANGES + classes.ranges.length * at.PATTERN_RANGE_BYTES + 7) & ~7;
  const blob = new Uint8Array((body + bytes + 7) & ~7);
  const view = new DataView(blob.buffer);
  view.setUint32(at.PATTERN_KIND, kind, true);
  view.setUint32(at.PATTERN_UNITS, at.patternUnits(kind, classes.ranges.length, size), true);
  view.setUint32(at.PATTERN_CLASS_COUNT, classes.count, true);
  view.setUint32(at.PATTERN_RANGE_COUNT, classes.ranges.length, true);
  view.setUint32(at.PATTERN_SIZE, size, true);
  blob.set(classes.ascii, at.PATTERN_ASCII);
  for (const [index, range] of classes.ranges.entries())
    view.setUint32(at.PATTERN_RANGES + index * at.PATTERN_RANGE_BYTES, range.first + range.class * 2 ** 24, true);
  return { blob, view, body };
}

function dfaBlob(dfa: Dfa, classes: Classes): Uint8Array {
  const { blob, view, body } = blobOf(at.PatternKind.DFA, classes, dfa.states, 2 * dfa.next.length);
  view.setUint32(at.PATTERN_START, dfa.start * classes.count, true);
  view.setUint32(at.PATTERN_END, dfa.end * classes.count, true);
  for (const [cell, next] of dfa.next.entries()) view.setUint16(body + 2 * cell, next * classes.count, true);
  return blob;
}

function nfaBlob(nfa: Nfa, classes: Classes, isWord: readonly boolean[]): Uint8Array {
  const codeBytes = nfa.instructions.length * at.PATTERN_INSTRUCTION_BYTES;
  const bytes = codeBytes + nfa.sets.length * at.PATTERN_SET_BYTES;
  const { blob, view, body } = blobOf(at.PatternKind.NFA, classes, nfa.instructions.length, bytes);
  view.setUint32(at.PATTERN_END, nfa.sets.length, true);
  setBits(blob, at.PATTERN_WORDS, isWord);
  for (const [index, { op, a, b }] of nfa.instructions.entries()) {
    const base = body + index * at.PATTERN_INSTRUCTION_BYTES;
    view.setUint16(base + at.PATTERN_OP, op, true);
    view.setUint16(base + at.PATTERN_A, a, true);
    view.setUint16(base + at.PATTERN_B, b, true);
  }
  for (const number of nfa.sets.keys()) setBits(blob, body + codeBytes + number * at.PATTERN_SET_BYTES, classes.members[number]!);
  return blob;
}

function setBits(blob: Uint8Array, base: number, bits: readonly boolean[]): void {
  for (const [bit, isSet] of bits.entries()) if (isSet) blob[base + (bit >> 3)]! |= 1 << (bit & 7);
}
