// Literals that name something for the engine: time zones and regular expressions. They are checked where they are written.

import { suggest } from '../../diagnostic/suggest.js';
import type { EsNode, Literal, TemplateLiteral } from '../estree.js';
import { type CompiledPattern, compilePattern } from '../pattern/compile-pattern.js';
import type { FaultSink } from '../source.js';
import { zoneNames } from '../zones/zone-blob.js';

let zones: ReadonlySet<string> | undefined;

/** True where a text is the name of a time zone; else it is reported. */
export function checkZone(name: string, node: EsNode, faults: FaultSink): boolean {
  zones ??= new Set(zoneNames());
  if (zones.has(name)) return true;
  const near =
    suggest(name, zones) ?? [...zones].find((zone) => zone.toLowerCase().endsWith(`/${name.toLowerCase().replaceAll(' ', '_')}`));
  const advice = near === undefined ? 'write an IANA name: "Europe/Paris", "America/New_York", "UTC"' : `did you mean "${near}"?`;
  faults.error('V3570', node, `"${name}" is not a time zone`, advice);
  return false;
}

const compiled = new WeakMap<EsNode, CompiledPattern>();

/** True where a text is a regular expression that the engine takes; else what is wrong is reported, where it stands. */
export function checkPattern(source: string, node: EsNode, faults: FaultSink): boolean {
  // A body of `reduce` is checked more than once.
  const result = compiled.get(node) ?? compilePattern(source);
  compiled.set(node, result);
  if (!('error' in result)) return true;
  const { message, start, end } = result.error;
  faults.error('V3550', { start: offsetIn(node, start), end: offsetIn(node, Math.max(end, start + 1)) }, message);
  return false;
}

/** Where a unit of a literal's text stands in the source: escapes are longer than what they stand for. */
function offsetIn(node: EsNode, units: number): number {
  const raw = node.type === 'Literal' ? (node as Literal).raw.slice(1, -1) : ((node as TemplateLiteral).quasis[0]?.value.raw ?? '');
  let at = 0;
  let seen = 0;
  while (at < raw.length && seen < units) {
    const escaped = /^\\(?:u\{([0-9a-fA-F]+)\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])/.exec(raw.slice(at, at + 16));
    if (escaped === null) seen++;
    else if (!/^\\[\r\n\u2028\u2029]/.test(escaped[0]))
      seen += escaped[1] !== undefined && Number.parseInt(escaped[1], 16) > 0xffff ? 2 : 1;
    at += escaped?.[0].length ?? 1;
  }
  return node.start + 1 + at;
}
