// What checking the bundle has found: warnings with a payload that shows them, and questions that proofs leave open.

import { facts } from './facts.js';
import { type Content, html } from './html.js';
import type { PageContext, PageSection } from './source.js';

export function findingsSection({ diagnostics, notProven }: PageContext): PageSection {
  const content: Content[] = [];
  if (diagnostics.length === 0) content.push(html`<p>Checking the bundle has found nothing.</p>`);
  else {
    content.push(
      html`<ul class="findings">${diagnostics.map(
        ({ code, severity, message, advice, span, payload }) =>
          html`<li><strong class="warn">${severity} ${code}</strong> ${message}${advice !== undefined && html`<br><span class="note">${advice}</span>`}${
            payload !== undefined && html`<br><span class="note">shown by</span> <code>${JSON.stringify(payload)}</code>`
          } <span class="place">${span.file}</span></li>`,
      )}</ul>`,
    );
  }
  if (notProven.length > 0) {
    content.push(html`<h3>Questions that are open</h3>`);
    content.push(
      facts(notProven.map(({ of, questions }) => [of, html`<ul>${questions.map((text) => html`<li>${text}</li>`)}</ul>`])),
    );
  }
  return { id: 'findings', title: 'Findings', content };
}
