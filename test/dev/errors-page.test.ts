import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { renderErrorsPage } from '#src/dev/errors-page.js';

it('docs/ERRORS.md is made from the table as it stands: npm run generate', () => {
  expect(readFileSync(fileURLToPath(new URL('../../docs/ERRORS.md', import.meta.url)), 'utf8')).toBe(renderErrorsPage());
});
