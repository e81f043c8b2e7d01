// How rules of json-rules-engine are recognised.

import type { ImportFormat } from '../imported.js';
import { jsonOf } from '../json-source.js';
import { isRecord } from './source-rules.js';

/** JSON of json-rules-engine (github.com/CacheControl/json-rules-engine): a rule, a list of rules, or `{ rules, conditions }`. */
export const JSON_RULES_ENGINE_FORMAT: ImportFormat = {
  id: 'json-rules-engine',
  title: 'json-rules-engine',
  recognises: ({ text }) => {
    const value = jsonOf(text);
    const list = isRecord(value) && Array.isArray(value.rules) ? value.rules : Array.isArray(value) ? value : [value];
    return list.length > 0 && list.every((rule) => isRecord(rule) && isRecord(rule.conditions) && !('nodes' in rule));
  },
  infersModel: true,
  load: async () => (await import('./import-rules.js')).importRules,
  package: 'json-rules-engine',
  original: async (source, imported) => (await import('./original.js')).rulesOriginal(source, imported),
};
