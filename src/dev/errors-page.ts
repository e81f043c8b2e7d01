// docs/ERRORS.md, made from the table of problems.
//
//   node dist/src/dev/errors-page.js           writes
//   node dist/src/dev/errors-page.js --check   fails where the committed page differs

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROBLEMS, type ProblemKind } from '../errors.js';

const PAGE = fileURLToPath(new URL('../../../docs/ERRORS.md', import.meta.url));

const HEAD = `<!-- Made from src/errors.ts by npm run generate: do not edit. -->
# Errors

Every error has a stable code. It is never renamed and never means anything else later. The server answers it as a problem
document (RFC 9457, \`application/problem+json\`); the library throws it as a \`Problem\` with the same code; WebSocket answers
carry it in \`error\`.

\`\`\`json
{
  "type": "urn:verdict:problem:INVALID_PAYLOAD",
  "title": "The payload does not fit the model",
  "status": 422,
  "detail": "The payload does not fit the model",
  "code": "INVALID_PAYLOAD",
  "errors": [{ "pointer": "/amount", "code": "TYPE", "message": "must be a number" }]
}
\`\`\`

\`errors\` stands beside \`INVALID_PAYLOAD\`: one entry for each field, by JSON Pointer. \`diagnostics\` stands beside
\`INVALID_BUNDLE\`: one entry for each mistake, with \`code\`, \`file\`, \`line\`, \`column\`, \`message\`, \`advice\`, and the whole as \`text\`.

| Code | HTTP | Meaning | What to do |
| --- | --- | --- | --- |
`;

/** The page as Markdown: one row for each code, by status, then in the order of the table. */
export function renderErrorsPage(): string {
  const rows = Object.entries<ProblemKind>(PROBLEMS)
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, title, advice }]) => `| \`${code}\` | ${status} | ${escapeCell(title)} | ${escapeCell(advice)} |`);
  return `${HEAD}${rows.join('\n')}\n`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = renderErrorsPage();
  if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, 'utf8') !== page) {
    console.error('docs/ERRORS.md is not current: run npm run generate');
    process.exitCode = 1;
  }
}
