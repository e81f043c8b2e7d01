// Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines of a change.

import { DIAGNOSTIC_CODES } from './codes.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { lineIndexOf } from './position.js';

/** Where SARIF's own schema is published; a reader may validate with it, nothing here fetches it. */
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * One SARIF log with one run.
 * @param files the bundle that was checked
 * @param version of Verdict
 */
export function toSarif(diagnostics: readonly Diagnostic[], files: ReadonlyMap<string, Uint8Array>, version: string): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  const rules = codes.map((id) => ({
    id,
    shortDescription: { text: DIAGNOSTIC_CODES[id] },
    helpUri: `docs/diagnostics/${id}.md`,
  }));
  const results = diagnostics.map(({ code, severity, message, advice, span, related, fix, payload }) => ({
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: advice === undefined ? message : `${message}. ${advice}` },
    locations: [{ physicalLocation: physicalLocation(span, files) }],
    ...(payload === undefined ? {} : { properties: { payload } }),
    ...(related === undefined || related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, id) => ({
            id,
            message: { text: place.message },
            physicalLocation: physicalLocation(place.span, files),
          })),
        }),
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              artifactChanges: [
                {
                  artifactLocation: { uri: toUri(fix.span.file) },
                  replacements: [{ deletedRegion: regionOf(fix.span, files), insertedContent: { text: fix.text } }],
                },
              ],
            },
          ],
        }),
  }));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Verdict', version, rules } }, columnKind: 'utf16CodeUnits', results }],
  };
}

function physicalLocation(span: Span, files: ReadonlyMap<string, Uint8Array>): object {
  const artifactLocation = { uri: toUri(span.file) };
  return files.has(span.file) ? { artifactLocation, region: regionOf(span, files) } : { artifactLocation };
}

function regionOf(span: Span, files: ReadonlyMap<string, Uint8Array>): object {
  const index = lineIndexOf(files.get(span.file) as Uint8Array);
  const from = index.position(span.start);
  const to = index.position(Math.max(span.start, span.end));
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

/** A path inside a bundle as a relative URI. */
function toUri(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
