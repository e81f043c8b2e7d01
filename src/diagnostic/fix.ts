// Applies the fixes of diagnostics to the files they are about.

import type { Diagnostic, Fix } from './diagnostic.js';

export interface FixResult {
  /** New content of each file that changes, in UTF-8 with the byte order mark it had. */
  files: Map<string, Uint8Array>;
  /** Diagnostics whose fix was applied. */
  applied: Diagnostic[];
}

const MARK = '\ufeff';

/**
 * Applies every fix that does not overlap one before it; those left over are for a second run. Nothing is written.
 * @param files the bundle that was checked: spans are offsets into the text of these
 */
export function applyFixes(files: ReadonlyMap<string, Uint8Array>, diagnostics: readonly Diagnostic[]): FixResult {
  const byFile = new Map<string, { diagnostic: Diagnostic; fix: Fix }[]>();
  for (const diagnostic of diagnostics) {
    const { fix } = diagnostic;
    if (fix === undefined || !files.has(fix.span.file)) continue;
    const list = byFile.get(fix.span.file);
    if (list === undefined) byFile.set(fix.span.file, [{ diagnostic, fix }]);
    else list.push({ diagnostic, fix });
  }
  const result: FixResult = { files: new Map(), applied: [] };
  for (const [file, fixes] of byFile) {
    const bytes = files.get(file) as Uint8Array;
    // The spans do not count a byte order mark, which this decoder drops.
    const text = new TextDecoder().decode(bytes);
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    fixes.sort((a, b) => a.fix.span.start - b.fix.span.start || a.fix.span.end - b.fix.span.end);
    const pieces: string[] = [marked ? MARK : ''];
    let at = 0;
    let last: Fix | undefined;
    for (const { diagnostic, fix } of fixes) {
      const { start, end } = fix.span;
      const same = last !== undefined && last.span.start === start && last.span.end === end && last.text === fix.text;
      if (same) result.applied.push(diagnostic);
      if (same || start < at || end < start || end > text.length || (start === at && last !== undefined && end === start)) continue;
      pieces.push(text.slice(at, start), fix.text);
      at = end;
      last = fix;
      result.applied.push(diagnostic);
    }
    if (last === undefined) continue;
    pieces.push(text.slice(at));
    result.files.set(file, new TextEncoder().encode(pieces.join('')));
  }
  return result;
}
