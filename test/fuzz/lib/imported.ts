// What holds of every import, whatever its source: places that lie in the source, a reason where nothing came over, and a bundle
// that can be read where something did.

import { readBundle } from '#src/bundle/read-bundle.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import type { Imported, Importer } from '#src/import/imported.js';
import { must } from './target.js';

/** Imports a source, and looks at what was made of it. */
export function mustImport(importer: Importer, name: string, text: string): Imported {
  const imported = importer({ name, text }, {});
  const { files, diagnostics } = imported;
  for (const { span, message } of diagnostics) {
    must(span.start >= 0 && span.start <= span.end && span.end <= text.length, `the place of "${message}"`);
  }
  if (files.size === 0) {
    must(diagnostics.length > 0, 'nothing is imported, and nothing said');
    return imported;
  }
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag);
  must(bundle !== undefined && !bag.hasErrors, `the bundle cannot be read: ${bag.items[0]?.message}`);
  return imported;
}
