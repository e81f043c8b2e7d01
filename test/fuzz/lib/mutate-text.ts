// Mutators of texts: they change words, lines and what stands between brackets, so that more of what they make still parses.

import type { Random } from './random.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const WORD = /[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|"[^"\n]*"|'[^'\n]*'|[^\s\w]{1,3}/g;
/** Operators that are mistaken for one another. */
const OPERATORS: readonly (readonly string[])[] = [
  ['&&', '||', '??'],
  ['===', '!=='],
  ['<=', '>=', '<', '>'],
  ['+', '-', '*', '/', '%'],
  ['?.', '.'],
];
const OPERATOR = /&&|\|\||\?\?|[=!]==|<=|>=|\?\.|[<>+\-*/%.]/g;
const OPEN: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

interface Part {
  start: number;
  end: number;
}

function words(text: string): Part[] {
  return [...text.matchAll(WORD)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
}

function lines(text: string): Part[] {
  return [...text.matchAll(/[^\n]*\n|[^\n]+$/g)].map(({ index, 0: line }) => ({ start: index, end: index + line.length }));
}

/** What stands between a bracket and its partner, both included. */
function brackets(text: string): Part[] {
  const found: Part[] = [];
  const open: { close: string; start: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const close = OPEN[text[at]!];
    if (close !== undefined) open.push({ close, start: at });
    else if (open.at(-1)?.close === text[at]) found.push({ start: open.pop()!.start, end: at + 1 });
  }
  return found;
}

function replaced(text: string, { start, end }: Part, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** @param tokens what words are replaced by, beside other words of the text */
export function mutateText(data: Uint8Array, random: Random, tokens: readonly (string | Uint8Array)[]): Uint8Array | undefined {
  let text = decoder.decode(data);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const changed = change(text, random, tokens);
    if (changed === undefined) return undefined;
    text = changed;
  }
  return encoder.encode(text);
}

function change(text: string, random: Random, tokens: readonly (string | Uint8Array)[]): string | undefined {
  const roll = random.below(11);
  if (roll === 10) return otherOperator(text, random);
  const parts = roll < 6 ? words(text) : roll < 8 ? lines(text) : brackets(text);
  if (parts.length === 0) return undefined;
  const part = random.pick(parts);
  const other = random.pick(parts);
  const otherText = text.slice(other.start, other.end);
  if (roll >= 6) {
    const how = random.below(3);
    if (how === 0) return replaced(text, part, '');
    return how === 1 ? replaced(text, part, otherText) : replaced(text, { start: part.start, end: part.start }, otherText);
  }
  const token = random.chance(70) ? random.pick(tokens) : otherText;
  const by = typeof token === 'string' ? token : otherText;
  const how = random.below(4);
  if (how === 0) return replaced(text, { start: part.end, end: part.end }, random.chance(50) ? ` ${by}` : by);
  return replaced(text, part, how === 1 && random.chance(50) ? '' : by);
}

/** One operator becomes another of its kind. */
function otherOperator(text: string, random: Random): string | undefined {
  const places = [...text.matchAll(OPERATOR)];
  if (places.length === 0) return undefined;
  const { index, 0: operator } = random.pick(places);
  const kind = OPERATORS.find((each) => each.includes(operator));
  return kind === undefined ? undefined : replaced(text, { start: index, end: index + operator.length }, random.pick(kind));
}
