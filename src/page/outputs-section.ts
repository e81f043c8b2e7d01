// The outputs of a decision: what it carries beside its outcome.

import type { BundleOutput } from '../bundle/outputs.js';
import { outputPhrase } from '../schema/output-shape.js';
import { casesOf } from './definitions-section.js';
import { typeset } from './expression.js';
import { description, place } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, html } from './html.js';
import { anchorOf, type PageNames } from './names.js';
import type { PageContext, PageSection } from './source.js';

export function outputsSection({ bundle, manifest, names }: PageContext): PageSection | undefined {
  if (bundle.outputs.length === 0) return undefined;
  const rows = bundle.outputs.map((output, at) => {
    const { name, file, line } = output;
    const shape = manifest.outputs?.find((one) => one.name === name);
    const type = shape === undefined ? '' : outputPhrase(shape);
    return {
      anchor: anchorOf('output', at),
      cells: [
        { content: [html`<strong>${name}</strong>`, description(output.description), place(file, line)], text: name },
        { content: html`<span class="type">${type}</span>`, text: type },
        { content: valueContent(output, names), text: 'the value of an output' },
      ],
    };
  });
  const content = renderGrid({
    caption: 'Values that every decision carries',
    columns: ['Output', 'Type', 'Value'].map((title) => ({ title, text: title })),
    rows,
  });
  return { id: 'outputs', title: 'Outputs', content };
}

function valueContent({ is }: BundleOutput, names: PageNames): Content {
  if (is.kind === 'value') return casesOf(textsOf(is.cases), names);
  const members = is.members.map((member) => html`<li>${member.name}: ${typeset(member.value.text.trim(), names)}</li>`);
  return html`<span class="note">for each <code>${is.as}</code> of</span> ${typeset(is.each.text.trim(), names)}<ul class="cases">${members}</ul>`;
}

function textsOf(cases: Extract<BundleOutput['is'], { kind: 'value' }>['cases']): { when?: string; value: string }[] {
  return cases.map(({ when, value }) => ({ ...(when === undefined ? {} : { when: when.text.trim() }), value: value.text.trim() }));
}

/** The texts of an output, for what it reads and for what has changed. */
export function outputTexts({ is }: BundleOutput): string[] {
  if (is.kind === 'value')
    return textsOf(is.cases).map(({ when, value }) => (when === undefined ? value : `${value} where ${when}`));
  return [`each ${is.as} of ${is.each.text.trim()}`, ...is.members.map(({ name, value }) => `${name}: ${value.text.trim()}`)];
}

/** The expressions of an output. */
export function outputExpressions({ is }: BundleOutput): string[] {
  if (is.kind === 'each') return [is.each.text.trim(), ...is.members.map(({ value }) => value.text.trim())];
  return is.cases.flatMap(({ when, value }) => [value.text.trim(), ...(when === undefined ? [] : [when.text.trim()])]);
}
