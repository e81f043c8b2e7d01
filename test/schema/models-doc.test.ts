// docs/MODELS.md: its models are read, what it refuses is refused, and its table of keywords is the reader's.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { KEYWORDS } from '#src/schema/keywords.js';
import { readSchema } from '../lib/model.js';

const page = readFileSync(new URL('../../docs/MODELS.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml (model|refused) ?(V\d+)?\n([\s\S]*?)^```$/gm)].map(
  ([, kind, code, text]) => [kind!, code, text!] as const,
);

test.each(blocks)('%s %s %s', (kind, code, text) => {
  const codes = readSchema(parse(text)).diagnostics.map((diagnostic) => diagnostic.code);
  expect(codes).toEqual(kind === 'model' ? [] : [code]);
});

test('the table of keywords', () => {
  expect(blocks.length).toBeGreaterThan(3);
  const table = page.slice(page.indexOf('| keyword | on |'));
  const rows = [...table.slice(0, table.indexOf('\n\n')).matchAll(/^\| (`.*) \| (.*) \|$/gm)];
  const words = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
  const written = rows.flatMap(([, keywords, on]) => {
    const types = on === 'everything' ? 'any' : on === 'the top' ? 'root' : words(on!);
    return words(keywords!).map((keyword) => [keyword, types] as const);
  });
  expect(Object.fromEntries(written)).toEqual(KEYWORDS);
});
