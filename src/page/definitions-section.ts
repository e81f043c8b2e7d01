// What else a bundle gives a name: features, ensembles of trees, lists and parameters.

import type { BundleEnsemble } from '../bundle/ensembles.js';
import type { ManifestParameter } from '../image/manifest.js';
import { typeset } from './expression.js';
import { commas, description, facts, number, place } from './facts.js';
import { renderGrid } from './grid.js';
import { type Content, type Html, html } from './html.js';
import { readersText } from './model-section.js';
import { anchorOf, type PageNames } from './names.js';
import type { PageContext, PageSection } from './source.js';

/** Cases of a feature or an output as lines. */
export function casesOf(cases: readonly { when?: string; value: string }[], names: PageNames): Content {
  if (cases.length === 1 && cases[0]?.when === undefined) return typeset(cases[0]?.value ?? '', names);
  return html`<ul class="cases">${cases.map(
    ({ when, value }) =>
      html`<li>${typeset(value, names)} ${when === undefined ? html`<span class="note">otherwise</span>` : html`<span class="note">where</span> ${typeset(when, names)}`}</li>`,
  )}</ul>`;
}

export function featuresSection({ manifest, bundle, names, readers }: PageContext): PageSection | undefined {
  if (manifest.features.length === 0) return undefined;
  const rows = manifest.features.map(({ name, type, file, line, cases }, at) => ({
    anchor: anchorOf('feature', at),
    cells: [
      { content: [html`<strong>${name}</strong>`, description(bundle.features[at]?.description), place(file, line)], text: name },
      { content: html`<span class="type">${type}</span>`, text: type },
      { content: casesOf(cases, names), text: cases[0]?.value ?? '' },
      { content: readersText(readers.get(name) ?? []), text: '' },
    ],
  }));
  const content = renderGrid({
    caption: 'Features: values with a name, computed once for a payload',
    columns: ['Feature', 'Type', 'Value', 'Read by'].map((title) => ({ title, text: title })),
    rows,
  });
  return { id: 'features', title: 'Features', content };
}

export function ensemblesSection(context: PageContext): PageSection | undefined {
  const { manifest, bundle, names } = context;
  const { ensembles = [] } = manifest;
  if (ensembles.length === 0) return undefined;
  const content = ensembles.map(({ name, file, line, model, format, trees, nodes, inputs, outputs }, at) => {
    const written = bundle.ensembles[at] as BundleEnsemble;
    const { reasons } = written;
    return html`<article id="${anchorOf('ensemble', at)}">
<h3>Ensemble ${name}</h3>
${description(written.description)}
${facts([
  ['Trained model', html`${model} (${format})`],
  ['Trees', html`${number(trees)}, with ${number(nodes)} nodes`],
  ['Gives', commas(outputs.map((output) => html`<code>${name}.${output}</code>`))],
  [
    'Reasons',
    reasons !== undefined &&
      html`the ${number(reasons.count)} features that push most towards ${reasons.towards === 'high' ? 'a high' : 'a low'} value, by ${reasons.by === 'path' ? 'what each test on the way changes' : 'what each leaf adds'}`,
  ],
  ['Written in', place(file, line)],
])}
${renderGrid({
  caption: html`Inputs of ${name}`,
  columns: ['Feature of the model', 'Value', ...(reasons === undefined ? [] : ['Reason code'])].map((title) => ({
    title,
    text: title,
  })),
  rows: inputs.map(({ feature, value }) => {
    const code = reasons?.codes.find((one) => one.feature === feature)?.code ?? '';
    const cells = [
      { content: html`<code>${feature}</code>`, text: feature },
      { content: typeset(value, names), text: value },
    ];
    return { cells: reasons === undefined ? cells : [...cells, { content: html`<span class="code">${code}</span>`, text: code }] };
  }),
})}</article>
`;
  });
  return { id: 'ensembles', title: 'Ensembles of trees', content };
}

export function listsSection({ manifest, bundle, readers }: PageContext): PageSection | undefined {
  if (manifest.lists.length === 0) return undefined;
  const rows = manifest.lists.map(({ name, type, maximum, content, file }, at) => ({
    anchor: anchorOf('list', at),
    cells: [
      {
        content: [html`<strong>lists.${name}</strong>`, description(bundle.lists[at]?.description), place(file)],
        text: `lists.${name}`,
      },
      { content: html`<span class="type">${type}</span>`, text: type },
      { content: maximum === undefined ? 'any number' : `at most ${number(maximum)}`, text: 'at most 100,000' },
      { content: content === 'bundle' ? 'of the bundle' : 'of the tenant, replaced without the bundle', text: 'of the tenant' },
      { content: readersText(readers.get(`lists.${name}`) ?? []), text: '' },
    ],
  }));
  const content = renderGrid({
    caption: 'Lists that are asked for members',
    columns: ['List', 'Type', 'Entries', 'Whose', 'Read by'].map((title) => ({ title, text: title })),
    rows,
  });
  return { id: 'lists', title: 'Lists', content };
}

export function parametersSection({ manifest, readers }: PageContext): PageSection | undefined {
  if (manifest.parameters.length === 0) return undefined;
  let at = 0;
  const content = manifest.parameters.map((set): Html => {
    const rows = set.values.map((one) => {
      const path = `parameters.${set.name}.${one.name}`;
      const { name, type, default: value, description: text } = one;
      return {
        anchor: anchorOf('parameter', at++),
        cells: [
          { content: [html`<strong>${name}</strong>`, description(text)], text: name },
          { content: html`<span class="type">${type}</span>`, text: type },
          { content: html`<code>${JSON.stringify(value)}</code>`, text: String(value) },
          { content: boundsOf(one), text: boundsOf(one) },
          { content: readersText(readers.get(path) ?? []), text: '' },
        ],
      };
    });
    return html`<h3>Set ${set.name}</h3>
${description(set.description)}
${renderGrid({
  caption: html`Parameters of ${set.name}`,
  columns: ['Parameter', 'Type', 'Default', 'Bounds', 'Read by'].map((title) => ({ title, text: title })),
  rows,
})}`;
  });
  const note = html`<p>Values that a tenant may set without publishing the bundle again; until then the defaults hold.</p>`;
  return { id: 'parameters', title: 'Parameters', content: [note, ...content] };
}

function boundsOf({ minimum, maximum, maxLength }: ManifestParameter): string {
  if (maxLength !== undefined) return `at most ${number(maxLength)} characters`;
  if (minimum === undefined) return maximum === undefined ? '' : `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`;
}
