// verdict export --format dmn and --format csv: what a bundle says, for others to read and edit.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBundle } from '../bundle/read-bundle.js';
import { DiagnosticBag } from '../diagnostic/diagnostic.js';
import { type CsvSeparator, csvTables } from '../export/csv-tables.js';
import { exportDmn } from '../export/dmn/export-dmn.js';
import { compilePath, type DiagnosticJson, diagnosticsJson, printDiagnostics } from './bundle-dir.js';
import { EXIT_NO, EXIT_OK, UsageError } from './errors.js';
import { type Output, plural } from './output.js';

/** Formats of a document, beside the module. */
export type DocumentFormat = 'dmn' | 'csv';

export interface ExportDocumentOptions {
  output?: string;
  separator: CsvSeparator | 'tab';
}

/** Output of `verdict export --format dmn --json` and of `--format csv`. */
export interface ExportDocumentJson {
  /** Everything of the bundle is in what was written. */
  ok: boolean;
  format: DocumentFormat;
  /** Files that were written. */
  files: string[];
  /** What is left out, each with its place. */
  diagnostics: DiagnosticJson[];
}

/** Writes a document, or one file a table. The exit code is EXIT_NO where something of the bundle is left out. */
export async function exportDocument(
  path: string,
  format: DocumentFormat,
  options: ExportDocumentOptions,
  output: Output,
): Promise<number> {
  const compiled = await compilePath(path, output);
  if (compiled === undefined) return EXIT_NO;
  const { files } = compiled;
  const written: string[] = [];
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    written.push(file);
  };
  if (format === 'csv') {
    const bundle = readBundle(files, new DiagnosticBag())!;
    if (bundle.tables.length === 0) throw new UsageError(`${path} has no tables`);
    const separator = options.separator === 'tab' ? '\t' : options.separator;
    for (const { name, text } of csvTables(bundle, separator)) write(join(options.output ?? '.', name), text);
    output.line(`${plural(written.length, 'table')} written to ${options.output ?? '.'}`);
    output.result({ ok: true, format, files: written, diagnostics: [] } satisfies ExportDocumentJson);
    return EXIT_OK;
  }
  const { text, diagnostics } = exportDmn(files);
  if (text === undefined) throw new Error('a bundle that compiles has no faults');
  write(options.output ?? `${compiled.manifest.name}.dmn`, text);
  printDiagnostics(diagnostics, files, output);
  output.line(
    `${written[0]}: ${diagnostics.length === 0 ? 'all of the bundle' : `${plural(diagnostics.length, 'part')} left out`}`,
  );
  const ok = diagnostics.length === 0;
  output.result({ ok, format, files: written, diagnostics: diagnosticsJson(diagnostics, files) } satisfies ExportDocumentJson);
  return ok ? EXIT_OK : EXIT_NO;
}
