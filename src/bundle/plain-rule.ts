// One item of rules/*.yaml in the way that nearly all are written: keys on lines of their own, each with one plain or simply quoted
// scalar, and `then` as `{ ... }` or as lines below. For ten thousand rules the YAML reader takes half of the time of compiling them.
//
// Only what means the same to every reader of YAML 1.2 is read here; for all else there is the YAML reader.

import type { BundleRule, OutcomeName } from './bundle.js';
import { scalarText } from './scalar-text.js';

export interface PlainRule {
  /** What the YAML reader gives for the item. */
  value: Record<string, unknown>;
  /** Its places are in the item; to be used where the value matches the schema. */
  rule: BundleRule;
  /** Where the reason is written, in the item. */
  reasonStart: number | undefined;
}

type Style = 'plain' | 'single' | 'double';

interface PlainScalar {
  text: string;
  style: Style;
  /** With its quotes, in the item. */
  start: number;
  end: number;
}

/** `- id: x` and `  when: x`; the first line's dash stands where the others are indented. */
const ENTRY = /^(?:- | {2})(id|description|when|then):(?: +(\S.*))?$/;
const BELOW = /^( {3,8})(score|outcome|reason): +(\S+)$/;
const SKIPPED = /^ *(?:#.*)?$/;
const FLOW = /^\{ *(.*\S) *\}$/;
const FLOW_REASON = /^.*\breason: +/;
const FLOW_ENTRY = /^(score|outcome|reason): +(\S+)$/;
/** Begins with nothing that means something to YAML, and holds nothing that would end it. */
const PLAIN_TEXT = /^[A-Za-z_$(](?:[^:#]|:(?! |$)|(?<! )#)*$/;
const SINGLE = /^'[^']*'$/;
const DOUBLE = /^"[^"\\]*"$/;
const WORD = /^[A-Za-z][\w.-]*$/;
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
/** Words of the core schema that are no texts. */
const CONSTANT = /^(?:null|true|false)$/i;
/** Control characters and separators of lines, of which readers think differently. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STRANGE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;

/** Reads an item, from its `- ` on; undefined where it is written in another way. */
export function readPlainRule(file: string, text: string): PlainRule | undefined {
  if (STRANGE.test(text)) return undefined;
  const texts = new Map<string, PlainScalar>();
  let then: Record<string, unknown> | undefined;
  let thenStart = 0;
  let reasonStart: number | undefined;
  /** Spaces before what stands below `then`; -1 where nothing does. */
  let indent = -1;
  const value: Record<string, unknown> = {};
  for (let start = 0; start < text.length; ) {
    const next = text.indexOf('\n', start);
    const end = next === -1 ? text.length : next;
    const line = text.slice(start, end);
    const entry = start === 0 || line.startsWith('  ') ? ENTRY.exec(line) : null;
    if (entry !== null && line.startsWith('- ') === (start === 0)) {
      const key = entry[1]!;
      if (key in value || (indent >= 0 && Object.keys(then!).length === 0)) return undefined;
      indent = -1;
      const written = entry[2];
      if (key === 'then') {
        thenStart = start + 2;
        then = written === undefined ? {} : readFlow(written);
        if (then === undefined) return undefined;
        if (written === undefined) indent = 0;
        else if ('reason' in then) reasonStart = end - written.length + FLOW_REASON.exec(written)![0].length;
        value[key] = then;
      } else {
        const scalar = written === undefined ? undefined : readText(written, end - written.length);
        if (scalar === undefined || (key === 'id' && scalar.style === 'plain' && !WORD.test(scalar.text))) return undefined;
        texts.set(key, scalar);
        value[key] = scalar.text;
      }
    } else if (!SKIPPED.test(line)) {
      const below = indent >= 0 ? BELOW.exec(line) : null;
      if (below === null || (indent > 0 && below[1]!.length !== indent) || !put(then!, below[2]!, below[3]!)) return undefined;
      indent = below[1]!.length;
      if (below[2] === 'reason') reasonStart = end - below[3]!.length;
    }
    start = end + 1;
  }
  const [id, when] = [texts.get('id'), texts.get('when')];
  if (id === undefined || when === undefined || then === undefined || Object.keys(then).length === 0) return undefined;
  const description = texts.get('description');
  const rule: BundleRule = {
    id: id.text,
    idSpan: { file, start: id.start, end: id.end },
    file,
    line: 0,
    ...(description === undefined ? {} : { description: description.text }),
    when: scalarText(when.text, text, file, when.start, when.end, when.style),
    score: (then.score as number | undefined) ?? 0,
    outcome: (then.outcome as OutcomeName | undefined) ?? null,
    reason: (then.reason as string | undefined) ?? null,
    thenSpan: { file, start: thenStart, end: thenStart + 'then'.length },
  };
  return { value, rule, reasonStart };
}

/** A text on the rest of a line. */
function readText(written: string, start: number): PlainScalar | undefined {
  const end = start + written.length;
  if (SINGLE.test(written)) return { text: written.slice(1, -1), style: 'single', start, end };
  if (DOUBLE.test(written)) return { text: written.slice(1, -1), style: 'double', start, end };
  if (written.endsWith(' ') || CONSTANT.test(written) || !PLAIN_TEXT.test(written)) return undefined;
  return { text: written, style: 'plain', start, end };
}

/** `{ score: 5, reason: A }` */
function readFlow(written: string): Record<string, unknown> | undefined {
  const inside = FLOW.exec(written)?.[1];
  if (inside === undefined) return undefined;
  const then: Record<string, unknown> = {};
  for (const part of inside.split(',')) {
    const entry = FLOW_ENTRY.exec(part.trim());
    if (entry === null || !put(then, entry[1]!, entry[2]!)) return undefined;
  }
  return then;
}

/** Sets a key that is not set yet to a number or a word. */
function put(then: Record<string, unknown>, key: string, written: string): boolean {
  if (key in then) return false;
  if (INTEGER.test(written)) then[key] = Number(written);
  else if (WORD.test(written) && !CONSTANT.test(written)) then[key] = written;
  else return false;
  return true;
}
