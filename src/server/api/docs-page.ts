// /docs: what /openapi.json says, as one page that loads nothing: no script, no font, no request.

import type { Json } from './openapi.js';

interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters: { name: string; in: string; description?: string; example?: unknown }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description?: string; content?: Record<string, Media>; $ref?: string }>;
  'x-verdict-access': string;
}

interface Media {
  schema: { $ref?: string };
  example?: unknown;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
nav ul { columns: 2; list-style: none; padding: 0; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: color-mix(in srgb, currentColor 7%, transparent); border-radius: 6px; overflow: auto; padding: .75rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); margin-top: 1.5rem; }
table { border-collapse: collapse; width: 100%; }
td { border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent); padding: .3rem .6rem .3rem 0; }
td { vertical-align: top; }
.method { border-radius: 4px; color: #fff; font: 600 12px/1 ui-monospace, monospace; padding: .25rem .4rem; }
.GET { background: #2563eb; } .POST { background: #15803d; } .PUT { background: #a16207; }
.PATCH { background: #7e22ce; } .DELETE { background: #b91c1c; }
`;

/** @param document as openApiDocument makes it */
export function renderDocsPage(document: Json): string {
  const { info, paths, components } = document as {
    info: { title: string; version: string; description: string };
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object> };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const links = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${operation.operationId}"><span class="method ${method}">${method}</span> <code>${escapeHtml(path)}</code></a></li>`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(info.title)} API</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(info.title)} API ${escapeHtml(info.version)}</h1><p>${escapeHtml(info.description)}</p>`,
    '<p><a href="openapi.json">openapi.json</a></p>',
    `<nav><ul>${links.join('')}</ul></nav>`,
    ...operations.map(({ path, method, operation }) => section(path, method, operation)),
    `<section><h2>Schemas</h2>${schemas.join('')}</section></body></html>`,
  ].join('\n');
}

function section(path: string, method: string, operation: Operation): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const rows = (pairs: readonly (readonly [string, string])[]): string =>
    `<table>${pairs.map(([left, right]) => `<tr><td>${left}</td><td>${right}</td></tr>`).join('')}</table>`;
  const given = parameters.map(
    ({ name, in: place, description: text }) =>
      [`<code>${escapeHtml(name)}</code>`, `${place}${text === undefined ? '' : `: ${escapeHtml(text)}`}`] as const,
  );
  const answers = Object.entries(responses).map(
    ([status, { description: text, content }]) =>
      [
        `<code>${status}</code>`,
        `${escapeHtml(text ?? 'Another problem.')}${content === undefined ? '' : ` ${bodies(content)}`}`,
      ] as const,
  );
  const access = operation['x-verdict-access'];
  return [
    `<section id="${operationId}"><h2><span class="method ${method}">${method}</span> <code>${escapeHtml(path)}</code></h2>`,
    `<p>${escapeHtml(summary)}${description === undefined ? '' : `. ${escapeHtml(description)}`}</p>`,
    access === 'open' ? '' : `<p>Access: ${access}</p>`,
    given.length === 0 ? '' : `<h3>Parameters</h3>${rows(given)}`,
    requestBody === undefined ? '' : `<h3>Body</h3><p>${bodies(requestBody.content)}</p>`,
    requestBody === undefined ? '' : curl(path, method, parameters, requestBody.content),
    `<h3>Answers</h3>${rows(answers)}</section>`,
  ].join('');
}

function bodies(content: Record<string, Media>): string {
  return Object.entries(content)
    .map(([type, { schema }]) => {
      const name = schema.$ref?.split('/').at(-1);
      return `<code>${escapeHtml(type)}</code>${name === undefined ? '' : ` (<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>)`}`;
    })
    .join(', ');
}

/** The first example of a body as a command. */
function curl(path: string, method: string, parameters: Operation['parameters'], content: Record<string, Media>): string {
  const found = Object.entries(content).find(([, { example }]) => example !== undefined);
  if (found === undefined) return '';
  const [type, { example }] = found;
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters.find((each) => each.name === name)?.example ?? name),
  );
  const body = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return `<pre>curl -X ${method} "$SERVER${escapeHtml(url)}" -H 'Content-Type: ${escapeHtml(type)}' --data-binary '${escapeHtml(body.replaceAll("'", "'\\''"))}'</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
