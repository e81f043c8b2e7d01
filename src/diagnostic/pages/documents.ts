// V1xxx: documents of a bundle.

import { EXAMPLE_HEAD } from './base.js';
import { files, large, type Pages, ruleText } from './page.js';

const rule = ruleText('amount > 5000');
const nested = (levels: number): string => `- id: example\n  when: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;

export const DOCUMENT_PAGES: Pages = {
  V1001: {
    why: 'A bundle needs its bundle.yaml and the model that it names; without them nothing says what a payload holds or what is decided.',
    wrong: files({ 'payment.schema.yaml': null }),
    right: files({ 'payment.schema.yaml': 'type: object\nrequired: [amount]\nproperties:\n  amount: { type: number }\n' }),
  },
  V1002: {
    why: 'The file cannot be read as YAML or JSON, most often for a missing quote or bracket, or an indentation that does not line up.',
    wrong: files({ 'rules/example.yaml': '- id: example\n  when: "amount > 5000\n' }),
    right: files({ 'rules/example.yaml': rule }),
  },
  V1003: {
    why: 'Every document has a form: which keys there are, which are needed and what each may hold. The message names the one that differs.',
    wrong: files({ 'rules/example.yaml': '- when: amount > 5000\n  then: { score: 100, reason: LARGE }\n' }),
    right: files({ 'rules/example.yaml': '- id: large\n  when: amount > 5000\n  then: { score: 100, reason: LARGE }\n' }),
  },
  V1004: {
    why: 'The place and the name of a file say what it is for. One that plays no part would be left out without a word, so that it is reported.',
    wrong: files({ 'rule/example.yaml': rule }),
    right: files({ 'rules/example.yaml': rule }),
  },
  V1005: {
    why: 'A key that nobody reads has no effect, and is most often a key that is misspelled.',
    wrong: files({ 'rules/example.yaml': '- id: large\n  when: amount > 5000\n  then: { scores: 100, reason: LARGE }\n' }),
    right: files({ 'rules/example.yaml': '- id: large\n  when: amount > 5000\n  then: { score: 100, reason: LARGE }\n' }),
    fix: true,
  },
  V1006: {
    why: 'Of two values with one key only one could count, and readers would disagree on which.',
    wrong: files({
      'rules/example.yaml': '- id: large\n  when: amount > 5000\n  when: amount > 500\n  then: { score: 100, reason: LARGE }\n',
    }),
    right: files({ 'rules/example.yaml': '- id: large\n  when: amount > 500\n  then: { score: 100, reason: LARGE }\n' }),
  },
  V1007: {
    why: 'Texts are UTF-8 everywhere; a file in another encoding would show other characters than its author wrote. Save it as UTF-8.',
    wrong: {
      ...large('rules/example.yaml with a description in Windows-1252', { 'rules/example.yaml': `# caf\u00e9\n${rule}` }),
      latin1: true,
    },
    right: files({ 'rules/example.yaml': rule }),
  },
  V1008: {
    why: 'A tenant may keep its rules to the narrow profile `strict`. A bundle that asks for more is not published there.',
    wrong: { files: { 'bundle.yaml': EXAMPLE_HEAD }, options: { profileMax: 'strict' } },
    right: {
      files: { 'bundle.yaml': EXAMPLE_HEAD.replace('profile: standard', 'profile: strict') },
      options: { profileMax: 'strict' },
    },
  },
  V1009: {
    why: 'A document is bounded in bytes, levels and aliases, so that no file can use up the memory of whoever reads it.',
    wrong: large('a document whose brackets are nested some hundred levels deep', { 'rules/example.yaml': nested(1000) }),
    right: files({ 'rules/example.yaml': rule }),
  },
  V1010: {
    why: '`input.yaml` says which column of a table goes into which field. A field that is not in the model, or a conversion that its type does not have, can give no payload.',
    wrong: files({ 'input.yaml': 'format: csv\ncolumns:\n  ammount: Betrag\n' }),
    right: files({ 'input.yaml': 'format: csv\ncolumns:\n  amount: Betrag\n' }),
  },
};
