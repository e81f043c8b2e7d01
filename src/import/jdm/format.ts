// How a JDM document is recognised.

import type { ImportFormat } from '../imported.js';
import { jsonOf } from '../json-source.js';

export const JDM_FORMAT: ImportFormat = {
  id: 'jdm',
  title: 'GoRules JDM',
  recognises: ({ text }) => {
    const value = jsonOf(text);
    return typeof value === 'object' && value !== null && 'nodes' in value && 'edges' in value;
  },
  infersModel: true,
  load: async () => (await import('./jdm.js')).importJdm,
  package: '@gorules/zen-engine',
  original: async (source) => (await import('./original.js')).zenOriginal(source),
};
