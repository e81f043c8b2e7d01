// How DMN is recognised.

import type { ImportFormat } from '../imported.js';

/** Decision Model and Notation 1.1 to 1.5, as XML. */
export const DMN_FORMAT: ImportFormat = {
  id: 'dmn',
  title: 'DMN',
  recognises: ({ name, text }) => {
    if (/\.dmn$/i.test(name)) return true;
    const head = text.slice(0, 65_536);
    return /^[\s\uFEFF]*</.test(head) && /<(?:\w+:)?definitions\b[^>]*omg\.org\/spec\/DMN\//.test(head);
  },
  load: async () => (await import('./import-dmn.js')).importDmn,
};
