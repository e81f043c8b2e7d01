// How CEL is recognised.

import type { ImportFormat } from '../imported.js';

/** Expressions of the Common Expression Language: one in a file, or several in YAML or JSON. */
export const CEL_FORMAT: ImportFormat = {
  id: 'cel',
  title: 'CEL',
  recognises: ({ name, text }) => {
    if (/\.cel(\.(ya?ml|json))?$/i.test(name)) return true;
    return /\.(ya?ml|json)$/i.test(name) && /^\s*"?expressions"?\s*:/m.test(text) && /^\s*"?(variables|model)"?\s*:/m.test(text);
  },
  load: async () => (await import('./import-cel.js')).importCel,
  package: '@marcbachmann/cel-js',
  original: async (source, imported) => (await import('./original.js')).celOriginal(source, imported),
};
