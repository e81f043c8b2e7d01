// How CEL is recognised.

import type { ImportFormat } from '../imported.js';

/** ValidatingAdmissionPolicy of Kubernetes, IAM policies of Google Cloud. */
const POLICIES: readonly (readonly RegExp[])[] = [
  [/"?kind"?\s*:\s*"?ValidatingAdmissionPolicy\b/],
  [/"?bindings"?\s*:/, /"?role"?\s*:/, /"?condition"?\s*:/, /"?expression"?\s*:/],
];

/** Expressions of the Common Expression Language: one in a file, or several in YAML or JSON. */
export const CEL_FORMAT: ImportFormat = {
  id: 'cel',
  title: 'CEL',
  recognises: ({ name, text }) => {
    if (/\.cel(\.(ya?ml|json))?$/i.test(name)) return true;
    if (!/\.(ya?ml|json)$/i.test(name)) return false;
    if (POLICIES.some((parts) => parts.every((part) => part.test(text)))) return true;
    return /^\s*"?expressions"?\s*:/m.test(text) && /^\s*"?(variables|model)"?\s*:/m.test(text);
  },
  infersModel: true,
  load: async () => (await import('./import-cel.js')).importCel,
  package: '@marcbachmann/cel-js',
  original: async (source, imported) => (await import('./original.js')).celOriginal(source, imported),
};
