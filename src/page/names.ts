// What has a name in a bundle, and where on the page it is described.

import type { Manifest } from '../image/manifest.js';
import { type Content, type Html, html } from './html.js';

/** Kinds of what a page describes; the anchor of each is its kind and number. */
export type AnchorKind =
  | 'field'
  | 'feature'
  | 'table'
  | 'scorecard'
  | 'ensemble'
  | 'list'
  | 'parameter'
  | 'rule'
  | 'reason'
  | 'output';

/** The anchor of one of a kind, by its number in the order written. Names never become part of it. */
export function anchorOf(kind: AnchorKind, index: number): string {
  return `${kind}-${index}`;
}

/** A link to a place on the page. */
export function link(anchor: string, content: Content): Html {
  return html`<a href="#${anchor}">${content}</a>`;
}

export class PageNames {
  readonly #anchors = new Map<string, string>();
  /** Paths of lists that have elements, for what is read of an element. */
  readonly #lists = new Set<string>();

  constructor(manifest: Pick<Manifest, 'model' | 'features' | 'tables' | 'scorecards' | 'ensembles' | 'lists' | 'parameters'>) {
    for (const { path, index } of manifest.model.fields) {
      this.#anchors.set(path, anchorOf('field', index));
      const bracket = path.indexOf('[]');
      if (bracket !== -1) this.#lists.add(path.slice(0, path.lastIndexOf('[]')));
    }
    for (const [at, { name }] of manifest.features.entries()) this.#anchors.set(name, anchorOf('feature', at));
    for (const [at, { name, outputs }] of manifest.tables.entries())
      this.#group('table', at, name, ['', ...outputs.map((one) => one.name)]);
    for (const [at, { name }] of manifest.scorecards.entries()) this.#group('scorecard', at, name, ['', 'score']);
    for (const [at, { name, outputs }] of (manifest.ensembles ?? []).entries()) this.#group('ensemble', at, name, ['', ...outputs]);
    for (const [at, { name }] of manifest.lists.entries()) this.#anchors.set(`lists.${name}`, anchorOf('list', at));
    let parameter = 0;
    for (const set of manifest.parameters) {
      for (const { name } of set.values) this.#anchors.set(`parameters.${set.name}.${name}`, anchorOf('parameter', parameter++));
    }
  }

  #group(kind: AnchorKind, index: number, name: string, members: readonly string[]): void {
    for (const member of members) this.#anchors.set(member === '' ? name : `${name}.${member}`, anchorOf(kind, index));
  }

  /** Where a path is described; undefined for what is no name. */
  anchor(path: string): string | undefined {
    return this.#anchors.get(path);
  }

  /** Whether the path is a list of the payload with described elements. */
  hasElements(path: string): boolean {
    return this.#lists.has(path);
  }
}
